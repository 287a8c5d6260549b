//! What the reseller earns: net billed less what AWS charged, by cause, for the reseller's eyes only.

use std::collections::BTreeMap;

use super::checks::{Month, equal};
use super::{AuditError, Bridge};
use crate::alone::Cause;
use crate::convert::YenLines;
use crate::money::Usd;
use crate::terms::{BorneBy, ReferenceData};
use crate::usage::Facts;

/// One line of `margin.csv`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MarginRow {
    /// Who pays; empty where the account is on no invoice.
    pub project_id: String,
    /// Twelve digits.
    pub account_id: String,
    /// `aws_charge`, `net_billed` and their difference `margin`; the causes, which sum to it; `fx_remainder`.
    pub cause: &'static str,
    /// Dollars; absent for the remainder.
    pub amount: Option<Usd>,
    /// Yen that the cut of lines took off what is billed, in units of 10^-18 yen; only of the remainder.
    pub remainder: Option<i128>,
}

/// Net billed against AWS's charge.
pub struct Margin;

impl Margin {
    /// The rows of `margin.csv`, sorted. AWS's charge is its unblended cost: private discounts are rows of it.
    pub fn rows(facts: &Facts, reference: &ReferenceData, bridge: &Bridge, yen: &YenLines) -> Vec<MarginRow> {
        let mut billed: BTreeMap<&str, (Usd, i128)> = BTreeMap::new();
        for line in &yen.lines {
            let (net, remainder) = billed.entry(&line.account_id).or_default();
            *net += line.net_usd;
            *remainder += line.remainder;
        }
        let mut rows = Vec::new();
        for (account, parts) in &bridge.accounts {
            let account_id = facts.text(*account);
            let contract = reference.contract(account_id, facts.period);
            let contract = contract.filter(|contract| contract.borne_by == BorneBy::Customer);
            let (net, remainder) = billed.get(account_id).copied().unwrap_or_default();
            let aws: Usd = parts.unblended.values().copied().sum();
            let mut amounts: BTreeMap<&'static str, Usd> = BTreeMap::new();
            for ((_, cause), amount) in &parts.causes {
                *amounts.entry(name(*cause)).or_default() += *amount;
            }
            amounts.insert("plan_discount", parts.plan_discount);
            if contract.is_none() {
                amounts.insert("not_billed", -(parts.list_total + parts.plan_discount));
            }
            amounts.retain(|_, amount| !amount.is_zero());
            amounts.extend([("aws_charge", aws), ("net_billed", net), ("margin", net - aws)]);
            let project_id = contract.map(|contract| contract.project_id.clone()).unwrap_or_default();
            let mut push = |cause, amount, remainder| {
                let (project_id, account_id) = (project_id.clone(), account_id.to_owned());
                rows.push(MarginRow { project_id, account_id, cause, amount, remainder });
            };
            for (cause, amount) in amounts {
                push(cause, Some(amount), None);
            }
            if remainder != 0 {
                push("fx_remainder", None, Some(-remainder));
            }
        }
        rows.sort();
        rows
    }
}

/// What a line of the bridge is to the reseller.
const fn name(cause: Cause) -> &'static str {
    match cause {
        Cause::ForeignRiRemoved => "sharing_gain_ri",
        Cause::ForeignSpRemoved => "sharing_gain_sp",
        Cause::OwnCommitmentReapplied => "own_commitments_given_back",
        Cause::TierRerated => "tiers",
        Cause::FreeTierRerated => "free_tier",
        Cause::ListRateDifference => "list_rate_difference",
        Cause::PrivateDiscountsRemoved => "private_discounts",
        Cause::BundledDiscountsRemoved => "bundled_discounts",
        Cause::CreditsRemoved => "credits",
        Cause::RefundsRemoved => "refunds",
        Cause::TaxRemoved => "aws_tax",
        Cause::SupportRemoved => "aws_support",
    }
}

/// Causes sum to the margin of each account, and margins to all that is billed less all that AWS charged.
pub(super) fn check_margin(month: &Month<'_>) -> Result<(), AuditError> {
    let rows = Margin::rows(month.facts, month.reference, month.bridge, month.yen);
    for of_account in rows.chunk_by(|one, other| one.account_id == other.account_id) {
        let sum = |wanted: &dyn Fn(&str) -> bool| -> Usd {
            of_account.iter().filter(|row| wanted(row.cause)).filter_map(|row| row.amount).sum()
        };
        let causes = sum(&|cause| !matches!(cause, "aws_charge" | "net_billed" | "margin"));
        let name = || format!("causes of the margin of account {}", of_account[0].account_id);
        equal(name, causes, sum(&|cause| cause == "margin"))?;
    }
    let margins: Usd = rows.iter().filter(|row| row.cause == "margin").filter_map(|row| row.amount).sum();
    let billed: Usd = month.yen.lines.iter().map(|line| line.net_usd).sum();
    let charged: Usd = month.bridge.accounts.values().flat_map(|account| account.unblended.values().copied()).sum();
    equal(|| String::from("margins of all accounts"), margins, billed - charged)
}
