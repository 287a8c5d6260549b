use std::io;

use crate::ingest::IngestError;

/// Why the rows of a month were not joined to their facts.
#[derive(Debug, thiserror::Error)]
pub enum RowsError {
    /// The reports were refused or could not be read.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// The rows are not those of the facts.
    #[error(
        "the reports are not those that the facts were folded from: run again, from the reports as they are now. \
         Facts that differ: {differing}; rows that belong to no fact: {unknown}{}",
        shown(examples)
    )]
    OtherReports {
        /// Facts with other rows or dollars.
        differing: u64,
        /// Rows without a fact.
        unknown: u64,
        /// Some of them, with what was found and what was expected.
        examples: Vec<String>,
    },
    /// Rows that were put aside to be sorted could not be written or read.
    #[error("cannot sort the rows: {0}; check the space on the disk of the output folder")]
    Sort(#[from] io::Error),
}

impl RowsError {
    /// Whether the machine is at fault (exit code 3), not the input (exit code 2).
    pub const fn is_machine_fault(&self) -> bool {
        match self {
            Self::Ingest(error) => error.is_machine_fault(),
            Self::OtherReports { .. } => false,
            Self::Sort(_) => true,
        }
    }
}

fn shown(examples: &[String]) -> String {
    examples.iter().map(|example| format!("\n  {example}")).collect()
}
