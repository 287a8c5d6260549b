//! Contracts against the accounts of the reports.

use std::collections::{BTreeMap, BTreeSet};

use crate::terms::{BorneBy, ReferenceData};
use crate::usage::{FactRun, Facts, Sym, SymbolTable};

/// Under which payers accounts have rows.
pub(super) fn payers_seen(facts: &Facts) -> BTreeMap<String, BTreeSet<String>> {
    let mut seen = PayersSeen::default();
    seen.add(&FactRun::of(&facts.facts));
    seen.into_names(&facts.symbols)
}

/// Accounts and payers of facts.
#[derive(Debug, Default)]
pub(super) struct PayersSeen(BTreeSet<(Sym, Sym)>);

impl PayersSeen {
    /// Adds some of the facts of a month.
    pub(super) fn add(&mut self, runs: &[FactRun]) {
        self.0.extend(runs.iter().map(|run| (run.account, run.payer)));
    }

    /// By names, once all facts were added.
    pub(super) fn into_names(self, symbols: &SymbolTable) -> BTreeMap<String, BTreeSet<String>> {
        let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (account, payer) in self.0 {
            seen.entry(symbols.text(account).to_owned()).or_default().insert(symbols.text(payer).to_owned());
        }
        seen
    }
}

/// Contracts that no row belongs to, and accounts under two payers. Rows without a contract are held.
pub(super) fn contract_warnings(
    reference: &ReferenceData,
    facts: &Facts,
    seen: &BTreeMap<String, BTreeSet<String>>,
) -> Vec<String> {
    let mut warnings = Vec::new();
    let in_force = reference.accounts.iter().filter(|contract| contract.holds_in(facts.period));
    let billed = in_force.filter(|contract| contract.borne_by == BorneBy::Customer);
    let unseen: Vec<&str> = billed
        .map(|contract| contract.account_id.as_str())
        .filter(|account_id| !seen.contains_key(*account_id))
        .collect();
    if !unseen.is_empty() {
        warnings.push(format!(
            "contracts of {} without a row in the reports: {}; closed, or under a payer whose report is missing?",
            facts.period,
            unseen.join(", ")
        ));
    }
    for (account, payers) in seen.iter().filter(|(_, payers)| payers.len() > 1) {
        let payers: Vec<&str> = payers.iter().map(String::as_str).collect();
        warnings.push(format!("account {account} has rows under {} payers: {}", payers.len(), payers.join(", ")));
    }
    warnings
}
