use std::collections::BTreeMap;
use std::sync::Arc;

use crate::money::{Quantity, UnitPrice};
use crate::period::{BillingPeriod, Instant};
use crate::usage::PriceInstants;

/// One step of a ladder: prices the quantity above `begin` up to and including `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceRange {
    /// Exclusive lower bound.
    pub begin: Quantity,
    /// Inclusive upper bound; absent for `Inf`.
    pub end: Option<Quantity>,
    /// Dollars for one unit.
    pub price: UnitPrice,
}

/// The ranges of a SKU in one version, ascending, without gaps, from 0 to `Inf`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ladder {
    /// At least one range.
    pub ranges: Vec<PriceRange>,
}

/// A ladder and the instant from which it is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceVersion {
    /// From here until the next version.
    pub effective_from: Instant,
    /// The prices.
    pub ladder: Ladder,
    /// Such as `Hrs`; one for all ranges.
    pub unit: String,
    /// Where each range of the ladder comes from, in its order. Beside the ladder: another source is no other price.
    pub sources: Vec<Arc<str>>,
}

impl PriceVersion {
    /// The ranges with the row of a price list that each comes from.
    pub fn ranges(&self) -> impl Iterator<Item = (&PriceRange, &Arc<str>)> {
        self.ladder.ranges.iter().zip(&self.sources)
    }
}

/// A free allowance over one or several SKUs, in one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FreeOffer {
    /// The offer's own SKU.
    pub sku: String,
    /// From here until the next version of the same offer.
    pub effective_from: Instant,
    /// How much is free in a month.
    pub allowance: Quantity,
    /// SKUs that share it.
    pub applies_to: Vec<String>,
    /// Where it comes from.
    pub source: String,
}

/// All list prices. Successive versions with equal ladders are one.
#[derive(Clone, Debug, Default)]
pub struct PriceList {
    /// Per SKU its versions, ascending by instant, no two successive ladders equal.
    pub versions: BTreeMap<String, Vec<PriceVersion>>,
    /// Per offer SKU its versions, ascending by instant.
    pub free_offers: BTreeMap<String, Vec<FreeOffer>>,
}

impl PriceList {
    /// The version of a SKU in force at an instant.
    pub fn version_at(&self, sku: &str, instant: Instant) -> Option<&PriceVersion> {
        let versions = self.versions.get(sku)?;
        versions.iter().rev().find(|version| version.effective_from <= instant)
    }

    /// The instants in `(from, to)` at which a SKU's ladder changes.
    pub fn changes_within(&self, sku: &str, from: Instant, to: Instant) -> Vec<Instant> {
        let versions = self.versions.get(sku).map(Vec::as_slice).unwrap_or_default();
        let starts = versions.iter().map(|version| version.effective_from);
        starts.filter(|start| from < *start && *start < to).collect()
    }

    /// Per SKU the instants strictly inside a month at which its ladder changes: what `fold` is given.
    pub fn price_instants(&self, period: BillingPeriod) -> PriceInstants {
        let (start, end) = (period.start(), period.end());
        let changes = self.versions.keys().map(|sku| (sku.clone(), self.changes_within(sku, start, end)));
        changes.filter(|(_, instants)| !instants.is_empty()).collect()
    }
}
