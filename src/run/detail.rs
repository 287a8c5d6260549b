//! `seikyu detail`: the usage of projects row by row, by a second pass over the reports.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::read::{Reading, open, output_of};
use super::{RunError, RunReport, RunRequest, Watcher, price_then};
use crate::audit::check_detail;
use crate::deliver::{DetailSums, PendingFolder, folder_name, write_detail};
use crate::money::Usd;
use crate::period::BillingPeriod;
use crate::pipeline::{Bill, BillError};
use crate::rows::{DetailLines, DetailPlan, DetailTaker, SORT_BYTES, scan_rows};
use crate::terms::{BorneBy, ReferenceData};
use crate::usage::Sym;

/// What was written.
#[derive(Clone, Debug)]
pub struct DetailReport {
    /// The month as it was priced.
    pub run: RunReport,
    /// Per project its file, rows, rounding lines, and list dollars.
    pub files: Vec<(String, PathBuf, u64, u64, Usd)>,
}

impl DetailReport {
    /// As JSON: dollars are exact texts.
    pub fn to_json(&self) -> Value {
        let file = |(project_id, path, rows, roundings, cost): &(String, PathBuf, u64, u64, Usd)| {
            json!({
                "project_id": project_id, "path": path.display().to_string(),
                "rows": rows, "rounding_lines": roundings, "list_usd": cost.to_string(),
            })
        };
        json!({
            "billing_period": self.run.period,
            "files": self.files.iter().map(file).collect::<Vec<_>>(),
            "warnings": self.run.warnings,
        })
    }
}

/// Where the detail files of a month stand: beside the months, for a run replaces the folder of its month.
pub(super) fn place_of(output_dir: &Path, period: BillingPeriod) -> PathBuf {
    output_dir.join("detail").join(period.to_string())
}

/// Prices a month, reads its reports again and writes `detail.csv` of these projects; of all where none is named.
///
/// All files are written aside and summed up, and the reports found unchanged, before any of them is put in its place.
pub fn detail(request: &RunRequest, projects: &[String], watcher: &dyn Watcher) -> Result<DetailReport, RunError> {
    let opened = open(request)?;
    let chosen = choose(request.period, &opened.workspace.reference, projects)?;
    let (mut run, written) =
        price_then(request, opened, watcher, |reading, bill| write(request, &chosen, reading, bill, watcher))?;
    let Written { place, pending, files } = written;
    let names: Vec<String> = files.iter().map(|(project, _)| file_of(project)).collect();
    if projects.is_empty() {
        pending.publish()?
    } else {
        pending.publish_files(&names)?
    }
    watcher.on_step_end();
    let files = files.into_iter().zip(names).map(|((project, sums), name)| {
        (project, place.join(name), sums.rows, sums.roundings, sums.costs.values().copied().sum())
    });
    let files = files.collect();
    run.output = Some(place);
    Ok(DetailReport { run, files })
}

/// Files that nobody sees yet: if the reports have changed meanwhile, they are dropped and written anew.
struct Written {
    place: PathBuf,
    pending: PendingFolder,
    /// By project.
    files: Vec<(String, DetailSums)>,
}

fn write(
    request: &RunRequest,
    chosen: &[String],
    reading: &Reading<'_>,
    bill: &Bill,
    watcher: &dyn Watcher,
) -> Result<Written, RunError> {
    let reference = &reading.workspace.reference;
    let plan = DetailPlan::of(reading.facts, reference, &bill.list, &bill.discounted, chosen.to_vec());
    let place = place_of(output_of(request, &reading.workspace.settings), request.period);
    let pending = PendingFolder::begin(&place)?;
    watcher.on_step("reading reports again", Some(reading.plan.total_bytes()));
    let scratch = || pending.scratch();
    let taker = || DetailTaker::new(&plan, &scratch, SORT_BYTES);
    let takers = scan_rows(reading.plan, reading.limits, reading.facts, watcher, taker)?;
    watcher.on_step_end();
    watcher.on_step("writing", None);
    let lines = DetailLines::of(&plan, takers)?;
    let sums = write_files(&plan, bill, lines, &pending)?;
    let files = plan.projects.iter().cloned().zip(sums).collect();
    Ok(Written { place, pending, files })
}

fn file_of(project_id: &str) -> String {
    format!("{}/detail.csv", folder_name(project_id))
}

/// The projects that have an account in the month, or those of them that are asked for, sorted.
fn choose(period: BillingPeriod, reference: &ReferenceData, asked: &[String]) -> Result<Vec<String>, RunError> {
    let in_force = reference.accounts.iter().filter(|contract| contract.holds_in(period));
    let billed = in_force.filter(|contract| contract.borne_by == BorneBy::Customer && !contract.project_id.is_empty());
    let known: BTreeSet<&str> = billed.map(|contract| contract.project_id.as_str()).collect();
    if let Some(project_id) = asked.iter().find(|project| !known.contains(project.as_str())) {
        let (project_id, period) = (project_id.clone(), period.to_string());
        let known = known.into_iter().collect::<Vec<_>>().join(", ");
        return Err(RunError::NoSuchProject { project_id, period, known });
    }
    let is_asked = |project: &&&str| asked.is_empty() || asked.iter().any(|asked| asked == **project);
    Ok(known.iter().filter(is_asked).map(|project| (*project).to_owned()).collect())
}

/// Writes one file for each project, and proves that each account's lines are its list total.
fn write_files(
    plan: &DetailPlan<'_>,
    bill: &Bill,
    mut lines: DetailLines<'_>,
    pending: &PendingFolder,
) -> Result<Vec<DetailSums>, RunError> {
    let mut files = Vec::new();
    for (number, project) in (0..).zip(&plan.projects) {
        let mut sums = DetailSums::default();
        pending.write_with(&file_of(project), |file| {
            sums = write_detail(plan, number, &mut lines, file)?;
            Ok::<(), std::io::Error>(())
        })?;
        files.push(sums);
    }
    let costs: BTreeMap<Sym, Usd> = files.iter().flat_map(|sums| sums.costs.clone()).collect();
    check_detail(plan.facts, &bill.bridge, &plan.accounts, &costs).map_err(BillError::from)?;
    Ok(files)
}
