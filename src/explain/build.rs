use std::collections::{BTreeMap, BTreeSet};

use super::charge::Reasons;
use super::checks::{check_invoice, check_service};
use super::{ExplainError, ExplainedCharge, ExplainedInvoice, ExplainedLine, ExplainedService, Explanation};
use crate::audit::equal;
use crate::convert::{ServicePart, category_of};
use crate::discount::FactCharge;
use crate::invoice::{Invoice, InvoiceLine, LineKind};
use crate::money::Usd;
use crate::pipeline::Bill;
use crate::terms::{BorneBy, ReferenceData, Section};
use crate::usage::Facts;

/// What is asked for; everything where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The invoice of this project.
    pub project: Option<String>,
    /// Lines of this account.
    pub account: Option<String>,
    /// Charges of this product code.
    pub service: Option<String>,
}

/// Takes the invoices of a month apart that was priced from these facts.
///
/// Every level is summed up and compared with the one above, also the parts that are not asked for.
pub fn explain(
    facts: &Facts,
    reference: &ReferenceData,
    bill: &Bill,
    selection: &Selection,
) -> Result<Explanation, ExplainError> {
    let invoices = chosen(reference, bill, selection)?;
    let charges = Charges::of(facts, reference, bill, &invoices);
    let reasons = Reasons::of(facts, reference, bill);
    let mut explained = Vec::new();
    for invoice in invoices {
        let mut lines = Vec::new();
        for line in invoice.lines.iter().filter(|line| fits(line, selection)) {
            let services = services(line, &charges, &reasons, selection)?;
            if selection.service.is_none() || !services.is_empty() {
                lines.push(ExplainedLine { line: line.clone(), services });
            }
        }
        let mut accounts = accounts_of(invoice, reference);
        accounts.retain(|account| selection.account.as_deref().is_none_or(|asked| *account == asked));
        let unprinted = unprinted(invoice, &accounts, &charges, &reasons, selection)?;
        let rows = if selection.service.is_none() { bill.bridge.rows(facts) } else { Vec::new() };
        let bridge = rows.into_iter().filter(|row| accounts.contains(row.account_id.as_str())).collect();
        let invoice = ExplainedInvoice { invoice: invoice.clone(), lines, unprinted, bridge };
        check_invoice(&invoice)?;
        explained.push(invoice);
    }
    Ok(Explanation { invoices: explained })
}

/// The invoices that have what is asked for.
fn chosen<'a>(
    reference: &ReferenceData,
    bill: &'a Bill,
    selection: &Selection,
) -> Result<Vec<&'a Invoice>, ExplainError> {
    let mut invoices: Vec<&Invoice> = bill.invoices.iter().collect();
    let of_project = |invoice: &Invoice| vec![invoice.project.project_id.clone()];
    narrow(&mut invoices, "project", &selection.project, of_project)?;
    let of_accounts = |invoice: &Invoice| accounts_of(invoice, reference).into_iter().map(str::to_owned).collect();
    narrow(&mut invoices, "account", &selection.account, of_accounts)?;
    let of_services = |invoice: &Invoice| {
        let lines = invoice.lines.iter().filter(|line| fits(line, selection));
        lines.flat_map(|line| parts(line).iter().map(|part| part.product_code.clone())).collect()
    };
    narrow(&mut invoices, "service", &selection.service, of_services)?;
    Ok(invoices)
}

fn narrow(
    invoices: &mut Vec<&Invoice>,
    what: &'static str,
    asked: &Option<String>,
    names: impl Fn(&Invoice) -> Vec<String>,
) -> Result<(), ExplainError> {
    let Some(asked) = asked else { return Ok(()) };
    let known: BTreeSet<String> = invoices.iter().flat_map(|invoice| names(invoice)).collect();
    if !known.contains(asked) {
        let known = known.into_iter().collect::<Vec<_>>().join(", ");
        return Err(ExplainError::Unknown { what, asked: asked.clone(), known });
    }
    invoices.retain(|invoice| names(invoice).contains(asked));
    Ok(())
}

/// The accounts whose charges are on an invoice, also those that have no line because they owe nothing.
fn accounts_of<'r>(invoice: &Invoice, reference: &'r ReferenceData) -> BTreeSet<&'r str> {
    let in_force = reference.accounts.iter().filter(|contract| contract.holds_in(invoice.period));
    let own = in_force
        .filter(|contract| contract.borne_by == BorneBy::Customer && contract.project_id == invoice.project.project_id);
    own.map(|contract| contract.account_id.as_str()).collect()
}

fn account_of(line: &InvoiceLine) -> Option<&str> {
    match &line.kind {
        LineKind::Aws { account_id, .. } => Some(account_id),
        LineKind::Adjustment { account_id, .. } => Some(account_id.as_str()).filter(|id| !id.is_empty()),
        LineKind::Fee { .. } => None,
    }
}

fn parts(line: &InvoiceLine) -> &[ServicePart] {
    match &line.kind {
        LineKind::Aws { services, .. } => services,
        LineKind::Fee { .. } | LineKind::Adjustment { .. } => &[],
    }
}

fn fits(line: &InvoiceLine, selection: &Selection) -> bool {
    selection.account.as_deref().is_none_or(|asked| account_of(line) == Some(asked))
}

/// Account, section, tax category, product code and product name: what a charge shares with its part of a line.
type PartKey<'a> = (&'a str, Section, String, &'a str, &'a str);

/// The charges of a month by the part of a line that they are in.
struct Charges<'a>(BTreeMap<PartKey<'a>, Vec<&'a FactCharge>>);

impl<'a> Charges<'a> {
    fn of(facts: &'a Facts, reference: &ReferenceData, bill: &'a Bill, invoices: &[&Invoice]) -> Self {
        let accounts = invoices.iter().flat_map(|invoice| accounts_of(invoice, reference));
        let accounts: BTreeSet<_> = accounts.filter_map(|account| facts.symbols.find(account)).collect();
        let mut charges: BTreeMap<PartKey<'a>, Vec<&'a FactCharge>> = BTreeMap::new();
        for charge in bill.discounted.charges.iter().filter(|charge| accounts.contains(&charge.account)) {
            let key = &facts.facts[charge.fact].key;
            let (account, category) = (facts.text(charge.account), category_of(facts, reference, charge));
            let (product, name) = (facts.text(key.product_code), facts.text(key.product_name));
            charges.entry((account, charge.section, category, product, name)).or_default().push(charge);
        }
        Self(charges)
    }
}

/// The services of a line that are asked for; those that are not are summed up too.
fn services(
    line: &InvoiceLine,
    charges: &Charges<'_>,
    reasons: &Reasons<'_>,
    selection: &Selection,
) -> Result<Vec<ExplainedService>, ExplainError> {
    let LineKind::Aws { account_id, section, services, .. } = &line.kind else { return Ok(Vec::new()) };
    let mut explained = Vec::new();
    for part in services {
        let key: PartKey<'_> =
            (account_id, *section, line.tax_category.clone(), &part.product_code, &part.product_name);
        let of_part = charges.0.get(&key).map(Vec::as_slice).unwrap_or_default();
        let sums = of_part
            .iter()
            .fold((Usd::ZERO, Usd::ZERO), |(list, off), charge| (list + charge.list, off + charge.discount));
        check_service(line.line_no, part, sums)?;
        if selection.service.as_ref().is_none_or(|asked| *asked == part.product_code) {
            let charges: Vec<ExplainedCharge> = of_part.iter().map(|charge| reasons.explain(charge)).collect();
            explained.push(ExplainedService { part: part.clone(), charges });
        }
    }
    Ok(explained)
}

/// The charges of accounts that no line of the invoice has.
fn unprinted(
    invoice: &Invoice,
    accounts: &BTreeSet<&str>,
    charges: &Charges<'_>,
    reasons: &Reasons<'_>,
    selection: &Selection,
) -> Result<Vec<ExplainedCharge>, ExplainError> {
    let is_printed = |account: &str, asked: Section, category: &str| {
        invoice.lines.iter().any(|line| match &line.kind {
            LineKind::Aws { account_id, section, .. } => {
                account_id == account && *section == asked && line.tax_category == category
            }
            LineKind::Fee { .. } | LineKind::Adjustment { .. } => false,
        })
    };
    let mut sums: BTreeMap<(&str, Section, &str), (Usd, Usd)> = BTreeMap::new();
    let mut found = Vec::new();
    for ((account, section, category, product, _), charges) in &charges.0 {
        if !accounts.contains(account) || is_printed(account, *section, category) {
            continue;
        }
        let (list, discount) = sums.entry((account, *section, category)).or_default();
        for charge in charges {
            *list += charge.list;
            *discount += charge.discount;
            if selection.service.as_ref().is_none_or(|asked| asked == product) {
                found.push(reasons.explain(charge));
            }
        }
    }
    for ((account, section, _), (list, discount)) in sums {
        let name = |what: &str| format!("{what} dollars of account {account}, {}, on no line", section.name());
        equal(|| name("list"), list, Usd::ZERO)?;
        equal(|| name("discount"), discount, Usd::ZERO)?;
    }
    Ok(found)
}
