//! Compares a month with what was issued for it, and settles the differences where that is asked for.

use std::collections::{BTreeMap, BTreeSet};

use super::RunError;
use super::billed::{billed, charged_accounts, names_the_same};
use super::make::{Compared, Made, Order, Settling, notes_of, refuse_charged_twice, render_documents};
use super::material::Material;
use super::settlements::Settlements;
use super::steps::{PricedStep, steps_between};
use crate::audit::check_vouchers;
use crate::correct::{Change, Figures, Step, causes, changes};
use crate::invoice::{Hold, Invoice, Status, empty_invoice, settle};
use crate::ledger::{Book, Chain, Ledger};
use crate::pipeline::BillError;
use crate::terms::ReferenceData;

/// A project's month that is not what was issued.
pub(super) struct Differing<'a> {
    pub(super) chain: &'a Chain<'a>,
    /// As it is now.
    pub(super) now: Invoice,
    pub(super) billed: Figures,
    pub(super) figures: Figures,
    pub(super) changes: Vec<Change>,
}

/// Compares, and makes documents where a way of settling is given.
pub(super) fn make_corrections(
    ledger: &Ledger,
    book: &Book,
    material: &Material,
    order: &Order,
    settling: Option<Settling>,
) -> Result<Made, RunError> {
    let chains = book.chains(material.period);
    let (bill, reference) = material.bill(book, &[])?;
    let drafts: BTreeMap<&str, &Invoice> =
        bill.invoices.iter().map(|draft| (draft.project.project_id.as_str(), draft)).collect();
    let mut made = Made::default();
    let unissued = drafts.keys().filter(|project_id| order.includes(project_id) && !chains.contains_key(**project_id));
    made.not_issued = unissued.map(|project_id| (*project_id).to_owned()).collect();
    let unassigned: BTreeMap<&str, &Hold> = bill
        .holds
        .iter()
        .filter(|hold| hold.project_id.is_empty())
        .map(|hold| (hold.account_id.as_str(), hold))
        .collect();
    let mut steps = StepsByInputs::new(ledger, book, material);
    let mut differing = Vec::new();
    let mut standing: BTreeMap<&str, Figures> = BTreeMap::new();
    let mut refusals = Vec::new();
    for (project_id, chain) in &chains {
        let billed = billed(ledger, chain, &reference, material.period)?;
        if !order.includes(project_id) {
            standing.insert(project_id, billed);
            continue;
        }
        let now = match drafts.get(project_id) {
            Some(draft) => (*draft).clone(),
            None => nothing_left(material, &reference, project_id)?,
        };
        let figures = Figures::of(&now);
        let charges_the_same = billed.charges_the_same_as(&figures);
        let (changes, causes) = if charges_the_same {
            (Vec::new(), Vec::new())
        } else {
            let steps = steps.of(chain.inputs, project_id, &figures)?;
            (changes(&billed, &steps), causes(&billed, &steps))
        };
        let names_differ = match chain.last_whole() {
            Some(document) => !names_the_same(ledger, document, &now)?,
            None => false,
        };
        made.compared.push(Compared {
            project_id: (*project_id).to_owned(),
            number: chain.last().map(|document| document.number.clone()).unwrap_or_default(),
            billed_jpy: billed.total_jpy,
            now_jpy: figures.total_jpy,
            changes: changes.clone(),
            causes,
            names_differ,
        });
        // Names alone are corrected by a whole new document, by nothing else.
        let is_wanted = !charges_the_same || (names_differ && settling == Some(Settling::Replace));
        if !is_wanted {
            standing.insert(project_id, billed);
            continue;
        }
        let lost = charged_accounts(&billed).into_iter().find_map(|account| unassigned.get(account).copied());
        let own = now.holds.iter().find(|hold| hold.reason != "voucher_review");
        if let Some(hold) = lost.or(own) {
            made.held.push(((*project_id).to_owned(), format!("account {}: {}", hold.account_id, hold.reason)));
            standing.insert(project_id, billed);
            continue;
        }
        if now.lines.is_empty() && order.projects.is_empty() && settling.is_some() {
            refusals.push(format!(
                "{project_id}: it comes to nothing; if no account is missing in contracts and reports, ask for it by --project"
            ));
        }
        differing.push(Differing { chain, now, billed, figures, changes });
    }
    let Some(settling) = settling else { return Ok(made) };
    for differing in &differing {
        refusals.extend(refuse_charged_twice(&differing.now.project.project_id, &differing.figures, &standing));
    }
    if !refusals.is_empty() {
        return Err(RunError::NotSettled { refusals });
    }
    let reference = if settling == Settling::Replace {
        let held = pay_again(material, book, &mut differing)?;
        made.held.extend(held.0);
        held.1
    } else {
        reference
    };
    let mut work = Settlements::new(book, material, order, &reference);
    for differing in &differing {
        if let Err(refusal) = work.settle(settling, differing)? {
            refusals.push(format!("{}: {refusal}", differing.now.project.project_id));
        }
    }
    if !refusals.is_empty() {
        return Err(RunError::NotSettled { refusals });
    }
    made.notes = notes_of(&work.documents);
    made.documents = render_documents(work.documents, &work.files)?;
    made.carries = work.carries;
    Ok(made)
}

/// Projects and why they are held.
type Held = Vec<(String, String)>;

/// Draws from vouchers for the documents that replace others, in the place of what those drew.
///
/// Only these are paid: what other documents drew stands, and drafts without a document have drawn nothing.
fn pay_again(
    material: &Material,
    book: &Book,
    differing: &mut Vec<Differing<'_>>,
) -> Result<(Held, ReferenceData), RunError> {
    let ids: Vec<String> = differing.iter().map(|differing| differing.now.project.project_id.clone()).collect();
    let redrawn: Vec<&str> = ids.iter().map(String::as_str).collect();
    let reference = material.reference_with(book, &redrawn)?;
    let free = |invoice: &Invoice| Invoice { holds: Vec::new(), status: Status::Draft, ..invoice.clone() };
    let drafts = differing.iter().map(|differing| free(&differing.now)).collect();
    let (settled, _) = settle(material.period, &reference, drafts);
    check_vouchers(&reference, &settled).map_err(BillError::from)?;
    let mut held = Vec::new();
    for (differing, settled) in differing.iter_mut().zip(settled) {
        if let Some(hold) = settled.holds.first() {
            held.push((settled.project.project_id.clone(), format!("{}: {}", hold.reason, hold.detail)));
        }
        differing.now = settled;
    }
    let is_held: BTreeSet<&String> = held.iter().map(|(project_id, _)| project_id).collect();
    differing.retain(|differing| !is_held.contains(&differing.now.project.project_id));
    Ok((held, reference))
}

/// The invoice of a project that nothing is charged to any more.
fn nothing_left(material: &Material, reference: &ReferenceData, project_id: &str) -> Result<Invoice, RunError> {
    let project = reference.projects.get(project_id);
    let project = project.ok_or_else(|| RunError::ProjectGone { project_id: project_id.to_owned() })?;
    Ok(empty_invoice(material.period, reference, project).map_err(BillError::from)?)
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
            let base = Material::of_entry(self.ledger, inputs)?;
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
