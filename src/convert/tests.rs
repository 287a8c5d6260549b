use crate::money::{FxRate, Yen};
use crate::pipeline::BillError;
use crate::terms::{Section, TaxDecision, TaxTreatment};
use crate::testing::*;

fn spot(product: &'static str, cost: &'static str) -> Row {
    Row { product, usage_type: "SpotUsage", cost, ..Row::default() }
}

#[test]
fn dollars_are_cut_toward_zero_once_per_line() {
    #[rustfmt::skip]
    let cases = [
        // dollars                  yen at 145.75
        ("1017.54405921186",          148_307), // The worked account: 148,307.0466...
        ("53.96976",                    7_866), // 7,866.09...
        ("1",                             145),
        ("0.006861063464837049",            0), // Just below one yen.
        ("0.00686106346483705",             1), // Just at it.
        ("-1",                           -145), // Toward zero, not down.
        ("-0.006",                          0),
        ("4",                             583), // Exactly.
    ];
    for (cost, yen) in cases {
        let billed = World::new().bill(&[spot("AmazonEC2", cost)]);
        assert_eq!(billed.bill.yen.lines[0].net_jpy, Yen::new(yen), "{cost}");
    }
}

#[test]
fn the_cut_is_recorded_and_the_discount_in_yen_is_net_less_gross() {
    let world = World::new().plan(percent_plan("p", "7", &["AmazonEC2"])).account(A, "P-A", "p");
    let line = &world.bill(&[spot("AmazonEC2", "10")]).bill.yen.lines[0];
    // 10 x 145.75 = 1,457.5; 9.3 x 145.75 = 1,355.475.
    assert_eq!((line.gross_jpy, line.net_jpy, line.discount_jpy), (Yen::new(1457), Yen::new(1355), Yen::new(-102)));
    assert_eq!(line.remainder, 475_000_000_000_000_000);
    let refund = Row { line_type: "Refund", description: "SLA", ..spot("AmazonEC2", "-10") };
    let line = &world.bill(&[refund]).bill.yen.lines[0];
    assert_eq!((line.gross_jpy, line.net_jpy, line.discount_jpy), (Yen::new(-1457), Yen::new(-1355), Yen::new(102)));
    assert_eq!(line.remainder, -475_000_000_000_000_000);
}

#[test]
fn a_line_is_one_account_and_one_section() {
    let rows = [
        spot("AmazonEC2", "0.009"),
        spot("AmazonS3", "0.009"),
        Row { line_type: "RIFee", ..spot("AmazonEC2", "0.009") },
        Row { account: B, ..spot("AmazonEC2", "0.009") },
    ];
    let billed = World::new().bill(&rows);
    let found: Vec<_> = billed
        .bill
        .yen
        .lines
        .iter()
        .map(|line| (line.account_id.as_str(), line.section, line.net_jpy.count()))
        .collect();
    // 0.018 dollars are 2.62 yen; two lines of 1.31 yen each would lose one.
    assert_eq!(found, [(A, Section::AwsUsage, 2), (A, Section::CommitmentFees, 1), (B, Section::AwsUsage, 1)]);
}

#[test]
fn a_line_split_by_service_sums_to_the_line() {
    // 0.01, 0.02, -0.015 dollars: 1.4575, 2.915, -2.18625 yen; the line is 2 (of 2.18625).
    // Floors 1, 2, -3 leave 2 to hand out: to 0.915 (S3) and 0.81375 (SNS).
    let rows = [spot("AmazonEC2", "0.01"), spot("AmazonS3", "0.02"), spot("AmazonSNS", "-0.015")];
    let billed = World::new().bill(&rows);
    let line = &billed.bill.yen.lines[0];
    let parts: Vec<_> = line.services.iter().map(|part| (part.product_code.as_str(), part.net_jpy.count())).collect();
    assert_eq!(line.net_jpy, Yen::new(2));
    assert_eq!(parts, [("AmazonEC2", 1), ("AmazonS3", 3), ("AmazonSNS", -2)]);
}

#[test]
fn a_line_whose_gross_and_discount_are_nothing_is_not_there() {
    let rows = [spot("AmazonEC2", "5"), spot("AmazonS3", "-5"), Row { line_type: "RIFee", ..spot("AmazonEC2", "0") }];
    let billed = World::new().bill(&rows);
    assert!(billed.bill.yen.lines.is_empty() && billed.bill.invoices.is_empty());
    // A sliver of a yen is a line of 0 yen: its remainder must be told.
    assert_eq!(World::new().bill(&[spot("AmazonEC2", "0.001")]).bill.yen.lines.len(), 1);
}

#[test]
fn no_rate_no_invoice() {
    let mut world = World::new();
    let entry = world.0.fx_rates.remove(&may()).unwrap();
    world.0.fx_rates.insert(month("2025-04"), entry);
    let refused = world.try_bill(&[spot("AmazonEC2", "1")]).err().unwrap();
    assert!(matches!(refused, BillError::Convert(_)) && refused.to_string().contains("2025-05"), "{refused}");
    // Who is on no invoice needs no rate.
    assert!(world.try_bill(&[Row { account: STRANGER, ..spot("AmazonEC2", "1") }]).is_ok());
}

#[test]
fn the_rate_is_that_of_the_billing_month_whatever_the_usage_dates() {
    let mut world = World::new();
    let mut entry = world.0.fx_rates[&may()].clone();
    entry.rate = FxRate::parse("100.00").unwrap();
    world.0.fx_rates.insert(month("2025-04"), entry);
    let billed = world.bill(&[Row { start: "2025-04-03T00:00:00Z", ..spot("AmazonEC2", "4") }]);
    assert_eq!(billed.bill.yen.lines[0].net_jpy, Yen::new(583));
}

#[test]
fn an_assumed_rate_holds_the_projects_with_dollar_lines() {
    let mut world = World::new();
    world.0.fx_rates.get_mut(&may()).unwrap().source = source("assumed");
    assert_eq!(world.bill(&[spot("AmazonEC2", "1")]).holds(), [("P-A", "", "assumed_rate")]);
}

fn treatment(section: &str, entity: &str, product: &str, category: &str) -> TaxTreatment {
    TaxTreatment {
        section: section.to_owned(),
        billing_entity: entity.to_owned(),
        invoicing_entity: String::new(),
        product_code: product.to_owned(),
        project_id: String::new(),
        decision: match category {
            "review" => TaxDecision::Review,
            category => TaxDecision::Category(category.to_owned()),
        },
        valid_from: month("2020-01"),
        valid_to: None,
    }
}

#[test]
fn the_first_tax_treatment_that_fits_decides_and_none_holds() {
    let mut world = World::new();
    let mut expired = treatment("", "", "", "expired");
    expired.valid_to = Some(month("2025-04"));
    let mut future = treatment("", "", "", "future");
    future.valid_from = month("2025-06");
    world.0.tax_treatments = Some(vec![
        expired,
        future,
        treatment("marketplace", "", "p-foreign", "out_of_scope"),
        treatment("marketplace", "AWS Marketplace", "", "standard"),
        treatment("aws_usage", "", "AmazonEC2", "standard"),
        treatment("aws_usage", "", "AmazonEC2", "out_of_scope"), // Too late.
    ]);
    let sold = |product| Row { billing_entity: "AWS Marketplace", ..spot(product, "1") };
    #[rustfmt::skip]
    let cases = [
        (sold("p-foreign"),         "out_of_scope", false),
        (sold("p-other"),           "standard",     false),
        (spot("AmazonEC2", "1"),    "standard",     false),
        (spot("AmazonS3", "1"),     "standard",     true), // Drafted as standard, and held.
    ];
    for (row, category, held) in cases {
        let billed = world.bill(&[row]);
        assert_eq!(billed.bill.yen.lines[0].tax_category, category, "{}", row.product);
        assert_eq!(billed.reasons().contains("unknown_tax_treatment"), held, "{}", row.product);
    }
    // Two categories in one section are two lines.
    assert_eq!(world.bill(&[sold("p-foreign"), sold("p-other")]).bill.yen.lines.len(), 2);
    // Without a file everything is standard and nothing is held.
    let billed = World::new().bill(&[spot("AmazonS3", "1"), sold("p-foreign")]);
    assert!(billed.holds().is_empty() && billed.bill.yen.lines.iter().all(|line| line.tax_category == "standard"));
}

/// Drafted as `standard`, and the detail says why it is held; at 0 there is nothing to hold.
#[test]
fn what_is_to_be_reviewed_is_drafted_as_standard_and_held() {
    let mut world = World::new();
    world.0.tax_treatments =
        Some(vec![treatment("", "", "AmazonEC2", "review"), treatment("", "", "", "out_of_scope")]);
    let billed = world.bill(&[spot("AmazonEC2", "1"), spot("AmazonS3", "1")]);
    let categories: Vec<&str> = billed.bill.yen.lines.iter().map(|line| line.tax_category.as_str()).collect();
    assert_eq!(categories, ["out_of_scope", "standard"]);
    assert_eq!(billed.holds(), [("P-A", A, "unknown_tax_treatment")]);
    let detail = &billed.bill.holds.first().unwrap().detail;
    assert!(detail.starts_with("review: section aws_usage, ") && detail.ends_with("; drafted as standard"), "{detail}");
    assert!(world.bill(&[spot("AmazonEC2", "0")]).holds().is_empty());
}

#[test]
fn a_treatment_of_one_project_is_for_no_other() {
    let mut world = World::new();
    let mut abroad = treatment("", "", "", "out_of_scope");
    abroad.project_id = String::from("P-B");
    world.0.tax_treatments = Some(vec![abroad, treatment("", "", "", "standard")]);
    let billed = world.bill(&[spot("AmazonEC2", "1"), Row { account: B, ..spot("AmazonEC2", "1") }]);
    let found: Vec<_> = billed.bill.yen.lines.iter().map(|line| (&*line.project_id, &*line.tax_category)).collect();
    assert_eq!(found, [("P-A", "standard"), ("P-B", "out_of_scope")]);
}
