//! Decoded columns as rows: values stay numbers, times and places in dictionaries as long as nobody asks for their text.

use std::cell::OnceCell;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type};
use arrow_array::{Array, ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::basic::ConvertedType;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};

use super::columns::{COLUMN_COUNT, Column};
use super::csv_header::Header;
use super::parquet_cells::{Cells, instant_of_ticks};
use super::row::Code;
use super::shortest::units_of;
use crate::money::{Parsed, parse_grid_rounded};
use crate::period::Instant;

/// What is remembered of the columns of a file from batch to batch.
#[derive(Debug, Default)]
pub(super) struct Dictionaries {
    /// Per used column the dictionary of the last batch, its number, and whether it may hold a NUL.
    known: Vec<Option<(ArrayRef, u64, bool)>>,
}

/// The schema by which texts of the used columns are decoded as places in their dictionaries. Columns that are mostly
/// blank are left as they are: a batch of them has no dictionary until a text comes.
pub(super) fn with_dictionaries(schema: &SchemaRef, header: &Header, metadata: &ParquetMetaData) -> SchemaRef {
    let coded = |(place, field): (usize, &Arc<Field>)| {
        let is_used = header.used.iter().any(|(_, used)| *used == place);
        if is_used && field.data_type() == &DataType::Utf8 && is_worth_a_dictionary(metadata, place) {
            let kind = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
            return Arc::new(field.as_ref().clone().with_data_type(kind));
        }
        Arc::clone(field)
    };
    let fields: Vec<Arc<Field>> = schema.fields().iter().enumerate().map(coded).collect();
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}

/// Whether a column is text for sure (else its dictionary would come as bytes), and more than half of it is not blank, by
/// what the file says of itself.
fn is_worth_a_dictionary(metadata: &ParquetMetaData, place: usize) -> bool {
    let schema = metadata.file_metadata().schema_descr();
    let Some(leaf) = (0..schema.num_columns()).find(|leaf| schema.get_column_root_idx(*leaf) == place) else {
        return false;
    };
    if schema.column(leaf).converted_type() != ConvertedType::UTF8 {
        return false;
    }
    let blanks = |group: &RowGroupMetaData| group.column(leaf).statistics().and_then(|told| told.null_count_opt());
    let (mut blank, mut rows) = (0_u64, 0_u64);
    for group in metadata.row_groups() {
        blank = blank.saturating_add(blanks(group).unwrap_or(0));
        rows = rows.saturating_add(u64::try_from(group.num_rows()).unwrap_or(0));
    }
    blank <= rows / 2
}

/// The values of the used columns of some rows.
pub(super) struct Batch<'a> {
    columns: [Values<'a>; COLUMN_COUNT],
    /// Whether any text may have a NUL.
    pub(super) may_have_nul: bool,
}

/// The values of a column.
enum Values<'a> {
    /// All blank, or the file has no such column.
    Blank,
    /// Texts by their places in a dictionary that is numbered.
    Coded(Coded<'a>),
    Doubles(&'a Float64Array, Written<'a>),
    Others(Written<'a>),
}

struct Coded<'a> {
    dictionary: u64,
    /// Without nulls: places beyond the dictionary.
    places: Vec<u32>,
    texts: &'a StringArray,
}

/// Values that have a text, which is written when somebody asks.
struct Written<'a> {
    cells: Cells<'a>,
    rows: usize,
    texts: OnceCell<(Vec<u8>, Vec<usize>)>,
}

impl fmt::Debug for Batch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch").finish_non_exhaustive()
    }
}

impl<'a> Batch<'a> {
    /// The projection keeps the order of the file, so names find the columns again.
    pub(super) fn of(
        batch: &'a RecordBatch,
        header: &Header,
        names: &[String],
        dictionaries: &mut Dictionaries,
    ) -> Result<Self, String> {
        dictionaries.known.resize(COLUMN_COUNT, None);
        let mut columns = [const { Values::Blank }; COLUMN_COUNT];
        let mut may_have_nul = false;
        for &(column, place) in &header.used {
            let name = &names[place];
            let array = batch.column_by_name(name).ok_or_else(|| format!("column {name} was not decoded"))?;
            if array.null_count() == array.len() {
                continue;
            }
            if let Some((coded, has_nul)) = coded(array, &mut dictionaries.known[column]) {
                may_have_nul |= has_nul;
                columns[column] = Values::Coded(coded);
                continue;
            }
            let cells = Cells::of(array.as_ref()).ok_or_else(|| format!("column {name} changed its type"))?;
            may_have_nul |= cells.may_have_nul();
            let written = Written { cells, rows: array.len(), texts: OnceCell::new() };
            columns[column] = match array.as_primitive_opt::<Float64Type>() {
                Some(doubles) => Values::Doubles(doubles, written),
                None => Values::Others(written),
            };
        }
        Ok(Self { columns, may_have_nul })
    }

    #[inline]
    pub(super) fn text(&self, column: Column, row: usize) -> &[u8] {
        match &self.columns[column.index()] {
            Values::Blank => b"",
            Values::Coded(coded) => coded.text(row),
            Values::Doubles(_, written) | Values::Others(written) => written.text(row),
        }
    }

    #[inline]
    pub(super) fn number(&self, column: Column, row: usize) -> Option<Option<Parsed>> {
        match &self.columns[column.index()] {
            Values::Blank => Some(None),
            Values::Doubles(doubles, written) => {
                if doubles.is_null(row) {
                    return Some(None);
                }
                match units_of(doubles.value(row)) {
                    Some(units) => Some(Some(Parsed { units, was_rounded: false })),
                    None => parse_grid_rounded(&written.text_of_one(row))?.ok().map(Some),
                }
            }
            Values::Coded(_) | Values::Others(_) => None,
        }
    }

    #[inline]
    pub(super) fn time(&self, column: Column, row: usize) -> Option<Instant> {
        match &self.columns[column.index()] {
            Values::Others(Written { cells: Cells::Time(ticks, per_second), .. }) => {
                instant_of_ticks(ticks[row]?, *per_second)
            }
            Values::Blank | Values::Coded(_) | Values::Doubles(..) | Values::Others(_) => None,
        }
    }

    #[inline]
    pub(super) fn code(&self, column: Column, row: usize) -> Option<Code> {
        match &self.columns[column.index()] {
            Values::Coded(coded) => Some(Code { dictionary: coded.dictionary, place: coded.places[row] }),
            Values::Blank | Values::Doubles(..) | Values::Others(_) => None,
        }
    }

    #[inline]
    pub(super) fn is_blank(&self, column: Column, row: usize) -> bool {
        match &self.columns[column.index()] {
            Values::Blank => true,
            Values::Doubles(doubles, _) => doubles.is_null(row),
            Values::Coded(coded) => coded.text(row).is_empty(),
            Values::Others(written) => written.text(row).is_empty(),
        }
    }
}

/// Numbers of dictionaries, of all files: who reads several must not take one's texts for another's.
static NUMBERS: AtomicU64 = AtomicU64::new(1);

/// The texts of an array by their places in its dictionary, which is numbered, and whether there may be a NUL in it.
fn coded<'a>(array: &'a ArrayRef, known: &mut Option<(ArrayRef, u64, bool)>) -> Option<(Coded<'a>, bool)> {
    let array = array.as_dictionary_opt::<Int32Type>()?;
    let values = array.values();
    let texts: &StringArray = values.as_string_opt()?;
    if texts.null_count() > 0 {
        return None;
    }
    let (dictionary, has_nul) = match known {
        Some((last, number, has_nul)) if Arc::ptr_eq(last, values) => (*number, *has_nul),
        _ => {
            let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
            let has_nul = memchr::memchr(0, texts.value_data()).is_some();
            *known = Some((Arc::clone(values), number, has_nul));
            (number, has_nul)
        }
    };
    // Keys of values that are not null were checked when they were decoded.
    let places =
        array.keys().iter().map(|key| key.and_then(|key| u32::try_from(key).ok()).unwrap_or(Code::BLANK)).collect();
    Some((Coded { dictionary, places, texts }, has_nul))
}

impl Coded<'_> {
    #[inline]
    fn text(&self, row: usize) -> &[u8] {
        match self.places[row] {
            Code::BLANK => b"",
            place => self.texts.value(place as usize).as_bytes(),
        }
    }
}

impl Written<'_> {
    #[inline]
    fn text(&self, row: usize) -> &[u8] {
        if self.cells.is_text() {
            return self.cells.bytes(row);
        }
        let (bytes, ends) = self.texts.get_or_init(|| self.write());
        let start = row.checked_sub(1).map_or(0, |before| ends[before]);
        &bytes[start..ends[row]]
    }

    fn text_of_one(&self, row: usize) -> Vec<u8> {
        let mut text = Vec::new();
        self.cells.write_text(row, &mut text);
        text
    }

    fn write(&self) -> (Vec<u8>, Vec<usize>) {
        let mut bytes = Vec::new();
        let write = |row| {
            self.cells.write_text(row, &mut bytes);
            bytes.len()
        };
        let ends = (0..self.rows).map(write).collect();
        (bytes, ends)
    }
}
