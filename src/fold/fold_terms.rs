use std::collections::HashMap;

use ahash::RandomState;

use crate::period::{BillingPeriod, Instant};
use crate::usage::{Facts, PriceInstants};

/// What every fold of a month is made with.
#[derive(Debug)]
pub struct FoldTerms {
    pub(super) period: BillingPeriod,
    pub(super) start: Instant,
    pub(super) end: Instant,
    price_instants: HashMap<Box<[u8]>, Vec<Instant>, RandomState>,
}

impl FoldTerms {
    /// For a month, with the instants inside it at which prices change.
    pub fn new(period: BillingPeriod, price_instants: &PriceInstants) -> Self {
        let sorted = |instants: &Vec<Instant>| {
            let mut instants = instants.clone();
            instants.sort_unstable();
            instants
        };
        let price_instants =
            price_instants.iter().map(|(sku, instants)| (Box::from(sku.as_bytes()), sorted(instants))).collect();
        Self { period, start: period.start(), end: period.end(), price_instants }
    }

    /// Those that facts were made with.
    pub fn of_facts(facts: &Facts) -> Self {
        Self::new(facts.period, &facts.price_instants)
    }

    /// An instant at which the price of a row is in force: see [`FactKey::price_instant`].
    pub(super) fn price_instant(&self, sku: &[u8], start: Instant) -> Instant {
        if start < self.start || start >= self.end {
            return start;
        }
        let changes = self.price_instants.get(sku).map(Vec::as_slice).unwrap_or_default();
        let inside = changes.iter().rev().find(|change| **change <= start && **change > self.start);
        inside.copied().unwrap_or(self.start)
    }

    /// The month of an instant: nearly always the folded one.
    pub(super) fn month_of(&self, start: Instant) -> BillingPeriod {
        if (self.start..self.end).contains(&start) { self.period } else { BillingPeriod::of(start) }
    }
}
