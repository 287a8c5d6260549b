//! Which facts the detail files show, at what list dollars, and how these go to the rows.

use std::collections::{BTreeMap, BTreeSet};

use crate::alone::{ListCharges, ListSource, PassedKind, PriceReasons};
use crate::discount::{DiscountedCharges, FactCharge};
use crate::money::{MoneyError, Usd};
use crate::terms::{BorneBy, ReferenceData};
use crate::usage::{Facts, LineType, Measures, Sym};

/// What a row says about commitments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// Nothing.
    None,
    /// Covered by a reservation of the group: its ARN.
    Reserved(Sym),
    /// Covered by a Savings Plan of the group.
    Planned,
    /// The purchase or the fee of a reservation: its ARN.
    ReservationFee(Sym),
    /// AWS covered it with a stranger's commitment: here it is on demand.
    OnDemand,
    /// The same, and own commitments cover a part of it after all.
    PartlyOwn,
}

/// How list dollars come to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Share {
    /// The fact is passed on at AWS's own figure: so is the row.
    OwnCost,
    /// The fact is priced by public on-demand cost: so is the row.
    PublicCost,
    /// The fact's dollars by quantity.
    ByQuantity,
}

/// A fact that a detail file shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DetailFact {
    /// Place in the facts.
    pub fact: usize,
    /// Place of its project in [`DetailPlan::projects`].
    pub project: u32,
    /// Who owes it.
    pub account: Sym,
    /// List dollars: the rows and one rounding sum to them.
    pub list: Usd,
    /// What its rows say about commitments.
    pub cover: Cover,
    share: Share,
}

impl DetailFact {
    /// List dollars of a row, before the fact's rounding.
    ///
    /// What was priced by quantity: the row's quantity x the fact's list dollars / the fact's quantity, rounded once to
    /// the grid, half to even; nothing where the fact's quantity is 0.
    pub fn cost(&self, of_fact: &Measures, of_row: &Measures) -> Result<Usd, MoneyError> {
        match self.share {
            Share::OwnCost => Ok(of_row.unblended),
            Share::PublicCost => Ok(of_row.public_cost),
            Share::ByQuantity if of_fact.quantity.units() == 0 => Ok(Usd::ZERO),
            Share::ByQuantity => self.list.share_of(of_row.quantity, of_fact.quantity),
        }
    }

    /// Whether its rows have one rate: list dollars by quantity.
    pub fn is_by_quantity(&self) -> bool {
        self.share == Share::ByQuantity
    }
}

/// What the detail files of a month show.
#[derive(Clone, Debug)]
pub struct DetailPlan<'a> {
    /// What the month is made of.
    pub facts: &'a Facts,
    /// The projects, sorted: one file each.
    pub projects: Vec<String>,
    /// Their accounts that have rows.
    pub accounts: BTreeSet<Sym>,
    /// Per fact its place in `shown`, plus 1; 0 where it is not shown.
    places: Vec<u32>,
    shown: Vec<DetailFact>,
}

impl<'a> DetailPlan<'a> {
    /// The charged facts of the accounts of these projects, which are sorted.
    ///
    /// A fact that is not charged (tax, support, what is the reseller's, what a stranger's commitment negated) has no line:
    /// it is no part of the list total. A charge is its owner's, also where AWS wrote its rows to another account.
    pub fn of(
        facts: &'a Facts,
        reference: &ReferenceData,
        list: &ListCharges,
        discounted: &DiscountedCharges,
        projects: Vec<String>,
    ) -> Self {
        let mut plan =
            Self { facts, projects, accounts: BTreeSet::new(), places: vec![0; facts.facts.len()], shown: Vec::new() };
        let reasons = PriceReasons::of(facts, list);
        let passed: BTreeMap<usize, PassedKind> = list.passed.iter().map(|passed| (passed.fact, passed.kind)).collect();
        let mut project_of: BTreeMap<Sym, Option<u32>> = BTreeMap::new();
        for charge in &discounted.charges {
            let account = charge.account;
            let find = || plan.projects.binary_search_by_key(&project_name(facts, reference, account)?, |id| id).ok();
            let place = || find().map(|place| u32::try_from(place).expect("a month has fewer than 2^32 projects"));
            let Some(project) = *project_of.entry(account).or_insert_with(place) else { continue };
            let cover = cover(facts, &reasons, charge, passed.get(&charge.fact).copied());
            let share = share(&facts.facts[charge.fact].measures, charge);
            plan.accounts.insert(account);
            plan.shown.push(DetailFact { fact: charge.fact, project, account, list: charge.list, cover, share });
            plan.places[charge.fact] = u32::try_from(plan.shown.len()).expect("a month has fewer than 2^32 keys");
        }
        plan
    }

    /// The fact at a place, where a file shows it.
    pub fn shown(&self, fact: usize) -> Option<&DetailFact> {
        let place = usize::try_from(self.places[fact]).ok()?.checked_sub(1)?;
        self.shown.get(place)
    }
}

/// The project on whose invoice an account is.
fn project_name<'r>(facts: &Facts, reference: &'r ReferenceData, account: Sym) -> Option<&'r String> {
    let contract = reference.contract(facts.text(account), facts.period)?;
    let is_billed = contract.borne_by == BorneBy::Customer && !contract.project_id.is_empty();
    is_billed.then_some(&contract.project_id)
}

/// Rows keep their own figure where the fact's list dollars are the sum of these.
fn share(measures: &Measures, charge: &FactCharge) -> Share {
    match charge.source {
        ListSource::AsBilled if charge.list == measures.unblended => Share::OwnCost,
        ListSource::AsBilled | ListSource::PublicOnDemand if charge.list == measures.public_cost => Share::PublicCost,
        ListSource::AsBilled | ListSource::PublicOnDemand | ListSource::PriceList => Share::ByQuantity,
    }
}

fn cover(facts: &Facts, reasons: &PriceReasons<'_>, charge: &FactCharge, passed: Option<PassedKind>) -> Cover {
    let fact = &facts.facts[charge.fact];
    let is_reservation = |arn: Sym| !arn.is_empty() && !facts.text(arn).contains(":savingsplan");
    let arn = fact.key.commitment_arn;
    match (passed, fact.key.line_type) {
        (Some(PassedKind::OwnCoverage), _) if is_reservation(arn) => Cover::Reserved(arn),
        (Some(PassedKind::OwnCoverage), _) => Cover::Planned,
        (Some(PassedKind::CommitmentFee | PassedKind::CommitmentRefund), _) if is_reservation(arn) => {
            Cover::ReservationFee(arn)
        }
        (None, LineType::DiscountedUsage | LineType::SavingsPlanCoveredUsage) => {
            match reasons.given_back(charge.fact) {
                [] => Cover::OnDemand,
                [one] if one.quantity == fact.measures.quantity && is_reservation(one.arn) => Cover::Reserved(one.arn),
                [one] if one.quantity == fact.measures.quantity => Cover::Planned,
                _ => Cover::PartlyOwn,
            }
        }
        (Some(_) | None, _) => Cover::None,
    }
}
