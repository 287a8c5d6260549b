//! Makes the documents of an order: what `issue` and `correct` record, and what a replay makes again.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::RunError;
use super::billed::{billed, charged_accounts};
use super::corrections::make_corrections;
use super::material::Material;
use crate::correct::{Change, Figures};
use crate::deliver::{InvoiceFiles, issued_file_name, read_figures, render_files};
use crate::invoice::{Invoice, Issue, Status, issued};
use crate::ledger::{
    Artefact, Book, CarriedEntry, CarryEntry, DocumentEntry, DrawEntry, InputsEntry, Ledger, invoice_number, sha256,
};
use crate::money::Yen;
use crate::period::{BillingPeriod, Day};
use crate::reference::Settings;

/// How a difference is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settling {
    /// 修正: a new document in the place of the old.
    Replace,
    /// 返還: a credit note.
    Return,
    /// 翌月調整: lines of a later invoice.
    Carry {
        /// Which month's.
        into: BillingPeriod,
    },
}

impl Settling {
    /// As the ledger writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Replace => "replace",
            Self::Return => "return",
            Self::Carry { .. } => "carry",
        }
    }
}

/// What was asked for; together with the book and the material it decides every byte.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) issued_on: Day,
    /// All where empty.
    pub(super) projects: Vec<String>,
    /// `None` where drafts are issued.
    pub(super) settling: Option<Settling>,
    pub(super) reason: String,
    pub(super) is_paid: bool,
}

impl Order {
    pub(super) fn includes(&self, project_id: &str) -> bool {
        self.projects.is_empty() || self.projects.iter().any(|project| project == project_id)
    }

    /// The order of an entry of the ledger.
    pub(super) fn of_entry(inputs: &InputsEntry) -> Result<Self, RunError> {
        let unreadable = |found: &str| RunError::Unreplayable { found: found.to_owned() };
        let settling = match inputs.correction.as_str() {
            "" => None,
            "replace" => Some(Settling::Replace),
            "return" => Some(Settling::Return),
            "carry" => Some(Settling::Carry { into: inputs.into.parse().map_err(|_| unreadable(&inputs.into))? }),
            other => return Err(unreadable(other)),
        };
        let issued_on = inputs.issued_on.parse().map_err(|_| unreadable(&inputs.issued_on))?;
        let (projects, reason) = (inputs.projects.clone(), inputs.reason.clone());
        Ok(Self { issued_on, projects, settling, reason, is_paid: inputs.is_paid })
    }

    pub(super) fn to_entry(&self, material: &Material) -> InputsEntry {
        let into = match self.settling {
            Some(Settling::Carry { into }) => into.to_string(),
            Some(Settling::Replace | Settling::Return) | None => String::new(),
        };
        InputsEntry {
            command: if self.settling.is_some() { "correct" } else { "issue" }.to_owned(),
            billing_period: material.period.to_string(),
            issued_on: self.issued_on.to_string(),
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            projects: self.projects.clone(),
            correction: self.settling.map(|settling| settling.name().to_owned()).unwrap_or_default(),
            into,
            reason: self.reason.clone(),
            is_paid: self.is_paid,
            files: material.files(),
        }
    }
}

/// A document with the bytes of its files.
pub(super) struct MadeDocument {
    pub(super) entry: DocumentEntry,
    pub(super) files: Vec<Vec<u8>>,
}

/// A carried difference with the bytes of its files.
pub(super) struct MadeCarry {
    pub(super) entry: CarryEntry,
    pub(super) files: Vec<Vec<u8>>,
}

/// A project's month against what was issued for it.
#[derive(Clone, Debug)]
pub struct Compared {
    /// Which project.
    pub project_id: String,
    /// The last document.
    pub number: String,
    /// What was billed, with tax.
    pub billed_jpy: Yen,
    /// What it comes to now, with tax.
    pub now_jpy: Yen,
    /// Line by line and cause by cause; empty where nothing moved.
    pub changes: Vec<Change>,
    /// What is another thing than when it was billed, and what that comes to with tax, be it nothing. They sum to the
    /// whole difference.
    pub causes: Vec<(String, Yen)>,
    /// Whether names, addresses or terms would be printed otherwise today.
    pub names_differ: bool,
}

/// All that came of an order.
#[derive(Default)]
pub(super) struct Made {
    pub(super) documents: Vec<MadeDocument>,
    pub(super) carries: Vec<MadeCarry>,
    /// Projects that were issued before.
    pub(super) compared: Vec<Compared>,
    /// Projects that are held, and why; an empty project where accounts belong to none.
    pub(super) held: Vec<(String, String)>,
    /// Drafts that no document was ever issued for, where documents are corrected.
    pub(super) not_issued: Vec<String>,
    /// What somebody should know of the documents before they are sent.
    pub(super) notes: Vec<String>,
}

/// What is unusual about documents.
pub(super) fn notes_of(documents: &[(Invoice, DocumentEntry)]) -> Vec<String> {
    let mut notes = Vec::new();
    for (invoice, _) in documents {
        let Some(issue) = &invoice.issue else { continue };
        let due = invoice.due.and_then(|due| due.day).filter(|due| *due < issue.on && !invoice.is_return());
        notes.extend(due.map(|due| format!("{}: due on {due}, before its date of issue {}", issue.number, issue.on)));
        if invoice.total_jpy < Yen::ZERO && !invoice.is_return() {
            let total = invoice.total_jpy.with_commas();
            notes.push(format!(
                "{}: comes to {total} yen: nothing is asked for, something is to be paid back",
                issue.number
            ));
        }
    }
    notes
}

/// Makes what an order asks for. The entry of its inputs will have the number `book.len() + 1`.
pub(super) fn make(ledger: &Ledger, book: &Book, material: &Material, order: &Order) -> Result<Made, RunError> {
    match order.settling {
        None => issue_drafts(ledger, book, material, order),
        Some(settling) => make_corrections(ledger, book, material, order, Some(settling)),
    }
}

fn issue_drafts(ledger: &Ledger, book: &Book, material: &Material, order: &Order) -> Result<Made, RunError> {
    let (bill, reference) = material.bill(book, &[])?;
    let chains = book.chains(material.period);
    let mut made = Made::default();
    let mut documents: Vec<(Invoice, DocumentEntry)> = Vec::new();
    let unassigned = bill.holds.iter().filter(|hold| hold.project_id.is_empty());
    made.held =
        unassigned.map(|hold| (String::new(), format!("account {}: {}", hold.account_id, hold.reason))).collect();
    let mut standing: BTreeMap<&str, Figures> = BTreeMap::new();
    for (project_id, chain) in &chains {
        let billed = billed(ledger, chain, &reference, material.period)?;
        if order.includes(project_id) {
            let draft = bill.invoices.iter().find(|draft| draft.project.project_id == *project_id);
            let now = draft.map(Figures::of).unwrap_or_default();
            made.compared.push(Compared {
                project_id: (*project_id).to_owned(),
                number: chain.last().map(|document| document.number.clone()).unwrap_or_default(),
                billed_jpy: billed.total_jpy,
                now_jpy: if billed.charges_the_same_as(&now) { billed.total_jpy } else { now.total_jpy },
                changes: Vec::new(), // `correct` tells them.
                causes: Vec::new(),
                names_differ: false,
            });
        }
        standing.insert(project_id, billed);
    }
    let mut refusals = Vec::new();
    let mut count = book.count(material.period, "invoice");
    for draft in bill.invoices.iter().filter(|draft| order.includes(&draft.project.project_id)) {
        let project_id = draft.project.project_id.as_str();
        if chains.contains_key(project_id) {
            continue;
        }
        match draft.status {
            Status::Held => {
                let reasons: BTreeSet<&str> = draft.holds.iter().map(|hold| hold.reason).collect();
                let reasons = reasons.into_iter().collect::<Vec<_>>().join(", ");
                made.held.push((project_id.to_owned(), reasons));
            }
            Status::Draft | Status::Issued => {
                refusals.extend(refuse_charged_twice(project_id, &Figures::of(draft), &standing));
                count += 1;
                let issue = Issue { number: invoice_number(material.period, count), on: order.issued_on };
                let invoice = issued(draft, issue, &reference.calendar);
                let entry = document_entry(&invoice, "invoice", book, &material.workspace.settings);
                documents.push((invoice, entry));
            }
        }
    }
    if !refusals.is_empty() {
        return Err(RunError::NotSettled { refusals });
    }
    made.notes = notes_of(&documents);
    made.documents = render_documents(documents, &[])?;
    Ok(made)
}

/// An account that a standing document of another project charges already is not charged once more.
pub(super) fn refuse_charged_twice(
    project_id: &str,
    figures: &Figures,
    standing: &BTreeMap<&str, Figures>,
) -> Vec<String> {
    let own = charged_accounts(figures);
    let others = standing.iter().filter(|(other, _)| **other != project_id);
    let twice = others.flat_map(|(other, standing)| {
        charged_accounts(standing)
            .into_iter()
            .filter(|account| own.contains(account))
            .map(move |account| (other, account))
    });
    let text = |(other, account): (&&str, &str)| {
        format!(
            "{project_id}: account {account} is charged by a document of {other} for this month already; correct that first, \
             or where both are issued, both together"
        )
    };
    twice.map(text).collect()
}

/// What the ledger says of a document, but for its files.
pub(super) fn document_entry(invoice: &Invoice, kind: &str, book: &Book, settings: &Settings) -> DocumentEntry {
    let issue = invoice.issue.as_ref().expect("a document has a number");
    let draws = invoice.settlement.vouchers.iter().flat_map(|balance| &balance.draws);
    let draws = draws.filter(|draw| !draw.used_jpy.is_zero());
    let correction = invoice.correction.as_ref();
    DocumentEntry {
        number: issue.number.clone(),
        kind: kind.to_owned(),
        billing_period: invoice.period.to_string(),
        project_id: invoice.project.project_id.clone(),
        customer_id: invoice.project.customer_id.clone(),
        customer_name: invoice.project.customer_name.clone(),
        issued_on: issue.on.to_string(),
        total_jpy: invoice.total_jpy.count(),
        paid_jpy: correction.map_or(0, |correction| correction.paid_jpy.count()),
        inputs: book.len() + 1,
        original: correction.map(|correction| correction.original.number.clone()).unwrap_or_default(),
        predecessor: correction.map(|correction| correction.predecessor.number.clone()).unwrap_or_default(),
        draws: draws
            .map(|draw| DrawEntry { voucher_id: draw.voucher_id.clone(), amount_jpy: draw.used_jpy.count() })
            .collect(),
        keep_until: keep_until(issue.on, settings).to_string(),
        lines: Vec::<CarriedEntry>::new(),
        artefacts: Vec::new(),
    }
}

/// The last day of the fiscal year of the issue, two months and the years of retention later.
fn keep_until(issued_on: Day, settings: &Settings) -> Day {
    let (year, month, _) = issued_on.date();
    let end = settings.fiscal_year_end_month;
    let year = if month > end { year + 1 } else { year } + i32::try_from(settings.retention_years).unwrap_or(10);
    let (year, month) = if end + 2 > 12 { (year + 1, end + 2 - 12) } else { (year, end + 2) };
    BillingPeriod::new(year, month).map_or(issued_on, Day::last_of)
}

/// Draws documents, and reads their totals back before they count.
pub(super) fn render_documents(
    documents: Vec<(Invoice, DocumentEntry)>,
    more_files: &[(String, String, Vec<u8>)],
) -> Result<Vec<MadeDocument>, RunError> {
    let make = |(invoice, mut entry): (Invoice, DocumentEntry)| {
        let project_id = || invoice.project.project_id.clone();
        let InvoiceFiles { json, csv, pdf } =
            render_files(&invoice).map_err(|source| RunError::Document { project_id: project_id(), source })?;
        let issue = invoice.issue.as_ref().expect("a document has a number");
        let pdf_name = issued_file_name(issue.on, &invoice.project.customer_name, invoice.total_jpy, &issue.number);
        if read_figures(&json).is_none_or(|figures| figures != Figures::of(&invoice)) {
            return Err(RunError::NotReadBack { number: issue.number.clone() });
        }
        let mut files = vec![("invoice.csv".to_owned(), csv), ("invoice.json".to_owned(), json), (pdf_name, pdf)];
        let own = more_files.iter().filter(|(project, _, _)| *project == invoice.project.project_id);
        files.extend(own.map(|(_, name, bytes)| (name.clone(), bytes.clone())));
        files.sort();
        entry.artefacts = artefacts(&files);
        Ok(MadeDocument { entry, files: files.into_iter().map(|(_, bytes)| bytes).collect() })
    };
    // The first error in order: which one is met first hangs on the threads.
    documents.into_par_iter().map(make).collect::<Vec<_>>().into_iter().collect()
}

pub(super) fn artefacts(files: &[(String, Vec<u8>)]) -> Vec<Artefact> {
    let artefact = |(name, bytes): &(String, Vec<u8>)| Artefact {
        name: name.clone(),
        bytes: bytes.len() as u64,
        sha256: sha256(bytes),
    };
    files.iter().map(artefact).collect()
}
