//! SKUs with one price: a product per account and price version; differences that look wrong.

use std::collections::BTreeMap;
use std::sync::Arc;

use smallvec::smallvec;

use super::counters::{Cover, Item, SkuKey, is_private_rate_code};
use super::error::At;
use super::listed::Listed;
use super::pricer::{Difference, Pricer, quantity_of, weighted};
use super::{AloneError, Cause, ListSource, SkuPart, SkuParts};
use crate::money::{Quantity, Usd};
use crate::usage::Sym;

impl<'a> Pricer<'a> {
    /// A single-price SKU: one product per account and price version.
    pub(super) fn price_single(
        &mut self,
        key: SkuKey,
        items: &[Item],
        listed: &[Option<&'a Listed<'a>>],
    ) -> Result<(), AloneError> {
        if let ([item], [Some(listed)]) = (items, listed) {
            let (part, amount) = self.price_together(key, &[item], listed)?; // The usual case: nothing to sort.
            let difference = Difference { amount, ..Difference::default() };
            self.close_account(key, item.account, &[item], smallvec![part], difference);
            return Ok(());
        }
        let since = |listed: &Option<&Listed<'_>>| listed.map(|listed| listed.version.effective_from);
        let mut entries: Vec<(&Item, Option<&Listed<'_>>)> = items.iter().zip(listed.iter().copied()).collect();
        // By account, and in order of time, what is in no list first. Stable: else in order of the facts.
        entries.sort_by_key(|(item, listed)| (item.account, since(listed)));
        for of_account in entries.chunk_by(|(one, _), (other, _)| one.account == other.account) {
            let account = of_account[0].0.account;
            let mut parts = SkuParts::new();
            let mut difference = Difference::default();
            for of_version in of_account.chunk_by(|(_, one), (_, other)| since(one) == since(other)) {
                let items: Vec<&Item> = of_version.iter().map(|(item, _)| *item).collect();
                let Some(listed) = of_version[0].1 else {
                    self.price_unlisted(key, &items, &mut parts, &mut difference);
                    continue;
                };
                let (part, more) = self.price_together(key, &items, listed)?;
                difference.amount += more;
                parts.push(part);
            }
            let items: Vec<&Item> = of_account.iter().map(|(item, _)| *item).collect();
            self.close_account(key, account, &items, parts, difference);
        }
        Ok(())
    }

    /// One product of what an account used at one price, and how much more it is than its basis.
    fn price_together(
        &mut self,
        key: SkuKey,
        items: &[&Item],
        listed: &Listed<'_>,
    ) -> Result<(SkuPart, Usd), AloneError> {
        let price = listed.version.ladder.ranges[0].price;
        let list = quantity_of(items).at(price).at(|| key.describe(self.facts))?;
        let basis = self.book_bases(items, list, key)?;
        let price_rows = Some(Arc::clone(&listed.single));
        Ok((SkuPart { list, source: ListSource::PriceList, price_rows, facts: weighted(items) }, list - basis))
    }

    /// Books the difference of an account's SKU, whose charge is complete.
    fn close_account(
        &mut self,
        key: SkuKey,
        account: Sym,
        items: &[&Item],
        parts: SkuParts,
        mut difference: Difference,
    ) {
        let facts = self.facts;
        difference.rows = items.iter().map(|item| item.rows).sum();
        self.adjustments.book_counter(account, Cause::ListRateDifference, difference.amount);
        if difference.is_told() {
            let is_private = |item: &&Item| {
                let rate_code = facts.facts[item.fact].key.rate_code;
                item.cover == Cover::None && is_private_rate_code(facts.text(rate_code))
            };
            difference.is_private = items.iter().any(is_private);
            self.differences.push(((account, key), difference));
        }
        self.push_charge(account, key, parts, quantity_of(items), Quantity::ZERO);
    }

    /// A single-price SKU that is in no list: public on-demand cost, row by row; else as billed.
    fn price_unlisted(&mut self, key: SkuKey, items: &[&Item], parts: &mut SkuParts, difference: &mut Difference) {
        let facts = self.facts;
        let name = key.describe(facts);
        for item in items {
            self.book_uncovered(item, item.basis.unwrap_or_default());
            let fact = &facts.facts[item.fact];
            let (list, source) = match item.public_cost {
                Some(public_cost) => (public_cost, ListSource::PublicOnDemand),
                None => (item.basis.unwrap_or_default(), ListSource::AsBilled),
            };
            difference.amount += list - item.basis.unwrap_or_default();
            parts.push(SkuPart { list, source, price_rows: None, facts: weighted(&[item]) });
            if fact.key.has_public_cost {
                if !list.is_zero() {
                    *self.notes.public_on_demand_fallback.entry(name.clone()).or_default() += list;
                }
            } else if item.cover != Cover::None || !fact.measures.unblended.is_zero() {
                let detail =
                    format!("{name} is in no price list and its rows have no public on-demand cost; {list} USD");
                let remedy = String::from("add the price ranges of this SKU to rates/list_prices, then run again");
                self.hold(item.account, "list_price_suspect", detail, remedy, false);
            }
        }
    }

    /// Tells differences beyond the rounding of rows, and holds accounts whose list price looks wrong.
    pub(super) fn judge_differences(&mut self, list_totals: &BTreeMap<Sym, Usd>) {
        let mut told = std::mem::take(&mut self.differences);
        told.sort_unstable_by_key(|(key, _)| *key);
        let mut suspect: BTreeMap<Sym, (Usd, Vec<String>)> = BTreeMap::new();
        for ((account, key), difference) in &told {
            let names = (self.facts.text(*account).to_owned(), key.describe(self.facts));
            if !difference.is_private {
                let (sum, skus) = suspect.entry(*account).or_default();
                *sum += difference.amount.abs();
                skus.push(format!("{} ({} USD)", names.1, difference.amount));
            }
            *self.notes.list_rate_differences.entry(names).or_default() += difference.amount;
        }
        for (account, (sum, skus)) in suspect {
            let list_total = list_totals.get(&account).copied().unwrap_or_default().abs();
            if sum.units() > list_total.units() / 1_000 {
                let detail = format!(
                    "list price and AWS's public rate differ by {sum} USD of {list_total}: {}",
                    skus.join(", ")
                );
                let remedy = String::from("check these SKUs in the price list: version, region, unit; then run again");
                self.hold(account, "list_price_suspect", detail, remedy, false);
            }
        }
    }
}
