//! `seikyu plans explain` and `seikyu check --timeline`, as an operator calls them.

#![allow(clippy::unwrap_used, reason = "helpers of tests: the exemption for tests covers test functions only")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{Outcome, TempFolder, seikyu};
use serde_json::Value;

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases").join(name).join("input")
}

/// The table of the README of the case `category_discounts`, row by row.
#[test]
fn plans_explain_prints_the_rule_of_every_usage_type() {
    let workspace = case("category_discounts");
    let arguments = ["plans", "explain", "--quiet", "--json", "--period", "2025-05", "--account", "100000000001"];
    let Outcome { code, stdout, stderr } = seikyu(&arguments, &[("--workspace", &workspace)]);
    assert_eq!(code, 0, "{stderr}");
    let found: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((&found["plan_id"], &found["billing_period"]), (&Value::from("ec2-cdn"), &Value::from("2025-05")));
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let rows = found["usage"].as_array().unwrap();
    let mut lines: Vec<String> = rows
        .iter()
        .map(|row| format!("{} {} {}", text(row, "rule"), text(row, "list_usd"), text(row, "discount_usd")))
        .collect();
    lines.sort();
    // Two rows of m5.large share 5 % of 15.376: 12.4 x 0.05 = 0.62 and 2.976 x 0.05 = 0.1488.
    let expected = [
        " 3.0 0.0",
        " 9.6 0.0",
        "cloudfront_outbound 4.0 0.0",
        "cloudfront_outbound 54.264 -29.988",
        "cloudfront_requests 1.2 -0.12",
        "data_transfer 45.6 -2.736",
        "ec2_on_demand 12.4 -0.62",
        "ec2_on_demand 2.976 -0.1488",
        "s3 25.0 -0.75",
    ];
    assert_eq!(lines, expected);
    let arguments = ["plans", "explain", "--quiet", "--period", "2025-05", "--account", "100000000001"];
    let Outcome { stdout, .. } = seikyu(&arguments, &[("--workspace", &workspace)]);
    assert!(stdout.contains("158.04") && stdout.contains("-34.36") && stdout.contains("123.67"), "{stdout}");
    assert!(stdout.contains("(no category claims it)"), "{stdout}");
    let arguments = ["plans", "explain", "--quiet", "--period", "2025-05", "--account", "100000000009"];
    let Outcome { code, stderr, .. } = seikyu(&arguments, &[("--workspace", &workspace)]);
    assert_eq!(code, 2);
    assert!(stderr.contains("account 100000000009 has no row in the reports of 2025-05"), "{stderr}");
}

/// A workspace whose account paused in 2025-02 and 2025-03, and one that the reports do not have.
fn paused() -> TempFolder {
    let folder = TempFolder::new("timeline");
    copy(&case("category_discounts"), folder.path());
    let accounts = "account_id,account_name,project_id,plan_id,valid_from,valid_to,organization_id,borne_by\n\
        100000000001,口座 1,P-1,ec2-cdn,2025-01,2025-01,,customer\n\
        100000000001,口座 1,P-1,ec2-cdn,2025-04,,,customer\n\
        100000000002,口座 2,P-1,ec2-cdn,2025-05,,,customer\n";
    fs::write(folder.path().join("accounts.csv"), accounts).unwrap();
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let place = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &place) } else { fs::copy(&path, &place).map(|_| ()).unwrap() }
    }
}

#[test]
fn a_check_tells_gaps_and_prints_what_each_account_was() {
    let folder = paused();
    let Outcome { code, stdout, stderr } = seikyu(&["check", "--timeline"], &[("--workspace", folder.path())]);
    assert_eq!(code, 0, "{stderr}");
    let gap = "account 100000000001 has no contract from 2025-02 to 2025-03, but before and after";
    assert!(stderr.contains(gap), "{stderr}");
    let lines: Vec<String> = stdout.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let expected = [
        "100000000001 口座 1",
        "2025-01 to 2025-01 project P-1, plan ec2-cdn joins",
        "2025-02 to 2025-03 no contract gap",
        "2025-04 on project P-1, plan ec2-cdn returns",
        "100000000002 口座 2",
        "2025-05 on project P-1, plan ec2-cdn joins",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn a_check_of_a_month_compares_contracts_with_the_reports() {
    let folder = paused();
    let arguments = ["check", "--timeline", "--json", "--period", "2025-05"];
    let Outcome { code, stdout, stderr } = seikyu(&arguments, &[("--workspace", folder.path())]);
    assert_eq!(code, 0, "{stderr}");
    assert!(!stderr.contains("has no contract from"), "the gap is not in May: {stderr}");
    let unseen = "contracts of 2025-05 without a row in the reports: 100000000002";
    assert!(stderr.contains(unseen), "{stderr}");
    let found: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(found["accounts"][0]["stretches"][1]["changes"][0], "gap");
    assert_eq!(found["accounts"][0]["payers_seen"].as_array().unwrap().len(), 1);
    assert_eq!(found["accounts"][1]["payers_seen"], Value::Null);
    // In a month of the gap the account has rows and no contract: held, and its other contracts are named.
    let accounts = fs::read_to_string(folder.path().join("accounts.csv")).unwrap();
    let ended = accounts.replace("2025-04,,,customer", "2025-06,,,customer");
    fs::write(folder.path().join("accounts.csv"), ended).unwrap();
    let Outcome { code, stdout, .. } =
        seikyu(&["check", "--quiet", "--json", "--period", "2025-05"], &[("--workspace", folder.path())]);
    assert_eq!(code, 1);
    let found: Value = serde_json::from_str(&stdout).unwrap();
    let detail = found["holds"][0]["detail"].as_str().unwrap();
    let expected = "account 100000000001 has rows in the reports and no contract in 2025-05 \
                    (only 2025-01 to 2025-01: project P-1, plan ec2-cdn; 2025-06 on: project P-1, plan ec2-cdn)";
    assert_eq!(detail, expected);
}

/// The case `category_discounts` with its S3 category replaced, billed for its month: the files, and `run.json`.
fn billed_with(s3: &str) -> (std::collections::BTreeMap<PathBuf, Vec<u8>>, Value, TempFolder) {
    let folder = TempFolder::new("dated");
    copy(&case("category_discounts"), folder.path());
    let plan = folder.path().join("plans/ec2-cdn.toml");
    let text = fs::read_to_string(&plan).unwrap();
    let (before, rest) = text.split_once("[[discount.category]]\nname = \"s3\"\n").unwrap();
    let (_, after) = rest.split_once("[[discount.category]]\n").unwrap();
    fs::write(&plan, format!("{before}{s3}[[discount.category]]\n{after}")).unwrap();
    let out = TempFolder::new("dated-out");
    let arguments = ["run", "--quiet", "--period", "2025-05"];
    let Outcome { code, stderr, .. } = seikyu(&arguments, &[("--workspace", folder.path()), ("--output", out.path())]);
    assert_eq!(code, 0, "{stderr}");
    let record = serde_json::from_slice(&fs::read(out.path().join("2025-05/run.json")).unwrap()).unwrap();
    (out.files_but_run_json(), record, folder)
}

fn s3(percent: &str, months: &str) -> String {
    format!(
        "[[discount.category]]\nname = \"s3\"\nrule = \"percent_off\"\nvalue = \"{percent}\"\nproduct_codes = [\"AmazonS3\"]\n\
         usage_type = ''\nsource = \"contract of the case\"\n{months}"
    )
}

/// A new number from June on leaves May as it was, to the byte; one from May on is used, and named.
#[test]
fn an_old_month_keeps_its_number_when_a_new_one_is_added() {
    let (undated, ..) = billed_with(&s3("3", ""));
    let (from_june, record, _) =
        billed_with(&(s3("3", "valid_to = \"2025-05\"\n") + &s3("9", "valid_from = \"2025-06\"\n")));
    assert_eq!(from_june, undated);
    let used = |record: &Value| -> Vec<(String, Value, Value)> {
        let categories = record["plans"][0]["categories"].as_array().unwrap().iter();
        let s3 = categories.filter(|category| category["name"] == "s3" && category["is_used"] == true);
        s3.map(|one| ("s3".into(), one["valid_from"].clone(), one["valid_to"].clone())).collect()
    };
    assert_eq!(used(&record), [("s3".into(), Value::Null, Value::from("2025-05"))]);

    let (from_may, record, folder) =
        billed_with(&(s3("9", "valid_from = \"2025-05\"\n") + &s3("3", "valid_to = \"2025-04\"\n")));
    assert_ne!(from_may, undated);
    assert_eq!(used(&record), [("s3".into(), Value::from("2025-05"), Value::Null)]);
    let arguments = ["plans", "explain", "--quiet", "--json", "--period", "2025-05", "--account", "100000000001"];
    let Outcome { stdout, .. } = seikyu(&arguments, &[("--workspace", folder.path())]);
    let found: Value = serde_json::from_str(&stdout).unwrap();
    let row = found["usage"].as_array().unwrap().iter().find(|row| row["rule"] == "s3").unwrap();
    // 1,000 GB-Mo x 0.025 = 25, 9 % of it.
    assert_eq!((&row["rule_months"], &row["discount_usd"]), (&Value::from("from 2025-05"), &Value::from("-2.25")));
    let arguments = ["plans", "explain", "--quiet", "--period", "2025-05", "--account", "100000000001"];
    let Outcome { stdout, .. } = seikyu(&arguments, &[("--workspace", folder.path())]);
    assert!(stdout.contains("s3 (from 2025-05)"), "{stdout}");
}
