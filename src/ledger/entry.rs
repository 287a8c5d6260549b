//! What the entries say. Each is one JSON object; a key that is not known is refused.

use serde::{Deserialize, Serialize};

use super::{Event, LedgerError};

/// A file that documents were made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputEntry {
    /// `facts`, `workspace` (also files shipped with the program) or `report`.
    pub kind: String,
    /// Relative to the workspace or to the reports folder.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256; empty for an object of which only parts were read.
    pub sha256: String,
    /// For an object of a store, its version there.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// Whether the ledger keeps its bytes. Those of reports it does not: they are replayed from facts.
    pub is_kept: bool,
}

/// What a command made its documents from: one entry, before those of the documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputsEntry {
    /// `issue` or `correct`.
    pub command: String,
    /// The billing month.
    pub billing_period: String,
    /// The date of issue that was asked for, or today's in Japan.
    pub issued_on: String,
    /// The version of the program.
    pub program_version: String,
    /// Only these projects were asked for; all where empty.
    pub projects: Vec<String>,
    /// `replace`, `return` or `carry`; empty for `issue`.
    pub correction: String,
    /// The month that is carried into; empty where nothing is.
    pub into: String,
    /// Why it was corrected, as told.
    pub reason: String,
    /// Whether the corrected documents were paid.
    pub is_paid: bool,
    /// Everything that was read.
    pub files: Vec<InputEntry>,
}

/// A file of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Artefact {
    /// In the document's folder.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
}

/// What an issued document draws from a voucher.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawEntry {
    /// Which voucher.
    pub voucher_id: String,
    /// How much, in yen.
    pub amount_jpy: i128,
}

/// A document that was issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentEntry {
    /// Its number.
    pub number: String,
    /// `invoice`, `replace` (修正) or `return` (返還).
    pub kind: String,
    /// The billing month.
    pub billing_period: String,
    /// Which project.
    pub project_id: String,
    /// Which customer; may be empty.
    pub customer_id: String,
    /// As printed: 取引先.
    pub customer_name: String,
    /// The printed date of issue: 取引年月日.
    pub issued_on: String,
    /// With tax: 取引金額.
    pub total_jpy: i128,
    /// The entry of what it was made from.
    pub inputs: u64,
    /// The first document of the chain; empty where this is it.
    pub original: String,
    /// The document before this one in the chain; empty where there is none.
    pub predecessor: String,
    /// What was paid of the documents before it, when it was made.
    pub paid_jpy: i128,
    /// What it draws from vouchers, in the place of what the document before it drew.
    pub draws: Vec<DrawEntry>,
    /// Until when it must be kept.
    pub keep_until: String,
    /// Of a credit note: what it returns, line by line, without tax.
    pub lines: Vec<CarriedEntry>,
    /// Its files, by name.
    pub artefacts: Vec<Artefact>,
}

/// A line of a difference that a credit note returns or a later invoice takes along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarriedEntry {
    /// What the line was: a section of AWS charges, `fee` or `adjustment`.
    pub section: String,
    /// Of a fee its id, of an adjustment what it adjusted; else empty.
    pub line_id: String,
    /// Empty where the line was a fee.
    pub account_id: String,
    /// As printed.
    pub account_name: String,
    /// As printed.
    pub description: String,
    /// Of the original supply.
    pub tax_category: String,
    /// Before discount.
    pub gross_jpy: i128,
    /// Net less gross.
    pub discount_jpy: i128,
    /// What counts.
    pub net_jpy: i128,
}

/// A difference that is settled on a later invoice (翌月調整): no document of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarryEntry {
    /// The month that was billed wrong.
    pub billing_period: String,
    /// The month whose invoice takes it along.
    pub into: String,
    /// Which project.
    pub project_id: String,
    /// The first document of the chain.
    pub original: String,
    /// The last document of the chain.
    pub predecessor: String,
    /// The entry of what it was made from.
    pub inputs: u64,
    /// The lines, without tax.
    pub lines: Vec<CarriedEntry>,
    /// What was found, as files.
    pub artefacts: Vec<Artefact>,
}

/// An entry, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// What documents are made from.
    Inputs(InputsEntry),
    /// A document.
    Document(DocumentEntry),
    /// A difference carried along.
    Carry(CarryEntry),
}

impl Entry {
    /// The kind as it is stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Inputs(_) => "inputs",
            Self::Document(_) => "document",
            Self::Carry(_) => "carry",
        }
    }

    pub(super) fn to_payload(&self) -> String {
        let text = match self {
            Self::Inputs(entry) => serde_json::to_string(entry),
            Self::Document(entry) => serde_json::to_string(entry),
            Self::Carry(entry) => serde_json::to_string(entry),
        };
        text.expect("texts, numbers and lists are JSON")
    }

    pub(super) fn read(event: &Event) -> Result<Self, LedgerError> {
        let payload = event.payload.as_str();
        let read = match event.kind.as_str() {
            "inputs" => serde_json::from_str(payload).map(Self::Inputs),
            "document" => serde_json::from_str(payload).map(Self::Document),
            "carry" => serde_json::from_str(payload).map(Self::Carry),
            other => return Err(LedgerError::UnknownEntry { number: event.number, found: format!("kind {other:?}") }),
        };
        read.map_err(|error| LedgerError::UnknownEntry { number: event.number, found: error.to_string() })
    }

    /// The hashes of the bytes that it keeps.
    pub fn kept(&self) -> Vec<&str> {
        match self {
            Self::Inputs(entry) => {
                entry.files.iter().filter(|file| file.is_kept).map(|file| file.sha256.as_str()).collect()
            }
            Self::Document(entry) => entry.artefacts.iter().map(|artefact| artefact.sha256.as_str()).collect(),
            Self::Carry(entry) => entry.artefacts.iter().map(|artefact| artefact.sha256.as_str()).collect(),
        }
    }
}
