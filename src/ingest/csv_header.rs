use std::collections::{BTreeMap, BTreeSet};

use super::columns::{COLUMN_COUNT, Column, canonical_name};
use super::error::FaultList;
use super::export_header::ExportHeader;
use super::fault_kind::FaultKind;
use super::report_kind::ReportKind;

/// Where the used columns of a file are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// Per used column its place in the row.
    pub(super) places: [Option<usize>; COLUMN_COUNT],
    /// The used columns and their places, in the order of the row.
    pub(super) used: Vec<(usize, usize)>,
    /// The place of `lineItem/ResourceId`: read only where somebody wants it, like the tags.
    pub(super) resource_id: Option<usize>,
    /// The columns of tags: what follows `resourceTags/`, and their places.
    pub(super) tags: Vec<(String, usize)>,
    /// What only data exports have; nothing for a report of old.
    pub(super) export: Option<ExportHeader>,
    /// How many fields a row has.
    pub(super) width: usize,
}

impl Header {
    /// The same of a Parquet file. The manifest of a report for Athena spells columns that are not in the file.
    pub(super) fn resolve_parquet(names: &[String], manifest_columns: &[String], faults: &mut FaultList) -> Self {
        let is_legacy = ReportKind::of(names, manifest_columns) == ReportKind::Legacy;
        Self::resolve(names, if is_legacy { &[] } else { manifest_columns }, faults)
    }

    /// Finds the used columns by name. Pushes every fault of the header; the result is of use only without one.
    pub(super) fn resolve(names: &[String], manifest_columns: &[String], faults: &mut FaultList) -> Self {
        let mut places = [None; COLUMN_COUNT];
        let mut seen = BTreeSet::new();
        let (mut resource_id, mut tags) = (None, Vec::new());
        let kind = ReportKind::of(names, manifest_columns);
        for (place, name) in names.iter().enumerate() {
            if !seen.insert(name) {
                faults.push(None, Some(name), b"", FaultKind::ColumnTwice);
                continue;
            }
            let canonical = canonical_name(name);
            let Some(column) = Column::of_canonical(&canonical) else {
                if canonical == "line_item_resource_id" || matches!(kind, ReportKind::Focus(_)) && name == "ResourceId"
                {
                    resource_id = Some(place);
                } else if let Some(short) = canonical.strip_prefix("resource_tags_") {
                    let tag = name.split_once('/').map_or(short, |(_, tag)| tag);
                    tags.push((tag.to_owned(), place));
                }
                continue;
            };
            if let Some(other) = places[column.index()] {
                let other: &String = &names[other];
                faults.push(None, Some(name), b"", FaultKind::SameColumn { other: other.clone() });
            }
            places[column.index()] = Some(place);
        }
        let export = ExportHeader::resolve(kind, names, &mut places, faults);
        let is_snake_case = !names.iter().any(|name| name.contains('/'));
        for column in Column::ALL {
            if export.is_none() && column.is_needed() && places[column.index()].is_none() {
                let snake_case = canonical_name(column.name());
                let shown = if is_snake_case { &snake_case } else { column.name() };
                faults.push(None, Some(shown), b"", FaultKind::MissingColumn);
            }
        }
        if let Some(difference) = compare(names, manifest_columns) {
            faults.push(None, None, b"", FaultKind::OtherColumns { difference });
        }
        let mut used: Vec<(usize, usize)> =
            places.iter().enumerate().filter_map(|(column, place)| Some((column, (*place)?))).collect();
        used.sort_unstable_by_key(|&(_, place)| place);
        tags.sort();
        Self { places, used, resource_id, tags, export, width: names.len() }
    }
}

/// Names that only one side has; nothing if there is no manifest.
fn compare(header: &[String], manifest: &[String]) -> Option<String> {
    if manifest.is_empty() {
        return None;
    }
    // The canonical name makes the manifest's legacy names and a snake-case header comparable.
    let by_name = |names: &[String]| -> BTreeMap<String, String> {
        names.iter().map(|name| (comparable(name), name.clone())).collect()
    };
    let (header, manifest) = (by_name(header), by_name(manifest));
    let only = |left: &BTreeMap<String, String>, right: &BTreeMap<String, String>| -> Vec<String> {
        left.iter().filter(|(name, _)| !right.contains_key(*name)).map(|(_, shown)| shown.clone()).collect()
    };
    let (extra, missing) = (only(&header, &manifest), only(&manifest, &header));
    if extra.is_empty() && missing.is_empty() {
        return None;
    }
    let list = |names: Vec<String>| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    Some(format!("only in the header: {}; only in the manifest: {}", list(extra), list(missing)))
}

/// Tools break words differently (`..._a_r_n`, `..._arn`): only letters and digits are compared.
fn comparable(name: &str) -> String {
    canonical_name(name).replace('_', "")
}
