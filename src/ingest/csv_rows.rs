use std::borrow::Cow;

use super::columns::COLUMN_COUNT;
use super::csv_beside::RecordFields;
use super::csv_fields::{Fields, text_of, write_text};
use super::csv_header::Header;
use super::csv_index::{FieldIndex, WINDOW};
use super::csv_records::{Scan, scan_record};
use super::error::FaultList;
use super::export_rows::{ExportRows, MapTags};
use super::fault_kind::FaultKind;
use super::row::{NO_DETAIL, Row, RowDetail, RowSink, Values};

/// How much is added at once to a record that was cut, to find its end.
const PIECE_BYTES: usize = 4 << 10;

/// What is asked once for many records.
#[derive(Clone, Copy)]
struct Look {
    /// Whether any of them may have a NUL.
    has_nul: bool,
    /// Whether somebody wants [`RowDetail`].
    counts_lines: bool,
}

/// Turns the bytes of one CSV text into rows, whatever the sizes of the pieces it comes in.
pub(super) struct CsvRows<'a> {
    manifest_columns: &'a [String],
    record_limit: usize,
    entry: Option<String>,
    /// A record whose end has not come yet.
    begun: Vec<u8>,
    scratch: Vec<u8>,
    ends: Vec<u32>,
    index: FieldIndex,
    header: Option<Header>,
    /// Completes the rows of a data export.
    export: Option<ExportRows>,
    is_header_bad: bool,
    blank_lines: u64,
    rows: u64,
    /// Line feeds before the next record; counted only for who wants to know.
    lines: u64,
}

impl<'a> CsvRows<'a> {
    /// Before the first byte. `entry` names the text inside a ZIP file.
    pub(super) fn new(manifest_columns: &'a [String], record_limit: usize, entry: Option<String>) -> Self {
        Self {
            manifest_columns,
            record_limit,
            entry,
            begun: Vec::new(),
            scratch: Vec::new(),
            ends: Vec::new(),
            index: FieldIndex::default(),
            header: None,
            export: None,
            is_header_bad: false,
            blank_lines: 0,
            rows: 0,
            lines: 0,
        }
    }

    /// Data rows so far.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Takes the next bytes and hands on the rows that are complete.
    pub(super) fn feed(&mut self, chunk: &[u8], sink: &mut dyn RowSink, faults: &mut FaultList) {
        if self.is_header_bad {
            return; // The stream is still read to its end: it may have faults of its own.
        }
        let mut begun = std::mem::take(&mut self.begun);
        let rest = match self.complete(&mut begun, chunk, sink, faults) {
            Some(place) => {
                begun.clear();
                let rest = &chunk[place..];
                let used = self.hand_on(rest, usize::MAX, false, sink, faults);
                begun.extend_from_slice(&rest[used..]);
                begun.len()
            }
            None => begun.len(),
        };
        self.begun = begun;
        if rest > self.record_limit && !self.is_header_bad {
            let kind = FaultKind::LongRecord { limit: self.record_limit };
            let begun = std::mem::take(&mut self.begun);
            self.refuse_record(&begun, kind, faults);
            self.is_header_bad = true; // Nothing after it can be told apart.
        }
    }

    /// Hands on the record that was cut by the end of the last chunk: only it is copied. Returns where the next one
    /// begins in this chunk, or nothing if the chunk ends before.
    fn complete(
        &mut self,
        begun: &mut Vec<u8>,
        chunk: &[u8],
        sink: &mut dyn RowSink,
        faults: &mut FaultList,
    ) -> Option<usize> {
        let held = begun.len();
        let (mut taken, mut piece) = (0, PIECE_BYTES);
        while held > 0 && taken < chunk.len() {
            let more = (taken + piece).min(chunk.len());
            begun.extend_from_slice(&chunk[taken..more]);
            (taken, piece) = (more, piece * 2); // A long record is not looked through again and again.
            let used = self.hand_on(begun, 1, false, sink, faults);
            if used > 0 {
                return Some(used - held); // The record was not complete without this chunk.
            }
        }
        (held == 0).then_some(0)
    }

    /// Takes the end of the text and hands on what is left.
    pub(super) fn finish(&mut self, sink: &mut dyn RowSink, faults: &mut FaultList) {
        if self.is_header_bad {
            return;
        }
        let begun = std::mem::take(&mut self.begun);
        self.hand_on(&begun, usize::MAX, true, sink, faults);
        if self.header.is_none() && !self.is_header_bad {
            faults.push(None, self.entry.as_deref(), b"", FaultKind::Empty);
        }
    }

    /// Hands on the complete records of a buffer, at most so many. Returns how many bytes they took.
    fn hand_on(
        &mut self,
        buffer: &[u8],
        records: usize,
        is_last: bool,
        sink: &mut dyn RowSink,
        faults: &mut FaultList,
    ) -> usize {
        let look = Look { has_nul: memchr::memchr(0, buffer).is_some(), counts_lines: sink.wants_detail() };
        let has_mark = self.header.is_none() && buffer.starts_with(b"\xEF\xBB\xBF");
        let (mut start, mut count) = (if has_mark { 3 } else { 0 }, 0);
        let mut one_by_one_until = 0; // Where quotes stand as they should not, and in records longer than the index.
        let mut ends = std::mem::take(&mut self.ends);
        while start < buffer.len() && count < records && !self.is_header_bad {
            if records == usize::MAX && self.header.is_some() && start >= one_by_one_until {
                let window = &buffer[start..];
                let (taken, is_whole) = self.hand_on_indexed(window, look, sink, faults);
                one_by_one_until = start + if is_whole { taken + usize::from(taken == 0) } else { WINDOW };
                (start, count) = (start + taken, count + usize::from(taken > 0));
                continue;
            }
            let scan = scan_record(buffer, start, is_last, &mut ends);
            let next = match scan {
                Scan::Record(next) | Scan::BadQuote(next) => next,
                Scan::Incomplete if count == 0 => {
                    start = 0; // Its byte order mark comes again with it.
                    break;
                }
                Scan::Incomplete => break,
            };
            let fields = Fields { buffer, start, next, ends: &ends, is_plain: false };
            self.take_record(fields, matches!(scan, Scan::BadQuote(_)), look, sink, faults);
            (start, count) = (next, count + 1);
        }
        self.ends = ends;
        start
    }

    /// Hands on the records whose fields are found together. Returns how many bytes they took, and whether more may
    /// be found so.
    fn hand_on_indexed(
        &mut self,
        window: &[u8],
        look: Look,
        sink: &mut dyn RowSink,
        faults: &mut FaultList,
    ) -> (usize, bool) {
        let mut index = std::mem::take(&mut self.index);
        index.read(window);
        let mut start = 0;
        let is_plain = !index.may_have_doubled_quotes();
        for place in 0..index.len() {
            let (ends, next) = index.record(place);
            let fields = Fields { buffer: window, start, next, ends, is_plain };
            self.take_record(fields, false, look, sink, faults);
            start = next;
        }
        let is_whole = index.is_whole();
        self.index = index;
        (start, is_whole)
    }

    fn take_record(
        &mut self,
        fields: Fields<'_>,
        is_badly_quoted: bool,
        look: Look,
        sink: &mut dyn RowSink,
        faults: &mut FaultList,
    ) {
        let record = fields.record();
        if look.has_nul && memchr::memchr(0, record).is_some() {
            self.refuse_record(record, FaultKind::Nul, faults);
        } else if is_badly_quoted {
            self.refuse_record(record, FaultKind::Quoting, faults);
        } else if self.header.is_none() {
            self.take_header(fields, faults);
        } else if matches!(record, b"\n" | b"\r\n") {
            self.blank_lines += 1; // No row if nothing but blank lines follows.
        } else {
            self.refuse_blank_lines(faults);
            self.take_row(fields, look, sink, faults);
        }
        if look.counts_lines {
            self.lines += memchr::memchr_iter(b'\n', record).count() as u64;
        }
    }

    fn refuse_record(&mut self, record: &[u8], kind: FaultKind, faults: &mut FaultList) {
        let shown = &record[..record.len().min(60)];
        if self.header.is_none() {
            self.is_header_bad = true;
            faults.push(None, self.entry.as_deref(), shown, kind);
        } else {
            self.rows += 1;
            faults.push(Some(self.rows), self.entry.as_deref(), shown, kind);
        }
    }

    fn refuse_blank_lines(&mut self, faults: &mut FaultList) {
        let expected = self.header.as_ref().map_or(0, |header| header.width);
        for _ in 0..std::mem::take(&mut self.blank_lines) {
            self.rows += 1;
            faults.push(Some(self.rows), self.entry.as_deref(), b"0", FaultKind::FieldCount { expected });
        }
    }

    fn take_header(&mut self, fields: Fields<'_>, faults: &mut FaultList) {
        let faults_before = faults.count();
        let names = fields.names(|name| faults.push(None, self.entry.as_deref(), name, FaultKind::NotUtf8));
        if names.iter().all(String::is_empty) {
            faults.push(None, self.entry.as_deref(), b"", FaultKind::Empty);
        } else {
            let header = Header::resolve(&names, self.manifest_columns, faults);
            self.export = header.export.clone().map(ExportRows::new);
            self.header = Some(header);
        }
        self.is_header_bad = faults.count() > faults_before;
    }

    fn take_row(&mut self, fields: Fields<'_>, look: Look, sink: &mut dyn RowSink, faults: &mut FaultList) {
        self.rows += 1;
        let header = self.header.as_ref().expect("rows come after the header");
        if fields.ends.len() != header.width {
            let (found, kind) = (fields.ends.len().to_string(), FaultKind::FieldCount { expected: header.width });
            return faults.push(Some(self.rows), self.entry.as_deref(), found.as_bytes(), kind);
        }
        if fields.is_plain && !look.counts_lines && self.export.is_none() {
            let values = Values::Fields(fields, header);
            return sink.take(&Row { number: self.rows, values, detail: NO_DETAIL }, faults);
        }
        let mut texts: [&[u8]; COLUMN_COUNT] = [b""; COLUMN_COUNT];
        let mut has_doubled_quotes = false;
        for &(column, place) in &header.used {
            let field = fields.get(place);
            texts[column] = match field {
                [b'"', inner @ .., b'"'] => {
                    has_doubled_quotes |= memchr::memchr(b'"', inner).is_some();
                    inner
                }
                _ => field,
            };
        }
        let mut tags_in_map: MapTags<'_> = &[];
        if let Some(export) = &mut self.export {
            match export.complete(&mut texts, &RecordFields(fields), look.counts_lines, self.rows, faults) {
                Ok(found) => tags_in_map = found,
                Err(wrong) => return wrong.tell(self.rows, faults),
            }
        }
        let mut tags = Vec::new();
        let detail = if look.counts_lines {
            let field = |place: usize| text_of(fields.get(place));
            let tagged = header.tags.iter().map(|(tag, place)| (tag.as_str(), field(*place)));
            tags.extend(tagged.filter(|(_, value)| !value.is_empty()));
            let in_map = tags_in_map.iter().map(|(tag, value)| (tag.as_str(), Cow::Borrowed(value.as_bytes())));
            tags.extend(in_map);
            Some(header.resource_id.map(field).unwrap_or_default())
        } else {
            None
        };
        let detail = detail.as_ref().map_or(RowDetail::default(), |resource_id| RowDetail {
            line: self.lines + 1,
            entry: self.entry.as_deref().unwrap_or_default(),
            resource_id,
            tags: &tags,
        });
        let detail = &detail;
        if !has_doubled_quotes {
            return sink.take(&Row { number: self.rows, values: Values::Texts(&texts), detail }, faults);
        }
        self.scratch.clear();
        let mut rewritten = Vec::new();
        for &(column, place) in &header.used {
            let field = fields.get(place);
            // An empty field has no quotes inside: its text may be out of a map.
            if field.len() > 2 && field.starts_with(b"\"") && memchr::memchr(b'"', texts[column]).is_some() {
                let from = self.scratch.len();
                write_text(field, &mut self.scratch);
                rewritten.push((column, from..self.scratch.len()));
            }
        }
        for (column, range) in rewritten {
            texts[column] = &self.scratch[range];
        }
        sink.take(&Row { number: self.rows, values: Values::Texts(&texts), detail }, faults);
    }
}
