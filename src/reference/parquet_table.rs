//! A Parquet file to the same texts that a CSV file has.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float32Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, TimeUnit};
use bytes::Bytes;
use csv::StringRecord;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};

use super::table::{Columns, Table};
use super::{Fault, Place};
use crate::money::{format_grid, parse_grid_rounded};
use crate::period::Instant;

/// Reads a table. `None` where its rows cannot be read; then there is a fault.
pub(super) fn read_parquet(
    file: &Arc<str>,
    bytes: Vec<u8>,
    wanted: &Columns,
    faults: &mut Vec<Fault>,
    warnings: &mut Vec<String>,
) -> Option<Table> {
    match try_read(file, bytes, wanted, faults, warnings) {
        Ok(table) => table,
        Err(found) => {
            faults.push(Fault {
                at: Place::of_file(file),
                column: String::new(),
                found,
                accepted: String::from("Parquet with columns of text, decimals, numbers or dates"),
                remedy: String::from("write the file again"),
            });
            None
        }
    }
}

fn try_read(
    file: &Arc<str>,
    bytes: Vec<u8>,
    wanted: &Columns,
    faults: &mut Vec<Fault>,
    warnings: &mut Vec<String>,
) -> Result<Option<Table>, String> {
    // Without the writer's own hints a column has one of few types.
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(Bytes::from(bytes), options)
        .map_err(|error| error.to_string())?;
    let header: StringRecord = builder.schema().fields().iter().map(|field| field.name().as_str()).collect();
    let Some(mut table) = Table::with_header(file, &header, wanted, faults) else { return Ok(None) };
    let mut row = 0;
    let mut rounded = 0;
    for batch in builder.build().map_err(|error| error.to_string())? {
        let batch = batch.map_err(|error| error.to_string())?;
        for index in 0..batch.num_rows() {
            row += 1;
            table.push(row, None, texts_of(&batch, index, &mut rounded)?);
        }
    }
    if rounded > 0 {
        warnings.push(format!("{file}: {rounded} binary numbers had more than 18 decimals and were rounded"));
    }
    Ok(Some(table))
}

fn texts_of(batch: &RecordBatch, index: usize, rounded: &mut usize) -> Result<StringRecord, String> {
    let names = batch.schema();
    let cells = batch.columns().iter().zip(names.fields());
    cells
        .map(|(column, field)| {
            if column.is_null(index) {
                return Ok(String::new());
            }
            text_of(column, index, rounded)
                .ok_or_else(|| format!("the column {} of type {}", field.name(), column.data_type()))
        })
        .collect()
}

/// A cell as text; `None` for a type that no column of a table has.
#[expect(clippy::wildcard_enum_match_arm, reason = "of the many types of Arrow a table has few")]
fn text_of(column: &dyn Array, index: usize, rounded: &mut usize) -> Option<String> {
    let text = match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().value(index).to_owned(),
        DataType::LargeUtf8 => column.as_string::<i64>().value(index).to_owned(),
        DataType::Int32 => column.as_primitive::<Int32Type>().value(index).to_string(),
        DataType::Int64 => column.as_primitive::<Int64Type>().value(index).to_string(),
        DataType::Decimal128(_, _) => column.as_primitive::<Decimal128Type>().value_as_string(index),
        DataType::Float32 => text_of_float(&column.as_primitive::<Float32Type>().value(index).to_string(), rounded),
        DataType::Float64 => text_of_float(&column.as_primitive::<Float64Type>().value(index).to_string(), rounded),
        DataType::Date32 => {
            let days = column.as_primitive::<Date32Type>().value(index);
            Instant::from_seconds(i64::from(days) * 86_400).to_string()
        }
        DataType::Timestamp(unit, _) => text_of_timestamp(column, index, unit)?,
        _ => return None,
    };
    Some(text)
}

/// The shortest text of a float that gives the float again, on the grid.
fn text_of_float(shortest: &str, rounded: &mut usize) -> String {
    match parse_grid_rounded(shortest.as_bytes()) {
        Some(Ok(parsed)) if parsed.was_rounded => {
            *rounded += 1;
            format_grid(parsed.units)
        }
        _ => shortest.to_owned(), // `inf` is what a range may end at.
    }
}

fn text_of_timestamp(column: &dyn Array, index: usize, unit: &TimeUnit) -> Option<String> {
    let (value, per_second) = match unit {
        TimeUnit::Second => return None, // Parquet has no such unit.
        TimeUnit::Millisecond => (column.as_primitive::<TimestampMillisecondType>().value(index), 1_000),
        TimeUnit::Microsecond => (column.as_primitive::<TimestampMicrosecondType>().value(index), 1_000_000),
        TimeUnit::Nanosecond => (column.as_primitive::<TimestampNanosecondType>().value(index), 1_000_000_000),
    };
    let has_fraction = value.rem_euclid(per_second) != 0;
    let text = Instant::from_seconds(value.div_euclid(per_second)).to_string();
    Some(if has_fraction { format!("{text} and a fraction of a second") } else { text })
}
