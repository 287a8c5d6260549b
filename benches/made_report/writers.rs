use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{Float64Builder, StringBuilder, TimestampMillisecondBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field as ArrowField, Schema, TimeUnit};
use flate2::Compression;
use flate2::write::GzEncoder;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression as PageCompression;
use parquet::file::properties::WriterProperties;
use seikyu::ingest::canonical_name;
use seikyu::period::parse_instant;

use super::columns::{Kind, all, kind_of};
use super::row_maker::MadeRow;

/// Text that is handed to the packer at once.
const TEXT_BYTES: usize = 1 << 20;
/// Rows that are handed to the encoder at once.
const BATCH_ROWS: usize = 8_192;
/// Rows of a row group.
const GROUP_ROWS: usize = 131_072;

/// A gzip CSV file with legacy names.
pub struct CsvFile {
    out: GzEncoder<BufWriter<File>>,
    text: String,
    bytes: u64,
}

impl CsvFile {
    /// With its header.
    pub fn create(path: &Path) -> Self {
        let file = BufWriter::new(File::create(path).expect("the folder can be written"));
        let names: Vec<String> = all().into_iter().map(|(name, _)| name).collect();
        let text = names.join(",") + "\n";
        Self { out: GzEncoder::new(file, Compression::new(6)), text, bytes: 0 }
    }

    /// Adds a row; fields with a comma are quoted.
    pub fn write(&mut self, row: &MadeRow) {
        for (place, field) in row.fields().enumerate() {
            if place > 0 {
                self.text.push(',');
            }
            if field.contains(',') {
                self.text.extend(["\"", field, "\""]);
            } else {
                self.text.push_str(field);
            }
        }
        self.text.push('\n');
        if self.text.len() > TEXT_BYTES {
            self.flush();
        }
    }

    fn flush(&mut self) {
        self.bytes += self.text.len() as u64;
        self.out.write_all(self.text.as_bytes()).expect("the disk has room");
        self.text.clear();
    }

    /// The bytes of its text.
    pub fn close(mut self) -> u64 {
        self.flush();
        self.out.finish().and_then(|mut file| file.flush()).expect("the disk has room");
        self.bytes
    }
}

enum ColumnBuilder {
    Text(StringBuilder),
    Double(Float64Builder),
    Time(TimestampMillisecondBuilder),
}

/// A Parquet file as AWS delivers it: snake case, text, doubles and times, blank texts null, Snappy.
pub struct ParquetFile {
    out: ArrowWriter<File>,
    schema: Arc<Schema>,
    columns: Vec<ColumnBuilder>,
    rows: usize,
}

impl ParquetFile {
    /// With its schema.
    pub fn create(path: &Path) -> Self {
        let kinds: Vec<(String, Kind)> =
            all().into_iter().map(|(name, field)| (canonical_name(&name), kind_of(field))).collect();
        let fields = kinds.iter().map(|(name, kind)| {
            let arrow = match kind {
                Kind::Text => DataType::Utf8,
                Kind::Double => DataType::Float64,
                Kind::Time => DataType::Timestamp(TimeUnit::Millisecond, None),
            };
            ArrowField::new(name, arrow, true)
        });
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let columns = kinds.iter().map(|(_, kind)| match kind {
            Kind::Text => ColumnBuilder::Text(StringBuilder::new()),
            Kind::Double => ColumnBuilder::Double(Float64Builder::new()),
            Kind::Time => ColumnBuilder::Time(TimestampMillisecondBuilder::new()),
        });
        let columns = columns.collect();
        let properties = WriterProperties::builder()
            .set_compression(PageCompression::SNAPPY)
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .build();
        let file = File::create(path).expect("the folder can be written");
        let out = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties)).expect("the schema is sound");
        Self { out, schema, columns, rows: 0 }
    }

    /// Adds a row.
    pub fn write(&mut self, row: &MadeRow) {
        for (column, field) in self.columns.iter_mut().zip(row.fields()) {
            let is_given = !field.is_empty();
            match column {
                ColumnBuilder::Text(texts) => texts.append_option(is_given.then_some(field)),
                ColumnBuilder::Double(numbers) => {
                    numbers.append_option(is_given.then(|| field.parse().expect("the maker writes numbers")));
                }
                ColumnBuilder::Time(times) => times.append_option(is_given.then(|| milliseconds(field))),
            }
        }
        self.rows += 1;
        if self.rows == BATCH_ROWS {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let arrays = self.columns.iter_mut().map(|column| -> ArrayRef {
            match column {
                ColumnBuilder::Text(texts) => Arc::new(texts.finish()),
                ColumnBuilder::Double(numbers) => Arc::new(numbers.finish()),
                ColumnBuilder::Time(times) => Arc::new(times.finish()),
            }
        });
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays.collect()).expect("all columns are as long");
        self.out.write(&batch).expect("the disk has room");
        self.rows = 0;
    }

    /// With its foot.
    pub fn close(mut self) {
        self.flush();
        self.out.close().expect("the disk has room");
    }
}

fn milliseconds(text: &str) -> i64 {
    parse_instant(text.as_bytes()).expect("the maker writes times").seconds() * 1_000
}
