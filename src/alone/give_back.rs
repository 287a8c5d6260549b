//! What the usage costs that is left when a group's own commitments cover the rest.

use super::counters::{Item, SkuKey};
use super::error::At;
use super::pricer::Pricer;
use super::reapply::Given;
use super::{AloneError, Cause, GroupId, SkuCharge};
use crate::money::{MoneyError, Quantity, Usd, split_by_weight};

/// How much of each fact is covered, in order of the facts, as what is given is.
pub(super) fn covered_by_fact(given: &[Given]) -> Vec<(usize, Quantity)> {
    let of_fact = given.chunk_by(|one, other| one.fact == other.fact);
    of_fact.map(|given| (given[0].fact, given.iter().map(|given| given.quantity).sum())).collect()
}

/// How much of one fact is covered.
fn covered_of(covered: &[(usize, Quantity)], fact: usize) -> Option<Quantity> {
    let place = covered.binary_search_by_key(&fact, |(fact, _)| *fact).ok()?;
    Some(covered[place].1)
}

/// The counters of a group with less quantity.
pub(super) type Reduced = Vec<(SkuKey, Vec<Item>)>;

/// The counters of a group without what is covered; nothing where nothing is.
pub(super) fn without_covered(
    counters: &[(SkuKey, &[Item])],
    covered: &[(usize, Quantity)],
) -> Result<Option<Reduced>, MoneyError> {
    let is_covered = |item: &Item| covered_of(covered, item.fact).is_some();
    if covered.is_empty() || !counters.iter().any(|(_, items)| items.iter().any(is_covered)) {
        return Ok(None);
    }
    let reduce = |item: &Item| covered_of(covered, item.fact).map_or(Ok(*item), |quantity| item.without(quantity));
    let mut reduced = Vec::with_capacity(counters.len());
    for (key, items) in counters {
        reduced.push((*key, items.iter().map(reduce).collect::<Result<Vec<Item>, MoneyError>>()?));
    }
    Ok(Some(reduced))
}

impl Pricer<'_> {
    /// Prices a group without and with its own commitments: every cause of the bridge is as if nothing had been
    /// given back, and the difference is a cause of its own.
    pub(super) fn price_with_own_commitments(
        &mut self,
        group: GroupId,
        counters: &[(SkuKey, &[Item])],
        reduced: &[(SkuKey, Vec<Item>)],
    ) -> Result<(), AloneError> {
        let (mut before, mut after) = (self.fresh(), self.fresh());
        before.price_group(group, counters)?;
        let reduced: Vec<(SkuKey, &[Item])> = reduced.iter().map(|(key, items)| (*key, items.as_slice())).collect();
        after.price_group(group, &reduced)?;
        assert_eq!(before.ends, after.ends, "what is covered changes amounts, not who has a charge");
        let mut start = 0;
        for &end in &before.ends {
            let (before, after) = (&before.charges[start..end], &mut after.charges[start..end]);
            keep_at_nothing(before, after);
            keep_below(before, after).at(|| String::from("usage covered by own commitments"))?;
            start = end;
        }
        for (without, with) in before.charges.iter().zip(&after.charges) {
            let difference = list_of(with) - list_of(without);
            before.adjustments.book_counter(with.account, Cause::OwnCommitmentReapplied, difference);
        }
        before.charges = after.charges;
        before.notes.public_on_demand_fallback = after.notes.public_on_demand_fallback;
        self.absorb(before);
        Ok(())
    }
}

fn list_of(charge: &SkuCharge) -> Usd {
    charge.parts.iter().map(|part| part.list).sum()
}

/// Giving back makes usage free, never a credit: where a correction outweighs what is left in a tiered counter, that
/// counter costs nothing, and the correction's own price does not count.
fn keep_at_nothing(before: &[SkuCharge], after: &mut [SkuCharge]) {
    let is_tiered = |charge: &SkuCharge| {
        charge.parts.iter().any(|part| part.price_rows.as_ref().is_some_and(|rows| rows.is_tiered))
    };
    for (before, after) in before.iter().zip(after) {
        if is_tiered(before) && list_of(before) >= Usd::ZERO && list_of(after) < Usd::ZERO {
            for part in &mut after.parts {
                part.list = Usd::ZERO;
            }
        }
    }
}

/// No account pays more because a member of its group got its own commitment back.
///
/// Less quantity in a shared counter can raise the average price of what is left, and with it the share of a member
/// that got nothing back. That member keeps its charge; those with room take the rest, for theirs fell by more.
fn keep_below(before: &[SkuCharge], after: &mut [SkuCharge]) -> Result<(), MoneyError> {
    let room: Vec<i128> =
        before.iter().zip(after.iter()).map(|(before, after)| (list_of(before) - list_of(after)).units()).collect();
    let excess: i128 = room.iter().map(|room| -room.min(&0)).sum();
    let free: Vec<i128> = room.iter().map(|room| *room.max(&0)).collect();
    let is_pooled = after.iter().all(|charge| charge.parts.len() == 1);
    if excess == 0 || !is_pooled {
        return Ok(());
    }
    if free.iter().sum::<i128>() < excess {
        // A price that rises inside the month: the tiers of the later price fill from lower on. Nobody gains or loses.
        for (before, after) in before.iter().zip(after) {
            after.parts[0].list = list_of(before);
        }
        return Ok(());
    }
    let shares = split_by_weight(excess, &free)?;
    for ((charge, room), share) in after.iter_mut().zip(room).zip(shares) {
        charge.parts[0].list += Usd::from_units(room.min(0) + share);
    }
    Ok(())
}
