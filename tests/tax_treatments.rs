//! The table of examples that `seikyu init` writes, against each upstream case that a reseller in Japan meets.

#![allow(clippy::unwrap_used, reason = "helpers of tests: the exemption for tests covers test functions only")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use common::{TempFolder, seikyu};

const JAPAN: &str = "Amazon Web Services Japan G.K.";
const INC: &str = "Amazon Web Services, Inc.";
const AWS: &str = "AWS";
const MARKETPLACE: &str = "AWS Marketplace";

/// What the upstream side looks like, and what becomes of it.
struct Case {
    name: &'static str,
    account: &'static str,
    billing_entity: &'static str,
    invoicing_entity: &'static str,
    product: &'static str,
    category: &'static str,
    is_held: bool,
}

/// A customer in Japan, and one abroad.
const HERE: &str = "010000000011";
const ABROAD: &str = "040000000014";

#[rustfmt::skip] // A table reads best as a table.
const CASES: [Case; 11] = [
    Case { name: "AWS service",                         account: HERE,   billing_entity: AWS,         invoicing_entity: JAPAN, product: "AmazonEC2",                      category: "standard",     is_held: false },
    Case { name: "training",                            account: HERE,   billing_entity: AWS,         invoicing_entity: JAPAN, product: "AWSTraining",                    category: "standard",     is_held: false },
    Case { name: "telecommunication",                   account: HERE,   billing_entity: AWS,         invoicing_entity: JAPAN, product: "AmazonConnect",                  category: "standard",     is_held: false },
    Case { name: "telecommunication by AWS Inc.",       account: HERE,   billing_entity: AWS,         invoicing_entity: INC,   product: "ContactCenterTelecomm",          category: "standard",     is_held: false },
    Case { name: "Marketplace, we resell",              account: HERE,   billing_entity: MARKETPLACE, invoicing_entity: JAPAN, product: "example-product-we-resell",      category: "standard",     is_held: false },
    Case { name: "Marketplace, we only collect",        account: HERE,   billing_entity: MARKETPLACE, invoicing_entity: JAPAN, product: "example-product-we-collect-for", category: "out_of_scope", is_held: false },
    Case { name: "Marketplace, no contract known",      account: HERE,   billing_entity: MARKETPLACE, invoicing_entity: JAPAN, product: "another-product",                category: "standard",     is_held: true },
    Case { name: "third-party model, we resell",        account: HERE,   billing_entity: MARKETPLACE, invoicing_entity: INC,   product: "example-model-we-resell",        category: "standard",     is_held: false },
    Case { name: "third-party model, we only collect",  account: HERE,   billing_entity: MARKETPLACE, invoicing_entity: INC,   product: "example-model-we-collect-for",   category: "out_of_scope", is_held: false },
    Case { name: "third-party model, no contract known", account: HERE,  billing_entity: MARKETPLACE, invoicing_entity: INC,   product: "another-model",                  category: "standard",     is_held: true },
    Case { name: "customer abroad",                     account: ABROAD, billing_entity: AWS,         invoicing_entity: JAPAN, product: "AmazonEC2",                      category: "foreign",      is_held: false },
];

/// A new workspace with the table of examples in force, a customer abroad, and one row of 100 dollars.
fn workspace(case: &Case) -> TempFolder {
    let folder = TempFolder::new("tax");
    let place = folder.path();
    let outcome = seikyu(&["init", "--quiet", place.to_str().unwrap()], &[]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    fs::rename(place.join("tax_treatments.example.csv"), place.join("tax_treatments.csv")).unwrap();
    add(&place.join("accounts.csv"), &format!("{ABROAD},abroad,P-ABROAD,flat-v2,2025-01,,,customer\n"));
    add(&place.join("projects.csv"), "P-ABROAD,Sample Trading Co. Ltd.,,,,,,,,\n");
    fs::remove_file(place.join("fees.csv")).unwrap();
    let report = place.join("reports/sample-2025-05.csv");
    let sample = fs::read(&report).unwrap();
    let mut reader = csv::Reader::from_reader(sample.as_slice());
    let header = reader.headers().unwrap().clone();
    let first = reader.records().next().unwrap().unwrap();
    let changed = BTreeMap::from([
        ("bill/BillingEntity", case.billing_entity),
        ("bill/InvoicingEntity", case.invoicing_entity),
        ("lineItem/UsageAccountId", case.account),
        ("lineItem/ProductCode", case.product),
        ("lineItem/UsageType", "Example"),
        ("lineItem/UsageAmount", "1"),
        ("lineItem/UnblendedCost", "100"),
        ("pricing/publicOnDemandCost", "100"),
        ("product/sku", "EXAMPLE000000000"),
        ("pricing/RateCode", ""),
    ]);
    let cells = header.iter().zip(&first).map(|(column, cell)| *changed.get(column).unwrap_or(&cell));
    let mut writer = csv::Writer::from_path(&report).unwrap();
    writer.write_record(&header).unwrap();
    writer.write_record(cells).unwrap();
    writer.flush().unwrap();
    folder
}

fn add(file: &Path, row: &str) {
    let text = fs::read_to_string(file).unwrap();
    fs::write(file, text + row).unwrap();
}

#[test]
fn every_upstream_case_has_its_treatment_in_the_table_of_examples() {
    for case in &CASES {
        let folder = workspace(case);
        let outcome = seikyu(&["run", "--quiet", "--period", "2025-05"], &[("--workspace", folder.path())]);
        let held = outcome.code == 1;
        assert!(outcome.code <= 1, "{}: {}", case.name, outcome.stderr);
        let month = folder.path().join("output/2025-05");
        let rows = |name: &str| -> Vec<BTreeMap<String, String>> {
            csv::Reader::from_path(month.join(name)).unwrap().deserialize().map(Result::unwrap).collect()
        };
        let summary = rows("summary.csv");
        assert_eq!(summary.len(), 1, "{}", case.name);
        assert_eq!(summary[0]["tax_category"], case.category, "{}", case.name);
        let holds = rows("holds.csv");
        let reviews: Vec<_> = holds.iter().filter(|hold| hold["reason"] == "unknown_tax_treatment").collect();
        assert_eq!((held, reviews.len()), (case.is_held, usize::from(case.is_held)), "{}: {holds:?}", case.name);
        for review in reviews {
            assert!(review["detail"].starts_with("review: section marketplace"), "{}: {review:?}", case.name);
        }
        // 100 x 145.75 = 14,575 yen, less the plan's discount where there is one; 10 % only of what is standard.
        let taxes = rows("invoice_taxes.csv");
        let base: i64 = taxes[0]["base_jpy"].parse().unwrap();
        let tax = if case.category == "standard" { base / 10 } else { 0 };
        assert_eq!((taxes.len(), taxes[0]["tax_jpy"].parse()), (1, Ok(tax)), "{}", case.name);
    }
}
