//! What was billed for a month by all documents of the ledger.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::RunError;
use crate::correct::{Figures, LineKey};
use crate::deliver::{read_figures, render_json};
use crate::invoice::{Invoice, tax_totals};
use crate::ledger::{Chain, DocumentEntry, Ledger};
use crate::money::Yen;
use crate::period::BillingPeriod;
use crate::pipeline::BillError;
use crate::terms::ReferenceData;

/// What was billed for a project's month by all its documents: the last whole one, and what was returned or carried since.
///
/// The tax of what was returned or carried stands in other documents, each with its own cut; here it is that of the lines.
pub(super) fn billed(
    ledger: &Ledger,
    chain: &Chain<'_>,
    reference: &ReferenceData,
    period: BillingPeriod,
) -> Result<Figures, RunError> {
    let Some(whole) = chain.last_whole() else { return Ok(Figures::default()) };
    let mut figures = figures_of(ledger, whole)?;
    if !chain.has_settled() {
        return Ok(figures);
    }
    let returned = chain.documents.iter().flat_map(|document| &document.lines);
    for line in returned.chain(chain.carries.iter().flat_map(|carry| &carry.lines)) {
        let key = LineKey {
            account_id: line.account_id.clone(),
            section: line.section.clone(),
            id: line.line_id.clone(),
            tax_category: line.tax_category.clone(),
        };
        let amounts = [line.gross_jpy, line.discount_jpy, line.net_jpy].map(Yen::new);
        figures.add_line(key, &line.account_name, line.description.clone(), amounts);
    }
    let lines = figures.lines.iter().map(|(key, amounts)| (key.tax_category.as_str(), amounts.net_jpy));
    figures.taxes = tax_totals(period, reference, &whole.project_id, lines).map_err(BillError::from)?;
    figures.tax_jpy = figures.taxes.iter().map(|tax| tax.tax_jpy).sum();
    figures.total_jpy = figures.subtotal() + figures.tax_jpy;
    Ok(figures)
}

/// The accounts that figures charge something to, apart from what belongs to other documents.
pub(super) fn charged_accounts(figures: &Figures) -> BTreeSet<&str> {
    let own = figures.lines.iter().filter(|(key, _)| key.section != "adjustment" && !key.account_id.is_empty());
    let charged = own.filter(|(_, amounts)| !(amounts.gross_jpy.is_zero() && amounts.net_jpy.is_zero()));
    charged.map(|(key, _)| key.account_id.as_str()).collect()
}

/// Whether what a document prints of issuer and recipient is what it would print today.
pub(super) fn names_the_same(ledger: &Ledger, document: &DocumentEntry, now: &Invoice) -> Result<bool, RunError> {
    let issued: Value = serde_json::from_slice(&issued_json(ledger, document)?).unwrap_or_default();
    let now: Value = serde_json::from_slice(&render_json(now)).unwrap_or_default();
    Ok(["issuer", "project", "payment"].into_iter().all(|part| issued[part] == now[part]))
}

/// What was issued for a project's month.
pub(super) struct IssuedProject {
    /// The last document.
    pub(super) number: String,
    billed: Figures,
}

impl IssuedProject {
    /// Whether a draft charges what was issued.
    pub(super) fn agrees_with(&self, draft: &Invoice) -> bool {
        self.billed.charges_the_same_as(&Figures::of(draft))
    }

    /// With tax.
    pub(super) fn billed_jpy(&self) -> Yen {
        self.billed.total_jpy
    }
}

/// By project, what was issued for a month.
pub(super) fn issued_projects(
    ledger: &Ledger,
    reference: &ReferenceData,
    period: BillingPeriod,
) -> Result<BTreeMap<String, IssuedProject>, RunError> {
    let chains = ledger.book().chains(period);
    let issued = chains.iter().map(|(project_id, chain)| {
        let number = chain.last().map(|document| document.number.clone()).unwrap_or_default();
        let project = IssuedProject { number, billed: billed(ledger, chain, reference, period)? };
        Ok(((*project_id).to_owned(), project))
    });
    issued.collect()
}

fn figures_of(ledger: &Ledger, document: &DocumentEntry) -> Result<Figures, RunError> {
    read_figures(&issued_json(ledger, document)?).ok_or_else(|| unreadable(document))
}

fn issued_json(ledger: &Ledger, document: &DocumentEntry) -> Result<Vec<u8>, RunError> {
    let artefact = document.artefacts.iter().find(|artefact| artefact.name == "invoice.json");
    Ok(ledger.object(&artefact.ok_or_else(|| unreadable(document))?.sha256)?)
}

fn unreadable(document: &DocumentEntry) -> RunError {
    RunError::Unreplayable { found: format!("the invoice.json of {}", document.number) }
}
