use crate::terms::CreditTreatment::{Customer, Hold, Reseller};
use crate::terms::Section;
use crate::testing::*;

const OWN_RI: &str = "arn:aws:ec2:ap-northeast-1:111111111111:reserved-instances/r-1";
const SISTER_RI: &str = "arn:aws:ec2:ap-northeast-1:222222222222:reserved-instances/r-2";
const FOREIGN_RI: &str = "arn:aws:ec2:ap-northeast-1:999999999999:reserved-instances/r-9";

fn row(line_type: &'static str, description: &'static str) -> Row {
    Row { line_type, description, cost: "-10", sku: "", quantity: "0", ..Row::default() }
}

/// A on a plan that takes 7 % off EC2 and commitment fees.
fn world() -> World {
    World::new().plan(percent_plan("flat", "7", &["AmazonEC2"])).account(A, "P-A", "flat")
}

fn removed(cause: &'static str) -> Vec<(&'static str, String)> {
    told(&[("aws_unblended", "-10.0"), (cause, "10.0")])
}

#[test]
fn credits_are_the_reseller_s_unless_registered() {
    assert_eq!(world().bill(&[row("Credit", "Promotion")]).bridge(A), removed("credits_removed"));
    let registered = world().credit_rule("Credit", "promo", Customer);
    let billed = registered.bill(&[row("Credit", "PROMOTION X")]);
    // Passed on after the discount, never discounted itself.
    assert_eq!(billed.section(A, Section::Credits), ("-10.0".into(), "0.0".into()));
}

#[test]
fn the_first_rule_that_matches_decides_on_all_four_fields() {
    let mut world = world()
        .credit_rule("Credit", "both", Hold)
        .credit_rule("", "both", Customer)
        .credit_rule("Refund", "", Reseller);
    world.0.credit_rules[1].product_code = String::from("AmazonEC2");
    world.0.credit_rules[1].account_id = String::from(A);
    #[rustfmt::skip]
    let cases = [
        (row("Credit", "both"),                                   "held"),
        (row("Refund", "of both"),                                "passed"),
        (row("Refund", "else"),                                   "removed"),
        (Row { product: "AmazonS3", ..row("Refund", "both") },    "removed"),
        (Row { account: B, ..row("Refund", "both") },             "removed"),
        (row("Credit", "else"),                                   "removed"),
    ];
    for (row, expected) in cases {
        let billed = world.bill(&[row]);
        let passed = billed.section(row.account, Section::Credits).0 == "-10.0";
        let held = billed.reasons().contains("credit_held");
        let found = if held {
            "held"
        } else if passed {
            "passed"
        } else {
            "removed"
        };
        assert_eq!(found, expected, "{} {:?}", row.line_type, row.description);
        assert!(!(held && passed), "a held credit is left out until decided");
    }
}

#[test]
fn refunds_by_default() {
    #[rustfmt::skip]
    let cases = [
        // description                                  product                to the customer
        ("Refund for SLA breach",                       "AmazonEC2",           true),
        ("SPP discount for April",                      "AmazonEC2",           false),
        ("refund: edp",                                 "AmazonEC2",           false),
        ("AWS Solution   Provider Program Discount",    "AmazonEC2",           false),
        ("private pricing adjustment",                  "AmazonEC2",           false),
        ("Partner Discount",                            "AmazonEC2",           false),
        ("SPPX is another word",                        "AmazonEC2",           true), // Whole words.
        ("edpoint refund",                              "AmazonEC2",           true),
        ("Refund of support",                           "AWSSupportBusiness",  false),
        ("Refund of tax",                               "AmazonEC2",           false),
        ("Refund of 消費税",                              "AmazonEC2",           false),
        ("Refund of Syntax Inc. usage",                 "AmazonEC2",           true),
    ];
    for (description, product, is_customer_s) in cases {
        let billed = world().bill(&[Row { product, ..row("Refund", description) }]);
        if is_customer_s {
            assert_eq!(billed.section(A, Section::Credits).0, "-10.0", "{description}");
        } else {
            assert_eq!(billed.bridge(A), removed("refunds_removed"), "{description}");
        }
    }
    let taxed = world().bill(&[Row { tax_type: "Consumption", ..row("Refund", "x") }]);
    assert_eq!(taxed.bridge(A), removed("refunds_removed"));
}

#[test]
fn a_refund_carries_the_discount_of_its_line() {
    let billed = world().bill(&[row("Refund", "SLA")]);
    assert_eq!(billed.section(A, Section::Credits), ("-10.0".into(), "0.7".into()));
    let other = world().bill(&[Row { product: "AmazonS3", ..row("Refund", "SLA") }]); // Not on the allow-list.
    assert_eq!(other.section(A, Section::Credits), ("-10.0".into(), "0.0".into()));
}

#[test]
fn a_refund_is_discounted_by_the_plan_of_its_usage_month() {
    let mut world = world().plan(percent_plan("old", "5", &["AmazonEC2"]));
    let mut earlier = world.0.accounts[0].clone();
    (earlier.plan_id, earlier.valid_to) = (String::from("old"), Some(month("2025-03")));
    world.0.accounts[0].valid_from = month("2025-05");
    world.0.accounts.insert(0, earlier);
    #[rustfmt::skip]
    let cases = [
        ("2025-05-03T00:00:00Z", "0.7"),
        ("2025-03-03T00:00:00Z", "0.5"),
        ("2025-04-03T00:00:00Z", "0.7"), // No contract then: the plan of the billing month.
        ("2020-01-03T00:00:00Z", "0.7"),
    ];
    for (start, discount) in cases {
        let billed = world.bill(&[Row { start, ..row("Refund", "SLA") }]);
        assert_eq!(billed.section(A, Section::Credits), ("-10.0".into(), discount.into()), "{start}");
    }
}

#[test]
fn a_refund_of_a_commitment_goes_to_its_owner_and_is_discounted_as_its_fees() {
    let own = world().bill(&[Row { arn: OWN_RI, product: "AmazonRDS", ..row("Refund", "RI") }]);
    assert_eq!(own.section(A, Section::Credits), ("-10.0".into(), "0.7".into())); // Not asked of the allow-list.
    let savings_plan = Row { product: "ComputeSavingsPlans", ..row("Refund", "returned") };
    assert_eq!(world().bill(&[savings_plan]).section(A, Section::Credits), ("-10.0".into(), "0.7".into()));
    let mut plan = percent_plan("flat", "7", &["AmazonEC2"]);
    plan.commitment_fees = false;
    let undiscounted = world().plan(plan).bill(&[Row { arn: OWN_RI, ..row("Refund", "RI") }]);
    assert_eq!(undiscounted.section(A, Section::Credits), ("-10.0".into(), "0.0".into()));
}

#[test]
fn a_refund_of_another_account_s_commitment_leaves_one_bridge_for_the_other() {
    let of_b = Row { arn: SISTER_RI, ..row("Refund", "RI") };
    let present = Row { account: B, sku: "OK", cost: "1", ..Row::default() };
    let billed = world().price("OK", "1").bill(&[of_b, present]);
    assert_eq!(billed.bridge(A), removed("refunds_removed"));
    let expected = [("aws_unblended", "1.0"), ("list_total", "-9.0"), ("refunds_removed", "-10.0")];
    assert_eq!(billed.bridge(B), told(&expected));
    assert_eq!(billed.section(B, Section::Credits), ("-10.0".into(), "0.0".into())); // B's plan takes nothing off.
    // A stranger's commitment is none of a customer's.
    let stranger = world().bill(&[Row { arn: FOREIGN_RI, ..row("Refund", "RI") }]);
    assert_eq!(stranger.bridge(A), removed("refunds_removed"));
}

#[test]
fn a_refund_for_a_customer_without_a_row_is_never_lost_in_silence() {
    let billed = world().bill(&[Row { arn: SISTER_RI, ..row("Refund", "RI") }]);
    assert!(billed.holds().contains(&("P-B", B, "refund_review")), "{:?}", billed.holds());
    // Nor for one whose contract has ended.
    let mut ended = world();
    ended.0.accounts[1].valid_to = Some(month("2025-04"));
    let billed = ended.bill(&[Row { arn: SISTER_RI, ..row("Refund", "RI") }]);
    assert!(billed.holds().contains(&("", B, "refund_review")), "{:?}", billed.holds());
}
