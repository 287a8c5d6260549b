//! What must hold of the output when every account is alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::decimal::{ONE, text, times};
use super::given_back::given_back;
use super::outputs::{Bridge, Causes, amount, charges};
use super::report::Row;
use super::strangers::owner;
use super::world::World;

/// Compares the bridges of both modes.
pub fn assert_reapplied(world: &World, stripped: &Bridge, reapplied: &Bridge, rows: &[Row]) {
    const CHANGED: [&str; 4] = ["own_commitment_reapplied", "list_total", "plan_discount", "net_total"];
    let unchanged = |bridge: &Bridge| -> BTreeMap<(String, String), Causes> {
        let mut lines = bridge.0.clone();
        lines.values_mut().for_each(|causes| causes.retain(|cause, _| !CHANGED.contains(&cause.as_str())));
        lines
    };
    assert_eq!(unchanged(reapplied), unchanged(stripped), "no other line changes");
    let owners: BTreeSet<_> = rows.iter().filter(|row| row.class == "commitment_fee").map(|row| row.account).collect();
    let after = reapplied.by_account();
    for (account, expected) in given_back(world, rows) {
        let given = -amount(&after[account], "own_commitment_reapplied");
        let is_equal = (given - expected).abs() < ONE / 10_000_000;
        assert!(is_equal, "{account} gets back {}, by the rules {}", text(given), text(expected));
    }
    for (account, before) in stripped.by_account() {
        let after = &after[account];
        let given = amount(after, "own_commitment_reapplied");
        assert!(given <= 0, "{account} is charged {} for its own commitment", text(given));
        assert!(given == 0 || owners.contains(account), "{account} owns nothing that could be given back");
        let uncovered = amount(&before, "foreign_ri_removed") + amount(&before, "foreign_sp_removed");
        let most = if amount(&before, "tier_rerated") == 0 { uncovered } else { i128::MAX };
        assert!(-given <= most, "{account} gets back {}, of {} un-covered", text(-given), text(uncovered));
        let less = amount(&before, "list_total") - amount(after, "list_total");
        assert_eq!(text(less), text(-given), "the list total of {account}");
        assert!(amount(after, "net_total") <= amount(&before, "net_total"), "the net total of {account}");
    }
}

/// No charge refers to a stranger's commitment as covered: it is at list, or, given back, below. Gives how many it saw.
pub fn assert_no_foreign_cover(world: &World, month: &Path, is_at_list: bool) -> usize {
    let mut count = 0;
    for charge in charges(month) {
        if charge.commitment.is_empty() || owner(&charge.commitment) == charge.account {
            continue;
        }
        count += 1;
        match charge.line_type.as_str() {
            "DiscountedUsage" | "SavingsPlanCoveredUsage" => {
                assert_eq!(charge.source, "price_list", "{charge:?}");
                let versions = &world.catalog.skus[charge.sku.as_str()].versions;
                if versions.len() == 1 && !world.catalog.is_tiered(&charge.sku) {
                    let list = times(charge.quantity, versions[0].ranges[0].1);
                    let fits = if is_at_list { charge.list == list } else { (0..=list).contains(&charge.list) };
                    assert!(fits, "{charge:?} is {} at list", text(list));
                }
            }
            _ => assert_eq!((charge.list, charge.quantity.min(0)), (0, charge.quantity.min(0)), "{charge:?}"),
        }
    }
    count
}
