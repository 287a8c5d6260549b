//! Whose a commitment is, and what becomes of what it covered.

use crate::alone::owners::account_of_arn;
use crate::terms::BorneBy;
use crate::testing::*;

const OWN_RI: &str = "arn:aws:ec2:ap-northeast-1:111111111111:reserved-instances/r-1";
const SISTER_RI: &str = "arn:aws:ec2:ap-northeast-1:222222222222:reserved-instances/r-2";
const FOREIGN_RI: &str = "arn:aws:ec2:ap-northeast-1:999999999999:reserved-instances/r-9";
const OWN_SP: &str = "arn:aws:savingsplans::111111111111:savingsplan/s-1";
const FOREIGN_SP: &str = "arn:aws:savingsplans::999999999999:savingsplan/s-9";

fn ri(arn: &'static str) -> Row {
    Row { line_type: "DiscountedUsage", arn, quantity: "10", cost: "0", public_cost: "1.24", ..Row::default() }
}

/// A covered row of 10 hours at 1.24, and its negation.
fn sp(arn: &'static str) -> [Row; 2] {
    let covered = Row {
        line_type: "SavingsPlanCoveredUsage",
        arn,
        quantity: "10",
        cost: "1.24",
        public_cost: "1.24",
        ..Row::default()
    };
    [covered, Row { line_type: "SavingsPlanNegation", quantity: "-10", cost: "-1.24", public_cost: "", ..covered }]
}

fn world() -> World {
    World::new().price("M5", "0.124")
}

#[test]
fn the_owner_is_the_fifth_field_of_an_arn_of_any_service() {
    #[rustfmt::skip]
    let cases = [
        (OWN_RI,                                                                       Some("111111111111")),
        (OWN_SP,                                                                       Some("111111111111")), // No region.
        ("arn:aws:rds:ap-northeast-1:012345678901:ri:ri-2025-05-01",                   Some("012345678901")),
        ("arn:aws:elasticache:us-east-1:012345678901:reserved-instance:x:y",           Some("012345678901")),
        ("arn:aws:es:us-east-1:012345678901:reserved-instances/z",                     Some("012345678901")),
        ("arn:aws:redshift:us-east-1:012345678901:reservednode:abc",                   Some("012345678901")),
        ("arn:aws-cn:dynamodb:cn-north-1:012345678901:reserved-capacity/x",            Some("012345678901")),
        ("arn: aws: ec2: us-east-1: 012345678901: reserved-instances/x",               Some("012345678901")), // Published so.
        ("arn:aws:ec2:us-east-1:12345678901:reserved-instances/x",                     None), // Eleven digits.
        ("arn:aws:ec2:us-east-1::reserved-instances/x",                                None),
        ("arn:aws:ec2:us-east-1:12345678901x:reserved-instances/x",                    None),
        ("arn:aws:ec2",                                                                None),
        ("urn:aws:ec2:us-east-1:012345678901:reserved-instances/x",                    None),
        ("",                                                                           None),
    ];
    for (arn, expected) in cases {
        assert_eq!(account_of_arn(arn), expected, "{arn}");
    }
}

#[test]
fn usage_under_an_own_reservation_stays_covered_and_the_fee_stays_whole() {
    let fee = Row { line_type: "RIFee", arn: OWN_RI, quantity: "744", cost: "58.032", sku: "", ..Row::default() };
    let billed = world().bill(&[ri(OWN_RI), fee]);
    assert_eq!(billed.bridge(A), told(&[("aws_unblended", "58.032"), ("list_total", "58.032")]));
    assert!(billed.holds().is_empty());
}

#[test]
fn usage_under_a_foreign_reservation_is_charged_at_list() {
    // 10 hours x 0.124; a sister account on a plan that shares nothing is as foreign as a stranger.
    for arn in [FOREIGN_RI, SISTER_RI] {
        let billed = world().bill(&[ri(arn)]);
        assert_eq!(billed.bridge(A), told(&[("foreign_ri_removed", "1.24"), ("list_total", "1.24")]), "{arn}");
    }
    // Public on-demand cost is the basis of the bridge, the list the price: 1.24 less 1.2 is told apart.
    let billed = world().bill(&[Row { public_cost: "1.2", ..ri(FOREIGN_RI) }]);
    let expected = [("foreign_ri_removed", "1.2"), ("list_rate_difference", "0.04"), ("list_total", "1.24")];
    assert_eq!(billed.bridge(A), told(&expected));
    // Without it, the list price is the basis.
    let billed = world().bill(&[Row { public_cost: "", ..ri(FOREIGN_RI) }]);
    assert_eq!(billed.bridge(A), told(&[("foreign_ri_removed", "1.24"), ("list_total", "1.24")]));
}

#[test]
fn the_fee_stays_with_its_owner_when_a_stranger_used_the_reservation() {
    let fee = Row { account: B, line_type: "RIFee", arn: SISTER_RI, cost: "58.032", sku: "", ..Row::default() };
    let billed = world().bill(&[ri(SISTER_RI), fee]);
    assert_eq!(billed.bridge(A), told(&[("foreign_ri_removed", "1.24"), ("list_total", "1.24")]));
    assert_eq!(billed.bridge(B), told(&[("aws_unblended", "58.032"), ("list_total", "58.032")]));
}

#[test]
fn an_organization_shares_its_commitments_also_with_an_account_the_reseller_bears() {
    let mut plan = percent_plan("org", "0", &[]);
    plan.sharing = crate::terms::Sharing::Organization;
    let world = world().plan(plan);
    let world = world.contract(A, "P-A", "org", "O", BorneBy::Customer);
    for (plan_id, project) in [("", ""), ("org", "")] {
        let world = world.clone().contract(B, project, plan_id, "O", BorneBy::Reseller);
        let billed = world.bill(&[ri(SISTER_RI), Row { account: B, ..ri(OWN_RI) }]);
        assert_eq!(billed.bridge(A), told(&[]), "covered within the organization");
        assert_eq!(billed.bridge(B), told(&[]), "covered within the organization");
    }
    let apart = world.contract(B, "P-B", "org", "another", BorneBy::Customer);
    assert_eq!(apart.bill(&[ri(SISTER_RI)]).bridge(A)[0], ("foreign_ri_removed", String::from("1.24")));
}

#[test]
fn savings_plan_rows_of_the_own_plan_stay_and_cancel() {
    let billed = world().bill(&sp(OWN_SP));
    assert_eq!(billed.bridge(A), told(&[]));
    assert_eq!(billed.bill.discounted.charges.len(), 2, "both rows stay");
}

#[test]
fn a_foreign_savings_plan_is_stripped_and_its_negation_dropped() {
    let billed = world().bill(&sp(FOREIGN_SP));
    // Basis 1.24 less (covered 1.24 + negation -1.24).
    assert_eq!(billed.bridge(A), told(&[("foreign_sp_removed", "1.24"), ("list_total", "1.24")]));
    // A covered row at a private rate: 1.1 and -1.1; list and basis are the public price.
    let [covered, negation] = sp(FOREIGN_SP);
    let billed = world().bill(&[Row { cost: "1.1", ..covered }, Row { cost: "-1.1", ..negation }]);
    assert_eq!(billed.bridge(A), told(&[("foreign_sp_removed", "1.24"), ("list_total", "1.24")]));
}

#[test]
fn covered_usage_and_negation_must_cancel_within_a_billionth_per_row() {
    let [covered, negation] = sp(OWN_SP);
    let later = Row { start: "2025-05-10T06:00:00Z", ..negation };
    #[rustfmt::skip]
    let cases = [
        ("exactly",                   vec![covered, negation],                                                   false),
        ("2 x 10^-9 over two rows",   vec![covered, Row { cost: "-1.239999998", ..negation }],                   false),
        ("just above that",           vec![covered, Row { cost: "-1.239999997999999999", ..negation }],          true),
        ("the same on the other side", vec![covered, Row { cost: "-1.240000002000000001", ..negation }],         true),
        ("no negation",               vec![covered],                                                              true),
        ("a negation alone",          vec![negation],                                                             true),
        ("in another hour",           vec![covered, later],                                                       true), // Never summed over hours.
        ("of another account",        vec![covered, Row { account: B, ..negation }],                              true),
        ("of another plan",           vec![covered, Row { arn: FOREIGN_SP, ..negation }],                         true),
        ("foreign, without negation", vec![Row { arn: FOREIGN_SP, ..covered }],                                   true),
    ];
    for (what, rows, held) in cases {
        assert_eq!(world().bill(&rows).reasons().contains("sp_negation_unmatched"), held, "{what}");
    }
}

#[test]
fn a_fee_in_another_account_than_the_arn_leaves_the_owner_unresolved() {
    let fee = Row { account: B, line_type: "RIFee", arn: OWN_RI, cost: "5", sku: "", ..Row::default() };
    let world = world().account(C, "P-C", "none");
    let billed = world.bill(&[Row { account: C, ..ri(OWN_RI) }, fee]);
    // As billed: nothing is un-covered, the fee stays where AWS charged it.
    assert_eq!(billed.bridge(C), told(&[]));
    assert_eq!(billed.bridge(B), told(&[("aws_unblended", "5.0"), ("list_total", "5.0")]));
    let held: Vec<&str> = billed.holds().iter().map(|(project, _, _)| *project).collect();
    assert_eq!(held, ["P-A", "P-B", "P-C"], "the owner by ARN, the account of the fee, and the user");
    assert_eq!(billed.reasons().into_iter().collect::<Vec<_>>(), ["unresolved_owner"]);
}

#[test]
fn a_blank_arn_is_settled_by_the_fee_of_its_subscription_or_held() {
    let covered = Row { subscription: "77", ..ri("") };
    let fee = Row { line_type: "RIFee", subscription: "77", cost: "5", sku: "", ..Row::default() };
    let own = world().bill(&[covered, Row { arn: OWN_RI, ..fee }]);
    assert_eq!(own.bridge(A), told(&[("aws_unblended", "5.0"), ("list_total", "5.0")]));
    let foreign = world().bill(&[covered, Row { account: B, arn: SISTER_RI, ..fee }]);
    assert_eq!(foreign.bridge(A), told(&[("foreign_ri_removed", "1.24"), ("list_total", "1.24")]));
    let nobody = world().bill(&[covered]);
    assert_eq!(nobody.bridge(A), told(&[]), "as billed");
    assert_eq!(nobody.holds(), [("P-A", A, "unresolved_owner")]);
    let two = world().bill(&[covered, Row { arn: OWN_RI, ..fee }, Row { account: B, arn: SISTER_RI, ..fee }]);
    assert!(two.reasons().contains("unresolved_owner"), "two accounts pay for one subscription");
}

#[test]
fn an_arn_without_an_account_is_unresolved() {
    let billed = world().bill(&[ri("arn:aws:ec2:ap-northeast-1::reserved-instances/r-1")]);
    assert_eq!(billed.holds(), [("P-A", A, "unresolved_owner")]);
}

#[test]
fn after_pricing_no_charge_refers_to_a_commitment_outside_its_group() {
    let rows = [ri(OWN_RI), ri(FOREIGN_RI), ri(SISTER_RI)].into_iter().chain(sp(FOREIGN_SP)).chain(sp(OWN_SP));
    let billed = world().bill(&rows.collect::<Vec<_>>());
    for passed in &billed.bill.list.passed {
        let arn = billed.facts.text(billed.facts.facts[passed.fact].key.commitment_arn);
        assert!([OWN_RI, OWN_SP].contains(&arn), "{arn}");
    }
}
