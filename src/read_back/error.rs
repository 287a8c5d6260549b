use std::io;

use crate::reference::{Fault, list_faults};

/// Why a month could not be read back.
#[derive(Debug, thiserror::Error)]
pub enum ReadBackError {
    /// There is no finished month.
    #[error(
        "{dir}: found no finished month ({missing} is not there); accepted: a folder that `seikyu run` wrote; \
         run the month first, or name its output folder with --output"
    )]
    NoMonth {
        /// Where it was looked for.
        dir: String,
        /// The first file that is missing.
        missing: &'static str,
    },
    /// A file of the month is not as a run writes it.
    #[error("{file}: {found}; accepted: the file as `seikyu run` wrote it; run the month again")]
    NotAsWritten {
        /// Which.
        file: String,
        /// What is wrong.
        found: String,
    },
    /// The console's file cannot be accepted.
    #[error("{}", list_faults("the file to compare with has", faults, 0))]
    Console {
        /// All of it.
        faults: Vec<Fault>,
    },
    /// The option `--payer` names a payer without rows.
    #[error("--payer {found}: found no rows of this payer; accepted: {accepted}")]
    NoSuchPayer {
        /// What was asked for.
        found: String,
        /// The payers of the month.
        accepted: String,
    },
    /// A file that exists could not be read.
    #[error("cannot read {file}: {source}; check the disk and the access rights")]
    Machine {
        /// Which.
        file: String,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl ReadBackError {
    /// Whether the machine is at fault and not the files.
    pub const fn is_machine_fault(&self) -> bool {
        match self {
            Self::NoMonth { .. } | Self::NotAsWritten { .. } | Self::Console { .. } | Self::NoSuchPayer { .. } => false,
            Self::Machine { .. } => true,
        }
    }
}
