use super::TaxTotal;
use crate::money::Yen;
use crate::period::{BillingPeriod, Day};

/// What makes a draft a document: its number and its day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// `INV-yyyymm-nnnnnn`, with `-R1`, `-R2` … where it replaces another; `CRN-yyyymm-nnnnnn` for a credit note.
    pub number: String,
    /// The date of issue, in Japan.
    pub on: Day,
}

/// How a document corrects another (適格請求書の修正, 適格返還請求書).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CorrectionKind {
    /// 修正: a whole new document in the place of the other.
    Replace,
    /// 返還: a credit note over the difference.
    Return,
}

impl CorrectionKind {
    /// The name in files for programs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Replace => "replace",
            Self::Return => "return",
        }
    }
}

/// A document that another one refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentReference {
    /// Its number.
    pub number: String,
    /// Its date of issue.
    pub on: Day,
}

/// What a correcting document says of what it corrects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// How it corrects.
    pub kind: CorrectionKind,
    /// The first document of the project's month.
    pub original: DocumentReference,
    /// What stood before this document, where that is not the original.
    pub predecessor: DocumentReference,
    /// Why, in the words of who made it; may be empty.
    pub reason: String,
    /// By category and rate, what was charged before.
    pub before: Vec<TaxTotal>,
    /// What was charged before, with tax.
    pub before_total_jpy: Yen,
    /// What was paid of that by card or transfer, vouchers apart; the rest is what this document asks for.
    pub paid_jpy: Yen,
}

/// Which document a line of a later one adjusts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjusted {
    /// The document whose line it was.
    pub number: String,
    /// Its billing month: the supply that the line belongs to.
    pub period: BillingPeriod,
}
