//! A month is issued, AWS delivers it again with other rows, and the difference is settled in every way there is.
//!
//! All figures are added up by hand here: 1 hour costs 0.1 USD, the plan takes 7 % off, a dollar is 150 yen, tax is 10 %.

#![allow(clippy::unwrap_used, reason = "helpers of tests: the exemption for tests covers test functions only")]

mod common;
mod json_schema;

use std::fs;
use std::path::Path;

use common::{Outcome, TempFolder, seikyu};
use serde_json::Value;

const HEAD: &str = "bill/InvoiceId,bill/PayerAccountId,bill/BillingPeriodStartDate,lineItem/UsageAccountId,\
lineItem/LineItemType,lineItem/UsageStartDate,lineItem/ProductCode,lineItem/UsageType,lineItem/Operation,\
lineItem/UsageAmount,lineItem/CurrencyCode,lineItem/UnblendedCost,lineItem/LineItemDescription,product/sku,\
pricing/RateCode,pricing/publicOnDemandCost\n";

const A: &str = "100000000001";
const B: &str = "100000000002";
const C: &str = "100000000003";

/// Hours of a machine: ten hours a dollar.
fn hours(month: &str, account: &str, hours: u32) -> String {
    let cost = format!("{}.{}", hours / 10, hours % 10);
    format!(
        "AWS-{month},900000000009,{month}-01T00:00:00Z,{account},Usage,{month}-10T00:00:00Z,AmazonEC2,BoxUsage:m5.large,\
         RunInstances,{hours},USD,{cost},$0.1 per hour,HOURSOFAMACHINE0,HOURSOFAMACHINE0.JRTCKXETXF.6YS6EN2CT7,{cost}\n"
    )
}

fn other(month: &str, account: &str, line_type: &str, product: &str, cost: &str, description: &str) -> String {
    format!(
        "AWS-{month},900000000009,{month}-01T00:00:00Z,{account},{line_type},{month}-10T00:00:00Z,{product},,,1,USD,{cost},\
         {description},,,\n"
    )
}

const VOUCHERS: &str = "voucher_id,entry,billing_period,amount_jpy,customer_id,project_id,valid_to,note\n";

struct Workspace(TempFolder);

impl Workspace {
    /// P-1 has the accounts A and B, P-2 has C, P-9 nothing but fees.
    fn new(name: &str) -> Self {
        let workspace = Self(TempFolder::new(name));
        workspace.write(
            "seikyu.toml",
            "[issuer]\nname = \"見本請求株式会社\"\nregistration_number = \"T7123456789012\"\n\n[billing]\nmode = \"strip_only\"\n",
        );
        let head = "account_id,account_name,project_id,plan_id,valid_from,valid_to,organization_id,borne_by\n";
        let row = |account, project| format!("{account},口座,{project},flat-7,2025-01,,,customer\n");
        workspace.write("accounts.csv", &[head.to_owned(), row(A, "P-1"), row(B, "P-1"), row(C, "P-2")].concat());
        let head = "project_id,customer_name,postal_code,address,email,payment_terms,customer_id,payment,due_rule\n";
        let row = |id, due| format!("{id},見本{id}株式会社,,東京都,,,K-{id},bank_transfer,{due}\n");
        let rows = [head.to_owned(), row("P-1", "days_30/none"), row("P-2", ""), row("P-9", "")];
        workspace.write("projects.csv", &rows.concat());
        workspace.fees([1_234_565, -86_419, 50_000]);
        workspace.write(
            "plans/flat-7.toml",
            "id = \"flat-7\"\nname = \"一律割引プラン\"\nvalid_from = \"2024-04\"\nsharing = \"account\"\n\
             free_tier = \"always_free_per_group\"\ncommitment_fees = true\npayment = \"bank_transfer\"\n\
             source = \"contract of the test\"\n\n[discount]\nkind = \"percent\"\npercent = \"7\"\n\
             services = [\"AmazonEC2\"]\n",
        );
        workspace.rate("150.00");
        workspace.write(
            "rates/list_prices/prices.csv",
            "sku,begin_range,end_range,price_per_unit,unit,effective_from,applies_to,source\n\
             HOURSOFAMACHINE0,0,Inf,0.1,Hrs,2025-01-01,,price of the test\n",
        );
        workspace.reports(&[hours("2025-05", A, 1000), hours("2025-05", B, 500), hours("2025-05", C, 2000)]);
        workspace
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn rate(&self, rate: &str) {
        let head = "billing_period,rate,source";
        self.write("rates/fx/usd_jpy_tts.csv", &format!("{head}\n2025-05,{rate},test\n2025-06,150.00,test\n"));
    }

    /// P-1 and P-2 are of one customer and pay by voucher.
    fn pay_by_voucher(&self, rows: &str) {
        let projects = fs::read_to_string(self.path().join("projects.csv")).unwrap();
        let by_voucher =
            projects.replace("K-P-1,bank_transfer", "K,voucher").replace("K-P-2,bank_transfer", "K,voucher");
        self.write("projects.csv", &by_voucher);
        self.write("vouchers.csv", &format!("{VOUCHERS}{rows}"));
    }

    /// Two taxed fees and one that is not, of P-9.
    fn fees(&self, [first, second, third]: [i64; 3]) {
        let head = "project_id,fee_id,description,basis,amount,quantity,tax_category,valid_from,valid_to\n";
        let row = |id, amount, category| format!("P-9,{id},料金 {id},fixed_jpy,{amount},,{category},2025-05,2025-05\n");
        let rows = [
            head.to_owned(),
            row("a", first, "standard"),
            row("b", second, "standard"),
            row("c", third, "out_of_scope"),
        ];
        self.write("fees.csv", &rows.concat());
    }

    fn reports(&self, rows: &[String]) {
        let june = hours("2025-06", A, 100);
        self.write("reports/may.csv", &format!("{HEAD}{}", rows.concat()));
        self.write("reports/june.csv", &format!("{HEAD}{june}"));
    }

    fn seikyu(&self, arguments: &[&str]) -> Outcome {
        seikyu(arguments, &[("--workspace", self.path())])
    }

    /// Runs a command that must succeed; what it answers in JSON.
    fn json(&self, arguments: &[&str]) -> Value {
        let Outcome { code, stdout, stderr } = self.seikyu(&[arguments, &["--json", "--quiet"]].concat());
        assert_eq!(code, 0, "{arguments:?}: {stderr}{stdout}");
        serde_json::from_str(&stdout).unwrap()
    }

    fn refused(&self, arguments: &[&str]) -> String {
        let Outcome { code, stdout, stderr } = self.seikyu(&[arguments, &["--quiet"]].concat());
        assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
        stderr
    }

    fn issue_may(&self) {
        assert_eq!(self.seikyu(&["run", "--period", "2025-05", "--quiet"]).code, 0);
        self.json(&["issue", "--period", "2025-05", "--date", "2025-06-05"]);
    }

    fn correct(&self, more: &[&str]) -> Value {
        self.json(&[&["correct", "--period", "2025-05"], more].concat())
    }

    /// Every hash fits, and every document can be made again from what was recorded.
    fn check_ledger(&self, documents: u64) {
        let verified = self.json(&["ledger", "verify"]);
        assert_eq!((&verified["documents"], &verified["findings"]), (&documents.into(), &Value::Array(vec![])));
        let replayed = self.json(&["ledger", "replay"]);
        let replayed = replayed.as_array().unwrap();
        let made = replayed.iter().filter(|row| !row["number"].as_str().unwrap().contains("carried"));
        assert_eq!(made.count() as u64, documents);
        assert!(replayed.iter().all(|document| document["differing"] == Value::Array(vec![])), "{replayed:?}");
    }

    fn document(&self, number: &str) -> Value {
        let file = self.path().join("ledger/documents/2025-05").join(number).join("invoice.json");
        let document = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        let schema = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/invoice.schema.json")).unwrap();
        let faults = json_schema::faults(&serde_json::from_slice(&schema).unwrap(), &document);
        assert!(faults.is_empty(), "{number}: {faults:?}");
        document
    }
}

/// By cause: yen with tax.
fn causes(compared: &Value) -> Vec<(String, i64)> {
    let causes = compared["causes"].as_array().unwrap();
    causes
        .iter()
        .map(|row| (row["cause"].as_str().unwrap().to_owned(), row["difference_jpy"].as_i64().unwrap()))
        .collect()
}

fn project<'a>(report: &'a Value, id: &str) -> &'a Value {
    report["compared"].as_array().unwrap().iter().find(|row| row["project_id"] == id).unwrap()
}

fn sum_of_changes(compared: &Value) -> i64 {
    compared["changes"].as_array().unwrap().iter().map(|change| change["difference_jpy"].as_i64().unwrap()).sum()
}

/// As AWS delivers the month again: A got 10 USD back, the support fee came late, C used 100 hours more, B is gone.
fn delivered_again() -> Vec<String> {
    vec![
        hours("2025-05", A, 1000),
        hours("2025-05", C, 2100),
        other("2025-05", A, "Refund", "AmazonEC2", "-10", "Refund for an outage"),
        other("2025-05", A, "Fee", "AWSSupportBusiness", "29", "AWS Support (Business)"),
    ]
}

#[test]
fn drafts_are_issued_once_and_never_change() {
    let workspace = Workspace::new("issue");
    assert!(workspace.refused(&["issue", "--period", "2025-05"]).contains("make them with `seikyu run`"));
    assert!(workspace.refused(&["ledger", "verify"]).contains("nothing was issued yet"));
    assert_eq!(workspace.seikyu(&["run", "--period", "2025-05", "--quiet"]).code, 0);
    assert!(workspace.refused(&["issue", "--period", "2025-05", "--date", "2025-05-30"]).contains("before the end"));
    assert!(workspace.refused(&["issue", "--period", "2025-05", "--project", "P-8"]).contains("no such project"));

    // P-2 first: it gets the first number.
    let first = workspace.json(&["issue", "--period", "2025-05", "--date", "2025-06-05", "--project", "P-2"]);
    assert_eq!(first["documents"][0]["number"], "INV-202505-000001");
    let rest = workspace.json(&["issue", "--period", "2025-05", "--date", "2025-06-06"]);
    let numbers: Vec<(&Value, &Value)> =
        rest["documents"].as_array().unwrap().iter().map(|one| (&one["number"], &one["total_jpy"])).collect();
    // P-1: 100 x 0.93 x 150 = 13,950 and 50 x 0.93 x 150 = 6,975, in all 20,925, tax 2,092.5 cut off.
    let [two, three] = ["INV-202505-000002", "INV-202505-000003"].map(Value::from);
    assert_eq!(numbers, [(&two, &Value::from(23_017)), (&three, &Value::from(1_312_960))]);
    let document = workspace.document("INV-202505-000002");
    assert_eq!(document["status"], "issued");
    assert_eq!(document["issue"]["issued_on"], "2025-06-06");
    assert_eq!(document["due"]["date"], "2025-07-06", "30 days after the issue");

    // Again: nothing is made, and a later run leaves what was issued alone.
    let before = fs::read(workspace.path().join("ledger/ledger.sqlite")).unwrap();
    let again = workspace.json(&["issue", "--period", "2025-05"]);
    assert_eq!(again["documents"], Value::Array(vec![]));
    assert_eq!(fs::read(workspace.path().join("ledger/ledger.sqlite")).unwrap(), before);
    assert_eq!(workspace.seikyu(&["run", "--period", "2025-05", "--quiet"]).code, 0);
    let statuses = fs::read_to_string(workspace.path().join("output/2025-05/invoices.csv")).unwrap();
    assert_eq!(statuses.matches(",issued,").count(), 3, "{statuses}");
    workspace.check_ledger(3);

    // Drafts of other data than today's are not issued.
    workspace.rate("151.00");
    let refusal = workspace.refused(&["issue", "--period", "2025-05"]);
    assert!(refusal.contains("rates/fx/usd_jpy_tts.csv has changed"), "{refusal}");
}

#[test]
fn the_ledger_is_searched_by_date_amount_and_counterparty() {
    let workspace = Workspace::new("search");
    workspace.issue_may();
    let find = |keys: &[&str]| -> Vec<String> {
        let found = workspace.json(&[&["ledger", "list"], keys].concat());
        let numbers =
            found.as_array().unwrap().iter().map(|row| row["document"]["number"].as_str().unwrap().to_owned());
        numbers.map(|number| number["INV-202505-00000".len()..].to_owned()).collect()
    };
    // P-1 23,017, P-2 30,690 (200 x 0.93 x 150 = 27,900 and 2,790), P-9 1,312,960.
    assert_eq!(find(&[]), ["1", "2", "3"]);
    assert_eq!(find(&["--min", "23017", "--max", "30689"]), ["1"]);
    assert_eq!(find(&["--min", "23018"]), ["2", "3"]);
    assert_eq!(find(&["--customer", "見本P-2", "--from", "2025-06-05", "--to", "2025-06-05"]), ["2"]);
    assert_eq!(find(&["--customer", "K-P-9", "--min", "1000000"]), ["3"]);
    assert!(find(&["--to", "2025-06-04"]).is_empty());
    let Outcome { code, stdout, .. } = workspace.seikyu(&["ledger", "export", "--min", "30000", "--max", "40000"]);
    assert_eq!(code, 0);
    assert!(stdout.starts_with("\u{feff}entry,number,kind,issued_on,total_jpy,customer_name"), "{stdout}");
    // The fiscal year ends with March 2026; two months and ten years later.
    assert!(
        stdout.contains("INV-202505-000002,invoice,2025-06-05,30690,見本P-2株式会社,K-P-2,P-2,2025-05,,,,2036-05-31"),
        "{stdout}"
    );
}

#[test]
fn what_aws_changed_in_a_closed_month_is_named_and_settled() {
    let workspace = Workspace::new("redelivered");
    workspace.issue_may();
    workspace.reports(&delivered_again());

    let drift = workspace.json(&["check", "--issued"]);
    let moved: Vec<(&str, &str)> = drift["moved"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["account_id"].as_str().unwrap(), row["difference_usd"].as_str().unwrap()))
        .collect();
    assert_eq!(moved, [(B, "-50.0"), (A, "19.0"), (C, "10.0")]);

    // A run leaves what was issued as it is, and says that it is something else now.
    let Outcome { stderr, .. } = workspace.seikyu(&["run", "--period", "2025-05"]);
    let warning = "project P-1 is issued as INV-202505-000001 with 23,017 yen, and comes to 13,810 yen now";
    assert!(stderr.contains(warning), "{stderr}");
    let statuses = fs::read_to_string(workspace.path().join("output/2025-05/invoices.csv")).unwrap();
    assert!(statuses.contains("P-1,draft,12555,1255,13810") && statuses.contains("P-9,issued,"), "{statuses}");

    let compared = workspace.correct(&[]);
    let first = project(&compared, "P-1");
    // B: -6,975 and its tax, 2,092 -> 1,395. The refund: 10 x 0.93 x 150 = 1,395 and its tax, 1,395 -> 1,255.
    let expected = [
        ("program version", 0),
        ("AWS: account gone", -6_975 - 697),
        ("AWS: usage", 0),
        ("AWS: refund", -1_395 - 140),
        ("AWS: support", 0),
    ];
    assert_eq!(causes(first), expected.map(|(cause, sum)| (cause.to_owned(), sum)));
    assert_eq!((&first["billed_jpy"], &first["now_jpy"]), (&23_017.into(), &13_810.into()));
    assert_eq!(sum_of_changes(first), 13_810 - 23_017);
    let second = project(&compared, "P-2");
    // 10 USD more: 9.3 x 150 = 1,395; tax 2,790 -> 2,929.5 cut off.
    assert_eq!(causes(second)[2], ("AWS: usage".to_owned(), 1_395 + 139));
    assert_eq!(sum_of_changes(second), 1_534);
    assert_eq!(project(&compared, "P-9")["changes"], Value::Array(vec![]));

    // 返還 of what P-1 has paid too much; more cannot be returned.
    let refusal = workspace.refused(&["correct", "--period", "2025-05", "--as", "return"]);
    assert!(refusal.contains("P-2: more is owed on some of its lines (1,534 yen in all)"), "{refusal}");
    workspace.correct(&["--as", "return", "--project", "P-1", "--date", "2025-07-01"]);
    // What was corrected is compared with its new facts, the rest with the old.
    let drift = workspace.json(&["check", "--issued"]);
    let moved: Vec<&str> =
        drift["moved"].as_array().unwrap().iter().map(|row| row["account_id"].as_str().unwrap()).collect();
    assert_eq!(moved, [C]);
    let note = workspace.document("CRN-202505-000001");
    assert_eq!(
        (&note["subtotal_jpy"], &note["tax_jpy"], &note["total_jpy"]),
        (&(-8_370).into(), &(-837).into(), &(-9_207).into())
    );
    assert_eq!(note["correction"]["original"]["number"], "INV-202505-000001");

    // 修正 of P-2, and a correction of the correction.
    workspace.correct(&[
        "--as",
        "replace",
        "--project",
        "P-2",
        "--date",
        "2025-07-01",
        "--reason",
        "使用量の訂正",
        "--paid",
    ]);
    let replaced = workspace.document("INV-202505-000002-R1");
    assert_eq!((&replaced["total_jpy"], &replaced["settlement"]["due_jpy"]), (&32_224.into(), &1_534.into()));
    assert_eq!(
        workspace.correct(&["--as", "replace"])["documents"],
        Value::Array(vec![]),
        "nothing is left to correct"
    );
    let mut rows = delivered_again();
    rows[1] = hours("2025-05", C, 2200);
    workspace.reports(&rows);
    workspace.correct(&["--as", "replace", "--date", "2025-07-02"]);
    let again = workspace.document("INV-202505-000002-R2");
    assert_eq!(again["total_jpy"], 33_759, "220 x 0.93 x 150 = 30,690 and 3,069");
    assert_eq!(again["correction"]["original"]["number"], "INV-202505-000002");
    assert_eq!(again["correction"]["predecessor"]["number"], "INV-202505-000002-R1");
    workspace.check_ledger(6);
}

#[test]
fn a_difference_is_carried_into_the_next_invoice() {
    let workspace = Workspace::new("carried");
    workspace.issue_may();
    let rows = [hours("2025-05", A, 1010), hours("2025-05", B, 500), hours("2025-05", C, 2000)];
    workspace.reports(&rows);
    let carried = workspace.correct(&["--as", "carry", "--date", "2025-06-20"]);
    // 101 x 0.93 x 150 = 14,089.5, cut off, less 13,950.
    assert_eq!(carried["carried"][0]["net_jpy"], 139);
    assert_eq!(workspace.correct(&["--as", "carry"])["carried"], Value::Array(vec![]), "it is settled");

    assert_eq!(workspace.seikyu(&["run", "--period", "2025-06", "--quiet"]).code, 0);
    let draft = fs::read(workspace.path().join("output/2025-06/invoices/P-1/invoice.json")).unwrap();
    let draft: Value = serde_json::from_slice(&draft).unwrap();
    // 10 x 0.93 x 150 = 1,395 of June and 139 of May, taxed together: 153.4 cut off.
    assert_eq!((&draft["subtotal_jpy"], &draft["tax_jpy"]), (&1_534.into(), &153.into()));
    let line = draft["lines"].as_array().unwrap().last().unwrap();
    assert_eq!((&line["kind"], &line["adjusts"]["number"]), (&"adjustment".into(), &"INV-202505-000001".into()));
    workspace.json(&["issue", "--period", "2025-06", "--date", "2025-07-03"]);
    workspace.check_ledger(4);
    // Compared with tax: 21,064 and 2,106. The carry is told where its document is shown.
    let settled = workspace.correct(&[]);
    assert_eq!(project(&settled, "P-1")["billed_jpy"], 23_170);
    assert_eq!(workspace.seikyu(&["run", "--period", "2025-05", "--quiet"]).code, 0);
    let again = workspace.json(&["issue", "--period", "2025-05"]);
    assert_eq!(
        (&project(&again, "P-1")["billed_jpy"], &project(&again, "P-1")["now_jpy"]),
        (&23_170.into(), &23_170.into())
    );
    let shown = workspace.seikyu(&["ledger", "show", "INV-202505-000001"]).stdout;
    assert!(shown.contains("carried into 2025-06: 139 yen without tax"), "{shown}");

    // What is settled so is not replaced as a whole any more; and June is issued.
    workspace.reports(&[hours("2025-05", A, 1020), hours("2025-05", B, 500), hours("2025-05", C, 2000)]);
    let refusal = workspace.refused(&["correct", "--period", "2025-05", "--as", "replace"]);
    assert!(refusal.contains("returned or carried before"), "{refusal}");
    let refusal = workspace.refused(&["correct", "--period", "2025-05", "--as", "carry"]);
    assert!(refusal.contains("its invoice of 2025-06 is issued already"), "{refusal}");
    let refusal = workspace.refused(&["correct", "--period", "2025-05", "--as", "carry", "--into", "2025-05"]);
    assert!(refusal.contains("into a later month only"), "{refusal}");
}

/// Vouchers: 40,000 yen of the customer of both projects. P-1 draws 23,017, P-2 the 16,983 that are left of its 30,690.
#[test]
fn a_replacement_draws_what_no_other_document_has_drawn() {
    let workspace = Workspace::new("redrawn");
    workspace.pay_by_voucher("V-1,bought,2025-05,40000,K,,,\n");
    workspace.issue_may();
    let due = |number: &str| workspace.document(number)["settlement"]["due_jpy"].as_i64().unwrap();
    assert_eq!((due("INV-202505-000001"), due("INV-202505-000002")), (0, 13_707));
    // A: 150 x 0.93 x 150 = 20,925; with B 27,900 and 2,790. Only what it drew itself is free again.
    workspace.reports(&[hours("2025-05", A, 1500), hours("2025-05", B, 500), hours("2025-05", C, 2000)]);
    workspace.correct(&["--as", "replace", "--date", "2025-07-01"]);
    let replaced = workspace.document("INV-202505-000001-R1");
    assert_eq!(replaced["settlement"]["by_voucher_jpy"], 23_017);
    assert_eq!(due("INV-202505-000001-R1"), 30_690 - 23_017);
    assert_eq!(workspace.seikyu(&["run", "--period", "2025-05", "--quiet"]).code, 0, "nothing is overdrawn");
    // A: 90 x 0.93 x 150 = 12,555; with B 19,530 and 1,953. Less is drawn, and nothing of it is held.
    workspace.reports(&[hours("2025-05", A, 900), hours("2025-05", B, 500), hours("2025-05", C, 2000)]);
    let refusal = workspace.refused(&["correct", "--period", "2025-05", "--as", "return", "--date", "2025-07-02"]);
    assert!(refusal.contains("its vouchers have paid for it"), "{refusal}");
    workspace.correct(&["--as", "replace", "--date", "2025-07-02"]);
    assert_eq!(workspace.document("INV-202505-000001-R2")["settlement"]["by_voucher_jpy"], 21_483);
    assert_eq!(workspace.seikyu(&["run", "--period", "2025-05", "--quiet"]).code, 0);
    workspace.check_ledger(5);
    // Less was bought than was drawn: the file is wrong, not the machine.
    workspace.write("vouchers.csv", &format!("{VOUCHERS}V-1,bought,2025-05,30000,K,,,\n"));
    let refusal = workspace.refused(&["run", "--period", "2025-05"]);
    assert!(refusal.contains("voucher V-1: the ledger says that 38,466 yen were drawn in all"), "{refusal}");
}

#[test]
fn what_was_paid_once_stays_paid() {
    let workspace = Workspace::new("paid");
    workspace.issue_may();
    let with = |hours_of_a| vec![hours("2025-05", A, hours_of_a), hours("2025-05", B, 500), hours("2025-05", C, 2000)];
    workspace.reports(&with(900));
    workspace.correct(&["--as", "replace", "--date", "2025-07-01", "--paid"]);
    // 12,555 + 6,975 = 19,530 and 1,953, of which 23,017 are paid: 1,534 are paid back.
    assert_eq!(workspace.document("INV-202505-000001-R1")["settlement"]["due_jpy"], 21_483 - 23_017);
    workspace.reports(&with(1100));
    workspace.correct(&["--as", "replace", "--date", "2025-07-02"]);
    // 110 x 0.93 x 150 = 15,345; with B 22,320 and 2,232.
    let second = workspace.document("INV-202505-000001-R2");
    assert_eq!((&second["total_jpy"], &second["settlement"]["due_jpy"]), (&24_552.into(), &(24_552 - 23_017).into()));
    let refusal = workspace.refused(&["correct", "--period", "2025-05", "--paid", "--as", "carry"]);
    assert!(refusal.contains("--paid belongs to --as replace"), "{refusal}");
    let refusal = workspace.refused(&["correct", "--period", "2025-05", "--into", "2025-06"]);
    assert!(refusal.contains("--into belongs to --as carry"), "{refusal}");
    workspace.reports(&with(1200));
    let refusal = workspace.refused(&["correct", "--period", "2025-05", "--as", "replace", "--date", "2025-07-01"]);
    assert!(refusal.contains("INV-202505-000001-R2 is of a later date, 2025-07-02"), "{refusal}");
    let refusal = workspace.refused(&["correct", "--period", "2025-05", "--as", "replace", "--date", "2099-01-01"]);
    assert!(refusal.contains("too far ahead"), "{refusal}");
}

#[test]
fn no_account_is_charged_by_two_documents_of_a_month() {
    let workspace = Workspace::new("moved");
    workspace.issue_may();
    let accounts = fs::read_to_string(workspace.path().join("accounts.csv")).unwrap();
    workspace.write("accounts.csv", &accounts.replace(",P-1,", ",P-3,"));
    let projects = fs::read_to_string(workspace.path().join("projects.csv")).unwrap();
    workspace.write("projects.csv", &format!("{projects}P-3,見本P-3株式会社,,東京都,,,K-P-3,bank_transfer,\n"));
    assert_eq!(workspace.seikyu(&["run", "--period", "2025-05", "--quiet"]).code, 0);
    let refusal = workspace.refused(&["issue", "--period", "2025-05", "--date", "2025-07-01"]);
    assert!(refusal.contains("P-3: account 100000000001 is charged by a document of P-1"), "{refusal}");
    // P-1 comes to nothing: only by name.
    let refusal = workspace.refused(&["correct", "--period", "2025-05", "--as", "replace", "--date", "2025-07-01"]);
    assert!(refusal.contains("P-1: it comes to nothing"), "{refusal}");
    workspace.correct(&["--as", "replace", "--date", "2025-07-01", "--project", "P-1"]);
    assert_eq!(workspace.document("INV-202505-000001-R1")["total_jpy"], 0);
    let issued = workspace.json(&["issue", "--period", "2025-05", "--date", "2025-07-01"]);
    assert_eq!(issued["documents"][0]["total_jpy"], 23_017);
    workspace.check_ledger(5);
}

#[test]
fn missing_data_gives_nothing_back() {
    let workspace = Workspace::new("missing");
    workspace.issue_may();
    let accounts = fs::read_to_string(workspace.path().join("accounts.csv")).unwrap();
    let without: String =
        accounts.lines().filter(|line| !line.starts_with(C)).map(|line| format!("{line}\n")).collect();
    workspace.write("accounts.csv", &without);
    let arguments = ["correct", "--period", "2025-05", "--as", "replace", "--date", "2025-07-01"];
    let Outcome { code, stderr, .. } = workspace.seikyu(&arguments);
    assert!(code == 1 && stderr.contains("held: P-2: account 100000000003: unknown_account"), "{stderr}");
    assert_eq!(workspace.seikyu(&["run", "--period", "2025-05", "--quiet"]).code, 1);
    let Outcome { code, stderr, .. } = workspace.seikyu(&["issue", "--period", "2025-05"]);
    assert!(code == 1 && stderr.contains("held: (no project): account 100000000003: unknown_account"), "{stderr}");
    workspace.write("accounts.csv", &accounts);
    workspace.reports(&[hours("2025-05", A, 1000), hours("2025-05", B, 500)]);
    let Outcome { code, stderr, .. } = workspace.seikyu(&arguments);
    assert!(code == 2 && stderr.contains("P-2: it comes to nothing"), "{stderr}");
}

/// A wrong name is no wrong yen, and is corrected all the same: by a new document over everything.
#[test]
fn a_wrong_name_is_corrected_by_a_new_document() {
    let workspace = Workspace::new("names");
    workspace.issue_may();
    let projects = fs::read_to_string(workspace.path().join("projects.csv")).unwrap();
    workspace.write("projects.csv", &projects.replace("見本P-2株式会社", "見本商事株式会社"));
    let compared = workspace.correct(&[]);
    assert_eq!(project(&compared, "P-2")["names_differ"], true);
    assert_eq!(project(&compared, "P-1")["names_differ"], false);
    let made = workspace.correct(&["--as", "replace", "--date", "2025-07-01", "--reason", "宛名の誤り"]);
    assert_eq!(made["documents"].as_array().unwrap().len(), 1);
    let corrected = workspace.document("INV-202505-000002-R1");
    assert_eq!(
        (&corrected["project"]["customer_name"], &corrected["total_jpy"]),
        (&"見本商事株式会社".into(), &30_690.into())
    );
    let list = workspace.seikyu(&["ledger", "list"]).stdout;
    assert!(list.contains("INV-202505-000002 ") && list.contains("(replaced by INV-202505-000002-R1)"), "{list}");
    workspace.check_ledger(4);
}

/// From what was recorded, whatever the workspace says by now; and down to the line of the report.
#[test]
fn an_issued_yen_is_explained_from_the_ledger() {
    let workspace = Workspace::new("explained");
    workspace.issue_may();
    workspace.rate("151.00");
    let explained = workspace.json(&["explain", "INV-202505-000001", "--account", B, "--rows"]);
    let text = explained.to_string();
    // 50 x 0.93 = 46.5 USD x 150 = 6,975 yen, from the third line of the report.
    assert!(text.contains("46.5") && text.contains("6975") && text.contains("may.csv"), "{text}");
    assert!(text.contains("\"line\":3") || text.contains("\"row\":3") || text.contains("\"line_no\":3"), "{text}");
    let refusal = workspace.refused(&["explain", "INV-202505-000009"]);
    assert!(refusal.contains("no such document"), "{refusal}");
    workspace.reports(&delivered_again());
    workspace.rate("150.00");
    let refusal = workspace.refused(&["explain", "INV-202505-000001", "--rows"]);
    assert!(refusal.contains("was made from other reports than those that are there now"), "{refusal}");
    workspace.correct(&["--as", "return", "--project", "P-1", "--date", "2025-07-01"]);
    let refusal = workspace.refused(&["explain", "CRN-202505-000001"]);
    assert!(refusal.contains("is a credit note"), "{refusal}");
    workspace.correct(&["--as", "replace", "--project", "P-2", "--date", "2025-07-01"]);
    let text = workspace.json(&["explain", "INV-202505-000002-R1"]).to_string();
    assert!(text.contains("29295"), "210 x 0.93 x 150: {text}");
}

/// The case's README adds up the draws; once its documents are issued they are recorded, and drawn no second time.
#[test]
fn vouchers_are_drawn_once() {
    let workspace = TempFolder::new("draws");
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases/vouchers_oldest_first/input");
    common::copy_folder(&case, workspace.path());
    let run = |command: &str| {
        let Outcome { code, stderr, .. } =
            seikyu(&[command, "--period", "2025-05", "--quiet"], &[("--workspace", workspace.path())]);
        assert_eq!(code, 0, "{stderr}");
    };
    let draws = || fs::read_to_string(workspace.path().join("output/2025-05/voucher_draws.csv")).unwrap();
    run("run");
    let drafted = draws();
    assert!(drafted.contains("P-1,draft,V-2,2025-12,45000,28520,16480,false"), "{drafted}");
    run("issue");
    run("run");
    assert_eq!(draws(), drafted.replace(",false", ",true"));
    // The file may say the same once more; it may not say something else.
    let file = workspace.path().join("vouchers.csv");
    let vouchers = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{vouchers}V-2,draw,2025-05,28520,,P-1,,\n")).unwrap();
    run("run");
    assert_eq!(draws(), drafted.replace(",false", ",true"));
    fs::write(&file, format!("{vouchers}V-2,draw,2025-05,28521,,P-1,,\n")).unwrap();
    let outcome = seikyu(&["run", "--period", "2025-05", "--quiet"], &[("--workspace", workspace.path())]);
    let expected =
        "voucher V-2: the ledger says that P-1 drew 28,520 yen in 2025-05, vouchers.csv has a draw of 28,521 yen";
    assert!(outcome.code == 2 && outcome.stderr.contains(expected), "{}", outcome.stderr);
}

/// The published example of a correction: 1,312,960 becomes 1,277,600.
#[test]
fn the_example_of_a_correction_with_two_tax_categories() {
    let workspace = Workspace::new("vector");
    workspace.issue_may();
    assert_eq!(workspace.document("INV-202505-000003")["total_jpy"], 1_312_960);
    workspace.fees([1_200_000, -84_000, 50_000]);
    let compared = workspace.correct(&["--as", "replace", "--date", "2025-07-01"]);
    let compared = project(&compared, "P-9");
    assert_eq!(causes(compared), [("program version".to_owned(), 0), ("fees".to_owned(), -35_360)]);
    let corrected = workspace.document("INV-202505-000003-R1");
    let taxes: Vec<(&Value, &Value)> =
        corrected["taxes"].as_array().unwrap().iter().map(|tax| (&tax["base_jpy"], &tax["tax_jpy"])).collect();
    assert_eq!(taxes, [(&1_116_000.into(), &111_600.into()), (&50_000.into(), &0.into())]);
    assert_eq!(
        (&corrected["total_jpy"], &corrected["correction"]["before_total_jpy"]),
        (&1_277_600.into(), &1_312_960.into())
    );
    workspace.check_ledger(4);
}

/// A new contract that needs its new plan is one cause with it; the rate is another.
#[test]
fn what_we_changed_ourselves_is_named_file_by_file() {
    let workspace = Workspace::new("own");
    workspace.issue_may();
    workspace.rate("151.00");
    let accounts = fs::read_to_string(workspace.path().join("accounts.csv")).unwrap();
    workspace.write("accounts.csv", &accounts.replacen("P-2,flat-7", "P-2,flat-4", 1));
    let plan = fs::read_to_string(workspace.path().join("plans/flat-7.toml")).unwrap();
    workspace
        .write("plans/flat-4.toml", &plan.replace("flat-7", "flat-4").replace("percent = \"7\"", "percent = \"4\""));
    let compared = workspace.correct(&[]);
    let second = project(&compared, "P-2");
    // 186 x 151 = 28,086, tax 2,808; 192 x 151 = 28,992, tax 2,899.
    let expected =
        [("program version", 0), ("exchange rate", 30_894 - 30_690), ("plan", 0), ("contract", 31_891 - 30_894)];
    assert_eq!(causes(second), expected.map(|(cause, sum)| (cause.to_owned(), sum)));
}
