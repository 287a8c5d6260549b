//! A Parquet file whose columns are encoded side by side.

use std::io::Write;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use rayon::prelude::*;

/// Writes batches as row groups, with the threads of the current rayon pool. The bytes do not depend on their number.
pub struct SideBySide<W: Write + Send> {
    file: SerializedFileWriter<W>,
    encoders: ArrowRowGroupWriterFactory,
    groups: usize,
}

impl<W: Write + Send> SideBySide<W> {
    /// Begins a file.
    pub fn begin(out: W, schema: SchemaRef, properties: WriterProperties) -> Result<Self, ParquetError> {
        let (file, encoders) = ArrowWriter::try_new(out, schema, Some(properties))?.into_serialized_writer()?;
        Ok(Self { file, encoders, groups: 0 })
    }

    /// Adds a batch as a row group of its own.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), ParquetError> {
        let columns = encode(batch, self.encoders.create_column_writers(self.groups)?)?;
        let mut group = self.file.next_row_group()?;
        columns.into_iter().try_for_each(|column| column.append_to_row_group(&mut group))?;
        group.close()?;
        self.groups += 1;
        Ok(())
    }

    /// Adds to what the file says of itself.
    pub fn append_key_value_metadata(&mut self, pair: KeyValue) {
        self.file.append_key_value_metadata(pair);
    }

    /// Ends the file.
    pub fn close(self) -> Result<(), ParquetError> {
        self.file.close().map(drop)
    }
}

/// The columns of a row group, in their order.
fn encode(batch: &RecordBatch, encoders: Vec<ArrowColumnWriter>) -> Result<Vec<ArrowColumnChunk>, ParquetError> {
    let schema = batch.schema();
    let columns = encoders.into_par_iter().zip(&schema.fields()[..]).zip(batch.columns());
    let encoded = columns.map(|((mut encoder, field), array)| {
        compute_leaves(field, array)?.iter().try_for_each(|leaf| encoder.write(leaf))?;
        encoder.close()
    });
    encoded.collect()
}
