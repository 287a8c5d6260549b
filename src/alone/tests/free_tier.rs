use crate::terms::{BorneBy, FreeTierPolicy, Sharing};
use crate::testing::*;

use FreeTierPolicy::{AlwaysFreePerGroup as Always, AsBilled, None as Nothing};

fn used(sku: &'static str, quantity: &'static str, cost: &'static str) -> Row {
    Row { sku, product: "AWSDataTransfer", usage_type: "DataTransfer-Out-Bytes", quantity, cost, ..Row::default() }
}

fn on(policy: FreeTierPolicy, world: World) -> World {
    let mut plan = percent_plan("p", "0", &[]);
    plan.free_tier = policy;
    world.plan(plan).account(A, "P-A", "p")
}

/// SKU T: 0.1 up to 1,000, then 0.05; the first 100 are free for T and U together (U: 0.2).
fn offered() -> World {
    World::new().ladder("T", "2020-01-01", &[("1000", "0.1"), ("Inf", "0.05")]).price("U", "0.2").offer(
        "Global",
        "100",
        &["T", "U"],
    )
}

/// SKU Z: free up to 100, 0.1 up to 1,000, then 0.05.
fn in_sku() -> World {
    World::new().ladder("Z", "2020-01-01", &[("100", "0"), ("1000", "0.1"), ("Inf", "0.05")])
}

#[test]
fn the_three_policies_and_both_ways_to_write_a_free_tier() {
    #[rustfmt::skip]
    let cases = [
        // AWS billed 30 of it free. Global offer: the paid ranges start at 0 after the free part.
        (Always,   offered(), "T", "1130", "101.5", "100"), // 1,000 x 0.1 + 30 x 0.05
        (Nothing,  offered(), "T", "1130", "106.5",   "0"), // 1,000 x 0.1 + 130 x 0.05
        (AsBilled, offered(), "T", "1130", "105.0",  "30"), // 1,000 x 0.1 + 100 x 0.05
        (Always,   offered(), "T",   "80",   "0.0",  "80"),
        (Always,   offered(), "T",  "100",   "0.0", "100"),
        (Nothing,  offered(), "T",   "80",   "8.0",   "0"),
        (AsBilled, offered(), "T",   "80",   "5.0",  "30"),
        // In the SKU itself: the ranges stand, and what is not free costs the first paid price.
        (Always,   in_sku(),  "Z", "1130",  "96.5", "100"), // 900 x 0.1 + 130 x 0.05
        (Nothing,  in_sku(),  "Z", "1130", "106.5",   "0"), // 1,000 x 0.1 + 130 x 0.05
        (AsBilled, in_sku(),  "Z", "1130", "103.5",  "30"), // 970 x 0.1 + 130 x 0.05
        (Always,   in_sku(),  "Z",   "80",   "0.0",  "80"),
        (Nothing,  in_sku(),  "Z",   "80",   "8.0",   "0"),
        (AsBilled, in_sku(),  "Z",   "80",   "5.0",  "30"),
    ];
    for (policy, world, sku, total, list, free) in cases {
        let paid = kept(total.parse::<u32>().unwrap() - 30);
        let billed = on(policy, world).bill(&[used(sku, "30", "0"), used(sku, paid, "7")]);
        assert_eq!(billed.usage(A).0, list, "{policy:?} {sku} {total}");
        let own_free = billed.bill.list.sku_charges[0].free_quantity;
        assert_eq!(own_free, crate::money::Quantity::parse(free).unwrap(), "{policy:?} {sku} {total}");
        // (30 that AWS gave free - our own free) x 0.1; the rest of list - 7 is tiers.
        let rerated = (crate::money::Quantity::parse("30").unwrap() - own_free)
            .at(crate::money::UnitPrice::parse("0.1").unwrap())
            .unwrap();
        let bridge = billed.bridge(A);
        let booked =
            |cause| bridge.iter().find(|(found, _)| *found == cause).map_or(usd("0"), |(_, amount)| usd(amount));
        assert_eq!(booked("free_tier_rerated"), rerated, "{policy:?} {sku} {total}");
        assert_eq!(booked("tier_rerated"), usd(list) - usd("7") - rerated, "{policy:?} {sku} {total}");
    }
}

#[test]
fn a_global_allowance_is_divided_by_quantity_among_the_skus_that_share_it() {
    let free = |rows: &[Row]| -> Vec<String> {
        let billed = offered().bill(rows);
        let charges = billed.bill.list.sku_charges.iter();
        charges.map(|charge| crate::money::format_grid(charge.free_quantity.units())).collect()
    };
    assert_eq!(free(&[used("T", "300", "1"), used("U", "100", "1")]), ["75.0", "25.0"]);
    assert_eq!(free(&[used("T", "60", "1"), used("U", "30", "1")]), ["60.0", "30.0"]); // All of it, no more.
    assert_eq!(free(&[used("T", "300", "1"), used("U", "-50", "-10")]), ["100.0", "0.0"]); // Only positive ones.
    let third = ["66.666666666666666667", "33.333333333333333333"]; // The last unit to the greater fraction.
    assert_eq!(free(&[used("T", "200", "1"), used("U", "100", "1")]), third);
    // U beyond its free 25 costs 0.2: (100 - 25) x 0.2 + (300 - 75) x 0.1.
    assert_eq!(offered().bill(&[used("T", "300", "1"), used("U", "100", "1")]).usage(A).0, "37.5");
}

#[test]
fn ties_of_a_divided_allowance_go_to_the_earlier_sku_however_the_offer_lists_them() {
    // 1 x 10^-18 free over two SKUs of equal quantity: half a unit each, the unit goes to T before U.
    for order in [["T", "U"], ["U", "T"]] {
        let world = World::new().price("T", "1").price("U", "1").offer("Global", "0.000000000000000001", &order);
        let billed = world.bill(&[used("T", "5", "5"), used("U", "5", "5")]);
        let free: Vec<i128> = billed.bill.list.sku_charges.iter().map(|charge| charge.free_quantity.units()).collect();
        assert_eq!(free, [1, 0], "{order:?}");
    }
}

#[test]
fn a_sku_listed_twice_in_an_offer_shares_once() {
    let world = World::new().price("T", "1").price("U", "1").offer("Global", "100", &["T", "T", "U"]);
    let billed = world.bill(&[used("T", "100", "1"), used("U", "100", "1")]);
    let free: Vec<String> = billed
        .bill
        .list
        .sku_charges
        .iter()
        .map(|charge| crate::money::format_grid(charge.free_quantity.units()))
        .collect();
    assert_eq!(free, ["50.0", "50.0"]);
}

#[test]
fn every_group_has_its_own_whole_allowance() {
    let rows = [used("T", "150", "15"), Row { account: B, ..used("T", "150", "15") }];
    let alone = offered().bill(&rows);
    assert_eq!((alone.usage(A).0, alone.usage(B).0), ("5.0".into(), "5.0".into()));
    let mut plan = percent_plan("org", "0", &[]);
    plan.sharing = Sharing::Organization;
    let world = offered().plan(plan).contract(A, "P-A", "org", "O", BorneBy::Customer);
    let together = world.contract(B, "", "org", "O", BorneBy::Reseller).bill(&rows);
    assert_eq!((together.usage(A).0, together.usage(B).0), ("10.0".into(), "10.0".into())); // (300 - 100) x 0.1, halved.
}

#[test]
fn free_quantity_is_taken_from_the_earliest_version_first() {
    let world = World::new()
        .ladder("T", "2020-01-01", &[("Inf", "0.1")])
        .ladder("T", "2025-05-15", &[("Inf", "0.3")])
        .offer("Global", "100", &["T"]);
    let at = |start, quantity| Row { start, ..used("T", quantity, "1") };
    let (early, late) = ("2025-05-02T00:00:00Z", "2025-05-16T00:00:00Z");
    #[rustfmt::skip]
    let cases = [
        ([at(early, "150"), at(late, "50")], "20.0"), // 50 x 0.1 + 50 x 0.3
        ([at(early, "60"), at(late, "60")],   "6.0"), // 0 + 20 x 0.3
    ];
    for (rows, list) in cases {
        assert_eq!(world.bill(&rows).usage(A).0, list);
    }
}

#[test]
fn a_zero_price_range_that_is_not_free_costs_the_first_paid_price_of_the_first_version_used() {
    let world = World::new().ladder("T", "2020-01-01", &[("100", "0"), ("Inf", "0.1")]).ladder(
        "T",
        "2025-05-15",
        &[("100", "0"), ("Inf", "0.3")],
    );
    let at = |start, quantity| Row { start, ..used("T", quantity, "1") };
    let (early, late) = ("2025-05-02T00:00:00Z", "2025-05-16T00:00:00Z");
    #[rustfmt::skip]
    let cases = [
        (vec![at(early, "50"), at(late, "50")], "10.0"), // 100 x 0.1: both in the range that is else free
        (vec![at(early, "90"), at(late, "30")], "16.0"), // 90 x 0.1 + 10 x 0.1 + 20 x 0.3
        (vec![at(late, "50")],                  "15.0"), // 50 x 0.3
    ];
    for (rows, list) in cases {
        assert_eq!(on(Nothing, world.clone()).bill(&rows).usage(A).0, list);
    }
}

#[test]
fn an_offered_sku_without_a_list_is_tiered_without_a_list() {
    let billed = World::new().offer("Global", "100", &["T"]).bill(&[Row { public_cost: "3", ..used("T", "10", "2") }]);
    assert_eq!(billed.usage(A).0, "2.0");
    assert_eq!(billed.holds(), [("P-A", A, "tiered_without_list_price")]);
}

#[test]
fn an_uncovered_row_is_never_billed_free() {
    // Its unblended cost is 0 because a stranger's reservation covered it; that is no free tier.
    let arn = "arn:aws:ec2:x:999999999999:reserved-instances/r";
    let covered = Row { line_type: "DiscountedUsage", arn, public_cost: "20", ..used("T", "200", "0") };
    let billed = on(AsBilled, offered()).bill(&[covered]);
    assert_eq!(billed.bridge(A), told(&[("foreign_ri_removed", "20.0"), ("list_total", "20.0")]));
}
