//! `seikyu explain`: every level of every case sums to the one above, down to the rows of the reports.

#![allow(clippy::unwrap_used, reason = "helpers of tests: the exemption for tests covers test functions only")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{Outcome, TempFolder, copy_folder, seikyu};
use seikyu::money::{Quantity, Usd};
use serde_json::Value;

const PERIOD: &str = "2025-05";

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn explain(workspace: &Path, more: &[&str]) -> Outcome {
    let arguments = [&["explain", "--quiet", "--period", PERIOD], more].concat();
    seikyu(&arguments, &[("--workspace", workspace)])
}

fn list<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    value[name].as_array().unwrap_or_else(|| panic!("{name} is no list in {value}")).iter()
}

fn usd(value: &Value, name: &str) -> Usd {
    Usd::parse(value[name].as_str().unwrap()).unwrap()
}

fn yen(value: &Value, name: &str) -> i64 {
    value[name].as_i64().unwrap()
}

fn sum(values: impl Iterator<Item = Usd>) -> Usd {
    values.sum()
}

#[test]
fn every_level_of_every_case_sums_to_the_one_above() {
    let (mut invoices, mut rows) = (0, 0);
    let cases = fs::read_dir(fixtures().join("cases")).unwrap();
    let inputs = cases.map(|entry| entry.unwrap().path().join("input")).filter(|input| input.exists());
    for workspace in inputs.chain([fixtures().join("quickstart")]) {
        let outcome = explain(&workspace, &["--rows", "--json"]);
        assert!(outcome.code < 2, "{}: {}", workspace.display(), outcome.stderr);
        let found: Value = serde_json::from_str(&outcome.stdout).unwrap();
        for invoice in list(&found, "invoices") {
            invoices += 1;
            rows += check_invoice(invoice);
        }
    }
    assert!(invoices > 60 && rows > 500, "{invoices} invoices and {rows} rows prove little");
}

/// Counts the rows.
fn check_invoice(invoice: &Value) -> usize {
    assert_eq!(list(invoice, "lines").map(|line| yen(line, "net_jpy")).sum::<i64>(), yen(invoice, "subtotal_jpy"));
    assert_eq!(list(invoice, "taxes").map(|tax| yen(tax, "tax_jpy")).sum::<i64>(), yen(invoice, "tax_jpy"));
    assert_eq!(yen(invoice, "subtotal_jpy") + yen(invoice, "tax_jpy"), yen(invoice, "total_jpy"));
    let mut charges: Vec<&Value> = list(invoice, "unprinted").collect();
    assert_eq!(sum(charges.iter().map(|charge| usd(charge, "list_usd"))), Usd::ZERO);
    for line in list(invoice, "lines").filter(|line| line["account_id"].is_string()) {
        for name in ["list_usd", "discount_usd", "net_usd"] {
            assert_eq!(sum(list(line, "services").map(|service| usd(service, name))), usd(line, name), "{name}");
            for service in list(line, "services") {
                let of_charges = sum(list(service, "charges").map(|charge| usd(charge, name)));
                assert_eq!(of_charges, usd(service, name), "{name} of {service}");
            }
        }
        assert_eq!(list(line, "services").map(|service| yen(service, "net_jpy")).sum::<i64>(), yen(line, "net_jpy"));
        charges.extend(list(line, "services").flat_map(|service| list(service, "charges")));
    }
    let mut count = 0;
    for charge in charges {
        let rows: Vec<&Value> = list(charge, "report_rows").collect();
        assert_eq!(charge["rows"].as_u64().unwrap(), rows.len() as u64);
        assert_eq!(sum(rows.iter().map(|row| usd(row, "aws_unblended_usd"))), usd(charge, "aws_unblended_usd"));
        let quantity = |value: &Value| Quantity::parse(value["quantity"].as_str().unwrap()).unwrap();
        assert_eq!(rows.iter().map(|row| quantity(row)).sum::<Quantity>(), quantity(charge));
        count += rows.len();
    }
    count
}

#[test]
fn a_person_reads_the_way_from_the_total_to_the_row() {
    let workspace = fixtures().join("cases/detail_with_a_rounding/input");
    let outcome = explain(&workspace, &["--project", "P-1", "--service", "AmazonS3", "--rows"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    // The figures are those of the README of the case.
    let source = "(price of the case, first GB; price of the case, next GB)";
    let expected = format!(
        "invoice of project P-1, 2025-05, draft
  total 7,500 yen = lines 6,819 + tax 681
  tax standard: 681 yen = 10.0 % of 6,819, cut off once
  lines 6,819 yen = 43 + 6,777 - 1
  1 of 3 lines are asked for
  line 1: 43 yen, AWS利用料 2025年5月分, tax standard
    account 100000000001 口座 1, section aws_usage, flat-7
    net 0.30132 USD x 145.75 (MURC monthly average TTS) = 43 yen, cut off 0.91739
    net 0.30132 USD = list 0.324 - discount 0.02268
    AmazonS3: 27 yen of the line; net 0.186 USD = list 0.2 - discount 0.014
      Usage APN1-TimedStorage-ByteHrs StandardStorage: 3 rows
        list 0.2 USD for 3.0 by tiers: CASESTORAGE00000 from 2025-01-01 above 0.0: 0.1 USD; CASESTORAGE00000 from 2025-01-01 above 1.0: 0.05 USD {source}
        discount -0.014 USD, plan flat-7, total: 7.0 % off; net 0.186 USD
        AWS charged 0.15 USD, class usage: tiers and free usage are those of the group, not of AWS's whole organization
          2025-05.csv, line 2: 1.0, AWS 0.05 USD bucket-a
          2025-05.csv, line 4: 1.0, AWS 0.05 USD =bucket-c
          2025-05.csv, line 9: 1.0, AWS 0.05 USD bucket-b
"
    );
    assert_eq!(outcome.stdout, expected);
}

#[test]
fn what_own_commitments_cover_names_them() {
    let workspace = fixtures().join("cases/own_commitments_in_the_order_of_aws/input");
    let outcome = explain(&workspace, &[]);
    assert!(outcome.stdout.contains("own commitment covers"), "{}", outcome.stdout);
    assert!(outcome.stdout.contains("on no line, for list and discount are 0:"), "{}", outcome.stdout);
}

#[test]
fn what_is_not_there_is_refused_with_what_is() {
    let workspace = fixtures().join("cases/detail_with_a_rounding/input");
    #[rustfmt::skip]
    let cases = [
        (["--project", "P-9"],            "no invoice has project \"P-9\"; projects that are: P-1, P-2"),
        (["--account", "123456789012"],   "no invoice has account \"123456789012\"; accounts that are: 100000000001, 200000000002"),
        (["--service", "AmazonRDS"],      "no invoice has service \"AmazonRDS\"; services that are: AmazonEC2, AmazonS3"),
    ];
    for (asked, expected) in cases {
        let outcome = explain(&workspace, &asked);
        assert_eq!((outcome.code, outcome.stderr.contains(expected)), (2, true), "{}", outcome.stderr);
    }
}

#[test]
fn without_reports_it_ends_at_the_facts_and_says_so() {
    let workspace = fixtures().join("cases/detail_with_a_rounding/input");
    let out = TempFolder::new("explain");
    let run = seikyu(&["run", "--quiet", "--period", PERIOD], &[("--workspace", &workspace), ("--output", out.path())]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let facts = out.path().join(PERIOD).join("facts.parquet");
    let facts = ["--facts", facts.to_str().unwrap(), "--rows"];
    let from_reports = explain(&workspace, &["--rows"]).stdout;
    assert_eq!(explain(&workspace, &facts).stdout, from_reports);
    let copy = TempFolder::new("no-reports");
    copy_folder(&workspace, copy.path());
    fs::remove_dir_all(copy.path().join("reports")).unwrap();
    let outcome = explain(copy.path(), &facts);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert!(outcome.stdout.ends_with("there are no reports here: this ends at the facts\n"), "{}", outcome.stdout);
    // Reports of other facts tell no rows.
    fs::create_dir_all(copy.path().join("reports")).unwrap();
    let text = fs::read_to_string(workspace.join("reports/2025-05.csv")).unwrap();
    fs::write(copy.path().join("reports/2025-05.csv"), text.replace(",40,", ",41,")).unwrap();
    let outcome = explain(copy.path(), &facts);
    assert_eq!(outcome.code, 2);
    assert!(outcome.stderr.contains("not those that the facts were folded from"), "{}", outcome.stderr);
}
