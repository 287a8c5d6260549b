//! Whether AWS's reports of issued months are still those that were billed.

use std::collections::BTreeMap;

use super::ledger_terms::months;
use super::material::Material;
use super::read::read_and_keep_inputs;
use super::{RunError, RunRequest, Watcher};
use crate::fold::mix_facts;
use crate::ledger::Ledger;
use crate::money::Usd;
use crate::period::BillingPeriod;
use crate::reference::read_settings;
use crate::usage::Fact;

/// An account whose rows of an issued month have changed since it was billed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// The issued month.
    pub period: BillingPeriod,
    /// Which account.
    pub account_id: String,
    /// AWS's charge when it was billed.
    pub billed: Usd,
    /// AWS's charge now.
    pub now: Usd,
}

impl Drift {
    /// Now less billed; 0 where only rows changed and not their sum.
    pub fn difference(&self) -> Usd {
        self.now - self.billed
    }
}

/// Compares the reports of issued months (of one where a month is given) with the facts that were billed last.
///
/// Largest movement first within a month. The workspace is `request.workspace`; its facts file counts for one month only.
pub fn drift(
    request: &RunRequest,
    only: Option<BillingPeriod>,
    watcher: &dyn Watcher,
) -> Result<(Vec<BillingPeriod>, Vec<Drift>), RunError> {
    let settings = read_settings(&request.workspace)?;
    let ledger = Ledger::open(&settings.ledger)?
        .ok_or_else(|| RunError::NothingIssued { ledger: settings.ledger.display().to_string() })?;
    let issued: Vec<BillingPeriod> =
        months(ledger.book()).into_iter().filter(|month| only.is_none_or(|only| only == *month)).collect();
    let mut drifts = Vec::new();
    for period in &issued {
        let chains = ledger.book().chains(*period);
        let Some(inputs) = chains.values().map(|chain| chain.inputs).max() else { continue };
        let entry = ledger.book().inputs(inputs).ok_or_else(|| RunError::Unreplayable {
            found: format!("entry {inputs}, which should say what documents were made from"),
        })?;
        let billed = Material::of_ledger(&ledger, entry)?.facts;
        let now = read_and_keep_inputs(&RunRequest { period: *period, ..request.clone() }, watcher)?.0.facts;
        drifts.extend(moved(*period, &billed, &now)?);
    }
    Ok((issued, drifts))
}

fn moved(
    period: BillingPeriod,
    billed: &crate::usage::Facts,
    now: &crate::usage::Facts,
) -> Result<Vec<Drift>, RunError> {
    // Mixed with nothing of the other, both have the same symbols: their keys can be compared.
    let too_large = |_| RunError::Unreplayable { found: "the facts: their sums are too large".to_owned() };
    let then = mix_facts([billed, now], |side, _, _| side == 0).map_err(too_large)?;
    let today = mix_facts([billed, now], |side, _, _| side == 1).map_err(too_large)?;
    let mut accounts: BTreeMap<&str, [Vec<&Fact>; 2]> = BTreeMap::new();
    for (side, facts) in [&then, &today].into_iter().enumerate() {
        for fact in &facts.facts {
            accounts.entry(facts.text(fact.key.account)).or_default()[side].push(fact);
        }
    }
    let differing = accounts.into_iter().filter(|(_, [then, today])| then != today);
    let sum = |facts: &[&Fact]| -> Usd { facts.iter().map(|fact| fact.measures.unblended).sum() };
    let mut drifts: Vec<Drift> = differing
        .map(|(account_id, [then, today])| Drift {
            period,
            account_id: account_id.to_owned(),
            billed: sum(&then),
            now: sum(&today),
        })
        .collect();
    drifts
        .sort_by_key(|drift| (std::cmp::Reverse(drift.difference().units().unsigned_abs()), drift.account_id.clone()));
    Ok(drifts)
}
