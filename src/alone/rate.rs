//! The price of a quantity on a ladder: tiers, the free part, and price changes inside the month.

use crate::money::{MoneyError, Quantity, UnitPrice, Usd};
use crate::terms::{Ladder, PriceRange, PriceVersion};

/// The quantity of one counter under one price version.
#[derive(Clone, Copy, Debug)]
pub(super) struct VersionQuantity<'a> {
    pub version: &'a PriceVersion,
    pub quantity: Quantity,
}

/// What is free in a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FreeRule {
    /// This share of global allowances, and zero-price first ranges stand.
    Allowance(Quantity),
    /// Nothing: a zero-price first range costs the first paid price.
    Nothing,
    /// What AWS billed at cost 0.
    AsBilled(Quantity),
}

/// A counter, rated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rated {
    /// List dollars.
    pub charge: Usd,
    /// Quantity that cost nothing.
    pub free: Quantity,
    /// Lowest paid range of the first version used.
    pub first_paid_price: UnitPrice,
    /// The ranges that hold some of the quantity: places of version and range.
    pub ranges: Vec<(usize, usize)>,
}

/// Rates a counter of positive quantity: versions in order of time, the earlier fills the ranges first.
pub(super) fn rate(versions: &[VersionQuantity<'_>], rule: FreeRule) -> Result<Rated, MoneyError> {
    let total: Quantity = versions.iter().map(|version| version.quantity).sum();
    let (mut free_left, zero_range_is_free) = match rule {
        FreeRule::Allowance(free) => (free.min(total), true),
        FreeRule::Nothing => (Quantity::ZERO, false),
        FreeRule::AsBilled(free) => (free.max(Quantity::ZERO).min(total), false),
    };
    let has_zero_range =
        versions.iter().any(|version| version.version.ladder.ranges.first().is_some_and(|r| r.price.is_zero()));
    // Quantity billed free inside the SKU has used up that much of its zero-price first range.
    let mut position = if zero_range_is_free || !has_zero_range { Quantity::ZERO } else { free_left };
    let mut rated = Rated {
        charge: Usd::ZERO,
        free: Quantity::ZERO,
        first_paid_price: versions.first().map_or(UnitPrice::ZERO, |version| first_paid_price(&version.version.ladder)),
        ranges: Vec::new(),
    };
    for (at, version) in versions.iter().enumerate() {
        let ladder = &version.version.ladder;
        let free = version.quantity.max(Quantity::ZERO).min(free_left);
        free_left -= free;
        rated.free += free;
        let end = position + version.quantity - free;
        for (place, range) in ladder.ranges.iter().enumerate() {
            let inside = overlap(position, end, range, place == 0);
            if !inside.is_zero() {
                rated.ranges.push((at, place));
            }
            let is_zero_range = place == 0 && range.price.is_zero();
            if is_zero_range && zero_range_is_free {
                rated.free += inside;
            } else {
                // One first paid price for the month, the rules say: that of the first version used.
                let price = if is_zero_range { rated.first_paid_price } else { range.price };
                rated.charge += inside.at(price)?;
            }
        }
        position = end;
    }
    Ok(rated)
}

/// The part of the way from `from` to `to` that lies in a range; negative on the way back.
///
/// The first range also prices what lies below 0: a correction that outweighs the usage so far.
fn overlap(from: Quantity, to: Quantity, range: &PriceRange, is_first: bool) -> Quantity {
    let (low, high, is_back) = if from <= to { (from, to, false) } else { (to, from, true) };
    let low = if is_first { low } else { low.max(range.begin) };
    let high = range.end.map_or(high, |end| high.min(end));
    let size = (high - low).max(Quantity::ZERO);
    if is_back { -size } else { size }
}

/// The price of the lowest range that costs something; 0 where all is free.
pub(super) fn first_paid_price(ladder: &Ladder) -> UnitPrice {
    let paid = ladder.ranges.iter().find(|range| !range.price.is_zero());
    paid.map_or(UnitPrice::ZERO, |range| range.price)
}
