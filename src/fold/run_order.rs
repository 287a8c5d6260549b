//! The two orders of short keys: as they were numbered, and the canonical one of facts.

use std::cmp::Ordering;

use rayon::prelude::*;

use super::key_parts::{KeyParts, Ranks, ShortKey, TEXT_PARTS};
use crate::usage::{FactKey, Sym};

/// An order of keys of one table.
pub(super) trait RunOrder: Sync {
    /// Keys of a lower rank come first.
    fn rank(&self, short: ShortKey) -> [u32; 4];

    /// The order of keys of the same rank; equal only where the keys are.
    fn among_equals(&self, left: ShortKey, right: ShortKey) -> Ordering;
}

/// By the numbers of the parts, which stay as they are while a table grows.
pub(super) struct ByNumber;

impl RunOrder for ByNumber {
    fn rank(&self, [payer, product, rest, covered, _]: ShortKey) -> [u32; 4] {
        [payer, product, rest, covered]
    }

    fn among_equals(&self, left: ShortKey, right: ShortKey) -> Ordering {
        left[TEXT_PARTS].cmp(&right[TEXT_PARTS])
    }
}

/// The order of [`FactKey`], once all texts are known.
pub(super) struct Canonical {
    parts: KeyParts,
    ranks: Ranks,
    /// The texts of the parts as symbols of the sorted table.
    symbols: Vec<Sym>,
}

impl Canonical {
    pub(super) fn new(parts: KeyParts, symbols: Vec<Sym>) -> Self {
        Self { ranks: parts.ranks(&symbols), parts, symbols }
    }

    /// The whole key.
    pub(super) fn key_of(&self, short: ShortKey) -> FactKey {
        self.parts.lengthen(short, &self.symbols)
    }
}

impl RunOrder for Canonical {
    fn rank(&self, short: ShortKey) -> [u32; 4] {
        self.ranks.rank(short)
    }

    fn among_equals(&self, left: ShortKey, right: ShortKey) -> Ordering {
        if left == right { Ordering::Equal } else { self.key_of(left).cmp(&self.key_of(right)) }
    }
}

/// The places of the keys, in this order.
pub(super) fn places_in(order: &impl RunOrder, shorts: &[ShortKey]) -> Vec<u32> {
    let mut places: Vec<([u32; 4], u32)> = shorts.iter().map(|short| order.rank(*short)).zip(0..).collect();
    let short = |place: u32| shorts[super::key_parts::at(place)];
    places.par_sort_unstable_by(|left, right| {
        left.0.cmp(&right.0).then_with(|| order.among_equals(short(left.1), short(right.1)))
    });
    places.into_iter().map(|(_, place)| place).collect()
}
