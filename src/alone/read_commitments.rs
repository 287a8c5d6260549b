//! What kind of commitment an ARN is, read from its fee rows and, where they are silent, from what it covered.

use std::collections::{BTreeMap, BTreeSet};

use super::commitments::{Alive, Commitment, HOUR, Kind, Reservation, SavingsPlan};
use super::product::{Product, Tenancy};
use super::{GroupId, RowClass};
use crate::money::{GRID_PLACES, Quantity, Usd};
use crate::period::parse_instant;
use crate::terms::{ReferenceData, ReservationRule, SavingsPlanKind};
use crate::usage::{Fact, Facts, LineType, Sym};

/// Where a commitment is named in the facts.
#[derive(Default)]
pub(super) struct Evidence {
    pub fees: Vec<usize>,
    pub covered: Vec<usize>,
}

/// Where the commitments are named, by ARN.
pub(super) fn evidence(facts: &Facts, classes: &[RowClass]) -> BTreeMap<Sym, Evidence> {
    let mut named: BTreeMap<Sym, Evidence> = BTreeMap::new();
    let mut place = 0;
    // The hours of a commitment follow each other: it is looked up once for all of them.
    for run in facts.facts.chunk_by(|one, other| one.key.commitment_arn == other.key.commitment_arn) {
        let arn = run[0].key.commitment_arn;
        let mut found = Evidence::default();
        for (place, fact) in (place..).zip(run) {
            let class = classes[place];
            if class == RowClass::CommitmentFee && fact.key.line_type.keeps_commitment_terms() {
                found.fees.push(place);
            } else if matches!(class, RowClass::RiCovered | RowClass::SpCovered) {
                found.covered.push(place);
            }
        }
        place += run.len();
        let is_named = !found.fees.is_empty() || !found.covered.is_empty();
        if is_named && !arn.is_empty() {
            let known = named.entry(arn).or_default();
            known.fees.append(&mut found.fees);
            known.covered.append(&mut found.covered);
        }
    }
    named
}

/// What the rows of an ARN say about it.
pub(super) fn read_commitment<'a>(
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
        has_fee: !evidence.fees.is_empty(),
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
    if facts.text(fee.key.region).is_empty() {
        // A fee row may not say where; what the reservation covered says it, and its ARN does.
        let in_arn = facts.text(fee.key.commitment_arn).split(':').nth(3).unwrap_or_default();
        let elsewhere = used.map(|used| used.region).or(Some(in_arn)).filter(|region| !region.is_empty());
        product.region = elsewhere.unwrap_or(product.region);
    }
    // A fee row may not say on whose hardware; what the reservation covered says it.
    let named = product.tenancy.filter(|_| !facts.text(fee.key.tenancy).is_empty());
    let tenancy = named.or_else(|| used.and_then(|used| used.tenancy)).or(product.tenancy).unwrap_or(Tenancy::Shared);
    let family = product.family();
    let zone = Some(fee.key.availability_zone).filter(|zone| !zone.is_empty());
    let may_flex = |rule: &&ReservationRule| {
        rule.size_flexible && zone.is_none() && tenancy == Tenancy::Shared && !rule.fixed_families.contains(&family)
    };
    let rule = rule?;
    let flexible = Some(rule).filter(may_flex).and_then(|rule| product.normalized_units(rules, Some(rule)));
    let multiple = product.multiple(Some(rule));
    let alive: BTreeSet<Alive> = evidence.fees.iter().filter_map(|place| alive(facts, &facts.facts[*place])).collect();
    let alive = alive.into_iter().collect();
    Some(Kind::Reservation(Reservation { product, tenancy, family, zone, flexible, multiple, rule, alive }))
}

/// More instances than a reservation can have: 10^9.
const TOO_MANY: Quantity = Quantity::from_units(10_i128.pow(9 + GRID_PLACES));

/// From when to when a fee row's reservations are alive; where it names no start or end, those of its usage.
fn alive(facts: &Facts, fee: &Fact) -> Option<Alive> {
    let units = Quantity::parse(facts.text(fee.key.commitment_units)).ok()?;
    let time = |symbol| parse_instant(facts.text(symbol).as_bytes());
    let start = time(fee.key.commitment_start).unwrap_or(fee.measures.first_start);
    let fee_end = Some(fee.measures.last_end).filter(|end| *end > fee.measures.first_start);
    let end = time(fee.key.commitment_end).or(fee_end);
    (Quantity::ZERO < units && units < TOO_MANY).then_some(Alive { units, start, end })
}

/// The kind of Savings Plan that an offering, a payment option and a term name.
pub(super) fn kind_of(facts: &Facts, names: [Sym; 3]) -> SavingsPlanKind {
    let [offering, payment_option, term] = names.map(|name| facts.text(name));
    SavingsPlanKind::new(offering, payment_option, term)
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
        kind: kind_of(facts, [offering, first(|fact| fact.key.sp_payment_option), first(|fact| fact.key.sp_term)]),
        scopes,
        start: starts.min().unwrap_or(facts.period.start()),
        committed: BTreeMap::new(),
        told_used: BTreeMap::new(),
    }))
}
