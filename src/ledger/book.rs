use std::collections::BTreeMap;

use super::{CarryEntry, DocumentEntry, Entry, Event, InputsEntry, LedgerError};
use crate::period::BillingPeriod;

/// Everything that the ledger's entries say, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    entries: Vec<Booked>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Booked {
    number: u64,
    recorded_at: String,
    entry: Entry,
}

/// A document and where it stands in the book.
#[derive(Clone, Copy, Debug)]
pub struct BookedDocument<'a> {
    /// The number of its entry.
    pub entry_number: u64,
    /// When it was recorded, UTC.
    pub recorded_at: &'a str,
    /// What the entry says.
    pub document: &'a DocumentEntry,
    /// The document that stands in its place now.
    pub replaced_by: Option<&'a str>,
}

/// What happened to a project's month: its documents and carried differences, in their order.
#[derive(Clone, Debug, Default)]
pub struct Chain<'a> {
    /// Documents: the original first.
    pub documents: Vec<&'a DocumentEntry>,
    /// Differences that later invoices take along.
    pub carries: Vec<&'a CarryEntry>,
    /// The entry of what the last of them was made from.
    pub inputs: u64,
}

impl Book {
    pub(super) fn push(&mut self, event: &Event) -> Result<(), LedgerError> {
        let entry = Entry::read(event)?;
        self.entries.push(Booked { number: event.number, recorded_at: event.recorded_at.clone(), entry });
        Ok(())
    }

    /// The book as it was before an entry.
    pub fn before(&self, entry_number: u64) -> Self {
        Self { entries: self.entries.iter().filter(|booked| booked.number < entry_number).cloned().collect() }
    }

    /// How many entries there are.
    pub fn len(&self) -> u64 {
        self.entries.len() as u64
    }

    /// Whether nothing was ever recorded.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All entries with their numbers.
    pub fn entries(&self) -> impl Iterator<Item = (u64, &Entry)> {
        self.entries.iter().map(|booked| (booked.number, &booked.entry))
    }

    /// All documents.
    pub fn documents(&self) -> impl Iterator<Item = BookedDocument<'_>> {
        let replaced: BTreeMap<&str, &str> = self
            .entries
            .iter()
            .filter_map(|booked| match &booked.entry {
                Entry::Document(document) if document.kind == "replace" => {
                    Some((document.predecessor.as_str(), document.number.as_str()))
                }
                Entry::Document(_) | Entry::Inputs(_) | Entry::Carry(_) => None,
            })
            .collect();
        self.entries.iter().filter_map(move |booked| match &booked.entry {
            Entry::Document(document) => Some(BookedDocument {
                entry_number: booked.number,
                recorded_at: &booked.recorded_at,
                document,
                replaced_by: replaced.get(document.number.as_str()).copied(),
            }),
            Entry::Inputs(_) | Entry::Carry(_) => None,
        })
    }

    /// The document of a number.
    pub fn document(&self, number: &str) -> Option<BookedDocument<'_>> {
        self.documents().find(|booked| booked.document.number == number)
    }

    /// What documents were made from.
    pub fn inputs(&self, entry_number: u64) -> Option<&InputsEntry> {
        let place = usize::try_from(entry_number.checked_sub(1)?).ok()?;
        match &self.entries.get(place)?.entry {
            Entry::Inputs(inputs) => Some(inputs),
            Entry::Document(_) | Entry::Carry(_) => None,
        }
    }

    /// All differences that were carried.
    pub fn carries(&self) -> impl Iterator<Item = &CarryEntry> {
        self.entries.iter().filter_map(|booked| match &booked.entry {
            Entry::Carry(carry) => Some(carry),
            Entry::Inputs(_) | Entry::Document(_) => None,
        })
    }

    /// By project: what was issued for a month.
    pub fn chains(&self, period: BillingPeriod) -> BTreeMap<&str, Chain<'_>> {
        let period = period.to_string();
        let mut chains: BTreeMap<&str, Chain<'_>> = BTreeMap::new();
        for booked in &self.entries {
            match &booked.entry {
                Entry::Document(document) if document.billing_period == period => {
                    let chain = chains.entry(&document.project_id).or_default();
                    chain.documents.push(document);
                    chain.inputs = document.inputs;
                }
                Entry::Carry(carry) if carry.billing_period == period => {
                    let chain = chains.entry(&carry.project_id).or_default();
                    chain.carries.push(carry);
                    chain.inputs = carry.inputs;
                }
                Entry::Inputs(_) | Entry::Document(_) | Entry::Carry(_) => {}
            }
        }
        chains
    }

    /// How many documents of a kind a month has.
    pub fn count(&self, period: BillingPeriod, kind: &str) -> u64 {
        let period = period.to_string();
        let own =
            |booked: &BookedDocument<'_>| booked.document.billing_period == period && booked.document.kind == kind;
        self.documents().filter(own).count() as u64
    }
}

impl<'a> Chain<'a> {
    /// The first document.
    pub fn original(&self) -> Option<&'a DocumentEntry> {
        self.documents.first().copied()
    }

    /// The last document that says everything: the original, or what replaced it.
    pub fn last_whole(&self) -> Option<&'a DocumentEntry> {
        self.documents.iter().rev().find(|document| document.kind != "return").copied()
    }

    /// Whether a part of a difference was returned or carried: its tax stands elsewhere then.
    pub fn has_settled(&self) -> bool {
        !self.carries.is_empty() || self.documents.iter().any(|document| document.kind == "return")
    }

    /// The last document.
    pub fn last(&self) -> Option<&'a DocumentEntry> {
        self.documents.last().copied()
    }
}
