//! CSV files of the month as they are put together.

use std::io::Write;

/// The byte order mark, by which spreadsheets know UTF-8.
const MARK: &str = "\u{feff}";

/// A table for people that is written as it comes: see [`Table::for_people`].
pub(super) fn people_writer<W: Write>(mut out: W, header: &[&str]) -> csv::Result<csv::Writer<W>> {
    out.write_all(MARK.as_bytes())?;
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_record(header)?;
    Ok(writer)
}

/// A table under construction; cells are quoted where they must be.
pub(super) struct Table {
    writer: csv::Writer<Vec<u8>>,
}

impl Table {
    /// For programs: UTF-8 without BOM, LF.
    pub(super) fn for_programs(header: &[&str]) -> Self {
        Self::new(csv::Terminator::Any(b'\n'), Vec::new(), header)
    }

    /// For people: BOM and CRLF, as spreadsheets want it.
    pub(super) fn for_people(header: &[&str]) -> Self {
        Self::new(csv::Terminator::CRLF, MARK.as_bytes().to_vec(), header)
    }

    fn new(terminator: csv::Terminator, start: Vec<u8>, header: &[&str]) -> Self {
        let writer = csv::WriterBuilder::new().terminator(terminator).from_writer(start);
        let mut table = Self { writer };
        table.row(header);
        table
    }

    pub(super) fn row<T: AsRef<[u8]>>(&mut self, cells: &[T]) {
        self.writer.write_record(cells).expect("a row has as many cells as the header, and memory does not fail");
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.writer.into_inner().expect("memory does not fail")
    }
}
