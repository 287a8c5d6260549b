use serde::Deserialize;

use super::error::Fault;
use super::fault_kind::FaultKind;
use super::file_walk::FoundFile;
use crate::period::BillingPeriod;

/// A manifest as AWS writes it, as far as it is used.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ManifestText {
    #[serde(default)]
    account: String,
    billing_period: Option<PeriodText>,
    #[serde(default)]
    report_keys: Vec<String>,
    #[serde(default)]
    data_files: Vec<String>, // Of a data export: whole addresses instead of keys.
    #[serde(default)]
    columns: Vec<ColumnText>,
}

#[derive(Debug, Deserialize)]
struct PeriodText {
    start: String,
}

#[derive(Debug, Deserialize)]
struct ColumnText {
    #[serde(default)]
    category: String,
    name: String,
}

/// What a manifest says, and where it lies.
#[derive(Clone, Debug)]
pub(super) struct Manifest {
    /// The manifest, relative to the reports folder.
    pub(super) name: String,
    pub(super) account: String,
    pub(super) period: BillingPeriod,
    /// Keys without bucket.
    pub(super) keys: Vec<String>,
    /// `category/name`.
    pub(super) columns: Vec<String>,
    /// The nearest folder named `YYYYMMDD-YYYYMMDD` that holds it, relative to the reports folder.
    pub(super) date_folder: Option<String>,
    /// Which of the places it was found in.
    pub(super) place: usize,
    /// Its version in a store; empty on disk.
    pub(super) version: String,
}

impl Manifest {
    /// Reads the text of a manifest file.
    pub(super) fn parse(file: &FoundFile, text: &[u8]) -> Result<Self, Fault> {
        let bad = |found: &str| Fault::of_file(&file.name, found, FaultKind::BadManifest);
        let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
        let manifest: ManifestText = serde_json::from_slice(text).map_err(|error| bad(&error.to_string()))?;
        let is_export = manifest.report_keys.is_empty() && !manifest.data_files.is_empty();
        let keys = if is_export { manifest.data_files } else { manifest.report_keys };
        let keys: Vec<String> = keys.iter().map(|key| without_bucket(key).to_owned()).collect();
        let period = match &manifest.billing_period {
            Some(period) => month_of_digits(&period.start).ok_or_else(|| bad(&period.start))?,
            None => keys.iter().chain([&file.name]).find_map(|key| month_of_partition(key)).ok_or_else(|| bad(""))?,
        };
        let is_account = |id: &str| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
        if !manifest.account.is_empty() && !is_account(&manifest.account) {
            return Err(bad(&manifest.account));
        }
        let full_name = |column: ColumnText| match column.category.as_str() {
            "" => column.name,
            category => format!("{category}/{}", column.name),
        };
        Ok(Self {
            name: file.name.clone(),
            account: manifest.account,
            period,
            keys,
            columns: manifest.columns.into_iter().map(full_name).collect(),
            date_folder: date_folder_of(file.folder()).map(str::to_owned),
            place: file.place,
            version: file.source.version().to_owned(),
        })
    }

    /// The folder of the manifest.
    pub(super) fn folder(&self) -> &str {
        self.name.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Whether it lies in the date folder itself and so says which assembly is the newest.
    pub(super) fn is_chooser(&self) -> bool {
        self.date_folder.as_deref() == Some(self.folder())
    }

    /// The folder that the delivery has for itself.
    pub(super) fn own_folder(&self) -> &str {
        self.date_folder.as_deref().unwrap_or(self.folder())
    }

    /// The folder below which keys without a date folder are looked for.
    pub(super) fn report_folder(&self) -> &str {
        let parent = |path: &str| path.rfind('/').map_or(0, |end| end);
        match &self.date_folder {
            Some(folder) => &folder[..parent(folder)],
            None => match self.folder().rfind("metadata/BILLING_PERIOD=") {
                Some(end) => self.folder()[..end].trim_end_matches('/'), // A data export keeps both apart.
                None => self.folder(),
            },
        }
    }
}

/// What of a folder of a store has to be looked at for a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FolderScope {
    /// All that is below it.
    Whole,
    /// Manifests directly in it: it is another month's, whose payers are told.
    ManifestsOnly,
    /// What is in it, and each folder of it by its own name.
    Below,
    /// Nothing: report files of another month.
    Nothing,
}

/// What has to be looked at of a folder, by the names of the folders on its path.
pub fn folder_scope(path: &str, period: BillingPeriod) -> FolderScope {
    let mut parts = path.trim_end_matches('/').rsplit('/');
    let (name, parent) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let of_month = |month: Option<BillingPeriod>| match month {
        Some(month) if month == period => FolderScope::Whole,
        Some(_) => FolderScope::ManifestsOnly,
        None => FolderScope::Below,
    };
    let year_of = |name: &str| name.strip_prefix("year=")?.parse::<i32>().ok();
    if is_date_folder(name) {
        of_month(month_of_digits(name))
    } else if let Some(month) = name.strip_prefix("BILLING_PERIOD=") {
        of_month(month.parse().ok())
    } else if let (Some(year), Some(month)) = (year_of(parent), name.strip_prefix("month=")) {
        match month.parse().ok().and_then(|month| BillingPeriod::new(year, month)) {
            Some(month) if month != period => FolderScope::Nothing,
            Some(_) => FolderScope::Whole,
            None => FolderScope::Below,
        }
    } else {
        FolderScope::Below
    }
}

fn without_bucket(key: &str) -> &str {
    match key.strip_prefix("s3://") {
        Some(rest) => rest.split_once('/').map_or(rest, |(_, key)| key),
        None => key,
    }
}

/// `20250501T000000.000Z` as a month.
fn month_of_digits(text: &str) -> Option<BillingPeriod> {
    let is_digits = text.get(..8)?.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits {
        return None;
    }
    BillingPeriod::new(text[..4].parse().ok()?, text[4..6].parse().ok()?)
}

/// `…/BILLING_PERIOD=2025-05/…` as a month.
fn month_of_partition(path: &str) -> Option<BillingPeriod> {
    path.split('/').find_map(|part| part.strip_prefix("BILLING_PERIOD=")?.parse().ok())
}

/// The month with which a date folder starts.
pub(super) fn month_of_date_folder(folder: &str) -> Option<BillingPeriod> {
    month_of_digits(folder.rsplit('/').next()?)
}

/// Whether a folder is named `YYYYMMDD-YYYYMMDD`.
pub(super) fn is_date_folder(name: &str) -> bool {
    let is_shaped = |(place, byte): (usize, u8)| if place == 8 { byte == b'-' } else { byte.is_ascii_digit() };
    name.len() == 17 && name.bytes().enumerate().all(is_shaped)
}

/// The deepest date folder on a path.
pub(super) fn date_folder_of(path: &str) -> Option<&str> {
    let mut end = path.len();
    loop {
        let start = path[..end].rfind('/').map_or(0, |slash| slash + 1);
        if is_date_folder(&path[start..end]) {
            return Some(&path[..end]);
        }
        end = start.checked_sub(1)?;
    }
}
