//! SKUs with tiers or free usage: the group's counter is rated as a whole, then divided.

use std::collections::BTreeMap;
use std::sync::Arc;

use smallvec::smallvec;

use super::counters::{Cover, Item, SkuKey};
use super::error::At;
use super::listed::Listed;
use super::price_rows::price_rows;
use super::pricer::{Pricer, by_account, quantity_of, weighted};
use super::rate::{FreeRule, Rated, VersionQuantity, rate};
use super::{AloneError, Cause, GroupId, ListSource, PriceRows, SkuPart};
use crate::money::{Quantity, Usd, split_by_weight};
use crate::period::Instant;
use crate::terms::{FreeOffer, FreeTierPolicy};
use crate::usage::Sym;

/// One account's share of a rated counter.
struct Share<'a> {
    account: Sym,
    items: Vec<&'a Item>,
    list: Usd,
    free: Quantity,
}

impl<'a> Pricer<'a> {
    /// A tiered SKU: the group's counter is rated as a whole, then divided by quantity.
    pub(super) fn price_tiered(
        &mut self,
        group: GroupId,
        key: SkuKey,
        items: &[Item],
        listed: &[Option<&'a Listed<'a>>],
        allowance: Quantity,
        offers: &[&FreeOffer],
    ) -> Result<(), AloneError> {
        let facts = self.facts;
        let place = || key.describe(facts);
        let total: Quantity = items.iter().map(|item| item.quantity).sum();
        let accounts = by_account(items);
        if total <= Quantity::ZERO {
            for (account, items) in accounts {
                self.charge_at_basis(key, account, &items);
            }
            return Ok(());
        }
        self.compare_with_public_cost(key, items, listed);
        let billed_free: Quantity = items.iter().map(|item| item.billed_free(facts)).sum();
        let rule = match self.groups.get(group).free_tier {
            FreeTierPolicy::AlwaysFreePerGroup => FreeRule::Allowance(allowance),
            FreeTierPolicy::None => FreeRule::Nothing,
            FreeTierPolicy::AsBilled => FreeRule::AsBilled(billed_free),
        };
        let used = by_version(items, listed);
        let rated = rate(&used, rule).at(place)?;
        let ranges: Vec<_> = rated.ranges.iter().map(|(version, range)| (used[*version].version, *range)).collect();
        let offers = if rule == FreeRule::Nothing { &[] } else { offers };
        let rows = Arc::new(price_rows(facts.text(key.sku), true, &ranges, offers));
        let weights: Vec<i128> = accounts.iter().map(|(_, items)| quantity_of(items).units()).collect();
        let lists = split_by_weight(rated.charge.units(), &weights).at(place)?;
        let frees = split_by_weight(rated.free.units(), &weights).at(place)?;
        for (((account, items), list), free) in accounts.into_iter().zip(lists).zip(frees) {
            let (list, free) = (Usd::from_units(list), Quantity::from_units(free));
            let share = Share { account, items, list, free };
            self.book_tiered(key, &share, &rated, &rows)?;
        }
        Ok(())
    }

    /// Records an account's share of a tiered counter and books why it differs from AWS's charge.
    fn book_tiered(
        &mut self,
        key: SkuKey,
        share: &Share<'_>,
        rated: &Rated,
        rows: &Arc<PriceRows>,
    ) -> Result<(), AloneError> {
        let facts = self.facts;
        let basis = self.book_bases(&share.items, share.list, key)?;
        let billed_free: Quantity = share.items.iter().map(|item| item.billed_free(facts)).sum();
        let free_tier = (billed_free - share.free).at(rated.first_paid_price).at(|| key.describe(facts))?;
        self.adjustments.book_counter(share.account, Cause::FreeTierRerated, free_tier);
        self.adjustments.book_counter(share.account, Cause::TierRerated, share.list - basis - free_tier);
        let price_rows = Some(Arc::clone(rows));
        let facts_of = weighted(&share.items);
        let part = SkuPart { list: share.list, source: ListSource::PriceList, price_rows, facts: facts_of };
        self.push_charge(share.account, key, smallvec![part], quantity_of(&share.items), share.free);
        Ok(())
    }

    /// Tells a tiered SKU whose public on-demand cost is not its quantity at the price of the highest tier, as
    /// AWS states it: a slip in the list or in a quantity would else end up in `tier_rerated` without a word.
    fn compare_with_public_cost(&mut self, key: SkuKey, items: &[Item], listed: &[Option<&Listed<'_>>]) {
        let mut sums = (Usd::ZERO, Usd::ZERO);
        for (item, listed) in items.iter().zip(listed) {
            let fact = &self.facts.facts[item.fact];
            let last = listed.and_then(|listed| listed.version.ladder.ranges.last());
            let expected = last.and_then(|range| item.quantity.at(range.price).ok());
            // Free rows may state another rate, and un-covered ones have it as their basis anyway.
            let is_paid = item.cover == Cover::None && fact.key.has_public_cost && !fact.key.is_cost_zero;
            if let (true, Some(expected)) = (is_paid, expected) {
                sums.0 += fact.measures.public_cost;
                sums.1 += expected;
            }
        }
        let (public, expected) = sums;
        let difference = (public - expected).abs();
        if difference.units() > expected.abs().units() / 1_000 && difference.units() > 10_i128.pow(16) {
            self.notes.warnings.push(format!(
                "{}: AWS's public on-demand cost is {public} USD, the quantity at the list's last range {expected} USD; \
                 check the price list and the quantity",
                key.describe(self.facts)
            ));
        }
    }

    /// A tiered SKU without a price list: AWS's own charge is drafted and held.
    pub(super) fn draft_as_billed(&mut self, key: SkuKey, items: &[Item]) {
        let facts = self.facts;
        for (account, items) in by_account(items) {
            let list = self.charge_at_basis(key, account, &items);
            let usage_type = facts.text(facts.facts[items[0].fact].key.usage_type);
            let detail =
                format!("{} ({usage_type}) has tiers or free usage and no price list; {list} USD", key.describe(facts));
            let remedy = String::from("add the price ranges of this SKU to rates/list_prices, then run again");
            self.hold(account, "tiered_without_list_price", detail, remedy, true);
        }
    }

    /// What AWS charged or would have charged; an un-covered row of which the report does not say adds nothing.
    fn charge_at_basis(&mut self, key: SkuKey, account: Sym, items: &[&Item]) -> Usd {
        let basis = |item: &&Item| item.basis.unwrap_or_default();
        let part = |item: &&Item| SkuPart {
            list: basis(item),
            source: ListSource::AsBilled,
            price_rows: None,
            facts: weighted(&[item]),
        };
        for item in items {
            self.book_uncovered(item, basis(item));
        }
        self.push_charge(account, key, items.iter().map(part).collect(), quantity_of(items), Quantity::ZERO);
        items.iter().map(basis).sum()
    }
}

/// The counter's quantity per price version, in order of time.
fn by_version<'a>(items: &[Item], listed: &[Option<&'a Listed<'a>>]) -> Vec<VersionQuantity<'a>> {
    let mut sums: BTreeMap<Instant, VersionQuantity<'a>> = BTreeMap::new();
    for (item, listed) in items.iter().zip(listed) {
        let version = listed.expect("a tiered counter is rated only where every item has a price").version;
        let sum = sums.entry(version.effective_from).or_insert(VersionQuantity { version, quantity: Quantity::ZERO });
        sum.quantity += item.quantity;
    }
    sums.into_values().collect()
}
