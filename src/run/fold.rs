//! `seikyu fold`: the facts of a month, of one of its files, or of parts that were made before.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::{Value, json};

use super::facts_summary::{FactsCounter, FactsSummary};
use super::record::{facts_entry, report_files};
use super::reports::{ObjectVersion, Reports};
use super::{RunError, RunReport, RunRequest, Timings, Watcher, millis, read};
use crate::deliver::{folder_name, write_file_aside};
use crate::fold::{
    FactsFileError, FactsWriter, FoldedMonth, FoldedPart, MonthFacts, PART_END, Part, begin_part, read_facts,
};
use crate::ledger::sha256;
use crate::reference::{Settings, Workspace, read_workspace};
use crate::usage::{FactRun, Facts, PriceInstants};

/// What a part is, and where.
#[derive(Clone, Debug)]
pub struct PartReport {
    /// Its place.
    pub place: PathBuf,
    /// The month.
    pub period: String,
    /// What it was made of.
    pub part: Part,
    /// How many facts it has.
    pub facts: usize,
    /// What somebody should know of how the file was read.
    pub warnings: Vec<String>,
}

impl PartReport {
    /// As JSON: dollars are exact texts.
    pub fn to_json(&self) -> Value {
        let input = &self.part.input;
        json!({
            "billing_period": self.period, "part": self.place.display().to_string(),
            "file": input.path, "bytes": input.bytes, "sha256": input.sha256,
            "rows": input.rows, "unblended_usd": input.unblended.to_string(),
            "other_month_rows": input.other_month_rows, "rounded_inputs": input.rounded_inputs, "facts": self.facts,
            "warnings": self.warnings,
        })
    }
}

/// Reads the reports of a month into `facts.parquet`. They need not fit into memory.
pub fn fold(request: &RunRequest, watcher: &dyn Watcher) -> Result<RunReport, RunError> {
    let start = Instant::now();
    let workspace = read_workspace(&request.workspace, Some(request.period))?;
    if let Some(file) = &request.facts {
        let facts = read_facts(file)?;
        read::refuse_other_month(request, file, &facts)?;
        let place = place_of(request, &workspace.settings);
        super::write::write_facts_file(&facts, &place)?;
        return Ok(report(
            request,
            &workspace,
            vec![facts_entry(file)],
            FactsSummary::of(&facts, &FactRun::of(&facts.facts)),
            place,
            start,
        ));
    }
    let scratch = read::scratch_of(request, &workspace.settings);
    let scratch_file = || scratch.file();
    let memory = read::memory_of(request, &workspace.settings, &scratch_file);
    let folded = read::fold_month(request, &workspace, &memory, watcher, |folded, _, _| Ok(folded))?;
    let (read, versions) = (folded.read, folded.versions);
    let mut report = write_month(request, &workspace, read, &versions, watcher, start)?;
    report.warnings.extend(folded.notices);
    Ok(report)
}

/// Adds the parts of a folder, one for each report file, and writes what [`fold`] would write.
pub fn merge_parts(request: &RunRequest, folder: &Path, watcher: &dyn Watcher) -> Result<RunReport, RunError> {
    let start = Instant::now();
    let workspace = read_workspace(&request.workspace, Some(request.period))?;
    let scratch = read::scratch_of(request, &workspace.settings);
    let scratch_file = || scratch.file();
    let memory = read::memory_of(request, &workspace.settings, &scratch_file);
    let reports = Reports::of(&workspace.settings, request.cache.as_deref())?;
    let instants: PriceInstants = workspace.reference.price_list.price_instants(request.period);
    let merged = reports.steady(request.period, |plan| {
        watcher.on_step("adding parts", Some(plan.total_bytes()));
        Ok(crate::fold::merge_parts(plan, folder, &memory, &instants, watcher)?)
    })?;
    reports.check_payers(&merged.read.payers)?;
    read::refuse_no_rows(&merged.read)?;
    watcher.on_step_end();
    let mut report = write_month(request, &workspace, merged.read, &merged.versions, watcher, start)?;
    report.warnings.extend(merged.notices);
    Ok(report)
}

/// Folds one report file, named as it lies below the reports folder, into a file of its own.
///
/// Several processes may do so at once, each with its file; none waits for another.
pub fn fold_part(request: &RunRequest, file: &str, watcher: &dyn Watcher) -> Result<PartReport, RunError> {
    let workspace = read_workspace(&request.workspace, Some(request.period))?;
    let scratch = read::scratch_of(request, &workspace.settings);
    let scratch_file = || scratch.file();
    let memory = read::memory_of(request, &workspace.settings, &scratch_file);
    let reports = Reports::of(&workspace.settings, request.cache.as_deref())?.only(file);
    let instants: PriceInstants = workspace.reference.price_list.price_instants(request.period);
    let folded = reports.steady(request.period, |plan| {
        let bytes = plan.files.iter().find(|known| known.name == file).map(|file| file.bytes);
        watcher.on_step("reading a report", bytes);
        Ok(crate::fold::fold_part(plan, file, &reports.limits, &memory, &instants, watcher)?)
    })?;
    watcher.on_step_end();
    let FoldedPart { facts, part } = folded.read;
    let place = read::output_of(request, &workspace.settings).join("parts").join(request.period.to_string());
    let place = place.join(part_name(file));
    let summary = write_aside(&place, facts, |head, out| begin_part(head, &part, out))?;
    let (period, warnings) = (request.period.to_string(), folded.notices);
    Ok(PartReport { place, period, part, facts: summary.facts, warnings })
}

/// The name of a file's part; different files have different ones.
fn part_name(file: &str) -> String {
    const MOST_BYTES: usize = 180; // Common systems end at 255, and the file gets a longer name while it is written.
    let mut name = folder_name(file);
    if name.len() > MOST_BYTES {
        while name.len() > MOST_BYTES - 17 {
            name.pop();
        }
        name = format!("{name}-{}", &sha256(file.as_bytes())[..16]);
    }
    name + PART_END
}

fn place_of(request: &RunRequest, settings: &Settings) -> PathBuf {
    read::output_of(request, settings).join(request.period.to_string()).join("facts.parquet")
}

fn write_month(
    request: &RunRequest,
    workspace: &Workspace,
    folded: FoldedMonth,
    versions: &BTreeMap<String, ObjectVersion>,
    watcher: &dyn Watcher,
    start: Instant,
) -> Result<RunReport, RunError> {
    watcher.on_step("writing", None);
    let place = place_of(request, &workspace.settings);
    let files = report_files(&folded.inputs, versions);
    let summary = write_aside(&place, folded.facts, |head, out| FactsWriter::begin(head, out))?;
    watcher.on_step_end();
    Ok(report(request, workspace, files, summary, place, start))
}

fn report(
    request: &RunRequest,
    workspace: &Workspace,
    files: Vec<Value>,
    summary: FactsSummary,
    place: PathBuf,
    start: Instant,
) -> RunReport {
    let timings = Timings { read_ms: millis(start), ..Timings::default() };
    let mut report = RunReport::of_facts(request, workspace, files, summary, timings);
    if place.with_file_name("run.json").exists() {
        report.warnings.push(String::from("the month's folder holds a run of other facts beside these: run again"));
    }
    report.output = Some(place);
    report
}

/// Writes facts beside their place as they come, and renames them once they have proved whole.
fn write_aside(
    place: &Path,
    facts: MonthFacts,
    begin: impl for<'f> FnOnce(&Facts, &'f mut File) -> Result<FactsWriter<&'f mut File>, FactsFileError>,
) -> Result<FactsSummary, RunError> {
    let mut outcome = None;
    let written = write_file_aside(place, |file| match write_all(file, facts, begin) {
        Err(RunError::FactsFile(error)) => Err(io::Error::other(error)),
        result => {
            let is_written = result.is_ok();
            outcome = Some(result);
            if is_written { Ok(()) } else { Err(io::Error::other("the facts did not prove whole")) }
        }
    });
    match outcome {
        Some(Err(error)) => Err(error),
        Some(Ok(summary)) => Ok(written.map(|()| summary)?),
        None => Err(written.expect_err("what was not written has an error").into()),
    }
}

fn write_all(
    file: &mut File,
    facts: MonthFacts,
    begin: impl for<'f> FnOnce(&Facts, &'f mut File) -> Result<FactsWriter<&'f mut File>, FactsFileError>,
) -> Result<FactsSummary, RunError> {
    let (mut writer, mut counter) = (begin(facts.head(), file)?, FactsCounter::default());
    let head = facts.for_each_chunk(|piece| {
        let ((), written) = rayon::join(|| counter.add(&FactRun::of(&piece.facts)), || writer.write(piece));
        written?;
        Ok::<(), RunError>(())
    })?;
    writer.finish()?;
    Ok(counter.finish(&head))
}
