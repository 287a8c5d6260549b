use std::fmt::Display;
use std::io;
use std::sync::Arc;

use crate::reference::{Fault, Place, list_faults};

/// Faults of a file that are kept and printed; the rest of them is counted.
const KEPT: usize = 50;

/// Why no prices were imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Offer files say something that cannot be accepted. Take other files.
    #[error("{}", list_faults("the offer files have", faults, *hidden))]
    Refused {
        /// Those that are printed, in the order of reading.
        faults: Vec<Fault>,
        /// How many more there are.
        hidden: usize,
    },
    /// A file could not be read. Mend the disk or the access rights.
    #[error("cannot read {file}: {source}")]
    Unreadable {
        /// Which.
        file: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file could not be written. Mend the disk or the access rights.
    #[error("cannot write {file}: {source}; no price was imported")]
    Unwritable {
        /// Which.
        file: String,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl ImportError {
    /// Whether the machine is at fault and not the files.
    pub fn is_machine_fault(&self) -> bool {
        match self {
            Self::Refused { .. } => false,
            Self::Unreadable { .. } | Self::Unwritable { .. } => true,
        }
    }
}

/// Where in an offer file something stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Spot {
    /// The row of a CSV file, counted from 1 without the header; 0 in JSON.
    pub(super) row: u32,
    /// Its line; 0 where nobody counted.
    pub(super) line: u32,
}

/// The faults of one file.
pub(super) struct Faults {
    file: Arc<str>,
    pub(super) kept: Vec<Fault>,
    pub(super) hidden: usize,
}

impl Faults {
    pub(super) fn of(file: &Arc<str>) -> Self {
        Self { file: Arc::clone(file), kept: Vec::new(), hidden: 0 }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    pub(super) fn push(&mut self, spot: Spot, column: impl Display, found: impl Display, accepted: &str, remedy: &str) {
        if self.kept.len() >= KEPT {
            self.hidden += 1;
            return;
        }
        let count = |number: u32| usize::try_from(number).ok().filter(|&number| number > 0);
        self.kept.push(Fault {
            at: Place { file: Arc::clone(&self.file), row: count(spot.row), line: count(spot.line) },
            column: column.to_string(),
            found: found.to_string(),
            accepted: accepted.to_owned(),
            remedy: remedy.to_owned(),
        });
    }

    /// A fault of the file as a whole.
    pub(super) fn of_file(&mut self, found: impl Display, accepted: &str, remedy: &str) {
        self.push(Spot::default(), "", found, accepted, remedy);
    }
}
