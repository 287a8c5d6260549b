use std::path::PathBuf;
use std::sync::Arc;

use super::manifest::{date_folder_of, partition_of, report_folder_of};
use super::source::ReportSource;
use crate::period::{BillingPeriod, Day};

/// How a report file is packed, by the end of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    /// `*.csv`
    Csv,
    /// `*.csv.gz`
    CsvGzip,
    /// `*.zip` of CSV files
    Zip,
    /// `*.parquet`
    Parquet,
}

impl ReportFormat {
    /// The format of a file name, if it is a report's.
    pub fn of_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let formats =
            [(".csv", Self::Csv), (".csv.gz", Self::CsvGzip), (".zip", Self::Zip), (".parquet", Self::Parquet)];
        formats.into_iter().find(|(end, _)| name.ends_with(end)).map(|(_, format)| format)
    }
}

/// Why a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A manifest names it: the delivery's place in [`ReportPlan::deliveries`].
    Delivered(usize),
    /// The workspace lists it as an adjustment.
    Adjustment,
    /// It lies there and no manifest is about it.
    Loose,
}

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportFile {
    /// Where it is, for people.
    pub path: PathBuf,
    /// Where its bytes come from.
    pub source: ReportSource,
    /// Relative to the reports folder, with `/`; the whole address of an object.
    pub name: String,
    /// How it is packed.
    pub format: ReportFormat,
    /// Its size on disk.
    pub bytes: u64,
    /// Why it is read.
    pub origin: Origin,
    /// Columns that its manifest names (`category/name`); empty if there is none.
    pub columns: Arc<[String]>,
}

impl ReportFile {
    /// The day on which a data export that keeps its executions made the file, as its folder says it:
    /// `data/BILLING_PERIOD=2025-05/2025-06-03T04:05:06.789Z-…/`.
    pub fn made_on(&self) -> Option<Day> {
        let partition = partition_of(&self.name)?;
        let execution = self.name[partition.len()..].strip_prefix('/')?.split_once('/')?.0;
        let digits: String = execution.chars().filter(char::is_ascii_digit).take(8).collect();
        let is_dated = digits.len() == 8 && execution.starts_with(&digits[..4]);
        let month = BillingPeriod::new(digits.get(..4)?.parse().ok()?, digits.get(4..6)?.parse().ok()?)?;
        Day::new(month, digits[6..].parse().ok()?).filter(|_| is_dated)
    }
}

/// What one manifest says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The manifest, relative to the reports folder, with `/`.
    pub manifest: String,
    /// The account that the report was made for, normally the payer; empty if the manifest does not say.
    pub account: String,
    /// The month.
    pub period: BillingPeriod,
    /// The version of a manifest in a store; empty on disk.
    pub version: String,
}

impl Delivery {
    /// The folder of its report, which holds the deliveries of all months.
    pub fn report_folder(&self) -> &str {
        let folder = self.manifest.rsplit_once('/').map_or("", |(folder, _)| folder);
        match date_folder_of(folder).or_else(|| partition_of(folder)) {
            Some(month) => report_folder_of(month),
            None => folder,
        }
    }
}

/// What is to be read for a month, and by whose word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportPlan {
    /// The wanted month.
    pub period: BillingPeriod,
    /// Every delivery with a manifest, other months included: no loose file may be about them.
    pub deliveries: Vec<Delivery>,
    /// The files, by name.
    pub files: Vec<ReportFile>,
}

impl ReportPlan {
    /// Bytes on disk of all files.
    pub fn total_bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}
