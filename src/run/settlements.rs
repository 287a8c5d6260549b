//! Makes the documents and carried differences that settle what differs.

use super::RunError;
use super::corrections::Differing;
use super::ledger_terms::carried_line;
use super::make::{MadeCarry, Order, Settling, artefacts, document_entry};
use super::material::Material;
use crate::correct::{Amounts, LineKey, settling_lines};
use crate::deliver::correction_table;
use crate::invoice::{Correction, CorrectionKind, DocumentReference, Invoice, Issue, credit_note, replacement};
use crate::ledger::{Book, CarriedEntry, CarryEntry, DocumentEntry, corrected_number, return_number};
use crate::money::Yen;
use crate::pipeline::BillError;
use crate::terms::ReferenceData;

/// Documents and carried differences in the making.
pub(super) struct Settlements<'a> {
    book: &'a Book,
    material: &'a Material,
    order: &'a Order,
    reference: &'a ReferenceData,
    pub(super) documents: Vec<(Invoice, DocumentEntry)>,
    /// Files of a document besides those of every document: project, name, bytes.
    pub(super) files: Vec<(String, String, Vec<u8>)>,
    pub(super) carries: Vec<MadeCarry>,
}

impl<'a> Settlements<'a> {
    pub(super) fn new(book: &'a Book, material: &'a Material, order: &'a Order, reference: &'a ReferenceData) -> Self {
        Self { book, material, order, reference, documents: Vec::new(), files: Vec::new(), carries: Vec::new() }
    }

    /// Makes one document or carried difference; says why it cannot.
    pub(super) fn settle(
        &mut self,
        settling: Settling,
        differing: &Differing<'_>,
    ) -> Result<Result<(), String>, RunError> {
        let Differing { chain, now, billed, figures, changes } = differing;
        let (Some(original), Some(last), Some(whole)) = (chain.original(), chain.last(), chain.last_whole()) else {
            return Ok(Err("nothing was issued for it".to_owned()));
        };
        let project_id = now.project.project_id.clone();
        if self.order.issued_on < last.issued_on.parse().map_err(|_| unreadable_date(last))? {
            return Ok(Err(format!("its document {} is of a later date, {}", last.number, last.issued_on)));
        }
        let is_by_voucher = !whole.draws.is_empty();
        let lines = settling_lines(billed, figures);
        let table = correction_table(self.material.period, &project_id, &last.number, changes);
        let correction = |kind, paid_jpy| -> Result<Correction, RunError> {
            Ok(Correction {
                kind,
                original: reference_to(original)?,
                predecessor: reference_to(last)?,
                reason: self.order.reason.clone(),
                before: billed.taxes.clone(),
                before_total_jpy: billed.total_jpy,
                paid_jpy,
            })
        };
        match settling {
            Settling::Replace if chain.has_settled() => {
                return Ok(Err(
                    "a part of the difference was returned or carried before; do the same with this one".into()
                ));
            }
            Settling::Replace => {
                let number = corrected_number(&original.number, self.replacements_of(&original.number) + 1);
                // What was paid stays paid, whoever asks.
                let drawn: Yen = whole.draws.iter().map(|draw| Yen::new(draw.amount_jpy)).sum();
                let paid = if self.order.is_paid { billed.total_jpy - drawn } else { Yen::new(whole.paid_jpy) };
                let issue = Issue { number, on: self.order.issued_on };
                let invoice =
                    replacement(now, issue, correction(CorrectionKind::Replace, paid)?, &self.reference.calendar);
                let entry = document_entry(&invoice, "replace", self.book, &self.material.workspace.settings);
                self.documents.push((invoice, entry));
                self.files.push((project_id, "correction.csv".to_owned(), table));
            }
            Settling::Return | Settling::Carry { .. } if is_by_voucher => {
                return Ok(Err("its vouchers have paid for it, and only a new document draws anew; replace it".into()));
            }
            Settling::Return if lines.iter().any(|(_, amounts)| amounts.net_jpy > Yen::ZERO) => {
                let more = (figures.total_jpy - billed.total_jpy).with_commas();
                return Ok(Err(format!(
                    "more is owed on some of its lines ({more} yen in all), and a return only gives back; replace or carry it"
                )));
            }
            Settling::Return => {
                let count = self.book.count(self.material.period, "return") + self.documents.len() as u64 + 1;
                let issue = Issue { number: return_number(self.material.period, count), on: self.order.issued_on };
                let entries: Vec<CarriedEntry> = lines.iter().map(carried_entry).collect();
                let adjustments: Vec<_> = entries
                    .iter()
                    .map(|line| carried_line(&project_id, now.period, now.period, &last.number, line))
                    .collect();
                let correction = correction(CorrectionKind::Return, Yen::ZERO)?;
                let invoice =
                    credit_note(now, &adjustments, issue, correction, self.reference).map_err(BillError::from)?;
                if invoice.total_jpy >= Yen::ZERO {
                    return Ok(Err("nothing is given back by it; replace or carry it".into()));
                }
                let mut entry = document_entry(&invoice, "return", self.book, &self.material.workspace.settings);
                entry.lines = entries;
                self.documents.push((invoice, entry));
                self.files.push((project_id, "correction.csv".to_owned(), table));
            }
            Settling::Carry { into } => {
                if into <= self.material.period {
                    return Ok(Err(format!("it can be carried into a later month only, not into {into}")));
                }
                if self.book.chains(into).contains_key(project_id.as_str()) {
                    return Ok(Err(format!("its invoice of {into} is issued already; carry it into a later month")));
                }
                let rate = |category: &str, month| {
                    self.reference.tax_rate(category, month).map(|rate| rate.percent.to_string())
                };
                let differs = |(key, _): &&(LineKey, Amounts)| {
                    rate(&key.tax_category, into) != rate(&key.tax_category, self.material.period)
                };
                if let Some((key, _)) = lines.iter().find(differs) {
                    let category = &key.tax_category;
                    return Ok(Err(format!(
                        "the tax rate of {category} is another one in {into}; replace or return it"
                    )));
                }
                let files = vec![("correction.csv".to_owned(), table)];
                let entry = CarryEntry {
                    billing_period: self.material.period.to_string(),
                    into: into.to_string(),
                    project_id,
                    original: original.number.clone(),
                    predecessor: last.number.clone(),
                    inputs: self.book.len() + 1,
                    lines: lines.iter().map(carried_entry).collect(),
                    artefacts: artefacts(&files),
                };
                let files = files.into_iter().map(|(_, bytes)| bytes).collect();
                self.carries.push(MadeCarry { entry, files });
            }
        }
        Ok(Ok(()))
    }

    fn replacements_of(&self, original: &str) -> u64 {
        self.book
            .documents()
            .filter(|booked| booked.document.original == original && booked.document.kind == "replace")
            .count() as u64
    }
}

fn reference_to(document: &DocumentEntry) -> Result<DocumentReference, RunError> {
    let on = document.issued_on.parse().map_err(|_| unreadable_date(document))?;
    Ok(DocumentReference { number: document.number.clone(), on })
}

fn unreadable_date(document: &DocumentEntry) -> RunError {
    RunError::Unreplayable { found: format!("the date of issue of {}: {:?}", document.number, document.issued_on) }
}

fn carried_entry((key, amounts): &(LineKey, Amounts)) -> CarriedEntry {
    CarriedEntry {
        section: key.section.clone(),
        line_id: key.id.clone(),
        account_id: key.account_id.clone(),
        account_name: amounts.account_name.clone(),
        description: amounts.description.clone(),
        tax_category: key.tax_category.clone(),
        gross_jpy: amounts.gross_jpy.count(),
        discount_jpy: amounts.discount_jpy.count(),
        net_jpy: amounts.net_jpy.count(),
    }
}
