//! The stage: lines and fees of a project, then its taxes and totals.

use std::collections::{BTreeMap, BTreeSet};

use super::fees::{PercentBase, fee_line};
use super::issue::adjustment;
use super::{FxQuote, Hold, Invoice, InvoiceError, InvoiceLine, Language, LineKind, Settlement, Status, TaxTotal, due};
use crate::convert::YenLine;
use crate::money::{Rounding, Yen};
use crate::period::BillingPeriod;
use crate::terms::{BorneBy, CarriedLine, Fee, Issuer, Project, ReferenceData};

/// Categories on which no tax is calculated, whatever the rate table says.
const NOT_TAXED: [&str; 4] = ["out_of_scope", "foreign", "exempt", "export_free"];

/// The invoice of a project that has nothing to charge any more: what a correction may come to.
pub fn empty_invoice(
    period: BillingPeriod,
    reference: &ReferenceData,
    project: &Project,
) -> Result<Invoice, InvoiceError> {
    one_invoice(period, reference, project, (&[], &[], &[]), Vec::new())
}

/// Makes the invoice of every project that has lines, fees or carried differences, sorted by project.
pub fn assemble(
    period: BillingPeriod,
    reference: &ReferenceData,
    lines: &[YenLine],
    holds: &BTreeSet<Hold>,
) -> Result<Vec<Invoice>, InvoiceError> {
    let mut by_project: BTreeMap<&str, Vec<&YenLine>> = BTreeMap::new();
    for line in lines {
        by_project.entry(&line.project_id).or_default().push(line);
    }
    let fees: Vec<&Fee> = reference.fees.iter().filter(|fee| fee.holds_in(period)).collect();
    let carried: Vec<&CarriedLine> = reference.carried.iter().filter(|line| line.into == period).collect();
    let of_fees = fees.iter().map(|fee| fee.project_id.as_str());
    let mut charged =
        by_project.keys().copied().chain(of_fees).chain(carried.iter().map(|line| line.project_id.as_str()));
    if let Some(unknown) = charged.find(|project_id| !reference.projects.contains_key(*project_id)) {
        return Err(InvoiceError::UnknownProject(unknown.to_owned()));
    }
    let mut invoices = Vec::new();
    for (project_id, project) in &reference.projects {
        let lines = by_project.remove(project_id.as_str()).unwrap_or_default();
        let fees: Vec<&Fee> = fees.iter().copied().filter(|fee| fee.project_id == *project_id).collect();
        let carried: Vec<&CarriedLine> =
            carried.iter().copied().filter(|line| line.project_id == *project_id).collect();
        if !(lines.is_empty() && fees.is_empty() && carried.is_empty()) {
            let holds = holds.iter().filter(|hold| hold.project_id == *project_id).cloned().collect();
            invoices.push(one_invoice(period, reference, project, (&lines, &fees, &carried), holds)?);
        }
    }
    Ok(invoices)
}

fn one_invoice(
    period: BillingPeriod,
    reference: &ReferenceData,
    project: &Project,
    (aws_lines, fees, carried): (&[&YenLine], &[&Fee], &[&CarriedLine]),
    holds: Vec<Hold>,
) -> Result<Invoice, InvoiceError> {
    let at = |source| InvoiceError::Money { project_id: project.project_id.clone(), source };
    let mut lines: Vec<InvoiceLine> = aws_lines.iter().map(|line| aws_line(period, reference, project, line)).collect();
    let base = PercentBase::of(aws_lines);
    for fee in fees {
        lines.push(fee_line(fee, &base).map_err(at)?);
    }
    let language = Language::of(project);
    lines.extend(carried.iter().map(|line| {
        let (month, what) = (language.month(line.period), &line.description);
        let description = language.pick((format!("{month}分 調整: {what}"), format!("Adjustment of {month}: {what}")));
        InvoiceLine { description, ..adjustment(line, 0) }
    }));
    for (line, line_no) in lines.iter_mut().zip(1..) {
        line.line_no = line_no;
    }
    let taxes = tax_totals(period, reference, &project.project_id, bases(&lines))?;
    let subtotal_jpy: Yen = lines.iter().map(|line| line.net_jpy).sum();
    let tax_jpy: Yen = taxes.iter().map(|tax| tax.tax_jpy).sum();
    Ok(Invoice {
        period,
        issuer: reference.issuer.clone(),
        issuer_is_registered: is_registered(&reference.issuer, period),
        payment: payment(period, reference, project)?,
        project: project.clone(),
        due: project.due_rule.map(|rule| due::planned(rule, period, &reference.calendar)),
        status: if holds.is_empty() { Status::Draft } else { Status::Held },
        holds,
        fx: quote(period, reference).filter(|_| !aws_lines.is_empty()),
        lines,
        taxes,
        subtotal_jpy,
        tax_jpy,
        total_jpy: subtotal_jpy + tax_jpy,
        settlement: Settlement::default(), // Vouchers are shared: settled when all totals are known.
        issue: None,
        correction: None,
    })
}

fn quote(period: BillingPeriod, reference: &ReferenceData) -> Option<FxQuote> {
    let entry = reference.fx_rates.get(&period)?;
    Some(FxQuote { rate: entry.rate, source: entry.source.text.clone() })
}

fn aws_line(period: BillingPeriod, reference: &ReferenceData, project: &Project, line: &YenLine) -> InvoiceLine {
    let plan_name = reference.plans.get(&line.plan_id).map(|plan| plan.name.clone()).unwrap_or_default();
    InvoiceLine {
        line_no: 0,
        kind: LineKind::Aws {
            account_id: line.account_id.clone(),
            account_name: line.account_name.clone(),
            section: line.section,
            plan_id: line.plan_id.clone(),
            plan_name,
            gross_usd: line.gross_usd,
            discount_usd: line.discount_usd,
            net_usd: line.net_usd,
            services: line.services.clone(),
        },
        description: Language::of(project).aws_line(line.section, period),
        gross_jpy: line.gross_jpy,
        discount_jpy: line.discount_jpy,
        net_jpy: line.net_jpy,
        tax_category: line.tax_category.clone(),
        remainder: line.remainder,
    }
}

/// What each line brings to the base of its category.
pub(super) fn bases(lines: &[InvoiceLine]) -> impl Iterator<Item = (&str, Yen)> {
    lines.iter().map(|line| (line.tax_category.as_str(), line.net_jpy))
}

/// One tax calculation per category: of the sum of its lines, rounded once.
pub fn tax_totals<'a>(
    period: BillingPeriod,
    reference: &ReferenceData,
    project_id: &str,
    lines: impl IntoIterator<Item = (&'a str, Yen)>,
) -> Result<Vec<TaxTotal>, InvoiceError> {
    let mut bases: BTreeMap<&str, Yen> = BTreeMap::new();
    for (category, net_jpy) in lines {
        *bases.entry(category).or_default() += net_jpy;
    }
    let mut taxes = Vec::new();
    for (category, base_jpy) in bases {
        let rate = reference.tax_rate(category, period).ok_or_else(|| InvoiceError::NoTaxRate {
            project_id: project_id.to_owned(),
            tax_category: category.to_owned(),
            period,
        })?;
        let is_taxed = !NOT_TAXED.contains(&category);
        let tax_jpy = if is_taxed {
            base_jpy
                .percent(rate.percent, Rounding::TowardZero)
                .map_err(|source| InvoiceError::Money { project_id: project_id.to_owned(), source })?
        } else {
            Yen::ZERO
        };
        taxes.push(TaxTotal { tax_category: category.to_owned(), percent: rate.percent, is_taxed, base_jpy, tax_jpy });
    }
    taxes.sort_by(|one, other| {
        let order = |tax: &TaxTotal| (!tax.is_taxed, std::cmp::Reverse(tax.percent), tax.tax_category.clone());
        order(one).cmp(&order(other))
    });
    Ok(taxes)
}

/// Whether the issuer is registered on the supply date: the last day of the month.
fn is_registered(issuer: &Issuer, period: BillingPeriod) -> bool {
    let supply_date = format!("{period}-{:02}", period.last_day());
    !issuer.registration_number.is_empty() && issuer.registered_from.as_str() <= supply_date.as_str()
}

/// How the project pays: by its own row, else as the plans of its accounts say with one voice.
fn payment(period: BillingPeriod, reference: &ReferenceData, project: &Project) -> Result<String, InvoiceError> {
    if !project.payment.is_empty() {
        return Ok(project.payment.clone());
    }
    let contracts = reference.accounts.iter().filter(|contract| {
        contract.project_id == project.project_id && contract.holds_in(period) && contract.borne_by == BorneBy::Customer
    });
    let plans = contracts.filter_map(|contract| reference.plans.get(&contract.plan_id));
    let payments: BTreeSet<&str> = plans.map(|plan| plan.payment.as_str()).collect();
    if payments.len() > 1 {
        let payments = payments.into_iter().collect::<Vec<_>>().join(", ");
        return Err(InvoiceError::MixedPayments { project_id: project.project_id.clone(), payments });
    }
    Ok(payments.first().map(|payment| (*payment).to_owned()).unwrap_or_default())
}
