use crate::alone::ListSource;
use crate::money::Usd;
use crate::testing::*;

const PUBLIC: &str = "M5.JRTCKXETXF.6YS6EN2CT7";
const PRIVATE: &str = "M5.PRIVATETERM.6YS6EN2CT7";

fn row(quantity: &'static str, cost: &'static str) -> Row {
    Row { quantity, cost, ..Row::default() }
}

fn sources(billed: &Billed) -> Vec<ListSource> {
    billed.bill.discounted.charges.iter().map(|charge| charge.source).collect()
}

#[test]
fn a_single_price_is_quantity_times_list_and_the_rest_is_told() {
    // 10 hours at 0.124 = 1.24, whatever AWS charged; public on-demand cost does not matter where a list exists.
    let billed = World::new().price("M5", "0.124").bill(&[Row { public_cost: "9", ..row("10", "1.116") }]);
    let expected = [("aws_unblended", "1.116"), ("list_rate_difference", "0.124"), ("list_total", "1.24")];
    assert_eq!(billed.bridge(A), told(&expected));
    assert_eq!(sources(&billed), [ListSource::PriceList]);
}

#[test]
fn the_version_in_force_at_the_usage_start_counts() {
    let world =
        World::new().ladder("M5", "2025-01-01", &[("Inf", "0.124")]).ladder("M5", "2025-05-15", &[("Inf", "0.1")]);
    #[rustfmt::skip]
    let cases = [
        ("2025-05-01T00:00:00Z", "1.24"),
        ("2025-05-14T23:00:00Z", "1.24"),
        ("2025-05-15T00:00:00Z", "1.0"),
        ("2025-05-31T23:00:00Z", "1.0"),
        ("2025-04-30T23:00:00Z", "1.24"), // Late rows of another month: by their own start.
        ("2025-06-02T00:00:00Z", "1.0"),
    ];
    for (start, list) in cases {
        let billed = world.bill(&[Row { start, ..row("10", "1") }]);
        assert_eq!(billed.usage(A).0, list, "{start}");
    }
}

#[test]
fn every_sku_has_its_own_prices_whatever_stands_beside_it() {
    let world = World::new()
        .ladder("S1", "2025-01-01", &[("Inf", "0.1")])
        .ladder("S1", "2025-05-15", &[("Inf", "0.2")])
        .price("S3", "0.3")
        .ladder("S4", "2025-05-10", &[("Inf", "0.4")]) // In no list before.
        .ladder("S4", "2025-05-15", &[("Inf", "0.5")]);
    let starts = ["2025-05-01T00:00:00Z", "2025-05-12T00:00:00Z", "2025-05-20T00:00:00Z"];
    let rows: Vec<Row> = ["", "S1", "S2", "S3", "S4", "S5"]
        .iter()
        .flat_map(|sku| starts.map(|start| Row { sku, start, public_cost: "7", ..row("10", "7") }))
        .collect();
    let billed = world.bill(&rows);
    let list = |sku: &str| {
        let charges = billed.bill.list.sku_charges.iter().filter(|charge| billed.facts.text(charge.sku) == sku);
        charges.flat_map(|charge| &charge.parts).map(|part| part.list).sum::<Usd>().to_string()
    };
    // Three times 10: where no list has the SKU, three times the public cost of 7.
    #[rustfmt::skip]
    let expected = [
        ("",   "21.0"),
        ("S1", "4.0"),  // 1 + 1 + 2
        ("S2", "21.0"),
        ("S3", "9.0"),  // 3 + 3 + 3
        ("S4", "16.0"), // 7 + 4 + 5
        ("S5", "21.0"),
    ];
    for (sku, dollars) in expected {
        assert_eq!(list(sku), dollars, "{sku:?}");
    }
}

#[test]
fn a_product_is_rounded_once_of_the_summed_quantity() {
    // Three rows of a third of an hour: 0.333333333333333333 x 0.1 would round three times.
    let third = "0.333333333333333333";
    let at = |start| Row { start, ..row(third, "0.033333333333333333") };
    let rows = [at("2025-05-01T00:00:00Z"), at("2025-05-01T01:00:00Z"), at("2025-05-01T02:00:00Z")];
    let rows = [rows[0], Row { operation: "RunInstances:0002", ..rows[1] }, Row { product: "AmazonECS", ..rows[2] }];
    let billed = World::new().price("M5", "0.15").bill(&rows);
    // 0.999999999999999999 x 0.15 = 0.14999999999999999985, to 18 places 0.15.
    assert_eq!(billed.usage(A).0, "0.15");
}

#[test]
fn a_sku_in_no_list_falls_back_to_the_public_on_demand_cost_and_is_counted() {
    let billed = World::new().bill(&[Row { public_cost: "1.3", rate_code: PRIVATE, ..row("10", "1.24") }]);
    let expected = [("aws_unblended", "1.24"), ("list_rate_difference", "0.06"), ("list_total", "1.3")];
    assert_eq!(billed.bridge(A), told(&expected));
    assert_eq!(sources(&billed), [ListSource::PublicOnDemand]);
    let counted: Vec<_> = billed.bill.list.notes.public_on_demand_fallback.values().collect();
    assert_eq!(counted, [&usd("1.3")]);
    // The same before the first version of a listed SKU.
    let late = World::new().ladder("M5", "2025-05-15", &[("Inf", "0.1")]);
    assert_eq!(late.bill(&[Row { public_cost: "1.3", ..row("10", "1.3") }]).usage(A).0, "1.3");
}

#[test]
fn a_sku_in_no_list_and_without_public_cost_is_as_billed_and_held() {
    let billed = World::new().bill(&[row("10", "1.24")]);
    assert_eq!(billed.bridge(A), told(&[("aws_unblended", "1.24"), ("list_total", "1.24")]));
    assert_eq!(sources(&billed), [ListSource::AsBilled]);
    assert_eq!(billed.holds(), [("P-A", A, "list_price_suspect")]);
    assert!(World::new().bill(&[row("10", "0")]).holds().is_empty(), "what costs nothing hides nothing");
}

#[test]
fn rows_of_no_sku_are_told_apart_by_product_usage_type_and_operation() {
    let row = Row { sku: "", public_cost: "2", ..row("1", "2") };
    let billed = World::new().bill(&[row, Row { operation: "Other", ..row }, Row { product: "AmazonS3", ..row }]);
    assert_eq!(billed.bill.list.sku_charges.len(), 3);
    assert_eq!(billed.usage(A).0, "6.0");
}

#[test]
fn an_unlisted_sku_with_signs_of_tiers_is_drafted_as_billed_and_held() {
    let paid = Row { public_cost: "1.3", rate_code: "M5.JRTCKXETXF.AAA", ..row("10", "1.2") };
    #[rustfmt::skip]
    let cases = [
        ("two rate codes",              vec![paid, Row { rate_code: "M5.JRTCKXETXF.BBB", cost: "0.8", ..paid }], Some("2.0")),
        ("free, with a public price",   vec![paid, Row { cost: "0", rate_code: "", ..paid }],                    Some("1.2")),
        ("one rate code, another blank", vec![paid, Row { rate_code: "", ..paid }],                              None),
        ("two rate codes, one of Spot", vec![paid, Row { usage_type: "SpotUsage:m5", rate_code: "x.y.z", ..paid }], None),
        ("two rate codes, one of a reservation",
            vec![paid, Row { line_type: "DiscountedUsage", arn: "arn:aws:ec2:x:111111111111:r/1", rate_code: "x.y.z", cost: "0", ..paid }], None),
        ("free without a public price", vec![paid, Row { cost: "0", public_cost: "0", ..paid }],                 None),
    ];
    for (what, rows, drafted) in cases {
        let billed = World::new().bill(&rows);
        assert_eq!(billed.reasons().contains("tiered_without_list_price"), drafted.is_some(), "{what}");
        if let Some(drafted) = drafted {
            assert_eq!(billed.usage(A).0, drafted, "{what}");
        }
    }
    // Judged over the whole month, not per account: another account's rows give it away too.
    let other = Row { account: B, rate_code: "M5.JRTCKXETXF.BBB", ..paid };
    let held = World::new().bill(&[paid, other]);
    assert_eq!(held.holds(), [("P-A", A, "tiered_without_list_price"), ("P-B", B, "tiered_without_list_price")]);
}

#[test]
fn a_list_price_beyond_a_thousandth_of_the_account_is_suspect_unless_the_rate_is_private() {
    // Next to 997 dollars of certain list charge, M5 may be off by 0.1 % of the account's list total.
    let certain = Row { sku: "OK", cost: "997", quantity: "997", rate_code: PUBLIC, ..Row::default() };
    let world = World::new().price("OK", "1").price("M5", "3");
    #[rustfmt::skip]
    let cases = [
        // cost of one M5 at list 3      rate code   told   held
        ("3",                            PUBLIC,     false, false),
        ("3.0000000001",                 PUBLIC,     false, false), // 10^-10 for one row is rounding.
        ("3.0000000001000001",           PUBLIC,     true,  false),
        ("2",                            PUBLIC,     true,  false), // 1 of 1,000 is not beyond 0.1 %.
        ("1.999999999999999999",         PUBLIC,     true,  true),
        ("4.000000000000000001",         PUBLIC,     true,  true),
        ("1",                            PRIVATE,    true,  false), // Its rate is the reseller's own.
        ("1",                            "",         true,  true),
        ("1",                            "M5",       true,  true),  // No second part: nothing says private.
    ];
    for (cost, rate_code, is_told, held) in cases {
        let billed = world.bill(&[certain, Row { rate_code, ..row("1", cost) }]);
        assert_eq!(!billed.bill.list.notes.list_rate_differences.is_empty(), is_told, "told: {cost} {rate_code}");
        assert_eq!(billed.reasons().contains("list_price_suspect"), held, "held: {cost} {rate_code}");
    }
}

#[test]
fn facts_made_with_other_price_changes_are_refused() {
    let world = World::new().ladder("M5", "2025-01-01", &[("Inf", "0.124")]);
    let changed = world.clone().ladder("M5", "2025-05-15", &[("Inf", "0.1")]);
    let told = |found: Result<_, crate::alone::AloneError>| found.err().map(|error| error.to_string());
    let missing = told(crate::alone::price_alone(&world.facts(&[row("1", "1")]), &changed.0)).unwrap();
    assert!(missing.contains("SKU M5 changes its price at 2025-05-15") && missing.contains("fold again"), "{missing}");
    let needless = told(crate::alone::price_alone(&changed.facts(&[row("1", "1")]), &world.0)).unwrap();
    assert!(needless.contains("was divided at 2025-05-15"), "{needless}");
    assert_eq!(told(crate::alone::price_alone(&changed.facts(&[row("1", "1")]), &changed.0)), None);
    // A change at the month's first instant, or of a SKU that is not used, divides nothing.
    let edge = world.clone().ladder("M5", "2025-05-01", &[("Inf", "0.1")]).ladder("X", "2025-05-09", &[("Inf", "1")]);
    assert_eq!(told(crate::alone::price_alone(&world.facts(&[row("1", "1")]), &edge.0)), None);
}
