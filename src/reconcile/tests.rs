use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::invoice::Language;
use crate::money::{FxRate, Usd, Yen};
use crate::reference::shipped_console_services;
use crate::testing::{A, B, PAYER, usd};
use crate::usage::LineType;

fn row(account: &str, line_type: &str, product_code: &str, amount: &str) -> OwnRow {
    OwnRow {
        payer_id: PAYER.to_owned(),
        account_id: account.to_owned(),
        invoice_id: String::from("1000001"),
        is_marketplace: false,
        line_type: LineType::parse(line_type),
        product_code: product_code.to_owned(),
        service_code: product_code.to_owned(),
        usage_type: String::from("APN1-BoxUsage:m5.large"),
        product_name: String::new(),
        amount: usd(amount),
        rows: 1,
    }
}

fn traffic(account: &str, product_code: &str, amount: &str) -> OwnRow {
    let usage_type = String::from("APN1-DataTransfer-Out-Bytes");
    OwnRow { service_code: String::from("AWSDataTransfer"), usage_type, ..row(account, "Usage", product_code, amount) }
}

/// Instances 100, traffic 20, storage 30, a refund, a credit, tax, a product of the Marketplace.
fn month() -> Vec<OwnRow> {
    let marketplace = OwnRow { is_marketplace: true, ..row(B, "Usage", "abc123", "40") };
    vec![
        row(A, "Usage", "AmazonEC2", "100"),
        traffic(A, "AmazonEC2", "20"),
        row(A, "Usage", "AmazonS3", "30"),
        row(A, "Refund", "AmazonEC2", "-7"),
        row(A, "Tax", "AmazonEC2", "15"),
        row(B, "Usage", "AmazonS3", "60"),
        row(B, "Credit", "AmazonS3", "-5"),
        row(B, "Tax", "AmazonS3", "6"),
        OwnRow { product_name: String::from("Some Software"), ..marketplace },
    ]
}

fn file(dimension: Dimension, figures: &[(&str, &str, &str)]) -> ConsoleFile {
    let figure = |(account, service, amount): &(&str, &str, &str)| Figure {
        key: Key { account_id: (*account).to_owned(), service: (*service).to_owned(), ..Key::default() },
        amount: usd(amount),
        tax: None,
        printed: 1,
        own_rounding: Usd::ZERO,
    };
    let figures = figures.iter().map(figure).collect();
    let rounding = usd("0.005");
    ConsoleFile { format: "made up", dimension, figures, rounding, payers: BTreeSet::new(), notes: Vec::new() }
}

fn compared(file: &ConsoleFile) -> Comparison {
    compare(&month(), file, &shipped_console_services())
}

/// Each row as `account service cause=amount,…`.
fn told(comparison: &Comparison) -> Vec<String> {
    let row = |row: &Compared| {
        let parts: Vec<String> =
            row.causes.iter().map(|(cause, amount)| format!("{}={amount}", cause.name())).collect();
        let names = format!("{} {} {}", row.key.account_id, row.key.service, parts.join(","));
        names.trim().to_owned()
    };
    comparison.rows.iter().map(row).collect()
}

#[test]
fn each_cause_is_found_by_account() {
    // A: 100 + 20 + 30 - 7 + 15 = 158. B: 60 - 5 + 6 + 40 = 101.
    #[rustfmt::skip] // A table reads best as a table.
    let cases: [(&str, &str, &str, &str); 9] = [
        ("158",     "101",    "",                                   ""),
        ("165",     "101",    "refunds_not_shown=-7.0",             ""),
        ("158",     "106",    "",                                   "credits_not_shown=-5.0"),
        ("143",     "95",     "tax_not_shown=15.0",                 "tax_not_shown=6.0"),
        ("158",     "61",     "",                                   "marketplace_not_shown=40.0"),
        ("150",     "100",    "tax_not_shown=15.0,refunds_not_shown=-7.0", "tax_not_shown=6.0,credits_not_shown=-5.0"),
        ("158.004", "100.998", "rounding=-0.004",                   "rounding=0.002"),
        ("158",     "101.01", "",                                   "unexplained=-0.01"),
        ("165",     "95.5",   "refunds_not_shown=-7.0",             "unexplained=5.5"),
    ];
    for (a, b, of_a, of_b) in cases {
        let found = compared(&file(Dimension::Account, &[(A, "", a), (B, "", b)]));
        let expected = [(A, of_a), (B, of_b)].map(|(account, causes)| format!("{account}  {causes}").trim().to_owned());
        assert_eq!(told(&found), expected, "{a} {b}");
        assert!(found.rows.iter().all(|row| row.causes.values().copied().sum::<Usd>() == row.difference()));
    }
}

#[test]
fn services_have_the_names_of_the_console() {
    let shown = [
        ("", "EC2-Instances", "93"), // 100 less the refund of 7.
        ("", "EC2-Other", "20"),
        ("", "S3", "85"), // 30 + 60 - 5.
        ("", "Tax", "21"),
        ("", "Some Software", "40"),
    ];
    let found = compared(&file(Dimension::Service, &shown));
    let plain = ["Amazon Elastic Compute Cloud - Compute", "Amazon Simple Storage Service", "EC2 - Other"];
    let services: Vec<&str> = found.rows.iter().map(|row| row.key.service.as_str()).collect();
    assert_eq!(services, [plain[0], plain[1], plain[2], "Some Software", "Tax"]);
    assert!(found.unexplained().next().is_none(), "{:?}", told(&found));
}

#[test]
fn bills_book_traffic_as_a_service_of_its_own() {
    let shown = [("", "AmazonEC2", "108"), ("", "AWSDataTransfer", "20"), ("", "AmazonS3", "91"), ("", "abc123", "40")];
    let found = compared(&file(Dimension::Service, &shown));
    // By product code: EC2 100 + 20 - 7 + 15 = 128 of ours, 108 of theirs; S3 30 + 60 - 5 + 6.
    let expected =
        ["AWSDataTransfer data_transfer_apart=-20.0", "AmazonEC2 data_transfer_apart=20.0", "AmazonS3", "abc123"];
    assert_eq!(told(&found), expected);
}

#[test]
fn rows_of_one_side_only_are_kept_with_their_amounts() {
    let shown = [(A, "EC2-Instances", "93"), (A, "EC2-Other", "20"), (A, "Brand New Service", "1.5"), (A, "Tax", "15")];
    let found = compared(&file(Dimension::AccountAndService, &shown));
    let seen: Vec<(&str, &str, &str, String)> = found
        .rows
        .iter()
        .map(|row| (&*row.key.account_id, &*row.key.service, row.seen.name(), row.difference().to_string()))
        .collect();
    let text = |text: &str| text.to_owned();
    #[rustfmt::skip] // A table reads best as a table.
    let expected = [
        (A, "Amazon Elastic Compute Cloud - Compute", "both",        text("0.0")),
        (A, "Amazon Simple Storage Service",          "ours_only",   text("30.0")),
        (A, "Brand New Service",                      "theirs_only", text("-1.5")),
        (A, "EC2 - Other",                            "both",        text("0.0")),
        (A, "Tax",                                    "both",        text("0.0")),
        (B, "Amazon Simple Storage Service",          "ours_only",   text("55.0")),
        (B, "Some Software",                          "ours_only",   text("40.0")),
        (B, "Tax",                                    "ours_only",   text("6.0")),
    ];
    assert_eq!(seen, expected);
}

#[test]
fn another_name_on_the_other_side_is_not_taken_for_something_left_out() {
    let shown = [
        ("", "EC2-Instances", "93"),
        ("", "EC2-Other", "20"),
        ("", "S3", "85"),
        ("", "Tax", "21"),
        ("", "Software under a new name", "40"),
    ];
    let found = compared(&file(Dimension::Service, &shown));
    let told = told(&found);
    let expected = ["Software under a new name unexplained=-40.0", "Some Software unexplained=40.0"];
    assert_eq!(told.iter().filter(|row| row.contains('=')).collect::<Vec<_>>(), expected.iter().collect::<Vec<_>>());
}

#[test]
fn a_bill_may_have_rows_of_its_own_rounding() {
    for (own_rounding, expected) in [("0.03", "Rounding rounding=-0.03"), ("0", "Rounding unexplained=-0.03")] {
        let mut bill = file(Dimension::Service, &[("", "AmazonEC2", "10"), ("", "Rounding", "0.03")]);
        bill.figures[1].own_rounding = usd(own_rounding);
        let found = compare(&[row(A, "Usage", "AmazonEC2", "10")], &bill, &shipped_console_services());
        assert_eq!(told(&found), ["AmazonEC2", expected]);
    }
}

#[test]
fn a_product_without_a_name_is_told() {
    let own = [row(A, "Usage", "AmazonQuantum", "1")];
    let found = compare(&own, &file(Dimension::Service, &[("", "EC2-Instances", "1")]), &shipped_console_services());
    assert!(found.notes.iter().any(|note| note.contains("AmazonQuantum") && note.contains("services.csv")));
}

#[test]
fn two_explanations_as_good_are_told() {
    let own =
        [row(A, "Usage", "AmazonEC2", "10"), row(A, "Refund", "AmazonEC2", "-3"), row(A, "Credit", "AmazonEC2", "-3")];
    let found = compare(&own, &file(Dimension::Month, &[("", "", "7")]), &shipped_console_services());
    assert_eq!(told(&found), ["refunds_not_shown=-3.0"]);
    assert_eq!(found.notes, ["credits_not_shown would explain as many figures; look at the file's filters"]);
}

#[test]
fn invoices_are_compared_with_a_cent_of_rounding() {
    let invoice = |amount, tax: Option<&str>| {
        let key = Key { payer_id: PAYER.to_owned(), invoice_id: String::from("1000001"), ..Key::default() };
        let figures = vec![Figure { key, amount: usd(amount), tax: tax.map(usd), printed: 1, own_rounding: Usd::ZERO }];
        ConsoleFile { figures, rounding: usd("0.01"), ..file(Dimension::AwsInvoice, &[]) }
    };
    // All rows: 158 + 101 = 259, of it tax 21.
    #[rustfmt::skip] // A table reads best as a table.
    let cases: [(&str, Option<&str>, &[&str]); 5] = [
        ("259",    None,          &["total"]),
        ("259.01", None,          &["total rounding=-0.01"]),
        ("259.02", None,          &["total unexplained=-0.02"]),
        ("259",    Some("21"),    &["before tax", "tax"]),
        ("259.5",  Some("21.5"),  &["before tax", "tax unexplained=-0.5"]),
    ];
    for (amount, tax, expected) in cases {
        let found = compared(&invoice(amount, tax));
        assert_eq!(told(&found), expected, "{amount} {tax:?}");
    }
}

fn project(net: &str, lines: &[(&str, i128)], fee: i128, tax: i128) -> ProjectMonth {
    let causes = [("aws_unblended", "259"), ("tax_removed", "-21"), ("list_total", "238")];
    let mut bridge: BTreeMap<String, Usd> =
        causes.iter().map(|(name, amount)| ((*name).to_owned(), usd(amount))).collect();
    bridge.insert(String::from("plan_discount"), usd(net) - usd("238"));
    bridge.insert(String::from("net_total"), usd(net));
    let line = |(net, jpy): &(&str, i128)| AwsLine {
        account_id: A.to_owned(),
        net_usd: usd(net),
        rate: FxRate::parse("145.75").unwrap(),
        net_jpy: Yen::new(*jpy),
    };
    let aws: i128 = lines.iter().map(|(_, jpy)| jpy).sum();
    ProjectMonth {
        project_id: String::from("P-1"),
        customer_name: String::from("見本"),
        language: Language::Japanese,
        status: String::from("draft"),
        accounts: [A, B].map(str::to_owned).into(),
        bridge,
        aws_lines: lines.iter().map(line).collect(),
        fees: vec![FeeLine { is_adjustment: false, description: String::from("手数料"), net_jpy: Yen::new(fee) }],
        subtotal: Yen::new(aws + fee),
        tax: Yen::new(tax),
        total: Yen::new(aws + fee + tax),
    }
}

fn rate() -> FxRate {
    FxRate::parse("145.75").unwrap()
}

#[test]
fn the_way_from_console_to_invoice_by_hand() {
    let comparison = compared(&file(Dimension::Account, &[(A, "", "165"), (B, "", "101")]));
    // Net 221.34: 200 x 145.75 = 29,150; 21.34 x 145.75 = 3,110.305.
    let project = project("221.34", &[("200", 29_150), ("21.34", 3_110)], 1_000, 3_326);
    let way = walk(project, rate(), &comparison, &month(), &[]).unwrap();
    let items: Vec<String> = way
        .items
        .iter()
        .map(|item| format!("{} {} {}", item.name, item.usd.map_or(String::from("-"), |usd| usd.to_string()), item.jpy))
        .collect();
    #[rustfmt::skip] // A table reads best as a table.
    let expected = [
        "console 266.0 38769.5",
        "refunds_not_shown -7.0 -1020.25",
        "aws_unblended 259.0 37749.25",
        "tax_removed -21.0 -3060.75",
        "list_total 238.0 34688.5",
        "plan_discount -16.66 -2428.195",
        "net_total 221.34 32260.305",
        "yen_cut_off - -0.305",
        "aws_lines - 32260.0",
        "fee - 1000.0",
        "subtotal - 33260.0",
        "tax - 3326.0",
        "invoice_total - 36586.0",
    ];
    assert_eq!(items, expected);
}

#[test]
fn an_adjustment_of_an_earlier_document_is_an_item_of_its_own() {
    let comparison = compared(&file(Dimension::Month, &[("", "", "259")]));
    let mut project = project("221.34", &[("221.34", 32_260)], 1_000, 3_000);
    project.fees.push(FeeLine { is_adjustment: true, description: String::from("4月分"), net_jpy: Yen::new(-260) });
    (project.subtotal, project.total) = (Yen::new(33_000), Yen::new(36_000));
    let way = walk(project, rate(), &comparison, &month(), &[]).unwrap();
    let found: Vec<(&str, String)> =
        way.items[way.items.len() - 5..].iter().map(|item| (item.name, item.jpy.to_string())).collect();
    let expected = [
        ("fee", "1000.0"),
        ("adjustment", "-260.0"),
        ("subtotal", "33000.0"),
        ("tax", "3000.0"),
        ("invoice_total", "36000.0"),
    ];
    assert_eq!(found, expected.map(|(name, amount)| (name, amount.to_owned())));
}

#[test]
fn a_way_that_does_not_add_up_is_refused_by_name() {
    let comparison = compared(&file(Dimension::Month, &[("", "", "259")]));
    let sound = || project("221.34", &[("221.34", 32_260)], 0, 3_226);
    assert!(walk(sound(), rate(), &comparison, &month(), &[]).is_ok());
    type Tamper = fn(&mut ProjectMonth);
    #[rustfmt::skip]
    let cases: [(&str, Tamper); 8] = [
        ("facts.parquet and bridge.csv", |p| { p.bridge.insert(String::from("aws_unblended"), usd("259.01")); }),
        ("to list_total",                |p| { p.bridge.remove("tax_removed"); }),
        ("bridge.csv and summary.csv",   |p| p.aws_lines[0].net_usd += usd("0.01")),
        ("at the month's rate",          |p| p.aws_lines[0].net_jpy += Yen::new(1)),
        ("yen rate of account",          |p| p.aws_lines[0].rate = FxRate::parse("145.76").unwrap()),
        ("to subtotal",                  |p| p.subtotal += Yen::new(1)),
        ("to invoice_total",             |p| p.total += Yen::new(1)),
        ("facts.parquet and bridge.csv", |p| { p.accounts.remove(B); }),
    ];
    for (expected, tamper) in cases {
        let mut project = sound();
        tamper(&mut project);
        let told = walk(project, rate(), &comparison, &month(), &[]).expect_err(expected).to_string();
        assert!(told.contains(expected), "{expected}: {told}");
    }
}

#[test]
fn payers_that_the_file_does_not_speak_of_are_an_item() {
    let (own, left_out): (Vec<_>, Vec<_>) = month().into_iter().partition(|row| row.account_id == A);
    let comparison = compare(&own, &file(Dimension::Account, &[(A, "", "158")]), &shipped_console_services());
    let project = project("221.34", &[("221.34", 32_260)], 0, 0);
    let way = walk(project, rate(), &comparison, &own, &left_out).unwrap();
    let found: Vec<(&str, Option<Usd>)> = way.items[..3].iter().map(|item| (item.name, item.usd)).collect();
    let expected = [("console", "158"), ("other_payers", "101"), ("aws_unblended", "259")];
    assert_eq!(found, expected.map(|(name, amount)| (name, Some(usd(amount)))));
}

proptest! {
    /// Whatever the figures: causes sum to differences, and every dollar of both sides is in some row.
    #[test]
    fn causes_sum_to_differences(amounts in prop::collection::vec((0..2_usize, 0..6_usize, -1_000_i128..1_000), 0..12)) {
        let services = ["EC2-Instances", "EC2-Other", "S3", "Data Transfer", "Tax", "Unheard of"];
        let texts: Vec<String> = amounts.iter().map(|(_, _, cents)| Usd::from_units(cents * 10_i128.pow(16)).to_string()).collect();
        let figures: Vec<(&str, &str, &str)> = amounts
            .iter()
            .zip(&texts)
            .map(|((account, service, _), text)| ([A, B][*account], services[*service], text.as_str()))
            .collect();
        for dimension in [Dimension::AccountAndService, Dimension::Account, Dimension::Service, Dimension::Month] {
            let figures: Vec<_> = figures
                .iter()
                .map(|(account, service, amount)| {
                    let account = if dimension.has_accounts() { *account } else { "" };
                    (account, if dimension.has_services() { *service } else { "" }, *amount)
                })
                .collect();
            let found = compared(&file(dimension, &figures));
            for row in &found.rows {
                prop_assert_eq!(row.causes.values().copied().sum::<Usd>(), row.difference());
                prop_assert!(row.part(DifferenceCause::Rounding).abs() <= row.tolerance);
            }
            prop_assert_eq!(found.rows.iter().map(|row| row.ours).sum::<Usd>(), usd("259"));
            let printed = figures.iter().map(|(_, _, amount)| usd(amount)).sum::<Usd>();
            prop_assert_eq!(found.rows.iter().map(|row| row.theirs).sum::<Usd>(), printed);
        }
    }
}
