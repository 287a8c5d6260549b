//! Columns of a Parquet file whose values are numbered: each distinct value is written once, rows as numbers.
//!
//! The library's writer looks every value of every row up anew. Facts know their texts by number already, and most rows of
//! a column repeat the one before. Amounts that hardly repeat are written as they are.

use std::collections::{HashMap, HashSet};

use parquet::basic::Type;
use parquet::errors::ParquetError;
use parquet::schema::types::ColumnDescPtr;

use super::column_chunk::{self, Chunk};
use super::numbered::{Numbered, Run};
use crate::usage::{Sym, SymbolTable};

/// So many values tell what the others will be like.
const MANY: usize = 4_096;

/// The values of a column in a row group, none of them null.
pub enum Coded {
    /// By their places among the distinct ones.
    Numbered(Places),
    /// One after the other as Parquet writes them, and how many.
    Plain(Vec<u8>, u32),
}

/// Values by their places.
pub struct Places {
    /// The places of the values, row by row.
    pub(super) runs: Vec<Run>,
    /// How many distinct values there are, in order of their first row.
    pub(super) values: u32,
    /// The distinct values, one after the other as Parquet writes them.
    pub(super) dictionary: Vec<u8>,
    /// The least and the greatest, where they were easy to know.
    pub(super) bounds: Option<[Vec<u8>; 2]>,
}

impl Coded {
    /// Texts of a table of symbols.
    pub fn of_symbols(symbols: &SymbolTable, rows: impl Iterator<Item = Sym>) -> Self {
        Self::of_numbered(symbols, &Numbered::of_symbols(symbols, rows.map(|symbol| (symbol, 1))))
    }

    /// The same, numbered already.
    pub(super) fn of_numbered(symbols: &SymbolTable, numbered: &Numbered<Sym>) -> Self {
        // The order of symbols is the order of their texts.
        let bounds = numbered.distinct().iter().min().zip(numbered.distinct().iter().max());
        let bounds = bounds.map(|(least, most)| [least, most].map(|symbol| symbols.text(*symbol).as_bytes().to_vec()));
        Self::Numbered(numbered.places(bounds, |symbol, out| write_text(symbols.text(symbol), out)))
    }

    /// Any texts.
    pub fn of_texts<'a>(rows: impl Iterator<Item = &'a str>) -> Self {
        // A text that many rows share lies at one address: most rows need no look at the text itself.
        let mut by_address: HashMap<*const str, u16, ahash::RandomState> = HashMap::default();
        let mut by_text: HashMap<&str, u16, ahash::RandomState> = HashMap::default();
        let mut numbered = Numbered::new();
        for text in rows {
            numbered.add(Addressed(text), 1, |next| {
                *by_address.entry(text).or_insert_with(|| *by_text.entry(text).or_insert(next))
            });
        }
        let texts = || numbered.distinct().iter().map(|Addressed(text)| *text);
        let bounds = texts().min().zip(texts().max());
        let bounds = bounds.map(|(least, most)| [least, most].map(|text| text.as_bytes().to_vec()));
        Self::Numbered(numbered.places(bounds, |Addressed(text), out| write_text(text, out)))
    }

    /// Units of a decimal128, as sixteen bytes, the greatest first.
    pub fn of_units(rows: impl Iterator<Item = i128>) -> Self {
        let rows: Vec<i128> = rows.collect();
        if hardly_repeats(&rows) {
            let count = u32::try_from(rows.len()).expect("a row group has fewer rows");
            return Self::Plain(rows.iter().flat_map(|units| units.to_be_bytes()).collect(), count);
        }
        let numbered = Numbered::by_hash(rows.into_iter());
        Self::Numbered(numbered.places(None, |units, out| out.extend_from_slice(&units.to_be_bytes())))
    }

    /// As a column chunk.
    pub(super) fn encode(self, column: ColumnDescPtr) -> Result<Chunk, ParquetError> {
        let is_text = column.physical_type() == Type::BYTE_ARRAY;
        if !is_text && column.physical_type() != Type::FIXED_LEN_BYTE_ARRAY {
            let kind = column.physical_type();
            return Err(ParquetError::General(format!("a column of {kind} is not written by numbers")));
        }
        match self {
            Self::Numbered(places) => column_chunk::numbered(places, column, is_text),
            Self::Plain(values, rows) => column_chunk::plain(&values, rows, column),
        }
    }
}

/// Whether so many values are distinct that naming each by a place would only cost: judged by the first ones.
fn hardly_repeats(rows: &[i128]) -> bool {
    let Some(first) = rows.get(..MANY) else { return false };
    let distinct: HashSet<i128, ahash::RandomState> = first.iter().copied().collect();
    distinct.len() > MANY / 10 * 9
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

fn write_text(text: &str, out: &mut Vec<u8>) {
    let length = u32::try_from(text.len()).expect("a field of a report is shorter than four gigabytes");
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::cast::AsArray;
    use arrow_array::types::Decimal128Type;
    use arrow_schema::{Field, Schema};
    use bytes::Bytes;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use proptest::prelude::*;

    use super::super::column_chunk::LONGEST_BOUND;
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

    #[test]
    fn amounts_that_hardly_repeat_are_written_as_they_are() {
        let symbols = SymbolTable::from_texts(["a"].map(Box::from));
        let symbol = symbols.find("a").unwrap();
        let group = |distinct: i128| -> Vec<(Sym, i128)> {
            (0..10_000_i128).map(|row| (symbol, (row % distinct - 50) * 10_i128.pow(20))).collect()
        };
        // All distinct, a tenth of the first 4,096 repeated, too few to tell, and repeated only later.
        let groups = [group(10_000), group(3_600), group(10_000)[..4_095].to_vec(), group(5_000)];
        let file = written(&symbols, &groups);
        let metadata = ParquetRecordBatchReaderBuilder::try_new(file.clone()).unwrap().metadata().clone();
        let has_dictionary = |group| metadata.row_group(group).column(2).dictionary_page_offset().is_some();
        assert_eq!([0, 1, 2, 3].map(has_dictionary), [false, true, true, false]);
        let expected: Vec<(String, String, i128)> =
            groups.iter().flatten().map(|(_, units)| ("a".to_owned(), "a".to_owned(), *units)).collect();
        assert_eq!(read(file), expected);
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
