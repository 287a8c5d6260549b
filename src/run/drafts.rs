//! The drafts that `issue` takes: those that the last run wrote, if nothing has changed since.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::RunError;
use super::make::Made;
use super::material::Material;
use super::reports::ObjectVersion;
use crate::deliver::{folder_name, render_json};
use crate::ledger::{Book, InputEntry};
use crate::period::BillingPeriod;
use crate::reference::ReadFile;

/// The drafts that people looked at must be the ones that are issued.
pub(super) fn check_drafts(made: &Made, material: &Material, book: &Book, month: &Path) -> Result<(), RunError> {
    let (bill, _) = material.bill(book, &[])?;
    let drafts: BTreeMap<&str, _> =
        bill.invoices.iter().map(|draft| (draft.project.project_id.as_str(), draft)).collect();
    let mut stale = Vec::new();
    for document in &made.documents {
        let project_id = document.entry.project_id.as_str();
        let file = month.join("invoices").join(folder_name(project_id)).join("invoice.json");
        let is_same = match (drafts.get(project_id), fs::read(&file)) {
            (Some(draft), Ok(seen)) => render_json(draft) == seen,
            _ => false,
        };
        if !is_same {
            stale.push(format!("the draft of {project_id} is not what its inputs give now"));
        }
    }
    if stale.is_empty() { Ok(()) } else { Err(RunError::StaleDrafts { changed: stale }) }
}

/// What the run that made the drafts wrote down.
pub(super) fn read_record(month: &Path, period: BillingPeriod) -> Result<Value, RunError> {
    let none = |found: String| RunError::NoDrafts { dir: month.display().to_string(), found };
    let text = fs::read(month.join("run.json")).map_err(|error| none(format!("run.json: {error}")))?;
    let record: Value = serde_json::from_slice(&text).map_err(|error| none(format!("run.json: {error}")))?;
    if record["billing_period"].as_str() != Some(period.to_string().as_str()) {
        return Err(none("run.json is of another month".to_owned()));
    }
    Ok(record)
}

/// The workspace must be as it was when the drafts were made.
pub(super) fn check_unchanged(record: &Value, files: &[ReadFile]) -> Result<(), RunError> {
    let entries = record["inputs"].as_array().map(Vec::as_slice).unwrap_or_default();
    let of_workspace = entries.iter().filter(|entry| entry["kind"] == "workspace");
    let then: BTreeMap<&str, &str> =
        of_workspace.filter_map(|entry| Some((entry["path"].as_str()?, entry["sha256"].as_str()?))).collect();
    let now: BTreeMap<&str, &str> = files.iter().map(|file| (file.path.as_str(), file.sha256.as_str())).collect();
    let mut changed: Vec<String> = Vec::new();
    for path in then.keys().chain(now.keys()).filter(|path| then.get(*path) != now.get(*path)) {
        let how = match (then.contains_key(path), now.contains_key(path)) {
            (true, false) => "is gone",
            (false, true) => "is new",
            _ => "has changed",
        };
        changed.push(format!("{path} {how}"));
    }
    changed.sort();
    changed.dedup();
    if changed.is_empty() { Ok(()) } else { Err(RunError::StaleDrafts { changed }) }
}

/// The report files of the run, or the facts file that it started from.
pub(super) fn reports_of(record: &Value) -> Vec<InputEntry> {
    let entries = record["inputs"].as_array().map(Vec::as_slice).unwrap_or_default();
    let entry = |entry: &Value| {
        let text = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        let kind = text("kind");
        (kind == "report").then(|| InputEntry {
            kind,
            path: text("path"),
            bytes: entry["bytes"].as_u64().unwrap_or_default(),
            sha256: text("sha256"),
            version: ObjectVersion::of_record(entry).map(|version| version.text()).unwrap_or_default(),
            is_kept: false,
        })
    };
    entries.iter().filter_map(entry).collect()
}
