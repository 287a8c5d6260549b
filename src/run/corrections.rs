//! Compares a month with what was issued for it, and makes the documents that settle the differences.

use std::collections::BTreeMap;

use super::RunError;
use super::billed::{billed, is_same};
use super::ledger_terms::carried_line;
use super::make::{Compared, Made, MadeCarry, Order, Settling, artefacts, document_entry, render_documents};
use super::material::Material;
use super::steps::{PricedStep, steps_between};
use crate::correct::{Amounts, Change, Figures, LineKey, Step, causes, changes, settling_lines};
use crate::deliver::correction_table;
use crate::invoice::{
    Correction, CorrectionKind, DocumentReference, Invoice, Issue, Status, credit_note, empty_invoice, replacement,
};
use crate::ledger::{Book, CarriedEntry, CarryEntry, Chain, DocumentEntry, Ledger, corrected_number, return_number};
use crate::money::Yen;
use crate::terms::ReferenceData;

/// Compares, and makes documents where a way of settling is given.
pub(super) fn make_corrections(
    ledger: &Ledger,
    book: &Book,
    material: &Material,
    order: &Order,
    settling: Option<Settling>,
) -> Result<Made, RunError> {
    let chains = book.chains(material.period);
    let redrawn: Vec<&str> = chains.keys().copied().filter(|project_id| order.includes(project_id)).collect();
    let (bill, reference) = material.bill(book, &redrawn)?;
    let drafts: BTreeMap<&str, &Invoice> =
        bill.invoices.iter().map(|draft| (draft.project.project_id.as_str(), draft)).collect();
    let mut made = Made::default();
    let unissued = drafts.keys().filter(|project_id| order.includes(project_id) && !chains.contains_key(**project_id));
    made.not_issued = unissued.map(|project_id| (*project_id).to_owned()).collect();
    let mut steps = StepsByInputs::new(ledger, book, material);
    let mut work = Work {
        book,
        material,
        order,
        reference: &reference,
        made: &mut made,
        documents: Vec::new(),
        files: Vec::new(),
    };
    let mut refusals = Vec::new();
    for (project_id, chain) in chains.iter().filter(|(project_id, _)| order.includes(project_id)) {
        let now = match drafts.get(project_id) {
            Some(draft) => (*draft).clone(),
            None => nothing_left(material, &reference, project_id)?,
        };
        let billed = billed(ledger, chain)?;
        let figures = Figures::of(&now);
        let is_same = is_same(chain.has_settled(), &billed, &figures);
        let (changes, causes) = if is_same {
            (Vec::new(), Vec::new())
        } else {
            let steps = steps.of(chain.inputs, project_id, &figures)?;
            (changes(&billed, &steps), causes(&billed, &steps))
        };
        let number = chain.last().map(|document| document.number.clone()).unwrap_or_default();
        work.made.compared.push(Compared {
            project_id: (*project_id).to_owned(),
            number,
            billed_jpy: billed.total_jpy,
            now_jpy: if is_same { billed.total_jpy } else { figures.total_jpy },
            changes: changes.clone(),
            causes,
        });
        let Some(settling) = settling.filter(|_| !is_same) else { continue };
        if now.status == Status::Held {
            work.made.held.push((*project_id).to_owned());
            continue;
        }
        if let Err(refusal) = work.settle(settling, chain, &now, &billed, &figures, &changes)? {
            refusals.push(format!("{project_id}: {refusal}"));
        }
    }
    if !refusals.is_empty() {
        return Err(RunError::NotSettled { refusals });
    }
    let Work { documents, files, .. } = work;
    made.documents = render_documents(documents, &files)?;
    Ok(made)
}

/// The invoice of a project that nothing is charged to any more.
fn nothing_left(material: &Material, reference: &ReferenceData, project_id: &str) -> Result<Invoice, RunError> {
    let project = reference.projects.get(project_id);
    let project = project.ok_or_else(|| RunError::ProjectGone { project_id: project_id.to_owned() })?;
    Ok(empty_invoice(material.period, reference, project).map_err(crate::pipeline::BillError::from)?)
}

/// The steps from what was issued to now, made once for all documents of the same inputs.
struct StepsByInputs<'a> {
    ledger: &'a Ledger,
    book: &'a Book,
    material: &'a Material,
    known: BTreeMap<u64, Vec<PricedStep>>,
}

impl<'a> StepsByInputs<'a> {
    fn new(ledger: &'a Ledger, book: &'a Book, material: &'a Material) -> Self {
        Self { ledger, book, material, known: BTreeMap::new() }
    }

    /// The steps of a project; the last one is what it owes now.
    fn of(&mut self, inputs: u64, project_id: &str, now: &Figures) -> Result<Vec<Step>, RunError> {
        if !self.known.contains_key(&inputs) {
            let entry = self.book.inputs(inputs).ok_or_else(|| RunError::Unreplayable {
                found: format!("entry {inputs}, which should say what documents were made from"),
            })?;
            let base = Material::of_ledger(self.ledger, entry)?;
            self.known.insert(inputs, steps_between(&base, self.material, self.book)?);
        }
        let steps = self.known.get(&inputs).into_iter().flatten();
        let figures = |by_project: &BTreeMap<String, Figures>| by_project.get(project_id).cloned().unwrap_or_default();
        let mut steps: Vec<Step> =
            steps.map(|(cause, by_project)| Step { cause: cause.clone(), figures: figures(by_project) }).collect();
        if steps.last().is_none_or(|last| !last.figures.charges_the_same_as(now)) {
            return Err(RunError::NotSettled {
                refusals: vec![format!("{project_id}: the steps do not lead to what it owes now; this is a bug")],
            });
        }
        if let Some(last) = steps.last_mut() {
            last.figures = now.clone();
        }
        Ok(steps)
    }
}

/// Documents in the making.
struct Work<'a> {
    book: &'a Book,
    material: &'a Material,
    order: &'a Order,
    reference: &'a ReferenceData,
    made: &'a mut Made,
    documents: Vec<(Invoice, DocumentEntry)>,
    files: Vec<(String, String, Vec<u8>)>,
}

impl Work<'_> {
    /// Makes one document or carried difference; says why it cannot.
    fn settle(
        &mut self,
        settling: Settling,
        chain: &Chain<'_>,
        now: &Invoice,
        billed: &Figures,
        figures: &Figures,
        changes: &[Change],
    ) -> Result<Result<(), String>, RunError> {
        let (Some(original), Some(last), Some(whole)) = (chain.original(), chain.last(), chain.last_whole()) else {
            return Ok(Err("nothing was issued for it".to_owned()));
        };
        let project_id = now.project.project_id.clone();
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
                let drawn: Yen = whole.draws.iter().map(|draw| Yen::new(draw.amount_jpy)).sum();
                let paid = if self.order.is_paid { billed.total_jpy - drawn } else { Yen::ZERO };
                let issue = Issue { number, on: self.order.issued_on };
                let invoice =
                    replacement(now, issue, correction(CorrectionKind::Replace, paid)?, &self.reference.calendar);
                let entry = document_entry(&invoice, "replace", self.book, &self.material.workspace.settings);
                self.documents.push((invoice, entry));
                self.files.push((project_id, "correction.csv".to_owned(), table));
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
                let invoice = credit_note(now, &adjustments, issue, correction, self.reference)
                    .map_err(crate::pipeline::BillError::from)?;
                if invoice.total_jpy >= Yen::ZERO {
                    let more = invoice.total_jpy.with_commas();
                    return Ok(Err(format!("{more} yen more are owed, and a return gives back; replace or carry it")));
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
                self.made.carries.push(MadeCarry { entry, files });
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
    let on = document.issued_on.parse().map_err(|_| RunError::Unreplayable {
        found: format!("the date of issue of {}: {:?}", document.number, document.issued_on),
    })?;
    Ok(DocumentReference { number: document.number.clone(), on })
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
