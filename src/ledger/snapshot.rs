use std::fs;
use std::path::{Path, PathBuf};

use super::{Ledger, LedgerError};

/// The files of a ledger at one moment, for a copy. They stay as they are while the ledger is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The hash of the first entry: no other ledger has it.
    pub first: String,
    /// The hash of the last entry, which stands for all before it.
    pub head: String,
    /// How many entries there are.
    pub entries: u64,
    /// By their path in the ledger's folder, with `/`: database and seal.
    pub files: Vec<(String, PathBuf)>,
    /// The same of documents, which never change.
    pub documents: Vec<(String, PathBuf)>,
}

impl Ledger {
    /// What a copy of the ledger consists of; nothing where nothing was recorded yet.
    pub fn snapshot(&self) -> Result<Option<Snapshot>, LedgerError> {
        let Some(last) = &self.last else { return Ok(None) };
        let select = self.connection.query_row("SELECT hash FROM events WHERE number = 1", [], |row| row.get(0));
        let first = select.map_err(|source| LedgerError::of_sqlite(&self.places.database, source))?;
        let file = |path: &PathBuf| {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            (name, path.clone())
        };
        let mut documents = Vec::new();
        collect(&self.places.dir.join("documents"), "documents", &mut documents)?;
        documents.sort();
        Ok(Some(Snapshot {
            first,
            head: last.hash.clone(),
            entries: self.book().len(),
            files: vec![file(&self.places.database), file(&self.places.seal)],
            documents,
        }))
    }
}

fn collect(folder: &Path, name: &str, files: &mut Vec<(String, PathBuf)>) -> Result<(), LedgerError> {
    let failed = |source| LedgerError::at(folder, source);
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(failed)?,
    };
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let name = format!("{name}/{}", entry.file_name().to_string_lossy());
        if entry.file_type().map_err(failed)?.is_dir() {
            collect(&entry.path(), &name, files)?;
        } else {
            files.push((name, entry.path()));
        }
    }
    Ok(())
}
