use std::io;
use std::path::{Path, PathBuf};

/// Why the ledger could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The disk, or the folder.
    #[error("ledger {}: {source}", path.display())]
    Machine {
        /// Where.
        path: PathBuf,
        /// What happened.
        source: io::Error,
    },
    /// SQLite reports something.
    #[error("ledger {}: {source}", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// What happened.
        source: rusqlite::Error,
    },
    /// Somebody else writes to it.
    #[error(
        "ledger {}: in use by another program for more than {seconds} seconds; wait until that is done, or end it, and \
         try again",
        path.display()
    )]
    InUse {
        /// The file.
        path: PathBuf,
        /// How long was waited.
        seconds: u64,
    },
    /// It is not what was written.
    #[error(
        "ledger {} is damaged: {}; see `seikyu ledger verify`, and restore it from a copy",
        path.display(),
        found.join("; ")
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        found: Vec<String>,
    },
    /// It was made by another version, or is something else.
    #[error("ledger {}: {found}; accepted is a ledger of version 1 of seikyu", path.display())]
    NotALedger {
        /// The file.
        path: PathBuf,
        /// What it is.
        found: String,
    },
    /// An entry that this version does not understand.
    #[error("ledger: entry {number} cannot be read: {found}; use the version of seikyu that wrote it, or a later one")]
    UnknownEntry {
        /// Which.
        number: u64,
        /// What is in the way.
        found: String,
    },
    /// Kept bytes are not there.
    #[error("ledger: the bytes with SHA-256 {sha256} are missing; restore the ledger from a copy")]
    NoObject {
        /// Their hash.
        sha256: String,
    },
    /// It went wrong before anything was recorded.
    #[error("{source}; nothing was recorded")]
    NotRecorded {
        /// What went wrong.
        source: Box<LedgerError>,
    },
    /// It went wrong in the very moment of recording: the disk may hold it or not.
    #[error("{source}. Whether it was recorded is not known: run the same command again; it records nothing twice")]
    Uncertain {
        /// What went wrong.
        source: Box<LedgerError>,
    },
    /// It was recorded, and then something went wrong.
    #[error("{source}. What was issued is recorded and stands: run the same command again to finish its files")]
    Unfinished {
        /// What went wrong.
        source: Box<LedgerError>,
    },
}

impl LedgerError {
    pub(super) fn at(path: &Path, source: io::Error) -> Self {
        Self::Machine { path: path.to_owned(), source }
    }

    /// Says that nothing was recorded. Only the caller knows: the same fault may come after the record.
    pub(crate) fn before_the_record(self) -> Self {
        Self::NotRecorded { source: Box::new(self) }
    }

    /// What SQLite says, told apart by who can mend it.
    pub(super) fn of_sqlite(path: &Path, source: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Self::InUse { path, seconds: super::store::BUSY.as_secs() }
            }
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { path, found: vec![source.to_string()] },
            Some(ErrorCode::NotADatabase) => {
                Self::Damaged { path, found: vec!["its head is not that of a database".to_owned()] }
            }
            _ => Self::Database { path, source },
        }
    }
}
