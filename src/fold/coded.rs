//! Columns of a Parquet file whose values are numbered: each distinct value is written once, rows as numbers.
//!
//! The library's writer looks every value of every row up anew. Facts know their texts by number already, and most rows of
//! a column repeat the one before.

use std::collections::HashMap;
use std::hash::Hash;

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, EncodingMask, PageType, Type};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, PageEncodingStats};
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

use super::hybrid::{bits_of, hybrid};
use crate::usage::{Sym, SymbolTable};

/// Bounds longer than this are left out of the file's statistics.
const LONGEST_BOUND: usize = 64;

/// The values of a column in a row group, none of them null.
pub struct Coded {
    /// By row: the place of its value.
    places: Vec<u32>,
    /// How many distinct values there are, in order of their first row.
    values: u32,
    /// The distinct values, one after the other as Parquet writes them.
    dictionary: Vec<u8>,
    /// The least and the greatest, where they were easy to know.
    bounds: Option<[Vec<u8>; 2]>,
}

impl Coded {
    /// Texts of a table of symbols.
    pub fn of_symbols(symbols: &SymbolTable, rows: impl Iterator<Item = Sym>) -> Self {
        let mut known = vec![0_u32; symbols.len()]; // The place and one more, once it has one.
        let mut numbered = Numbered::new();
        for symbol in rows {
            numbered.add(symbol, |next| {
                let known = &mut known[symbol.index()];
                if *known == 0 {
                    *known = next + 1;
                }
                *known - 1
            });
        }
        // The order of symbols is the order of their texts.
        let bounds = numbered.distinct.iter().min().zip(numbered.distinct.iter().max());
        let bounds = bounds.map(|(least, most)| [least, most].map(|symbol| symbols.text(*symbol).as_bytes().to_vec()));
        numbered.into_coded(bounds, |symbol, out| write_text(symbols.text(symbol), out))
    }

    /// Any texts.
    pub fn of_texts<'a>(rows: impl Iterator<Item = &'a str>) -> Self {
        // A text that many rows share lies at one address: most rows need no look at the text itself.
        let mut by_address: HashMap<*const str, u32, ahash::RandomState> = HashMap::default();
        let mut by_text: HashMap<&str, u32, ahash::RandomState> = HashMap::default();
        let mut numbered = Numbered::new();
        for text in rows {
            numbered.add(Addressed(text), |next| {
                *by_address.entry(text).or_insert_with(|| *by_text.entry(text).or_insert(next))
            });
        }
        let texts = || numbered.distinct.iter().map(|Addressed(text)| *text);
        let bounds = texts().min().zip(texts().max());
        let bounds = bounds.map(|(least, most)| [least, most].map(|text| text.as_bytes().to_vec()));
        numbered.into_coded(bounds, |Addressed(text), out| write_text(text, out))
    }

    /// Units of a decimal128, as sixteen bytes, the greatest first.
    pub fn of_units(rows: impl Iterator<Item = i128>) -> Self {
        Numbered::by_hash(rows).into_coded(None, |units, out| out.extend_from_slice(&units.to_be_bytes()))
    }

    /// As the bytes of a column chunk, compressed with Snappy: a page of values, a page of places.
    pub(super) fn encode(self, column: ColumnDescPtr) -> Result<(Bytes, ColumnCloseResult), ParquetError> {
        let rows = u32::try_from(self.places.len()).map_err(|error| ParquetError::General(error.to_string()))?;
        let is_text = column.physical_type() == Type::BYTE_ARRAY;
        if !is_text && column.physical_type() != Type::FIXED_LEN_BYTE_ARRAY {
            let kind = column.physical_type();
            return Err(ParquetError::General(format!("a column of {kind} is not written by numbers")));
        }
        let width = bits_of(self.values.saturating_sub(1));
        let mut data = vec![width];
        hybrid(&self.places, width, &mut data);

        let mut sink = TrackedWrite::new(Vec::new());
        let mut pages = SerializedPageWriter::new(&mut sink);
        let (buf, size) = pack(&self.dictionary)?;
        let values = Page::DictionaryPage { buf, num_values: self.values, encoding: Encoding::PLAIN, is_sorted: false };
        let first = pages.write_page(CompressedPage::new(values, size))?;
        let (buf, size) = pack(&data)?;
        let places = Page::DataPage {
            buf,
            num_values: rows,
            encoding: Encoding::RLE_DICTIONARY,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let second = pages.write_page(CompressedPage::new(places, size))?;
        pages.close()?;
        let bytes = Bytes::from(sink.into_inner()?);

        let used = [Encoding::PLAIN, Encoding::RLE, Encoding::RLE_DICTIONARY];
        let stats = |page_type, encoding| PageEncodingStats { page_type, encoding, count: 1 };
        let mut metadata = ColumnChunkMetaData::builder(column)
            .set_compression(Compression::SNAPPY)
            .set_encodings_mask(EncodingMask::new_from_encodings(used.iter()))
            .set_page_encoding_stats(vec![
                stats(PageType::DICTIONARY_PAGE, Encoding::PLAIN),
                stats(PageType::DATA_PAGE, Encoding::RLE_DICTIONARY),
            ])
            .set_num_values(i64::from(rows))
            .set_total_compressed_size(signed(first.compressed_size + second.compressed_size)?)
            .set_total_uncompressed_size(signed(first.uncompressed_size + second.uncompressed_size)?)
            .set_dictionary_page_offset(Some(0))
            .set_data_page_offset(signed(first.compressed_size)?);
        if is_text {
            let short = self.bounds.filter(|bounds| bounds.iter().all(|one| one.len() <= LONGEST_BOUND));
            let [least, most] = short.map_or([None, None], |bounds| bounds.map(|bound| Some(ByteArray::from(bound))));
            let distinct = Some(u64::from(self.values));
            metadata = metadata.set_statistics(Statistics::new(least, most, distinct, Some(0), false));
        }
        let close = ColumnCloseResult {
            bytes_written: bytes.len() as u64,
            rows_written: u64::from(rows),
            metadata: metadata.build()?,
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        };
        Ok((bytes, close))
    }
}

/// A text known by where it lies.
#[derive(Clone, Copy)]
struct Addressed<'a>(&'a str);

impl PartialEq for Addressed<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for Addressed<'_> {}

/// Values being numbered in the order in which they first come.
struct Numbered<K> {
    places: Vec<u32>,
    distinct: Vec<K>,
    last: Option<(K, u32)>,
}

impl<K: Copy + Eq> Numbered<K> {
    fn new() -> Self {
        Self { places: Vec::new(), distinct: Vec::new(), last: None }
    }

    /// Adds a row. `place_of` says the value's place, which is the one it is given where it is new.
    fn add(&mut self, value: K, place_of: impl FnOnce(u32) -> u32) {
        let place = match self.last {
            Some((last, place)) if last == value => place,
            _ => {
                let next = u32::try_from(self.distinct.len()).expect("a row group has fewer rows");
                let place = place_of(next);
                if place == next {
                    self.distinct.push(value);
                }
                self.last = Some((value, place));
                place
            }
        };
        self.places.push(place);
    }

    fn into_coded(self, bounds: Option<[Vec<u8>; 2]>, mut write: impl FnMut(K, &mut Vec<u8>)) -> Coded {
        let mut dictionary = Vec::new();
        for value in &self.distinct {
            write(*value, &mut dictionary);
        }
        let values = u32::try_from(self.distinct.len()).expect("a row group has fewer rows");
        Coded { places: self.places, values, dictionary, bounds }
    }
}

impl<K: Copy + Eq + Hash> Numbered<K> {
    fn by_hash(rows: impl Iterator<Item = K>) -> Self {
        let mut known: HashMap<K, u32, ahash::RandomState> = HashMap::default();
        let mut numbered = Self::new();
        for value in rows {
            numbered.add(value, |next| *known.entry(value).or_insert(next));
        }
        numbered
    }
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    let length = u32::try_from(text.len()).expect("a field of a report is shorter than four gigabytes");
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

/// A page as it is written, and how long it was.
fn pack(page: &[u8]) -> Result<(Bytes, usize), ParquetError> {
    let packed = snap::raw::Encoder::new().compress_vec(page);
    packed.map(|packed| (Bytes::from(packed), page.len())).map_err(|error| ParquetError::External(Box::new(error)))
}

fn signed(size: usize) -> Result<i64, ParquetError> {
    i64::try_from(size).map_err(|error| ParquetError::General(error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::cast::AsArray;
    use arrow_array::types::Decimal128Type;
    use arrow_schema::{Field, Schema};
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use proptest::prelude::*;

    use super::*;
    use crate::fold::{Column, MakeColumn, SideBySide, amount_field, parquet_properties, text_field};

    /// Row groups of symbols, texts and amounts, as a file.
    fn written(symbols: &SymbolTable, groups: &[Vec<(Sym, i128)>]) -> Bytes {
        let fields: Vec<Arc<Field>> = vec![text_field("symbol"), text_field("text"), amount_field("amount")];
        let mut out = Vec::new();
        let properties = parquet_properties("test".to_owned()).build();
        let mut file = SideBySide::begin(&mut out, Arc::new(Schema::new(fields)), properties).unwrap();
        for rows in groups {
            let of_symbols = || Coded::of_symbols(symbols, rows.iter().map(|(symbol, _)| *symbol));
            let of_texts = || Coded::of_texts(rows.iter().map(|(symbol, _)| symbols.text(*symbol)));
            let of_units = || Coded::of_units(rows.iter().map(|(_, units)| *units));
            let columns: [MakeColumn<'_>; 3] = [
                Box::new(move || Ok(Column::Coded(of_symbols()))),
                Box::new(move || Ok(Column::Coded(of_texts()))),
                Box::new(move || Ok(Column::Coded(of_units()))),
            ];
            file.write(&columns).unwrap();
        }
        file.close().unwrap();
        Bytes::from(out)
    }

    /// What the library's reader finds in it: symbol, text, amount.
    fn read(file: Bytes) -> Vec<(String, String, i128)> {
        let mut rows = Vec::new();
        for batch in ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap() {
            let batch = batch.unwrap();
            let [symbols, texts] = [0, 1].map(|place| batch.column(place).as_string::<i32>().clone());
            let units = batch.column(2).as_primitive::<Decimal128Type>();
            rows.extend(
                (0..batch.num_rows())
                    .map(|row| (symbols.value(row).to_owned(), texts.value(row).to_owned(), units.value(row))),
            );
        }
        rows
    }

    #[test]
    fn a_row_group_says_its_bounds_where_they_are_short() {
        let long = "x".repeat(LONGEST_BOUND + 1);
        let symbols = SymbolTable::from_texts(["b", "a", long.as_str()].map(Box::from));
        let of = |text: &str| (symbols.find(text).unwrap(), 1);
        let file = written(&symbols, &[vec![of("b"), of("a"), of("b")], vec![of("a"), of(&long)]]);
        let metadata = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().metadata().clone();
        let told = metadata.row_group(0).column(0).statistics().unwrap();
        assert_eq!(told.min_bytes_opt(), Some(&b"a"[..]));
        assert_eq!(told.max_bytes_opt(), Some(&b"b"[..]));
        assert_eq!((told.distinct_count_opt(), told.null_count_opt()), (Some(2), Some(0)));
        let told = metadata.row_group(1).column(0).statistics().unwrap();
        assert_eq!((told.min_bytes_opt(), told.max_bytes_opt()), (None, None), "a text is longer than a bound may be");
        assert_eq!((told.distinct_count_opt(), told.null_count_opt()), (Some(2), Some(0)));
        assert!(metadata.row_group(0).column(2).statistics().is_none(), "amounts have none");
    }

    proptest! {
        #[test]
        fn the_library_reads_what_is_written(
            texts in prop::collection::btree_set("[ -~]{0,12}|請求書", 1..300),
            groups in prop::collection::vec(
                prop::collection::vec((any::<prop::sample::Index>(), prop_oneof![Just(0), any::<i128>()], 1_usize..20), 1..60),
                1..4,
            ),
        ) {
            let symbols = SymbolTable::from_texts(texts.iter().map(|text| Box::from(text.as_str())));
            let all: Vec<Sym> = symbols.texts().map(|text| symbols.find(text).unwrap()).collect();
            const LARGEST: i128 = 10_i128.pow(38) - 1; // What 38 digits hold.
            let groups: Vec<Vec<(Sym, i128)>> = groups
                .iter()
                .map(|runs| {
                    let run = |(text, units, length): &(prop::sample::Index, i128, usize)| {
                        std::iter::repeat_n((*text.get(&all), *units % LARGEST), *length)
                    };
                    runs.iter().flat_map(run).collect()
                })
                .collect();
            let expected: Vec<(String, String, i128)> = groups
                .iter()
                .flatten()
                .map(|(symbol, units)| (symbols.text(*symbol).to_owned(), symbols.text(*symbol).to_owned(), *units))
                .collect();
            prop_assert_eq!(read(written(&symbols, &groups)), expected);
        }
    }
}
