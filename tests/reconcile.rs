//! `seikyu reconcile` from end to end: the cases of `fixtures/reconcile/`, and what holds for every golden case.

#![allow(clippy::unwrap_used, reason = "helpers of tests: the exemption for tests covers test functions only")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use common::{Outcome, TempFolder, seikyu, shared_data};

const PERIOD: &str = "2025-05";
/// Cases that leave something unexplained.
const UNEXPLAINED: [&str; 1] = ["plain_table_in_cents"];

type Row = BTreeMap<String, String>;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn folders(place: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir(place).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    folders
}

fn run(workspace: &Path, out: &Path) -> Outcome {
    seikyu(&["run", "--quiet", "--period", PERIOD], &[("--workspace", workspace), ("--output", out)])
}

fn reconcile(workspace: &Path, out: &Path, against: &Path) -> Outcome {
    let paths = [("--workspace", workspace), ("--output", out), ("--against", against)];
    seikyu(&["reconcile", "--quiet", "--period", PERIOD], &paths)
}

fn rows(path: &Path) -> Vec<Row> {
    let text = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut reader = csv::Reader::from_reader(text.as_slice());
    let header = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| {
        header.iter().zip(record.iter()).map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

/// A decimal as a whole number of 10^-20, by its digits; 0 where the cell is empty.
fn units(text: &str) -> i128 {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    assert!(fraction.len() <= 20, "{text}");
    let number = format!("{whole}{fraction:0<20}");
    sign * number.parse::<i128>().unwrap_or(0)
}

#[test]
fn every_case_gives_its_expected_files() {
    let cases = folders(&fixtures().join("reconcile"));
    assert!(cases.len() >= 4);
    let is_update = std::env::var_os("UPDATE_EXPECTED").is_some();
    let out = TempFolder::new("reconcile-cases");
    let workspace = fixtures().join("quickstart");
    assert_eq!(run(&workspace, out.path()).code, 0);
    let mut differences = Vec::new();
    for case in cases {
        let name = case.file_name().unwrap().to_str().unwrap().to_owned();
        let outcome = reconcile(&workspace, out.path(), &case.join("console.csv"));
        assert_eq!(outcome.code, i32::from(UNEXPLAINED.contains(&name.as_str())), "{name}: {}", outcome.stderr);
        let readme = fs::read_to_string(case.join("README.md")).unwrap();
        assert!(readme.starts_with("# ") && readme.contains("## By hand"), "{name}");
        for file in ["reconcile.csv", "way.csv"] {
            let found = fs::read_to_string(out.path().join(PERIOD).join("reconcile").join(file)).unwrap();
            let place = case.join("expected").join(file);
            if is_update {
                fs::create_dir_all(case.join("expected")).unwrap();
                fs::write(&place, &found).unwrap();
            }
            let expected = fs::read_to_string(&place).unwrap_or_default();
            if found != expected {
                differences.push(format!("{name}: {file}\n--- expected\n{expected}\n--- found\n{found}"));
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// A plain table that agrees with the bridge, account by account.
fn console_of(bridge: &[Row], place: &Path) -> PathBuf {
    let mut accounts: BTreeMap<&str, i128> = BTreeMap::new();
    for row in bridge.iter().filter(|row| row["cause"] == "aws_unblended") {
        *accounts.entry(&row["account_id"]).or_default() += units(&row["amount_usd"]);
    }
    let mut text = String::from("account_id,amount_usd\n");
    for (account, units) in accounts {
        let (sign, size) = (if units < 0 { "-" } else { "" }, units.unsigned_abs());
        text.push_str(&format!("{account},{sign}{}.{:020}\n", size / 10_u128.pow(20), size % 10_u128.pow(20)));
    }
    let text = text.replace("00\n", "\n"); // Twenty decimals, of which a dollar has eighteen.
    let path = place.join("console.csv");
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn the_way_sums_to_zero_and_the_margin_to_its_causes_in_every_golden_case() {
    let mut projects = 0;
    for case in folders(&fixtures().join("cases")) {
        let name = case.display().to_string();
        let (workspace, out) = (case.join("input"), TempFolder::new("reconcile-golden"));
        assert!(run(&workspace, out.path()).code <= 1, "{name}");
        let month = out.path().join(PERIOD);
        let bridge = rows(&month.join("bridge.csv"));
        let against = console_of(&bridge, out.path());
        let outcome = reconcile(&workspace, out.path(), &against);
        assert_eq!(outcome.code, 0, "{name}: {}{}", outcome.stdout, outcome.stderr);
        let way = rows(&month.join("reconcile/way.csv"));
        for invoice in rows(&month.join("invoices.csv")) {
            let steps: Vec<&Row> = way.iter().filter(|row| row["project_id"] == invoice["project_id"]).collect();
            let (mut usd, mut jpy) = (0, 0);
            for step in &steps {
                if step["kind"] != "level" {
                    usd += units(&step["usd"]);
                    jpy += units(&step["jpy"]);
                    continue;
                }
                assert_eq!(units(&step["jpy"]), jpy, "{name}: {step:?}");
                assert!(step["usd"].is_empty() || units(&step["usd"]) == usd, "{name}: {step:?}");
            }
            assert_eq!(jpy, units(&invoice["total_jpy"]), "{name}: from console to total");
            assert_eq!(steps[0]["item"], "console");
            projects += 1;
        }
        check_margin(&name, &month, &bridge);
    }
    assert!(projects >= 51, "only {projects} projects");
}

/// Causes = margin = net billed - AWS's charge, for each account, and over all against the other files.
fn check_margin(name: &str, month: &Path, bridge: &[Row]) {
    let margin = rows(&month.join("margin.csv"));
    let sum = |rows: &mut dyn Iterator<Item = &Row>, column: &str| rows.map(|row| units(&row[column])).sum::<i128>();
    let accounts: BTreeSet<&String> = margin.iter().map(|row| &row["account_id"]).collect();
    for account in accounts {
        let of = |cause: &str| {
            sum(&mut margin.iter().filter(|row| row["account_id"] == *account && row["cause"] == cause), "amount_usd")
        };
        let is_cause = |row: &&Row| !["aws_charge", "net_billed", "margin"].contains(&row["cause"].as_str());
        let causes = sum(&mut margin.iter().filter(|row| row["account_id"] == *account).filter(is_cause), "amount_usd");
        assert_eq!(of("margin"), of("net_billed") - of("aws_charge"), "{name}: {account}");
        assert_eq!(of("margin"), causes, "{name}: {account}");
    }
    let total = |cause: &str| sum(&mut margin.iter().filter(|row| row["cause"] == cause), "amount_usd");
    let unblended = sum(&mut bridge.iter().filter(|row| row["cause"] == "aws_unblended"), "amount_usd");
    assert_eq!(total("aws_charge"), unblended, "{name}");
    assert_eq!(total("net_billed"), sum(&mut rows(&month.join("summary.csv")).iter(), "net_usd"), "{name}");
    for folder in folders(&month.join("invoices")) {
        assert!(!folder.join("margin.csv").exists(), "{name}: never among a customer's files");
    }
}

#[test]
fn a_payer_of_several_is_named_and_the_others_are_an_item() {
    let (workspace, out) = (fixtures().join("cases/account_under_two_payers/input"), TempFolder::new("payers"));
    assert_eq!(run(&workspace, out.path()).code, 0);
    let month = out.path().join(PERIOD);
    let invoices = rows(&month.join("aws_invoices.csv"));
    let payer = &invoices[0]["payer_id"];
    let mut accounts = String::from("account_id,amount_usd\n");
    for row in rows(&month.join("bridge.csv")) {
        if row["cause"] == "aws_unblended" && row["payer_id"] == *payer {
            accounts.push_str(&format!("{},{}\n", row["account_id"], row["amount_usd"]));
        }
    }
    let against = out.path().join("one_payer.csv");
    fs::write(&against, accounts).unwrap();
    let paths: [(&str, &Path); 3] = [("--workspace", &workspace), ("--output", out.path()), ("--against", &against)];
    let all = seikyu(&["reconcile", "--period", PERIOD], &paths);
    assert_eq!(all.code, 1, "the other payer's rows are unexplained");
    assert!(all.stderr.contains("a file of one needs --payer"), "{}", all.stderr);
    let one = seikyu(&["reconcile", "--quiet", "--period", PERIOD, "--payer", payer], &paths);
    assert_eq!((one.code, one.stderr.as_str()), (0, ""));
    let way = rows(&month.join("reconcile/way.csv"));
    assert!(way.iter().any(|row| row["item"] == "other_payers"));
    let unknown = seikyu(&["reconcile", "--quiet", "--period", PERIOD, "--payer", "555555555555"], &paths);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("--payer 555555555555") && unknown.stderr.contains(payer), "{}", unknown.stderr);
}

#[test]
fn the_summary_for_programs_says_what_is_unexplained() {
    let out = TempFolder::new("reconcile-json");
    let workspace = fixtures().join("quickstart");
    assert_eq!(run(&workspace, out.path()).code, 0);
    let against = fixtures().join("reconcile/plain_table_in_cents/console.csv");
    let paths: [(&str, &Path); 3] = [("--workspace", &workspace), ("--output", out.path()), ("--against", &against)];
    let outcome = seikyu(&["reconcile", "--quiet", "--json", "--period", PERIOD], &paths);
    assert_eq!(outcome.code, 1);
    let found: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(found["unexplained"].as_array().unwrap().len(), 1);
    assert_eq!(found["unexplained"][0]["unexplained_usd"], "-0.105");
    assert_eq!(found["causes"]["marketplace_not_shown"], "120.0");
}

/// The bill of the first payer, in cents, made from the rows of the shared month: without refunds, and with all traffic
/// under a product of its own, as bills show it.
#[test]
fn a_bill_of_the_shared_month_is_explained() {
    let Some(workspace) = shared_data("month_2025-05") else { return };
    let out = TempFolder::new("reconcile-month");
    assert_eq!(run(&workspace, out.path()).code, 0);
    let against = fixtures().join("reconcile/month_2025-05-bill.csv");
    let outcome = reconcile(&workspace, out.path(), &against);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    let compared = rows(&out.path().join(PERIOD).join("reconcile/reconcile.csv"));
    let sum = |column: &str| compared.iter().map(|row| units(&row[column])).sum::<i128>();
    assert_eq!(sum("refunds_not_shown_usd"), units("-31.7600000000"), "the refund rows of its reports");
    assert_eq!(sum("data_transfer_apart_usd"), 0, "what leaves one service enters another");
    let of_ec2 = |row: &&Row| row["service"] != "AWSDataTransfer";
    let apart = compared.iter().filter(of_ec2).map(|row| units(&row["data_transfer_apart_usd"])).sum::<i128>();
    assert_eq!(apart, units("456.203420611"), "traffic of EC2, databases and S3");
    assert_eq!(sum("unexplained_usd"), 0);
}
