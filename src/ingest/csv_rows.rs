use super::columns::COLUMN_COUNT;
use super::csv_header::Header;
use super::csv_records::{Scan, scan_record};
use super::error::{FaultKind, FaultList};
use super::row::{Row, RowSink, Span};

/// Turns the bytes of one CSV text into rows, whatever the sizes of the pieces it comes in.
pub(super) struct CsvRows<'a> {
    manifest_columns: &'a [String],
    record_limit: usize,
    entry: Option<String>,
    buffer: Vec<u8>,
    scratch: Vec<u8>,
    ends: Vec<usize>,
    header: Option<Header>,
    is_header_bad: bool,
    blank_lines: u64,
    rows: u64,
}

impl<'a> CsvRows<'a> {
    /// Before the first byte. `entry` names the text inside a ZIP file.
    pub(super) fn new(manifest_columns: &'a [String], record_limit: usize, entry: Option<String>) -> Self {
        Self {
            manifest_columns,
            record_limit,
            entry,
            buffer: Vec::new(),
            scratch: Vec::new(),
            ends: Vec::new(),
            header: None,
            is_header_bad: false,
            blank_lines: 0,
            rows: 0,
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
        self.buffer.extend_from_slice(chunk);
        self.hand_on(false, sink, faults);
    }

    /// Takes the end of the text and hands on what is left.
    pub(super) fn finish(&mut self, sink: &mut dyn RowSink, faults: &mut FaultList) {
        if self.is_header_bad {
            return;
        }
        self.hand_on(true, sink, faults);
        if self.header.is_none() && !self.is_header_bad {
            faults.push(None, self.entry.as_deref(), b"", FaultKind::Empty);
        }
    }

    fn hand_on(&mut self, is_last: bool, sink: &mut dyn RowSink, faults: &mut FaultList) {
        let buffer = std::mem::take(&mut self.buffer);
        let has_nul = memchr::memchr(0, &buffer).is_some();
        let has_mark = self.header.is_none() && buffer.starts_with(b"\xEF\xBB\xBF");
        let mut start = if has_mark { 3 } else { 0 };
        while start < buffer.len() && !self.is_header_bad {
            let scan = scan_record(&buffer, start, is_last, &mut self.ends);
            let next = match scan {
                Scan::Record(next) | Scan::BadQuote(next) => next,
                Scan::Incomplete => break,
            };
            let record = &buffer[start..next];
            if has_nul && memchr::memchr(0, record).is_some() {
                self.refuse_record(record, FaultKind::Nul, faults);
            } else if matches!(scan, Scan::BadQuote(_)) {
                self.refuse_record(record, FaultKind::Quoting, faults);
            } else if self.header.is_none() {
                self.take_header(&buffer, start, faults);
            } else if matches!(record, b"\n" | b"\r\n") {
                self.blank_lines += 1; // No row if nothing but blank lines follows.
            } else {
                self.refuse_blank_lines(faults);
                self.take_row(&buffer, start, sink, faults);
            }
            start = next;
        }
        if buffer.len() - start > self.record_limit && !self.is_header_bad {
            let kind = FaultKind::LongRecord { limit: self.record_limit };
            self.refuse_record(&buffer[start..], kind, faults);
            self.is_header_bad = true; // Nothing after it can be told apart.
        }
        self.buffer = buffer;
        self.buffer.drain(..start);
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

    fn take_header(&mut self, buffer: &[u8], start: usize, faults: &mut FaultList) {
        let faults_before = faults.count();
        let mut names = Vec::with_capacity(self.ends.len());
        let mut from = start;
        for &end in &self.ends {
            let mut name = Vec::new();
            write_text(&buffer[from..end], &mut name);
            match String::from_utf8(name) {
                Ok(name) => names.push(name.trim().to_owned()),
                Err(_) => faults.push(None, self.entry.as_deref(), &buffer[from..end], FaultKind::NotUtf8),
            }
            from = end + 1;
        }
        if names.iter().all(String::is_empty) {
            faults.push(None, self.entry.as_deref(), b"", FaultKind::Empty);
        } else {
            self.header = Some(Header::resolve(&names, self.manifest_columns, faults));
        }
        self.is_header_bad = faults.count() > faults_before;
    }

    fn take_row(&mut self, buffer: &[u8], start: usize, sink: &mut dyn RowSink, faults: &mut FaultList) {
        self.rows += 1;
        let header = self.header.as_ref().expect("rows come after the header");
        if self.ends.len() != header.width {
            let found = self.ends.len().to_string();
            let kind = FaultKind::FieldCount { expected: header.width };
            faults.push(Some(self.rows), self.entry.as_deref(), found.as_bytes(), kind);
            return;
        }
        self.scratch.clear();
        let mut spans = [Span::default(); COLUMN_COUNT];
        for (span, place) in spans.iter_mut().zip(&header.places) {
            let Some(place) = *place else { continue };
            let from = if place == 0 { start } else { self.ends[place - 1] + 1 };
            *span = span_of(buffer, from, self.ends[place], &mut self.scratch);
        }
        sink.take(&Row { number: self.rows, buffer, scratch: &self.scratch, spans: &spans }, faults);
    }
}

/// The text of a field without its quotes; doubled quotes are written out.
#[inline]
fn span_of(buffer: &[u8], start: usize, end: usize, scratch: &mut Vec<u8>) -> Span {
    if start == end || buffer[start] != b'"' {
        return Span { start, end, is_rewritten: false };
    }
    let inner = &buffer[start + 1..end - 1];
    if memchr::memchr(b'"', inner).is_none() {
        return Span { start: start + 1, end: end - 1, is_rewritten: false };
    }
    let from = scratch.len();
    write_text(&buffer[start..end], scratch);
    Span { start: from, end: scratch.len(), is_rewritten: true }
}

fn write_text(field: &[u8], text: &mut Vec<u8>) {
    let [b'"', inner @ .., b'"'] = field else {
        text.extend_from_slice(field);
        return;
    };
    let mut is_second = false;
    for &byte in inner {
        is_second = byte == b'"' && !is_second;
        if !is_second {
            text.push(byte);
        }
    }
}
