use super::*;
use crate::money::{Percent, Quantity, Yen, YenPrice};
use crate::pipeline::BillError;
use crate::terms::{AwsAmount, BorneBy, Fee, FeeBasis, FeeTier, TaxRate, UnitTier};
use crate::testing::*;

mod corrections;
mod vouchers;

fn fee(project: &str, id: &str, basis: FeeBasis, category: &str) -> Fee {
    Fee {
        project_id: project.to_owned(),
        fee_id: id.to_owned(),
        description: format!("fee {id}"),
        basis,
        minimum: None,
        tax_category: category.to_owned(),
        valid_from: month("2025-01"),
        valid_to: None,
    }
}

fn yen(count: i128) -> FeeBasis {
    FeeBasis::FixedJpy(Yen::new(count))
}

fn percent(text: &str) -> Percent {
    Percent::parse(text).unwrap()
}

fn share(of: AwsAmount, tiers: &[(i128, &str)]) -> FeeBasis {
    let tier = |&(above, text): &(i128, &str)| FeeTier { above_jpy: Yen::new(above), percent: percent(text) };
    FeeBasis::PercentOfAws { of, tiers: tiers.iter().map(tier).collect() }
}

fn units(quantity: &str, tiers: &[(&str, &str)]) -> FeeBasis {
    let tier = |&(above, price): &(&str, &str)| UnitTier {
        above: Quantity::parse(above).unwrap(),
        yen_per_unit: YenPrice::parse(price).unwrap(),
    };
    FeeBasis::PerUnitJpy { quantity: Quantity::parse(quantity).unwrap(), tiers: tiers.iter().map(tier).collect() }
}

fn with_fees(fees: Vec<Fee>) -> World {
    let mut world = World::new().plan(percent_plan("p", "7", &["AmazonEC2"])).account(A, "P-A", "p");
    world.0.fees = fees;
    world
}

fn totals(invoice: &Invoice) -> (i128, i128, i128) {
    (invoice.subtotal_jpy.count(), invoice.tax_jpy.count(), invoice.total_jpy.count())
}

fn spot(cost: &'static str) -> Row {
    Row { usage_type: "SpotUsage", cost, ..Row::default() }
}

#[test]
fn fees_of_all_four_bases_are_cut_below_one_yen() {
    // 10 dollars: gross 1,457 (1,457.5), net 1,355 (1,355.475); RI fee 4 dollars: gross 583, net 542 (542.19).
    // A percentage is of the printed yen of both sections: 2,040 and 1,897. Marketplace and credits do not count.
    let rows = [
        spot("10"),
        Row { line_type: "RIFee", ..spot("4") },
        Row { billing_entity: "AWS Marketplace", ..spot("100") },
        Row { line_type: "Refund", description: "SLA", ..spot("-20") },
    ];
    let per_unit = |price: &str, quantity: &str| units(quantity, &[("0", price)]);
    #[rustfmt::skip]
    let cases = [
        (yen(33_333),                                       33_333, "0.0"),
        (yen(-500),                                           -500, "0.0"),
        (per_unit("1500", "3"),                              4_500, "0.0"),
        (per_unit("0.35", "2.9"),                                1, "0.015"),
        (per_unit("-0.35", "5"),                                -1, "-0.75"), // Toward zero.
        (share(AwsAmount::Gross, &[(0, "5")]),                  102, "0.0"),
        (share(AwsAmount::Gross, &[(0, "3.3")]),                 67, "0.32"),
        (share(AwsAmount::Net, &[(0, "3.3")]),                   62, "0.601"),
    ];
    for (basis, expected, cut_off) in cases {
        let billed = with_fees(vec![fee("P-A", "f", basis.clone(), "standard")]).bill(&rows);
        let line = billed.bill.invoices[0].lines.last().unwrap();
        assert_eq!(
            (line.net_jpy, line.gross_jpy, line.discount_jpy),
            (Yen::new(expected), Yen::new(expected), Yen::ZERO),
            "{basis:?}"
        );
        assert_eq!(crate::money::format_grid(line.remainder), cut_off, "{basis:?}");
    }
    // Below zero the cut is toward zero too: -10 dollars net are -1,355 yen, 3.3 % of them -44.715.
    let billed =
        with_fees(vec![fee("P-A", "f", share(AwsAmount::Net, &[(0, "3.3")]), "standard")]).bill(&[spot("-10")]);
    assert_eq!(billed.bill.invoices[0].lines[1].net_jpy, Yen::new(-44));
}

#[test]
fn a_graduated_percentage_is_cut_once_and_never_below_its_minimum() {
    // Spot usage at 145.75 yen, no discount on it: 100 dollars are 14,575 yen.
    let tiers = &[(0, "10"), (5_005, "7"), (10_001, "3.5")];
    #[rustfmt::skip]
    let cases = [
        // dollars, minimum, amount, cut off, is the minimum, bands
        ("100",  None,        1_010, "0.31",  false, vec![5_005, 4_996, 4_574]), // 500.5 + 349.72 + 160.09
        ("100",  Some(1_010), 1_010, "0.31",  false, vec![5_005, 4_996, 4_574]),
        ("100",  Some(1_011), 1_011, "0.0",   true,  vec![5_005, 4_996, 4_574]),
        ("10",   None,          145, "0.7",   false, vec![1_457]),
        ("0",    Some(500),     500, "0.0",   true,  vec![0]),
        ("-100", None,       -1_457, "-0.5",  false, vec![-14_575]), // A refund is at the first percentage.
        ("-100", Some(0),         0, "0.0",   true,  vec![-14_575]),
    ];
    for (cost, minimum, amount, cut_off, is_minimum, bands) in cases {
        let mut own = fee("P-A", "f", share(AwsAmount::Gross, tiers), "standard");
        own.minimum = minimum.map(Yen::new);
        let billed = with_fees(vec![own]).bill(&[spot(cost)]);
        let line = billed.bill.invoices[0].lines.last().unwrap();
        assert_eq!(line.net_jpy, Yen::new(amount), "{cost} {minimum:?}");
        assert_eq!(crate::money::format_grid(line.remainder), cut_off, "{cost} {minimum:?}");
        let LineKind::Fee { calculation, .. } = &line.kind else { panic!("a fee") };
        let FeeRule::Percent { bands: found, .. } = &calculation.rule else { panic!("a percentage") };
        assert_eq!(found.iter().map(|band| band.base_jpy.count()).collect::<Vec<_>>(), bands, "{cost}");
        assert_eq!((calculation.is_minimum, calculation.minimum_jpy), (is_minimum, minimum.map(Yen::new)), "{cost}");
    }
}

/// Each unit at the price of its band, the sum cut off once.
#[test]
fn graduated_prices_of_units_are_cut_once_and_never_below_the_minimum() {
    let tiers = &[("0", "500"), ("10", "450.5"), ("100", "300.25")];
    let half = &[("0", "0.5"), ("1", "0.5"), ("2", "0")];
    type Case = (FeeBasis, Option<i128>, i128, &'static str, bool, Vec<&'static str>);
    #[rustfmt::skip]
    let cases: [Case; 9] = [
        // fee, minimum, amount, cut off, is the minimum, units in each band
        (units("0", tiers),           None,             0, "0.0",   false, vec!["0.0"]),
        (units("10", tiers),          None,         5_000, "0.0",   false, vec!["10.0"]),         // 10 x 500; the limit is in the lower band.
        (units("11", tiers),          None,         5_450, "0.5",   false, vec!["10.0", "1.0"]),  // 5,000 + 450.5
        (units("100", tiers),         None,        45_545, "0.0",   false, vec!["10.0", "90.0"]), // 5,000 + 40,545
        (units("125.5", tiers),       None,        53_201, "0.375", false, vec!["10.0", "90.0", "25.5"]), // + 7,656.375
        (units("2", half),            None,             1, "0.0",   false, vec!["1.0", "1.0"]),   // 0.5 + 0.5; cut by band it would be 0.
        (units("1000", half),         None,             1, "0.0",   false, vec!["1.0", "1.0", "998.0"]), // A free band.
        (units("10", tiers),          Some(6_000),  6_000, "0.0",   true,  vec!["10.0"]),
        (units("0", tiers),           Some(6_000),  6_000, "0.0",   true,  vec!["0.0"]),
    ];
    for (basis, minimum, amount, cut_off, is_minimum, bands) in cases {
        let mut own = fee("P-A", "f", basis.clone(), "standard");
        own.minimum = minimum.map(Yen::new);
        let billed = with_fees(vec![own]).bill(&[]);
        let line = &billed.bill.invoices[0].lines[0];
        assert_eq!(line.net_jpy, Yen::new(amount), "{basis:?}");
        assert_eq!(crate::money::format_grid(line.remainder), cut_off, "{basis:?}");
        let LineKind::Fee { calculation, .. } = &line.kind else { panic!("a fee") };
        let FeeRule::PerUnit { bands: found, .. } = &calculation.rule else { panic!("units") };
        assert_eq!(found.iter().map(|band| band.quantity.to_string()).collect::<Vec<_>>(), bands, "{basis:?}");
        assert_eq!(calculation.is_minimum, is_minimum, "{basis:?}");
    }
}

#[test]
fn tax_is_calculated_once_per_rate_of_the_sum_of_lines() {
    #[rustfmt::skip]
    let cases = [
        // lines                              subtotal  tax
        (vec![1_115, 1_115, 1_115],              3_345,     334), // Per line it would be 333.
        (vec![105, 105, 105],                      315,      31), // Per line 30.
        (vec![-100_005],                      -100_005, -10_000), // Toward zero.
        (vec![105],                                105,      10),
        (vec![110],                                110,      11), // One over the difference of 5 says 0.
        (vec![5],                                    5,       0),
        (vec![9],                                    9,       0),
    ];
    for (lines, subtotal, tax) in cases {
        let fees = lines.iter().zip('a'..).map(|(&count, id)| fee("P-A", &id.to_string(), yen(count), "standard"));
        let billed = with_fees(fees.collect()).bill(&[]);
        assert_eq!(totals(&billed.bill.invoices[0]), (subtotal, tax, subtotal + tax), "{lines:?}");
    }
}

#[test]
fn what_is_out_of_scope_is_in_the_total_and_bears_no_tax() {
    let lines = |first, second| {
        vec![
            fee("P-A", "a", yen(first), "standard"),
            fee("P-A", "b", yen(second), "standard"),
            fee("P-A", "c", yen(50_000), "out_of_scope"),
        ]
    };
    let billed = with_fees(lines(1_234_565, -86_419)).bill(&[]);
    let invoice = &billed.bill.invoices[0];
    assert_eq!(totals(invoice), (1_198_146, 114_814, 1_312_960));
    let taxes: Vec<_> = invoice
        .taxes
        .iter()
        .map(|tax| (tax.tax_category.as_str(), tax.is_taxed, tax.base_jpy.count(), tax.tax_jpy.count()))
        .collect();
    assert_eq!(taxes, [("standard", true, 1_148_146, 114_814), ("out_of_scope", false, 50_000, 0)]);
    let corrected = with_fees(lines(1_200_000, -84_000)).bill(&[]);
    assert_eq!(totals(&corrected.bill.invoices[0]), (1_166_000, 111_600, 1_277_600)); // -35,360.
}

#[test]
fn the_tax_rate_is_that_of_the_month_and_a_category_without_one_is_refused() {
    let mut world = with_fees(vec![fee("P-A", "a", yen(1_000), "standard")]);
    world.0.tax_rates.push(TaxRate {
        tax_category: String::from("standard"),
        percent: percent("12"),
        valid_from: month("2025-06"),
        source: source("law"),
    });
    assert_eq!(totals(&world.bill(&[]).bill.invoices[0]), (1_000, 100, 1_100));
    let refused = with_fees(vec![fee("P-A", "a", yen(1), "reduced")]).try_bill(&[]).err().unwrap();
    assert!(matches!(refused, BillError::Invoice(InvoiceError::NoTaxRate { .. })), "{refused}");
}

#[test]
fn a_project_with_only_a_fee_has_an_invoice_and_one_with_neither_has_none() {
    let mut ended = fee("P-B", "old", yen(5), "standard");
    ended.valid_to = Some(month("2025-04"));
    let mut later = fee("P-B", "new", yen(5), "standard");
    later.valid_from = month("2025-06");
    let billed = with_fees(vec![fee("P-FEE", "f", yen(33_333), "standard"), ended, later]).project("P-FEE").bill(&[]);
    let projects: Vec<&str> = billed.bill.invoices.iter().map(|invoice| invoice.project.project_id.as_str()).collect();
    assert_eq!(projects, ["P-FEE"]);
    let invoice = &billed.bill.invoices[0];
    assert_eq!((totals(invoice), invoice.fx.is_none(), invoice.status), ((33_333, 3_333, 36_666), true, Status::Draft));
}

#[test]
fn a_fee_of_a_project_that_nobody_described_is_refused() {
    let refused = with_fees(vec![fee("P-TYPO", "f", yen(5), "standard")]).try_bill(&[]).err().unwrap();
    assert!(matches!(refused, BillError::Invoice(InvoiceError::UnknownProject(_))), "{refused}");
    let mut gone = fee("P-TYPO", "f", yen(5), "standard");
    gone.valid_to = Some(month("2025-04"));
    assert!(with_fees(vec![gone]).try_bill(&[]).is_ok(), "not in this month");
}

#[test]
fn charges_of_a_project_that_nobody_described_are_refused() {
    let mut world = World::new();
    world.0.projects.remove("P-A");
    let refused = world.try_bill(&[spot("1")]).err().unwrap();
    assert!(matches!(refused, BillError::Invoice(InvoiceError::UnknownProject(_))), "{refused}");
}

#[test]
fn different_payments_in_one_project_are_refused_unless_the_project_names_one() {
    let mut card = percent_plan("card", "4", &[]);
    card.payment = String::from("credit_card");
    let world = World::new().plan(card).account(B, "P-A", "card");
    let refused = world.try_bill(&[spot("1")]).err().unwrap();
    let text = refused.to_string();
    assert!(text.contains("P-A") && text.contains("bank_transfer") && text.contains("credit_card"), "{text}");
    let mut named = world.clone();
    named.0.projects.get_mut("P-A").unwrap().payment = String::from("credit_card");
    assert_eq!(named.bill(&[spot("1")]).bill.invoices[0].payment, "credit_card");
    // Only contracts of the month that the customer bears count.
    let mut ended = world.clone();
    ended.0.accounts[1].valid_to = Some(month("2025-04"));
    assert_eq!(ended.bill(&[spot("1")]).bill.invoices[0].payment, "bank_transfer");
    let borne = world.contract(B, "P-A", "card", "", BorneBy::Reseller);
    assert_eq!(borne.bill(&[spot("1")]).bill.invoices[0].payment, "bank_transfer");
}

#[test]
fn lines_are_numbered_accounts_and_sections_first_then_fees() {
    let world = with_fees(vec![fee("P-A", "x", yen(1), "standard"), fee("P-A", "y", yen(2), "standard")])
        .account(B, "P-A", "none");
    let rows = [
        Row { account: B, ..spot("1") },
        Row { line_type: "Refund", description: "SLA", ..spot("-1") },
        Row { line_type: "RIFee", ..spot("2") },
        spot("3"),
        Row { billing_entity: "AWS Marketplace", ..spot("4") },
    ];
    let billed = world.bill(&rows);
    let invoice = &billed.bill.invoices[0];
    let found: Vec<(u32, String)> = invoice
        .lines
        .iter()
        .map(|line| match &line.kind {
            LineKind::Aws { account_id, section, .. } => {
                (line.line_no, format!("{} {}", &account_id[..1], section.name()))
            }
            LineKind::Fee { fee_id, .. } => (line.line_no, fee_id.clone()),
            LineKind::Adjustment { of, .. } => (line.line_no, of.number.clone()),
        })
        .collect();
    let expected = ["1 aws_usage", "1 commitment_fees", "1 marketplace", "1 credits", "2 aws_usage", "x", "y"];
    assert_eq!(found, (1..).zip(expected.map(str::to_owned)).collect::<Vec<_>>());
    assert_eq!(invoice.subtotal_jpy, invoice.lines.iter().map(|line| line.net_jpy).sum());
}

#[test]
fn a_held_project_is_drafted_with_its_holds_and_others_are_not_touched() {
    let rows = [Row { line_type: "NewThing", ..spot("1") }, Row { account: B, ..spot("1") }];
    let billed = World::new().bill(&rows);
    let found: Vec<_> = billed.bill.invoices.iter().map(|invoice| (invoice.status, invoice.holds.len())).collect();
    assert_eq!(found, [(Status::Held, 1), (Status::Draft, 0)]);
}

#[test]
fn an_assumed_tax_rate_holds_lines_and_fees_that_used_it() {
    let mut world = with_fees(vec![fee("P-B", "f", yen(10), "standard"), fee("P-OUT", "f", yen(10), "out_of_scope")])
        .project("P-OUT");
    world.0.tax_rates[1].source = source("assumed"); // standard, from 2019-10
    assert_eq!(world.bill(&[spot("1")]).holds(), [("P-A", "", "assumed_rate"), ("P-B", "", "assumed_rate")]);
}

#[test]
fn the_issuer_is_registered_from_its_date_on_seen_at_the_month_s_end() {
    #[rustfmt::skip]
    let cases = [
        ("T1234567890123", "2023-10-01", true),
        ("T1234567890123", "2025-05-31", true),
        ("T1234567890123", "2025-06-01", false),
        ("",               "2023-10-01", false),
    ];
    for (number, from, expected) in cases {
        let mut world = with_fees(vec![fee("P-A", "f", yen(1), "standard")]);
        (world.0.issuer.registration_number, world.0.issuer.registered_from) = (number.to_owned(), from.to_owned());
        assert_eq!(world.bill(&[]).bill.invoices[0].issuer_is_registered, expected, "{number} {from}");
    }
}

#[test]
fn due_days_keep_off_days_on_which_banks_are_closed() {
    let calendar = crate::reference::shipped_calendar();
    #[rustfmt::skip] // A table reads best as a table.
    let cases = [
        ("end_of_next_month",                     "2025-05", "2025-06-30"), // A Monday.
        ("end_of_next_month",                     "2025-04", "2025-06-02"), // 31 May is a Saturday,
        ("end_of_next_month/previous",            "2025-04", "2025-05-30"),
        ("end_of_next_month/none",                "2025-04", "2025-05-31"),
        ("end_of_next_month",                     "2025-11", "2026-01-05"), // 31 December to 3 January, then a Sunday.
        ("end_of_next_month/previous",            "2025-11", "2025-12-30"),
        ("end_of_next_month",                     "2024-01", "2024-02-29"), // A leap year.
        ("end_of_month_after_next",               "2025-05", "2025-07-31"),
        ("day_25_of_next_month",                  "2025-05", "2025-06-25"),
        ("day_3_of_next_month",                   "2025-04", "2025-05-07"), // Golden Week: four holidays.
        ("day_3_of_next_month/previous",          "2025-04", "2025-05-02"),
        ("day_22_of_next_month",                  "2026-08", "2026-09-24"), // Between two holidays.
        ("day_31_of_next_month",                  "2026-01", "2026-03-02"), // 28 February is a Saturday.
        ("day_10_of_month_after_next",            "2025-12", "2026-02-10"),
        ("days_30_after_month_end",               "2025-05", "2025-06-30"),
        ("days_60_after_month_end",               "2025-05", "2025-07-30"),
        ("days_30",                               "2025-05", ""),           // Counted from the issue.
        ("end_of_next_month",                     "2030-05", ""),           // Nobody knows its holidays yet,
        ("end_of_next_month/none",                "2030-05", "2030-06-30"), // and they do not matter here.
        ("end_of_next_month",                     "2027-11", ""),           // It would be in the next year.
    ];
    for (rule, month, expected) in cases {
        let due = super::planned_due(rule.parse().unwrap(), month.parse().unwrap(), &calendar);
        assert_eq!(due.rule.to_string(), rule);
        assert_eq!(due.day.map(|day| day.to_string()).unwrap_or_default(), expected, "{rule} of {month}");
    }
}

#[test]
fn what_is_no_rule_is_none() {
    let wrong = [
        "end_of_month",
        "end_of_next_month/",
        "end_of_next_month/after",
        "end_of_next_month/next/next",
        "day_0_of_next_month",
        "day_32_of_next_month",
        "day_05_of_next_month",
        "day_+5_of_next_month",
        "days_",
        "days_0",
        "days_367",
        "days_-3",
        "翌月末",
    ];
    for text in wrong {
        assert!(text.parse::<crate::terms::DueRule>().is_err(), "{text}");
    }
    assert_eq!("days_30/next".parse(), "days_30".parse::<crate::terms::DueRule>());
}
