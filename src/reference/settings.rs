use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::registration_number::{is_valid_registration_number, normalized};
use super::stores::{
    ReportsAt, ReportsSource, S3Connection, S3Target, S3Transfer, read_s3, read_sources, read_target, reports_at,
};
use super::toml_keys::{Keys, TomlFile};
use super::{Fault, Place};
use crate::period::parse_instant;
use crate::terms::{BankAccount, Issuer, Mode};

const MIB: u64 = 1024 * 1024;
/// Below this a fold would only write and read sums.
pub const LEAST_MEMORY: u64 = MIB;

/// What `seikyu.toml` says besides the issuer and the mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where report files lie: at least one place.
    pub reports: Vec<ReportsSource>,
    /// How buckets are reached whose section says nothing else.
    pub s3_connection: S3Connection,
    /// How objects are carried.
    pub s3_transfer: S3Transfer,
    /// Where finished months are copied to.
    pub upload: Option<S3Target>,
    /// Where the ledger is backed up to.
    pub backup: Option<S3Target>,
    /// The folder of rates and list prices.
    pub rates_dir: PathBuf,
    /// The folder of plans.
    pub plans_dir: PathBuf,
    /// The folder that the months are written to.
    pub output_dir: PathBuf,
    /// Where issued documents are recorded.
    pub ledger: PathBuf,
    /// Loose report files that add to a delivery with a manifest; relative to the reports folder.
    pub adjustments: Vec<String>,
    /// A report that unpacks to more than this, and to more than `max_unpack_ratio` times its size, is refused.
    pub max_unpacked_bytes: u64,
    /// See `max_unpacked_bytes`.
    pub max_unpack_ratio: u64,
    /// About so many bytes of sums a fold keeps in memory; what is more is put on disk for a while.
    pub max_memory_bytes: u64,
    /// The last month of the issuer's fiscal year, 1 to 12.
    pub fiscal_year_end_month: u32,
    /// For how many years issued documents are kept, counted from two months after the fiscal year of their issue.
    pub retention_years: u32,
}

impl Settings {
    /// Whether there is anything to read reports from; of a bucket, only a request would tell.
    pub fn has_reports(&self) -> bool {
        self.reports.iter().any(|source| match &source.place {
            ReportsAt::Folder(dir) => dir.exists(),
            ReportsAt::S3(..) => true,
        })
    }
}

/// All of `seikyu.toml`.
pub(super) struct SettingsFile {
    pub(super) issuer: Issuer,
    pub(super) mode: Mode,
    pub(super) settings: Settings,
}

impl SettingsFile {
    /// What counts where the file says nothing.
    pub(super) fn default_in(dir: &Path) -> Self {
        let settings = Settings {
            reports: vec![folder_of_reports(dir, "reports")],
            s3_connection: S3Connection::default(),
            s3_transfer: S3Transfer::default(),
            upload: None,
            backup: None,
            rates_dir: dir.join("rates"),
            plans_dir: dir.join("plans"),
            output_dir: dir.join("output"),
            ledger: dir.join("ledger"),
            adjustments: Vec::new(),
            max_unpacked_bytes: 256 * MIB,
            max_unpack_ratio: 200,
            max_memory_bytes: 4096 * MIB,
            fiscal_year_end_month: 3,
            retention_years: 10,
        };
        Self { issuer: Issuer::default(), mode: Mode::ReapplyWhereHourly, settings }
    }

    /// Reads the file. What cannot be read stays as the default, so that the other files can be checked too.
    pub(super) fn read(dir: &Path, file: &Arc<str>, text: &str, faults: &mut Vec<Fault>) -> Self {
        let mut read = Self::default_in(dir);
        let Some(file_of_keys) = TomlFile::parse(file, text, faults) else { return read };
        let mut keys = file_of_keys.keys();
        match keys.section("issuer", faults) {
            Some(issuer) => read.issuer = read_issuer(issuer, faults),
            None => faults.push(Fault {
                at: Place::of_file(file),
                column: String::from("issuer"),
                found: String::from("no such section"),
                accepted: String::from("[issuer] with a name"),
                remedy: String::from("add it"),
            }),
        }
        if let Some(s3) = keys.section("s3", faults) {
            (read.settings.s3_connection, read.settings.s3_transfer) = read_s3(s3, faults);
        }
        let mut has_path_of_reports = false;
        if let Some(paths) = keys.section("paths", faults) {
            has_path_of_reports = read_paths(paths, dir, &mut read.settings, faults);
        }
        if let Some(reports) = keys.section("reports", faults) {
            read_reports(reports, dir, has_path_of_reports, &mut read.settings, faults);
        }
        for (key, target) in [("upload", &mut read.settings.upload), ("backup", &mut read.settings.backup)] {
            if let Some(section) = keys.section(key, faults) {
                *target = read_target(section, &read.settings.s3_connection, faults);
            }
        }
        if let Some(ledger) = keys.section("ledger", faults) {
            read_ledger(ledger, &mut read.settings, faults);
        }
        if let Some(mut billing) = keys.section("billing", faults) {
            let modes = [("strip_and_reapply", Mode::StripAndReapply), ("strip_only", Mode::StripOnly)];
            read.mode = billing.choice("mode", &modes, Some(read.mode), faults).unwrap_or(read.mode);
            // The one choice there is: written down so that a reader of the file sees it.
            billing.choice("tax_rounding", &[("cut_off", ())], Some(()), faults);
            billing.finish(faults);
        }
        keys.finish(faults);
        read
    }
}

fn read_issuer(mut keys: Keys<'_>, faults: &mut Vec<Fault>) -> Issuer {
    let name = keys.needed_text("name", faults).unwrap_or_default();
    let registration_number = normalized(&keys.text("registration_number", faults).unwrap_or_default());
    if !registration_number.is_empty() && !is_valid_registration_number(&registration_number) {
        let remedy = "compare it with the notice of registration; leave it empty only where there is none";
        let accepted = "T and 13 digits whose first is the right check digit";
        faults.push(keys.fault("registration_number", &format!("{registration_number:?}"), accepted, remedy));
    }
    let registered_from = keys.text("registered_from", faults).unwrap_or_default();
    check_date(&keys, "registered_from", &registered_from, faults);
    if !registered_from.is_empty() && registration_number.is_empty() {
        faults.push(keys.fault(
            "registered_from",
            &format!("{registered_from:?}, but no registration_number"),
            "both, or neither",
            "",
        ));
    }
    let mut text = |key| keys.text(key, faults).unwrap_or_default();
    let (postal_code, address, phone, email) = (text("postal_code"), text("address"), text("phone"), text("email"));
    let bank = keys.section("bank", faults).map(|bank| read_bank(bank, faults));
    keys.finish(faults);
    Issuer { name, registration_number, registered_from, postal_code, address, phone, email, bank }
}

fn read_bank(mut keys: Keys<'_>, faults: &mut Vec<Fault>) -> BankAccount {
    let mut text = |key| keys.needed_text(key, faults).unwrap_or_default();
    let bank = BankAccount {
        bank_name: text("bank_name"),
        branch_name: text("branch_name"),
        account_type: text("account_type"),
        account_number: text("account_number"),
        account_holder: text("account_holder"),
    };
    keys.finish(faults);
    bank
}

fn folder_of_reports(dir: &Path, name: &str) -> ReportsSource {
    ReportsSource { name: name.to_owned(), place: ReportsAt::Folder(dir.join(name)), payer_id: String::new() }
}

/// Whether the section says where the reports are.
fn read_paths(mut keys: Keys<'_>, dir: &Path, settings: &mut Settings, faults: &mut Vec<Fault>) -> bool {
    let reports = keys.text("reports", faults).unwrap_or_default();
    if !reports.is_empty() {
        let place = reports_at(&keys, dir, &reports, &settings.s3_connection, faults);
        settings.reports = vec![ReportsSource { name: reports.clone(), place, payer_id: String::new() }];
    }
    let places: [(&'static str, &mut PathBuf); 4] = [
        ("rates", &mut settings.rates_dir),
        ("plans", &mut settings.plans_dir),
        ("output", &mut settings.output_dir),
        ("ledger", &mut settings.ledger),
    ];
    for (key, place) in places {
        let path = keys.text(key, faults).unwrap_or_default();
        if !path.is_empty() {
            *place = dir.join(path);
        }
    }
    keys.finish(faults);
    !reports.is_empty()
}

fn read_reports(mut keys: Keys<'_>, dir: &Path, has_path: bool, settings: &mut Settings, faults: &mut Vec<Fault>) {
    let sources = read_sources(keys.sections("source", faults), dir, &settings.s3_connection, faults);
    if !sources.is_empty() {
        if has_path {
            let accepted = "either [paths] reports or [[reports.source]]";
            faults.push(keys.fault("source", "[paths] reports as well", accepted, "remove [paths] reports"));
        }
        settings.reports = sources;
    }
    settings.adjustments = keys.texts("adjustments", faults).unwrap_or_default();
    for (place, path) in settings.adjustments.iter().enumerate() {
        let is_below = Path::new(path).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        if !is_below {
            let accepted = "a path below the reports folder";
            faults.push(keys.fault("adjustments", &format!("{path:?}"), accepted, "move the file there"));
        }
        if settings.adjustments[..place].contains(path) {
            faults.push(keys.fault("adjustments", &format!("{path:?} twice"), "each file once", "remove one"));
        }
    }
    let (bytes, ratio) = (settings.max_unpacked_bytes, settings.max_unpack_ratio);
    settings.max_unpacked_bytes = keys.count("max_unpacked_bytes", bytes, faults).unwrap_or(bytes);
    settings.max_unpack_ratio = keys.count("max_unpack_ratio", ratio, faults).unwrap_or(ratio);
    let memory = settings.max_memory_bytes;
    settings.max_memory_bytes = keys.count("max_memory_bytes", memory, faults).unwrap_or(memory);
    if settings.max_memory_bytes < LEAST_MEMORY {
        let found = settings.max_memory_bytes.to_string();
        faults.push(keys.fault("max_memory_bytes", &found, "a number of bytes, 1048576 (1 MiB) or more", ""));
    }
    keys.finish(faults);
}

fn read_ledger(mut keys: Keys<'_>, settings: &mut Settings, faults: &mut Vec<Fault>) {
    let mut number = |key, default: u32, accepted: std::ops::RangeInclusive<u32>, what: &str| {
        let found = keys.count(key, u64::from(default), faults)?;
        let fitting = u32::try_from(found).ok().filter(|number| accepted.contains(number));
        if fitting.is_none() {
            faults.push(keys.fault(key, &found.to_string(), what, ""));
        }
        fitting
    };
    let month = number("fiscal_year_end_month", settings.fiscal_year_end_month, 1..=12, "a month, 1 to 12");
    let years = number("retention_years", settings.retention_years, 7..=100, "7 years or more: what the law asks for");
    settings.fiscal_year_end_month = month.unwrap_or(settings.fiscal_year_end_month);
    settings.retention_years = years.unwrap_or(settings.retention_years);
    keys.finish(faults);
}

/// Refuses a text that is neither empty nor a date `YYYY-MM-DD`.
pub(super) fn check_date(keys: &Keys<'_>, key: &str, text: &str, faults: &mut Vec<Fault>) {
    if !text.is_empty() && parse_instant(format!("{text}T00:00:00Z").as_bytes()).is_none() {
        faults.push(keys.fault(key, &format!("{text:?}"), "a date \"YYYY-MM-DD\"", ""));
    }
}
