use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::period::BillingPeriod;

/// How many faults of a file are kept with their text; the rest are counted.
const KEPT_FAULTS: usize = 100;
/// How much of a found text is shown.
const SHOWN_CHARS: usize = 120;

/// A rule of the input that was broken. Each says what would have been accepted and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultKind {
    /// A manifest that cannot be understood.
    #[error("is no manifest of a report; accepted: JSON with account, billingPeriod and reportKeys; fetch it again")]
    BadManifest,
    /// Two manifests deliver the same payer and month.
    #[error("delivers the same payer and month as {other}; keep one of the two deliveries in the reports folder")]
    TwoManifests {
        /// The other manifest.
        other: String,
    },
    /// Rows of a payer and month come from two deliveries.
    #[error("holds rows of a payer and month that the delivery of {other} holds too; keep one of the two")]
    TwoDeliveries {
        /// The other manifest.
        other: String,
    },
    /// Several assemblies and nothing that says which is the newest.
    #[error("has two or more assemblies and no manifest beside them; fetch the manifest of the date folder")]
    NoChooser,
    /// The keys of a manifest lie in more than one assembly.
    #[error("names report keys of two assemblies; fetch the manifest and its report files again")]
    MixedAssemblies,
    /// A manifest without report keys.
    #[error("names no report file; wait for the delivery to be complete, then fetch it again")]
    NoKeys,
    /// The same key twice.
    #[error("names a report key twice; fetch the manifest again")]
    KeyTwice,
    /// A key or path that leads elsewhere.
    #[error("leads out of its folder; accepted: a relative path without `..`")]
    UnsafePath,
    /// A key of another month's folder.
    #[error("belongs to another date folder than its manifest's, {expected}; fetch the manifest again")]
    OtherDateFolder {
        /// The manifest's date folder.
        expected: String,
    },
    /// A key without its file.
    #[error("is named by the manifest, but is not there; fetch the whole delivery again")]
    MissingFile,
    /// A link that leads out of the reports folder.
    #[error("is a link that leads out of the reports folder; copy the file or folder into it")]
    OutsideLink,
    /// An adjustment that is no report file of the folder.
    #[error("is listed in [reports] adjustments, but is no report file of the reports folder")]
    MissingAdjustment,
    /// An adjustment listed twice.
    #[error("is listed twice in [reports] adjustments; list it once")]
    AdjustmentTwice,
    /// An adjustment that a manifest delivers, or that lies in its folder.
    #[error(
        "is listed in [reports] adjustments, but lies in the delivery of {manifest}; put it in a folder of its own"
    )]
    AdjustmentInDelivery {
        /// The manifest.
        manifest: String,
    },
    /// A loose file beside a delivery.
    #[error(
        "is a loose file with rows of a payer and month that {manifest} delivers; \
         list it in [reports] adjustments if it adds to the delivery, else take it away"
    )]
    LooseBesideDelivery {
        /// The manifest.
        manifest: String,
    },
    /// Two loose files with the same content.
    #[error("has the same content as {other}; take one of the two away")]
    SameContent {
        /// The other file.
        other: String,
    },
    /// Nothing to read.
    #[error(
        "has no report of {period} ({delivered}); accepted: *.csv, *.csv.gz, *.zip, *.parquet; \
         fetch the delivery of the month, or correct --period"
    )]
    NoReports {
        /// The wanted month.
        period: BillingPeriod,
        /// What there is instead.
        delivered: String,
    },
    /// The reports folder is not there.
    #[error(
        "is not there; accepted: a folder of reports; correct [paths] reports in seikyu.toml, or fetch the reports"
    )]
    NoFolder,
    /// A stream that does not unpack or decode.
    #[error("is damaged or not complete; fetch the file again")]
    Damaged,
    /// A stream that unpacks to far more than a report.
    #[error("unpacks beyond {bytes} bytes and {ratio} times its size; refused as a bomb (both limits can be set)")]
    Bomb {
        /// The limit in bytes.
        bytes: u64,
        /// The limit as a multiple.
        ratio: u64,
    },
    /// An entry of a ZIP file that is no CSV file.
    #[error("is no plain CSV entry; accepted in a ZIP file: *.csv with a relative name, not encrypted")]
    BadEntry,
    /// A file without a header.
    #[error("has no header; accepted: a first line with the column names; fetch the file again")]
    Empty,
    /// A header text twice.
    #[error("stands twice in the header; accepted: every column once")]
    ColumnTwice,
    /// Two spellings of one used column.
    #[error("and {other} are the same column; accepted: one of them")]
    SameColumn {
        /// The other spelling.
        other: String,
    },
    /// A needed column is not there.
    #[error("is not in the header, but is needed; make the report again with it")]
    MissingColumn,
    /// The header and the manifest name different columns.
    #[error("header and manifest do not agree ({difference}); fetch the manifest and its report files again")]
    OtherColumns {
        /// Names on one side only.
        difference: String,
    },
    /// A Parquet column of a type that cannot stand for its content.
    #[error("has a type that cannot be read here; accepted: text, numbers, decimals, dates and timestamps")]
    ColumnType,
    /// A row with more or fewer fields than the header.
    #[error("fields in the row; accepted: {expected}, as in the header; fetch the file again")]
    FieldCount {
        /// Fields of the header.
        expected: usize,
    },
    /// Text after a closing quote, or a quote that is never closed.
    #[error("breaks the quoting of CSV; accepted: quotes around a whole field, quotes inside doubled")]
    Quoting,
    /// A record beyond any sense.
    #[error("is longer than {limit} bytes; is a quote not closed? Fetch the file again")]
    LongRecord {
        /// The limit.
        limit: usize,
    },
    /// A zero byte.
    #[error("holds a NUL byte; accepted: text; fetch the file again")]
    Nul,
    /// Bytes that are no text.
    #[error("is not UTF-8 text; fetch the file again")]
    NotUtf8,
    /// An account id of another shape.
    #[error("is no account id; accepted: twelve digits, as text")]
    BadAccount,
    /// A time of another shape.
    #[error("is no time; accepted: YYYY-MM-DDTHH:MM:SSZ")]
    BadTime,
    /// A number of another shape.
    #[error("is no decimal number; accepted: 12, -0.5, 4.4E-7")]
    BadNumber,
    /// A number beyond the grid, alone or in a sum.
    #[error("is beyond the largest amount that can be held or summed (1.7 * 10^20)")]
    TooLarge,
    /// A row without its cost.
    #[error("is blank; accepted: a number (0 for a row without cost)")]
    BlankCost,
    /// Another currency.
    #[error("is another currency; accepted: USD on every row")]
    Currency,
}

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
}

impl IngestError {
    /// Whether the machine is at fault (exit code 3), not the input (exit code 2).
    pub const fn is_machine_fault(&self) -> bool {
        matches!(self, Self::Machine { .. })
    }

    pub(super) fn machine(path: &Path, source: io::Error) -> Self {
        Self::Machine { path: path.to_owned(), source }
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
