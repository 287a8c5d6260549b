//! A CSV offer, row by row.

use std::io::{self, BufRead, Read};

use csv::{ErrorKind, ReaderBuilder, StringRecord};

use super::csv_head::read_csv_head;
use super::error::{Faults, Spot};
use super::offer::{Head, Notes, PriceLine, Texts};
use super::values::{PriceTexts, price_values};
use crate::ingest::Progress;
use crate::reference::{QuoteScan, WHOLE_QUOTES, quoted};

/// Columns that a row of an on-demand price must have.
const NEEDED: [&str; 9] = [
    "SKU",
    "RateCode",
    "TermType",
    "EffectiveDate",
    "StartingRange",
    "EndingRange",
    "Unit",
    "PricePerUnit",
    "Currency",
];
const RELATED_TO: &str = "RelatedTo";
const SAVINGS_PLANS: &str = "DiscountedSKU";
const ROWS_BETWEEN_PROGRESS: u32 = 10_000;

/// What a CSV offer says.
pub(super) struct CsvOffer {
    pub(super) head: Head,
    pub(super) lines: Vec<PriceLine>,
    /// Per row of a price that has one, its SKU and the SKU of the free offer that goes with it.
    pub(super) related: Vec<(Box<str>, Box<str>)>,
}

/// Reads an offer. `None` where its rows cannot be read; then there is a fault.
pub(super) fn read_csv_offer(
    text: &mut dyn BufRead,
    progress: &dyn Progress,
    notes: &mut Notes,
    faults: &mut Faults,
) -> io::Result<Option<CsvOffer>> {
    let Some(start) = read_csv_head(text, notes, faults)? else { return Ok(None) };
    let Some(columns) = Columns::find(&start.header, faults) else { return Ok(None) };
    let mut scanned =
        Scanned { text, scan: QuoteScan::new(start.delimiter, line_number(start.lines + 1)), last: b'\n' };
    let mut rows = Rows {
        columns,
        offer: CsvOffer { head: start.head, lines: Vec::new(), related: Vec::new() },
        units: Texts::default(),
        notes,
        faults,
        edited: None,
    };
    rows.read_all(&mut scanned, start.delimiter, start.lines, progress)?;
    let Rows { offer, edited, .. } = rows;
    if let Some((line, found)) = scanned.scan.finish() {
        let (accepted, remedy) = WHOLE_QUOTES;
        faults.push(Spot { row: 0, line: u32::try_from(line).unwrap_or(0) }, "", found, accepted, remedy);
    }
    if scanned.last != b'\n' {
        let remedy = "download it again: nothing else shows that the file is whole";
        faults.of_file("no line end after the last row", "a file that ends with a line end", remedy);
    }
    if let Some((text, meaning, count)) = edited {
        notes.warnings.push(format!(
            "{count} rows have an EffectiveDate as a spreadsheet writes it; the first, {text}, was read as {meaning}"
        ));
    }
    Ok(Some(offer))
}

fn line_number(line: u32) -> usize {
    usize::try_from(line).unwrap_or(usize::MAX)
}

/// A text whose quotes and last byte are watched.
struct Scanned<'a> {
    text: &'a mut dyn BufRead,
    scan: QuoteScan,
    last: u8,
}

impl Read for Scanned<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.text.read(buffer)?;
            self.scan.feed(&buffer[..count]);
            self.last = buffer[..count].last().copied().unwrap_or(self.last);
            // The rows are counted by line feeds; what is left of a line end of Windows would be counted twice.
            let mut kept = 0;
            for place in 0..count {
                if buffer[place] != b'\r' {
                    buffer[kept] = buffer[place];
                    kept += 1;
                }
            }
            if kept > 0 || count == 0 {
                return Ok(kept);
            }
        }
    }
}

/// Where the columns stand.
struct Columns {
    width: usize,
    needed: [usize; 9],
    related_to: Option<usize>,
    service: Option<usize>,
    region: Option<usize>,
}

impl Columns {
    fn find(header: &StringRecord, faults: &mut Faults) -> Option<Self> {
        let spot = Spot::default();
        let place_of = |name: &str| header.iter().position(|cell| cell.trim() == name);
        if place_of(SAVINGS_PLANS).is_some() {
            faults.of_file(
                "Savings Plan rates as CSV",
                "the JSON form of Savings Plan offers",
                "download index.json beside it",
            );
            return None;
        }
        for name in NEEDED.iter().chain(&[RELATED_TO]) {
            if header.iter().filter(|cell| cell.trim() == *name).count() > 1 {
                faults.push(spot, name, "the column twice", "each column once", "");
            }
        }
        let mut needed = [0; NEEDED.len()];
        for (place, name) in needed.iter_mut().zip(NEEDED) {
            match place_of(name) {
                Some(found) => *place = found,
                None => faults.push(spot, name, "no such column", "a CSV offer file as AWS publishes it", ""),
            }
        }
        let (related_to, service) = (place_of(RELATED_TO), place_of("serviceCode"));
        let region = place_of("Region Code").or_else(|| place_of("regionCode"));
        faults.is_empty().then_some(Self { width: header.len(), needed, related_to, service, region })
    }
}

struct Rows<'a> {
    columns: Columns,
    offer: CsvOffer,
    units: Texts,
    notes: &'a mut Notes,
    faults: &'a mut Faults,
    /// The first date that a spreadsheet has written, its reading, and how many there are.
    edited: Option<(String, String, u64)>,
}

impl Rows<'_> {
    fn read_all(
        &mut self,
        text: &mut Scanned<'_>,
        delimiter: u8,
        lines_before: u32,
        progress: &dyn Progress,
    ) -> io::Result<()> {
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text);
        let mut record = StringRecord::new();
        let mut row = 0_u32;
        loop {
            let result = reader.read_record(&mut record);
            row = row.saturating_add(1);
            // A record begins before the blank lines above it; it ends where the reader stands.
            let inside = record.iter().flat_map(str::bytes).filter(|&byte| byte == b'\n').count();
            let line = usize::try_from(reader.position().line()).unwrap_or(0).saturating_sub(1 + inside);
            let spot = Spot { row, line: u32::try_from(line).unwrap_or(0).saturating_add(lines_before) };
            match result {
                Ok(false) => return Ok(()),
                Ok(true) => self.take(&record, spot),
                Err(error) => match error.into_kind() {
                    ErrorKind::Io(error) => return Err(error),
                    ErrorKind::Utf8 { .. } => {
                        let spot = Spot { row, line: 0 };
                        self.faults.push(spot, "", "bytes that are not UTF-8", "UTF-8 text", "save the file as UTF-8");
                    }
                    other @ (ErrorKind::UnequalLengths { .. }
                    | ErrorKind::Seek
                    | ErrorKind::Serialize(_)
                    | ErrorKind::Deserialize { .. }
                    | _) => return Err(io::Error::other(format!("{other:?}"))),
                },
            }
            if row.is_multiple_of(ROWS_BETWEEN_PROGRESS) {
                progress.on_rows(u64::from(ROWS_BETWEEN_PROGRESS));
            }
        }
    }

    fn take(&mut self, record: &StringRecord, spot: Spot) {
        let cell = |place: usize| record.get(place).map(str::trim);
        let needed = self.columns.needed.map(cell);
        let [sku, rate_code, term_type, effective, begin, end, unit, price, currency] = needed;
        match term_type {
            Some("OnDemand") => {}
            Some("Reserved") => return self.notes.leave_out("rows of reservations (Reserved)"),
            Some(other) if !other.is_empty() => {
                return self.faults.push(spot, "TermType", quoted(other), "OnDemand or Reserved", "");
            }
            _ => return self.faults.push(spot, "TermType", "nothing", "a whole row", "download the file again"),
        }
        let mut is_whole = true;
        let named = NEEDED.iter().copied().zip(needed);
        let related = self.columns.related_to.map(|place| (RELATED_TO, cell(place)));
        for (name, text) in named.chain(related) {
            if text.is_none() || (text == Some("") && matches!(name, "SKU" | "RateCode" | "Currency")) {
                self.faults.push(spot, name, "nothing", "a row with this cell", "download the file again");
                is_whole = false;
            }
        }
        if record.iter().skip(self.columns.width).any(|cell| !cell.trim().is_empty()) {
            let (found, accepted) = (format!("{} cells", record.len()), format!("at most {}", self.columns.width));
            self.faults.push(spot, "", found, &accepted, "put text that holds the separator in quotes");
            is_whole = false;
        }
        let (true, Some(sku), Some(rate_code)) = (is_whole, sku, rate_code) else { return };
        if currency != Some("USD") {
            return self.notes.leave_out("rows in another currency than USD");
        }
        if rate_code.strip_prefix(sku).is_none_or(|rest| !rest.starts_with('.')) {
            let accepted = format!("a rate code of SKU {sku}");
            return self.faults.push(spot, "RateCode", quoted(rate_code), &accepted, "the row may be shifted");
        }
        let text = |cell: Option<&str>| cell.unwrap_or_default().to_owned();
        let texts = [text(begin), text(end), text(price), text(effective)];
        let [begin, end, price, effective] = &texts;
        let names = ["StartingRange", "EndingRange", "PricePerUnit", "EffectiveDate"];
        let texts = PriceTexts { begin, end, price, effective };
        let Some(values) = price_values(&texts, names, (spot, rate_code), self.faults) else { return };
        if values.is_from_spreadsheet {
            let first = || (effective.clone(), values.effective_from.to_string()[..10].to_owned(), 0);
            self.edited.get_or_insert_with(first).2 += 1;
        }
        if let Some(service) = self.columns.service.and_then(cell)
            && self.offer.head.offer_code.is_empty()
        {
            service.clone_into(&mut self.offer.head.offer_code);
        }
        self.offer.head.note_region(self.columns.region.and_then(cell).unwrap_or_default());
        for other in self.columns.related_to.and_then(cell).unwrap_or_default().split([';', ',', ' ']) {
            if !other.is_empty() && other != sku {
                self.offer.related.push((Box::from(sku), Box::from(other)));
            }
        }
        self.offer.lines.push(PriceLine {
            sku: Box::from(sku),
            effective_from: values.effective_from,
            begin: values.begin,
            end: values.end,
            price: values.price,
            unit: self.units.of(unit.unwrap_or_default()),
            applies_to: Vec::new(),
            rate_code: Box::from(rate_code),
            spot,
        });
    }
}
