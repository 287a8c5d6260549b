//! CSV text to a [`Table`].

use std::sync::Arc;

use csv::{ReaderBuilder, StringRecord};

use super::quotes::{QuoteScan, WHOLE_QUOTES};
use super::table::{Columns, Table};
use super::{Fault, Place};

/// Reads a table with a header. `None` where its rows cannot be read; then there is a fault.
pub(super) fn read_csv(file: &Arc<str>, text: &str, wanted: &Columns, faults: &mut Vec<Fault>) -> Option<Table> {
    if let Some(fault) = torn_quote(file, text) {
        faults.push(fault);
        return None;
    }
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => {
            faults.push(unreadable(file, None, &error));
            return None;
        }
    };
    let width = header.len();
    let mut table = Table::with_header(file, &header, wanted, faults)?;
    let mut lines = LineCounter { text: text.as_bytes(), offset: 0, line: 1 };
    let mut record = StringRecord::new();
    let mut row = 0;
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => return Some(table),
            Ok(true) => {}
            Err(error) => {
                faults.push(unreadable(file, Some(row + 1), &error));
                return None;
            }
        }
        row += 1;
        let line = lines.line_at(record.position().map_or(0, csv::Position::byte));
        if record.len() != width {
            faults.push(Fault {
                at: Place { file: Arc::clone(file), row: Some(row), line: Some(line) },
                column: String::new(),
                found: format!("{} cells", record.len()),
                accepted: format!("{width} cells, as in the header"),
                remedy: String::from("put text that holds a comma in quotes"),
            });
            continue; // Its cells stand under the wrong columns.
        }
        table.push(row, Some(line), record.clone());
    }
}

fn unreadable(file: &Arc<str>, row: Option<usize>, error: &csv::Error) -> Fault {
    Fault {
        at: Place { file: Arc::clone(file), row, line: None },
        column: String::new(),
        found: error.to_string(),
        accepted: String::from("CSV in UTF-8"),
        remedy: String::new(),
    }
}

/// Counts lines up to ascending offsets.
struct LineCounter<'a> {
    text: &'a [u8],
    offset: usize,
    line: usize,
}

impl LineCounter<'_> {
    /// The line of the first letter at or after an offset: blank lines before a record are not its own.
    fn line_at(&mut self, offset: u64) -> usize {
        let offset = usize::try_from(offset).unwrap_or(self.text.len()).min(self.text.len());
        let blank = self.text[offset..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = &self.text[self.offset.min(offset + blank)..offset + blank];
        self.line += passed.iter().filter(|&&byte| byte == b'\n').count();
        self.offset = offset + blank;
        self.line
    }
}

/// The first quote that is not where RFC 4180 has one, or that is never closed.
fn torn_quote(file: &Arc<str>, text: &str) -> Option<Fault> {
    let mut scan = QuoteScan::new(b',', 1);
    scan.feed(text.as_bytes());
    let (line, found) = scan.finish()?;
    let (accepted, remedy) = WHOLE_QUOTES;
    Some(Fault {
        at: Place::of_line(file, line),
        column: String::new(),
        found: found.to_owned(),
        accepted: accepted.to_owned(),
        remedy: remedy.to_owned(),
    })
}
