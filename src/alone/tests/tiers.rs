use crate::alone::ListSource;
use crate::terms::{BorneBy, Sharing};
use crate::testing::*;

const OUT: [(&str, &str); 4] = [("10240", "0.114"), ("51200", "0.089"), ("153600", "0.086"), ("Inf", "0.084")];

fn out(quantity: &'static str, cost: &'static str) -> Row {
    Row {
        usage_type: "APN1-DataTransfer-Out-Bytes",
        operation: "RunInstances",
        sku: "OUT",
        quantity,
        cost,
        ..Row::default()
    }
}

fn world() -> World {
    World::new().ladder("OUT", "2020-01-01", &OUT)
}

/// A and B in one organization that pools its tiers.
fn pooled(world: World, by: BorneBy) -> World {
    let mut plan = percent_plan("org", "0", &[]);
    plan.sharing = Sharing::Organization;
    let project = if by == BorneBy::Reseller { "" } else { "P-B" };
    world.plan(plan).contract(A, "P-A", "org", "O", BorneBy::Customer).contract(B, project, "org", "O", by)
}

#[test]
fn ranges_are_open_below_and_closed_above_with_1024_gb_to_a_terabyte() {
    #[rustfmt::skip]
    let cases = [
        ("1",                          "0.114"),
        ("10240",                      "1167.36"),                 // 10,240 x 0.114
        ("10240.000000000000001",      "1167.360000000000000089"), // and the least quantity at 0.089.
        ("10241",                      "1167.449"),
        ("51200",                      "4812.8"),                  // + 40,960 x 0.089 = 3,645.44
        ("153600",                     "13619.2"),                 // + 102,400 x 0.086 = 8,806.4
        ("153601",                     "13619.284"),
    ];
    for (quantity, list) in cases {
        assert_eq!(world().bill(&[out(quantity, "1")]).usage(A).0, list, "{quantity}");
    }
}

#[test]
fn aws_publishes_8_and_4_tb_as_2007_04_together_and_2088_96_alone() {
    let world = World::new().ladder("OUT", "2020-01-01", &[("10240", "0.17"), ("51200", "0.13"), ("Inf", "0.1")]);
    let rows = [out("8192", "0.1"), Row { account: B, ..out("4096", "0.1") }];
    let alone = world.bill(&rows);
    assert_eq!((alone.usage(A).0, alone.usage(B).0), ("1392.64".to_owned(), "696.32".to_owned())); // 2,088.96
    // 10,240 x 0.17 + 2,048 x 0.13 = 2,007.04, divided 2 : 1 by quantity.
    let together = pooled(world, BorneBy::Customer).bill(&rows);
    let (bob, susan) = ("1338.026666666666666667", "669.013333333333333333");
    assert_eq!((together.usage(A).0.as_str(), together.usage(B).0.as_str()), (bob, susan));
    assert_eq!(usd(bob) + usd(susan), usd("2007.04"));
}

#[test]
fn aws_publishes_95_tb_of_storage_as_6720_together_and_7660_alone() {
    // 1 TB = 1,000 GB there: 1 TB x 0.10 + 49 TB x 0.08 + 45 TB x 0.06 = 100 + 3,920 + 2,700 = 6,720;
    // three accounts of at most 50 TB alone: 3 x 100 + 92,000 x 0.08 = 7,660.
    let world = World::new().ladder("S3", "2020-01-01", &[("1000", "0.1"), ("50000", "0.08"), ("Inf", "0.06")]);
    let world = world.account(C, "P-C", "none");
    let row =
        |account, quantity| Row { account, product: "AmazonS3", sku: "S3", quantity, cost: "1", ..Row::default() };
    let rows = [row(A, "50000"), row(B, "30000"), row(C, "15000")];
    let total = |world: &World| {
        let billed = world.bill(&rows);
        billed.bill.discounted.charges.iter().map(|charge| charge.list).sum::<crate::money::Usd>()
    };
    assert_eq!(total(&world), usd("7660"));
    let world = pooled(world, BorneBy::Customer).contract(C, "P-C", "org", "O", BorneBy::Customer);
    assert_eq!(total(&world), usd("6720"));
}

#[test]
fn one_counter_spans_services_and_payers() {
    let rows = [out("6000", "684"), Row { product: "AmazonS3", payer: OTHER_PAYER, ..out("6000", "684") }];
    let billed = world().bill(&rows);
    assert_eq!(billed.usage(A).0, "1324.0"); // 10,240 x 0.114 + 1,760 x 0.089 = 1,167.36 + 156.64.
    let expected = [("aws_unblended", "1368.0"), ("list_total", "1324.0"), ("tier_rerated", "-44.0")];
    assert_eq!(billed.bridge(A), told(&expected));
    // What hangs on a row stands under its payer, what comes from counters once, under none.
    let rows = billed.bill.bridge.rows(&billed.facts);
    let found: Vec<_> = rows.iter().map(|row| (row.payer_id.as_str(), row.cause, row.amount.to_string())).collect();
    #[rustfmt::skip]
    let expected = [
        ("", "list_total", "1324.0"), ("", "net_total", "1324.0"), ("", "tier_rerated", "-44.0"),
        (PAYER, "aws_unblended", "684.0"), (OTHER_PAYER, "aws_unblended", "684.0"),
    ];
    assert_eq!(found, expected.map(|(payer, cause, amount)| (payer, cause, amount.to_owned())));
}

#[test]
fn uncovered_quantity_fills_the_same_tiers() {
    let arn = "arn:aws:savingsplans::999999999999:savingsplan/s";
    let covered = Row { line_type: "SavingsPlanCoveredUsage", arn, public_cost: "200", ..out("2000", "190") };
    let negation = Row { line_type: "SavingsPlanNegation", cost: "-190", public_cost: "", ..covered };
    let billed = world().bill(&[out("10000", "1140"), covered, negation]);
    // 10,240 x 0.114 + 1,760 x 0.089 = 1,324; basis 1,140 + 200.
    let expected = [
        ("aws_unblended", "1140.0"),
        ("foreign_sp_removed", "200.0"),
        ("list_total", "1324.0"),
        ("tier_rerated", "-16.0"),
    ];
    assert_eq!(billed.bridge(A), told(&expected));
}

#[test]
fn tiers_go_on_across_a_price_change_and_the_earlier_quantity_fills_first() {
    let world = World::new()
        .ladder("OUT", "2020-01-01", &[("100", "0.1"), ("Inf", "0.05")])
        .ladder("OUT", "2025-05-10", &[("100", "0.2"), ("Inf", "0.08")])
        .ladder("OUT", "2025-05-20", &[("Inf", "0.01")]);
    let at = |start, quantity| Row { start, ..out(quantity, "1") };
    let (first, second, third) = ("2025-05-01T00:00:00Z", "2025-05-10T00:00:00Z", "2025-05-20T00:00:00Z");
    #[rustfmt::skip]
    let cases = [
        (vec![at(first, "60"), at(second, "60")],                      "15.6"), // 6 + 40 x 0.2 + 20 x 0.08 = 6 + 8 + 1.6
        (vec![at(first, "100"), at(second, "10")],                     "10.8"), // 10 + 10 x 0.08
        (vec![at(first, "150"), at(third, "10")],                      "12.6"), // 10 + 2.5 + 10 x 0.01
        (vec![at(first, "60"), at(second, "60"), at(third, "10")],     "15.7"),
        (vec![at(second, "60"), at(third, "10")],                      "12.1"), // 60 x 0.2 + 0.1
        (vec![at(first, "60"), at(second, "-20")],                      "2.0"), // 6 - 20 x 0.2: back through the first range.
        (vec![at(first, "110"), at(second, "-20")],                     "7.7"), // 10.5 - 10 x 0.08 - 10 x 0.2
    ];
    for (rows, list) in cases {
        let told: Vec<_> = rows.iter().map(|row| (row.start, row.quantity)).collect();
        assert_eq!(world.bill(&rows).usage(A).0, list, "{told:?}");
    }
}

#[test]
fn negative_corrections_lower_the_counter() {
    let billed = world().bill(&[out("10250", "1168"), out("-20", "-1.78")]);
    assert_eq!(billed.usage(A).0, "1166.22"); // 10,230 x 0.114.
}

#[test]
fn a_counter_that_is_not_positive_is_charged_at_its_basis() {
    #[rustfmt::skip]
    let cases = [
        (vec![out("-5", "-0.57")],                     "-0.57"),
        (vec![out("5", "0.57"), out("-5", "-0.445")],  "0.125"),
        (vec![out("5", "0.57"), out("-6", "-0.6")],    "-0.03"),
    ];
    for (rows, list) in cases {
        let billed = world().bill(&rows);
        assert_eq!(billed.usage(A).0, list);
        assert_eq!(billed.bridge(A), told(&[("aws_unblended", list), ("list_total", list)]));
        assert!(billed.bill.discounted.charges.iter().all(|charge| charge.source == ListSource::AsBilled));
    }
}

#[test]
fn a_counter_that_is_not_positive_closes_its_bridge_without_a_public_cost() {
    let arn = "arn:aws:ec2:x:999999999999:reserved-instances/r";
    let covered = Row { line_type: "DiscountedUsage", arn, ..out("2", "0") };
    let billed = world().bill(&[out("-3", "-0.3"), covered]);
    assert_eq!(billed.bridge(A), told(&[("aws_unblended", "-0.3"), ("list_total", "-0.3")]));
}

#[test]
fn an_organization_is_charged_by_quantity_with_the_last_unit_to_the_greatest_fraction() {
    // 3 x 0.000000000000000001 per unit... a charge of 0.1 over three equal accounts: 0.0333.. with one unit left.
    let world = World::new().ladder("OUT", "2020-01-01", &[("1", "0.1"), ("Inf", "0")]);
    let world = pooled(world, BorneBy::Customer).contract(C, "P-C", "org", "O", BorneBy::Customer);
    let rows = [A, B, C].map(|account| Row { account, ..out("1", "0.01") });
    let billed = world.bill(&rows);
    let found = [A, B, C].map(|account| billed.usage(account).0);
    assert_eq!(found, ["0.033333333333333334", "0.033333333333333333", "0.033333333333333333"]);
    // Two parts against one: 0.0666..67 has the greater fraction.
    let billed = world.bill(&[out("1", "0.01"), Row { account: B, ..out("2", "0.01") }]);
    assert_eq!((billed.usage(A).0, billed.usage(B).0), ("0.033333333333333333".into(), "0.066666666666666667".into()));
}

#[test]
fn an_account_the_reseller_bears_takes_its_part_of_the_counter_and_is_on_no_invoice() {
    let billed =
        pooled(world(), BorneBy::Reseller).bill(&[out("8192", "900"), Row { account: B, ..out("8192", "900") }]);
    // 10,240 x 0.114 + 6,144 x 0.089 = 1,167.36 + 546.816 = 1,714.176, halved.
    assert_eq!((billed.usage(A).0, billed.usage(B).0), ("857.088".into(), "857.088".into()));
    let accounts: Vec<&str> = billed.bill.yen.lines.iter().map(|line| line.account_id.as_str()).collect();
    assert_eq!(accounts, [A]);
}

#[test]
fn a_tiered_sku_without_a_list_is_drafted_as_billed_and_holds_every_project_of_its_group() {
    let row = Row { rate_code: "OUT.JRTCKXETXF.A", ..out("8192", "900") };
    let rows = [
        row,
        Row { rate_code: "OUT.JRTCKXETXF.B", ..out("10", "0.89") },
        Row { account: B, cost: "1", sku: "OK", ..out("1", "1") },
    ];
    let billed = pooled(World::new().price("OK", "1"), BorneBy::Customer).bill(&rows);
    assert_eq!(billed.bridge(A), told(&[("aws_unblended", "900.89"), ("list_total", "900.89")]));
    assert_eq!(billed.holds(), [("P-A", A, "tiered_without_list_price"), ("P-B", A, "tiered_without_list_price")]);
}
