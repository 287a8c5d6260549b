use std::fmt;
use std::io;
use std::sync::Arc;

/// Faults of one file that are printed; the rest of them is counted.
const PRINTED_PER_FILE: usize = 50;

/// A spot in a file of the workspace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, relative to the workspace.
    pub file: Arc<str>,
    /// The row of a table, counted from 1 without the header.
    pub row: Option<usize>,
    /// The line of a text file, counted from 1.
    pub line: Option<usize>,
}

impl Place {
    /// A whole file.
    pub fn of_file(file: &Arc<str>) -> Self {
        Self { file: Arc::clone(file), row: None, line: None }
    }

    /// A line of a file.
    pub fn of_line(file: &Arc<str>, line: usize) -> Self {
        Self { file: Arc::clone(file), row: None, line: Some(line) }
    }

    /// The spot within its file, such as `row 3 (line 4)`.
    pub fn within_file(&self) -> String {
        match (self.row, self.line) {
            (Some(row), Some(line)) => format!("row {row} (line {line})"),
            (Some(row), None) => format!("row {row}"),
            (None, Some(line)) => format!("line {line}"),
            (None, None) => String::from("the file"),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.row, self.line) {
            (None, None) => f.write_str(&self.file),
            _ => write!(f, "{}, {}", self.file, self.within_file()),
        }
    }
}

/// Something in the workspace that cannot be accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub at: Place,
    /// The column of a table or the key of a TOML file; empty where the fault is not in one.
    pub column: String,
    /// What was found there.
    pub found: String,
    /// What would have been accepted.
    pub accepted: String,
    /// What to do; empty where that is plain.
    pub remedy: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.at)?;
        if !self.column.is_empty() {
            write!(f, ", {}", self.column)?;
        }
        write!(f, ": found {}; accepted: {}", self.found, self.accepted)?;
        if !self.remedy.is_empty() {
            write!(f, "; {}", self.remedy)?;
        }
        Ok(())
    }
}

/// Why a workspace was refused.
#[derive(Debug, thiserror::Error)]
pub enum ReferenceError {
    /// The files say something that cannot be accepted. Mend the files.
    #[error("{}", list_faults("the workspace has", faults, 0))]
    Refused {
        /// All of it, in the order of reading.
        faults: Vec<Fault>,
    },
    /// The folder is no workspace. Name another, or make one.
    #[error(
        "{dir}: {found}; accepted: a folder with a seikyu.toml; correct --workspace, or make one with `seikyu init`"
    )]
    NoWorkspace {
        /// The folder asked for.
        dir: String,
        /// What is wrong with it.
        found: &'static str,
    },
    /// A file that exists could not be read. Mend the disk or the access rights.
    #[error("cannot read {file}: {source}")]
    Unreadable {
        /// Which.
        file: String,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl ReferenceError {
    /// Whether the machine is at fault and not the files.
    pub fn is_machine_fault(&self) -> bool {
        match self {
            Self::Refused { .. } | Self::NoWorkspace { .. } => false,
            Self::Unreadable { .. } => true,
        }
    }

    /// The faults of the files; empty where the machine is at fault.
    pub fn faults(&self) -> &[Fault] {
        match self {
            Self::Refused { faults } => faults,
            Self::Unreadable { .. } | Self::NoWorkspace { .. } => &[],
        }
    }
}

/// All faults as text, one a line, file by file in the order of reading. `hidden` more are known only by number.
pub(crate) fn list_faults(who_has: &str, faults: &[Fault], hidden: usize) -> String {
    let mut files: Vec<&Arc<str>> = Vec::new();
    for fault in faults {
        if !files.contains(&&fault.at.file) {
            files.push(&fault.at.file);
        }
    }
    let count = faults.len() + hidden;
    let plural = if count == 1 { "fault" } else { "faults" };
    let mut text = format!("{who_has} {count} {plural}:");
    for file in files {
        let of_file = faults.iter().filter(|fault| fault.at.file == *file);
        for fault in of_file.clone().take(PRINTED_PER_FILE) {
            text.push_str(&format!("\n- {fault}"));
        }
        let hidden = of_file.count().saturating_sub(PRINTED_PER_FILE);
        if hidden > 0 {
            text.push_str(&format!("\n- {file}: and {hidden} more"));
        }
    }
    if hidden > 0 {
        text.push_str(&format!("\n- and {hidden} more"));
    }
    text
}
