use std::fmt;
use std::io;
use std::path::PathBuf;

use super::error::{FoldError, list_names};
use crate::ingest::IngestError;

/// A rule that a part broke.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PartFaultKind {
    /// Not a part, or one whose end is missing.
    #[error("is no part, or is cut short; accepted: files that `seikyu fold --part` has written; make it again")]
    NoPart,
    /// A part of another version.
    #[error("is a part of version {found:?}; accepted: version {accepted}; make it again with this program")]
    OtherVersion {
        /// Its version.
        found: String,
        /// The version that is read.
        accepted: &'static str,
    },
    /// A part that is not what was written.
    #[error("is damaged ({found}); copy it again, or make it again")]
    Damaged {
        /// What is wrong.
        found: String,
    },
    /// A part of another month.
    #[error("is a part of {found}, not of {expected}; take it away, or merge the parts of that month")]
    OtherMonth {
        /// Its month.
        found: String,
        /// The wanted month.
        expected: String,
    },
    /// A part made with other price lists.
    #[error(
        "was made with other list prices: those of {sku} change at other times now; make it again: seikyu fold --part {file}"
    )]
    OtherPrices {
        /// The first SKU that differs.
        sku: String,
        /// The report file.
        file: String,
    },
    /// A part of a file that is not read for the month.
    #[error("is the part of {file}, which is no report file of the month; take it away")]
    Foreign {
        /// The report file.
        file: String,
    },
    /// Two parts of one file.
    #[error("is the part of {file}, and so is {other}; take one of the two away")]
    Twice {
        /// The report file.
        file: String,
        /// The other part.
        other: String,
    },
    /// The report file is not the one that the part was made of.
    #[error("was made of {file} as it was before ({then}; now {now}); make it again: seikyu fold --part {file}")]
    OtherReport {
        /// The report file.
        file: String,
        /// What it was.
        then: String,
        /// What it is.
        now: String,
    },
    /// Files without a part.
    #[error("holds no part of {}; make each with seikyu fold --part FILE", list_names(files))]
    Missing {
        /// The report files.
        files: Vec<String>,
    },
}

/// A broken rule and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartFault {
    /// The part, by its name in the folder; the folder where something is missing in it.
    pub part: String,
    /// The rule.
    pub kind: PartFaultKind,
}

impl fmt::Display for PartFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.part, self.kind)
    }
}

/// Why parts were not merged.
#[derive(Debug, thiserror::Error)]
pub enum PartsError {
    /// Parts that are not those of the month's reports.
    #[error("the parts are refused:{}", faults.iter().map(|fault| format!("\n  {fault}")).collect::<String>())]
    Refused {
        /// Every broken rule.
        faults: Vec<PartFault>,
    },
    /// The machine could not read.
    #[error("cannot read {}: {source}; check that it is there, its permissions and the disk", path.display())]
    Machine {
        /// What was to be read.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The whole was refused, as when it is folded at once.
    #[error(transparent)]
    Fold(#[from] FoldError),
    /// A report file was refused or could not be read.
    #[error(transparent)]
    Ingest(#[from] IngestError),
}

impl PartsError {
    /// Whether the machine is at fault (exit code 3), not the input (exit code 2).
    pub fn is_machine_fault(&self) -> bool {
        match self {
            Self::Refused { .. } => false,
            Self::Machine { source, .. } => source.kind() != io::ErrorKind::NotFound, // A wrong name is usage.
            Self::Fold(error) => error.is_machine_fault(),
            Self::Ingest(error) => error.is_machine_fault(),
        }
    }
}
