//! Copies of finished months in S3, and what all copies have in common.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{RunError, RunRequest};
use crate::ingest::{StoreError, StoreFault};
use crate::ledger::sha256;
use crate::period::BillingPeriod;
use crate::reference::{S3Address, S3Target, S3Transfer, Settings, read_settings};
use crate::remote::{Bucket, Network, Uploader};

const MONTH_FORMAT: &str = "seikyu month 1";
const NEWEST: &str = "newest.json";
const RECORD: &str = "run.json";
/// How many digits of a hash are in a name.
const NAME_DIGITS: usize = 16;

/// Where copies go, and how they are carried.
pub(super) struct Target {
    target: S3Target,
    transfer: S3Transfer,
}

impl Target {
    /// What the command says, else what the settings say.
    pub(super) fn of(
        settings: &Settings,
        option: &str,
        told: Option<&str>,
        set: Option<&S3Target>,
    ) -> Result<Option<Self>, StoreError> {
        let refused = |text: String| StoreError { fault: StoreFault::Refused, text };
        let target = match (told, set) {
            (Some(told), _) => {
                let to = S3Address::parse(told);
                let to = to.ok_or_else(|| refused(format!("{option} {told:?}: accepted: s3://bucket/prefix")))?;
                // The way to the same bucket is in the settings; to another one, what counts for all.
                let own = set.filter(|set| set.to.bucket == to.bucket).map(|set| set.connection.clone());
                S3Target { to, connection: own.unwrap_or_else(|| settings.s3_connection.clone()) }
            }
            (None, Some(set)) => set.clone(),
            (None, None) => return Ok(None),
        };
        Ok(Some(Self { target, transfer: settings.s3_transfer }))
    }

    pub(super) fn open(&self) -> Result<Uploader, StoreError> {
        let network = Network::start()?;
        Ok(Uploader::to(Bucket::open(&network, &self.target.to, &self.target.connection, self.transfer)?))
    }
}

/// Where the month of a run will be copied to.
pub(super) fn target_of_month(request: &RunRequest) -> Result<Option<Target>, RunError> {
    // A fault in the settings is told with those of the other files.
    let Ok(settings) = read_settings(&request.workspace) else { return Ok(None) };
    Ok(Target::of(&settings, "--upload", request.upload.as_deref(), settings.upload.as_ref())?)
}

/// A file of a copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CopiedFile {
    /// Its path in its folder, with `/`.
    pub(super) name: String,
    /// The object, below the folder of the copy's description or above it.
    pub(super) key: String,
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

impl CopiedFile {
    pub(super) fn of(name: &str, key: String, path: &Path) -> Result<Self, StoreError> {
        let bytes = fs::read(path).map_err(|error| unreadable(path, &error))?;
        Ok(Self { name: name.to_owned(), key, bytes: bytes.len() as u64, sha256: sha256(&bytes) })
    }
}

pub(super) fn unreadable(path: &Path, error: &io::Error) -> StoreError {
    StoreError { fault: StoreFault::Failed, text: format!("cannot read {}: {error}; check the disk", path.display()) }
}

/// Copies a finished month into a folder of its own below `YYYY-MM/`, named by its content, and says in `newest.json` that it is the
/// newest. `run.json` comes last: where it is, all is.
pub(super) fn upload_month(target: &Target, place: &Path, period: BillingPeriod) -> Result<String, RunError> {
    let not_copied = |source| RunError::NotCopied { place: place.display().to_string(), source };
    copy_month(target, place, period).map_err(not_copied)
}

fn copy_month(target: &Target, place: &Path, period: BillingPeriod) -> Result<String, StoreError> {
    let uploader = target.open()?;
    let mut paths = Vec::new();
    collect(place, "", &mut paths)?;
    paths.sort();
    let files = paths.iter().map(|(name, path)| CopiedFile::of(name, name.clone(), path));
    let files: Vec<CopiedFile> = files.collect::<Result<_, _>>()?;
    let id = id_of_month(&files, &place.join(RECORD))?;
    let folder = format!("{period}/{id}");
    for (name, path) in paths.iter().filter(|(name, _)| name != RECORD) {
        uploader.put_file(&format!("{folder}/{name}"), path)?;
    }
    let record = format!("{folder}/{RECORD}");
    if uploader.get(&record)?.is_none() {
        uploader.put_file(&record, &place.join(RECORD))?; // Of an equal run only the timings differ.
    }
    let newest = format!("{period}/{NEWEST}");
    let text = serde_json::json!({
        "format": MONTH_FORMAT, "billing_period": period.to_string(), "folder": id,
        "files": files.iter().filter(|file| file.name != RECORD).collect::<Vec<_>>(),
    });
    let text = lines(&text);
    match uploader.get(&newest)? {
        Some(found) if found == text => {}
        Some(found) if format_of(&found) != MONTH_FORMAT => {
            let text = format!(
                "{}: is there and was not made by this program; give another address",
                uploader.address(&newest)
            );
            return Err(StoreError { fault: StoreFault::Refused, text });
        }
        Some(_) | None => uploader.put_over(&newest, &text)?,
    }
    Ok(uploader.address(&folder))
}

/// Equal months have equal names, whatever the clock said.
fn id_of_month(files: &[CopiedFile], record: &Path) -> Result<String, StoreError> {
    let text = fs::read(record).map_err(|error| unreadable(record, &error))?;
    let mut value: Value = serde_json::from_slice(&text).unwrap_or_default();
    if let Value::Object(record) = &mut value {
        record.remove("timings_ms");
    }
    let mut all: Vec<String> = vec![value.to_string()];
    all.extend(files.iter().filter(|file| file.name != RECORD).map(|file| format!("{} {}", file.sha256, file.name)));
    Ok(short(&sha256(all.join("\n").as_bytes())))
}

fn format_of(text: &[u8]) -> String {
    let value: Value = serde_json::from_slice(text).unwrap_or_default();
    value["format"].as_str().unwrap_or_default().to_owned()
}

pub(super) fn short(hash: &str) -> String {
    hash.chars().take(NAME_DIGITS).collect()
}

pub(super) fn lines(value: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).expect("texts and numbers are JSON");
    text.push(b'\n');
    text
}

fn collect(folder: &Path, name: &str, files: &mut Vec<(String, PathBuf)>) -> Result<(), StoreError> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    for entry in entries.map_err(|error| unreadable(folder, &error))? {
        let own = entry.file_name().to_string_lossy().into_owned();
        let name = if name.is_empty() { own } else { format!("{name}/{own}") };
        if entry.path().is_dir() {
            collect(&entry.path(), &name, files)?;
        } else {
            files.push((name, entry.path()));
        }
    }
    Ok(())
}
