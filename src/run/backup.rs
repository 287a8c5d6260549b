//! Backups of the ledger in S3, and the way back from one.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::RunError;
use super::copies::{CopiedFile, Target, lines, short, unreadable};
use super::ledger_terms::open_ledger;
use crate::ingest::{StoreError, StoreFault};
use crate::ledger::{Snapshot, Verification, sha256, verify};
use crate::reference::read_settings;
use crate::remote::{Sent, Uploader};

const BACKUP: &str = "backup.json";
const BACKUP_FORMAT: &str = "seikyu ledger backup 1";

/// A ledger that is to be backed up, or a backup that is to be fetched.
#[derive(Clone, Debug)]
pub struct BackupRequest {
    /// The folder of the workspace.
    pub workspace: PathBuf,
    /// The address, instead of what the settings say.
    pub address: Option<String>,
}

/// What a backup did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupReport {
    /// Where the backup is.
    pub address: String,
    /// Entries of the ledger in it.
    pub entries: u64,
    /// Objects that were put.
    pub sent: usize,
    /// Objects that were there already.
    pub kept: usize,
}

/// What a backup consists of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BackupRecord {
    format: String,
    ledger: String,
    entries: u64,
    head: String,
    files: Vec<CopiedFile>,
}

/// Puts a whole ledger below the address, in a folder of its own for each state of it; documents once for all. What was
/// put before is never touched, and `backup.json` comes last.
pub fn backup(request: &BackupRequest) -> Result<BackupReport, RunError> {
    let settings = read_settings(&request.workspace)?;
    let target = Target::of(&settings, "--to", request.address.as_deref(), settings.backup.as_ref())?;
    let target = target.ok_or_else(no_address)?;
    let dir = &settings.ledger;
    let ledger = open_ledger(dir)?; // From here on nobody writes it.
    let result = verify(dir)?.unwrap_or_default();
    if !result.findings.is_empty() {
        let found = result.findings.iter().map(|finding| finding.found.clone()).collect();
        return Err(RunError::NotBackedUp { ledger: dir.display().to_string(), found });
    }
    let nothing = || RunError::NothingIssued { ledger: dir.display().to_string() };
    let snapshot = ledger.snapshot()?.ok_or_else(nothing)?;
    let uploader = target.open()?;
    let (of_ledger, state, record) = describe(&snapshot)?;
    let mut report = BackupReport { address: uploader.address(&state), entries: snapshot.entries, sent: 0, kept: 0 };
    let mut count = |sent: Sent| match sent {
        Sent::New => report.sent += 1,
        Sent::WasThere => report.kept += 1,
    };
    let paths: BTreeMap<&str, &Path> =
        snapshot.documents.iter().chain(&snapshot.files).map(|(name, path)| (name.as_str(), path.as_path())).collect();
    for file in &record.files {
        count(uploader.put_file(&format!("{of_ledger}/{}", file.key), paths[file.name.as_str()])?);
    }
    count(uploader.put(&format!("{state}/{BACKUP}"), &lines(&record))?);
    Ok(report)
}

fn no_address() -> StoreError {
    let text = "no address: give --to s3://bucket/prefix, or [backup] to in seikyu.toml".to_owned();
    StoreError { fault: StoreFault::Refused, text }
}

/// The folder of the ledger, that of its state, and what is in it.
fn describe(snapshot: &Snapshot) -> Result<(String, String, BackupRecord), RunError> {
    let of_ledger = format!("ledger-{}", short(&snapshot.first));
    let mut files = Vec::new();
    for (name, path) in &snapshot.documents {
        files.push(CopiedFile::of(name, name.clone(), path)?);
    }
    let database = &snapshot.files[0].1;
    let bytes = fs::read(database).map_err(|error| unreadable(database, &error))?;
    let own = format!("{:08}-{}-{}", snapshot.entries, short(&snapshot.head), short(&sha256(&bytes)));
    for (name, path) in &snapshot.files {
        files.push(CopiedFile::of(name, format!("{own}/{name}"), path)?);
    }
    let (ledger, head) = (snapshot.first.clone(), snapshot.head.clone());
    let record = BackupRecord { format: BACKUP_FORMAT.to_owned(), ledger, entries: snapshot.entries, head, files };
    Ok((of_ledger.clone(), format!("{of_ledger}/{own}"), record))
}

/// A ledger that was fetched.
#[derive(Clone, Debug)]
pub struct RestoreReport {
    /// Which backup.
    pub address: String,
    /// What the check of the fetched ledger has found.
    pub verification: Verification,
}

/// Fetches the newest backup into a new folder, and checks every byte and the ledger itself.
pub fn restore(request: &BackupRequest, dir: &Path) -> Result<RestoreReport, RunError> {
    let settings = read_settings(&request.workspace)?;
    let target = Target::of(&settings, "--from", request.address.as_deref(), settings.backup.as_ref())?;
    let target = target.ok_or_else(no_address)?;
    let refused = |text: String| RunError::Store(StoreError { fault: StoreFault::Refused, text });
    let is_free = fs::read_dir(dir).map_or(!dir.exists(), |mut entries| entries.next().is_none());
    if !is_free {
        return Err(refused(format!("{}: is not empty; give a folder that is not there yet", dir.display())));
    }
    let uploader = target.open()?;
    let (of_ledger, state) = newest(&uploader)?;
    let text = uploader.get(&format!("{of_ledger}{state}/{BACKUP}"))?.unwrap_or_default();
    let address = uploader.address(&format!("{of_ledger}{state}"));
    let record: BackupRecord = serde_json::from_slice(&text)
        .map_err(|_| refused(format!("{address}/{BACKUP}: is no backup of this version of seikyu")))?;
    let fetched = fetch_all(&uploader, &of_ledger, &address, &record, dir);
    if fetched.is_err() {
        let _ = fs::remove_dir_all(dir); // A part of a ledger is of no use, and it was empty before.
    }
    fetched?;
    let verification = verify(dir)?.unwrap_or_default();
    Ok(RestoreReport { address, verification })
}

fn fetch_all(
    uploader: &Uploader,
    of_ledger: &str,
    address: &str,
    record: &BackupRecord,
    dir: &Path,
) -> Result<(), RunError> {
    for file in &record.files {
        if !is_below(&file.name) || !is_below(&file.key) {
            let text = format!("{address}/{BACKUP}: names a file outside of the ledger: {:?}", file.name);
            return Err(StoreError { fault: StoreFault::Refused, text }.into());
        }
        fetch(uploader, &format!("{of_ledger}{}", file.key), file, dir)?;
    }
    Ok(())
}

fn is_below(name: &str) -> bool {
    !name.is_empty()
        && !name.contains(['\\', '\0', ':'])
        && name.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// The folder of the only ledger below an address (with `/`, or empty where the address is that folder) and of its last
/// state.
fn newest(uploader: &Uploader) -> Result<(String, String), RunError> {
    let mut states: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in uploader.names()? {
        let Some(state) = name.strip_suffix(&format!("/{BACKUP}")) else { continue };
        let (ledger, state) = match state.rsplit_once('/') {
            Some((ledger, state)) => (format!("{ledger}/"), state),
            None => (String::new(), state),
        };
        states.entry(ledger).or_default().push(state.to_owned());
    }
    let refused = |text: String| RunError::Store(StoreError { fault: StoreFault::Refused, text });
    let here = uploader.address("");
    if states.len() > 1 {
        let names: Vec<&str> = states.keys().map(String::as_str).collect();
        return Err(refused(format!(
            "{here}: has backups of several ledgers ({}); give the address of one",
            names.join(", ")
        )));
    }
    let Some((ledger, mut own)) = states.pop_first() else {
        return Err(refused(format!("{here}: has no backup of a ledger; correct the address")));
    };
    own.sort();
    let entries = |state: &str| state.split('-').next().map(str::to_owned);
    let last = own.pop().expect("a ledger is only named with a state");
    if own.last().is_some_and(|other| entries(other) == entries(&last)) {
        let other = own.last().map(String::as_str).unwrap_or_default();
        return Err(refused(format!("{here}: {last} and {other} have as many entries; fetch the right one by hand")));
    }
    Ok((ledger, last))
}

fn fetch(uploader: &Uploader, key: &str, file: &CopiedFile, dir: &Path) -> Result<(), RunError> {
    let address = uploader.address(key);
    let damaged = |found: &str| StoreError {
        fault: StoreFault::Failed,
        text: format!("{address}: is not what was backed up ({found}); take another backup"),
    };
    let place = dir.join(&file.name);
    let mut stream = uploader.open(key)?.ok_or_else(|| damaged("it is gone"))?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).map_err(|error| {
        let failed = || damaged(&error.kind().to_string());
        StoreError::of_io(&error).unwrap_or_else(failed)
    })?;
    if (bytes.len() as u64, sha256(&bytes)) != (file.bytes, file.sha256.clone()) {
        return Err(damaged("another SHA-256").into());
    }
    let written = || {
        fs::create_dir_all(place.parent().unwrap_or(dir))?;
        let mut out = File::create(&place)?;
        out.write_all(&bytes)?;
        out.sync_all()
    };
    written().map_err(|error: io::Error| unreadable(&place, &error).into())
}
