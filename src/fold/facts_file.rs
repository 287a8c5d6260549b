use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::ChunkReader;

use super::content_hash::content_hash;
use super::error::FactsFileError;
use super::facts_columns::{from_batch, schema, to_batch};
use super::partial::PartialFacts;
use crate::money::{Usd, format_grid};
use crate::period::{BillingPeriod, Instant, parse_instant};
use crate::usage::{ControlTotals, Facts, PriceInstants};

/// What a facts file calls itself.
pub const FACTS_FORMAT: &str = "seikyu facts";
/// The version of the schema. Files of other versions are refused.
pub const FACTS_VERSION: &str = "2";

/// Facts in a row group, and in a batch.
const GROUP_ROWS: usize = 65_536;

/// Writes facts as Parquet: the same facts give the same bytes.
///
/// | columns | type | what |
/// | --- | --- | --- |
/// | `payer` … `dimensions`, `instance_type` … `sp_family` | string, never null | the texts of [`FactKey`](crate::usage::FactKey), named as its fields |
/// | `price_instant`, `first_start`, `last_end` | int64 | seconds since 1970, UTC |
/// | `interval_start` | int64, null where the line type keeps no hour | the same |
/// | `usage_month` | int32 | months since year 0 |
/// | `is_cost_zero`, `has_public_cost` | boolean | as in the key |
/// | `description_class` | string | `none`, `free`, `flat_rate`, `savings_bundle` |
/// | `rows`, `net_rows` | uint64 | counts |
/// | `quantity`, `unblended_usd`, `public_cost_usd`, `net_unblended_usd`, `normalized_quantity`, `sp_effective_cost_usd`, `ri_effective_cost_usd`, `total_commitment_usd`, `used_commitment_usd`, `amortized_upfront_usd` | decimal128(38, 18) | exact sums |
///
/// Key-value metadata: `seikyu.format`, `seikyu.version`, `seikyu.period`, `seikyu.price_instants` (JSON: SKU to
/// times), `seikyu.rows`, `seikyu.unblended_usd`, `seikyu.other_month_rows`, `seikyu.rounded_inputs`,
/// `seikyu.sha256` (of the content, whatever its encoding). Rows are sorted by key; row groups have 65,536 rows;
/// pages are compressed with Snappy.
pub fn write_facts(facts: &Facts, out: impl Write + Send) -> Result<(), FactsFileError> {
    let encode = |error: &dyn std::fmt::Display| FactsFileError::Encode { found: error.to_string() };
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_created_by(format!("{FACTS_FORMAT} {FACTS_VERSION}"))
        .set_key_value_metadata(Some(metadata_of(facts).map_err(|error| encode(&error))?))
        .build();
    let mut writer = ArrowWriter::try_new(out, schema(), Some(properties)).map_err(|error| encode(&error))?;
    for part in facts.facts.chunks(GROUP_ROWS) {
        let batch = to_batch(facts, part).map_err(|error| encode(&error))?;
        writer.write(&batch).map_err(|error| encode(&error))?;
    }
    writer.close().map_err(|error| encode(&error))?;
    Ok(())
}

fn metadata_of(facts: &Facts) -> Result<Vec<KeyValue>, serde_json::Error> {
    let instants: BTreeMap<&String, Vec<String>> =
        facts.price_instants.iter().map(|(sku, times)| (sku, times.iter().map(Instant::to_string).collect())).collect();
    let totals = &facts.totals;
    let pairs = [
        ("seikyu.format", FACTS_FORMAT.to_owned()),
        ("seikyu.version", FACTS_VERSION.to_owned()),
        ("seikyu.period", facts.period.to_string()),
        ("seikyu.price_instants", serde_json::to_string(&instants)?),
        ("seikyu.rows", totals.rows.to_string()),
        ("seikyu.unblended_usd", format_grid(totals.unblended.units())),
        ("seikyu.other_month_rows", totals.other_month_rows.to_string()),
        ("seikyu.rounded_inputs", totals.rounded_inputs.to_string()),
        ("seikyu.sha256", content_hash(facts)),
    ];
    Ok(pairs.into_iter().map(|(key, value)| KeyValue::new(key.to_owned(), value)).collect())
}

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
    let builder = ParquetRecordBatchReaderBuilder::try_new(file)
        .map_err(|error| FactsFileError::NotFacts { path: format!("{path} ({error})") })?;
    let pairs: BTreeMap<String, String> = builder
        .metadata()
        .file_metadata()
        .key_value_metadata()
        .into_iter()
        .flatten()
        .filter_map(|pair| Some((pair.key.clone(), pair.value.clone()?)))
        .collect();
    let value = |key: &str| pairs.get(key).map(String::as_str).unwrap_or_default();
    if value("seikyu.format") != FACTS_FORMAT {
        return Err(FactsFileError::NotFacts { path: path.to_owned() });
    }
    if value("seikyu.version") != FACTS_VERSION {
        let (path, found) = (path.to_owned(), value("seikyu.version").to_owned());
        return Err(FactsFileError::OtherVersion { path, found, accepted: FACTS_VERSION });
    }
    if builder.schema().fields() != schema().fields() {
        return Err(damaged("its columns are others".to_owned()));
    }
    let (period, price_instants, totals) =
        head_of(value).ok_or_else(|| damaged("its head cannot be read".to_owned()))?;
    let mut partial = PartialFacts::default();
    partial.totals = totals;
    let reader = builder.with_batch_size(8_192).build().map_err(|error| damaged(error.to_string()))?;
    let mut count = 0;
    for batch in reader {
        let batch = batch.map_err(|error| damaged(error.to_string()))?;
        count += batch.num_rows();
        for (key, measures) in from_batch(&batch, &mut partial.texts).map_err(damaged)? {
            partial.add(&key, &measures).map_err(|_| damaged("a key stands twice".to_owned()))?;
        }
    }
    if partial.len() != count {
        return Err(damaged("a key stands twice".to_owned()));
    }
    let facts = partial.into_facts(period, price_instants).map_err(|_| damaged("its sums are too large".to_owned()))?;
    let rows = facts.facts.iter().try_fold(0_u64, |sum, fact| sum.checked_add(fact.measures.rows));
    rows.ok_or_else(|| damaged("its counts are too large".to_owned()))?;
    facts.check_totals().map_err(|error| damaged(error.to_string()))?;
    if content_hash(&facts) != value("seikyu.sha256") {
        return Err(damaged("its content is not what was written".to_owned()));
    }
    Ok(facts)
}

fn head_of<'a>(value: impl Fn(&str) -> &'a str) -> Option<(BillingPeriod, PriceInstants, ControlTotals)> {
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
