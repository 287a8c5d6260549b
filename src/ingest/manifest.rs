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
    /// The export that it is of, which names its account.
    #[serde(default)]
    export_arn: String,
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
    /// The nearest folder of a month that holds it, relative to the reports folder: `YYYYMMDD-YYYYMMDD`, of a data
    /// export `metadata/BILLING_PERIOD=YYYY-MM`.
    pub(super) date_folder: Option<String>,
    /// Which of the places it was found in.
    pub(super) place: usize,
    /// Its version in a store; empty on disk.
    pub(super) version: String,
    /// Whether it names a billing view that is not the payer's whole bill.
    pub(super) is_pro_forma: bool,
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
        let mut account = manifest.account;
        if account.is_empty() {
            let owner = manifest.export_arn.split(':').nth(4).unwrap_or_default();
            account = owner.to_owned();
        }
        if !account.is_empty() && !is_account(&account) {
            return Err(bad(&account));
        }
        let full_name = |column: ColumnText| match column.category.as_str() {
            "" => column.name,
            category => format!("{category}/{}", column.name),
        };
        Ok(Self {
            name: file.name.clone(),
            account,
            period,
            keys,
            columns: manifest.columns.into_iter().map(full_name).collect(),
            place: file.place,
            version: file.source.version().to_owned(),
            date_folder: month_folder_of(file.folder()),
            is_pro_forma: names_other_view(text),
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
        match &self.date_folder {
            Some(folder) => report_folder_of(folder),
            None => self.folder(),
        }
    }

    /// The execution of a data export that its files are of, where the export keeps them.
    pub(super) fn execution(&self) -> Option<&str> {
        let key = self.keys.first()?;
        let below = key[partition_of(key)?.len()..].strip_prefix('/')?;
        below.split_once('/').map(|(execution, _)| execution)
    }

    /// Whether it is of a data export, in the folders of one.
    pub(super) fn is_in_partition(&self) -> bool {
        self.date_folder.as_deref().is_some_and(|folder| partition_of(folder).is_some())
    }
}

/// The folder of a report, given that of a month of it: a data export keeps data and metadata apart in it.
pub(super) fn report_folder_of(month_folder: &str) -> &str {
    let parent = |path: &str| path.rfind('/').map_or(0, |end| end);
    let folder = &month_folder[..parent(month_folder)];
    let is_apart = partition_of(month_folder).is_some() && matches!(last(folder), "data" | "metadata");
    if is_apart { &folder[..parent(folder)] } else { folder }
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a manifest names a billing view (`arn:aws:billing::…:billingview/…`) other than the primary one: the view of
/// a billing group is pro forma, others are parts of the bill.
fn names_other_view(text: &[u8]) -> bool {
    const VIEW: &[u8] = b":billingview";
    let is_other = |place: usize| {
        let view = &text[place + VIEW.len()..];
        let view = view.strip_prefix(b"\\").unwrap_or(view); // A slash may be escaped in JSON.
        !view.starts_with(b"/primary\"")
    };
    memchr::memmem::find_iter(text, VIEW).any(is_other)
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
    } else if let Some(month) = month_of_name(name) {
        of_month(Some(month))
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
    month_of_folder(partition_of(path)?)
}

/// The path down to its folder `BILLING_PERIOD=YYYY-MM`, as data exports name a month (FOCUS in small letters).
pub(super) fn partition_of(path: &str) -> Option<&str> {
    let mut start = 0;
    for part in path.split('/') {
        if month_of_name(part).is_some() {
            return Some(&path[..start + part.len()]);
        }
        start += part.len() + 1;
    }
    None
}

fn month_of_name(part: &str) -> Option<BillingPeriod> {
    const NAME: &str = "BILLING_PERIOD=";
    let name = part.get(..NAME.len())?;
    name.eq_ignore_ascii_case(NAME).then(|| part[NAME.len()..].parse().ok())?
}

/// The folder of a month on a path, as of its manifests: a data folder stands for the metadata folder beside it.
pub(super) fn month_folder_of(path: &str) -> Option<String> {
    if let Some(folder) = date_folder_of(path) {
        return Some(folder.to_owned());
    }
    let partition = partition_of(path)?;
    let (parent, month) = partition.rsplit_once('/').unwrap_or(("", partition));
    Some(match (parent.rsplit_once('/'), parent) {
        (Some((report, "data")), _) => format!("{report}/metadata/{month}"),
        (None, "data") => format!("metadata/{month}"),
        (Some(_) | None, _) => partition.to_owned(),
    })
}

/// The month that the name of a folder says: a date folder begins with it.
pub(super) fn month_of_folder(folder: &str) -> Option<BillingPeriod> {
    let name = last(folder);
    month_of_name(name).or_else(|| is_date_folder(name).then(|| month_of_digits(name))?)
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
