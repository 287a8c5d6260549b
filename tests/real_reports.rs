//! Reports of the world outside: two real ones, anonymised, are drafted; generated ones are refused with reasons.
//!
//! The reports are not in the repository; each test is skipped where they are missing.

#![allow(clippy::unwrap_used, reason = "a helper of a test may stop like the test itself")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::Path;

use common::{Outcome, TempFolder, copy_folder, seikyu, shared_data};
use flate2::read::MultiGzDecoder;

const HELD: i32 = 1;
const REFUSED: i32 = 2;
/// The account that owns every reservation of the workshop's report, and the account beside it.
const OWNER: &str = "836060457634";
const SISTER: &str = "011254002932";

type Row = BTreeMap<String, String>;

/// The workshop's month, drafted and held, with its bridge: it closes, and nothing of AWS's charge is missing.
fn workshop_month(sharing: &str, organization: &str) -> Option<(TempFolder, Bridge)> {
    let report = shared_data("cur/Oct2018-WorkshopCUR-00001.snappy.parquet")?;
    let contracts = [
        format!("{OWNER},親,P-0001,percent,2018-01,,{organization},customer"),
        format!("{SISTER},子,P-0002,percent,2018-01,,{organization},customer"),
    ];
    let workspace = workspace(sharing, &[&contracts[0], &contracts[1]]);
    fs::copy(report, workspace.path().join("reports/report.snappy.parquet")).unwrap();
    let outcome = run(&workspace, "2018-10");
    assert_eq!((outcome.code, outcome.stderr.as_str()), (HELD, ""));
    let bridge = Bridge::of(&workspace, "2018-10");
    assert_workshop_unblended(&bridge);
    bridge.assert_closes();
    Some((workspace, bridge))
}

#[test]
fn the_anonymised_month_is_drafted_and_held() {
    let Some(report) = shared_data("cur/anonymised_2023-11_1281rows.csv") else { return };
    let workspace = workspace("account", &["123412340534,匿名,P-0001,percent,2020-01,,,customer"]);
    fs::copy(report, workspace.path().join("reports/report.csv")).unwrap();
    let outcome = run(&workspace, "2023-11");
    assert_eq!((outcome.code, outcome.stderr.as_str()), (HELD, ""));

    // The report says 1.60230869740 of usage and 0.08 of tax, many of them in E-notation.
    let bridge = Bridge::of(&workspace, "2023-11");
    assert_eq!(bridge.sum("aws_unblended"), units("1.68230869740"));
    assert_eq!(bridge.sum("tax_removed"), units("-0.08"));
    bridge.assert_closes();
    let census = table(&workspace, "2023-11/census.csv");
    let counts: Vec<_> = census.iter().map(|row| (row["class"].as_str(), row["rows"].as_str())).collect();
    assert_eq!(counts, [("tax", "12"), ("usage", "1269")]);
    // No row has an invoice id, and no price list was given.
    assert_eq!(reasons(&workspace, "2023-11"), ["not_final", "tiered_without_list_price"]);
    assert_all_held(&workspace, "2023-11", 1);
}

#[test]
fn the_workshop_month_is_drafted_with_own_and_foreign_reservations() {
    let Some((workspace, bridge)) = workshop_month("account", "") else { return };
    // Every reservation is the owner's by its ARN. Of the 8,345 covered rows the 915 of the other account are
    // foreign; by a separate sum their public on-demand cost is 9.5564, that of the owner's 7,430 is 328.4642064496.
    assert_eq!(bridge.of_account(SISTER, "foreign_ri_removed"), units("9.5564"));
    assert_eq!(bridge.of_account(OWNER, "foreign_ri_removed"), 0);
    assert_eq!(covered_rows(&workspace), "8345");
    // Every SKU with more than one rate or with free usage waits for a list; nothing else is wrong.
    assert_eq!(reasons(&workspace, "2018-10"), ["tiered_without_list_price"]);
    assert_all_held(&workspace, "2018-10", 2);
    let taxes = table(&workspace, "2018-10/invoice_taxes.csv");
    assert!(taxes.iter().all(|row| row["percent"] == "8"), "the rate of 2018: {taxes:?}");
}

#[test]
fn the_workshop_month_as_one_organization_has_no_foreign_reservation() {
    let Some((workspace, bridge)) = workshop_month("organization", "ORG-1") else { return };
    assert_eq!(covered_rows(&workspace), "8345");
    // Without a stranger and without a price list, the account owes what AWS charged.
    let causes: BTreeSet<&str> = bridge.amounts.keys().map(|(_, cause)| cause.as_str()).collect();
    let expected = ["aws_unblended", "list_total", "net_total", "plan_discount"];
    assert!(causes.iter().eq(&expected), "{causes:?}");
    assert_eq!(bridge.sum("list_total"), bridge.sum("aws_unblended"));
}

#[test]
fn a_generated_delivery_whose_manifest_names_other_columns_is_refused() {
    for (delivery, period, files) in [("nise50k", "2025-05", 3), ("nise5k", "2025-06", 1), ("nise5k", "2025-07", 1)] {
        let Some(folder) = shared_data("cur/nise/cur") else { return };
        let workspace = workspace("account", &[]);
        copy_folder(&folder.join(delivery), &workspace.path().join("reports").join(delivery));
        let outcome = run(&workspace, period);
        assert_refused(&workspace, &outcome);
        // Each report file is named, with the columns on one side only, and with what to do.
        let faults: Vec<&str> = outcome.stderr.lines().skip(1).collect();
        assert_eq!(faults.len(), files, "{delivery} {period}: {}", outcome.stderr);
        for fault in faults {
            assert!(fault.contains(".csv.gz: header and manifest do not agree (only in the header: "), "{fault}");
            assert!(fault.contains("lineItem/ResourceId"), "{fault}");
            assert!(fault.ends_with("fetch the manifest and its report files again"), "{fault}");
        }
    }
}

#[test]
fn a_generated_report_with_times_of_another_shape_is_refused() {
    let Some(report) = shared_data("cur/nise/June-2025-nise5k-finalized.csv.gz") else { return };
    let workspace = workspace("account", &[]);
    fs::copy(report, workspace.path().join("reports/june.csv.gz")).unwrap();
    let outcome = run(&workspace, "2025-06");
    assert_refused(&workspace, &outcome);
    let first = "june.csv.gz, row 1, lineItem/UsageStartDate: \"2025-06-01 00:00:00+00:00\" is no time; \
                 accepted: YYYY-MM-DDTHH:MM:SSZ";
    assert!(outcome.stderr.contains(first), "{}", outcome.stderr);
    // 5,257 rows with two times each, 360 with a word for a cost and 240 with "None" for another: none is skipped.
    assert_eq!(fault_count(&outcome), 2 * 5_257 + 360 + 240);
}

#[test]
fn a_generated_report_with_words_for_costs_is_refused() {
    let Some(report) = shared_data("cur/nise/June-2025-nise5k-finalized.csv.gz") else { return };
    let mut text = String::new();
    MultiGzDecoder::new(fs::File::open(report).unwrap()).read_to_string(&mut text).unwrap();
    let workspace = workspace("account", &[]);
    fs::write(workspace.path().join("reports/june.csv"), with_plain_times(&text)).unwrap();
    let outcome = run(&workspace, "2025-06");
    assert_refused(&workspace, &outcome);
    let first = "june.csv, row 2882, pricing/publicOnDemandCost: \"convertible\" is no decimal number; accepted: 12";
    assert!(outcome.stderr.contains(first), "{}", outcome.stderr);
    assert_eq!(fault_count(&outcome), 360 + 240);
}

/// A workspace with two projects, one percent plan of the given sharing, the shipped yen rates and nothing else:
/// tax rates are the shipped ones too.
fn workspace(sharing: &str, accounts: &[&str]) -> TempFolder {
    let folder = TempFolder::new("real");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    fs::create_dir_all(folder.path().join("reports")).unwrap();
    write("seikyu.toml", "[issuer]\nname = \"テスト株式会社\"\n\n[billing]\nmode = \"strip_only\"\n");
    let header = "account_id,account_name,project_id,plan_id,valid_from,valid_to,organization_id,borne_by";
    write("accounts.csv", &format!("{header}\n{}\n", accounts.join("\n")));
    let header = "project_id,customer_name,postal_code,address,email,payment_terms";
    write("projects.csv", &format!("{header}\nP-0001,顧客1,,,,\nP-0002,顧客2,,,,\n"));
    let plan = format!(
        "id = \"percent\"\nname = \"割引プラン\"\nvalid_from = \"2010-01\"\nsharing = \"{sharing}\"\n\
         commitment_fees = true\npayment = \"bank_transfer\"\nsource = \"this test\"\n\n[discount]\n\
         kind = \"percent\"\npercent = \"5\"\nservices = [\"AmazonEC2\", \"AmazonRDS\", \"AmazonS3\"]\n"
    );
    write("plans/percent.toml", &plan);
    let rates = Path::new(env!("CARGO_MANIFEST_DIR")).join("rates/fx/usd_jpy_tts.csv");
    write("rates/fx/usd_jpy_tts.csv", &fs::read_to_string(rates).unwrap());
    folder
}

fn run(workspace: &TempFolder, period: &str) -> Outcome {
    seikyu(&["run", "--quiet", "--period", period], &[("--workspace", workspace.path())])
}

/// A table of the output.
fn table(workspace: &TempFolder, name: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(workspace.path().join("output").join(name)).unwrap();
    reader.deserialize().map(|row| row.unwrap()).collect()
}

/// An amount in units of 10^-18, exactly.
fn units(text: &str) -> i128 {
    let (sign, digits) = text.strip_prefix('-').map_or((1_i128, text), |digits| (-1, digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    assert!(part.len() <= 18, "{text} has more than 18 decimals");
    sign * format!("{whole}{part:0<18}").parse::<i128>().unwrap()
}

/// `bridge.csv`, summed over payers.
struct Bridge {
    amounts: BTreeMap<(String, String), i128>,
}

impl Bridge {
    fn of(workspace: &TempFolder, period: &str) -> Self {
        let mut amounts: BTreeMap<(String, String), i128> = BTreeMap::new();
        for row in table(workspace, &format!("{period}/bridge.csv")) {
            let key = (row["account_id"].clone(), row["cause"].clone());
            *amounts.entry(key).or_default() += units(&row["amount_usd"]);
        }
        Self { amounts }
    }

    fn of_account(&self, account: &str, cause: &str) -> i128 {
        self.amounts.get(&(account.to_owned(), cause.to_owned())).copied().unwrap_or_default()
    }

    fn sum(&self, cause: &str) -> i128 {
        self.amounts.iter().filter(|((_, found), _)| found == cause).map(|(_, amount)| amount).sum()
    }

    /// AWS unblended and every adjustment make the list total; that and the discount make the net total.
    fn assert_closes(&self) {
        let accounts: BTreeSet<&String> = self.amounts.keys().map(|(account, _)| account).collect();
        assert!(!accounts.is_empty());
        for account in accounts {
            let totals = ["list_total", "plan_discount", "net_total"];
            let of_account = self.amounts.iter().filter(|((found, _), _)| found == account);
            let before: i128 =
                of_account.filter(|((_, cause), _)| !totals.contains(&cause.as_str())).map(|(_, amount)| amount).sum();
            let [list, discount, net] = totals.map(|cause| self.of_account(account, cause));
            assert_eq!(before, list, "{account}: up to the list total");
            assert_eq!(list + discount, net, "{account}: from the list total to the net total");
        }
    }
}

/// Summed apart from this program, as decimals: each double of the report by its shortest text that gives it back.
/// None of them has more than ten decimals.
fn assert_workshop_unblended(bridge: &Bridge) {
    assert_eq!(bridge.of_account(OWNER, "aws_unblended"), units("3993.0273261102"));
    assert_eq!(bridge.of_account(SISTER, "aws_unblended"), units("71.4558054277"));
    assert_eq!(bridge.sum("aws_unblended"), units("4064.4831315379"));
}

/// Rows covered by a reservation.
fn covered_rows(workspace: &TempFolder) -> String {
    let census = table(workspace, "2018-10/census.csv");
    let covered: Vec<&Row> = census.iter().filter(|row| row["class"] == "ri_covered").collect();
    assert_eq!(covered.len(), 1, "{census:?}");
    assert_eq!(covered[0]["line_type"], "DiscountedUsage");
    covered[0]["rows"].clone()
}

/// Why something is held, each reason once.
fn reasons(workspace: &TempFolder, period: &str) -> Vec<String> {
    let holds = table(workspace, &format!("{period}/holds.csv"));
    for hold in &holds {
        assert!(!hold["detail"].is_empty() && !hold["remedy"].is_empty(), "{hold:?}");
    }
    let reasons: BTreeSet<String> = holds.into_iter().map(|hold| hold["reason"].clone()).collect();
    reasons.into_iter().collect()
}

fn assert_all_held(workspace: &TempFolder, period: &str, count: usize) {
    let invoices = table(workspace, &format!("{period}/invoices.csv"));
    assert_eq!(invoices.len(), count, "{invoices:?}");
    assert!(invoices.iter().all(|invoice| invoice["status"] == "held"), "{invoices:?}");
}

fn assert_refused(workspace: &TempFolder, outcome: &Outcome) {
    assert_eq!(outcome.code, REFUSED, "{}", outcome.stderr);
    assert!(outcome.stderr.starts_with("error: the reports are refused:\n"), "{}", outcome.stderr);
    assert!(!workspace.path().join("output").exists(), "something was written");
}

/// How many faults are told: those with a line, and those that are only counted.
fn fault_count(outcome: &Outcome) -> u64 {
    let lines: Vec<&str> = outcome.stderr.lines().skip(1).collect();
    let counted = lines.last().and_then(|line| line.trim().strip_prefix("… and ")?.strip_suffix(" more"));
    let counted: u64 = counted.expect("not all of them are listed").parse().unwrap();
    u64::try_from(lines.len() - 1).unwrap() + counted
}

/// `2025-06-01 00:00:00+00:00` as `2025-06-01T00:00:00Z`.
fn with_plain_times(text: &str) -> String {
    let mut pieces: Vec<String> = text.split("+00:00").map(str::to_owned).collect();
    let times = pieces.len() - 1; // What follows the last time is no time.
    for piece in &mut pieces[..times] {
        let blank = piece.len() - " 00:00:00".len();
        piece.replace_range(blank..=blank, "T");
    }
    pieces.join("Z")
}
