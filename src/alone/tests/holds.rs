use crate::terms::{BorneBy, Sharing};
use crate::testing::*;

fn row(cost: &'static str) -> Row {
    Row { cost, ..Row::default() }
}

fn world() -> World {
    World::new().price("M5", "0.5")
}

#[test]
fn an_unknown_line_type_stays_undiscounted_in_usage_and_holds() {
    let world = world().plan(percent_plan("flat", "7", &["AmazonEC2"])).account(A, "P-A", "flat");
    let billed = world.bill(&[Row { line_type: "FlatRateSubscription", ..row("20") }]);
    assert_eq!(billed.usage(A), ("20.0".into(), "0.0".into()));
    assert_eq!(billed.holds(), [("P-A", A, "unknown_line_type")]);
}

#[test]
fn an_account_without_a_contract_is_priced_without_discount_and_on_no_invoice() {
    let billed = world().bill(&[Row { account: STRANGER, ..row("0.5") }]);
    assert_eq!(billed.bridge(STRANGER), told(&[("aws_unblended", "0.5"), ("list_total", "0.5")]));
    assert_eq!(billed.holds(), [("", STRANGER, "unknown_account")]);
    assert!(billed.bill.yen.lines.is_empty() && billed.bill.invoices.is_empty());
    // A contract of another month does not count.
    let mut ended = world();
    ended.0.accounts[0].valid_to = Some(month("2025-04"));
    assert_eq!(ended.bill(&[row("0.5")]).holds(), [("", A, "unknown_account")]);
}

#[test]
fn an_account_the_reseller_bears_is_known_and_on_no_invoice() {
    let world = world().contract(A, "", "", "", BorneBy::Reseller);
    let billed = world.bill(&[row("0.5")]);
    assert!(billed.holds().is_empty() && billed.bill.invoices.is_empty());
    assert_eq!(billed.bridge(A), told(&[("aws_unblended", "0.5"), ("list_total", "0.5")]));
}

#[test]
fn any_row_with_a_cost_and_no_invoice_id_is_not_final() {
    #[rustfmt::skip]
    let cases = [
        (Row { invoice_id: "", ..row("0.5") },                           true),
        (Row { invoice_id: "", line_type: "Tax", ..row("0.01") },        true),
        (Row { invoice_id: "", line_type: "Credit", ..row("-1") },       true),
        (Row { invoice_id: "", ..row("0") },                             false),
        (row("0.5"),                                                     false),
    ];
    for (row, held) in cases {
        assert_eq!(world().bill(&[row]).reasons().contains("not_final"), held, "{} {}", row.line_type, row.cost);
    }
}

#[test]
fn rows_that_cancel_are_still_not_final() {
    let billed =
        world().bill(&[Row { invoice_id: "", ..row("0.5") }, Row { invoice_id: "", quantity: "-1", ..row("-0.5") }]);
    assert!(billed.reasons().contains("not_final"));
}

#[test]
fn what_can_move_a_counter_holds_every_project_of_the_group_and_the_rest_only_its_own() {
    let mut plan = percent_plan("org", "0", &[]);
    plan.sharing = Sharing::Organization;
    let world = world().plan(plan).contract(A, "P-A", "org", "O", BorneBy::Customer).contract(
        B,
        "P-B",
        "org",
        "O",
        BorneBy::Customer,
    );
    let world = world.contract(C, "", "", "O", BorneBy::Reseller).credit_rule(
        "Credit",
        "",
        crate::terms::CreditTreatment::Hold,
    );
    let fine = Row { account: B, ..row("0.5") };
    #[rustfmt::skip]
    let cases = [
        (Row { line_type: "New", ..row("1") },                                        vec!["P-A", "P-B"]),
        (Row { invoice_id: "", ..row("0.5") },                                        vec!["P-A", "P-B"]),
        (Row { line_type: "DiscountedUsage", ..row("0") },                            vec!["P-A", "P-B"]), // Blank ARN.
        (Row { line_type: "SavingsPlanNegation", arn: "arn:aws:savingsplans::111111111111:s/1", ..row("-1") }, vec!["P-A", "P-B"]),
        (Row { account: C, line_type: "New", ..row("1") },                            vec!["P-A", "P-B"]), // Also the reseller's.
        (Row { line_type: "Credit", ..row("-1") },                                    vec!["P-A"]),
        (Row { sku: "NOLIST", ..row("1") },                                           vec!["P-A"]),
    ];
    for (row, projects) in cases {
        let billed = world.bill(&[row, fine]);
        let found: Vec<&str> = billed.holds().iter().map(|(project, _, _)| *project).collect();
        assert_eq!(found, projects, "{} {:?}", row.line_type, billed.holds());
    }
}

#[test]
fn an_assumed_price_or_offer_holds_the_projects_that_used_it() {
    let world = World::new().ladder_from("M5", "2020-01-01", &[("Inf", "0.5")], " Assumed ").price("T", "0.1");
    let billed = world.bill(&[row("0.5"), Row { account: B, sku: "T", cost: "0.1", ..Row::default() }]);
    assert_eq!(billed.holds(), [("P-A", A, "assumed_rate")]);
    let mut world = World::new().price("T", "0.1").price("M5", "0.5").offer("Global", "100", &["T"]);
    world.0.price_list.free_offers.get_mut("Global").unwrap()[0].source = String::from("assumed");
    let billed = world.bill(&[row("0.5"), Row { account: B, sku: "T", cost: "0.1", ..Row::default() }]);
    assert_eq!(billed.holds(), [("P-B", B, "assumed_rate")]);
}
