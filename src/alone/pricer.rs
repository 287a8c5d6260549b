//! What pricing a month gathers, and the bookings that every kind of SKU shares.

use std::collections::{BTreeMap, BTreeSet};

use super::counters::{Cover, Item, SkuKey};
use super::error::At;
use super::listed::ListedPrices;
use super::{AccountHold, Adjustments, AloneError, Cause, Groups, PricingNotes, SkuCharge, SkuParts, Weighted};
use crate::money::{Quantity, Usd, split_by_weight};
use crate::terms::{FreeOffer, ReferenceData};
use crate::usage::{FactKey, Facts, Sym};

pub(super) struct Pricer<'a> {
    pub(super) facts: &'a Facts,
    pub(super) reference: &'a ReferenceData,
    pub(super) groups: &'a Groups,
    /// The free offers of the month by the SKUs that they apply to.
    pub(super) offers: &'a BTreeMap<Sym, Vec<&'a FreeOffer>>,
    pub(super) tiered_by_usage: &'a BTreeSet<SkuKey>,
    /// The prices of all facts.
    pub(super) listed: &'a ListedPrices<'a>,
    pub(super) charges: Vec<SkuCharge>,
    /// How many charges there are after each counter.
    pub(super) ends: Vec<usize>,
    pub(super) adjustments: Adjustments,
    pub(super) holds: BTreeSet<AccountHold>,
    pub(super) notes: PricingNotes,
    /// By account and single-price SKU: list less basis, with the rows it comes from, where it is more than their rounding.
    pub(super) differences: Vec<((Sym, SkuKey), Difference)>,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Difference {
    pub(super) amount: Usd,
    pub(super) rows: u64,
    pub(super) is_private: bool,
}

impl Difference {
    /// Whether it is more than the rounding of its rows.
    pub(super) fn is_told(&self) -> bool {
        const ROUNDING_PER_ROW: u128 = 100_000_000; // 10^-10 dollars.
        self.amount.units().unsigned_abs() > u128::from(self.rows) * ROUNDING_PER_ROW
    }
}

impl<'a> Pricer<'a> {
    /// One that has gathered nothing yet.
    pub(super) fn fresh(&self) -> Self {
        Self {
            charges: Vec::new(),
            ends: Vec::new(),
            adjustments: Adjustments::default(),
            holds: BTreeSet::new(),
            notes: PricingNotes::default(),
            differences: Vec::new(),
            ..*self
        }
    }

    /// Adds everything that another one gathered.
    pub(super) fn absorb(&mut self, other: Self) {
        self.charges.extend(other.charges);
        self.adjustments.add(other.adjustments);
        self.holds.extend(other.holds);
        self.notes.add(other.notes);
        self.differences.extend(other.differences);
    }

    pub(super) fn push_charge(
        &mut self,
        account: Sym,
        key: SkuKey,
        parts: SkuParts,
        quantity: Quantity,
        free_quantity: Quantity,
    ) {
        self.charges.push(SkuCharge { account, sku: key.sku, parts, quantity, free_quantity });
    }

    /// The sum of what AWS charged for a part, or would have charged: books foreign coverage on the way.
    ///
    /// An un-covered row without public on-demand cost has its share of the list charge as basis.
    pub(super) fn book_bases(&mut self, items: &[&Item], list: Usd, key: SkuKey) -> Result<Usd, AloneError> {
        let facts = self.facts;
        let shares = if items.iter().any(|item| item.basis.is_none()) {
            let weights: Vec<i128> = items.iter().map(|item| item.quantity.units()).collect();
            split_by_weight(list.units(), &weights).at(|| key.describe(facts))?
        } else {
            Vec::new()
        };
        let mut total = Usd::ZERO;
        // The hours of a commitment follow each other: they are summed before they are booked.
        let mut open: Option<(&FactKey, Cause, Usd)> = None;
        for (place, item) in items.iter().enumerate() {
            let basis = item.basis.unwrap_or_else(|| Usd::from_units(shares[place]));
            total += basis;
            let Some((row, cause, amount)) = uncovered(facts, item, basis) else { continue };
            let place = |row: &FactKey, cause: Cause| (row.account, row.payer, row.commitment_arn, cause);
            match &mut open {
                Some((first, of, sum)) if place(first, *of) == place(row, cause) => *sum += amount,
                _ => {
                    if let Some((row, cause, amount)) = open.replace((row, cause, amount)) {
                        self.adjustments.book_foreign(row, cause, amount);
                    }
                }
            }
        }
        if let Some((row, cause, amount)) = open {
            self.adjustments.book_foreign(row, cause, amount);
        }
        Ok(total)
    }

    /// Books what a row that lost its foreign coverage costs without it.
    pub(super) fn book_uncovered(&mut self, item: &Item, basis: Usd) {
        if let Some((row, cause, amount)) = uncovered(self.facts, item, basis) {
            self.adjustments.book_foreign(row, cause, amount);
        }
    }

    pub(super) fn hold(
        &mut self,
        account: Sym,
        reason: &'static str,
        detail: String,
        remedy: String,
        spreads_to_group: bool,
    ) {
        let account_id = self.facts.text(account).to_owned();
        self.holds.insert(AccountHold { account_id, reason, detail, remedy, spreads_to_group });
    }
}

/// What a row that lost its foreign coverage costs without it; nothing for other rows.
fn uncovered<'a>(facts: &'a Facts, item: &Item, basis: Usd) -> Option<(&'a FactKey, Cause, Usd)> {
    let cause = match item.cover {
        Cover::None => return None,
        Cover::Ri => Cause::ForeignRiRemoved,
        Cover::Sp => Cause::ForeignSpRemoved,
    };
    let fact = &facts.facts[item.fact];
    Some((&fact.key, cause, basis - fact.measures.unblended))
}

pub(super) fn by_account(items: &[Item]) -> Vec<(Sym, Vec<&Item>)> {
    let mut accounts: BTreeMap<Sym, Vec<&Item>> = BTreeMap::new();
    for item in items {
        accounts.entry(item.account).or_default().push(item);
    }
    accounts.into_iter().collect()
}

/// The quantity of items.
pub(super) fn quantity_of(items: &[&Item]) -> Quantity {
    items.iter().map(|item| item.quantity).sum()
}

/// Facts with their quantity as weight.
pub(super) fn weighted(items: &[&Item]) -> Weighted {
    items.iter().map(|item| (item.fact, item.quantity.units())).collect()
}
