//! The commitments of a month: whose they are, how much of them there is hour by hour, and who used it.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::owners::{Owner, Owners};
use super::product::{Product, Tenancy};
use super::read_commitments::{Evidence, evidence, read_commitment};
use super::{GroupId, Groups, RowClass};
use crate::money::{Quantity, UnitPrice, Usd};
use crate::period::{BillingPeriod, Instant};
use crate::terms::{ReferenceData, ReservationRule, SavingsPlanKind, SavingsPlanRule};
use crate::usage::{Fact, Facts, Sym};

/// A stretch of time, by its first second: an hour where the data is hourly.
pub(super) type Bucket = i64;

/// Seconds of an hour.
pub(super) const HOUR: i64 = 3_600;
/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;

/// What a commitment covers.
#[derive(Clone, Debug)]
pub(super) enum Kind<'a> {
    Reservation(Reservation<'a>),
    SavingsPlan(SavingsPlan<'a>),
    /// Only its use is in the report, or no rule tells what it covers.
    Other,
}

/// A reservation of instances.
#[derive(Clone, Debug)]
pub(super) struct Reservation<'a> {
    pub product: Product<'a>,
    pub tenancy: Tenancy,
    pub family: String,
    /// Where it is zonal: it then covers its exact size in this zone only.
    pub zone: Option<Sym>,
    /// Where it covers other sizes too: the normalized units of one of its instances.
    pub flexible: Option<Quantity>,
    pub multiple: Quantity,
    pub rule: &'a ReservationRule,
    /// How many instances, and when.
    pub alive: Vec<Alive>,
}

/// So many instances from a start to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Alive {
    pub units: Quantity,
    pub start: Instant,
    pub end: Option<Instant>,
}

/// A Savings Plan.
#[derive(Clone, Debug)]
pub(super) struct SavingsPlan<'a> {
    pub rule: &'a SavingsPlanRule,
    pub offering: Sym,
    pub kind: SavingsPlanKind,
    /// Region and instance family; of its use, where its fee does not say.
    pub scopes: BTreeSet<(&'a str, String)>,
    /// When it began: its rates were fixed then.
    pub start: Instant,
    /// Dollars by bucket: what was committed, and what its fee rows say was used of it.
    pub committed: BTreeMap<Bucket, Usd>,
    pub told_used: BTreeMap<Bucket, Usd>,
}

/// What one account used of a commitment in the month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Used {
    /// Instance hours: of Savings Plans, of the usage that is counted in hours.
    pub hours: Quantity,
    /// In units of the commitment: see [`Commitment::units`].
    pub amount: i128,
    /// Rows.
    pub rows: u64,
    /// Whether the account is of the owner's group.
    pub is_inside: bool,
}

/// A commitment that the facts name.
#[derive(Clone, Debug)]
pub(super) struct Commitment<'a> {
    pub arn: Sym,
    /// The payer of its fee, else of its use.
    pub payer: Sym,
    /// The account in its ARN; absent where nobody can tell.
    pub owner: Option<String>,
    pub group: Option<GroupId>,
    pub kind: Kind<'a>,
    /// Whether it is a Savings Plan, also where its kind is not known.
    pub is_savings_plan: bool,
    /// Whether the report has fee rows of it.
    pub has_fee: bool,
    /// What its fee rows charge in the month, and the upfront payment's share of the month.
    pub fee: Usd,
    /// How long a bucket of its group is, in seconds.
    pub grain: i64,
    /// Of the owner's group, by bucket, in units of the commitment.
    pub inside: BTreeMap<Bucket, i128>,
    /// Of strangers.
    pub outside: BTreeMap<Bucket, i128>,
    /// By account.
    pub users: BTreeMap<Sym, Used>,
}

/// All commitments of a month, by ARN.
pub(super) struct Commitments<'a> {
    pub all: Vec<Commitment<'a>>,
}

impl<'a> Commitments<'a> {
    pub(super) fn of(
        facts: &'a Facts,
        classes: &[RowClass],
        owners: &Owners,
        groups: &Groups,
        reference: &'a ReferenceData,
    ) -> Self {
        let named = evidence(facts, classes);
        let mut all: Vec<Commitment<'a>> = Vec::with_capacity(named.len());
        for (arn, evidence) in &named {
            let owner = match owners.owner(*arn, Sym::EMPTY) {
                Owner::Account(owner) => Some(owner),
                Owner::Unresolved(_) => None,
            };
            let group = owner.as_deref().and_then(|owner| groups.group_of(owner));
            all.push(read_commitment(facts, reference, *arn, owner, group, evidence));
        }
        let account_groups = groups.of_symbols(facts);
        let grains = grains(facts, &named, &all, &account_groups);
        let evidence: Vec<&Evidence> = named.values().collect();
        all.par_iter_mut().zip(evidence).for_each(|(commitment, evidence)| {
            commitment.grain = commitment.group.and_then(|group| grains.get(&group).copied()).unwrap_or(HOUR);
            commitment.sum_up(facts, evidence, &account_groups, reference);
        });
        Self { all }
    }

    /// The places of a group's commitments.
    pub(super) fn by_group(&self) -> BTreeMap<GroupId, Vec<usize>> {
        let mut places: BTreeMap<GroupId, Vec<usize>> = BTreeMap::new();
        for (place, commitment) in self.all.iter().enumerate() {
            if let Some(group) = commitment.group {
                places.entry(group).or_default().push(place);
            }
        }
        places
    }
}

/// The dollars of a Savings Plan that a covered row took: its rate times its usage where the row does not say.
fn plan_dollars(facts: &Facts, fact: &Fact) -> i128 {
    let (sums, rate) = (&fact.measures, UnitPrice::parse(facts.text(fact.key.sp_rate)));
    let told = sums.sp_effective_cost;
    let dollars = if told.is_zero() { rate.and_then(|rate| sums.quantity.at(rate)).unwrap_or(told) } else { told };
    dollars.units()
}

/// Whether a unit of `pricing/unit` is an hour.
fn is_in_hours(unit: &str) -> bool {
    ["hrs", "hours", "hour"].contains(&unit.to_ascii_lowercase().as_str())
}

/// The first second of the bucket that holds an instant.
pub(super) fn bucket_of(start: Option<Instant>, grain: i64, month_start: Instant) -> Bucket {
    let seconds = start.unwrap_or(month_start).seconds();
    if grain > DAY { month_start.seconds() } else { seconds.div_euclid(grain) * grain }
}

/// Groups whose covered usage or Savings Plan fees come in rows longer than an hour, with that length.
fn grains(
    facts: &Facts,
    named: &BTreeMap<Sym, Evidence>,
    all: &[Commitment<'_>],
    account_groups: &BTreeMap<Sym, GroupId>,
) -> BTreeMap<GroupId, i64> {
    let mut grains: BTreeMap<GroupId, i64> = BTreeMap::new();
    for (commitment, evidence) in all.iter().zip(named.values()) {
        for place in evidence.covered.iter().chain(&evidence.fees) {
            let fact = &facts.facts[*place];
            let length = fact.measures.last_end.seconds() - fact.measures.first_start.seconds();
            if fact.key.interval_start.is_none() || length <= HOUR {
                continue;
            }
            let grain = if length <= DAY { DAY } else { 31 * DAY };
            for group in commitment.group.iter().chain(account_groups.get(&fact.key.account)) {
                let known = grains.entry(*group).or_insert(grain);
                *known = grain.max(*known);
            }
        }
    }
    grains
}

impl Commitment<'_> {
    /// What a covered row took, in units of the commitment: normalized units of a size-flexible reservation,
    /// instance hours of another one, dollars of a Savings Plan.
    fn units(&self, facts: &Facts, fact: &Fact, reference: &ReferenceData) -> i128 {
        let sums = &fact.measures;
        match &self.kind {
            Kind::SavingsPlan(_) => plan_dollars(facts, fact),
            Kind::Reservation(Reservation { flexible: Some(_), .. }) if !sums.normalized_quantity.is_zero() => {
                sums.normalized_quantity.units()
            }
            Kind::Reservation(Reservation { flexible: Some(_), rule, .. }) => {
                let factor = Product::of(facts, fact).normalized_units(&reference.commitment_rules, Some(rule));
                factor.and_then(|factor| sums.quantity.times(factor).ok()).unwrap_or(sums.quantity).units()
            }
            Kind::Other if self.is_savings_plan => plan_dollars(facts, fact),
            Kind::Reservation(_) | Kind::Other => sums.quantity.units(),
        }
    }

    fn sum_up(
        &mut self,
        facts: &Facts,
        evidence: &Evidence,
        account_groups: &BTreeMap<Sym, GroupId>,
        reference: &ReferenceData,
    ) {
        let start = facts.period.start();
        if let Kind::SavingsPlan(plan) = &mut self.kind {
            for place in &evidence.fees {
                let fee = &facts.facts[*place];
                let bucket = bucket_of(fee.key.interval_start, self.grain, start);
                *plan.committed.entry(bucket).or_default() += fee.measures.total_commitment;
                *plan.told_used.entry(bucket).or_default() += fee.measures.used_commitment;
            }
        }
        let mut last: Option<(Sym, bool)> = None;
        for place in &evidence.covered {
            let fact = &facts.facts[*place];
            let (account, amount) = (fact.key.account, self.units(facts, fact, reference));
            let is_own = match last {
                Some((known, is_own)) if known == account => is_own,
                _ => {
                    Some(facts.text(account)) == self.owner.as_deref()
                        || (self.group.is_some() && account_groups.get(&account).copied() == self.group)
                }
            };
            last = Some((account, is_own));
            let side = if is_own { &mut self.inside } else { &mut self.outside };
            let sum = side.entry(bucket_of(fact.key.interval_start, self.grain, start)).or_default();
            *sum = sum.saturating_add(amount); // Units that a wrong factor blew up must not stop the month.
            let used = self.users.entry(account).or_default();
            used.is_inside = is_own;
            used.amount = used.amount.saturating_add(amount);
            if !self.is_savings_plan || is_in_hours(facts.text(fact.key.unit)) {
                used.hours += fact.measures.quantity;
            }
            used.rows += fact.measures.rows;
        }
    }

    /// How much of the commitment there is in a bucket, in its units.
    pub(super) fn capacity(&self, bucket: Bucket, month: BillingPeriod) -> i128 {
        match &self.kind {
            Kind::SavingsPlan(plan) => plan.committed.get(&bucket).map_or(0, |committed| committed.units()),
            Kind::Reservation(reservation) => reservation.capacity(bucket, self.grain, month),
            Kind::Other => 0,
        }
    }

    /// What its group has not used of it in a bucket; never below 0.
    pub(super) fn left(&self, bucket: Bucket, month: BillingPeriod) -> i128 {
        let inside = self.inside.get(&bucket).copied().unwrap_or_default();
        let capacity = self.capacity(bucket, month);
        capacity.saturating_sub(inside).clamp(0, capacity.max(0))
    }
}

impl Reservation<'_> {
    /// Units of the whole month.
    pub(super) fn capacity_of_month(&self, month: BillingPeriod) -> i128 {
        self.capacity(month.start().seconds(), 31 * DAY, month)
    }

    /// Units by the full hours of a bucket that begin while it is alive. Hours of other months have none: their own
    /// report may have given them out.
    fn capacity(&self, bucket: Bucket, grain: i64, month: BillingPeriod) -> i128 {
        let (first, last) = (bucket.max(month.start().seconds()), (bucket + grain).min(month.end().seconds()));
        let hours = (first..last).step_by(usize::try_from(HOUR).expect("an hour has few seconds"));
        let units = hours.map(|hour| self.instances_at(Instant::from_seconds(hour)).units()).sum::<i128>();
        let factor = self.flexible.map(|factor| Quantity::from_units(units).times(factor));
        factor.map_or(units, |product| product.map_or(0, Quantity::units))
    }

    /// How many instances at an instant. Where fee rows disagree, the greater number.
    fn instances_at(&self, instant: Instant) -> Quantity {
        let alive = |alive: &&Alive| alive.start <= instant && alive.end.is_none_or(|end| instant < end);
        self.alive.iter().filter(alive).map(|alive| alive.units).max().unwrap_or_default()
    }
}
