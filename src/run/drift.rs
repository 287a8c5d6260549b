//! Whether AWS's reports of issued months are still those that were billed.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::ledger_terms::{months, open_ledger};
use super::material::Material;
use super::read::read_and_keep_inputs;
use super::{RunError, RunRequest, Watcher};
use crate::fold::mix_facts;
use crate::ledger::Ledger;
use crate::money::Usd;
use crate::period::BillingPeriod;
use crate::reference::read_settings;
use crate::usage::{Fact, Facts};

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

/// What became of the reports of issued months.
#[derive(Clone, Debug, Default)]
pub struct DriftReport {
    /// The months whose reports are there.
    pub compared: Vec<BillingPeriod>,
    /// Issued months whose reports have no row any more.
    pub missing: Vec<BillingPeriod>,
    /// By month, the largest movement first.
    pub moved: Vec<Drift>,
}

/// Compares the reports of issued months (of one where a month is given) with the facts that were billed last.
///
/// Largest movement first within a month. The workspace is `request.workspace`; its facts file counts for one month only.
pub fn drift(
    request: &RunRequest,
    only: Option<BillingPeriod>,
    watcher: &dyn Watcher,
) -> Result<DriftReport, RunError> {
    let settings = read_settings(&request.workspace)?;
    let ledger = open_ledger(&settings.ledger)?;
    let issued: Vec<BillingPeriod> =
        months(ledger.book()).into_iter().filter(|month| only.is_none_or(|only| only == *month)).collect();
    let mut drifts = Vec::new();
    let mut compared = Vec::new();
    for period in &issued {
        let now = match read_and_keep_inputs(&RunRequest { period: *period, ..request.clone() }, watcher) {
            Ok((inputs, _)) => inputs.facts,
            Err(RunError::NoRows { .. }) => continue, // Its reports are archived: told as not compared.
            Err(error) => return Err(error),
        };
        compared.push(*period);
        drifts.extend(drift_of_month(&ledger, *period, &now)?);
    }
    drifts.sort_by_key(|drift| {
        (drift.period, Reverse(drift.difference().units().unsigned_abs()), drift.account_id.clone())
    });
    let missing = issued.into_iter().filter(|month| !compared.contains(month)).collect();
    Ok(DriftReport { compared, missing, moved: drifts })
}

/// Each project with the facts that it was billed from last: corrections of some leave others as they were.
fn drift_of_month(ledger: &Ledger, period: BillingPeriod, now: &Facts) -> Result<Vec<Drift>, RunError> {
    let mut by_inputs: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
    let chains = ledger.book().chains(period);
    for (project_id, chain) in &chains {
        by_inputs.entry(chain.inputs).or_default().push(project_id);
    }
    let newest = by_inputs.keys().last().copied();
    let mut found: BTreeMap<String, Drift> = BTreeMap::new();
    for (inputs, projects) in by_inputs {
        let material = Material::of_entry(ledger, inputs)?;
        for drift in moved(period, &material.facts, now)? {
            let contract = material.workspace.reference.contract(&drift.account_id, period);
            let project = contract.map(|contract| contract.project_id.as_str());
            // What is on no document is compared with the newest.
            let has_document = project.is_some_and(|project| chains.contains_key(project));
            if project.is_some_and(|project| projects.contains(&project)) || (!has_document && Some(inputs) == newest) {
                found.insert(drift.account_id.clone(), drift);
            }
        }
    }
    Ok(found.into_values().collect())
}

fn moved(period: BillingPeriod, billed: &Facts, now: &Facts) -> Result<Vec<Drift>, RunError> {
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
    let drifts: Vec<Drift> = differing
        .map(|(account_id, [then, today])| Drift {
            period,
            account_id: account_id.to_owned(),
            billed: sum(&then),
            now: sum(&today),
        })
        .collect();
    Ok(drifts)
}
