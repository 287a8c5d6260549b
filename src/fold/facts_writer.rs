//! Writes facts as Parquet, all at once or piece by piece: the bytes are the same.

use std::collections::BTreeMap;
use std::io::Write;

use parquet::basic::Compression;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};

use super::content_hash::ContentHash;
use super::error::FactsFileError;
use super::facts_columns::schema;
use super::facts_file::{FACTS_FORMAT, FACTS_VERSION};
use super::head_seal::{SEAL_KEY, seal_of};
use super::key_columns::KeyColumns;
use super::month_facts::CHUNK;
use super::side_by_side::SideBySide;
use super::turned_facts::TurnedFacts;
use crate::money::format_grid;
use crate::period::Instant;
use crate::usage::{Fact, Facts};

/// The hash of the content of a facts file.
pub(super) const CONTENT_KEY: &str = "seikyu.sha256";

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
/// `seikyu.sha256` (of the content, whatever its encoding), `seikyu.head_sha256` (of all other entries). Rows are sorted by key; row groups have 65,536 rows;
/// pages are compressed with Snappy.
///
/// Returns the texts of the keys by row group: another file of the same facts need not turn them again.
pub fn write_facts(facts: &Facts, out: impl Write + Send) -> Result<Vec<KeyColumns>, FactsFileError> {
    let mut writer = FactsWriter::begin(facts, out)?;
    let keys = writer.write(facts)?;
    writer.finish()?;
    Ok(keys)
}

/// Writes facts piece by piece; see [`write_facts`]. Columns are encoded side by side.
pub struct FactsWriter<W: Write + Send> {
    file: SideBySide<W>,
    hash: ContentHash,
    /// What stands at the head, for its seal.
    pairs: BTreeMap<String, String>,
}

impl<W: Write + Send> FactsWriter<W> {
    /// Begins a file of facts; `head` says everything but the facts.
    pub fn begin(head: &Facts, out: W) -> Result<Self, FactsFileError> {
        let pairs = head_pairs(head, FACTS_FORMAT, FACTS_VERSION).map_err(|error| encode(&error))?;
        Self::with_head(head, pairs, out)
    }

    /// The same with another head.
    pub(super) fn with_head(head: &Facts, pairs: Vec<(&'static str, String)>, out: W) -> Result<Self, FactsFileError> {
        let sealed = pairs.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        let version = format!("{FACTS_FORMAT} {FACTS_VERSION}");
        let properties = properties(version).set_key_value_metadata(Some(pairs.into_iter().map(pair).collect()));
        let hash = ContentHash::new(&head.symbols);
        let file = SideBySide::begin(out, schema(), properties.build()).map_err(|error| encode(&error))?;
        Ok(Self { file, hash, pairs: sealed })
    }

    /// Adds the facts of a piece, which come in the order of keys. All pieces but the last have whole row groups.
    /// Returns the texts of their keys, by row group.
    pub fn write(&mut self, piece: &Facts) -> Result<Vec<KeyColumns>, FactsFileError> {
        let mut keys = Vec::new();
        for part in piece.facts.chunks(CHUNK) {
            let (file, hash) = (&mut self.file, &mut self.hash);
            let (written, ()) = rayon::join(
                || {
                    let rows: Vec<&Fact> = part.iter().collect();
                    let turned = TurnedFacts::of(piece, &rows);
                    file.write(&turned.columns()).map_err(|error| encode(&error))?;
                    Ok(turned.into_texts())
                },
                || part.iter().for_each(|fact| hash.add(fact)),
            );
            keys.push(written?);
        }
        Ok(keys)
    }

    /// Ends the file.
    pub fn finish(mut self) -> Result<(), FactsFileError> {
        let content = self.hash.finish();
        self.pairs.insert(CONTENT_KEY.to_owned(), content.clone());
        self.file.append_key_value_metadata(pair((CONTENT_KEY, content)));
        self.file.append_key_value_metadata(pair((SEAL_KEY, seal_of(&self.pairs))));
        self.file.close().map_err(|error| encode(&error))?;
        Ok(())
    }
}

/// How files of facts and charges are written: compressed with Snappy, with statistics of row groups, without an index of
/// pages (a column has one page in a row group).
pub fn properties(created_by: String) -> WriterPropertiesBuilder {
    WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(CHUNK))
        .set_data_page_row_count_limit(CHUNK)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .set_created_by(created_by)
}

fn encode(error: &dyn std::fmt::Display) -> FactsFileError {
    FactsFileError::Encode { found: error.to_string() }
}

fn pair((key, value): (&'static str, String)) -> KeyValue {
    KeyValue::new(key.to_owned(), value)
}

/// What stands at the head of a file of facts.
pub(super) fn head_pairs(
    facts: &Facts,
    format: &str,
    version: &str,
) -> Result<Vec<(&'static str, String)>, serde_json::Error> {
    let instants: BTreeMap<&String, Vec<String>> =
        facts.price_instants.iter().map(|(sku, times)| (sku, times.iter().map(Instant::to_string).collect())).collect();
    let totals = &facts.totals;
    Ok(vec![
        ("seikyu.format", format.to_owned()),
        ("seikyu.version", version.to_owned()),
        ("seikyu.period", facts.period.to_string()),
        ("seikyu.price_instants", serde_json::to_string(&instants)?),
        ("seikyu.rows", totals.rows.to_string()),
        ("seikyu.unblended_usd", format_grid(totals.unblended.units())),
        ("seikyu.other_month_rows", totals.other_month_rows.to_string()),
        ("seikyu.rounded_inputs", totals.rounded_inputs.to_string()),
    ])
}
