//! Nothing leaks over the border of a group, and nothing of a commitment is lost.

use std::collections::BTreeMap;

use super::AuditError;
use super::checks::{check_owner, equal};
use crate::alone::{Cause, ListCharges, Side};
use crate::money::{Quantity, Usd};
use crate::usage::Facts;

/// Per commitment, inside + outside + unused = all of it; per account, what came from outside is what the bridge
/// takes away; no fact is covered by more than it used; nothing is given back across a border.
pub(super) fn check_border(facts: &Facts, list: &ListCharges) -> Result<(), AuditError> {
    let mut parts: BTreeMap<(&str, &str), (Usd, Option<Usd>)> = BTreeMap::new();
    let mut received: BTreeMap<&str, Usd> = BTreeMap::new();
    for row in &list.border {
        let (sum, total) = parts.entry((&row.payer_id, &row.arn)).or_default();
        match row.side {
            Side::Total => *total = row.amount,
            Side::Inside | Side::Outside | Side::Unused => *sum += row.amount.unwrap_or_default(),
            Side::GivenBack => {}
        }
        *received.entry(&row.account_id).or_default() += row.worth.unwrap_or_default();
    }
    for ((_, arn), (sum, total)) in parts {
        let name = || format!("dollars of {arn} inside, outside and unused against all of it");
        equal(name, sum, total.unwrap_or(sum))?;
    }
    let mut removed: BTreeMap<&str, Usd> = BTreeMap::new();
    for (account, _, cause, amount) in list.adjustments.iter() {
        if matches!(cause, Cause::ForeignRiRemoved | Cause::ForeignSpRemoved) {
            *removed.entry(facts.text(account)).or_default() += amount;
        }
    }
    for (account, amount) in removed {
        let found = received.get(account).copied().unwrap_or_default();
        equal(|| format!("coverage from outside in border and bridge of account {account}"), found, amount)?;
    }
    check_given_back(facts, list)
}

fn check_given_back(facts: &Facts, list: &ListCharges) -> Result<(), AuditError> {
    for same_fact in list.given_back.chunk_by(|one, other| one.fact == other.fact) {
        let fact = &facts.facts[same_fact[0].fact];
        let account = facts.text(fact.key.account);
        let covered: Quantity = same_fact.iter().map(|given| given.quantity).sum();
        let left = (fact.measures.quantity - covered).min(Quantity::ZERO);
        let is_usual = fact.measures.quantity > Quantity::ZERO;
        equal(|| format!("quantity given back to account {account} beyond what it used"), left, Quantity::ZERO)
            .or_else(|error| if is_usual { Err(error) } else { Ok(()) })?;
        for given in same_fact {
            check_owner(list, account, facts.text(given.arn), "was given back usage by")?;
        }
    }
    Ok(())
}
