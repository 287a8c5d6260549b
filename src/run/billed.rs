//! What was billed for a month by all documents of the ledger.

use std::collections::BTreeMap;

use super::RunError;
use crate::correct::{Figures, LineKey, settling_lines};
use crate::deliver::read_figures;
use crate::invoice::Invoice;
use crate::ledger::{Chain, DocumentEntry, Ledger};
use crate::money::Yen;
use crate::period::BillingPeriod;

/// What was billed for a project's month by all its documents: the last whole one, and what was returned or carried since.
pub(super) fn billed(ledger: &Ledger, chain: &Chain<'_>) -> Result<Figures, RunError> {
    let Some(whole) = chain.last_whole() else { return Ok(Figures::default()) };
    let mut figures = figures_of(ledger, whole)?;
    let returned = chain.documents.iter().filter(|document| document.kind == "return");
    let since = returned.flat_map(|document| {
        let lines: Yen = document.lines.iter().map(|line| Yen::new(line.net_jpy)).sum();
        std::iter::once((document.lines.as_slice(), Yen::new(document.total_jpy) - lines))
    });
    let carried = chain.carries.iter().map(|carry| (carry.lines.as_slice(), Yen::ZERO)); // Its tax is the later invoice's.
    for (lines, tax) in since.chain(carried) {
        for line in lines {
            let key = LineKey {
                account_id: line.account_id.clone(),
                section: line.section.clone(),
                id: line.line_id.clone(),
                tax_category: line.tax_category.clone(),
            };
            let amounts = [line.gross_jpy, line.discount_jpy, line.net_jpy].map(Yen::new);
            figures.add_line(key, &line.account_name, line.description.clone(), amounts);
            figures.total_jpy += amounts[2];
        }
        figures.tax_jpy += tax;
        figures.total_jpy += tax;
    }
    Ok(figures)
}

/// What was issued for a project's month.
pub(super) struct IssuedProject {
    /// The last document.
    pub(super) number: String,
    billed: Figures,
    has_settled: bool,
}

impl IssuedProject {
    /// Whether a draft charges what was issued.
    pub(super) fn agrees_with(&self, draft: &Invoice) -> bool {
        is_same(self.has_settled, &self.billed, &Figures::of(draft))
    }

    /// With tax.
    pub(super) fn billed_jpy(&self) -> Yen {
        self.billed.total_jpy
    }
}

/// By project, what was issued for a month.
pub(super) fn issued_projects(
    ledger: &Ledger,
    period: BillingPeriod,
) -> Result<BTreeMap<String, IssuedProject>, RunError> {
    let chains = ledger.book().chains(period);
    let issued = chains.iter().map(|(project_id, chain)| {
        let number = chain.last().map(|document| document.number.clone()).unwrap_or_default();
        let project = IssuedProject { number, billed: billed(ledger, chain)?, has_settled: chain.has_settled() };
        Ok(((*project_id).to_owned(), project))
    });
    issued.collect()
}

fn figures_of(ledger: &Ledger, document: &DocumentEntry) -> Result<Figures, RunError> {
    let unreadable = || RunError::Unreplayable { found: format!("the invoice.json of {}", document.number) };
    let artefact = document.artefacts.iter().find(|artefact| artefact.name == "invoice.json").ok_or_else(unreadable)?;
    read_figures(&ledger.object(&artefact.sha256)?).ok_or_else(unreadable)
}

/// Whether nothing is to be corrected. Once something was returned or carried, the tax of it stands elsewhere.
pub(super) fn is_same(has_settled: bool, billed: &Figures, now: &Figures) -> bool {
    if has_settled { settling_lines(billed, now).is_empty() } else { billed.charges_the_same_as(now) }
}
