//! The cells of a file, and figures in them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::money::{Usd, parse_grid_rounded};
use crate::period::BillingPeriod;
use crate::reconcile::{Figure, Key};
use crate::reference::{Fault, Place, QuoteScan, WHOLE_QUOTES};

/// A file being read.
pub(super) struct Reading {
    pub file: Arc<str>,
    pub period: BillingPeriod,
    pub faults: Vec<Fault>,
}

impl Reading {
    pub(super) fn new(file: &str, period: BillingPeriod) -> Self {
        Self { file: Arc::from(file), period, faults: Vec::new() }
    }

    pub(super) fn fault(&self, line: Option<usize>, column: &str, found: &str, accepted: &str, remedy: &str) -> Fault {
        let at = line.map_or_else(|| Place::of_file(&self.file), |line| Place::of_line(&self.file, line));
        let (column, found) = (column.to_owned(), found.to_owned());
        Fault { at, column, found, accepted: accepted.to_owned(), remedy: remedy.to_owned() }
    }

    pub(super) fn refuse(&mut self, line: usize, column: &str, found: &str, accepted: &str, remedy: &str) {
        let fault = self.fault(Some(line), column, found, accepted, remedy);
        self.faults.push(fault);
    }

    /// Twelve digits.
    pub(super) fn account(&mut self, line: usize, column: &str, text: &str) -> Option<String> {
        if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(text.to_owned());
        }
        let remedy = "keep leading zeros: a spreadsheet drops them unless the column is text";
        self.refuse(line, column, &format!("{text:?}"), "an account id of twelve digits", remedy);
        None
    }

    /// A figure; nothing where the cell is blank or refused.
    pub(super) fn figure(&mut self, line: usize, column: &str, text: &str) -> Option<Printed> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        match parse_grid_rounded(text.as_bytes()) {
            Some(Ok(parsed)) => Some(Printed { amount: Usd::from_units(parsed.units), decimals: decimals(text) }),
            Some(Err(error)) => {
                self.refuse(line, column, &format!("{text:?}"), "an amount in dollars", &error.to_string());
                None
            }
            None => {
                let remedy = "write digits with a decimal point, without commas or units";
                self.refuse(line, column, &format!("{text:?}"), "an amount in dollars", remedy);
                None
            }
        }
    }
}

/// A figure as printed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Printed {
    pub amount: Usd,
    pub decimals: u32,
}

/// How many decimals a text shows, its exponent counted in.
fn decimals(text: &str) -> u32 {
    let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let places = number.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let places = i64::try_from(places).unwrap_or(i64::MAX);
    u32::try_from(places.saturating_sub(exponent.parse().unwrap_or(0)).max(0)).unwrap_or(u32::MAX)
}

/// What a bill's own rounding may be: more is no rounding, whatever it is called.
const MOST_ROUNDING: Usd = Usd::from_units(5 * 10_i128.pow(16));

/// Figures summed by key, with the finest decimal that is printed.
#[derive(Default)]
pub(super) struct Figures {
    sums: BTreeMap<Key, Figure>,
    finest: u32,
}

impl Figures {
    /// Adds a figure; `tax` where it is told.
    pub(super) fn add(&mut self, key: Key, printed: Printed, tax: Option<Printed>) {
        self.note(printed);
        if let Some(tax) = tax {
            self.note(tax);
        }
        let empty = Figure { key: key.clone(), amount: Usd::ZERO, tax: None, printed: 0, own_rounding: Usd::ZERO };
        let figure = self.sums.entry(key).or_insert(empty);
        figure.amount += printed.amount;
        figure.printed += 1;
        if let Some(tax) = tax {
            figure.tax = Some(figure.tax.unwrap_or_default() + tax.amount);
        }
    }

    /// Adds a row that is nothing but AWS's rounding.
    pub(super) fn add_rounding(&mut self, key: Key, printed: Printed) {
        self.add(key.clone(), printed, None);
        if let Some(figure) = self.sums.get_mut(&key) {
            figure.own_rounding += printed.amount.abs().min(MOST_ROUNDING);
        }
    }

    /// Counts the decimals of a figure that is not added.
    pub(super) fn note(&mut self, printed: Printed) {
        self.finest = self.finest.max(printed.decimals);
    }

    pub(super) fn has(&self, key: &Key) -> bool {
        self.sums.contains_key(key)
    }

    /// Half of the last printed digit: of cents where nothing finer is printed, of the tenth decimal at the finest.
    pub(super) fn rounding(&self) -> Usd {
        Usd::from_units(10_i128.pow(18 - self.finest.clamp(2, 10)) / 2)
    }

    pub(super) fn into_figures(self) -> Vec<Figure> {
        self.sums.into_values().collect()
    }
}

/// A file's rows of cells, each with its line.
pub(super) struct Sheet {
    header: Vec<String>,
    pub rows: Vec<(usize, Vec<String>)>,
}

impl Sheet {
    /// Reads the cells. Nothing where they cannot be read; then there is a fault.
    pub(super) fn read(reading: &mut Reading, bytes: &[u8]) -> Option<Self> {
        let Ok(text) = std::str::from_utf8(bytes) else {
            let remedy = "save the file as CSV in UTF-8";
            reading.faults.push(reading.fault(None, "", "bytes that are not UTF-8", "UTF-8 text", remedy));
            return None;
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut quotes = QuoteScan::new(b',', 1);
        quotes.feed(text.as_bytes());
        if let Some((line, found)) = quotes.finish() {
            let (accepted, remedy) = WHOLE_QUOTES;
            reading.refuse(line, "", found, accepted, remedy);
            return None;
        }
        let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(text.as_bytes());
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.expect("text in memory that is UTF-8 is read without an error");
            let line = record.position().map_or(0, |place| usize::try_from(place.line()).unwrap_or(usize::MAX));
            let cells: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
            if cells.iter().any(|cell| !cell.is_empty()) {
                rows.push((line, cells));
            }
        }
        if rows.is_empty() {
            reading.faults.push(reading.fault(
                None,
                "",
                "an empty file",
                "a CSV file with a header",
                "export it again",
            ));
            return None;
        }
        let (_, header) = rows.remove(0);
        for (line, cells) in rows.iter().filter(|(_, cells)| cells.len() != header.len()) {
            let (found, accepted) = (format!("{} cells", cells.len()), format!("{} cells, as above", header.len()));
            reading.refuse(*line, "", &found, &accepted, "the file may be cut off: export it again");
        }
        rows.retain(|(_, cells)| cells.len() == header.len());
        Some(Self { header, rows })
    }

    pub(super) fn header(&self) -> &[String] {
        &self.header
    }
}
