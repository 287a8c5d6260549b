use std::collections::BTreeMap;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::reader::ChunkReader;

use super::content_hash::content_hash;
use super::error::FactsFileError;
use super::facts_columns::{from_batch, schema};
use super::facts_writer::CONTENT_KEY;
use super::head_seal::{SEAL_KEY, seal_of};
use super::key_texts::{texts_of, with_texts};
use super::partial::sums_fit;
use super::tables::Interner;
use crate::money::Usd;
use crate::period::{BillingPeriod, parse_instant};
use crate::usage::{ControlTotals, Facts, PriceInstants, Sym, SymbolTable};

/// What a facts file calls itself.
pub const FACTS_FORMAT: &str = "seikyu facts";
/// The version of the schema. Files of other versions are refused.
pub const FACTS_VERSION: &str = "2";

/// Reads a facts file and checks that it is whole.
pub fn read_facts(path: &Path) -> Result<Facts, FactsFileError> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|source| FactsFileError::Machine { path: name.clone(), source })?;
    decode_guarded(name, file)
}

/// Reads the bytes of a facts file; the name is for messages.
pub fn read_kept_facts(name: &str, bytes: Vec<u8>) -> Result<Facts, FactsFileError> {
    decode_guarded(name.to_owned(), Bytes::from(bytes))
}

/// The decoder is not ours and may not have met every damage there is.
fn decode_guarded(name: String, file: impl ChunkReader + 'static) -> Result<Facts, FactsFileError> {
    match catch_unwind(AssertUnwindSafe(|| decode(&name, file))) {
        Ok(facts) => facts,
        Err(_) => Err(FactsFileError::Damaged { path: name, found: "it cannot be decoded".to_owned() }),
    }
}

fn decode(path: &str, file: impl ChunkReader + 'static) -> Result<Facts, FactsFileError> {
    let damaged = |found: String| FactsFileError::Damaged { path: path.to_owned(), found };
    let OpenFacts { builder, pairs } = OpenFacts::open(path, file, FACTS_FORMAT, FACTS_VERSION)?;
    // Files of earlier versions of the program have no seal.
    if pairs.get(SEAL_KEY).is_some_and(|seal| *seal != seal_of(&pairs)) {
        return Err(damaged("its head is not what was written".to_owned()));
    }
    let (period, price_instants, totals) =
        head_of(&pairs).ok_or_else(|| damaged("its head cannot be read".to_owned()))?;
    let reader = builder.with_batch_size(8_192).build().map_err(|error| damaged(error.to_string()))?;
    let (mut texts, mut facts) = (Interner::new(), Vec::new());
    for batch in reader {
        let batch = batch.map_err(|error| damaged(error.to_string()))?;
        facts.extend(from_batch(&batch, &mut texts).map_err(damaged)?);
    }
    let texts = texts.into_texts();
    let symbols = SymbolTable::from_texts(texts.iter().cloned());
    let sorted: Vec<Sym> =
        texts.iter().map(|text| symbols.find(text).expect("the table was made of these texts")).collect();
    for fact in &mut facts {
        fact.key = with_texts(&fact.key, texts_of(&fact.key).map(|symbol| sorted[symbol.index()]));
    }
    if !facts.is_sorted_by(|one, next| one.key < next.key) {
        facts.sort_unstable_by_key(|fact| fact.key); // Another program may have written it anew.
        if facts.windows(2).any(|pair| pair[0].key == pair[1].key) {
            return Err(damaged("a key stands twice".to_owned()));
        }
    }
    sums_fit(&facts).ok_or_else(|| damaged("its sums are too large".to_owned()))?;
    let rows = facts.iter().try_fold(0_u64, |sum, fact| sum.checked_add(fact.measures.rows));
    rows.ok_or_else(|| damaged("its counts are too large".to_owned()))?;
    let facts = Facts { period, symbols, facts, price_instants, totals };
    facts.check_totals().map_err(|error| damaged(error.to_string()))?;
    if pairs.get(CONTENT_KEY) != Some(&content_hash(&facts)) {
        return Err(damaged("its content is not what was written".to_owned()));
    }
    Ok(facts)
}

/// A file of facts whose head is sound, and has this program's columns.
pub(super) struct OpenFacts<R: ChunkReader + 'static> {
    pub(super) builder: ParquetRecordBatchReaderBuilder<R>,
    /// What stands at its head.
    pub(super) pairs: BTreeMap<String, String>,
}

impl<R: ChunkReader + 'static> OpenFacts<R> {
    pub(super) fn open(path: &str, file: R, format: &str, version: &'static str) -> Result<Self, FactsFileError> {
        let builder = ParquetRecordBatchReaderBuilder::try_new(file)
            .map_err(|error| FactsFileError::NotFacts { path: format!("{path} ({error})") })?;
        let entries = builder.metadata().file_metadata().key_value_metadata().into_iter().flatten();
        let pairs: BTreeMap<String, String> =
            entries.filter_map(|pair| Some((pair.key.clone(), pair.value.clone()?))).collect();
        let value = |key: &str| pairs.get(key).map(String::as_str).unwrap_or_default();
        if value("seikyu.format") != format {
            return Err(FactsFileError::NotFacts { path: path.to_owned() });
        }
        if value("seikyu.version") != version {
            let (path, found) = (path.to_owned(), value("seikyu.version").to_owned());
            return Err(FactsFileError::OtherVersion { path, found, accepted: version });
        }
        if builder.schema().fields() != schema().fields() {
            return Err(FactsFileError::Damaged { path: path.to_owned(), found: "its columns are others".to_owned() });
        }
        Ok(Self { builder, pairs })
    }
}

/// Month, price instants and totals of a head.
pub(super) fn head_of(pairs: &BTreeMap<String, String>) -> Option<(BillingPeriod, PriceInstants, ControlTotals)> {
    let value = |key: &str| pairs.get(key).map(String::as_str).unwrap_or_default();
    let times: BTreeMap<String, Vec<String>> = serde_json::from_str(value("seikyu.price_instants")).ok()?;
    let read = |times: Vec<String>| times.iter().map(|time| parse_instant(time.as_bytes())).collect::<Option<Vec<_>>>();
    let price_instants: Option<PriceInstants> =
        times.into_iter().map(|(sku, times)| Some((sku, read(times)?))).collect();
    let count = |key: &str| value(key).parse::<u64>().ok();
    let totals = ControlTotals {
        rows: count("seikyu.rows")?,
        unblended: Usd::parse(value("seikyu.unblended_usd")).ok()?,
        other_month_rows: count("seikyu.other_month_rows")?,
        rounded_inputs: count("seikyu.rounded_inputs")?,
    };
    Some((value("seikyu.period").parse().ok()?, price_instants?, totals))
}
