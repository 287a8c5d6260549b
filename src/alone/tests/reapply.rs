//! Own commitments are given back hour by hour, in AWS's order, and nothing else moves.

use crate::money::UnitPrice;
use crate::terms::{Mode, SavingsPlanKind, SavingsPlanRate, Sharing};
use crate::testing::*;

const RI_OF_A: &str = "arn:aws:ec2:ap-northeast-1:111111111111:reserved-instances/a";
const FOREIGN: &str = "arn:aws:ec2:ap-northeast-1:999999999999:reserved-instances/x";
const SP_OF_A: &str = "arn:aws:savingsplans::111111111111:savingsplan/a";
const FOREIGN_SP: &str = "arn:aws:savingsplans::999999999999:savingsplan/x";
const HOUR: &str = "2025-05-10T05:00:00Z";
const NEXT: &str = "2025-05-10T06:00:00Z";

fn world() -> World {
    let mut world = World::new().price("M5", "0.124").price("M5X", "0.248").price("C5", "0.107");
    world.0.mode = Mode::StripAndReapply;
    world
}

/// Accounts A and B in one organization.
fn organization() -> World {
    let mut plan = percent_plan("org", "0", &[]);
    plan.sharing = Sharing::Organization;
    let by = crate::terms::BorneBy::Customer;
    world().plan(plan).contract(A, "P-A", "org", "O", by).contract(B, "P-A", "org", "O", by)
}

/// An hour of m5.large that a stranger's reservation covered.
fn displaced() -> Row {
    Row {
        line_type: "DiscountedUsage",
        usage_type: "APN1-BoxUsage:m5.large",
        arn: FOREIGN,
        factor: "4",
        normalized: "4",
        public_cost: "0.124",
        zone: "ap-northeast-1a",
        region: "ap-northeast-1",
        start: HOUR,
        end: NEXT,
        ..Row::default()
    }
}

/// The monthly fee of one regional m5.large reservation of A.
fn fee() -> Row {
    Row {
        line_type: "RIFee",
        usage_type: "APN1-HeavyUsage:m5.large",
        arn: RI_OF_A,
        factor: "4",
        units: "1",
        alive: ["2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z"],
        region: "ap-northeast-1",
        cost: "58.032",
        quantity: "744",
        sku: "",
        start: "2025-05-01T00:00:00Z",
        ..Row::default()
    }
}

/// The fee of one hour of a Compute Savings Plan of A: 0.10 dollars.
fn plan_fee() -> Row {
    Row {
        line_type: "SavingsPlanRecurringFee",
        product: "ComputeSavingsPlans",
        usage_type: "ComputeSP:1yrNoUpfront",
        operation: "",
        sku: "",
        arn: SP_OF_A,
        offering: ["ComputeSavingsPlans", "No Upfront", "1yr"],
        alive: ["2025-03-01T00:00:00Z", ""],
        commitment: "0.10",
        cost: "0.10",
        start: HOUR,
        end: NEXT,
        ..Row::default()
    }
}

/// A row of B that shows the plan's rate for m5.large, with its negation.
fn rate_shown(rate: &'static str) -> [Row; 2] {
    let covered = Row {
        account: B,
        line_type: "SavingsPlanCoveredUsage",
        arn: FOREIGN_SP,
        cost: "0.124",
        public_cost: "0.124",
        offering: ["ComputeSavingsPlan", "NoUpfront", "1 yr"],
        sp_rate: rate,
        sp_effective: rate,
        start: HOUR,
        end: NEXT,
        ..Row::default()
    };
    let negation = Row {
        line_type: "SavingsPlanNegation",
        cost: "-0.124",
        public_cost: "",
        sp_rate: "",
        sp_effective: "0",
        ..covered
    };
    [covered, negation]
}

/// Usage of Lambda by A, without its quantity.
fn lambda() -> Row {
    Row {
        product: "AWSLambda",
        usage_type: "APN1-Lambda-GB-Second",
        operation: "Invoke",
        sku: "LAMBDA",
        ..Row::default()
    }
}

/// 10 units of A's Lambda that a stranger's plan covered at a rate of 0.01, and their negation.
fn displaced_lambda(cost: &'static str, negated: &'static str, public_cost: &'static str) -> [Row; 2] {
    let covered = Row {
        line_type: "SavingsPlanCoveredUsage",
        arn: FOREIGN_SP,
        quantity: "10",
        cost,
        public_cost,
        offering: ["ComputeSavingsPlans", "No Upfront", "1yr"],
        sp_rate: "0.01",
        sp_effective: "0.1",
        start: HOUR,
        end: NEXT,
        ..lambda()
    };
    let negation = Row {
        line_type: "SavingsPlanNegation",
        cost: negated,
        public_cost: "",
        sp_rate: "",
        sp_effective: "0",
        ..covered
    };
    [covered, negation]
}

/// What account got back, or nothing.
fn given(billed: &Billed, account: &str) -> String {
    let found = billed.bridge(account).into_iter().find(|(cause, _)| *cause == "own_commitment_reapplied");
    found.map_or_else(|| String::from("nothing"), |(_, amount)| amount)
}

#[test]
fn a_regional_reservation_comes_back_to_its_owner() {
    #[rustfmt::skip]
    let cases: [(&str, Row, Row, &str); 21] = [
        ("the same size",                     displaced(), fee(), "-0.124"),
        ("two of them, one reservation",      Row { quantity: "2", normalized: "8", public_cost: "0.248", ..displaced() }, fee(), "-0.124"),
        ("a smaller reservation, half of it", Row { usage_type: "APN1-BoxUsage:m5.xlarge", sku: "M5X", factor: "8", normalized: "8", public_cost: "0.248", ..displaced() }, fee(), "-0.124"),
        ("a part of an hour",                 Row { quantity: "0.3", normalized: "1.2", public_cost: "0.0372", ..displaced() }, fee(), "-0.0372"),
        ("another family",                    Row { usage_type: "APN1-BoxUsage:c5.large", sku: "C5", public_cost: "0.107", ..displaced() }, fee(), "nothing"),
        ("another region",                    Row { region: "eu-west-1", ..displaced() }, fee(), "nothing"),
        ("another platform",                  Row { operation: "RunInstances:0002", ..displaced() }, fee(), "nothing"),
        ("another product",                   Row { product: "AmazonRDS", ..displaced() }, fee(), "nothing"),
        ("dedicated usage",                   Row { tenancy: "Dedicated", ..displaced() }, fee(), "nothing"),
        ("two dedicated ones fit",            Row { tenancy: "Dedicated", ..displaced() }, Row { tenancy: "Dedicated", ..fee() }, "-0.124"),
        ("dedicated is not flexible",         Row { tenancy: "Dedicated", usage_type: "APN1-BoxUsage:m5.xlarge", sku: "M5X", public_cost: "0.248", ..displaced() }, Row { tenancy: "Dedicated", ..fee() }, "nothing"),
        ("bought later",                      displaced(), Row { alive: ["2025-05-10T05:00:01Z", ""], ..fee() }, "nothing"),
        ("bought in time",                    displaced(), Row { alive: [HOUR, ""], ..fee() }, "-0.124"),
        ("ended",                             displaced(), Row { alive: ["2024-05-10T05:00:00Z", HOUR], ..fee() }, "nothing"),
        ("no start: from the fee row on",     displaced(), Row { alive: ["", ""], start: NEXT, ..fee() }, "nothing"),
        ("no end: until the fee row's",       displaced(), Row { alive: ["", ""], end: HOUR, ..fee() }, "nothing"),
        ("no end: the fee row's is later",    displaced(), Row { alive: ["", ""], end: NEXT, ..fee() }, "-0.124"),
        ("no region in the fee: the ARN's",   displaced(), Row { region: "", ..fee() }, "-0.124"),
        ("no number of reservations",         displaced(), Row { units: "", ..fee() }, "nothing"),
        ("without factors in the rows",       Row { factor: "", normalized: "0", ..displaced() }, Row { factor: "", ..fee() }, "-0.124"),
        ("an hour of another month",          Row { start: "2025-04-30T23:00:00Z", end: "2025-05-01T00:00:00Z", ..displaced() }, fee(), "nothing"),
    ];
    for (name, usage, fee, expected) in cases {
        let billed = world().bill(&[usage, fee]);
        assert_eq!(given(&billed, A), expected, "{name}");
        assert_eq!(given(&world().bill(&[Row { account: B, ..usage }, fee]), B), "nothing", "{name}: a stranger's");
    }
}

#[test]
fn a_zonal_reservation_covers_its_size_in_its_zone_of_its_own_account() {
    let zonal = Row { zone: "ap-northeast-1a", ..fee() };
    let larger = Row { usage_type: "APN1-BoxUsage:m5.xlarge", sku: "M5X", factor: "8", ..displaced() };
    #[rustfmt::skip]
    let cases = [
        ("its zone",          displaced(), "-0.124"),
        ("another zone",      Row { zone: "ap-northeast-1c", ..displaced() }, "nothing"),
        ("another size",      Row { public_cost: "0.248", ..larger }, "nothing"),
    ];
    for (name, usage, expected) in cases {
        assert_eq!(given(&world().bill(&[usage, zonal]), A), expected, "{name}");
    }
    let billed = organization().bill(&[Row { account: B, ..displaced() }, zonal]);
    assert_eq!(given(&billed, B), "nothing", "a zone has another name in another account");
    let billed = organization().bill(&[Row { account: B, ..displaced() }, fee()]);
    assert_eq!(given(&billed, B), "-0.124", "a regional one is shared in its group");
}

#[test]
fn the_owner_comes_first_then_the_smallest_size() {
    let xlarge = Row {
        usage_type: "APN1-BoxUsage:m5.xlarge",
        sku: "M5X",
        factor: "8",
        normalized: "8",
        public_cost: "0.248",
        ..displaced()
    };
    // One reservation of 4 units: the owner's larger instance before the sister's smaller one.
    let billed = organization().bill(&[xlarge, Row { account: B, ..displaced() }, fee()]);
    assert_eq!((given(&billed, A), given(&billed, B)), (String::from("-0.124"), String::from("nothing")));
    // Both of the owner: the smaller one whole, the larger one not at all.
    let billed = world().bill(&[xlarge, displaced(), fee()]);
    assert_eq!(given(&billed, A), "-0.124");
    let charges = &billed.bill.list.given_back;
    assert_eq!(charges.len(), 1);
    assert_eq!(billed.facts.text(billed.facts.facts[charges[0].fact].key.sku), "M5");
}

#[test]
fn what_aws_gave_the_group_is_not_given_again() {
    // A's own reservation already covers one of its instances in this hour.
    let own = Row { arn: RI_OF_A, ..displaced() };
    assert_eq!(given(&world().bill(&[own, displaced(), fee()]), A), "nothing");
    let in_another_hour = Row { arn: RI_OF_A, start: NEXT, end: "2025-05-10T07:00:00Z", ..displaced() };
    assert_eq!(given(&world().bill(&[in_another_hour, displaced(), fee()]), A), "-0.124");
    // On-demand usage that AWS left uncovered stays so.
    let on_demand = Row { line_type: "Usage", arn: "", cost: "0.124", ..displaced() };
    assert_eq!(given(&world().bill(&[on_demand, fee()]), A), "nothing");
}

#[test]
fn a_savings_plan_comes_back_at_the_rate_of_its_kind() {
    let rows = |rate| {
        let [covered, negation] = rate_shown(rate);
        [displaced(), plan_fee(), covered, negation]
    };
    // 0.10 / 0.08 = 1.25 instances: the one there is.
    assert_eq!(given(&world().bill(&rows("0.08")), A), "-0.124");
    // 0.10 / 0.20 = half an instance.
    assert_eq!(given(&world().bill(&rows("0.20")), A), "-0.062");
    // No rate of the SKU in the month: on demand, and said so.
    let billed = world().bill(&[displaced(), plan_fee()]);
    assert_eq!(given(&billed, A), "nothing");
    let warnings = &billed.bill.list.notes.warnings;
    assert!(warnings.iter().any(|text| text.contains(SP_OF_A) && text.contains("SKU M5")), "{warnings:?}");
    // The reservation goes first: nothing is left for the plan.
    let billed = world().bill(&[displaced(), plan_fee(), rows("0.08")[2], rows("0.08")[3], fee()]);
    assert_eq!(billed.facts.text(billed.bill.list.given_back[0].arn), RI_OF_A);
    assert_eq!(billed.bill.list.given_back.len(), 1);
}

#[test]
fn the_price_list_helps_where_the_month_shows_no_rate() {
    let kind = SavingsPlanKind::new("ComputeSavingsPlans", "No Upfront", "1yr");
    let published = |from: &str, rate: &str| SavingsPlanRate {
        effective_from: instant(from),
        rate: UnitPrice::parse(rate).unwrap(),
        unit: String::from("Hrs"),
        source: String::from("offer file"),
    };
    let mut world = world();
    let publications = vec![published("2025-02-01T00:00:00Z", "0.20"), published("2025-04-01T00:00:00Z", "0.05")];
    world.0.savings_plan_rates.rates.entry(kind).or_default().insert(String::from("M5"), publications);
    // The plan began in March: at the rate of February 0.10 dollars cover half an instance.
    assert_eq!(given(&world.bill(&[displaced(), plan_fee()]), A), "-0.062");
    // A rate that the month shows comes first: 0.10 / 0.08 is more than the one there is.
    let [covered, negation] = rate_shown("0.08");
    assert_eq!(given(&world.bill(&[displaced(), plan_fee(), covered, negation]), A), "-0.124");
}

#[test]
fn a_plan_whose_rows_use_more_than_was_committed_is_told() {
    let [covered, negation] = rate_shown("0.08").map(|row| Row { arn: SP_OF_A, ..row });
    let warned = |commitment| {
        let billed = world().bill(&[covered, negation, Row { commitment, ..plan_fee() }]);
        billed
            .bill
            .list
            .notes
            .warnings
            .iter()
            .filter(|text| text.contains("was committed"))
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(warned("0.08"), Vec::<String>::new());
    assert_eq!(
        warned("0.05"),
        [format!("{SP_OF_A}: in 1 hours its covered rows use 0.03 USD more than was committed")]
    );
}

#[test]
fn an_instance_plan_keeps_to_its_region_and_family() {
    let offering = ["EC2InstanceSavingsPlans", "No Upfront", "1yr"];
    let [covered, negation] = rate_shown("0.08").map(|row| Row { offering, ..row });
    #[rustfmt::skip]
    let cases = [
        ("its own",        ["ap-northeast-1", "m5"], "-0.124"),
        ("another family", ["ap-northeast-1", "c5"], "nothing"),
        ("another region", ["eu-west-1", "m5"],      "nothing"),
    ];
    for (name, sp_scope, expected) in cases {
        let fee = Row { offering, sp_scope, ..plan_fee() };
        assert_eq!(given(&world().bill(&[displaced(), fee, covered, negation]), A), expected, "{name}");
    }
}

#[test]
fn daily_rows_are_given_back_only_where_that_was_asked_for() {
    let daily = Row {
        quantity: "24",
        normalized: "96",
        public_cost: "2.976",
        start: "2025-05-10T00:00:00Z",
        end: "2025-05-11T00:00:00Z",
        ..displaced()
    };
    let billed = world().bill(&[daily, fee()]);
    assert_eq!(given(&billed, A), "-2.976");
    assert!(billed.bill.list.notes.warnings.iter().any(|text| text.contains("only approximately") && text.contains(A)));
    let mut silent = world();
    silent.0.mode = Mode::ReapplyWhereHourly;
    let billed = silent.bill(&[daily, fee()]);
    assert_eq!(given(&billed, A), "nothing");
    assert!(billed.bill.list.notes.warnings.iter().any(|text| text.contains("is not hourly") && text.contains(A)));
    assert_eq!(given(&silent.bill(&[displaced(), fee()]), A), "-0.124");
}

#[test]
fn nobody_in_a_group_pays_more_because_another_got_its_own_back() {
    // Lambda of A was covered by a stranger's plan; A has a plan of its own. B shares the tiers: 10 units at 0.02,
    // the rest at 0.01. Without A's 10 units, B's 10 would all be at 0.02.
    let world = organization().ladder("LAMBDA", "2020-01-01", &[("10", "0.02"), ("Inf", "0.01")]);
    let [covered, negation] = displaced_lambda("0.2", "-0.2", "0.1");
    let of_b = Row { account: B, quantity: "10", cost: "0.15", public_cost: "0.1", ..lambda() };
    let billed = world.bill(&[covered, negation, of_b, plan_fee()]);
    // Before: 20 units cost 0.3, half each. After: 10 units cost 0.2; B keeps its 0.15, A takes the other 0.05.
    assert_eq!((given(&billed, A), given(&billed, B)), (String::from("-0.1"), String::from("nothing")));
    assert_eq!((billed.usage(A).0, billed.usage(B).0), (String::from("0.05"), String::from("0.15")));
}

#[test]
fn a_price_that_rises_inside_the_month_makes_nobody_pay_more() {
    // 10 units before and 10 after the 20th; the first 10 of a counter are the dear ones. Taking A's early units away
    // would move B's late ones, at ten times the price, into the dear range: 10 x 0.2 instead of 10 x 0.1.
    let world = organization().ladder("LAMBDA", "2020-01-01", &[("10", "0.02"), ("Inf", "0.01")]).ladder(
        "LAMBDA",
        "2025-05-20",
        &[("10", "0.2"), ("Inf", "0.1")],
    );
    let [covered, negation] = displaced_lambda("0.2", "-0.2", "0.1");
    let of_b =
        Row { account: B, quantity: "10", cost: "1", public_cost: "1", start: "2025-05-25T00:00:00Z", ..lambda() };
    let billed = world.bill(&[covered, negation, of_b, plan_fee()]);
    // 10 x 0.02 + 10 x 0.1 = 1.2, half each; without A's the rest would cost 2, so nothing changes.
    assert_eq!((given(&billed, A), given(&billed, B)), (String::from("nothing"), String::from("nothing")));
    assert_eq!((billed.usage(A).0, billed.usage(B).0), (String::from("0.6"), String::from("0.6")));
}

#[test]
fn giving_back_never_turns_free_usage_into_a_credit() {
    // 10 units and a correction of 8, all inside a zero-price range of 100: the counter costs nothing. With A's 10 units
    // covered, -8 are left, which at the correction's own price would be a credit of 0.8.
    let world = world().ladder("LAMBDA", "2020-01-01", &[("100", "0"), ("Inf", "0.1")]);
    let [covered, negation] = displaced_lambda("1", "-1", "1");
    let correction = Row { quantity: "-8", cost: "-0.8", public_cost: "-0.8", ..lambda() };
    let billed = world.bill(&[covered, negation, correction, plan_fee()]);
    assert_eq!((given(&billed, A), billed.usage(A).0), (String::from("nothing"), String::from("0.0")));
    assert_eq!(billed.bill.list.given_back.len(), 1);
}

#[test]
fn a_covered_row_without_its_dollars_took_its_rate() {
    let [covered, negation] = rate_shown("0.08").map(|row| Row { account: A, arn: SP_OF_A, sp_effective: "0", ..row });
    // 0.08 of 0.10 dollars are used: what is left covers a quarter of the displaced instance.
    let billed = world().bill(&[displaced(), covered, negation, plan_fee()]);
    assert_eq!(given(&billed, A), "-0.031");
}

#[test]
fn a_reservation_that_covered_more_than_it_holds_is_told() {
    let twice = Row { arn: RI_OF_A, quantity: "2", normalized: "8", ..displaced() };
    let short = Row { alive: [HOUR, NEXT], ..fee() };
    let billed = world().bill(&[twice, short]);
    let warnings = &billed.bill.list.notes.warnings;
    assert!(warnings.iter().any(|text| text.contains("4.0 units more than the 4.0")), "{warnings:?}");
}

#[test]
fn the_border_tells_every_part_of_a_commitment() {
    let outside = Row { account: B, arn: RI_OF_A, ..displaced() };
    let inside = Row { arn: RI_OF_A, start: NEXT, end: "2025-05-10T07:00:00Z", ..displaced() };
    let billed = world().bill(&[outside, inside, displaced(), fee()]);
    let border = &billed.bill.list.border;
    let told: Vec<String> = border
        .iter()
        .filter(|row| row.arn == RI_OF_A)
        .map(|row| {
            let worth = row.worth.map_or_else(String::new, |worth| worth.to_string());
            let (hours, units) = (row.hours.unwrap(), row.normalized_units.unwrap());
            format!("{} {} {hours} {units} {} {worth}", row.side.name(), row.account_id, row.amount.unwrap())
        })
        .collect();
    // 744 hours of 4 units for 58.032 dollars: 0.078 for each hour.
    assert_eq!(
        told,
        [
            "total  744.0 2976.0 58.032 ",
            "inside 111111111111 1.0 4.0 0.078 ",
            "outside 222222222222 1.0 4.0 0.078 0.124",
            "unused  742.0 2968.0 57.876 ",
            "given_back 111111111111 1.0 4.0 0.078 ",
        ]
    );
    // The stranger's has no fee row: what there is of it is not known, only who used it and what that was worth.
    let foreign: Vec<_> = border.iter().filter(|row| row.arn == FOREIGN).collect();
    assert_eq!(foreign.len(), 1);
    assert_eq!((foreign[0].amount, foreign[0].worth), (None, Some(usd("0.124"))));
    assert_eq!(given(&billed, B), "nothing");
}
