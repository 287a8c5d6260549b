//! CSV files of a month, by the names of their columns.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::ReadBackError;
use crate::money::{Usd, Yen};

/// A table as written by a run.
pub(super) struct WrittenTable {
    file: String,
    header: Vec<String>,
    rows: Vec<csv::StringRecord>,
}

impl WrittenTable {
    /// Reads a file of the month's folder.
    pub(super) fn read(dir: &Path, name: &'static str) -> Result<Self, ReadBackError> {
        let path = dir.join(name);
        let file = path.display().to_string();
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(ReadBackError::NoMonth { dir: dir.display().to_string(), missing: name });
            }
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                return Err(ReadBackError::NotAsWritten { file, found: String::from("is not UTF-8") });
            }
            Err(source) => return Err(ReadBackError::Machine { file, source }),
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let broken = |error: csv::Error| ReadBackError::NotAsWritten { file: file.clone(), found: error.to_string() };
        let header = reader.headers().map_err(broken)?.iter().map(str::to_owned).collect();
        let rows = reader.records().collect::<Result<_, _>>().map_err(broken)?;
        Ok(Self { file, header, rows })
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = WrittenRow<'_>> {
        self.rows.iter().enumerate().map(|(place, cells)| WrittenRow { table: self, number: place + 1, cells })
    }
}

/// One row.
pub(super) struct WrittenRow<'a> {
    table: &'a WrittenTable,
    number: usize,
    cells: &'a csv::StringRecord,
}

impl WrittenRow<'_> {
    fn wrong(&self, column: &str, found: &str) -> ReadBackError {
        let found = format!("row {}, {column}: found {found}", self.number);
        ReadBackError::NotAsWritten { file: self.table.file.clone(), found }
    }

    pub(super) fn text(&self, column: &str) -> Result<&str, ReadBackError> {
        let place = self.table.header.iter().position(|name| name == column);
        place.and_then(|place| self.cells.get(place)).ok_or_else(|| self.wrong(column, "no such column"))
    }

    /// A text cell of a file for people, without the mark against formulas.
    pub(super) fn unguarded(&self, column: &str) -> Result<&str, ReadBackError> {
        let text = self.text(column)?;
        let bare = text.strip_prefix('\'').filter(|bare| bare.starts_with(['=', '+', '-', '@', '\t', '\r']));
        Ok(bare.unwrap_or(text))
    }

    pub(super) fn usd(&self, column: &str) -> Result<Usd, ReadBackError> {
        let text = self.text(column)?;
        Usd::parse(text).map_err(|error| self.wrong(column, &error.to_string()))
    }

    pub(super) fn yen(&self, column: &str) -> Result<Yen, ReadBackError> {
        let text = self.text(column)?;
        text.parse().map(Yen::new).map_err(|_| self.wrong(column, &format!("{text:?}, which is no whole yen")))
    }

    pub(super) fn parsed<T>(&self, column: &str, read: impl Fn(&str) -> Option<T>) -> Result<T, ReadBackError> {
        let text = self.text(column)?;
        read(text).ok_or_else(|| self.wrong(column, &format!("{text:?}")))
    }
}
