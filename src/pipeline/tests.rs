//! What always holds, on months of random rows of every kind.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::money::Usd;
use crate::terms::{BorneBy, CreditTreatment, FreeTierPolicy, Sharing};
use crate::testing::*;

const RIS: [&str; 3] = [
    "arn:aws:ec2:x:111111111111:reserved-instances/a",
    "arn:aws:ec2:x:222222222222:reserved-instances/b",
    "arn:aws:ec2:x:999999999999:reserved-instances/s",
];

/// A on a percentage, B in an organization with the reseller's C, the stranger on nothing.
fn world(policy: usize) -> World {
    let mut flat = percent_plan("flat", "7", &["AmazonEC2", "AmazonS3"]);
    flat.free_tier = [FreeTierPolicy::AlwaysFreePerGroup, FreeTierPolicy::None, FreeTierPolicy::AsBilled][policy];
    let mut org =
        category_plan("org", &[("s3", off("3"), &["AmazonS3"], ""), ("ec2", off("5.5"), &["AmazonEC2"], "Box")]);
    org.sharing = Sharing::Organization;
    World::new()
        .plan(flat)
        .plan(org)
        .account(A, "P-A", "flat")
        .contract(B, "P-B", "org", "O", BorneBy::Customer)
        .contract(C, "", "", "O", BorneBy::Reseller)
        .price("ONE", "0.124")
        .ladder("TWICE", "2020-01-01", &[("Inf", "0.3")])
        .ladder("TWICE", "2025-05-15", &[("Inf", "0.25")])
        .ladder("TIER", "2020-01-01", &[("50", "0.114"), ("90", "0.089"), ("Inf", "0.086")])
        .ladder("TIER", "2025-05-15", &[("40", "0.2"), ("Inf", "0.07")])
        .ladder("ZERO", "2020-01-01", &[("30", "0"), ("Inf", "0.0000004")])
        .offer("Global", "20", &["TIER", "ONE"])
        .credit_rule("Credit", "registered", CreditTreatment::Customer)
        .credit_rule("Credit", "waiting", CreditTreatment::Hold)
}

const KINDS: [&str; 15] = [
    "Usage",
    "Usage",
    "Usage",
    "DiscountedUsage",
    "SavingsPlanCoveredUsage",
    "SavingsPlanNegation",
    "RIFee",
    "Fee",
    "EdpDiscount",
    "BundledDiscount",
    "Credit",
    "Refund",
    "Tax",
    "SavingsPlanRecurringFee",
    "SomethingNew",
];

prop_compose! {
    fn any_row()(
        kind in 0_usize..15, account in 0_usize..4, sku in 0_usize..6, product in 0_usize..3, arn in 0_usize..4,
        quantity in -30_000_i64..90_000, cost in prop_oneof![Just(0_i64), -2_000_000..9_000_000_i64],
        public in prop::option::of(0_i64..9_000_000), late in any::<bool>(), payer in any::<bool>(),
        text in 0_usize..4, entity in 0_usize..8,
    ) -> Row {
        let decimal = |count: i64, places: u32| kept(crate::money::format_grid(i128::from(count) * 10_i128.pow(18 - places)));
        Row {
            payer: if payer { PAYER } else { OTHER_PAYER },
            account: [A, B, C, STRANGER][account],
            line_type: KINDS[kind],
            product: ["AmazonEC2", "AmazonS3", "AWSSupportBusiness"][product],
            usage_type: ["BoxUsage:m5", "SpotUsage:m5", "NatGateway", "Box"][text],
            sku: ["ONE", "TWICE", "TIER", "ZERO", "NOLIST", ""][sku],
            quantity: decimal(quantity, 3),
            cost: decimal(cost, 7),
            public_cost: public.map_or("", |cost| decimal(cost, 7)),
            arn: if (3..8).contains(&kind) || kind == 11 { ["", RIS[0], RIS[1], RIS[2]][arn] } else { "" },
            start: if late { "2025-05-20T00:00:00Z" } else { "2025-05-02T00:00:00Z" },
            description: ["SLA", "registered", "waiting", "EDP"][text],
            billing_entity: if entity == 0 { "AWS Marketplace" } else { "AWS" },
            ..Row::default()
        }
    }
}

proptest! {
    #[test]
    fn every_bridge_closes_and_every_dollar_of_aws_is_accounted_for(
        rows in prop::collection::vec(any_row(), 1..60), policy in 0_usize..3,
    ) {
        // `bill` itself checks the sums of section 9; here they are made again, from what is told.
        let billed = world(policy).try_bill(&rows).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let mut bridges: BTreeMap<String, BTreeMap<&str, Usd>> = BTreeMap::new();
        for row in billed.bill.bridge.rows(&billed.facts) {
            *bridges.entry(row.account_id).or_default().entry(row.cause).or_default() += row.amount;
        }
        let unblended: Usd = bridges.values().map(|bridge| bridge["aws_unblended"]).sum();
        prop_assert_eq!(unblended, rows.iter().map(|row| usd(row.cost)).sum::<Usd>());
        for (account, bridge) in &bridges {
            let totals = ["list_total", "net_total", "plan_discount"];
            let named: Usd = bridge.iter().filter(|(cause, _)| !totals.contains(cause)).map(|(_, amount)| *amount).sum();
            prop_assert_eq!(named, bridge["list_total"], "{}", account);
            let discount = bridge.get("plan_discount").copied().unwrap_or_default();
            prop_assert_eq!(bridge["list_total"] + discount, bridge["net_total"], "{}", account);
        }
        for invoice in &billed.bill.invoices {
            prop_assert_eq!(invoice.lines.iter().map(|line| line.net_jpy).sum::<crate::money::Yen>() + invoice.tax_jpy, invoice.total_jpy);
        }
    }

    #[test]
    fn no_discount_flips_a_charge_or_takes_more_than_it(
        rows in prop::collection::vec(any_row(), 1..60), policy in 0_usize..3,
    ) {
        for charge in world(policy).bill(&rows).bill.discounted.charges {
            let (list, discount) = (charge.list.units(), charge.discount.units());
            prop_assert!(discount == 0 || (discount < 0) == (list > 0), "{} of {}", charge.discount, charge.list);
            prop_assert!(charge.discount.abs() <= charge.list.abs());
        }
    }

    #[test]
    fn shares_of_facts_sum_to_their_charges_and_parts_of_lines_to_their_lines(
        rows in prop::collection::vec(any_row(), 1..60), policy in 0_usize..3,
    ) {
        let billed = world(policy).bill(&rows);
        let (list, charges) = (&billed.bill.list, &billed.bill.discounted.charges);
        for sku in &list.sku_charges {
            let places: Vec<usize> = sku.parts.iter().flat_map(|part| part.facts.iter().map(|(fact, _)| *fact)).collect();
            let shares: Usd = charges.iter().filter(|charge| places.contains(&charge.fact)).map(|charge| charge.list).sum();
            prop_assert_eq!(shares, sku.parts.iter().map(|part| part.list).sum::<Usd>());
        }
        for line in &billed.bill.yen.lines {
            prop_assert_eq!(line.services.iter().map(|part| part.net_jpy).sum::<crate::money::Yen>(), line.net_jpy);
            prop_assert_eq!(line.services.iter().map(|part| part.net_usd).sum::<Usd>(), line.net_usd);
        }
    }

    #[test]
    fn the_order_of_rows_and_of_facts_does_not_matter(
        rows in prop::collection::vec(any_row(), 1..40).prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
        policy in 0_usize..3,
    ) {
        let (rows, shuffled) = rows;
        let (one, other) = (world(policy).bill(&rows), world(policy).bill(&shuffled));
        prop_assert_eq!(&one.facts, &other.facts);
        prop_assert_eq!(&one.bill.discounted.charges, &other.bill.discounted.charges);
        // The stages ask for sorted facts; their sums must not hang on it.
        let mut facts = one.facts.clone();
        facts.facts.reverse();
        let turned = crate::pipeline::bill(&facts, &world(policy).0).unwrap();
        prop_assert_eq!(one.bill.bridge.rows(&one.facts), turned.bridge.rows(&facts));
        let totals = |bill: &crate::pipeline::Bill| -> Vec<_> {
            bill.invoices.iter().map(|invoice| (invoice.project.project_id.clone(), invoice.total_jpy, invoice.status)).collect()
        };
        prop_assert_eq!(totals(&one.bill), totals(&turned));
        let reasons = |bill: &crate::pipeline::Bill| -> std::collections::BTreeSet<_> {
            bill.holds.iter().map(|hold| (hold.project_id.clone(), hold.account_id.clone(), hold.reason)).collect()
        };
        prop_assert_eq!(reasons(&one.bill), reasons(&turned));
    }
}
