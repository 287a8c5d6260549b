//! The prices that a month's facts ask for, each found once.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::PriceRows;
use super::price_rows::price_rows;
use crate::period::Instant;
use crate::terms::{PriceList, PriceVersion, is_assumed};
use crate::usage::{Facts, Sym};

/// A version of a SKU's prices, and how a charge by its first range is explained.
#[derive(Clone, Debug)]
pub(super) struct Listed<'a> {
    pub(super) version: &'a PriceVersion,
    pub(super) single: Arc<PriceRows>,
    /// Whether somebody assumed one of its prices.
    pub(super) is_assumed: bool,
}

/// By SKU and instant; absent where no list has the SKU.
#[derive(Debug)]
pub(super) struct ListedPrices<'a> {
    /// In order of SKU and instant.
    prices: Vec<(Instant, Option<Listed<'a>>)>,
    /// By symbol: where its prices begin; they end where those of the next one begin.
    starts: Vec<usize>,
    /// By symbol: whether no list has it at some instant.
    lacking: Vec<bool>,
}

impl<'a> ListedPrices<'a> {
    /// Finds the price of every SKU at every instant that the facts name.
    pub(super) fn of(facts: &Facts, list: &'a PriceList) -> Self {
        let find = |(sku, instant): (Sym, Instant)| {
            let text = facts.text(sku);
            let listed = list.version_at(text, instant).map(|version| Listed {
                version,
                single: Arc::new(price_rows(text, false, &[(version, 0)], &[])),
                is_assumed: version.sources.iter().any(|source| is_assumed(source)),
            });
            (instant, listed)
        };
        let asked = asked_prices(facts);
        let mut starts = Vec::with_capacity(facts.symbols.len() + 1);
        for (place, (sku, _)) in asked.iter().enumerate() {
            starts.resize((sku.index() + 1).max(starts.len()), place);
        }
        starts.resize(facts.symbols.len() + 1, asked.len());
        let mut lacking = vec![false; facts.symbols.len()];
        let find_all = asked.into_iter().map(|asked| {
            let found = find(asked);
            lacking[asked.0.index()] |= found.1.is_none();
            found
        });
        Self { prices: find_all.collect(), starts, lacking }
    }

    /// The price of a SKU at an instant of the facts.
    pub(super) fn at(&self, sku: Sym, instant: Instant) -> Option<&Listed<'a>> {
        let prices = self.of_sku(sku);
        let place = prices.binary_search_by_key(&instant, |(known, _)| *known).ok()?;
        prices[place].1.as_ref()
    }

    /// Whether no list has a SKU at some instant of the facts.
    pub(super) fn lacks(&self, sku: Sym) -> bool {
        self.lacking[sku.index()]
    }

    fn of_sku(&self, sku: Sym) -> &[(Instant, Option<Listed<'a>>)] {
        &self.prices[self.starts[sku.index()]..self.starts[sku.index() + 1]]
    }
}

/// Every SKU with every instant that facts name of it, in order. Nearly all have one.
fn asked_prices(facts: &Facts) -> BTreeSet<(Sym, Instant)> {
    let mut asked = BTreeSet::new();
    let mut last: Vec<Option<Instant>> = vec![None; facts.symbols.len()];
    for fact in &facts.facts {
        let (sku, instant) = (fact.key.sku, fact.key.price_instant);
        if last[sku.index()].replace(instant) != Some(instant) {
            asked.insert((sku, instant));
        }
    }
    asked
}
