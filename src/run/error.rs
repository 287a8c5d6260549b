use crate::deliver::{DeliverError, WriteError};
use crate::fold::{FactsFileError, FoldError};
use crate::ingest::IngestError;
use crate::pipeline::BillError;
use crate::read_back::ReadBackError;
use crate::reconcile::ReconcileError;
use crate::reference::ReferenceError;

/// Why a run stopped. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The workspace was refused.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// The reports were refused.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// The reports could not be summed.
    #[error(transparent)]
    Fold(#[from] FoldError),
    /// The facts file was refused.
    #[error(transparent)]
    FactsFile(#[from] FactsFileError),
    /// The facts are of another month.
    #[error(
        "{file} holds the facts of {found}, not of {expected}; give the facts of that month, or run from the reports"
    )]
    OtherMonth {
        /// The facts file.
        file: String,
        /// Its month.
        found: String,
        /// The wanted month.
        expected: String,
    },
    /// The reports have no row of the month: an invoice of nothing but fees would look like a quiet month.
    #[error(
        "the reports have no row of {period} ({other} rows of other months); \
         fetch the reports of the month, or correct --period"
    )]
    NoRows {
        /// The wanted month.
        period: String,
        /// Rows of other months.
        other: u64,
    },
    /// An account that is asked for has no row.
    #[error(
        "account {account_id} has no row in the reports of {period}; give an account of usage as twelve digits, \
         such as one of summary.csv"
    )]
    NoSuchAccount {
        /// What was asked for.
        account_id: String,
        /// The month.
        period: String,
    },
    /// The month could not be billed.
    #[error(transparent)]
    Bill(#[from] BillError),
    /// A document could not be made.
    #[error("invoice of project {project_id}: {source}")]
    Document {
        /// Which invoice.
        project_id: String,
        /// Why.
        source: DeliverError,
    },
    /// The finished month, or the console's file, was refused.
    #[error(transparent)]
    ReadBack(#[from] ReadBackError),
    /// The month could not be reconciled: its files do not fit each other.
    #[error(transparent)]
    Reconcile(#[from] ReconcileError),
    /// The output could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl RunError {
    /// The exit code: 2 where the input must be mended, 3 where the machine or the program must.
    pub fn exit_code(&self) -> u8 {
        let is_machine_fault = match self {
            Self::Reference(error) => error.is_machine_fault(),
            Self::Ingest(error) => error.is_machine_fault(),
            Self::Fold(error) => error.is_machine_fault(),
            Self::FactsFile(error) => error.is_machine_fault(),
            Self::OtherMonth { .. } | Self::NoRows { .. } | Self::NoSuchAccount { .. } => false,
            Self::Bill(error) => match error {
                BillError::Audit(_) => true, // A sum that does not agree is a bug.
                BillError::Facts(_)
                | BillError::Alone(_)
                | BillError::Discount(_)
                | BillError::Convert(_)
                | BillError::Invoice(_) => false,
            },
            Self::Document { source, .. } => match source {
                DeliverError::MissingGlyph { .. } | DeliverError::CombiningMark { .. } => false,
                DeliverError::Font { .. } | DeliverError::Writer { .. } => true,
            },
            Self::ReadBack(error) => error.is_machine_fault(),
            Self::Reconcile(_) => false,
            Self::Write(_) => true,
        };
        if is_machine_fault { 3 } else { 2 }
    }
}
