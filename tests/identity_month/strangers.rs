//! What each account of a generated month owes when every account is alone, by the rules of pricing alone.

use std::collections::BTreeMap;

use super::decimal::times;
use super::report::Row;
use super::tiers::Counters;
use super::world::World;

/// The owner of a commitment: the account in its ARN.
pub fn owner(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or_default()
}

/// What stripping takes from an account or gives it, and what it owes at list.
#[derive(Default)]
pub struct Alone {
    pub foreign_ri_removed: i128,
    pub foreign_sp_removed: i128,
    pub list: i128,
}

/// Accounts without usage of SKUs whose allowance several SKUs share: there the order of time would count.
pub fn alone(world: &World, rows: &[Row]) -> BTreeMap<&'static str, Alone> {
    let is_shared = |sku: &str| {
        world.catalog.offers.iter().any(|offer| offer.applies_to.len() > 1 && offer.applies_to.contains(&sku))
    };
    let mut accounts: BTreeMap<_, Alone> = BTreeMap::new();
    // One set of counters for each account; the rows come in order of time.
    let mut counters: BTreeMap<_, Counters> = BTreeMap::new();
    for row in rows {
        let arn = if row.reservation.is_empty() { &row.plan } else { &row.reservation };
        let is_foreign = !arn.is_empty() && owner(arn) != row.account;
        let sums = accounts.entry(row.account).or_default();
        let mut at_list = || -> i128 {
            let parts = counters.entry(row.account).or_default().count(&world.catalog, row.sku, row.hour, row.quantity);
            parts.iter().map(|part| times(part.quantity, part.price)).sum()
        };
        let public_cost = row.public_cost.unwrap_or_default();
        match row.class {
            "usage" if row.usage_type.contains("SpotUsage") => sums.list += row.cost,
            "usage" => sums.list += at_list(),
            "ri_covered" if is_foreign => {
                sums.foreign_ri_removed += public_cost;
                sums.list += at_list();
            }
            "ri_covered" => {}
            "sp_covered" if is_foreign => {
                sums.foreign_sp_removed += public_cost - row.cost;
                sums.list += at_list();
            }
            "sp_negation" if is_foreign => sums.foreign_sp_removed -= row.cost,
            "sp_covered" | "sp_negation" | "commitment_fee" | "one_off_fee" => sums.list += row.cost,
            class => panic!("no rule for {class}"),
        }
    }
    for row in rows.iter().filter(|row| is_shared(row.sku)) {
        accounts.remove(row.account);
    }
    accounts
}
