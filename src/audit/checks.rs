//! What always holds (billing rules, section 9), checked in every run before anything is written.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::Sub;

use super::border::check_border;
use super::fees::check_fees;
use super::margin::check_margin;
use super::settlement::{check_settlement, check_vouchers};
use super::{AuditError, Bridge};
use crate::alone::{ListCharges, PassedKind, RowClass};
use crate::convert::YenLines;
use crate::discount::DiscountedCharges;
use crate::invoice::{Invoice, LineKind};
use crate::money::{Rounding, Usd, Yen};
use crate::terms::{BorneBy, ReferenceData};
use crate::usage::Facts;

/// Everything a month has become.
pub struct Month<'a> {
    /// What was read.
    pub facts: &'a Facts,
    /// What was agreed.
    pub reference: &'a ReferenceData,
    /// Priced at list.
    pub list: &'a ListCharges,
    /// Discounted.
    pub discounted: &'a DiscountedCharges,
    /// In yen.
    pub yen: &'a YenLines,
    /// Put together.
    pub invoices: &'a [Invoice],
    /// From AWS's charge to ours.
    pub bridge: &'a Bridge,
}

/// Checks every sum; the first that does not agree stops the run.
pub fn check_month(month: &Month<'_>) -> Result<(), AuditError> {
    check_bridge(month)?;
    check_rows(month)?;
    check_sharing(month)?;
    check_border(month.facts, month.list)?;
    check_lines(month)?;
    check_yen(month)?;
    check_margin(month)?;
    for invoice in month.invoices {
        check_invoice(invoice)?;
        check_tax(month.reference, invoice)?;
        check_fees(invoice)?;
        check_settlement(invoice)?;
    }
    check_vouchers(month.reference, month.invoices)?;
    check_invoiced_lines(month)
}

/// A sum that was found against the one that it must be; `sum` names it.
pub fn equal<T: PartialEq + Display + Copy + Sub<Output = T>>(
    sum: impl FnOnce() -> String,
    found: T,
    expected: T,
) -> Result<(), AuditError> {
    if found == expected {
        return Ok(());
    }
    let difference = (found - expected).to_string();
    Err(AuditError { sum: sum(), found: found.to_string(), expected: expected.to_string(), difference })
}

/// 1. Per account, exact to the last digit: AWS unblended + every named adjustment = list total.
fn check_bridge(month: &Month<'_>) -> Result<(), AuditError> {
    for (account, bridge) in &month.bridge.accounts {
        let unblended: Usd = bridge.unblended.values().copied().sum();
        let named: Usd = bridge.causes.values().copied().sum();
        let name =
            || format!("bridge of account {} (AWS unblended + adjustments = list total)", month.facts.text(*account));
        equal(name, unblended + named, bridge.list_total)?;
    }
    Ok(())
}

/// 2. The accounts' AWS unblended is the sum over all rows read; every row is counted.
fn check_rows(month: &Month<'_>) -> Result<(), AuditError> {
    let accounts = month.bridge.accounts.values().flat_map(|account| account.unblended.values().copied());
    let split_cost = month.facts.facts.iter().zip(&month.list.classes);
    let split_cost = split_cost.filter(|(_, class)| **class == RowClass::SplitCost);
    let split_cost: Usd = split_cost.map(|(fact, _)| fact.measures.unblended).sum();
    let expected = month.facts.totals.unblended - split_cost;
    equal(|| String::from("AWS unblended over all accounts against all rows read"), accounts.sum::<Usd>(), expected)?;
    let classed = i128::try_from(month.list.classes.len()).unwrap_or_default();
    let facts = i128::try_from(month.facts.facts.len()).unwrap_or_default();
    equal(|| String::from("facts with a class against all facts"), Yen::new(classed), Yen::new(facts))?;
    let mut charged = vec![0_u32; month.facts.facts.len()];
    for charge in &month.discounted.charges {
        charged[charge.fact] += 1;
    }
    let twice = charged.iter().filter(|times| **times > 1).count();
    equal(|| String::from("facts charged more than once"), Yen::new(i128::try_from(twice).unwrap_or(1)), Yen::ZERO)
}

/// Whether the owner in an ARN shares with an account. Read from the ARN here, and not by what priced the month.
pub(super) fn check_owner(list: &ListCharges, account: &str, arn: &str, what: &str) -> Result<(), AuditError> {
    let owner = arn.split(':').nth(4).map(str::trim).unwrap_or_default();
    if list.groups.share(account, owner) {
        return Ok(());
    }
    Err(AuditError {
        sum: format!("account {account} {what} {arn}; its group's commitments"),
        found: owner.to_owned(),
        expected: String::from("an owner in the group"),
        difference: String::from("one foreign commitment"),
    })
}

/// 5. No charge of a group refers to a commitment owned outside the group.
fn check_sharing(month: &Month<'_>) -> Result<(), AuditError> {
    for passed in month.list.passed.iter().filter(|passed| passed.kind == PassedKind::OwnCoverage) {
        let key = &month.facts.facts[passed.fact].key;
        let (account, arn) = (month.facts.text(key.account), month.facts.text(key.commitment_arn));
        if !arn.is_empty() {
            check_owner(month.list, account, arn, "is charged as covered by")?;
        }
    }
    Ok(())
}

/// 3. Lines hold every dollar of the accounts that are on an invoice, and their parts sum to them.
fn check_lines(month: &Month<'_>) -> Result<(), AuditError> {
    let mut nets: BTreeMap<&str, Usd> = BTreeMap::new();
    for line in &month.yen.lines {
        *nets.entry(&line.account_id).or_default() += line.net_usd;
        let name = |what: &str| {
            let what = what.to_owned();
            move || format!("{what} of account {}, section {}", line.account_id, line.section.name())
        };
        equal(name("gross + discount = net dollars"), line.gross_usd + line.discount_usd, line.net_usd)?;
        equal(name("gross + discount = net yen"), line.gross_jpy + line.discount_jpy, line.net_jpy)?;
        let services = &line.services;
        equal(name("gross yen by service"), services.iter().map(|part| part.gross_jpy).sum(), line.gross_jpy)?;
        equal(name("net yen by service"), services.iter().map(|part| part.net_jpy).sum(), line.net_jpy)?;
    }
    for (account, bridge) in &month.bridge.accounts {
        let account_id = month.facts.text(*account);
        let contract = month.reference.contract(account_id, month.facts.period);
        if contract.is_some_and(|contract| contract.borne_by == BorneBy::Customer) {
            let found = nets.get(account_id).copied().unwrap_or_default();
            let name = || format!("lines of account {account_id} against its net total");
            equal(name, found, bridge.list_total + bridge.plan_discount)?;
        }
    }
    Ok(())
}

/// Each line a second time, from its dollars: a wrong product would add up through every sum.
fn check_yen(month: &Month<'_>) -> Result<(), AuditError> {
    let quote = month.reference.fx_rates.get(&month.facts.period);
    let again =
        |amount| quote.and_then(|quote| quote.rate.convert(amount, Rounding::TowardZero).ok()).unwrap_or_default();
    for line in &month.yen.lines {
        let name =
            || format!("yen at the month's rate of account {}, section {}", line.account_id, line.section.name());
        equal(name, line.gross_jpy, again(line.gross_usd))?;
        equal(name, line.net_jpy, again(line.net_usd))?;
    }
    Ok(())
}

/// Each tax a second time: one per category, of the lines, at the month's rate.
fn check_tax(reference: &ReferenceData, invoice: &Invoice) -> Result<(), AuditError> {
    for tax in &invoice.taxes {
        let name = || format!("{} tax of project {}", tax.tax_category, invoice.project.project_id);
        let lines = invoice.lines.iter().filter(|line| line.tax_category == tax.tax_category);
        let base: Yen = lines.map(|line| line.net_jpy).sum();
        let rate = reference.tax_rate(&tax.tax_category, invoice.period).filter(|_| tax.is_taxed);
        let again = rate.and_then(|rate| base.percent(rate.percent, Rounding::TowardZero).ok()).unwrap_or_default();
        equal(name, tax.tax_jpy, again)?;
    }
    Ok(())
}

/// 3. An invoice's total is the sum of its printed lines and of one tax per rate.
fn check_invoice(invoice: &Invoice) -> Result<(), AuditError> {
    let name = |what: &str| {
        let what = what.to_owned();
        move || format!("{what} of project {}", invoice.project.project_id)
    };
    let lines: Yen = invoice.lines.iter().map(|line| line.net_jpy).sum();
    equal(name("lines against subtotal"), lines, invoice.subtotal_jpy)?;
    equal(
        name("tax bases against subtotal"),
        invoice.taxes.iter().map(|tax| tax.base_jpy).sum(),
        invoice.subtotal_jpy,
    )?;
    equal(name("taxes against tax"), invoice.taxes.iter().map(|tax| tax.tax_jpy).sum(), invoice.tax_jpy)?;
    equal(name("subtotal + tax against total"), invoice.subtotal_jpy + invoice.tax_jpy, invoice.total_jpy)
}

/// 3. Every line is on an invoice.
fn check_invoiced_lines(month: &Month<'_>) -> Result<(), AuditError> {
    let invoiced = month.invoices.iter().flat_map(|invoice| &invoice.lines);
    let invoiced: Yen =
        invoiced.filter(|line| matches!(line.kind, LineKind::Aws { .. })).map(|line| line.net_jpy).sum();
    let lines: Yen = month.yen.lines.iter().map(|line| line.net_jpy).sum();
    equal(|| String::from("AWS lines on invoices against all AWS lines"), invoiced, lines)
}
