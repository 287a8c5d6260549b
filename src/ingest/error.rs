use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::FaultKind;
use super::store_error::{StoreError, StoreFault};

/// How many faults of a file are kept with their text; the rest are counted.
const KEPT_FAULTS: usize = 100;
/// How much of a found text is shown.
const SHOWN_CHARS: usize = 120;

/// One broken rule and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file, relative to the reports folder.
    pub file: String,
    /// The data row, from 1.
    pub row: Option<u64>,
    /// The column, key or entry.
    pub column: Option<String>,
    /// What was found, cut if long; empty if there is nothing to show.
    pub found: String,
    /// The rule.
    pub kind: FaultKind,
}

impl Fault {
    /// A fault of a whole file or folder.
    pub fn of_file(file: &str, found: &str, kind: FaultKind) -> Self {
        Self { file: file.to_owned(), row: None, column: None, found: shorten(found), kind }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", {column}")?;
        }
        write!(f, ": ")?;
        // What a decoder said is no subject of a sentence.
        let is_detail = matches!(self.kind, FaultKind::Damaged | FaultKind::BadManifest);
        match (self.found.is_empty(), is_detail) {
            (true, _) => write!(f, "{}", self.kind),
            (false, true) => write!(f, "{} (found: {})", self.kind, self.found),
            (false, false) => write!(f, "{:?} {}", self.found, self.kind),
        }
    }
}

fn shorten(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN_CHARS).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// The faults of one file: the first of them whole, the others counted.
#[derive(Clone, Debug)]
pub struct FaultList {
    file: String,
    kept: Vec<Fault>,
    more: u64,
}

impl FaultList {
    /// No faults yet, for a file named as the operator knows it.
    pub fn new(file: &str) -> Self {
        Self { file: file.to_owned(), kept: Vec::new(), more: 0 }
    }

    /// Adds a fault. Those of the whole file are always kept: a torn stream explains a hundred odd rows.
    pub fn push(&mut self, row: Option<u64>, column: Option<&str>, found: &[u8], kind: FaultKind) {
        if row.is_some() && self.kept.len() >= KEPT_FAULTS {
            self.more += 1;
            return;
        }
        let found = shorten(&String::from_utf8_lossy(&found[..found.len().min(SHOWN_CHARS * 4 + 4)]));
        let column = column.map(shorten);
        self.kept.push(Fault { file: self.file.clone(), row, column, found, kind });
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.kept.len() as u64 + self.more
    }

    /// The faults with their text, those of the whole file first, and how many more there are.
    pub fn into_parts(mut self) -> (Vec<Fault>, u64) {
        self.kept.sort_by_key(|fault| fault.row);
        (self.kept, self.more)
    }
}

/// Why the reports of a month were not read.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The input cannot be trusted.
    #[error("{}", list_faults(faults, *more))]
    Refused {
        /// Every broken rule, up to a number per file.
        faults: Vec<Fault>,
        /// Broken rules that are not listed.
        more: u64,
    },
    /// The machine could not read.
    #[error("cannot read {}: {source}; check that the file is there, its permissions and the disk", path.display())]
    Machine {
        /// What was to be read.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A store beyond this machine did not give its bytes.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl IngestError {
    /// Whether the machine is at fault (exit code 3), not the input (exit code 2).
    pub const fn is_machine_fault(&self) -> bool {
        match self {
            Self::Refused { .. } => false,
            Self::Machine { .. } => true,
            Self::Store(error) => matches!(error.fault, StoreFault::Failed),
        }
    }

    /// Whether the reports changed while they were read, so that reading them again may help.
    pub const fn is_change(&self) -> bool {
        matches!(self, Self::Store(StoreError { fault: StoreFault::Changed, .. }))
    }

    pub(super) fn machine(path: &Path, source: io::Error) -> Self {
        match StoreError::of_io(&source) {
            Some(error) => Self::Store(error),
            None => Self::Machine { path: path.to_owned(), source },
        }
    }

    /// A refusal if there is any fault.
    pub fn unless_clean(faults: Vec<Fault>, more: u64) -> Result<(), Self> {
        if faults.is_empty() { Ok(()) } else { Err(Self::Refused { faults, more }) }
    }
}

fn list_faults(faults: &[Fault], more: u64) -> String {
    let mut text = String::from("the reports are refused:");
    for fault in faults {
        text.push_str(&format!("\n  {fault}"));
    }
    if more > 0 {
        text.push_str(&format!("\n  … and {more} more"));
    }
    text
}
