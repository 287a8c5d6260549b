//! Adds up the parts of a month: the same facts, with the same checks, as folding all its files at once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use rayon::prelude::*;

use super::error::{FactsFileError, FoldError};
use super::fold_reports::{FoldedMonth, payers_of};
use super::loose_files::file_faults;
use super::memory::Memory;
use super::never_invoiced::never_invoiced;
use super::part_file::{PartHead, open_part};
use super::part_reader::{PartFailure, read_part};
use super::parts_error::{PartFault, PartFaultKind, PartsError};
use super::spill::SpillingSum;
use crate::ingest::{IngestError, Origin, Progress, ReportFile, ReportPlan, hash_report};
use crate::usage::PriceInstants;

/// How the name of a part ends. Other files of a folder are not looked at.
pub const PART_END: &str = ".part.parquet";

/// A part in its file.
struct Found {
    name: String,
    path: PathBuf,
    head: PartHead,
}

/// Adds the parts of a folder, one for each file of the plan.
///
/// Each report file is hashed: a part counts only while its file is the one that it was made of.
pub fn merge_parts(
    plan: &ReportPlan,
    folder: &Path,
    memory: &Memory<'_>,
    price_instants: &PriceInstants,
    progress: &dyn Progress,
) -> Result<FoldedMonth, PartsError> {
    let (found, mut faults) = open_parts(folder)?;
    let parts = parts_of_plan(plan, price_instants, &found, folder, &mut faults);
    refuse_any(faults)?;
    let parts: Vec<(&ReportFile, &Found)> = plan.files.iter().zip(parts.into_values()).collect();
    let checked: Vec<Option<PartFault>> =
        parts.par_iter().map(|(file, part)| fault_of_report(file, part, progress)).collect::<Result<_, _>>()?;
    refuse_any(checked.into_iter().flatten().collect())?;

    let sums = Mutex::new(SpillingSum::new(memory, memory.shared_facts()));
    let added: Vec<Option<PartFault>> =
        parts.par_iter().map(|(_, part)| add_part(part, &sums, progress)).collect::<Result<_, _>>()?;
    refuse_any(added.into_iter().flatten().collect())?;

    let inputs: Vec<_> = parts.iter().map(|(_, part)| part.head.part.input.clone()).collect();
    let sources = parts.iter().map(|(_, part)| part.head.part.sources.clone()).collect();
    let could_be_twice = plan.files.iter().any(|file| !matches!(file.origin, Origin::Delivered(_)));
    let fingerprint = |(_, part): &(&ReportFile, &Found)| {
        // The hash of the facts tells files apart as the fingerprints of a fold do: by keys and sums.
        let has_one = could_be_twice && part.head.totals.rows > 0;
        has_one.then(|| u128::from_str_radix(&part.head.content[..32], 16).ok()).flatten()
    };
    let fingerprints: Vec<Option<u128>> = parts.iter().map(fingerprint).collect();
    IngestError::unless_clean(file_faults(plan, &inputs, &sources, &fingerprints), 0)?;
    let sums = sums.into_inner().expect("a thread that stops stops the merge before anybody looks here");
    IngestError::unless_clean(never_invoiced(plan, &sources, &sums.payers_without_invoice()), 0)?;
    let payers = payers_of(&sources, plan.period);
    Ok(FoldedMonth { facts: sums.into_facts(plan.period, price_instants.clone())?, inputs, payers })
}

fn refuse_any(faults: Vec<PartFault>) -> Result<(), PartsError> {
    if faults.is_empty() { Ok(()) } else { Err(PartsError::Refused { faults }) }
}

/// The parts of a folder by their names, and those that are none.
fn open_parts(folder: &Path) -> Result<(Vec<Found>, Vec<PartFault>), PartsError> {
    let machine = |path: &Path, source| PartsError::Machine { path: path.to_owned(), source };
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(|source| machine(folder, source))? {
        let name = entry.map_err(|source| machine(folder, source))?.file_name().to_string_lossy().into_owned();
        if name.ends_with(PART_END) && !name.starts_with('.') {
            names.push(name); // What begins with a dot is being written.
        }
    }
    names.sort();
    let (mut found, mut faults) = (Vec::new(), Vec::new());
    for name in names {
        let path = folder.join(&name);
        let kind = match open_part(&path) {
            Ok(head) => {
                found.push(Found { name, path, head });
                continue;
            }
            Err(FactsFileError::Machine { source, .. }) => return Err(machine(&path, source)),
            Err(FactsFileError::NotFacts { .. } | FactsFileError::Encode { .. }) => PartFaultKind::NoPart,
            Err(FactsFileError::OtherVersion { found, accepted, .. }) => {
                PartFaultKind::OtherVersion { found, accepted }
            }
            Err(FactsFileError::Damaged { found, .. }) => PartFaultKind::Damaged { found },
        };
        faults.push(PartFault { part: name, kind });
    }
    Ok((found, faults))
}

/// The part of each file of the plan, by its place there, and what is wrong with all others.
fn parts_of_plan<'a>(
    plan: &ReportPlan,
    price_instants: &PriceInstants,
    found: &'a [Found],
    folder: &Path,
    faults: &mut Vec<PartFault>,
) -> BTreeMap<usize, &'a Found> {
    let places: BTreeMap<&str, usize> =
        (0..).zip(&plan.files).map(|(place, file)| (file.name.as_str(), place)).collect();
    let mut parts: BTreeMap<usize, &Found> = BTreeMap::new();
    for part in found {
        let file = part.head.part.input.path.clone();
        let place = places.get(file.as_str());
        let kind = if part.head.period != plan.period {
            PartFaultKind::OtherMonth { found: part.head.period.to_string(), expected: plan.period.to_string() }
        } else if let Some(place) = place {
            match (parts.get(place), other_price(&part.head.price_instants, price_instants)) {
                (Some(other), _) => PartFaultKind::Twice { file, other: other.name.clone() },
                (None, Some(sku)) => PartFaultKind::OtherPrices { sku, file },
                (None, None) => {
                    parts.insert(*place, part);
                    continue;
                }
            }
        } else {
            PartFaultKind::Foreign { file }
        };
        faults.push(PartFault { part: part.name.clone(), kind });
    }
    let told: BTreeSet<&str> = found.iter().map(|part| part.head.part.input.path.as_str()).collect();
    let missing = plan.files.iter().enumerate();
    let missing = missing.filter(|(place, file)| !parts.contains_key(place) && !told.contains(file.name.as_str()));
    let files: Vec<String> = missing.map(|(_, file)| file.name.clone()).collect();
    if !files.is_empty() {
        faults.push(PartFault { part: folder.display().to_string(), kind: PartFaultKind::Missing { files } });
    }
    parts
}

/// The first SKU whose price changes at other times.
fn other_price(then: &PriceInstants, now: &PriceInstants) -> Option<String> {
    let differs = |sku: &&String| then.get(*sku) != now.get(*sku);
    then.keys().chain(now.keys()).filter(differs).min().cloned()
}

/// What is wrong if the report file is another one now.
fn fault_of_report(file: &ReportFile, part: &Found, progress: &dyn Progress) -> Result<Option<PartFault>, PartsError> {
    let input = &part.head.part.input;
    let (bytes, sha256) = hash_report(file, progress)?;
    if (bytes, &sha256) == (input.bytes, &input.sha256) {
        return Ok(None);
    }
    let shown = |bytes: u64, sha256: &str| format!("{bytes} bytes, SHA-256 {}…", sha256.get(..12).unwrap_or(sha256));
    let (then, now) = (shown(input.bytes, &input.sha256), shown(bytes, &sha256));
    let kind = PartFaultKind::OtherReport { file: file.name.clone(), then, now };
    Ok(Some(PartFault { part: part.name.clone(), kind }))
}

/// Adds the facts of a part, unless they are damaged.
fn add_part(
    part: &Found,
    sums: &Mutex<SpillingSum<'_>>,
    progress: &dyn Progress,
) -> Result<Option<PartFault>, PartsError> {
    let locked = || sums.lock().expect("a thread that stops stops the merge before anybody looks here");
    let added = read_part(&part.path, &part.head, &mut |piece| locked().merge(piece));
    let totals = part.head.totals;
    match added {
        Ok(()) => {
            locked().partial.add_totals(&totals).map_err(FoldError::from)?;
            progress.on_rows(totals.rows);
            Ok(None)
        }
        Err(PartFailure::Fold(error)) => Err(error.into()),
        Err(PartFailure::Damaged(found)) => {
            Ok(Some(PartFault { part: part.name.clone(), kind: PartFaultKind::Damaged { found } }))
        }
    }
}
