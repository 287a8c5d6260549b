//! The lines of an offer CSV before its rows: the separator, what the offer says of itself, the header.

use std::io::{self, BufRead};

use csv::{ReaderBuilder, StringRecord};

use super::error::{Faults, Spot};
use super::offer::{Head, Notes};
use crate::reference::quoted;

/// A header is looked for in so many lines.
const LOOKED_AT: u32 = 20;
/// The longest line that can be one of them.
const LONGEST_LINE: u64 = 1 << 20;

const NO_HEADER: &str = "a header with SKU as its first column within the first 20 lines";
const TAKE_AN_OFFER: &str = "take the CSV offer file of a service as AWS publishes it";

/// What stands before the rows.
pub(super) struct CsvHead {
    pub(super) head: Head,
    pub(super) delimiter: u8,
    pub(super) header: StringRecord,
    /// How many lines it took.
    pub(super) lines: u32,
}

/// Reads up to and including the header. `None` where there is none; then there is a fault.
pub(super) fn read_csv_head(
    text: &mut dyn BufRead,
    notes: &mut Notes,
    faults: &mut Faults,
) -> io::Result<Option<CsvHead>> {
    let mut found = CsvHead { head: Head::default(), delimiter: b',', header: StringRecord::new(), lines: 0 };
    let mut unknown = Vec::new();
    while found.lines < LOOKED_AT {
        let mut line = Vec::new();
        if io::Read::take(&mut *text, LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        found.lines += 1;
        let spot = Spot { row: 0, line: found.lines };
        let Ok(line) = String::from_utf8(line) else {
            faults.push(spot, "", "bytes that are not UTF-8", "UTF-8 text", "save the file as UTF-8");
            return Ok(None);
        };
        let line = line.trim_end_matches(['\n', '\r']);
        let bare = line.trim_matches('"');
        if let Some(separator) = bare.get(..4).filter(|start| start.eq_ignore_ascii_case("sep=")).map(|_| &bare[4..]) {
            match separator.trim_end_matches('"').as_bytes() {
                [one @ (b',' | b';' | b'\t')] => found.delimiter = *one,
                _ => {
                    faults.push(spot, "", quoted(line), "sep=, or sep=;", "");
                    return Ok(None);
                }
            }
            continue;
        }
        if separated_by_semicolons(line) {
            found.delimiter = b';';
        }
        let cells = cells_of(line, found.delimiter);
        let first = cells.get(0).unwrap_or_default().trim();
        let value = cells.get(1).unwrap_or_default().trim();
        match first {
            "SKU" => {
                found.header = cells;
                if !unknown.is_empty() {
                    notes.warnings.push(format!("left out before the header: {}", unknown.join(", ")));
                }
                return Ok(Some(found));
            }
            "" | "FormatVersion" | "Disclaimer" => {}
            "Publication Date" => value.clone_into(&mut found.head.publication_date),
            "Version" => value.clone_into(&mut found.head.version),
            "OfferCode" => value.clone_into(&mut found.head.offer_code),
            _ => unknown.push(format!("{:?}", first.chars().take(40).collect::<String>())),
        }
    }
    faults.of_file("no header", NO_HEADER, TAKE_AN_OFFER);
    Ok(None)
}

/// Whether a known name at the start of a line is followed by a semicolon.
fn separated_by_semicolons(line: &str) -> bool {
    let names = ["SKU", "FormatVersion", "Disclaimer", "Publication Date", "Version", "OfferCode"];
    let rest = |name: &&str| line.trim_start_matches('"').strip_prefix(*name);
    names.iter().find_map(rest).is_some_and(|rest| rest.trim_start_matches('"').starts_with(';'))
}

fn cells_of(line: &str, delimiter: u8) -> StringRecord {
    let mut cells = StringRecord::new();
    let mut reader = ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(line.as_bytes());
    // A line of a text in memory: nothing but its own quotes can go wrong, and then its cells are not the known ones.
    let _ = reader.read_record(&mut cells);
    cells
}
