use std::collections::{BTreeMap, BTreeSet};

use super::census::by_class;
use crate::alone::{Adjustments, Cause, ListCharges, RowClass};
use crate::discount::DiscountedCharges;
use crate::money::Usd;
use crate::usage::{Facts, Sym};

/// One line of `bridge.csv`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BridgeRow {
    /// Empty where the amount hangs on no payer's rows.
    pub payer_id: String,
    /// Twelve digits.
    pub account_id: String,
    /// Its name in the contract.
    pub cause: &'static str,
    /// Dollars.
    pub amount: Usd,
}

/// What one account's AWS charge became.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct AccountBridge {
    /// Payers under which the account has rows.
    pub payers: BTreeSet<Sym>,
    /// AWS's unblended cost by payer: from rows.
    pub unblended: BTreeMap<Sym, Usd>,
    /// Named differences, by payer (absent: from counters).
    pub causes: BTreeMap<(Option<Sym>, Cause), Usd>,
    /// From charges.
    pub list_total: Usd,
    /// From charges.
    pub plan_discount: Usd,
}

/// From AWS's unblended cost to the net total, per account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bridge {
    pub(super) accounts: BTreeMap<Sym, AccountBridge>,
}

impl Bridge {
    /// Sums AWS's side from rows and ours from charges.
    pub fn of(facts: &Facts, list: &ListCharges, discounted: &DiscountedCharges) -> Self {
        let mut bridge = Self::default();
        for run in &list.runs {
            let account = bridge.accounts.entry(run.account).or_default();
            account.payers.insert(run.payer);
            let unblended = account.unblended.entry(run.payer).or_default();
            for (class, _, dollars) in by_class(facts, run, &list.classes) {
                if class != RowClass::SplitCost {
                    *unblended += dollars;
                }
            }
        }
        bridge.add_adjustments(&list.adjustments);
        for charges in discounted.charges.chunk_by(|one, next| one.account == next.account) {
            let account = bridge.accounts.entry(charges[0].account).or_default();
            account.list_total += charges.iter().map(|charge| charge.list).sum::<Usd>();
            account.plan_discount += charges.iter().map(|charge| charge.discount).sum::<Usd>();
        }
        bridge
    }

    fn add_adjustments(&mut self, adjustments: &Adjustments) {
        for (account, payer, cause, amount) in adjustments.iter() {
            let account = self.accounts.entry(account).or_default();
            account.payers.extend(payer);
            *account.causes.entry((payer, cause)).or_default() += amount;
        }
    }

    /// The rows of `bridge.csv`, sorted.
    ///
    /// An account under one payer has everything there; under several, what hangs on no row stands
    /// once, under an empty payer.
    pub fn rows(&self, facts: &Facts) -> Vec<BridgeRow> {
        let mut rows = Vec::new();
        for (account_id, account) in &self.accounts {
            let account_id = facts.text(*account_id).to_owned();
            let home = match account.payers.first() {
                Some(payer) if account.payers.len() == 1 => facts.text(*payer).to_owned(),
                _ => String::new(),
            };
            let mut push = |payer_id: &str, cause, amount| {
                rows.push(BridgeRow { payer_id: payer_id.to_owned(), account_id: account_id.clone(), cause, amount });
            };
            for payer in &account.payers {
                let amount = account.unblended.get(payer).copied().unwrap_or_default();
                push(facts.text(*payer), "aws_unblended", amount);
            }
            for ((payer, cause), amount) in &account.causes {
                if !amount.is_zero() {
                    push(payer.map_or(&home, |payer| facts.text(payer)), cause.name(), *amount);
                }
            }
            push(&home, "list_total", account.list_total);
            push(&home, "net_total", account.list_total + account.plan_discount);
            if !account.plan_discount.is_zero() {
                push(&home, "plan_discount", account.plan_discount);
            }
        }
        rows.sort();
        rows
    }
}
