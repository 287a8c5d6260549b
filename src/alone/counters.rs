//! Gathers on-demand and un-covered quantity by group and SKU.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::asked::Asked;
use super::{GroupId, RowClass};
use crate::money::{MoneyError, Quantity, Usd};
use crate::period::Instant;
use crate::usage::{Fact, Facts, Sym};

/// What a quantity is priced by. Rows without a SKU are told apart by what else names the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SkuKey {
    pub sku: Sym,
    product_code: Sym,
    usage_type: Sym,
    operation: Sym,
}

impl SkuKey {
    pub(super) fn of(fact: &Fact) -> Self {
        let key = &fact.key;
        if key.sku.is_empty() {
            let (product_code, usage_type, operation) = (key.product_code, key.usage_type, key.operation);
            return Self { sku: Sym::EMPTY, product_code, usage_type, operation };
        }
        let none = Sym::EMPTY;
        Self { sku: key.sku, product_code: none, usage_type: none, operation: none }
    }

    /// For people.
    pub(super) fn describe(&self, facts: &Facts) -> String {
        if !self.sku.is_empty() {
            return format!("SKU {}", facts.text(self.sku));
        }
        let (product, usage_type) = (facts.text(self.product_code), facts.text(self.usage_type));
        format!("product {product}, usage type {usage_type:?} (rows without a SKU)")
    }
}

/// Whether a quantity was covered by a stranger's commitment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cover {
    /// On-demand usage.
    None,
    /// A reservation.
    Ri,
    /// A Savings Plan.
    Sp,
}

/// One fact's quantity in a counter, with what pricing asks of the fact: counters are in another order than the facts,
/// and looking each up again is slower than to carry it along.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub fact: usize,
    pub account: Sym,
    pub price_instant: Instant,
    /// Rows of the fact.
    pub rows: u64,
    pub quantity: Quantity,
    pub cover: Cover,
    /// What AWS charged (usage) or would have charged (un-covered); absent where the report does not say.
    pub basis: Option<Usd>,
    /// `pricing/publicOnDemandCost`, where the report says it.
    pub public_cost: Option<Usd>,
}

impl Item {
    /// The item without the quantity that its own group's commitments cover after all.
    pub(super) fn without(&self, covered: Quantity) -> Result<Self, MoneyError> {
        let quantity = self.quantity - covered;
        let share = |amount: Option<Usd>| amount.map(|amount| amount.share_of(quantity, self.quantity)).transpose();
        Ok(Self { quantity, basis: share(self.basis)?, public_cost: share(self.public_cost)?, ..*self })
    }

    /// The quantity that AWS billed at cost 0.
    pub(super) fn billed_free(&self, facts: &Facts) -> Quantity {
        let is_free = self.cover == Cover::None && facts.facts[self.fact].key.is_cost_zero;
        if is_free { self.quantity } else { Quantity::ZERO }
    }
}

/// All counters of a month, by group and SKU; items in order of the facts.
#[derive(Debug, Default)]
pub(super) struct Counters {
    /// By item: the counter that it belongs to.
    keys: Vec<(GroupId, SkuKey)>,
    items: Vec<Item>,
}

impl Counters {
    /// Sorts items that come in the order of the facts; `keys` says which counter each belongs to.
    pub(super) fn of(keys: Vec<(GroupId, SkuKey)>, items: &[Item]) -> Self {
        let mut order: Vec<((GroupId, SkuKey), usize)> = keys.into_iter().zip(0..).collect();
        order.par_sort_unstable(); // By key, then as they came.
        let items = order.iter().map(|(_, place)| items[*place]).collect();
        Self { keys: order.into_iter().map(|(key, _)| key).collect(), items }
    }

    /// Every counter with its items.
    pub(super) fn iter(&self) -> impl Iterator<Item = (GroupId, SkuKey, &[Item])> {
        let mut rest = self.items.as_slice();
        self.keys.chunk_by(|one, other| one == other).map(move |keys| {
            let (items, others) = rest.split_at(keys.len());
            rest = others;
            (keys[0].0, keys[0].1, items)
        })
    }
}

/// SKUs that must have tiers or free usage, judged by the month's on-demand usage alone. Only those are looked at that
/// are asked for: of the others a price list tells.
pub(super) fn tiered_by_usage(
    facts: &Facts,
    classes: &[RowClass],
    is_asked: impl Fn(&Fact) -> bool,
) -> BTreeSet<SkuKey> {
    let mut rate_codes: BTreeMap<SkuKey, Sym> = BTreeMap::new();
    let mut tiered = BTreeSet::new();
    let mut spot = Asked::new(facts, is_spot);
    for (fact, class) in facts.facts.iter().zip(classes) {
        if *class != RowClass::Usage || !is_asked(fact) || spot.of(fact.key.usage_type) {
            continue;
        }
        let sku = SkuKey::of(fact);
        if fact.key.is_cost_zero && fact.measures.public_cost > Usd::ZERO {
            tiered.insert(sku);
        }
        if !fact.key.rate_code.is_empty() && *rate_codes.entry(sku).or_insert(fact.key.rate_code) != fact.key.rate_code
        {
            tiered.insert(sku);
        }
    }
    tiered
}

/// Spot usage is told by its usage type; AWS's public on-demand cost on it is not its price.
pub(super) fn is_spot(usage_type: &str) -> bool {
    usage_type.contains("SpotUsage")
}

/// Whether a rate code names another term than the public on-demand one.
pub(super) fn is_private_rate_code(rate_code: &str) -> bool {
    const PUBLIC_ON_DEMAND_TERM: &str = "JRTCKXETXF";
    rate_code.split('.').nth(1).is_some_and(|term| term != PUBLIC_ON_DEMAND_TERM)
}
