//! The stage: strips foreign benefits, gives own commitments back, then rates every counter.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::border::border_rows;
use super::class::classes;
use super::commitments::Commitments;
use super::counters::{Counters, Item, SkuKey, tiered_by_usage};
use super::error::At;
use super::free_tier::{divide_allowances, offers_by_sku};
use super::give_back::{covered_by_fact, without_covered};
use super::listed::{Listed, ListedPrices};
use super::owners::Owners;
use super::pricer::Pricer;
use super::reapply::reapply;
use super::strip::strip;
use super::{AloneError, GivenBack, GroupId, Groups, ListCharges, PricingNotes};
use crate::money::{Quantity, Usd};
use crate::period::Instant;
use crate::terms::{FreeOffer, FreeTierPolicy, ReferenceData, is_assumed};
use crate::usage::{FactRun, Facts, Sym};

/// Prices a month as if every group had bought alone.
pub fn price_alone(facts: &Facts, reference: &ReferenceData) -> Result<ListCharges, AloneError> {
    check_price_instants(facts, reference)?;
    let classes = classes(facts, &reference.row_lists);
    let groups = Groups::of(facts, reference);
    let owners = Owners::of(facts, &classes);
    let (stripped, (commitments, tiered, listed)) = rayon::join(
        || strip(facts, &classes, reference, &groups, &owners),
        || {
            let commitments = Commitments::of(facts, &classes, &owners, &groups, reference);
            let listed = ListedPrices::of(facts, &reference.price_list);
            (commitments, tiered_by_usage(facts, &classes, |fact| listed.lacks(fact.key.sku)), listed)
        },
    );
    let reapplied = reapply(facts, reference, &stripped.counters, &commitments)?;
    let mut warnings = stripped.warnings;
    warnings.extend(reapplied.warnings.iter().cloned());
    warnings.extend(commitments.all.iter().filter_map(|one| one.misfit(facts.text(one.arn), facts.period)));
    let mut pricer = Pricer {
        facts,
        reference,
        groups: &groups,
        offers: &offers_by_sku(facts, &reference.price_list),
        tiered_by_usage: &tiered,
        listed: &listed,
        charges: Vec::new(),
        ends: Vec::new(),
        adjustments: stripped.adjustments,
        holds: stripped.holds,
        notes: PricingNotes { warnings, ..PricingNotes::default() },
        differences: Vec::new(),
    };
    pricer.price(&stripped.counters, &covered_by_fact(&reapplied.given))?;
    pricer
        .charges
        .par_sort_by_key(|charge| (charge.account, charge.sku, charge.parts.first().map(|part| part.facts[0].0)));
    let mut list_totals: BTreeMap<Sym, Usd> = BTreeMap::new();
    for charges in pricer.charges.chunk_by(|one, other| one.account == other.account) {
        let lists = charges.iter().flat_map(|charge| &charge.parts).map(|part| part.list);
        *list_totals.entry(charges[0].account).or_default() += lists.sum::<Usd>();
    }
    for passed in &stripped.passed {
        *list_totals.entry(passed.account).or_default() += facts.facts[passed.fact].measures.unblended;
    }
    pricer.judge_differences(&list_totals);
    super::holds::check_negations(facts, &classes, &mut pricer.holds);
    let runs = FactRun::of(&facts.facts);
    super::holds::check_finality(facts, &runs, &mut pricer.holds);
    let Pricer { charges, adjustments, holds, mut notes, .. } = pricer;
    notes.warnings.sort();
    notes.warnings.dedup();
    let border = border_rows(facts, &commitments, &reapplied, &adjustments).at(|| String::from("border"))?;
    let given_back = reapplied.given.iter().map(|given| GivenBack {
        fact: given.fact,
        arn: commitments.all[given.commitment].arn,
        quantity: given.quantity,
    });
    Ok(ListCharges {
        runs,
        classes,
        sku_charges: charges,
        passed: stripped.passed,
        adjustments,
        given_back: given_back.collect(),
        border,
        holds: holds.into_iter().collect(),
        notes,
        groups,
    })
}

/// Facts keep the price interval of each SKU: they must have been made with the changes the lists have.
fn check_price_instants(facts: &Facts, reference: &ReferenceData) -> Result<(), AloneError> {
    let (start, end) = (facts.period.start(), facts.period.end());
    let mut is_priced = vec![false; facts.symbols.len()];
    for fact in facts.facts.iter().filter(|fact| fact.key.line_type.is_priced_by_sku()) {
        is_priced[fact.key.sku.index()] = true;
    }
    for (sku, _) in facts.symbols.texts().zip(is_priced).filter(|(_, is_priced)| *is_priced) {
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

impl<'a> Pricer<'a> {
    fn price(&mut self, counters: &Counters, covered: &[(usize, Quantity)]) -> Result<(), AloneError> {
        let mut by_group: BTreeMap<GroupId, Vec<(SkuKey, &[Item])>> = BTreeMap::new();
        for (group, sku, items) in counters.iter() {
            by_group.entry(group).or_default().push((sku, items));
        }
        // No group knows of another: they are priced side by side, and put together in their order.
        let by_group: Vec<_> = by_group.into_iter().collect();
        let whole = &*self;
        let price = |(group, counters): &(GroupId, Vec<(SkuKey, &[Item])>)| {
            let mut part = whole.fresh();
            match without_covered(counters, covered).at(|| String::from("usage covered by own commitments"))? {
                None => part.price_group(*group, counters)?,
                Some(reduced) => part.price_with_own_commitments(*group, counters, &reduced)?,
            }
            Ok(part)
        };
        let parts: Vec<Result<Pricer<'a>, AloneError>> = by_group.par_iter().map(price).collect();
        let parts: Vec<Pricer<'a>> = parts.into_iter().collect::<Result<_, _>>()?; // The first error in their order.
        self.charges.reserve_exact(parts.iter().map(|part| part.charges.len()).sum());
        for part in parts {
            self.absorb(part);
        }
        Ok(())
    }

    pub(super) fn price_group(&mut self, group: GroupId, counters: &[(SkuKey, &[Item])]) -> Result<(), AloneError> {
        let (facts, period) = (self.facts, self.facts.period);
        let quantities: BTreeMap<&str, Quantity> = counters
            .iter()
            .filter(|(key, _)| self.offers.contains_key(&key.sku))
            .map(|(key, items)| (facts.text(key.sku), items.iter().map(|item| item.quantity).sum()))
            .collect();
        let allowances = divide_allowances(&self.reference.price_list, period, &quantities)
            .at(|| String::from("division of a free allowance"))?;
        let mut listed = Vec::new();
        for (key, items) in counters {
            self.look_up(*key, items, &mut listed);
            let is_listed = listed.iter().all(Option::is_some);
            let has_ranges = listed.iter().flatten().any(|listed| listed.version.ladder.ranges.len() > 1);
            let offers: Vec<&FreeOffer> = self.offers.get(&key.sku).cloned().unwrap_or_default();
            let in_no_list = listed.iter().all(Option::is_none);
            if has_ranges || !offers.is_empty() || (in_no_list && self.tiered_by_usage.contains(key)) {
                if is_listed {
                    let allowance = allowances.get(facts.text(key.sku)).copied().unwrap_or_default();
                    self.price_tiered(group, *key, items, &listed, allowance, &offers)?;
                } else {
                    self.draft_as_billed(*key, items);
                }
            } else {
                self.price_single(*key, items, &listed)?;
            }
            self.ends.push(self.charges.len());
            if listed.iter().flatten().any(|listed| listed.is_assumed) {
                self.note_assumed(facts.text(key.sku), items);
            }
            if self.groups.get(group).free_tier == FreeTierPolicy::AlwaysFreePerGroup {
                for offer in offers.iter().filter(|offer| is_assumed(&offer.source)) {
                    self.note_assumed(&offer.sku, items);
                }
            }
        }
        Ok(())
    }

    /// Looks up the price of each item of a SKU: asked for again only where the instant is another one than before.
    fn look_up(&self, key: SkuKey, items: &[Item], listed: &mut Vec<Option<&'a Listed<'a>>>) {
        let mut last: Option<(Instant, Option<&'a Listed<'a>>)> = None;
        let mut listed_of = |item: &Item| {
            let instant = item.price_instant;
            let known = last.filter(|(known, _)| *known == instant);
            let found = known.unwrap_or_else(|| (instant, self.listed.at(key.sku, instant)));
            last = Some(found);
            found.1
        };
        listed.clear();
        listed.extend(items.iter().map(&mut listed_of));
    }

    /// A price or free offer that somebody assumed holds the accounts that used it.
    fn note_assumed(&mut self, sku: &str, items: &[Item]) {
        let known = self.notes.assumed_prices.entry(sku.to_owned()).or_default();
        known.extend(items.iter().map(|item| self.facts.text(item.account).to_owned()));
        known.sort();
        known.dedup();
    }
}
