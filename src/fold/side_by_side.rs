//! A Parquet file whose columns are encoded side by side.

use std::io::Write;

use arrow_array::ArrayRef;
use arrow_schema::{ArrowError, FieldRef, SchemaRef};
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnDescPtr;
use rayon::prelude::*;

use super::coded::Coded;

/// The values of a column in a row group.
pub enum Column {
    /// Encoded by the library.
    Array(ArrayRef),
    /// Numbered already.
    Coded(Coded),
}

/// Makes a column when it is its turn.
pub type MakeColumn<'a> = Box<dyn Fn() -> Result<Column, ArrowError> + Send + Sync + 'a>;

/// Writes row groups, with the threads of the current rayon pool. The bytes do not depend on their number.
pub struct SideBySide<W: Write + Send> {
    file: SerializedFileWriter<W>,
    schema: SchemaRef,
    encoders: ArrowRowGroupWriterFactory,
    groups: usize,
}

impl<W: Write + Send> SideBySide<W> {
    /// Begins a file of columns that are no structures.
    pub fn begin(out: W, schema: SchemaRef, properties: WriterProperties) -> Result<Self, ParquetError> {
        let writer = ArrowWriter::try_new(out, SchemaRef::clone(&schema), Some(properties))?;
        let (file, encoders) = writer.into_serialized_writer()?;
        Ok(Self { file, schema, encoders, groups: 0 })
    }

    /// Adds a row group; its columns are those of the schema, in their order.
    pub fn write(&mut self, columns: &[MakeColumn<'_>]) -> Result<(), ParquetError> {
        let encoders = self.encoders.create_column_writers(self.groups)?;
        let descriptors = self.file.schema_descr().columns();
        let columns = columns.par_iter().zip(encoders).zip(&self.schema.fields()[..]).zip(descriptors);
        let encode = |(((make, encoder), field), descriptor)| encode(make, encoder, field, descriptor);
        let encoded: Vec<Chunk> = columns.map(encode).collect::<Result<_, _>>()?;
        let mut group = self.file.next_row_group()?;
        for column in encoded {
            match column {
                Chunk::OfArray(chunk) => chunk.append_to_row_group(&mut group)?,
                Chunk::Coded(bytes, close) => group.append_column(&bytes, *close)?,
            }
        }
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

/// An encoded column of a row group.
enum Chunk {
    OfArray(Box<ArrowColumnChunk>),
    Coded(Bytes, Box<ColumnCloseResult>),
}

fn encode(
    make: &MakeColumn<'_>,
    mut encoder: ArrowColumnWriter,
    field: &FieldRef,
    descriptor: &ColumnDescPtr,
) -> Result<Chunk, ParquetError> {
    match make()? {
        Column::Array(array) => {
            compute_leaves(field, &array)?.iter().try_for_each(|leaf| encoder.write(leaf))?;
            Ok(Chunk::OfArray(Box::new(encoder.close()?)))
        }
        Column::Coded(coded) => {
            let (bytes, close) = coded.encode(ColumnDescPtr::clone(descriptor))?;
            Ok(Chunk::Coded(bytes, Box::new(close)))
        }
    }
}
