use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::*;
use crate::ingest::test_support::{TestFolder, TestRow, csv, csv_of, gzip, manifest};
use crate::ingest::{Column, Limits, Silent, find_reports};
use crate::money::Usd;
use crate::period::parse_instant;
use crate::usage::{DescriptionClass, LineType, PriceInstants};
use proptest::prelude::*;

mod exports;
mod facts_files;
mod focus;
mod parquet_reports;
mod parts;
mod real_data;
mod spilling;

fn fold_folder(reports: &Path, month: &str, adjustments: &[&str]) -> Result<FoldOutcome, FoldError> {
    let adjustments: Vec<String> = adjustments.iter().map(|name| (*name).to_owned()).collect();
    let plan = find_reports(reports, month.parse().unwrap(), &adjustments)?;
    fold_reports(&plan, &Limits::default(), &PriceInstants::new(), &Silent)
}

fn fold_rows(rows: &[TestRow]) -> FoldOutcome {
    let folder = TestFolder::new();
    folder.write("r.csv", csv(rows));
    fold_folder(folder.path(), "2025-05", &[]).unwrap()
}

fn refusal(text: impl AsRef<[u8]>) -> String {
    let folder = TestFolder::new();
    folder.write("r.csv", text);
    fold_folder(folder.path(), "2025-05", &[]).unwrap_err().to_string()
}

#[test]
fn numbers_are_read_as_the_slow_reader_reads_them() {
    let texts = [
        "0",
        "1",
        "-1",
        "29.0000000000",
        "0.1240000000",
        "4.4E-7",
        "-0",
        "+5",
        "1e3",
        ".5",
        "5.",
        ".",
        "-",
        "",
        "1.2.3",
        " 1",
        "999999999999999999",
        "9999999999999999999",
        "0.0000000000000000001",
        "123456789.0123456789",
        "1_0",
        "NaN",
        "１",
        "0.123456789012345678",
        "0.1234567890123456785",
        "1e40",
        "123456789012345678.9",
    ];
    for text in texts {
        let slow = crate::money::parse_grid_rounded(text.as_bytes());
        assert_eq!(numbers::parse_number(text.as_bytes()), slow, "{text}");
    }
}

proptest! {
    #[test]
    fn any_number_is_read_as_the_slow_reader_reads_it(text in "[-+]?[0-9]{0,20}[.]?[0-9]{0,20}(e-?[0-9]{1,2})?") {
        prop_assert_eq!(numbers::parse_number(text.as_bytes()), crate::money::parse_grid_rounded(text.as_bytes()));
    }
}

#[test]
fn every_bad_field_is_told_with_row_and_column() {
    #[rustfmt::skip]
    let cases = [
        (Column::PayerAccountId,         "1234567892",            "is no account id"),
        (Column::UsageAccountId,         "00000000010４",         "is no account id"),
        (Column::BillingPeriodStartDate, "2025-05",               "is no time"),
        (Column::UsageStartDate,         "2025-05-01 00:00:00+00:00", "is no time"),
        (Column::UsageStartDate,         "",                      "is no time"),
        (Column::UsageEndDate,           "soon",                  "is no time"),
        (Column::UsageAmount,            "1,5",                   "is no decimal number"),
        (Column::UnblendedCost,          "",                      "is blank"),
        (Column::UnblendedCost,          "abc",                   "is no decimal number"),
        (Column::UnblendedCost,          "1e21",                  "is beyond the largest amount"),
        (Column::PublicOnDemandCost,     "x",                     "is no decimal number"),
        (Column::NetUnblendedCost,       "x",                     "is no decimal number"),
        (Column::CurrencyCode,           "JPY",                   "is another currency"),
        (Column::CurrencyCode,           "",                      "is another currency"),
    ];
    for (column, text, expected) in cases {
        let error = refusal(csv(&[TestRow::new(), TestRow::new().with(column, text)]));
        let place = format!("r.csv, row 2, {}: ", column.name());
        assert!(error.contains(&place) && error.contains(expected), "{column:?} {text:?}: {error}");
    }
    let bytes = csv(&[TestRow::new()]).into_bytes();
    let place = bytes.windows(9).position(|found| found == b"AmazonEC2").unwrap();
    let error = refusal([&bytes[..place], b"\xFF", &bytes[place + 1..]].concat());
    assert!(error.contains("lineItem/ProductCode") && error.contains("is not UTF-8"), "{error}");
}

#[test]
fn all_faults_of_all_files_are_told_at_once() {
    let folder = TestFolder::new();
    let bad = TestRow::new().with(Column::UnblendedCost, "x").with(Column::CurrencyCode, "EUR");
    folder.write("a.csv", csv(&[bad.clone(), TestRow::new(), bad.clone()]));
    folder.write("b.csv.gz", gzip(csv(&vec![bad; 200])));
    let error = fold_folder(folder.path(), "2025-05", &[]).unwrap_err();
    assert!(!error.is_machine_fault());
    let error = error.to_string();
    assert_eq!(error.matches("a.csv, row ").count(), 4);
    assert_eq!(error.matches("b.csv.gz, row ").count(), 100);
    assert!(error.contains("… and 300 more"), "{error}");
}

#[test]
fn sums_that_cannot_be_held_are_refused() {
    let large = TestRow::new().with(Column::UsageAmount, "1e20");
    assert!(refusal(csv(&[large.clone(), large.clone()])).contains("is beyond the largest amount"));
    let elsewhere = large.clone().with(Column::Sku, "OTHER");
    assert!(refusal(csv(&[large, elsewhere])).contains("the sums of the month are beyond"));
}

#[test]
fn what_a_key_keeps_depends_on_the_line_type() {
    let full = |line_type: &str| {
        TestRow::new()
            .with(Column::LineItemType, line_type)
            .with(Column::AvailabilityZone, "ap-northeast-1a")
            .with(Column::ReservationZone, "ap-northeast-1c")
            .with(Column::SavingsPlanRate, "0.3571")
            .with(Column::NormalizationFactor, "4")
            .with(Column::ProductName, "A product")
            .with(Column::ReservationArn, " ")
            .with(Column::SavingsPlanArn, " arn:aws:savingsplans::1 ")
            .with(Column::RegionCode, "ap-northeast-1")
    };
    #[rustfmt::skip]
    let cases = [
        // line type                 hour   zone               rate      factor description
        ("Usage",                    false, "",                "",       "",    false),
        ("DiscountedUsage",          true,  "ap-northeast-1a", "",       "4",   false),
        ("SavingsPlanCoveredUsage",  true,  "ap-northeast-1a", "0.3571", "4",   false),
        ("SavingsPlanNegation",      true,  "ap-northeast-1a", "",       "",    true),
        ("RIFee",                    false, "ap-northeast-1c", "",       "4",   true),
        ("Tax",                      false, "",                "",       "",    true),
        ("",                         false, "",                "",       "",    true),
    ];
    for (line_type, has_hour, zone, rate, factor, has_description) in cases {
        let facts = fold_rows(&[full(line_type)]).facts;
        let key = facts.facts[0].key;
        let found = (key.interval_start.is_some(), facts.text(key.availability_zone), facts.text(key.sp_rate));
        assert_eq!(found, (has_hour, zone, rate), "{line_type}");
        assert_eq!((facts.text(key.normalization_factor), !key.description.is_empty()), (factor, has_description));
        assert_eq!(
            (facts.text(key.commitment_arn), facts.text(key.region)),
            ("arn:aws:savingsplans::1", "ap-northeast-1")
        );
        assert_eq!((facts.text(key.product_name), key.line_type), ("", LineType::parse(line_type)));
    }
    let facts = fold_rows(&[full("Usage").with(Column::BillingEntity, "AWS Marketplace")]).facts;
    assert_eq!(facts.text(facts.facts[0].key.product_name), "A product");
}

#[test]
fn only_fees_keep_the_terms_of_a_commitment_and_only_covered_rows_its_product() {
    let full = |line_type: &'static str| {
        TestRow::new()
            .with(Column::LineItemType, line_type)
            .with(Column::InstanceType, "m5.large")
            .with(Column::Tenancy, "Shared")
            .with(Column::NumberOfReservations, "3")
            .with(Column::ReservationStartTime, "2025-01-21T00:00:00.000Z")
            .with(Column::ReservationEndTime, "2026-01-21T00:00:00.000Z")
            .with(Column::ReservationUpfront, "7.5")
            .with(Column::SavingsPlanOffering, "EC2InstanceSavingsPlans")
            .with(Column::SavingsPlanRegion, "ap-northeast-1")
            .with(Column::SavingsPlanFamily, "m5")
            .with(Column::SavingsPlanStartTime, "2025-05-03T00:03:54.000Z")
            .with(Column::TotalCommitment, "0.15")
            .with(Column::UsedCommitment, "0.1")
            .with(Column::SavingsPlanUpfront, "0.075")
    };
    #[rustfmt::skip]
    let cases = [
        // line type                 instance    units start                       offering                   family total   used   upfront
        ("Usage",                    "",         "",  "",                         "",                        "",    "0.0",  "0.0", "0.0"),
        ("DiscountedUsage",          "m5.large", "",  "",                         "",                        "",    "0.0",  "0.0", "0.0"),
        ("SavingsPlanCoveredUsage",  "m5.large", "",  "",                         "EC2InstanceSavingsPlans", "",    "0.0",  "0.0", "0.0"),
        ("RIFee",                    "m5.large", "3", "2025-01-21T00:00:00.000Z", "",                        "",    "0.0",  "0.0", "7.5"),
        ("SavingsPlanRecurringFee",  "",         "",  "2025-05-03T00:03:54.000Z", "EC2InstanceSavingsPlans", "m5",  "0.15", "0.1", "0.075"),
        ("Fee",                      "",         "",  "",                         "",                        "",    "0.0",  "0.0", "0.0"),
    ];
    for (line_type, instance, units, start, offering, family, total, used, upfront) in cases {
        let facts = fold_rows(&[full(line_type)]).facts;
        let (key, sums) = (facts.facts[0].key, facts.facts[0].measures);
        let found = [key.instance_type, key.commitment_units, key.commitment_start, key.sp_offering, key.sp_family];
        assert_eq!(found.map(|text| facts.text(text)), [instance, units, start, offering, family], "{line_type}");
        let amounts = [sums.total_commitment, sums.used_commitment, sums.amortized_upfront];
        assert_eq!(amounts.map(|amount| amount.to_string()), [total, used, upfront], "{line_type}");
    }
}

#[test]
fn a_blank_normalized_amount_of_a_covered_row_is_its_usage_times_its_factor() {
    let covered = || {
        let row = TestRow::new().with(Column::LineItemType, "DiscountedUsage").with(Column::UsageAmount, "0.5");
        row.with(Column::NormalizationFactor, "4")
    };
    let told = covered().with(Column::NormalizedUsageAmount, "2");
    let blank = covered().with(Column::NormalizedUsageAmount, "");
    let facts = fold_rows(&[told, blank]).facts;
    assert_eq!((facts.facts.len(), facts.facts[0].measures.normalized_quantity.to_string()), (1, String::from("4.0")));
}

#[test]
fn blanks_and_other_months_are_what_the_contract_says() {
    let blank = TestRow::new().with(Column::UsageAmount, "").with(Column::UsageEndDate, "");
    let zero = TestRow::new().with(Column::UnblendedCost, "0.0").with(Column::PublicOnDemandCost, "0.124");
    let other =
        TestRow::new().with(Column::BillingPeriodStartDate, "2025-06-01T00:00:00Z").with(Column::UnblendedCost, "x");
    let folded = fold_rows(&[blank, zero, other]);
    let facts = &folded.facts.facts;
    assert_eq!((facts.len(), folded.facts.totals.rows, folded.facts.totals.other_month_rows), (2, 2, 1));
    let paid = facts.iter().find(|fact| !fact.key.is_cost_zero).unwrap();
    assert!(paid.measures.quantity.is_zero() && !paid.key.has_public_cost);
    assert_eq!(paid.measures.last_end, paid.measures.first_start);
    let free = facts.iter().find(|fact| fact.key.is_cost_zero).unwrap();
    assert!(free.key.has_public_cost && free.measures.public_cost == Usd::parse("0.124").unwrap());
}

#[test]
fn descriptions_of_usage_are_classed() {
    use DescriptionClass::{FlatRate, Free, Plain, SavingsBundle};
    #[rustfmt::skip]
    let cases = [
        ("$0.00 per GB - first 1 TB / month under the global Free Tier", Free),
        ("free",                                                         Free),
        ("$0.1 per carefree hour, freedom",                              Plain),
        ("$0.114 per GB",                                                Plain),
        ("CloudFront flat-rate plan, free",                              FlatRate),
        ("Flat Rate",                                                    FlatRate),
        ("CloudFront Security Savings Bundle, flat-rate",                SavingsBundle),
        ("",                                                             Plain),
    ];
    for (text, expected) in cases {
        assert_eq!(row_key::description_class(text), expected, "{text}");
    }
}

#[test]
fn the_price_interval_is_kept_per_sku() {
    let instant = |text: &str| parse_instant(text.as_bytes()).unwrap();
    let change = instant("2025-05-15T00:00:00Z");
    let prices = PriceInstants::from([("FKYYTRYVU2GJMJEE".to_owned(), vec![change])]);
    #[rustfmt::skip]
    let cases = [
        ("Usage", "FKYYTRYVU2GJMJEE", "2025-05-14T23:00:00Z", "2025-05-01T00:00:00Z"),
        ("Usage", "FKYYTRYVU2GJMJEE", "2025-05-15T00:00:00Z", "2025-05-15T00:00:00Z"),
        ("Usage", "OTHER",            "2025-05-20T00:00:00Z", "2025-05-01T00:00:00Z"),
        ("Usage", "OTHER",            "2025-04-30T23:00:00Z", "2025-04-30T23:00:00Z"),
        ("Usage", "OTHER",            "2025-06-01T00:00:00Z", "2025-06-01T00:00:00Z"),
        ("Fee",   "FKYYTRYVU2GJMJEE", "2025-05-20T00:00:00Z", "2025-05-01T00:00:00Z"),
    ];
    for (line_type, sku, start, expected) in cases {
        let row = TestRow::new().with(Column::LineItemType, line_type).with(Column::Sku, sku);
        let folder = TestFolder::new();
        folder.write("r.csv", csv(&[row.with(Column::UsageStartDate, start)]));
        let plan = find_reports(folder.path(), "2025-05".parse().unwrap(), &[]).unwrap();
        let folded = fold_reports(&plan, &Limits::default(), &prices, &Silent).unwrap();
        assert_eq!(folded.facts.facts[0].key.price_instant, instant(expected), "{line_type} {sku} {start}");
    }
}

#[test]
fn loose_files_stand_beside_no_delivery_of_their_payer_and_month() {
    let folder = TestFolder::new();
    let keys = ["x/20250501-20250601/1.csv"];
    folder.write("p/20250501-20250601/cur-Manifest.json", manifest("001234567892", "202505", &keys));
    folder.write("p/20250501-20250601/1.csv", csv(&[TestRow::new()]));
    let row = |cost: &str, payer: &str| {
        csv(&[TestRow::new().with(Column::UnblendedCost, cost).with(Column::PayerAccountId, payer)])
    };
    folder.write("other.csv", row("2", "998877665549"));
    assert_eq!(fold_folder(folder.path(), "2025-05", &[]).unwrap().inputs.len(), 2);
    folder.write("late.csv", row("3", "001234567892"));
    let error = fold_folder(folder.path(), "2025-05", &[]).unwrap_err().to_string();
    assert!(error.contains("late.csv") && error.contains("cur-Manifest.json delivers"), "{error}");
    assert_eq!(fold_folder(folder.path(), "2025-05", &["late.csv"]).unwrap().facts.totals.rows, 3);
    folder.write("late copy.csv", row("2", "998877665549"));
    let error = fold_folder(folder.path(), "2025-05", &["late.csv"]).unwrap_err().to_string();
    assert!(error.contains("has the same content as"), "{error}");
}

fn any_row() -> impl Strategy<Value = TestRow> {
    let line_types = ["Usage", "DiscountedUsage", "SavingsPlanCoveredUsage", "Tax", "Fee", "EdpDiscount"];
    let fields = (0..6_usize, 0..3_u32, 0..3_u32, 0..31_u32, -1_000_000..1_000_000_i64, "[a-b,\"\n東]{0,4}");
    fields.prop_map(move |(line_type, account, sku, day, cost, text)| {
        TestRow::new()
            .with(Column::LineItemType, line_types[line_type])
            .with(Column::UsageAccountId, &format!("{account:012}"))
            .with(Column::Sku, &format!("SKU{sku}"))
            .with(Column::UsageStartDate, &format!("2025-05-{:02}T00:00:00Z", day + 1))
            .with(Column::UnblendedCost, &format!("{cost}e-7"))
            .with(Column::NetUnblendedCost, if cost > 0 { "0.25" } else { "" })
            .with(Column::LineItemDescription, &text)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn neither_order_nor_split_nor_threads_matter(
        rows in prop::collection::vec(any_row(), 1..60), cut in 0..60_usize, threads in 1..4_usize,
    ) {
        let whole = fold_rows(&rows).facts;
        let mut turned = rows.clone();
        turned.reverse();
        let (left, right) = turned.split_at(cut.min(turned.len()));
        let names: Vec<String> = Column::ALL.iter().rev().map(|column| crate::ingest::canonical_name(column.name())).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let columns: Vec<Column> = Column::ALL.into_iter().rev().collect();
        let folder = TestFolder::new();
        folder.write("a.csv.gz", gzip(csv(left)));
        folder.write("b.csv", csv_of(&names, &columns, right));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let split = pool.install(|| fold_folder(folder.path(), "2025-05", &[])).unwrap().facts;
        prop_assert_eq!(&whole, &split);
        let bytes = |facts| { let mut bytes = Vec::new(); write_facts(facts, &mut bytes).unwrap(); bytes };
        prop_assert_eq!(bytes(&whole), bytes(&split));
    }
}
