//! Sums of facts by their places, close together: nearly all facts sum only what ordinary usage has.

use super::key_parts::at;
use super::partial::SumTooLarge;
use crate::money::{Quantity, Usd};
use crate::period::Instant;
use crate::usage::Measures;

/// Sums by place.
#[derive(Debug, Default)]
pub(super) struct Sums {
    common: Vec<Common>,
    rare: Vec<Rare>,
}

/// What every fact sums.
#[derive(Clone, Copy, Debug)]
struct Common {
    quantity: i128,
    unblended: i128,
    public_cost: i128,
    first_start: Instant,
    last_end: Instant,
    rows: u64,
    /// The place of what only some facts sum, or [`NONE`].
    rare: u32,
}

/// A fact without rare sums.
const NONE: u32 = u32::MAX;

/// What only some facts sum; see [`Measures`].
#[derive(Clone, Copy, Debug, Default)]
struct Rare {
    net_rows: u64,
    net_unblended: i128,
    normalized_quantity: i128,
    sp_effective_cost: i128,
    ri_effective_cost: i128,
    total_commitment: i128,
    used_commitment: i128,
    amortized_upfront: i128,
}

impl Sums {
    /// How many facts there are.
    pub(super) fn len(&self) -> usize {
        self.common.len()
    }

    /// Begins a fact, with the sums of no row.
    pub(super) fn push_nothing(&mut self) {
        self.common.push(Common {
            quantity: 0,
            unblended: 0,
            public_cost: 0,
            first_start: Instant::from_seconds(i64::MAX),
            last_end: Instant::from_seconds(i64::MIN),
            rows: 0,
            rare: NONE,
        });
    }

    /// Adds to the fact at a place. The fact is of no use any more where a sum is too large.
    #[inline]
    pub(super) fn add(&mut self, place: u32, measures: &Measures) -> Result<(), SumTooLarge> {
        let common = &mut self.common[at(place)];
        let add = |sum: &mut i128, more: i128| {
            *sum = sum.checked_add(more).ok_or(SumTooLarge)?;
            Ok(())
        };
        common.rows = common.rows.checked_add(measures.rows).ok_or(SumTooLarge)?;
        add(&mut common.quantity, measures.quantity.units())?;
        add(&mut common.unblended, measures.unblended.units())?;
        add(&mut common.public_cost, measures.public_cost.units())?;
        common.first_start = common.first_start.min(measures.first_start);
        common.last_end = common.last_end.max(measures.last_end);
        match Rare::of(measures) {
            None => Ok(()),
            Some(rare) => self.add_rare(place, &rare),
        }
    }

    fn add_rare(&mut self, place: u32, more: &Rare) -> Result<(), SumTooLarge> {
        match self.common[at(place)].rare {
            NONE => {
                let pushed = self.push_rare(*more);
                self.common[at(place)].rare = pushed;
            }
            rare => {
                let sum = &mut self.rare[at(rare)];
                *sum = sum.plus(more).ok_or(SumTooLarge)?;
            }
        }
        Ok(())
    }

    fn push_rare(&mut self, rare: Rare) -> u32 {
        self.rare.push(rare);
        u32::try_from(self.rare.len() - 1).expect("a month has fewer than 2^32 keys")
    }

    /// The sums of the fact at a place.
    pub(super) fn get(&self, place: u32) -> Measures {
        let common = &self.common[at(place)];
        let rare = if common.rare == NONE { Rare::default() } else { self.rare[at(common.rare)] };
        Measures {
            rows: common.rows,
            quantity: Quantity::from_units(common.quantity),
            unblended: Usd::from_units(common.unblended),
            public_cost: Usd::from_units(common.public_cost),
            net_unblended: Usd::from_units(rare.net_unblended),
            net_rows: rare.net_rows,
            normalized_quantity: Quantity::from_units(rare.normalized_quantity),
            sp_effective_cost: Usd::from_units(rare.sp_effective_cost),
            ri_effective_cost: Usd::from_units(rare.ri_effective_cost),
            total_commitment: Usd::from_units(rare.total_commitment),
            used_commitment: Usd::from_units(rare.used_commitment),
            amortized_upfront: Usd::from_units(rare.amortized_upfront),
            first_start: common.first_start,
            last_end: common.last_end,
        }
    }
}

impl Rare {
    /// Nothing where all is 0.
    #[inline]
    fn of(measures: &Measures) -> Option<Self> {
        let rare = Self {
            net_rows: measures.net_rows,
            net_unblended: measures.net_unblended.units(),
            normalized_quantity: measures.normalized_quantity.units(),
            sp_effective_cost: measures.sp_effective_cost.units(),
            ri_effective_cost: measures.ri_effective_cost.units(),
            total_commitment: measures.total_commitment.units(),
            used_commitment: measures.used_commitment.units(),
            amortized_upfront: measures.amortized_upfront.units(),
        };
        let bits = i128::from(rare.net_rows)
            | rare.net_unblended
            | rare.normalized_quantity
            | rare.sp_effective_cost
            | rare.ri_effective_cost
            | rare.total_commitment
            | rare.used_commitment
            | rare.amortized_upfront;
        (bits != 0).then_some(rare)
    }

    fn plus(&self, more: &Self) -> Option<Self> {
        Some(Self {
            net_rows: self.net_rows.checked_add(more.net_rows)?,
            net_unblended: self.net_unblended.checked_add(more.net_unblended)?,
            normalized_quantity: self.normalized_quantity.checked_add(more.normalized_quantity)?,
            sp_effective_cost: self.sp_effective_cost.checked_add(more.sp_effective_cost)?,
            ri_effective_cost: self.ri_effective_cost.checked_add(more.ri_effective_cost)?,
            total_commitment: self.total_commitment.checked_add(more.total_commitment)?,
            used_commitment: self.used_commitment.checked_add(more.used_commitment)?,
            amortized_upfront: self.amortized_upfront.checked_add(more.amortized_upfront)?,
        })
    }
}
