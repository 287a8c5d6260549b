//! `rates/calendar/japanese_holidays.csv`: the national holidays, on which banks are closed.

use std::collections::BTreeMap;
use std::path::Path;

use super::contracts::twice;
use super::shipped_table::ShippedTable;
use super::table::{Columns, Row};
use super::{Fault, Intake, Place, ReferenceError};
use crate::period::Day;
use crate::terms::Calendar;

const HOLIDAYS: ShippedTable = ShippedTable {
    folder: "calendar",
    file: "japanese_holidays.csv",
    shipped: include_str!("../../rates/calendar/japanese_holidays.csv"),
    columns: Columns { needed: &["date", "name", "source"], optional: &[] },
};

/// Reads the workspace's holidays, or the shipped ones where there is no such file.
pub(super) fn read_calendar(intake: &mut Intake, rates: &Path) -> Result<Calendar, ReferenceError> {
    let mut calendar = Calendar::default();
    let Some(table) = HOLIDAYS.read(intake, rates)? else { return Ok(calendar) };
    let rows = table.read_rows(&mut intake.faults, read_holiday);
    let mut places: BTreeMap<Day, Place> = BTreeMap::new();
    for row in rows {
        let (day, name) = row.value;
        if let Some(earlier) = places.get(&day) {
            intake.faults.push(twice(&row.at, "date", &day.to_string(), earlier));
        }
        places.insert(day, row.at);
        calendar.holidays.insert(day, name);
    }
    Ok(calendar)
}

fn read_holiday(row: &Row<'_>, faults: &mut Vec<Fault>) -> Option<(Day, String)> {
    let day = row.cell("date").parse().ok();
    if day.is_none() {
        faults.push(row.fault("date", "a day as YYYY-MM-DD, such as 2025-05-05", ""));
    }
    let name = row.needed_text("name", faults);
    row.needed_text("source", faults)?;
    Some((day?, name?))
}

/// What the program ships, for months made in tests.
#[cfg(test)]
pub(crate) fn shipped_calendar() -> Calendar {
    let nowhere = Path::new("no such folder");
    read_calendar(&mut Intake::new(nowhere), nowhere).expect("the shipped table can be read")
}
