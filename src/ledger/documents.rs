//! The folder of documents: what the ledger keeps, as files that people open. It is made from the ledger alone.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::is_there::is_there;
use super::objects::{self, Found};
use super::{Book, DocumentEntry, Finding, LedgerError, sha256};
use crate::deliver::PendingFolder;

/// Below the ledger's folder.
pub(super) const FOLDER: &str = "documents";

/// Where the files of a document are: `documents/2025-05/INV-202505-000001`.
pub fn document_folder(ledger: &Path, document: &DocumentEntry) -> PathBuf {
    ledger.join(FOLDER).join(&document.billing_period).join(&document.number)
}

/// Writes the folders that are not there; those that are stay as they are.
pub(super) fn write_missing(
    ledger: &Path,
    book: &Book,
    connection: &rusqlite::Connection,
    database: &Path,
) -> Result<(), LedgerError> {
    for booked in book.documents() {
        let place = document_folder(ledger, booked.document);
        if is_there(&place)? {
            continue;
        }
        let of_write = |error: crate::deliver::WriteError| LedgerError::at(&error.path, error.source);
        let pending = PendingFolder::begin(&place).map_err(of_write)?;
        for artefact in &booked.document.artefacts {
            let found = objects::get(connection, &artefact.sha256);
            let Found::Bytes(bytes) = found.map_err(|source| LedgerError::of_sqlite(database, source))? else {
                return Err(LedgerError::NoObject { sha256: artefact.sha256.clone() });
            };
            pending.write(&artefact.name, &bytes).map_err(of_write)?;
        }
        pending.publish().map_err(of_write)?;
    }
    Ok(())
}

/// Compares the folder with the book. Documents of entries after `settled` may not have been written yet.
///
/// Also: files that are in no entry. Systems leave some everywhere, and they change no document.
pub(super) fn check(ledger: &Path, book: &Book, settled: u64) -> (Vec<Finding>, Vec<String>) {
    let (mut findings, mut notes) = (Vec::new(), Vec::new());
    let mut expected = BTreeSet::new();
    for booked in book.documents() {
        let (document, entry) = (booked.document, booked.entry_number);
        let folder = document_folder(ledger, document);
        if entry > settled && !folder.exists() {
            continue;
        }
        for artefact in &document.artefacts {
            let path = folder.join(&artefact.name);
            let what = match fs::read(&path) {
                Ok(bytes) if sha256(&bytes) == artefact.sha256 => None,
                Ok(_) => Some("is not what was issued"),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Some("is missing"),
                Err(_) => Some("cannot be read"),
            };
            let name = path.strip_prefix(ledger).unwrap_or(&path).display().to_string();
            if let Some(what) = what {
                let found = format!("document {}: the file {name} {what}", document.number);
                findings.push(Finding { entry: Some(entry), found });
            }
            expected.insert(path);
        }
    }
    let mut present = Vec::new();
    list_files(&ledger.join(FOLDER), &mut present);
    for path in present.into_iter().filter(|path| !expected.contains(path)) {
        let name = path.strip_prefix(ledger).unwrap_or(&path).display().to_string();
        notes.push(format!("the file {name} is in no entry of the ledger"));
    }
    (findings, notes)
}

/// All files below a folder; what a stopped program left half-written has a name with a dot before it.
fn list_files(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        let is_pending = path.file_name().is_some_and(|name| {
            let name = name.to_string_lossy();
            name.starts_with('.') && name.contains(".writing-")
        });
        if is_pending {
            continue;
        }
        if path.is_dir() {
            list_files(&path, files);
        } else {
            files.push(path);
        }
    }
}
