use std::collections::BTreeMap;
use std::path::Path;

use super::contracts::twice;
use super::csv_table::read_csv;
use super::fees::{GRID, MOST};
use super::table::{Columns, Located, Row};
use super::{Fault, Intake, ReferenceError};
use crate::money::{Percent, Yen};
use crate::terms::FeeTier;

const COLUMNS: Columns = Columns { needed: &["tiers", "above_jpy", "percent"], optional: &[] };

/// Tiers of percentages by name, rising; `fees.csv` points to them.
pub(super) struct FeeTiers {
    by_name: BTreeMap<String, Vec<FeeTier>>,
    /// Whether every row could be read.
    pub(super) is_whole: bool,
}

impl FeeTiers {
    pub(super) fn get(&self, name: &str) -> Option<&Vec<FeeTier>> {
        self.by_name.get(name)
    }

    pub(super) fn names(&self) -> String {
        let names: Vec<&str> = self.by_name.keys().map(String::as_str).collect();
        if names.is_empty() { String::from("it has none") } else { names.join(", ") }
    }
}

/// Reads `fee_tiers.csv`, which may be missing.
pub(super) fn read_fee_tiers(intake: &mut Intake, dir: &Path) -> Result<FeeTiers, ReferenceError> {
    let faults_before = intake.faults.len();
    let found = intake.text(&dir.join("fee_tiers.csv"))?;
    let faults = &mut intake.faults;
    let table = found.and_then(|(file, text)| read_csv(&file, &text, &COLUMNS, faults));
    let rows = table.map(|table| table.read_rows(faults, read_tier)).unwrap_or_default();
    let mut places: BTreeMap<&str, Vec<&Located<(String, FeeTier)>>> = BTreeMap::new();
    for row in &rows {
        places.entry(&row.value.0).or_default().push(row);
    }
    let is_readable = faults.len() == faults_before;
    for own in places.values_mut() {
        own.sort_by_key(|row| row.value.1.above_jpy);
        for pair in own.windows(2).filter(|pair| pair[0].value.1.above_jpy == pair[1].value.1.above_jpy) {
            let limit = pair[1].value.1.above_jpy.to_string();
            faults.push(twice(&pair[1].at, "above_jpy", &limit, &pair[0].at));
        }
        if is_readable && let Some(first) = own.first().filter(|row| !row.value.1.above_jpy.is_zero()) {
            faults.push(Fault {
                at: first.at.clone(),
                column: String::from("above_jpy"),
                found: format!("{} as the lowest limit of {:?}", first.value.1.above_jpy, first.value.0),
                accepted: String::from("tiers that begin at 0"),
                remedy: String::from("add a row above 0, with percent 0 where nothing is charged"),
            });
        }
    }
    let by_name = places.into_iter().map(|(name, own)| (name.to_owned(), own.iter().map(|row| row.value.1).collect()));
    let by_name = by_name.collect();
    Ok(FeeTiers { by_name, is_whole: faults.len() == faults_before })
}

fn read_tier(row: &Row<'_>, faults: &mut Vec<Fault>) -> Option<(String, FeeTier)> {
    let name = row.key("tiers", faults);
    let above = row.decimal("above_jpy", (0, MOST), "whole yen, 0 or more, such as 1500000", faults);
    let above = above.filter(|units| {
        if units % GRID != 0 {
            faults.push(row.fault("above_jpy", "whole yen, 0 or more, such as 1500000", "a limit has no fraction"));
        }
        units % GRID == 0
    });
    let percent = row.decimal("percent", (0, 100 * GRID), "a percentage from 0 to 100, such as 7", faults);
    let tier = FeeTier { above_jpy: Yen::new(above? / GRID), percent: Percent::from_units(percent?) };
    Some((name?, tier))
}
