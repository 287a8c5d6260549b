//! Which of the manifests that were found rule a month, and what is wrong with them.

use std::collections::{BTreeMap, BTreeSet};

use super::error::Fault;
use super::fault_kind::FaultKind;
use super::file_walk::FoundFiles;
use super::manifest::{Manifest, date_folder_of, month_folder_of, month_of_folder, partition_of};
use super::places::ReportPlace;
use crate::period::BillingPeriod;

/// A manifest that says another month than the folder it lies in: read for neither, it would be missed.
pub(super) fn fault_of_month(manifest: &Manifest) -> Option<Fault> {
    let folder = month_of_folder(manifest.date_folder.as_deref()?)?;
    let kind = FaultKind::OtherMonth { folder };
    (folder != manifest.period).then(|| Fault::of_file(&manifest.name, &manifest.period.to_string(), kind))
}

/// A manifest of another payer than the place is for.
pub(super) fn fault_of_payer(manifest: &Manifest, places: &[ReportPlace], period: BillingPeriod) -> Option<Fault> {
    let expected = places.get(manifest.place)?.payer_id();
    let is_other = !expected.is_empty() && !manifest.account.is_empty() && manifest.account != expected;
    let kind = FaultKind::OtherPayer { expected: expected.to_owned() };
    (is_other && manifest.period == period).then(|| Fault::of_file(&manifest.name, &manifest.account, kind))
}

/// The months that manifests deliver, for people.
pub(super) fn months_of(manifests: &[Manifest]) -> String {
    let months: BTreeSet<String> = manifests.iter().map(|manifest| manifest.period.to_string()).collect();
    match months.len() {
        0 => String::from("there is no manifest and no report file"),
        _ => format!("there are deliveries of {}", months.into_iter().collect::<Vec<_>>().join(", ")),
    }
}

/// Of the manifests of each date folder, those that rule: the one beside the assemblies, else the one inside
/// the only assembly.
pub(super) fn choose(
    manifests: Vec<Manifest>,
    found: &FoundFiles,
    period: BillingPeriod,
    faults: &mut Vec<Fault>,
) -> Vec<Manifest> {
    let assemblies = assemblies_of(found);
    let has_chooser: BTreeSet<String> = manifests
        .iter()
        .filter(|manifest| manifest.is_chooser())
        .map(|manifest| manifest.own_folder().into())
        .collect();
    for (folder, below) in &assemblies {
        let is_wanted = month_of_folder(folder) == Some(period);
        if is_wanted && below.len() > 1 && !has_chooser.contains(folder) {
            let names: Vec<&str> = below.iter().map(String::as_str).collect();
            let is_export = partition_of(folder).is_some();
            let kind = if is_export { FaultKind::NoExecutionChooser } else { FaultKind::NoChooser };
            faults.push(Fault::of_file(folder, &names.join(", "), kind));
        }
    }
    for chooser in manifests.iter().filter(|manifest| manifest.is_chooser() && manifest.period == period) {
        faults.extend(fault_of_stale_chooser(chooser, &manifests));
    }
    let rules = |manifest: &Manifest| {
        manifest.is_chooser() || manifest.date_folder.as_ref().is_none_or(|folder| !has_chooser.contains(folder))
    };
    manifests.into_iter().filter(rules).collect()
}

/// A manifest beside executions of an export of which one is newer: their names begin with their time.
fn fault_of_stale_chooser(chooser: &Manifest, manifests: &[Manifest]) -> Option<Fault> {
    let execution = chooser.execution()?;
    let beside = manifests.iter().filter(|other| other.date_folder == chooser.date_folder);
    let newest = beside.filter_map(Manifest::execution).max().filter(|newest| *newest > execution)?;
    Some(Fault::of_file(&chooser.name, newest, FaultKind::StaleChooser))
}

/// Per folder of a month the folders directly in it that hold a report file or manifest: assemblies, executions.
fn assemblies_of(found: &FoundFiles) -> BTreeMap<String, BTreeSet<String>> {
    let mut assemblies: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in found.reports.iter().chain(&found.manifests) {
        let Some(folder) = month_folder_of(file.folder()) else { continue };
        let own = date_folder_of(file.folder()).or_else(|| partition_of(file.folder())).unwrap_or_default();
        let below = &file.name[own.len() + 1..];
        let names = assemblies.entry(folder).or_default();
        if let Some((assembly, _)) = below.split_once('/') {
            names.insert(assembly.to_owned());
        }
    }
    assemblies
}

/// Refuses two manifests for the same payer and month. Assemblies without a chooser are told as such.
pub(super) fn refuse_twins(manifests: &[Manifest], period: BillingPeriod, faults: &mut Vec<Fault>) {
    let mut first: BTreeMap<&str, &Manifest> = BTreeMap::new();
    for manifest in manifests.iter().filter(|manifest| manifest.period == period) {
        let Some(other) = first.get(manifest.account.as_str()) else {
            first.insert(&manifest.account, manifest);
            continue;
        };
        let are_assemblies = manifest.date_folder.is_some()
            && manifest.date_folder == other.date_folder
            && !manifest.is_chooser()
            && manifest.folder() != other.folder();
        if !manifest.account.is_empty() && !are_assemblies {
            let kind = FaultKind::TwoManifests { other: other.name.clone() };
            faults.push(Fault::of_file(&manifest.name, "", kind));
        }
    }
}
