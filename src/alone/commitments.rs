//! The commitments of a month: whose they are, how much of them there is hour by hour, and who used it.

use std::collections::{BTreeMap, BTreeSet};

use super::owners::{Owner, Owners};
use super::product::{Product, Tenancy};
use super::{GroupId, Groups, RowClass};
use crate::money::{Quantity, Usd};
use crate::period::{BillingPeriod, Instant, parse_instant};
use crate::terms::{ReferenceData, ReservationRule, SavingsPlanRule};
use crate::usage::{Fact, Facts, LineType, Sym};

/// A stretch of time, by its first second: an hour where the data is hourly.
pub(super) type Bucket = i64;

/// Seconds of an hour.
pub(super) const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

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
    pub payment_option: Sym,
    pub term: Sym,
    /// Region and instance family; of its use, where its fee does not say.
    pub scopes: BTreeSet<(&'a str, String)>,
    /// When it began: its rates were fixed then.
    pub start: Instant,
    /// Dollars by bucket.
    pub committed: BTreeMap<Bucket, Usd>,
}

/// What one account used of a commitment in the month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Used {
    /// Of reservations: instance hours.
    pub hours: Quantity,
    /// In units of the commitment: see [`Commitment::units`].
    pub amount: i128,
    /// Rows.
    pub rows: u64,
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
    /// How long a bucket of a group is, in seconds, where that is not an hour.
    pub grains: BTreeMap<GroupId, i64>,
}

impl<'a> Commitments<'a> {
    pub(super) fn of(
        facts: &'a Facts,
        classes: &[RowClass],
        owners: &Owners,
        groups: &Groups,
        reference: &'a ReferenceData,
    ) -> Self {
        let mut named: BTreeMap<Sym, Evidence> = BTreeMap::new();
        for (place, (fact, class)) in facts.facts.iter().zip(classes).enumerate() {
            let arn = fact.key.commitment_arn;
            if *class == RowClass::CommitmentFee && fact.key.line_type.keeps_commitment_terms() {
                named.entry(arn).or_default().fees.push(place);
            } else if matches!(class, RowClass::RiCovered | RowClass::SpCovered) {
                named.entry(arn).or_default().covered.push(place);
            }
        }
        named.remove(&Sym::EMPTY);
        let mut all: Vec<Commitment<'a>> = Vec::with_capacity(named.len());
        for (arn, evidence) in &named {
            let owner = match owners.owner(*arn, Sym::EMPTY) {
                Owner::Account(owner) => Some(owner),
                Owner::Unresolved(_) => None,
            };
            let group = owner.as_deref().and_then(|owner| groups.group_of(owner));
            all.push(read(facts, reference, *arn, owner, group, evidence));
        }
        let account_groups = groups.of_symbols(facts);
        let grains = grains(facts, &named, &all, &account_groups);
        for (commitment, evidence) in all.iter_mut().zip(named.values()) {
            commitment.grain = commitment.group.and_then(|group| grains.get(&group).copied()).unwrap_or(HOUR);
            commitment.sum_up(facts, evidence, &account_groups, reference);
        }
        Self { all, grains }
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

    /// How long a bucket of a group is, in seconds.
    pub(super) fn grain(&self, group: GroupId) -> i64 {
        self.grains.get(&group).copied().unwrap_or(HOUR)
    }
}

/// Where a commitment is named in the facts.
#[derive(Default)]
struct Evidence {
    fees: Vec<usize>,
    covered: Vec<usize>,
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

fn read<'a>(
    facts: &'a Facts,
    reference: &'a ReferenceData,
    arn: Sym,
    owner: Option<String>,
    group: Option<GroupId>,
    evidence: &Evidence,
) -> Commitment<'a> {
    let of = |place: &usize| &facts.facts[*place];
    let payer = evidence.fees.iter().chain(&evidence.covered).map(|place| of(place).key.payer).next();
    let is_savings_plan = |place: &usize| of(place).key.line_type == LineType::SavingsPlanRecurringFee;
    let kind = match evidence.fees.first() {
        Some(fee) if is_savings_plan(fee) => read_savings_plan(facts, reference, evidence),
        Some(fee) => read_reservation(facts, reference, of(fee), evidence),
        None => None,
    };
    let fee = |place| {
        let fact: &Fact = of(place);
        fact.measures.unblended + if is_savings_plan(place) { Usd::ZERO } else { fact.measures.amortized_upfront }
    };
    Commitment {
        arn,
        payer: payer.unwrap_or_default(),
        owner,
        group,
        kind: kind.unwrap_or(Kind::Other),
        is_savings_plan: facts.text(arn).contains(":savingsplan"),
        fee: evidence.fees.iter().map(fee).sum(),
        grain: HOUR,
        inside: BTreeMap::new(),
        outside: BTreeMap::new(),
        users: BTreeMap::new(),
    }
}

fn read_reservation<'a>(
    facts: &'a Facts,
    reference: &'a ReferenceData,
    fee: &Fact,
    evidence: &Evidence,
) -> Option<Kind<'a>> {
    let rules = &reference.commitment_rules;
    let mut product = Product::of(facts, fee);
    let rule = rules.reservation(facts.text(product.product_code), facts.text(product.operation), facts.period);
    let used = evidence.covered.first().map(|place| Product::of(facts, &facts.facts[*place]));
    if product.region.is_empty() {
        product.region = used.map_or("", |used| used.region);
    }
    // A fee row may not say on whose hardware; what the reservation covered says it.
    let named = product.tenancy.filter(|_| !facts.text(fee.key.tenancy).is_empty());
    let tenancy = named.or_else(|| used.and_then(|used| used.tenancy)).or(product.tenancy).unwrap_or(Tenancy::Shared);
    let family = product.family();
    let zone = Some(fee.key.availability_zone).filter(|zone| !zone.is_empty());
    let may_flex = |rule: &&ReservationRule| {
        rule.size_flexible
            && zone.is_none()
            && tenancy == Tenancy::Shared
            && !rule.fixed_families.iter().any(|fixed| *fixed == family)
    };
    let rule = rule?;
    let flexible = Some(rule).filter(may_flex).and_then(|rule| product.normalized_units(rules, Some(rule)));
    let multiple = product.multiple(Some(rule));
    let alive: BTreeSet<Alive> = evidence.fees.iter().filter_map(|place| alive(facts, &facts.facts[*place])).collect();
    let alive = alive.into_iter().collect();
    Some(Kind::Reservation(Reservation { product, tenancy, family, zone, flexible, multiple, alive }))
}

/// More instances than a reservation can have: 10^9.
const TOO_MANY: Quantity = Quantity::from_units(10_i128.pow(9 + crate::money::GRID_PLACES));

/// From when to when a fee row's reservations are alive: its usage start where it names no start.
fn alive(facts: &Facts, fee: &Fact) -> Option<Alive> {
    let units = Quantity::parse(facts.text(fee.key.commitment_units)).ok()?;
    let time = |symbol| parse_instant(facts.text(symbol).as_bytes());
    let start = time(fee.key.commitment_start).unwrap_or(fee.measures.first_start);
    (Quantity::ZERO < units && units < TOO_MANY).then_some(Alive { units, start, end: time(fee.key.commitment_end) })
}

fn read_savings_plan<'a>(facts: &'a Facts, reference: &'a ReferenceData, evidence: &Evidence) -> Option<Kind<'a>> {
    let of = |place: &usize| &facts.facts[*place];
    let all = || evidence.fees.iter().chain(&evidence.covered).map(of);
    let first = |text: fn(&Fact) -> Sym| all().map(text).find(|text| !text.is_empty()).unwrap_or_default();
    let offering = first(|fact| fact.key.sp_offering);
    let rule = reference.commitment_rules.savings_plan(facts.text(offering))?;
    let scope_of = |fact: &Fact| (facts.text(fact.key.sp_region), facts.text(fact.key.sp_family).to_owned());
    let mut scopes: BTreeSet<(&str, String)> =
        evidence.fees.iter().map(|place| scope_of(of(place))).filter(|(region, _)| !region.is_empty()).collect();
    if scopes.is_empty() {
        let used = evidence.covered.iter().map(|place| Product::of(facts, of(place)));
        scopes = used.map(|product| (product.region, product.family())).collect();
    }
    let starts = evidence.fees.iter().filter_map(|place| {
        let fee = of(place);
        parse_instant(facts.text(fee.key.commitment_start).as_bytes())
    });
    Some(Kind::SavingsPlan(SavingsPlan {
        rule,
        offering,
        payment_option: first(|fact| fact.key.sp_payment_option),
        term: first(|fact| fact.key.sp_term),
        scopes,
        start: starts.min().unwrap_or(facts.period.start()),
        committed: BTreeMap::new(),
    }))
}

impl Commitment<'_> {
    /// What a covered row took, in units of the commitment: normalized units of a size-flexible reservation,
    /// instance hours of another one, dollars of a Savings Plan.
    fn units(&self, facts: &Facts, fact: &Fact, reference: &ReferenceData) -> i128 {
        let sums = &fact.measures;
        match &self.kind {
            Kind::SavingsPlan(_) => sums.sp_effective_cost.units(),
            Kind::Reservation(Reservation { flexible: Some(_), .. }) if !sums.normalized_quantity.is_zero() => {
                sums.normalized_quantity.units()
            }
            Kind::Reservation(Reservation { flexible: Some(_), product, .. }) => {
                let rules = &reference.commitment_rules;
                let operation = facts.text(product.operation);
                let rule = rules.reservation(facts.text(product.product_code), operation, facts.period);
                let factor = Product::of(facts, fact).normalized_units(rules, rule);
                factor.and_then(|factor| sums.quantity.times(factor).ok()).unwrap_or(sums.quantity).units()
            }
            Kind::Other if self.is_savings_plan => sums.sp_effective_cost.units(),
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
            }
        }
        for place in &evidence.covered {
            let fact = &facts.facts[*place];
            let (account, amount) = (fact.key.account, self.units(facts, fact, reference));
            let is_own = Some(facts.text(account)) == self.owner.as_deref()
                || (self.group.is_some() && account_groups.get(&account).copied() == self.group);
            let side = if is_own { &mut self.inside } else { &mut self.outside };
            let sum = side.entry(bucket_of(fact.key.interval_start, self.grain, start)).or_default();
            *sum = sum.saturating_add(amount); // Units that a wrong factor blew up must not stop the month.
            let used = self.users.entry(account).or_default();
            used.amount = used.amount.saturating_add(amount);
            used.hours += fact.measures.quantity;
            used.rows += fact.measures.rows;
        }
    }

    /// How much of the commitment there is in a bucket, in its units.
    pub(super) fn capacity(&self, bucket: Bucket, end: Instant) -> i128 {
        match &self.kind {
            Kind::SavingsPlan(plan) => plan.committed.get(&bucket).map_or(0, |committed| committed.units()),
            Kind::Reservation(reservation) => reservation.capacity(bucket, self.grain, end),
            Kind::Other => 0,
        }
    }

    /// What its group has not used of it in a bucket; never below 0.
    pub(super) fn left(&self, bucket: Bucket, end: Instant) -> i128 {
        (self.capacity(bucket, end) - self.inside.get(&bucket).copied().unwrap_or_default()).max(0)
    }
}

impl Reservation<'_> {
    /// Units of the whole month.
    pub(super) fn capacity_of_month(&self, month: BillingPeriod) -> i128 {
        self.capacity(month.start().seconds(), 31 * DAY, month.end())
    }

    /// Units by the full hours of a bucket that begin while it is alive.
    fn capacity(&self, bucket: Bucket, grain: i64, end: Instant) -> i128 {
        let last = (bucket + grain).min(end.seconds().max(bucket + HOUR));
        let hours = (bucket..last).step_by(usize::try_from(HOUR).expect("an hour has few seconds"));
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
