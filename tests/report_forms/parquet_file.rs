use std::sync::Arc;

use arrow_array::builder::{ArrayBuilder, Float64Builder, MapBuilder, StringBuilder, TimestampMillisecondBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use seikyu::money::parse_grid;
use seikyu::period::parse_instant;

/// A value with the type that its column has in Parquet. Blank is null.
#[derive(Clone, Debug)]
pub enum Cell {
    Text(String),
    Double(String),
    Time(String),
    Map(Vec<(String, String)>),
}

/// Ends of the names of columns with doubles, beside costs.
const DOUBLES: [&str; 9] = [
    "usage_amount",
    "_cost",
    "_factor",
    "savings_plan_rate",
    "commitment_to_date",
    "used_commitment",
    "for_billing_period",
    "_discount",
    "effective_cost",
];

impl Cell {
    /// A value of a plain column, by the name of the column.
    pub fn of(name: &str, value: &str) -> Self {
        let value = value.to_owned();
        if DOUBLES.iter().any(|end| name.ends_with(end)) {
            Self::Double(value)
        } else if name.ends_with("_date") {
            Self::Time(value)
        } else {
            Self::Text(value)
        }
    }

    /// As a field of a CSV file: a map is JSON.
    pub fn csv_text(&self) -> String {
        match self {
            Self::Text(text) | Self::Double(text) | Self::Time(text) => text.clone(),
            Self::Map(entries) => {
                let map: serde_json::Map<_, _> =
                    entries.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
                serde_json::to_string(&map).unwrap()
            }
        }
    }
}

/// A double of a decimal text, which must stand for the same number.
fn double(text: &str) -> f64 {
    let double: f64 = text.parse().unwrap();
    assert_eq!(parse_grid(&double.to_string()), parse_grid(text), "a double cannot hold {text}");
    double
}

/// Writes rows as a Parquet file. A column without rows is text.
pub fn write_parquet(names: &[String], rows: &[Vec<Cell>]) -> Vec<u8> {
    let columns: Vec<ArrayRef> = (0..names.len()).map(|place| column(rows.iter().map(|row| &row[place]))).collect();
    let fields: Vec<Field> =
        names.iter().zip(&columns).map(|(name, column)| Field::new(name, column.data_type().clone(), true)).collect();
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn column<'a>(cells: impl Iterator<Item = &'a Cell>) -> ArrayRef {
    let mut cells = cells.peekable();
    match cells.peek() {
        Some(Cell::Double(_)) => build(cells, Float64Builder::new(), |builder, cell| {
            builder.append_option(text_of(cell).map(double));
        }),
        Some(Cell::Time(_)) => {
            build(cells, TimestampMillisecondBuilder::new().with_timezone("UTC"), |builder, cell| {
                let time = |text: &str| parse_instant(text.as_bytes()).unwrap().seconds() * 1_000;
                builder.append_option(text_of(cell).map(time));
            })
        }
        Some(Cell::Map(_)) => {
            let builder = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
            build(cells, builder, |builder, cell| {
                let Cell::Map(entries) = cell else { unreachable!("a column has one type") };
                for (name, value) in entries {
                    builder.keys().append_value(name);
                    builder.values().append_value(value);
                }
                builder.append(true).unwrap();
            })
        }
        Some(Cell::Text(_)) | None => build(cells, StringBuilder::new(), |builder, cell| {
            builder.append_option(text_of(cell));
        }),
    }
}

fn build<'a, B: ArrayBuilder>(
    cells: impl Iterator<Item = &'a Cell>,
    mut builder: B,
    append: impl Fn(&mut B, &Cell),
) -> ArrayRef {
    for cell in cells {
        append(&mut builder, cell);
    }
    builder.finish()
}

fn text_of(cell: &Cell) -> Option<&str> {
    match cell {
        Cell::Text(text) | Cell::Double(text) | Cell::Time(text) if !text.is_empty() => Some(text),
        Cell::Text(_) | Cell::Double(_) | Cell::Time(_) | Cell::Map(_) => None,
    }
}
