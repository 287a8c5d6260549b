//! The rows of an offer as a table of the workspace.

use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use super::compile::plain;
use super::import::TableFormat;
use super::offer::{Plan, PriceLine, RateLine, Rows};
use crate::period::Instant;

const PRICE_COLUMNS: [&str; 8] =
    ["sku", "begin_range", "end_range", "price_per_unit", "unit", "effective_from", "applies_to", "source"];
const RATE_COLUMNS: [&str; 10] = [
    "offering",
    "payment_option",
    "term",
    "sku",
    "rate",
    "unit",
    "effective_from",
    "instance_family",
    "region",
    "source",
];

/// Rows of a Parquet row group, and of a batch.
const GROUP_ROWS: usize = 65_536;

/// Where the rows of an offer come from, as each row says it.
pub(super) struct Origin {
    /// Offer code and version.
    pub(super) offer: String,
    /// The input file and the start of its SHA-256.
    pub(super) file: String,
}

impl Origin {
    fn source(&self, rate_code: &str) -> String {
        format!("{}, rate {rate_code}, {}", self.offer, self.file)
    }
}

/// Writes the rows in their order.
pub(super) fn write_rows(rows: &Rows, origin: &Origin, format: TableFormat, out: impl Write + Send) -> io::Result<()> {
    match rows {
        Rows::Prices(lines) => write_table(&PRICE_COLUMNS, lines, |line| price_cells(line, origin), format, out),
        Rows::Rates(lines) => write_table(&RATE_COLUMNS, lines, |line| rate_cells(line, origin), format, out),
    }
}

fn price_cells(line: &PriceLine, origin: &Origin) -> [String; 8] {
    [
        line.sku.to_string(),
        plain(line.begin),
        line.end.map_or_else(|| String::from("Inf"), plain),
        plain(line.price),
        line.unit.to_string(),
        date(line.effective_from),
        line.applies_to.join(";"),
        origin.source(&line.rate_code),
    ]
}

fn rate_cells(line: &RateLine, origin: &Origin) -> [String; 10] {
    let Plan { offering, payment_option, term, instance_family, region } = &*line.plan;
    [
        offering.clone(),
        payment_option.clone(),
        term.clone(),
        line.sku.to_string(),
        plain(line.rate),
        line.unit.to_string(),
        date(line.effective_from),
        instance_family.clone(),
        region.clone(),
        origin.source(&line.rate_code),
    ]
}

/// The date of a midnight, else the instant.
fn date(instant: Instant) -> String {
    let text = instant.to_string();
    text.strip_suffix("T00:00:00Z").map(str::to_owned).unwrap_or(text)
}

fn write_table<T, const N: usize>(
    columns: &[&str; N],
    lines: &[T],
    cells: impl Fn(&T) -> [String; N],
    format: TableFormat,
    out: impl Write + Send,
) -> io::Result<()> {
    match format {
        TableFormat::Csv => {
            let mut writer = csv::Writer::from_writer(io::BufWriter::new(out));
            writer.write_record(columns)?;
            for line in lines {
                writer.write_record(cells(line))?;
            }
            writer.flush()
        }
        TableFormat::Parquet => {
            let batch = |lines: &[T]| {
                let rows: Vec<[String; N]> = lines.iter().map(&cells).collect();
                let column = |(place, name): (usize, &&str)| {
                    let texts = StringArray::from_iter_values(rows.iter().map(|row| &row[place]));
                    ((*name).to_owned(), Arc::new(texts) as ArrayRef)
                };
                RecordBatch::try_from_iter(columns.iter().enumerate().map(column)).map_err(io::Error::other)
            };
            let properties = WriterProperties::builder()
                .set_compression(Compression::SNAPPY)
                .set_max_row_group_row_count(Some(GROUP_ROWS))
                .set_created_by(String::from("seikyu prices 1"))
                .build();
            let mut writer = ArrowWriter::try_new(out, batch(&[])?.schema(), Some(properties))?;
            for part in lines.chunks(GROUP_ROWS) {
                writer.write(&batch(part)?)?;
            }
            writer.close()?;
            Ok(())
        }
    }
}
