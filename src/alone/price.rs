//! The stage: strips foreign benefits, then rates every counter.

use std::collections::{BTreeMap, BTreeSet};

use super::class::Classifier;
use super::counters::{Counters, Cover, Item, SkuKey, is_private_rate_code, tiered_by_usage};
use super::error::At;
use super::free_tier::{divide_allowances, offers_for};
use super::rate::{FreeRule, Rated, VersionQuantity, rate};
use super::strip::strip;
use super::{
    AccountHold, Adjustments, AloneError, Cause, GroupId, Groups, ListCharges, ListSource, PricingNotes, RowClass,
    SkuCharge, SkuPart,
};
use crate::money::{Quantity, Usd, split_by_weight};
use crate::terms::{FreeOffer, FreeTierPolicy, PriceVersion, ReferenceData};
use crate::usage::{Facts, Sym};

/// Prices a month as if every group had bought alone (`strip_only`).
pub fn price_alone(facts: &Facts, reference: &ReferenceData) -> Result<ListCharges, AloneError> {
    check_price_instants(facts, reference)?;
    let mut classifier = Classifier::new(facts, &reference.row_lists);
    let classes: Vec<RowClass> = facts.facts.iter().map(|fact| classifier.classify(fact)).collect();
    let groups = Groups::of(facts, reference);
    let stripped = strip(facts, &classes, reference, &groups);
    let mut pricer = Pricer {
        facts,
        reference,
        groups: &groups,
        tiered_by_usage: tiered_by_usage(facts, &classes),
        charges: Vec::new(),
        adjustments: stripped.adjustments,
        holds: stripped.holds,
        notes: PricingNotes { warnings: stripped.warnings, ..PricingNotes::default() },
        differences: BTreeMap::new(),
    };
    pricer.price(&stripped.counters)?;
    pricer.charges.sort_by_key(|charge| (charge.account, charge.sku, charge.parts.first().map(|part| part.facts[0].0)));
    let mut list_totals: BTreeMap<Sym, Usd> = BTreeMap::new();
    for charge in &pricer.charges {
        *list_totals.entry(charge.account).or_default() += charge.parts.iter().map(|part| part.list).sum::<Usd>();
    }
    for passed in &stripped.passed {
        *list_totals.entry(passed.account).or_default() += facts.facts[passed.fact].measures.unblended;
    }
    pricer.judge_differences(&list_totals)?;
    super::holds::check_negations(facts, &classes, &mut pricer.holds);
    super::holds::check_finality(facts, &mut pricer.holds);
    let Pricer { charges, adjustments, holds, mut notes, .. } = pricer;
    notes.warnings.sort();
    notes.warnings.dedup();
    let holds = holds.into_iter().collect();
    Ok(ListCharges { classes, groups, sku_charges: charges, passed: stripped.passed, adjustments, holds, notes })
}

/// Facts keep the price interval of each SKU: they must have been made with the changes the lists have.
fn check_price_instants(facts: &Facts, reference: &ReferenceData) -> Result<(), AloneError> {
    let (start, end) = (facts.period.start(), facts.period.end());
    let mut skus: Vec<Sym> =
        facts.facts.iter().filter(|fact| fact.key.line_type.is_priced_by_sku()).map(|fact| fact.key.sku).collect();
    skus.sort_unstable();
    skus.dedup();
    for sku in skus {
        let sku = facts.text(sku);
        let needed = reference.price_list.changes_within(sku, start, end);
        let used = facts.price_instants.get(sku).map(Vec::as_slice).unwrap_or_default();
        if needed != used {
            let expected = needed.iter().find(|instant| !used.contains(instant)).copied();
            let found = used.iter().find(|instant| !needed.contains(instant)).copied();
            return Err(AloneError::OtherPriceInstants { sku: sku.to_owned(), expected, found });
        }
    }
    Ok(())
}

struct Pricer<'a> {
    facts: &'a Facts,
    reference: &'a ReferenceData,
    groups: &'a Groups,
    tiered_by_usage: BTreeSet<SkuKey>,
    charges: Vec<SkuCharge>,
    adjustments: Adjustments,
    holds: BTreeSet<AccountHold>,
    notes: PricingNotes,
    /// List less basis of single-price SKUs, with the rows it comes from.
    differences: BTreeMap<(Sym, SkuKey), Difference>,
}

#[derive(Clone, Copy, Default)]
struct Difference {
    amount: Usd,
    rows: u64,
    is_private: bool,
}

/// One account's share of a rated counter.
struct Share<'a> {
    account: Sym,
    items: Vec<&'a Item>,
    list: Usd,
    free: Quantity,
}

impl<'a> Pricer<'a> {
    fn price(&mut self, counters: &Counters) -> Result<(), AloneError> {
        let mut by_group: BTreeMap<GroupId, Vec<(SkuKey, &[Item])>> = BTreeMap::new();
        for ((group, sku), items) in counters {
            by_group.entry(*group).or_default().push((*sku, items));
        }
        for (group, counters) in by_group {
            self.price_group(group, &counters)?;
        }
        Ok(())
    }

    fn price_group(&mut self, group: GroupId, counters: &[(SkuKey, &[Item])]) -> Result<(), AloneError> {
        let (facts, period) = (self.facts, self.facts.period);
        let quantities: BTreeMap<&str, Quantity> = counters
            .iter()
            .filter(|(key, _)| !key.sku.is_empty())
            .map(|(key, items)| (facts.text(key.sku), items.iter().map(|item| item.quantity).sum()))
            .collect();
        let allowances = divide_allowances(&self.reference.price_list, period, &quantities)
            .at(|| String::from("division of a free allowance"))?;
        for (key, items) in counters {
            let sku = facts.text(key.sku);
            let versions: Vec<Option<&PriceVersion>> = items.iter().map(|item| self.version_of(item)).collect();
            let is_listed = versions.iter().all(Option::is_some);
            let has_ranges = versions.iter().flatten().any(|version| version.ladder.ranges.len() > 1);
            let offers: Vec<&FreeOffer> = offers_for(&self.reference.price_list, period, sku).collect();
            let in_no_list = versions.iter().all(Option::is_none);
            if has_ranges || !offers.is_empty() || (in_no_list && self.tiered_by_usage.contains(key)) {
                if is_listed {
                    let allowance = allowances.get(sku).copied().unwrap_or_default();
                    self.price_tiered(group, *key, items, &versions, allowance)?;
                } else {
                    self.draft_as_billed(*key, items);
                }
            } else {
                self.price_single(*key, items, &versions)?;
            }
            for version in versions.iter().flatten() {
                self.note_assumed(sku, &version.source, items);
            }
            if self.groups.get(group).free_tier == FreeTierPolicy::AlwaysFreePerGroup {
                for offer in offers {
                    self.note_assumed(&offer.sku, &offer.source, items);
                }
            }
        }
        Ok(())
    }

    fn version_of(&self, item: &Item) -> Option<&'a PriceVersion> {
        let key = &self.facts.facts[item.fact].key;
        self.reference.price_list.version_at(self.facts.text(key.sku), key.price_instant)
    }

    /// A tiered SKU: the group's counter is rated as a whole, then divided by quantity.
    fn price_tiered(
        &mut self,
        group: GroupId,
        key: SkuKey,
        items: &[Item],
        versions: &[Option<&'a PriceVersion>],
        allowance: Quantity,
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
        let billed_free: Quantity = items.iter().map(|item| item.billed_free(facts)).sum();
        let rule = match self.groups.get(group).free_tier {
            FreeTierPolicy::AlwaysFreePerGroup => FreeRule::Allowance(allowance),
            FreeTierPolicy::None => FreeRule::Nothing,
            FreeTierPolicy::AsBilled => FreeRule::AsBilled(billed_free),
        };
        let rated = rate(&by_version(items, versions), rule).at(place)?;
        let weights: Vec<i128> = accounts
            .iter()
            .map(|(_, items)| items.iter().map(|item| item.quantity).sum::<Quantity>().units())
            .collect();
        let lists = split_by_weight(rated.charge.units(), &weights).at(place)?;
        let frees = split_by_weight(rated.free.units(), &weights).at(place)?;
        for (((account, items), list), free) in accounts.into_iter().zip(lists).zip(frees) {
            let (list, free) = (Usd::from_units(list), Quantity::from_units(free));
            let share = Share { account, items, list, free };
            self.book_tiered(key, &share, &rated)?;
        }
        Ok(())
    }

    /// Records an account's share of a tiered counter and books why it differs from AWS's charge.
    fn book_tiered(&mut self, key: SkuKey, share: &Share<'_>, rated: &Rated) -> Result<(), AloneError> {
        let facts = self.facts;
        let weights: Vec<i128> = share.items.iter().map(|item| item.quantity.units()).collect();
        let basis = self.book_bases(&share.items, share.list, &weights, key)?;
        let billed_free: Quantity = share.items.iter().map(|item| item.billed_free(facts)).sum();
        let free_tier = (billed_free - share.free).at(rated.first_paid_price).at(|| key.describe(facts))?;
        self.adjustments.book_counter(share.account, Cause::FreeTierRerated, free_tier);
        self.adjustments.book_counter(share.account, Cause::TierRerated, share.list - basis - free_tier);
        let part = SkuPart { list: share.list, source: ListSource::PriceList, facts: weighted(&share.items) };
        self.push_charge(share.account, key, vec![part], share.free, &share.items);
        Ok(())
    }

    fn push_charge(
        &mut self,
        account: Sym,
        key: SkuKey,
        parts: Vec<SkuPart>,
        free_quantity: Quantity,
        items: &[&Item],
    ) {
        let quantity = items.iter().map(|item| item.quantity).sum();
        self.charges.push(SkuCharge { account, sku: key.sku, parts, quantity, free_quantity });
    }

    /// The sum of what AWS charged for a part, or would have charged: books foreign coverage on the way.
    ///
    /// An un-covered row without public on-demand cost has its share of the list charge as basis.
    fn book_bases(&mut self, items: &[&Item], list: Usd, weights: &[i128], key: SkuKey) -> Result<Usd, AloneError> {
        let facts = self.facts;
        let shares = if items.iter().any(|item| item.basis.is_none()) {
            split_by_weight(list.units(), weights).at(|| key.describe(facts))?
        } else {
            vec![0; items.len()]
        };
        let mut total = Usd::ZERO;
        for (item, share) in items.iter().zip(shares) {
            let basis = item.basis.unwrap_or(Usd::from_units(share));
            total += basis;
            let fact = &facts.facts[item.fact];
            let cause = match item.cover {
                Cover::None => continue,
                Cover::Ri => Cause::ForeignRiRemoved,
                Cover::Sp => Cause::ForeignSpRemoved,
            };
            self.adjustments.book_row(item.account, fact.key.payer, cause, basis - fact.measures.unblended);
        }
        Ok(total)
    }

    /// A tiered SKU without a price list: AWS's own charge is drafted and held.
    fn draft_as_billed(&mut self, key: SkuKey, items: &[Item]) {
        let facts = self.facts;
        for (account, items) in by_account(items) {
            let list = self.charge_at_basis(key, account, &items);
            let usage_type = facts.text(facts.facts[items[0].fact].key.usage_type);
            let detail =
                format!("{} ({usage_type}) has tiers or free usage and no price list; {list} USD", key.describe(facts));
            let remedy = String::from("import the AWS price list that holds this SKU, then run again");
            self.hold(account, "tiered_without_list_price", detail, remedy, true);
        }
    }

    /// What AWS charged or would have charged; an un-covered row of which the report does not say adds nothing.
    fn charge_at_basis(&mut self, key: SkuKey, account: Sym, items: &[&Item]) -> Usd {
        let list: Usd = items.iter().map(|item| item.basis.unwrap_or_default()).sum();
        self.book_as_billed(items);
        let part = SkuPart { list, source: ListSource::AsBilled, facts: weighted(items) };
        self.push_charge(account, key, vec![part], Quantity::ZERO, items);
        list
    }

    /// Foreign coverage of rows whose list charge is their basis.
    fn book_as_billed(&mut self, items: &[&Item]) {
        for item in items {
            let fact = &self.facts.facts[item.fact];
            let cause = match item.cover {
                Cover::None => continue,
                Cover::Ri => Cause::ForeignRiRemoved,
                Cover::Sp => Cause::ForeignSpRemoved,
            };
            let amount = item.basis.unwrap_or_default() - fact.measures.unblended;
            self.adjustments.book_row(item.account, fact.key.payer, cause, amount);
        }
    }

    fn hold(&mut self, account: Sym, reason: &'static str, detail: String, remedy: String, spreads_to_group: bool) {
        let account_id = self.facts.text(account).to_owned();
        self.holds.insert(AccountHold { account_id, reason, detail, remedy, spreads_to_group });
    }

    /// A single-price SKU: one product per account and price version.
    fn price_single(
        &mut self,
        key: SkuKey,
        items: &[Item],
        versions: &[Option<&'a PriceVersion>],
    ) -> Result<(), AloneError> {
        let facts = self.facts;
        let mut by_account: BTreeMap<Sym, Vec<(&Item, Option<&PriceVersion>)>> = BTreeMap::new();
        for (item, version) in items.iter().zip(versions) {
            by_account.entry(item.account).or_default().push((item, *version));
        }
        for (account, entries) in by_account {
            let mut parts = Vec::new();
            let mut difference = Difference::default();
            for items in split_versions(&entries) {
                let Some(version) = items.1 else {
                    self.price_unlisted(key, &items.0, &mut parts, &mut difference);
                    continue;
                };
                let quantity: Quantity = items.0.iter().map(|item| item.quantity).sum();
                let list = quantity.at(version.ladder.ranges[0].price).at(|| key.describe(facts))?;
                let weights: Vec<i128> = items.0.iter().map(|item| item.quantity.units()).collect();
                let basis = self.book_bases(&items.0, list, &weights, key)?;
                difference.amount += list - basis;
                parts.push(SkuPart { list, source: ListSource::PriceList, facts: weighted(&items.0) });
            }
            let items: Vec<&Item> = entries.iter().map(|(item, _)| *item).collect();
            for item in &items {
                let fact = &facts.facts[item.fact];
                difference.rows += fact.measures.rows;
                difference.is_private |=
                    item.cover == Cover::None && is_private_rate_code(facts.text(fact.key.rate_code));
            }
            self.adjustments.book_counter(account, Cause::ListRateDifference, difference.amount);
            self.differences.insert((account, key), difference);
            self.push_charge(account, key, parts, Quantity::ZERO, &items);
        }
        Ok(())
    }

    /// A single-price SKU that is in no list: public on-demand cost, row by row; else as billed.
    fn price_unlisted(&mut self, key: SkuKey, items: &[&Item], parts: &mut Vec<SkuPart>, difference: &mut Difference) {
        let facts = self.facts;
        let name = key.describe(facts);
        self.book_as_billed(items);
        for item in items {
            let fact = &facts.facts[item.fact];
            let (list, source) = if fact.key.has_public_cost {
                (fact.measures.public_cost, ListSource::PublicOnDemand)
            } else {
                (item.basis.unwrap_or_default(), ListSource::AsBilled)
            };
            difference.amount += list - item.basis.unwrap_or_default();
            parts.push(SkuPart { list, source, facts: weighted(&[item]) });
            if fact.key.has_public_cost {
                *self.notes.public_on_demand_fallback.entry(name.clone()).or_default() += list;
            } else if item.cover != Cover::None || !fact.measures.unblended.is_zero() {
                let detail =
                    format!("{name} is in no price list and its rows have no public on-demand cost; {list} USD");
                let remedy = String::from("import the AWS price list that holds this SKU, then run again");
                self.hold(item.account, "list_price_suspect", detail, remedy, false);
            }
        }
    }

    /// A price or free offer that somebody assumed holds the accounts that used it.
    fn note_assumed(&mut self, sku: &str, source: &str, items: &[Item]) {
        if !source.trim().eq_ignore_ascii_case("assumed") {
            return;
        }
        let known = self.notes.assumed_prices.entry(sku.to_owned()).or_default();
        known.extend(items.iter().map(|item| self.facts.text(item.account).to_owned()));
        known.sort();
        known.dedup();
    }

    /// Tells differences beyond the rounding of rows, and holds accounts whose list price looks wrong.
    fn judge_differences(&mut self, list_totals: &BTreeMap<Sym, Usd>) -> Result<(), AloneError> {
        const ROUNDING_PER_ROW: i128 = 100_000_000; // 10^-10 dollars.
        let mut suspect: BTreeMap<Sym, (Usd, Vec<String>)> = BTreeMap::new();
        for ((account, key), difference) in &self.differences {
            if difference.amount.units().unsigned_abs() <= u128::from(difference.rows) * ROUNDING_PER_ROW.unsigned_abs()
            {
                continue;
            }
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
        Ok(())
    }
}

fn by_account(items: &[Item]) -> Vec<(Sym, Vec<&Item>)> {
    let mut accounts: BTreeMap<Sym, Vec<&Item>> = BTreeMap::new();
    for item in items {
        accounts.entry(item.account).or_default().push(item);
    }
    accounts.into_iter().collect()
}

/// The counter's quantity per price version, in order of time.
fn by_version<'a>(items: &[Item], versions: &[Option<&'a PriceVersion>]) -> Vec<VersionQuantity<'a>> {
    let mut sums: BTreeMap<crate::period::Instant, VersionQuantity<'a>> = BTreeMap::new();
    for (item, version) in items.iter().zip(versions) {
        let version = version.expect("a tiered counter is rated only where every item has a price");
        let sum = sums
            .entry(version.effective_from)
            .or_insert(VersionQuantity { ladder: &version.ladder, quantity: Quantity::ZERO });
        sum.quantity += item.quantity;
    }
    sums.into_values().collect()
}

/// Items of one account by price version, in order of time; those without a version first.
fn split_versions<'a, 'b>(
    entries: &[(&'a Item, Option<&'b PriceVersion>)],
) -> Vec<(Vec<&'a Item>, Option<&'b PriceVersion>)> {
    let mut sums: BTreeMap<Option<crate::period::Instant>, (Vec<&Item>, Option<&PriceVersion>)> = BTreeMap::new();
    for (item, version) in entries {
        let effective_from = version.map(|version| version.effective_from);
        sums.entry(effective_from).or_insert((Vec::new(), *version)).0.push(item);
    }
    sums.into_values().collect()
}

/// Facts with their quantity as weight.
fn weighted(items: &[&Item]) -> Vec<(usize, i128)> {
    items.iter().map(|item| (item.fact, item.quantity.units())).collect()
}
