//! The prices that a month's facts ask for, each found once.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::PriceRows;
use super::price_rows::price_rows;
use crate::period::Instant;
use crate::terms::{PriceList, PriceVersion};
use crate::usage::{Facts, Sym};

/// A version of a SKU's prices, and how a charge by its first range is explained.
#[derive(Clone, Debug)]
pub(super) struct Listed<'a> {
    pub(super) version: &'a PriceVersion,
    pub(super) single: Arc<PriceRows>,
}

/// By SKU and instant; absent where no list has the SKU.
#[derive(Debug, Default)]
pub(super) struct ListedPrices<'a>(BTreeMap<(Sym, Instant), Option<Listed<'a>>>);

impl<'a> ListedPrices<'a> {
    /// Finds the price of every SKU at every instant that the facts name.
    pub(super) fn of(facts: &Facts, list: &'a PriceList) -> Self {
        let mut asked: Vec<(Sym, Instant)> =
            facts.facts.iter().map(|fact| (fact.key.sku, fact.key.price_instant)).collect();
        asked.sort_unstable();
        asked.dedup();
        let find = |(sku, instant): (Sym, Instant)| {
            let text = facts.text(sku);
            let version = list.version_at(text, instant);
            let listed = version.map(|version| {
                let single = Arc::new(price_rows(text, false, &[(version, 0)], &[]));
                Listed { version, single }
            });
            ((sku, instant), listed)
        };
        Self(asked.into_iter().map(find).collect())
    }

    /// The price of a SKU at an instant of the facts.
    pub(super) fn at(&self, sku: Sym, instant: Instant) -> Option<&Listed<'a>> {
        self.0.get(&(sku, instant))?.as_ref()
    }
}
