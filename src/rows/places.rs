use std::collections::BTreeSet;

use super::RowTaker;
use crate::ingest::{FaultList, ReportFile, Row};
use crate::money::{Quantity, Usd};
use crate::usage::Measures;

/// Where a row stands in the reports.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowPlace {
    /// Place of its fact in the facts.
    pub fact: usize,
    /// The report file, relative to the reports folder.
    pub file: String,
    /// The text inside a ZIP file; else empty.
    pub entry: String,
    /// The data row in that text or file, from 1.
    pub row: u64,
    /// The line of the unpacked text on which the row begins; absent in Parquet.
    pub line: Option<u64>,
    /// `lineItem/ResourceId`.
    pub resource_id: String,
    /// `lineItem/UsageAmount`.
    pub quantity: Quantity,
    /// `lineItem/UnblendedCost`.
    pub unblended: Usd,
}

/// Remembers where the rows of some facts stand.
pub struct PlaceTaker<'a> {
    wanted: &'a BTreeSet<usize>,
    places: Vec<RowPlace>,
}

impl<'a> PlaceTaker<'a> {
    /// `wanted`: places in the facts; their rows all stay in memory.
    pub fn new(wanted: &'a BTreeSet<usize>) -> Self {
        Self { wanted, places: Vec::new() }
    }

    /// What the takers of all threads found, by fact, file and row.
    pub fn places(takers: Vec<Self>) -> Vec<RowPlace> {
        let mut places: Vec<RowPlace> = takers.into_iter().flat_map(|taker| taker.places).collect();
        places.sort_unstable();
        places
    }
}

impl RowTaker for PlaceTaker<'_> {
    fn take(&mut self, file: &ReportFile, fact: usize, measures: &Measures, row: &Row<'_>, _: &mut FaultList) {
        if self.wanted.contains(&fact) {
            let detail = row.detail();
            self.places.push(RowPlace {
                fact,
                file: file.name.clone(),
                entry: detail.entry.to_owned(),
                row: row.number(),
                line: (detail.line > 0).then_some(detail.line),
                resource_id: String::from_utf8_lossy(detail.resource_id).into_owned(),
                quantity: measures.quantity,
                unblended: measures.unblended,
            });
        }
    }
}
