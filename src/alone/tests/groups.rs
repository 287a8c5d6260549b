use crate::alone::Groups;
use crate::terms::{BorneBy, Sharing};
use crate::testing::*;

#[test]
fn only_accounts_of_one_organization_on_an_organization_plan_share() {
    let mut plan = percent_plan("org", "0", &[]);
    plan.sharing = Sharing::Organization;
    let world = World::new().plan(plan);
    #[rustfmt::skip]
    let cases = [
        // plan and organization of A, of B                who bears B          share
        (("org", "O"),  ("org", "O"),                      BorneBy::Customer,   true),
        (("org", "O"),  ("org", "O"),                      BorneBy::Reseller,   true),
        (("org", "O"),  ("",    "O"),                      BorneBy::Reseller,   true),
        (("org", "O"),  ("org", "X"),                      BorneBy::Customer,   false),
        (("org", "O"),  ("",    ""),                       BorneBy::Reseller,   false),
        (("none", "O"), ("none", "O"),                     BorneBy::Customer,   false), // The plan shares nothing.
        (("none", "O"), ("",    "O"),                      BorneBy::Reseller,   false),
        (("none", ""),  ("none", ""),                      BorneBy::Customer,   false), // No organization is not one.
        (("org", ""),   ("org", ""),                       BorneBy::Customer,   false),
    ];
    for ((plan_a, org_a), (plan_b, org_b), by, share) in cases {
        let world =
            world.clone().contract(A, "P-A", plan_a, org_a, BorneBy::Customer).contract(B, "P-A", plan_b, org_b, by);
        let groups = Groups::of(&world.facts(&[Row::default()]), &world.0);
        assert_eq!(groups.share(A, B), share, "{plan_a} {org_a} {plan_b} {org_b} {by:?}");
        assert!(groups.share(A, A) && groups.share(B, B));
        assert!(!groups.share(A, STRANGER));
    }
}

#[test]
fn a_contract_of_another_month_shares_nothing() {
    let mut plan = percent_plan("org", "0", &[]);
    plan.sharing = Sharing::Organization;
    let mut world = World::new().plan(plan);
    for account in [A, B] {
        world = world.contract(account, "P-A", "org", "O", BorneBy::Customer);
    }
    world.0.accounts[1].valid_to = Some(month("2025-04"));
    let groups = Groups::of(&world.facts(&[Row { account: B, ..Row::default() }]), &world.0);
    assert!(!groups.share(A, B));
}
