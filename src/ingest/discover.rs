use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::delivery::{Delivery, Origin, ReportFile, ReportFormat, ReportPlan};
use super::error::{Fault, IngestError};
use super::fault_kind::FaultKind;
use super::file_walk::{FoundFile, FoundFiles};
use super::manifest::{Manifest, date_folder_of, is_date_folder, month_of_folder, partition_of};
use super::places::{ReportPlace, find_files};
use super::ruling_manifests::{choose, fault_of_month, fault_of_payer, months_of, refuse_twins};
use crate::period::BillingPeriod;

/// Finds what is to be read for a month in one folder: see [`find_reports_in`].
pub fn find_reports(
    reports_dir: &Path,
    period: BillingPeriod,
    adjustments: &[String],
) -> Result<ReportPlan, IngestError> {
    let (name, payer_id) = (String::new(), String::new());
    find_reports_in(&[ReportPlace::Folder { dir: reports_dir.to_owned(), name, payer_id }], period, adjustments)
}

/// Finds what is to be read for a month: what manifests name, listed adjustments, and loose files.
///
/// Whether a loose file is about a payer and month of a delivery is only known from its rows; that is
/// checked when they are read.
pub fn find_reports_in(
    places: &[ReportPlace],
    period: BillingPeriod,
    adjustments: &[String],
) -> Result<ReportPlan, IngestError> {
    let mut found = find_files(places)?;
    let mut faults = std::mem::take(&mut found.faults);
    let mut manifests = Vec::new();
    for file in &found.manifests {
        let text = file.source.read_all().map_err(|source| IngestError::machine(&file.path, source))?;
        match Manifest::parse(file, &text) {
            Ok(manifest) => manifests.push(manifest),
            Err(fault) => faults.push(fault),
        }
    }
    faults.extend(manifests.iter().filter_map(fault_of_month));
    faults.extend(manifests.iter().filter_map(|manifest| fault_of_payer(manifest, places, period)));
    let manifests = choose(manifests, &found, period, &mut faults);
    refuse_twins(&manifests, period, &mut faults);
    let mut plan = Planner { found: &found, period, faults, covered: BTreeMap::new(), files: BTreeMap::new() };
    plan.deliveries(&manifests);
    plan.adjustments(adjustments);
    plan.loose();
    let Planner { mut faults, files, .. } = plan;
    if faults.is_empty() && files.is_empty() {
        let shown: Vec<String> = places.iter().map(ReportPlace::shown).collect();
        let kind = FaultKind::NoReports { period, delivered: months_of(&manifests) };
        faults.push(Fault::of_file(&shown.join(", "), "", kind));
    }
    IngestError::unless_clean(faults, 0)?;
    let delivery = |manifest: Manifest| {
        let Manifest { name, account, period, version, .. } = manifest;
        Delivery { manifest: name, account, period, version }
    };
    Ok(ReportPlan {
        period,
        deliveries: manifests.into_iter().map(delivery).collect(),
        files: files.into_values().collect(),
    })
}

struct Planner<'a> {
    found: &'a FoundFiles,
    period: BillingPeriod,
    faults: Vec<Fault>,
    /// Folders that belong to a delivery, with its manifest.
    covered: BTreeMap<String, String>,
    files: BTreeMap<String, ReportFile>,
}

impl Planner<'_> {
    fn deliveries(&mut self, manifests: &[Manifest]) {
        for (place, manifest) in manifests.iter().enumerate() {
            self.covered.insert(manifest.own_folder().to_owned(), manifest.name.clone());
            let is_wanted = manifest.period == self.period;
            if is_wanted && manifest.is_pro_forma {
                self.faults.push(Fault::of_file(&manifest.name, "", FaultKind::ProForma));
            }
            if is_wanted && manifest.keys.is_empty() {
                self.faults.push(Fault::of_file(&manifest.name, "", FaultKind::NoKeys));
            }
            let columns: Arc<[String]> = manifest.columns.clone().into();
            let mut assemblies = BTreeSet::new();
            let mut seen = BTreeSet::new();
            for key in &manifest.keys {
                let file = match self.check_key(manifest, key, &mut seen, &mut assemblies) {
                    Ok(file) => file,
                    Err(kind) if is_wanted => {
                        self.faults.push(Fault::of_file(&manifest.name, key, kind));
                        continue;
                    }
                    Err(_) => continue, // Another month: its files are not loose, that is all.
                };
                // Of an export, other executions of the month are covered as well.
                let folder = partition_of(file.folder()).unwrap_or(file.folder());
                self.covered.entry(folder.to_owned()).or_insert_with(|| manifest.name.clone());
                if is_wanted {
                    self.deliver(&file, place, &columns, &manifest.name);
                }
            }
        }
    }

    fn deliver(&mut self, file: &FoundFile, place: usize, columns: &Arc<[String]>, manifest: &str) {
        if self.files.contains_key(&file.name) {
            self.faults.push(Fault::of_file(manifest, &file.name, FaultKind::KeyTwice));
            return;
        }
        self.read(file, Origin::Delivered(place), Arc::clone(columns));
    }

    fn check_key(
        &self,
        manifest: &Manifest,
        key: &str,
        seen: &mut BTreeSet<String>,
        assemblies: &mut BTreeSet<String>,
    ) -> Result<FoundFile, FaultKind> {
        let is_unsafe = |part: &str| part == ".." || part == "." || part.contains(['\\', '\0']);
        if key.starts_with('/') || key.split('/').any(is_unsafe) || key.get(1..2) == Some(":") {
            return Err(FaultKind::UnsafePath);
        }
        if !seen.insert(key.to_owned()) {
            return Err(FaultKind::KeyTwice);
        }
        if partition_of(key).and_then(month_of_folder).is_some_and(|month| month != manifest.period) {
            return Err(FaultKind::OtherPartition { period: manifest.period });
        }
        let file = self.resolve(manifest, key)?;
        if !seen.insert(format!("/{}", file.name)) {
            return Err(FaultKind::KeyTwice); // Two spellings of a key that meet in one file.
        }
        assemblies.insert(file.folder().to_owned());
        if assemblies.len() > 1 && (date_folder_of(key).is_some() || manifest.is_in_partition()) {
            return Err(FaultKind::MixedAssemblies);
        }
        Ok(file)
    }

    /// The file of a key: what follows the date folder, below the manifest's date folder. A key without a date
    /// folder (Parquet lies in `year=/month=` folders) is the longest end of the key that is there.
    fn resolve(&self, manifest: &Manifest, key: &str) -> Result<FoundFile, FaultKind> {
        let parts: Vec<&str> = key.split('/').filter(|part| !part.is_empty()).collect();
        let date_place = parts.iter().rposition(|part| is_date_folder(part));
        if let (Some(place), Some(folder)) = (date_place, &manifest.date_folder) {
            let expected = folder.rsplit('/').next().unwrap_or(folder);
            if parts[place] != expected {
                return Err(FaultKind::OtherDateFolder { expected: expected.to_owned() });
            }
            let name = format!("{folder}/{}", parts[place + 1..].join("/"));
            return self.find(&name).ok_or(FaultKind::MissingFile);
        }
        let base = match date_place {
            Some(_) => manifest.folder(),
            None => manifest.report_folder(),
        };
        (0..parts.len())
            .find_map(|skipped| {
                let end = parts[skipped..].join("/");
                self.find(&if base.is_empty() { end } else { format!("{base}/{end}") })
            })
            .ok_or(FaultKind::MissingFile)
    }

    fn find(&self, name: &str) -> Option<FoundFile> {
        let reports = &self.found.reports;
        let place = reports.binary_search_by(|file| file.name.as_str().cmp(name)).ok()?;
        Some(reports[place].clone())
    }

    fn adjustments(&mut self, adjustments: &[String]) {
        for listed in adjustments {
            let name = listed.strip_prefix("./").unwrap_or(listed);
            let kind = if name.starts_with('/') || name.split(['/', '\\']).any(|part| part == "..") {
                FaultKind::UnsafePath
            } else if let Some(file) = self.files.get(name) {
                match file.origin {
                    Origin::Delivered(_) => FaultKind::AdjustmentInDelivery { manifest: self.manifest_over(name) },
                    Origin::Adjustment | Origin::Loose => FaultKind::AdjustmentTwice,
                }
            } else if let Some(file) = self.find(name) {
                let folder = date_folder_of(file.folder()).or_else(|| partition_of(file.folder()));
                let in_date_folder = folder.is_some_and(|folder| self.covered.contains_key(folder));
                if !in_date_folder {
                    self.read(&file, Origin::Adjustment, Arc::from([]));
                    continue;
                }
                FaultKind::AdjustmentInDelivery { manifest: self.manifest_over(name) }
            } else {
                FaultKind::MissingAdjustment
            };
            self.faults.push(Fault::of_file(listed, "", kind));
        }
    }

    fn loose(&mut self) {
        let found = self.found;
        for file in &found.reports {
            if !self.files.contains_key(&file.name) && self.covering(&file.name).is_none() {
                self.read(file, Origin::Loose, Arc::from([]));
            }
        }
    }

    fn read(&mut self, file: &FoundFile, origin: Origin, columns: Arc<[String]>) {
        let format = ReportFormat::of_name(&file.name).expect("the walk keeps report names only");
        let FoundFile { path, source, name, bytes, .. } = file.clone();
        self.files.insert(name.clone(), ReportFile { path, source, name, format, bytes, origin, columns });
    }

    /// The manifest in whose folder a file lies.
    fn covering(&self, name: &str) -> Option<&String> {
        let mut folder = name;
        while let Some((parent, _)) = folder.rsplit_once('/') {
            if let Some(manifest) = self.covered.get(parent) {
                return Some(manifest);
            }
            folder = parent;
        }
        self.covered.get("")
    }

    fn manifest_over(&self, name: &str) -> String {
        self.covering(name).cloned().unwrap_or_default()
    }
}
