//! Divides the global free allowances of a group among the SKUs that share them.

use std::collections::{BTreeMap, BTreeSet};

use crate::money::{MoneyError, Quantity, split_by_weight};
use crate::period::{BillingPeriod, Instant};
use crate::terms::{FreeOffer, PriceList};
use crate::usage::{Facts, Sym};

/// The free quantity of each SKU of a group, from all offers in force in the month.
///
/// `quantities`: the group's quantity per SKU. Offers are taken in order of their own SKU; each is
/// divided among the SKUs with quantity left, in proportion to it.
pub(super) fn divide_allowances<'a>(
    price_list: &PriceList,
    period: BillingPeriod,
    quantities: &BTreeMap<&'a str, Quantity>,
) -> Result<BTreeMap<&'a str, Quantity>, MoneyError> {
    let mut free: BTreeMap<&str, Quantity> = BTreeMap::new();
    for versions in price_list.free_offers.values() {
        let Some(offer) = offer_in_month(versions, period.start(), period.end()) else { continue };
        // Ties of the division go by SKU, so an offer's own order and repeats must not matter.
        let skus: BTreeSet<&String> = offer.applies_to.iter().collect();
        let sharing: Vec<(&str, Quantity)> = skus
            .into_iter()
            .filter_map(|sku| quantities.get_key_value(sku.as_str()))
            .map(|(sku, quantity)| (*sku, *quantity - free.get(sku).copied().unwrap_or_default()))
            .filter(|(_, left)| *left > Quantity::ZERO)
            .collect();
        let used: Quantity = sharing.iter().map(|(_, left)| *left).sum();
        let shares = if used <= offer.allowance {
            sharing.iter().map(|(_, left)| left.units()).collect()
        } else {
            let weights: Vec<i128> = sharing.iter().map(|(_, left)| left.units()).collect();
            split_by_weight(offer.allowance.units(), &weights)?
        };
        for ((sku, _), share) in sharing.iter().zip(shares) {
            *free.entry(sku).or_default() += Quantity::from_units(share);
        }
    }
    Ok(free)
}

/// The version of an offer that counts for a month: the one in force at its start, else the first that
/// begins inside it.
fn offer_in_month(versions: &[FreeOffer], start: Instant, end: Instant) -> Option<&FreeOffer> {
    let at_start = versions.iter().rev().find(|offer| offer.effective_from <= start);
    at_start.or_else(|| versions.iter().find(|offer| offer.effective_from < end))
}

/// The offers of the month by the SKUs of its facts that they apply to.
pub(super) fn offers_by_sku<'a>(facts: &Facts, price_list: &'a PriceList) -> BTreeMap<Sym, Vec<&'a FreeOffer>> {
    let mut by_sku: BTreeMap<Sym, Vec<&FreeOffer>> = BTreeMap::new();
    let period = facts.period;
    let offers = price_list.free_offers.values();
    for offer in offers.filter_map(|versions| offer_in_month(versions, period.start(), period.end())) {
        let skus: BTreeSet<&String> = offer.applies_to.iter().collect();
        for sku in skus.into_iter().filter_map(|sku| facts.symbols.find(sku)).filter(|sku| !sku.is_empty()) {
            by_sku.entry(sku).or_default().push(offer);
        }
    }
    by_sku
}
