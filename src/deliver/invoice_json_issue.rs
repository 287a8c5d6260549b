//! The number of an issued document and what it corrects, in `invoice.json`.

use serde::Serialize;

use super::invoice_json::TaxEntry;
use crate::invoice::{Adjusted, Correction, DocumentReference, Issue};

#[derive(Serialize)]
pub(super) struct IssueEntry<'a> {
    number: &'a str,
    issued_on: String,
}

impl<'a> IssueEntry<'a> {
    pub(super) fn of(issue: &'a Issue) -> Self {
        Self { number: &issue.number, issued_on: issue.on.to_string() }
    }
}

#[derive(Serialize)]
pub(super) struct CorrectionEntry<'a> {
    kind: &'static str,
    original: ReferenceEntry<'a>,
    predecessor: ReferenceEntry<'a>,
    reason: &'a str,
    before_taxes: Vec<TaxEntry<'a>>,
    before_total_jpy: i128,
    paid_jpy: i128,
}

impl<'a> CorrectionEntry<'a> {
    pub(super) fn of(correction: &'a Correction) -> Self {
        Self {
            kind: correction.kind.name(),
            original: ReferenceEntry::of(&correction.original),
            predecessor: ReferenceEntry::of(&correction.predecessor),
            reason: &correction.reason,
            before_taxes: correction.before.iter().map(TaxEntry::of).collect(),
            before_total_jpy: correction.before_total_jpy.count(),
            paid_jpy: correction.paid_jpy.count(),
        }
    }
}

#[derive(Serialize)]
struct ReferenceEntry<'a> {
    number: &'a str,
    issued_on: String,
}

impl<'a> ReferenceEntry<'a> {
    fn of(document: &'a DocumentReference) -> Self {
        Self { number: &document.number, issued_on: document.on.to_string() }
    }
}

/// Which document a line adjusts.
#[derive(Serialize)]
pub(super) struct AdjustedEntry<'a> {
    number: &'a str,
    billing_period: String,
}

impl<'a> AdjustedEntry<'a> {
    pub(super) fn of(adjusted: &'a Adjusted) -> Self {
        Self { number: &adjusted.number, billing_period: adjusted.period.to_string() }
    }
}
