use super::partial::SumTooLarge;
use crate::ingest::IngestError;
use crate::usage::FactError;

/// Why a month was not folded.
#[derive(Debug, thiserror::Error)]
pub enum FoldError {
    /// The reports were refused or could not be read.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// Sums that cannot be held.
    #[error("the sums of the month are beyond the largest amount that can be held (1.7 * 10^20)")]
    TooLarge,
    /// Facts that do not hold what was read.
    #[error(transparent)]
    Facts(#[from] FactError),
    /// A file that is asked for is none of the month.
    #[error("{name:?} is no report file of {period}; accepted: {}", list_names(accepted))]
    NoSuchReport {
        /// What was asked for.
        name: String,
        /// The month.
        period: String,
        /// The files that are read for it.
        accepted: Vec<String>,
    },
    /// What memory may not hold could not be put on disk, or did not come back as it was.
    #[error(
        "cannot put sums aside beside the output: {source}; check free space and permissions there, or let the fold \
         keep more in memory (--memory, [reports] max_memory_bytes); nothing was written"
    )]
    Aside {
        /// What the system said.
        source: std::io::Error,
    },
}

impl From<SumTooLarge> for FoldError {
    fn from(_: SumTooLarge) -> Self {
        Self::TooLarge
    }
}

impl FoldError {
    pub(super) const fn aside(source: std::io::Error) -> Self {
        Self::Aside { source }
    }

    /// Whether the machine is at fault (exit code 3), not the input (exit code 2).
    pub const fn is_machine_fault(&self) -> bool {
        match self {
            Self::Ingest(error) => error.is_machine_fault(),
            Self::TooLarge | Self::NoSuchReport { .. } => false,
            Self::Aside { .. } => true,
            Self::Facts(FactError::OutOfRange) => false, // Some number of a report is beyond sense.
            Self::Facts(FactError::DoNotAddUp { .. }) => true, // Facts just made that do not add up are a bug.
        }
    }
}

/// The first of many names, and how many more there are.
pub(super) fn list_names(names: &[String]) -> String {
    const SHOWN: usize = 20;
    let mut text = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" … and {} more", names.len() - SHOWN));
    }
    text
}

/// Why a facts file was not written or read.
#[derive(Debug, thiserror::Error)]
pub enum FactsFileError {
    /// The machine could not read or write.
    #[error("{path}: {source}; check that the file is there, its permissions and the disk")]
    Machine {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Not a facts file.
    #[error("{path}: is no facts file of this program; accepted: facts.parquet as written by `seikyu fold`")]
    NotFacts {
        /// The file.
        path: String,
    },
    /// A facts file of another version.
    #[error("{path}: is a facts file of version {found:?}; accepted: version {accepted}; fold the reports again")]
    OtherVersion {
        /// The file.
        path: String,
        /// Its version.
        found: String,
        /// The version that is read.
        accepted: &'static str,
    },
    /// A facts file that is damaged.
    #[error("{path}: is damaged ({found}); copy it again, or fold the reports again")]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong.
        found: String,
    },
    /// The facts could not be encoded.
    #[error("cannot encode the facts: {found}")]
    Encode {
        /// What the encoder said.
        found: String,
    },
}

impl FactsFileError {
    /// Whether the machine is at fault (exit code 3), not the input (exit code 2).
    pub fn is_machine_fault(&self) -> bool {
        match self {
            Self::Machine { source, .. } => source.kind() != std::io::ErrorKind::NotFound, // A wrong name is usage.
            Self::Encode { .. } => true,
            Self::NotFacts { .. } | Self::OtherVersion { .. } | Self::Damaged { .. } => false,
        }
    }
}
