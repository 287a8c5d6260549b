use std::collections::BTreeMap;
use std::sync::Arc;

use csv::StringRecord;

use super::{Fault, Place};
use crate::money::{MoneyError, parse_grid};
use crate::period::BillingPeriod;

/// The columns of a table, by name.
pub(super) struct Columns {
    pub(super) needed: &'static [&'static str],
    pub(super) optional: &'static [&'static str],
}

/// A table as read: texts, by row and name of column.
pub(super) struct Table {
    pub(super) file: Arc<str>,
    columns: BTreeMap<&'static str, usize>,
    records: Vec<Record>,
}

struct Record {
    row: usize,
    line: Option<usize>,
    cells: StringRecord,
}

/// What a row says, with its spot for later faults.
#[derive(Clone, Debug)]
pub(super) struct Located<T> {
    pub(super) value: T,
    pub(super) at: Place,
}

/// What a file says.
pub(super) struct Rows<T> {
    pub(super) rows: Vec<Located<T>>,
    /// Whether every row could be read: only then a missing key is a fault of whoever names it.
    pub(super) is_whole: bool,
}

impl Table {
    /// Finds the columns in a header. `None` where rows cannot be read by it.
    pub(super) fn with_header(
        file: &Arc<str>,
        header: &StringRecord,
        wanted: &Columns,
        faults: &mut Vec<Fault>,
    ) -> Option<Self> {
        let faults_before = faults.len();
        let known = || wanted.needed.iter().chain(wanted.optional).copied();
        let mut columns = BTreeMap::new();
        let mut fault = |column: &str, found: &str, remedy: &str| {
            let accepted = format!("the columns {}", known().collect::<Vec<_>>().join(", "));
            let at = Place::of_file(file);
            let (found, remedy) = (found.to_owned(), remedy.to_owned());
            faults.push(Fault { at, column: column.to_owned(), found, accepted, remedy });
        };
        for (place, name) in header.iter().enumerate() {
            match known().find(|column| *column == name) {
                None => fault(&format!("header {name:?}"), "an unknown column", "rename or remove it"),
                Some(column) if columns.contains_key(column) => {
                    fault(column, "the column twice", "remove one of them");
                }
                Some(column) => {
                    columns.insert(column, place);
                }
            }
        }
        for column in wanted.needed {
            if !columns.contains_key(column) {
                fault(column, "no such column", "add it; it may be empty where the contract allows that");
            }
        }
        (faults.len() == faults_before).then(|| Self { file: Arc::clone(file), columns, records: Vec::new() })
    }

    pub(super) fn push(&mut self, row: usize, line: Option<usize>, cells: StringRecord) {
        self.records.push(Record { row, line, cells });
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.records.iter().map(|record| Row { table: self, record })
    }

    /// Reads every row with `read`, which notes its faults and gives nothing where there was one.
    pub(super) fn read_rows<T>(
        &self,
        faults: &mut Vec<Fault>,
        mut read: impl FnMut(&Row<'_>, &mut Vec<Fault>) -> Option<T>,
    ) -> Vec<Located<T>> {
        let located = |row: Row<'_>| read(&row, faults).map(|value| Located { value, at: row.place() });
        self.rows().filter_map(located).collect()
    }
}

/// One row of a table.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    table: &'a Table,
    record: &'a Record,
}

impl<'a> Row<'a> {
    pub(super) fn place(&self) -> Place {
        Place { file: Arc::clone(&self.table.file), row: Some(self.record.row), line: self.record.line }
    }

    /// The text of a cell; empty where an optional column is not there.
    pub(super) fn cell(&self, column: &str) -> &'a str {
        let Some(&place) = self.table.columns.get(column) else { return "" };
        self.record.cells.get(place).unwrap_or_default()
    }

    pub(super) fn fault(&self, column: &str, accepted: &str, remedy: &str) -> Fault {
        Fault {
            at: self.place(),
            column: column.to_owned(),
            found: quoted(self.cell(column)),
            accepted: accepted.to_owned(),
            remedy: remedy.to_owned(),
        }
    }

    /// Text that must not be blank.
    pub(super) fn needed_text(&self, column: &str, faults: &mut Vec<Fault>) -> Option<String> {
        let text = self.cell(column);
        if text.trim().is_empty() {
            faults.push(self.fault(column, "a text that is not blank", "fill it in"));
            return None;
        }
        Some(text.to_owned())
    }

    /// A key or code: not blank, and no blanks around it, which no other table would match.
    pub(super) fn key(&self, column: &str, faults: &mut Vec<Fault>) -> Option<String> {
        self.needed_text(column, faults)?;
        self.optional_key(column, faults)
    }

    /// Like [`key`](Self::key), or empty.
    pub(super) fn optional_key(&self, column: &str, faults: &mut Vec<Fault>) -> Option<String> {
        let text = self.cell(column);
        if text.trim() != text {
            faults.push(self.fault(column, "a text without blanks around it", "remove the blanks"));
            return None;
        }
        Some(text.to_owned())
    }

    pub(super) fn account_id(&self, column: &str, faults: &mut Vec<Fault>) -> Option<String> {
        let text = self.cell(column);
        if text.len() != 12 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            faults.push(self.fault(
                column,
                "twelve digits",
                "keep leading zeros: a spreadsheet drops them unless the column is text",
            ));
            return None;
        }
        Some(text.to_owned())
    }

    pub(super) fn month(&self, column: &str, faults: &mut Vec<Fault>) -> Option<BillingPeriod> {
        match self.cell(column).parse() {
            Ok(month) => Some(month),
            Err(_) => {
                faults.push(self.fault(column, "a billing month YYYY-MM, such as 2025-05", ""));
                None
            }
        }
    }

    /// `valid_from` and `valid_to`, which may be empty.
    pub(super) fn validity(&self, faults: &mut Vec<Fault>) -> Option<(BillingPeriod, Option<BillingPeriod>)> {
        let first = self.month("valid_from", faults);
        let last = match self.cell("valid_to") {
            "" => Some(None),
            _ => self.month("valid_to", faults).map(Some),
        };
        let (first, last) = (first?, last?);
        if last.is_some_and(|last| last < first) {
            let accepted = format!("a month from {first} on, or nothing");
            faults.push(self.fault("valid_to", &accepted, "valid_to is the last month that counts"));
            return None;
        }
        Some((first, last))
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(&self, column: &str, words: &[(&str, T)], faults: &mut Vec<Fault>) -> Option<T> {
        let found = words.iter().find(|(word, _)| *word == self.cell(column));
        if found.is_none() {
            let accepted: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let accepted = accepted.join(", ").replace(", , ", ", nothing, ");
            faults.push(self.fault(column, &accepted, ""));
        }
        found.map(|(_, value)| *value)
    }

    /// A decimal number on the grid, in units of 10^-18, from `least` to `most`.
    pub(super) fn decimal(
        &self,
        column: &str,
        (least, most): (i128, i128),
        accepted: &str,
        faults: &mut Vec<Fault>,
    ) -> Option<i128> {
        match parse_grid(self.cell(column)) {
            Ok(units) if (least..=most).contains(&units) => Some(units),
            Ok(_) => {
                faults.push(self.fault(column, accepted, ""));
                None
            }
            Err(error) => {
                faults.push(self.fault(column, accepted, &number_hint(&error)));
                None
            }
        }
    }
}

/// What is wrong with a number, where that is not plain.
pub(super) fn number_hint(error: &MoneyError) -> String {
    match error {
        MoneyError::NotANumber { .. } => String::from("write digits with a decimal point, without commas or units"),
        MoneyError::TooFine { .. } | MoneyError::OutOfRange | MoneyError::NoShares => error.to_string(),
    }
}

/// A text as it stands in a file.
pub(crate) fn quoted(text: &str) -> String {
    if text.is_empty() { String::from("nothing") } else { format!("{text:?}") }
}
