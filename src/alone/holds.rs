//! Checks of the facts that hold an account without changing its draft.

use std::collections::{BTreeMap, BTreeSet};

use super::{AccountHold, RowClass};
use crate::money::Usd;
use crate::period::Instant;
use crate::usage::{FactRun, Facts, Sym};

/// Per account, commitment and hour, covered usage and its negation must cancel.
pub(super) fn check_negations(facts: &Facts, classes: &[RowClass], holds: &mut BTreeSet<AccountHold>) {
    const TOLERANCE_PER_ROW: u128 = 1_000_000_000; // 10^-9 dollars.
    let mut sums: BTreeMap<(Sym, Sym, Option<Instant>), (Usd, u64)> = BTreeMap::new();
    for (fact, class) in facts.facts.iter().zip(classes) {
        if matches!(class, RowClass::SpCovered | RowClass::SpNegation) {
            let key = &fact.key;
            let (sum, rows) = sums.entry((key.account, key.commitment_arn, key.interval_start)).or_default();
            *sum += fact.measures.unblended;
            *rows += fact.measures.rows;
        }
    }
    let mut unmatched: BTreeMap<(Sym, Sym), (u64, Usd, Option<Instant>)> = BTreeMap::new();
    for ((account, arn, hour), (sum, rows)) in sums {
        if sum.units().unsigned_abs() > u128::from(rows) * TOLERANCE_PER_ROW {
            let (hours, total, _) = unmatched.entry((account, arn)).or_insert((0, Usd::ZERO, hour));
            *hours += 1;
            *total += sum;
        }
    }
    for ((account, arn), (hours, total, first)) in unmatched {
        let first = first.map_or_else(String::new, |hour| format!(", the first at {hour}"));
        holds.insert(AccountHold {
            account_id: facts.text(account).to_owned(),
            reason: "sp_negation_unmatched",
            detail: format!(
                "{}: covered usage and negation differ by {total} USD in {hours} hours{first}",
                facts.text(arn)
            ),
            remedy: String::from("the report is torn or incomplete: fetch it again; then ask AWS"),
            spreads_to_group: true,
        });
    }
}

/// A row with a cost and no invoice id is not final.
pub(super) fn check_finality(facts: &Facts, runs: &[FactRun], holds: &mut BTreeSet<AccountHold>) {
    let mut open: BTreeMap<Sym, (u64, Usd)> = BTreeMap::new();
    for run in runs.iter().filter(|run| run.invoice_id.is_empty() && run.rows_with_cost > 0) {
        let (rows, total) = open.entry(run.account).or_default();
        *rows += run.rows_with_cost;
        *total += run.unblended; // The other rows cost nothing.
    }
    for (account, (rows, total)) in open {
        holds.insert(AccountHold {
            account_id: facts.text(account).to_owned(),
            reason: "not_final",
            detail: format!("{rows} rows with a cost have no invoice id; {total} USD"),
            remedy: String::from("wait until AWS has closed the month, fetch the final report, then run again"),
            spreads_to_group: true,
        });
    }
}
