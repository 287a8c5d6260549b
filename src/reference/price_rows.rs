use std::ffi::OsStr;
use std::path::Path;

use super::csv_table::read_csv;
use super::parquet_table::read_parquet;
use super::table::{Columns, Row, Rows, Table};
use super::{Fault, Intake, Place, ReferenceError};
use crate::money::{Quantity, UnitPrice, parse_grid};
use crate::period::{Instant, parse_instant};

/// The columns of a price list, in whatever format.
pub(super) const COLUMNS: Columns = Columns {
    needed: &["sku", "begin_range", "end_range", "price_per_unit", "unit", "effective_from", "applies_to", "source"],
    optional: &[],
};

/// One row of a price list.
#[derive(Clone, Debug)]
pub(super) struct PriceRow {
    pub(super) sku: String,
    pub(super) begin: Quantity,
    /// Absent for `Inf`.
    pub(super) end: Option<Quantity>,
    pub(super) price: UnitPrice,
    pub(super) unit: String,
    pub(super) effective_from: Instant,
    pub(super) applies_to: Vec<String>,
    pub(super) source: String,
}

/// Reads every `*.csv` and `*.parquet` of the folder of list prices.
pub(super) fn read_price_rows(intake: &mut Intake, rates: &Path) -> Result<Rows<PriceRow>, ReferenceError> {
    let folder = rates.join("list_prices");
    let faults_before = intake.faults.len();
    let mut rows = Vec::new();
    let Some(paths) = intake.folder(&folder)? else {
        let name = intake.name_of(&folder);
        intake.warnings.push(format!("{name}: no such folder; usage is priced at AWS's public on-demand cost"));
        return Ok(Rows { rows, is_whole: true });
    };
    for path in paths {
        if let Some(table) = read_table_file(intake, &path, &COLUMNS, "a file or folder that is no price list")? {
            rows.extend(table.read_rows(&mut intake.faults, read_row));
        }
    }
    Ok(Rows { rows, is_whole: intake.faults.len() == faults_before })
}

/// Reads a file of a folder of tables: CSV or Parquet; notes beside them hold nothing.
pub(super) fn read_table_file(
    intake: &mut Intake,
    path: &Path,
    columns: &Columns,
    other: &str,
) -> Result<Option<Table>, ReferenceError> {
    let ending = path.extension().and_then(OsStr::to_str).unwrap_or_default().to_ascii_lowercase();
    match ending.as_str() {
        "csv" => {
            let Some((file, text)) = intake.text(path)? else { return Ok(None) };
            Ok(read_csv(&file, &text, columns, &mut intake.faults))
        }
        "parquet" => {
            let Some((file, bytes)) = intake.bytes(path)? else { return Ok(None) };
            let (faults, warnings) = (&mut intake.faults, &mut intake.warnings);
            Ok(read_parquet(&file, bytes, columns, faults, warnings))
        }
        "md" | "txt" => Ok(None), // Notes beside the prices.
        _ => {
            intake.faults.push(Fault {
                at: Place::of_file(&intake.name_of(path)),
                column: String::new(),
                found: other.to_owned(),
                accepted: String::from("*.csv, *.parquet, and notes as *.md or *.txt"),
                remedy: String::from("unpack or convert it, or move it elsewhere"),
            });
            Ok(None)
        }
    }
}

fn read_row(row: &Row<'_>, faults: &mut Vec<Fault>) -> Option<PriceRow> {
    let sku = row.key("sku", faults);
    let most = (0, i128::MAX);
    let begin = row.decimal("begin_range", most, "a quantity, 0 or more", faults).map(Quantity::from_units);
    let end = read_end(row, begin, faults);
    let price = row.decimal("price_per_unit", most, "dollars for one unit, 0 or more", faults);
    let effective_from = read_instant(row, faults);
    let applies_to = read_applies_to(row, faults);
    let source = row.needed_text("source", faults);
    Some(PriceRow {
        sku: sku?,
        begin: begin?,
        end: end?,
        price: UnitPrice::from_units(price?),
        unit: row.cell("unit").trim().to_owned(),
        effective_from: effective_from?,
        applies_to: applies_to?,
        source: source?.trim().to_owned(),
    })
}

fn read_end(row: &Row<'_>, begin: Option<Quantity>, faults: &mut Vec<Fault>) -> Option<Option<Quantity>> {
    let text = row.cell("end_range");
    if text.eq_ignore_ascii_case("inf") {
        return Some(None);
    }
    let accepted = "a quantity above begin_range, or Inf";
    let end = row.decimal("end_range", (0, i128::MAX), accepted, faults).map(Quantity::from_units)?;
    if begin.is_some_and(|begin| end <= begin) {
        faults.push(row.fault("end_range", accepted, "a range holds the quantity above its begin up to its end"));
        return None;
    }
    Some(Some(end))
}

/// A date, from its midnight on, or a full instant; both UTC.
pub(super) fn read_instant(row: &Row<'_>, faults: &mut Vec<Fault>) -> Option<Instant> {
    let text = row.cell("effective_from");
    let midnight = format!("{text}T00:00:00Z");
    let instant = parse_instant(if text.len() == 10 { midnight.as_bytes() } else { text.as_bytes() });
    if instant.is_none() {
        faults.push(row.fault("effective_from", "a UTC date YYYY-MM-DD or instant YYYY-MM-DDTHH:MM:SSZ", ""));
    }
    instant
}

fn read_applies_to(row: &Row<'_>, faults: &mut Vec<Fault>) -> Option<Vec<String>> {
    let text = row.cell("applies_to");
    if text.trim().is_empty() {
        return Some(Vec::new());
    }
    let mut skus: Vec<String> = text.split(';').map(|sku| sku.trim().to_owned()).collect();
    skus.sort();
    let is_distinct = skus.windows(2).all(|pair| pair[0] != pair[1]);
    if !is_distinct || skus.iter().any(|sku| sku.is_empty() || sku == row.cell("sku")) {
        let remedy = "leave out blanks, repeats and the offer's own SKU";
        faults.push(row.fault("applies_to", "other SKUs, each once, separated by ;", remedy));
        return None;
    }
    check_offer(row, faults).then_some(skus)
}

/// A free offer grants `end_range` units at no price. Whether its numbers can be read is told elsewhere.
fn check_offer(row: &Row<'_>, faults: &mut Vec<Fault>) -> bool {
    let faults_before = faults.len();
    for column in ["begin_range", "price_per_unit"] {
        if parse_grid(row.cell(column)).is_ok_and(|units| units != 0) {
            faults.push(row.fault(column, "0 in a free offer", "leave applies_to empty where something is charged"));
        }
    }
    if row.cell("end_range").eq_ignore_ascii_case("inf") {
        faults.push(row.fault("end_range", "the allowance of the free offer, a quantity", ""));
    }
    faults.len() == faults_before
}
