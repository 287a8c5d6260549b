use proptest::prelude::*;

use crate::alone::rate::{FreeRule, VersionQuantity, rate};
use crate::money::{Quantity, UnitPrice, Usd};
use crate::terms::{Ladder, PriceRange, PriceVersion};
use crate::testing::*;

fn units(count: i64) -> Quantity {
    Quantity::from_units(i128::from(count) * 1_000_000_000_000_000_000)
}

fn cents(count: i64) -> UnitPrice {
    UnitPrice::from_units(i128::from(count) * 10_000_000_000_000_000)
}

/// A ladder from the ends of its ranges and one price more than ends.
fn ladder(ends: &[i64], prices: &[i64]) -> Ladder {
    let begins = [0].into_iter().chain(ends.iter().copied());
    let ends = ends.iter().map(|&end| Some(units(end))).chain([None]);
    let range = |((begin, end), &price)| PriceRange { begin: units(begin), end, price: cents(price) };
    Ladder { ranges: begins.zip(ends).zip(prices).map(range).collect() }
}

/// The charge in cents, one unit after the other.
fn charge_by_unit(ladders: &[(&[i64], &[i64], i64)], mut free: i64) -> i64 {
    let (mut position, mut charge) = (0, 0);
    for (ends, prices, quantity) in ladders {
        for _ in 0..*quantity {
            if free > 0 {
                free -= 1;
                continue;
            }
            position += 1;
            let range = ends.iter().position(|&end| position <= end).unwrap_or(ends.len());
            charge += prices[range];
        }
    }
    charge
}

proptest! {
    #[test]
    fn a_ladder_charges_what_a_count_unit_by_unit_charges(
        first in 1_i64..60, more in 1_i64..60,
        prices in prop::array::uniform3(1_i64..50), later in prop::array::uniform3(1_i64..50),
        quantities in prop::array::uniform2(0_i64..150), free in 0_i64..200,
    ) {
        prop_assume!(quantities[0] + quantities[1] > 0);
        let ends = [first, first + more];
        let version = |prices: &[i64]| PriceVersion {
            effective_from: may().start(), ladder: ladder(&ends, prices), unit: String::new(), sources: Vec::new(),
        };
        let (one, two) = (version(&prices), version(&later));
        let versions = [
            VersionQuantity { version: &one, quantity: units(quantities[0]) },
            VersionQuantity { version: &two, quantity: units(quantities[1]) },
        ];
        let slow = |free| charge_by_unit(&[(&ends[..], &prices[..], quantities[0]), (&ends[..], &later[..], quantities[1])], free);
        let dollars = |cents: i64| Usd::from_units(i128::from(cents) * 10_000_000_000_000_000);
        let total = quantities[0] + quantities[1];
        for rule in [FreeRule::Allowance(units(free)), FreeRule::AsBilled(units(free))] {
            let rated = rate(&versions, rule).unwrap();
            prop_assert_eq!(rated.charge, dollars(slow(free)));
            prop_assert_eq!(rated.free, units(free.min(total)));
        }
        prop_assert_eq!(rate(&versions, FreeRule::Nothing).unwrap().charge, dollars(slow(0)));
    }

    /// The strongest test: with the whole payer as one group, nothing of AWS's charge changes.
    #[test]
    fn with_everybody_in_one_group_the_list_total_is_aws_s_own(
        rows in prop::collection::vec((0_usize..3, 0_usize..4, 1_i64..90), 1..25),
    ) {
        let mut plan = percent_plan("org", "0", &[]);
        plan.sharing = crate::terms::Sharing::Organization;
        let tiers: (&[i64], &[i64]) = (&[100, 250], &[9, 7, 4]);
        let mut world = World::new().plan(plan).price("M5", "0.12")
            .ladder("OUT", "2020-01-01", &[("100", "0.09"), ("250", "0.07"), ("Inf", "0.04")]);
        for account in [A, B, C] {
            world = world.contract(account, "P-A", "org", "O", crate::terms::BorneBy::Customer);
        }
        let money = |cents: i64| kept(crate::money::format_grid(i128::from(cents) * 10_000_000_000_000_000));
        let (mut used, mut made) = (0, Vec::new());
        for (account, kind, quantity) in rows {
            let account = [A, B, C][account];
            let row = Row { account, quantity: kept(quantity), ..Row::default() };
            match kind {
                0 => made.push(Row { cost: money(quantity * 12), ..row }),
                1 => { // AWS fills the organization's tiers in order of time.
                    let charge = |quantity| charge_by_unit(&[(tiers.0, tiers.1, quantity)], 0);
                    made.push(Row { sku: "OUT", cost: money(charge(used + quantity) - charge(used)), ..row });
                    used += quantity;
                }
                2 => {
                    let arn = "arn:aws:ec2:x:222222222222:reserved-instances/r";
                    made.push(Row { line_type: "DiscountedUsage", arn, cost: "0", public_cost: money(quantity * 12), ..row });
                }
                _ => {
                    let arn = "arn:aws:savingsplans::333333333333:savingsplan/s";
                    let covered = Row { line_type: "SavingsPlanCoveredUsage", arn, cost: money(quantity * 12), ..row };
                    made.push(covered);
                    made.push(Row { line_type: "SavingsPlanNegation", cost: money(-quantity * 12), ..covered });
                }
            }
        }
        let billed = world.bill(&made);
        let rows = billed.bill.bridge.rows(&billed.facts);
        let sum = |cause: &str| -> Usd { rows.iter().filter(|row| row.cause == cause).map(|row| row.amount).sum() };
        prop_assert_eq!(sum("list_total"), sum("aws_unblended"));
        let causes: std::collections::BTreeSet<_> = rows.iter().map(|row| row.cause).collect();
        for cause in causes {
            prop_assert!(["aws_unblended", "list_total", "net_total", "tier_rerated"].contains(&cause), "{}", cause);
        }
        prop_assert_eq!(sum("tier_rerated"), Usd::ZERO);
    }
}
