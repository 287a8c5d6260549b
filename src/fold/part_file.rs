//! A part: the facts of one report file, in a file like `facts.parquet` that also says what it was made of.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

use super::error::{FactsFileError, FoldError};
use super::facts_file::{OpenFacts, head_of};
use super::facts_writer::{FactsWriter, head_pairs};
use super::fold_reports::{InputFile, fold_files};
use super::head_seal::{SEAL_KEY, seal_of};
use super::memory::Memory;
use super::month_facts::MonthFacts;
use crate::ingest::{Limits, Progress, ReportPlan, hash_report};
use crate::period::BillingPeriod;
use crate::usage::{ControlTotals, Facts, PriceInstants};

/// What a part calls itself.
const PART_FORMAT: &str = "seikyu part";
/// The version of facts files, and of what is added to them here.
const PART_VERSION: &str = "2.1";
/// The entry of the head that says of which file it is.
const PART_KEY: &str = "seikyu.part";

/// What a part was made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The report file.
    pub input: InputFile,
    /// Payers and months of all its rows, other months included.
    pub sources: BTreeSet<(String, BillingPeriod)>,
}

/// The facts of one report file.
pub struct FoldedPart {
    /// The facts, perhaps still on disk.
    pub facts: MonthFacts,
    /// What they were made of.
    pub part: Part,
}

/// Folds one file of a plan, named as there. What files must not be to each other is found when parts are merged.
pub fn fold_part(
    plan: &ReportPlan,
    name: &str,
    limits: &Limits,
    memory: &Memory<'_>,
    price_instants: &PriceInstants,
    progress: &dyn Progress,
) -> Result<FoldedPart, FoldError> {
    let Some(file) = plan.files.iter().find(|file| file.name == name) else {
        let accepted = plan.files.iter().map(|file| file.name.clone()).collect();
        return Err(FoldError::NoSuchReport { name: name.to_owned(), period: plan.period.to_string(), accepted });
    };
    let alone = ReportPlan { period: plan.period, deliveries: plan.deliveries.clone(), files: vec![file.clone()] };
    let mut folded = fold_files(&alone, limits, memory, price_instants, progress)?;
    let (mut input, sources) = (folded.inputs.remove(0), folded.sources.remove(0));
    if input.sha256.is_empty() {
        input.sha256 = hash_report(file, progress)?.1; // Of an object that was read here and there.
    }
    let facts = folded.sums.into_facts(plan.period, price_instants.clone())?;
    Ok(FoldedPart { facts, part: Part { input, sources } })
}

/// Begins the file of a part. Its bytes depend on the report file, its name and the price instants only.
///
/// It has the columns and the head of a facts file (see [`write_facts`](super::write_facts)), with another
/// `seikyu.format`, and `seikyu.part`, JSON with `file`, `bytes`, `sha256` and `sources` (pairs of payer and month).
pub fn begin_part<W: Write + Send>(head: &Facts, part: &Part, out: W) -> Result<FactsWriter<W>, FactsFileError> {
    let encode = |error: serde_json::Error| FactsFileError::Encode { found: error.to_string() };
    let mut pairs = head_pairs(head, PART_FORMAT, PART_VERSION).map_err(encode)?;
    let sources: Vec<[String; 2]> =
        part.sources.iter().map(|(payer, period)| [payer.clone(), period.to_string()]).collect();
    let input = &part.input;
    let told = json!({ "file": input.path, "bytes": input.bytes, "sha256": input.sha256, "sources": sources });
    pairs.push((PART_KEY, told.to_string()));
    FactsWriter::with_head(head, pairs, out)
}

/// The head of a part, checked; its facts are still to be read.
pub(super) struct PartHead {
    pub(super) period: BillingPeriod,
    pub(super) price_instants: PriceInstants,
    pub(super) totals: ControlTotals,
    pub(super) part: Part,
    /// The hash of its facts.
    pub(super) content: String,
}

/// Opens a part.
pub(super) fn open_part(path: &Path) -> Result<PartHead, FactsFileError> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|source| FactsFileError::Machine { path: name.clone(), source })?;
    let open = OpenFacts::open(&name, file, PART_FORMAT, PART_VERSION)?;
    if open.pairs.get(SEAL_KEY) != Some(&seal_of(&open.pairs)) {
        return Err(FactsFileError::Damaged {
            path: name.clone(),
            found: "its head is not what was written".to_owned(),
        });
    }
    let unreadable = || FactsFileError::Damaged { path: name, found: "its head cannot be read".to_owned() };
    read_head(&open.pairs).ok_or_else(unreadable)
}

fn read_head(pairs: &BTreeMap<String, String>) -> Option<PartHead> {
    let (period, price_instants, totals) = head_of(pairs)?;
    let told: Value = serde_json::from_str(pairs.get(PART_KEY)?).ok()?;
    let text = |key: &str| told[key].as_str().map(str::to_owned);
    let input = InputFile {
        path: text("file")?,
        bytes: told["bytes"].as_u64()?,
        sha256: text("sha256")?,
        rows: totals.rows,
        other_month_rows: totals.other_month_rows,
        rounded_inputs: totals.rounded_inputs,
        unblended: totals.unblended,
    };
    let source = |pair: &Value| Some((pair[0].as_str()?.to_owned(), pair[1].as_str()?.parse().ok()?));
    let sources = told["sources"].as_array()?.iter().map(source).collect::<Option<_>>()?;
    let content = pairs.get(super::facts_writer::CONTENT_KEY)?.clone();
    Some(PartHead { period, price_instants, totals, part: Part { input, sources }, content })
}
