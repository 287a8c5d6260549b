//! Rules about files that only their rows or their content can break.

use std::collections::{BTreeMap, BTreeSet};

use super::fold_reports::InputFile;
use crate::ingest::{Fault, FaultKind, Origin, ReportPlan};
use crate::period::BillingPeriod;

/// Payers and months of the rows of each file, in the order of the plan.
pub(super) type Sources = Vec<BTreeSet<(String, BillingPeriod)>>;

/// Faults of files against each other: a loose file beside a delivery, two deliveries of one payer and month,
/// the same content twice.
pub(super) fn file_faults(
    plan: &ReportPlan,
    inputs: &[InputFile],
    sources: &Sources,
    fingerprints: &[Option<u128>],
) -> Vec<Fault> {
    let mut faults = Vec::new();
    // What is delivered, by whom: as the manifests say it and as the rows do.
    let mut delivered: BTreeMap<(String, BillingPeriod), usize> = BTreeMap::new();
    for (place, delivery) in plan.deliveries.iter().enumerate() {
        delivered.entry((delivery.account.clone(), delivery.period)).or_insert(place);
    }
    let mut of_rows: BTreeMap<&(String, BillingPeriod), usize> = BTreeMap::new();
    for (file, sources) in plan.files.iter().zip(sources) {
        let Origin::Delivered(place) = file.origin else { continue };
        for source in sources.iter().filter(|(_, period)| *period == plan.period) {
            let first = *of_rows.entry(source).or_insert(place);
            delivered.entry(source.clone()).or_insert(place);
            if first != place {
                let kind = FaultKind::TwoDeliveries { other: plan.deliveries[first].manifest.clone() };
                faults.push(Fault::of_file(&file.name, &shown(source), kind));
            }
        }
    }
    for (file, sources) in plan.files.iter().zip(sources).filter(|(file, _)| file.origin == Origin::Loose) {
        for source in sources {
            if let Some(&place) = delivered.get(source) {
                let kind = FaultKind::LooseBesideDelivery { manifest: plan.deliveries[place].manifest.clone() };
                faults.push(Fault::of_file(&file.name, &shown(source), kind));
            }
        }
    }
    faults.extend(same_content(plan, inputs, fingerprints));
    faults
}

fn shown((payer, period): &(String, BillingPeriod)) -> String {
    format!("{payer} {period}")
}

/// A file whose bytes another file has too, or a loose file or adjustment with the rows of another.
///
/// Parts of a delivery may be packed alike only where they are empty.
fn same_content(plan: &ReportPlan, inputs: &[InputFile], fingerprints: &[Option<u128>]) -> Vec<Fault> {
    let mut of_bytes: BTreeMap<&str, usize> = BTreeMap::new();
    let mut of_rows: BTreeMap<u128, usize> = BTreeMap::new();
    let mut faults = Vec::new();
    let is_delivered = |place: usize| matches!(plan.files[place].origin, Origin::Delivered(_));
    for (place, input) in inputs.iter().enumerate() {
        // An object that is read here and there has no hash; its address is its own.
        let same_bytes = if input.sha256.is_empty() { place } else { *of_bytes.entry(&input.sha256).or_insert(place) };
        let same_rows = fingerprints[place].map_or(place, |rows| *of_rows.entry(rows).or_insert(place));
        let other = same_bytes.min(same_rows);
        let is_empty = is_delivered(place) && is_delivered(other) && input.rows + input.other_month_rows == 0;
        if other != place && !is_empty {
            let kind = FaultKind::SameContent { other: plan.files[other].name.clone() };
            faults.push(Fault::of_file(&plan.files[place].name, "", kind));
        }
    }
    faults
}
