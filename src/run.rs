//! Reads everything, calculates, checks, writes: the only meeting of edges and core.
//!
//! - In: a [`RunRequest`].
//! - Out: the folder `output/YYYY-MM/`, and a [`RunReport`] of what was done.
//! - Refuses: what any stage refuses; then nothing is written.
//! - Promise: the folder appears whole or not at all.

mod backup;
mod billed;
mod contracts;
mod copies;
mod corrections;
mod detail;
mod drafts;
mod drift;
mod error;
mod explain;
mod facts_summary;
mod fold;
mod issue;
mod ledger_terms;
mod make;
mod material;
mod months;
mod read;
mod reconcile;
mod record;
mod report_notes;
mod replay;
mod reports;
mod settlements;
mod steps;
mod warnings;
mod write;

pub use backup::{BackupReport, BackupRequest, RestoreReport, backup, restore};
pub use detail::{DetailReport, detail};
pub use drift::{Drift, DriftReport, drift};
pub use error::RunError;
pub use explain::{ExplainIssued, Explained, explain_invoices, explain_issued};
pub use fold::{PartReport, fold, fold_part, merge_parts};
pub use issue::{CorrectRequest, IssueReport, IssueRequest, IssuedDocument, correct, issue};
pub use ledger_terms::open_ledger;
pub use make::{Compared, Settling};
pub use months::{MonthLine, MonthsReport, over_months};
pub use reconcile::{ReconcileReport, ReconcileRequest, reconcile};
pub use record::{RunReport, Timings};
pub use replay::{Replayed, replay};

use std::path::PathBuf;
use std::time::Instant;

use crate::alone::BorderRow;
use crate::deliver::PendingFolder;
use crate::discount::{ExplainedUsage, explain as explain_usage};
use crate::period::BillingPeriod;
use crate::pipeline::{Bill, bill};
use crate::terms::ReferenceData;
use crate::usage::Facts;

/// How far a long step is.
pub trait Watcher: crate::ingest::Progress {
    /// A step begins; the bytes that it will read, where that is known.
    fn on_step(&self, name: &str, bytes: Option<u64>);
    /// The step has ended.
    fn on_step_end(&self);
}

/// What is to be done.
#[derive(Clone, Debug)]
pub struct RunRequest {
    /// The folder of the workspace.
    pub workspace: PathBuf,
    /// The billing month.
    pub period: BillingPeriod,
    /// Instead of the workspace's output folder.
    pub output: Option<PathBuf>,
    /// Instead of the reports.
    pub facts: Option<PathBuf>,
    /// Instead of the workspace's limit for the sums that a fold keeps in memory, in bytes.
    pub memory: Option<u64>,
    /// Where objects of buckets are kept.
    pub cache: Option<PathBuf>,
    /// Where the finished month is copied to, instead of where the settings say.
    pub upload: Option<String>,
}

impl RunRequest {
    /// A month of a workspace, with nothing else said.
    pub const fn of(workspace: PathBuf, period: BillingPeriod) -> Self {
        Self { workspace, period, output: None, facts: None, memory: None, cache: None, upload: None }
    }
}

/// Drafts a month.
pub fn run(request: &RunRequest, watcher: &dyn Watcher) -> Result<RunReport, RunError> {
    let target = copies::target_of_month(request)?; // Known before anything is read: a slip there costs no hour.
    let Calculated { mut report, pending, inputs, bill } = calculate(request, watcher, true)?;
    if let Some(pending) = pending {
        watcher.on_step("writing", None);
        let (published, ()) = rayon::join(|| pending.publish(), || drop((inputs, bill))); // It waits for the disk.
        published?;
        watcher.on_step_end();
    }
    if let (Some(target), Some(place)) = (target, &report.output) {
        watcher.on_step("copying the month to S3", None);
        report.copy = Some(copies::upload_month(&target, place, request.period)?);
        watcher.on_step_end();
    }
    Ok(report)
}

/// Does everything that [`run`] does except writing.
pub fn check(request: &RunRequest, watcher: &dyn Watcher) -> Result<RunReport, RunError> {
    calculate(request, watcher, false).map(|calculated| calculated.report)
}

/// Prices a month and says what left each group and what came in; writes nothing.
pub fn border(request: &RunRequest, watcher: &dyn Watcher) -> Result<(RunReport, Vec<BorderRow>), RunError> {
    let (_, bill, report) = price(request, watcher, Instant::now())?;
    Ok((report, bill.list.border))
}

/// Prices a month and says which discount each usage type of an account got, and why none; writes nothing.
pub fn explain(
    request: &RunRequest,
    account_id: &str,
    watcher: &dyn Watcher,
) -> Result<(RunReport, String, Vec<ExplainedUsage>), RunError> {
    let (inputs, bill, report) = price(request, watcher, Instant::now())?;
    let reference = &inputs.workspace.reference;
    let rows = explain_usage(&inputs.facts, reference, &bill.list, &bill.discounted, account_id);
    if rows.is_empty() {
        let (account_id, period) = (account_id.to_owned(), request.period.to_string());
        return Err(RunError::NoSuchAccount { account_id, period });
    }
    let contract = reference.contract(account_id, request.period);
    let plan_id = contract.map(|contract| contract.plan_id.clone()).unwrap_or_default();
    Ok((report, plan_id, rows))
}

/// Reads and prices a month, and says how that went.
fn price(
    request: &RunRequest,
    watcher: &dyn Watcher,
    start: Instant,
) -> Result<(read::Inputs, Bill, RunReport), RunError> {
    price_beside(request, watcher, start, |_| ()).map(|(inputs, bill, report, ())| (inputs, bill, report))
}

/// The same, and makes something else of the facts: pricing does not keep all threads busy.
fn price_beside<T: Send>(
    request: &RunRequest,
    watcher: &dyn Watcher,
    start: Instant,
    beside: impl FnOnce(&Facts) -> T + Send,
) -> Result<(read::Inputs, Bill, RunReport, T), RunError> {
    let inputs = read::read_inputs(request, watcher)?;
    let (bill, timings, other) = bill_beside(&inputs.facts, &inputs.workspace.reference, watcher, start, beside)?;
    let report = RunReport::of_bill(request, &inputs, &bill, timings);
    Ok((inputs, bill, report, other))
}

/// Reads and prices a month, and goes on with its reports: all of it with one state of them, however often it takes to
/// find them unchanged. `then` shows nothing to anybody.
fn price_then<T>(
    request: &RunRequest,
    opened: read::Opened,
    watcher: &dyn Watcher,
    mut then: impl FnMut(&read::Reading<'_>, &Bill) -> Result<T, RunError>,
) -> Result<(RunReport, T), RunError> {
    let start = Instant::now();
    let (inputs, (bill, timings, made)) = read::read_inputs_then(request, opened, watcher, |reading| {
        let reference = &reading.workspace.reference;
        let (bill, timings, ()) = bill_beside(reading.facts, reference, watcher, start, |_| ())?;
        let made = then(reading, &bill)?;
        Ok((bill, timings, made))
    })?;
    Ok((RunReport::of_bill(request, &inputs, &bill, timings), made))
}

fn bill_beside<T: Send>(
    facts: &Facts,
    reference: &ReferenceData,
    watcher: &dyn Watcher,
    start: Instant,
    beside: impl FnOnce(&Facts) -> T + Send,
) -> Result<(Bill, Timings, T), RunError> {
    let read_ms = millis(start);
    watcher.on_step("pricing", None);
    let priced = || (bill(facts, reference), millis(start) - read_ms);
    let ((bill, bill_ms), other) = rayon::join(priced, || beside(facts));
    let bill = bill?;
    watcher.on_step_end();
    Ok((bill, Timings { read_ms, bill_ms, write_ms: 0 }, other))
}

/// A month, with what it was made of.
struct Calculated {
    report: RunReport,
    /// Its folder, where it is written.
    pending: Option<PendingFolder>,
    inputs: read::Inputs,
    bill: Bill,
}

fn calculate(request: &RunRequest, watcher: &dyn Watcher, writes: bool) -> Result<Calculated, RunError> {
    let start = Instant::now();
    let encoded = |facts: &Facts| writes.then(|| write::encode_facts(facts));
    let (inputs, bill, mut report, facts_file) = price_beside(request, watcher, start, encoded)?;
    watcher.on_step("drawing documents", None);
    let Some(facts_file) = facts_file else {
        write::draw_all(&bill.invoices, |_, _| Ok(()))?; // A text that cannot be drawn is bad input.
        watcher.on_step_end();
        return Ok(Calculated { report, pending: None, inputs, bill });
    };
    let details = detail::place_of(inputs.output_dir(request), request.period);
    if details.exists() {
        let place = details.display();
        report.warnings.push(format!("{place} holds detail files of an earlier run: make them again (seikyu detail)"));
    }
    let pending = write::write_month(request, &inputs, &bill, &facts_file?, &mut report, start)?;
    watcher.on_step_end();
    Ok(Calculated { report, pending: Some(pending), inputs, bill })
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
