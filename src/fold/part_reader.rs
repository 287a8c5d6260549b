//! Reads the facts of a part piece by piece: a part may have more of them than memory holds.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use arrow_array::cast::AsArray;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::content_hash::ContentHash;
use super::error::FoldError;
use super::facts_columns::from_batch;
use super::key_texts::{TEXT_COUNT, texts_of, with_texts};
use super::part_file::PartHead;
use super::partial::PartialFacts;
use super::tables::Interner;
use crate::usage::{Fact, FactKey, FactTally, Sym, SymbolTable};

/// How many facts are handed on at once.
const PIECE: usize = 8_192;

/// Why the facts of a part were not taken.
pub(super) enum PartFailure {
    /// The part is not what was written.
    Damaged(String),
    /// Whoever takes them has failed.
    Fold(FoldError),
}

impl From<FoldError> for PartFailure {
    fn from(error: FoldError) -> Self {
        Self::Fold(error)
    }
}

/// Hands on all facts of a part; at the end refuses a part whose facts are not those that were written.
pub(super) fn read_part(
    path: &Path,
    head: &PartHead,
    take: &mut dyn FnMut(PartialFacts) -> Result<(), FoldError>,
) -> Result<(), PartFailure> {
    // The decoder is not ours and may not have met every damage there is.
    catch_unwind(AssertUnwindSafe(|| read_guarded(path, head, take)))
        .unwrap_or_else(|_| Err(PartFailure::Damaged("it cannot be decoded".to_owned())))
}

fn read_guarded(
    path: &Path,
    head: &PartHead,
    take: &mut dyn FnMut(PartialFacts) -> Result<(), FoldError>,
) -> Result<(), PartFailure> {
    let damaged = |found: &dyn std::fmt::Display| PartFailure::Damaged(found.to_string());
    let symbols = read_texts(path).map_err(|error| damaged(&error))?;
    let reader = builder(path).map_err(|error| damaged(&error))?;
    let reader = reader.with_batch_size(PIECE).build().map_err(|error| damaged(&error))?;
    let (mut hash, mut tally) = (ContentHash::new(&symbols), FactTally::default());
    let mut last: Option<FactKey> = None;
    for batch in reader {
        let batch = batch.map_err(|error| damaged(&error))?;
        let mut partial = PartialFacts::default();
        let facts = from_batch(&batch, &mut partial.texts).map_err(|error| damaged(&error))?;
        let texts = partial.texts.texts();
        let find = |text: &&[u8]| symbols.find(std::str::from_utf8(text).ok()?);
        let sorted: Option<Vec<Sym>> = texts.iter().map(find).collect();
        let sorted = sorted.ok_or_else(|| damaged(&"its texts change while they are read"))?;
        for fact in &facts {
            let key = with_texts(&fact.key, texts_of(&fact.key).map(|symbol| sorted[symbol.index()]));
            if last.is_some_and(|last| last >= key) {
                return Err(damaged(&"its keys are not in order"));
            }
            last = Some(key);
            hash.add(&Fact { key, ..*fact });
            tally.add(&fact.measures);
            partial.add(&fact.key, &fact.measures).map_err(FoldError::from)?;
        }
        take(partial)?;
    }
    tally.check(&head.totals).map_err(|error| damaged(&error))?;
    if hash.finish() == head.content { Ok(()) } else { Err(damaged(&"its content is not what was written")) }
}

/// All texts of all keys: their hash comes before that of the first fact.
fn read_texts(path: &Path) -> Result<SymbolTable, Box<dyn std::error::Error>> {
    let builder = builder(path)?;
    let mask = ProjectionMask::roots(builder.parquet_schema(), 0..TEXT_COUNT);
    let mut texts = Interner::new();
    for batch in builder.with_projection(mask).with_batch_size(PIECE).build()? {
        for column in batch?.columns() {
            let column = column.as_string_opt::<i32>().ok_or("a text has another type")?;
            let mut last = "";
            for text in column.iter().flatten() {
                if text != last {
                    texts.intern(text.as_bytes()).ok_or("a text is not UTF-8")?;
                    last = text;
                }
            }
        }
    }
    Ok(SymbolTable::from_texts(texts.into_texts()))
}

fn builder(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>, Box<dyn std::error::Error>> {
    Ok(ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)?)
}
