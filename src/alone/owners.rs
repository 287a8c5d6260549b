use std::collections::{BTreeMap, BTreeSet};

use super::RowClass;
use crate::usage::{Facts, Sym};

/// Whose a commitment is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// The account in the ARN, and no fee row says otherwise.
    Account(String),
    /// Nobody can tell; why.
    Unresolved(String),
}

/// Owners of the commitments named in the facts.
pub(super) struct Owners {
    by_arn: BTreeMap<Sym, Owner>,
    by_subscription: BTreeMap<Sym, Owner>,
}

impl Owners {
    /// Reads the owner of every ARN and cross-checks it with the accounts of its fee rows.
    pub(super) fn of(facts: &Facts, classes: &[RowClass]) -> Self {
        let mut fee_accounts: BTreeMap<Sym, BTreeSet<Sym>> = BTreeMap::new();
        let mut by_subscription: BTreeMap<Sym, BTreeSet<Sym>> = BTreeMap::new();
        let mut arns = BTreeSet::new();
        let mut last = Sym::EMPTY;
        for (fact, class) in facts.facts.iter().zip(classes) {
            let key = &fact.key;
            if key.commitment_arn != last {
                last = key.commitment_arn; // The hours of a commitment follow each other.
                arns.insert(last);
            }
            if *class == RowClass::CommitmentFee {
                fee_accounts.entry(key.commitment_arn).or_default().insert(key.account);
                by_subscription.entry(key.subscription_id).or_default().insert(key.account);
            }
        }
        arns.remove(&Sym::EMPTY);
        by_subscription.remove(&Sym::EMPTY);
        let none = BTreeSet::new();
        let resolve = |arn| (arn, resolve(facts, arn, fee_accounts.get(&arn).unwrap_or(&none)));
        Self {
            by_arn: arns.into_iter().map(resolve).collect(),
            by_subscription: by_subscription
                .into_iter()
                .map(|(subscription, accounts)| (subscription, one_account(facts, subscription, &accounts)))
                .collect(),
        }
    }

    /// The owner of the commitment that a row names: by its ARN, else by its subscription.
    pub(super) fn owner(&self, arn: Sym, subscription: Sym) -> Owner {
        let found = if arn.is_empty() { self.by_subscription.get(&subscription) } else { self.by_arn.get(&arn) };
        found.cloned().unwrap_or_else(|| {
            Owner::Unresolved(String::from("the row names no commitment: its ARN is blank, and no fee row helps"))
        })
    }
}

fn resolve(facts: &Facts, arn: Sym, fee_accounts: &BTreeSet<Sym>) -> Owner {
    let text = facts.text(arn);
    let Some(owner) = account_of_arn(text) else {
        return Owner::Unresolved(format!("{text:?} has no account in its 5th field"));
    };
    let other = fee_accounts.iter().map(|account| facts.text(*account)).find(|account| *account != owner);
    match other {
        Some(other) => Owner::Unresolved(format!("{text} belongs to {owner}, but its fee is charged to {other}")),
        None => Owner::Account(owner.to_owned()),
    }
}

fn one_account(facts: &Facts, subscription: Sym, accounts: &BTreeSet<Sym>) -> Owner {
    let text = facts.text(subscription);
    match accounts.first() {
        Some(account) if accounts.len() == 1 => Owner::Account(facts.text(*account).to_owned()),
        _ => Owner::Unresolved(format!("subscription {text} has fee rows in several accounts")),
    }
}

/// The account in an ARN: its 5th field between colons, twelve digits.
pub(super) fn account_of_arn(arn: &str) -> Option<&str> {
    let mut fields = arn.split(':').map(str::trim);
    if fields.next()? != "arn" {
        return None;
    }
    let account = fields.nth(3)?;
    (account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())).then_some(account)
}
