//! Which commitment may cover which usage, and in which order.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::commitments::{Commitment, Kind, Reservation, SavingsPlan};
use super::counters::SkuKey;
use super::product::{Product, Tenancy};
use super::rate::first_paid_price;
use super::read_commitments::kind_of;
use crate::money::{Quantity, UnitPrice};
use crate::period::Instant;
use crate::terms::{CommitmentRules, ReferenceData, SavingsPlanKind, SavingsPlanScope};
use crate::usage::{Facts, LineType, Sym};

/// Usage that is covered as one: rows of an account, SKU, operation, zone and price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LineKey {
    pub account: Sym,
    pub sku: SkuKey,
    pub operation: Sym,
    pub zone: Sym,
    pub price_instant: Instant,
}

/// A line and what it is matched by.
#[derive(Clone, Debug)]
pub(super) struct Line<'a> {
    pub key: LineKey,
    pub product: Product<'a>,
    /// The first paid price of the list, else the rows' own public price: only for the order of savings.
    pub list: Option<UnitPrice>,
}

/// What one unit of usage takes of a commitment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Per {
    /// Units of a reservation.
    Units(Quantity),
    /// Dollars of a Savings Plan.
    Rate(UnitPrice),
}

/// A commitment and a line that it may cover; places in the lists of the group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    pub commitment: usize,
    pub line: usize,
    pub per: Per,
}

/// A Savings Plan made for a line's product, without a known rate for its SKU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Unrated {
    pub commitment: usize,
    pub line: usize,
}

/// Pairs in the order in which AWS would cover, and those that lack a rate.
#[derive(Debug, Default)]
pub(super) struct Matches {
    pub pairs: Vec<Pair>,
    pub unrated: Vec<Unrated>,
}

/// The first things first: zonal reservations, regional ones by size, Savings Plans by saving; owner before group;
/// then smallest factor, ARN, account, SKU, operation.
type Order = (u16, bool, i128, Reverse<bool>, Quantity, Sym, LineKey);

/// Everything that the commitments of a group may cover.
pub(super) fn match_all(
    facts: &Facts,
    reference: &ReferenceData,
    commitments: &[&Commitment<'_>],
    rates: &Rates,
    lines: &[Line<'_>],
) -> Matches {
    let rules = &reference.commitment_rules;
    let mut ordered: Vec<(Order, Pair)> = Vec::new();
    let mut unrated = Vec::new();
    for (line_place, line) in lines.iter().enumerate() {
        let product_code = facts.text(line.product.product_code);
        let traits = Traits::of(line, rules, facts);
        let factor = traits.factor;
        for (place, commitment) in commitments.iter().enumerate() {
            let is_owners = commitment.owner.as_deref() == Some(facts.text(line.key.account));
            let found = match &commitment.kind {
                Kind::Reservation(reservation) => {
                    let fits = reservation.covers(line, &traits, is_owners);
                    fits.then(|| {
                        let per = reservation.flexible.and(factor).unwrap_or(Quantity::ONE);
                        (u16::from(reservation.zone.is_none()), 0, Per::Units(per))
                    })
                }
                Kind::SavingsPlan(plan) if plan.may_cover(line, &traits) => {
                    match rates.rate(facts, reference, plan, line) {
                        Some(rate) => {
                            let saving = line.list.map_or(i128::MAX, |list| rate.in_parts_of(list));
                            Some((2 + u16::from(plan.rule.order), saving, Per::Rate(rate)))
                        }
                        None => {
                            if plan.rule.product_codes.iter().any(|code| code == product_code) {
                                unrated.push(Unrated { commitment: place, line: line_place });
                            }
                            None
                        }
                    }
                }
                Kind::SavingsPlan(_) | Kind::Other => None,
            };
            let Some((step, saving, per)) = found else { continue };
            // A size that nobody knows comes after those that are known.
            let (known, size) = (Reverse(factor.is_some()), factor.unwrap_or_default());
            let order = (step, !is_owners, saving, known, size, commitment.arn, line.key);
            ordered.push((order, Pair { commitment: place, line: line_place, per }));
        }
    }
    ordered.sort_unstable_by_key(|(order, _)| *order);
    Matches { pairs: ordered.into_iter().map(|(_, pair)| pair).collect(), unrated }
}

/// What the commitments ask of a line, found out once for all of them.
struct Traits {
    family: String,
    /// Normalized units of one instance for one hour.
    factor: Option<Quantity>,
    multiple: Quantity,
}

impl Traits {
    fn of(line: &Line<'_>, rules: &CommitmentRules, facts: &Facts) -> Self {
        let product = &line.product;
        let texts = (facts.text(product.product_code), facts.text(product.operation));
        let rule = rules.reservation(texts.0, texts.1, facts.period);
        let (factor, multiple) = (product.normalized_units(rules, rule), product.multiple(rule));
        Self { family: product.family(), factor, multiple }
    }
}

impl Reservation<'_> {
    /// Zonal reservations cover their size in their zone of the owner's own account, for zones have other names in
    /// other accounts; regional ones their size, or their family where they are flexible, in the region.
    fn covers(&self, line: &Line<'_>, traits: &Traits, is_owners: bool) -> bool {
        let (own, used) = (&self.product, &line.product);
        let same_product = own.product_code == used.product_code
            && own.operation == used.operation
            && own.region == used.region
            && self.tenancy == used.tenancy.unwrap_or(Tenancy::Shared);
        if !same_product || used.instance_type.is_empty() {
            return false;
        }
        match (self.flexible, self.zone) {
            (Some(_), _) => traits.family == self.family && traits.factor.is_some(),
            (None, zone) => {
                used.instance_type == own.instance_type
                    && traits.multiple == self.multiple
                    && zone.is_none_or(|zone| is_owners && zone == line.key.zone)
            }
        }
    }
}

impl SavingsPlan<'_> {
    fn may_cover(&self, line: &Line<'_>, traits: &Traits) -> bool {
        match self.rule.scope {
            SavingsPlanScope::Any => true,
            SavingsPlanScope::RegionAndFamily => {
                self.scopes.iter().any(|(region, of)| *region == line.product.region && *of == traits.family)
            }
        }
    }
}

/// The rates of Savings Plans that the month's rows show: the lowest where there are several.
#[derive(Debug)]
pub(super) struct Rates {
    seen: BTreeMap<SavingsPlanKind, BTreeMap<Sym, UnitPrice>>,
}

impl Rates {
    pub(super) fn of(facts: &Facts) -> Self {
        let mut by_symbols: BTreeSet<[Sym; 5]> = BTreeSet::new();
        let mut last = [Sym::EMPTY; 5];
        for fact in &facts.facts {
            let key = &fact.key;
            if key.line_type == LineType::SavingsPlanCoveredUsage && !key.sku.is_empty() {
                let found = [key.sp_offering, key.sp_payment_option, key.sp_term, key.sku, key.sp_rate];
                if found != last {
                    by_symbols.insert(found);
                    last = found; // From hour to hour nothing of it changes.
                }
            }
        }
        let mut seen: BTreeMap<SavingsPlanKind, BTreeMap<Sym, UnitPrice>> = BTreeMap::new();
        for [offering, payment_option, term, sku, rate] in by_symbols {
            let Ok(rate) = UnitPrice::parse(facts.text(rate)) else { continue };
            if rate > UnitPrice::ZERO {
                let kind = kind_of(facts, [offering, payment_option, term]);
                let lowest = seen.entry(kind).or_default().entry(sku).or_insert(rate);
                *lowest = rate.min(*lowest);
            }
        }
        Self { seen }
    }

    /// The month's own rate, else the price list's of the time when the plan began.
    fn rate(
        &self,
        facts: &Facts,
        reference: &ReferenceData,
        plan: &SavingsPlan<'_>,
        line: &Line<'_>,
    ) -> Option<UnitPrice> {
        let sku = line.key.sku.sku;
        let seen = self.seen.get(&plan.kind).and_then(|of_kind| of_kind.get(&sku));
        let listed = || reference.savings_plan_rates.rate(&plan.kind, facts.text(sku), plan.start);
        seen.copied().or_else(|| listed().map(|listed| listed.rate)).filter(|rate| *rate > UnitPrice::ZERO)
    }
}

/// The price by which the saving on a line is measured.
pub(super) fn list_of(
    facts: &Facts,
    reference: &ReferenceData,
    key: &LineKey,
    public: impl FnOnce() -> Option<UnitPrice>,
) -> Option<UnitPrice> {
    let version = reference.price_list.version_at(facts.text(key.sku.sku), key.price_instant);
    let listed = version.map(|version| first_paid_price(&version.ladder));
    listed.or_else(public).filter(|price| *price > UnitPrice::ZERO)
}
