//! `seikyu explain`: a printed yen back to its charges, rules, price-list rows, and rows of the reports.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Instant;

use super::ledger_terms::open_ledger;
use super::material::Material;
use super::read::open;
use super::reports::Reports;
use super::{RunError, RunReport, RunRequest, Watcher, price, price_then};
use crate::explain::{Explanation, Selection, explain};
use crate::ingest::{IngestError, Limits, ReportPlan};
use crate::invoice::{Issue, Status};
use crate::reference::read_settings;
use crate::rows::{PlaceTaker, RowPlace, RowsError, scan_rows};
use crate::usage::Facts;

/// How many rows are told one by one: beyond, they are nothing that anybody reads.
const MOST_ROWS: u64 = 100_000;

/// Invoices taken apart, and where their rows stand.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The month as it was priced.
    pub run: RunReport,
    /// What is asked for.
    pub explanation: Explanation,
    /// By fact, file and row; absent where nobody asked, or where there are no reports.
    pub rows: Option<Vec<RowPlace>>,
}

/// An issued document that is to be explained.
#[derive(Clone, Debug)]
pub struct ExplainIssued {
    /// The folder of the workspace: its ledger, and its reports where rows are asked for.
    pub workspace: PathBuf,
    /// The document's number.
    pub number: String,
    /// Where objects are kept that are read again.
    pub cache: Option<PathBuf>,
}

/// Prices a month and takes its invoices apart; writes nothing. `with_rows`: reads the reports again for file and line.
pub fn explain_invoices(
    request: &RunRequest,
    selection: &Selection,
    with_rows: bool,
    watcher: &dyn Watcher,
) -> Result<Explained, RunError> {
    let ends_at_facts =
        || Ok::<_, RunError>(request.facts.is_some() && !read_settings(&request.workspace)?.has_reports());
    if !with_rows || ends_at_facts()? {
        let (inputs, bill, run) = price(request, watcher, Instant::now())?;
        let explanation = explain(&inputs.facts, &inputs.workspace.reference, &bill, selection)?;
        return Ok(Explained { run, explanation, rows: None });
    }
    let (run, (explanation, rows)) = price_then(request, open(request)?, watcher, |reading, bill| {
        let explanation = explain(reading.facts, &reading.workspace.reference, bill, selection)?;
        let wanted = wanted_facts(&explanation)?;
        let rows = find_rows(&wanted, reading.facts, reading.plan, reading.limits, watcher)?;
        Ok((explanation, rows))
    })?;
    Ok(Explained { run, explanation, rows: Some(rows) })
}

/// Takes an issued document apart, from what the ledger recorded when it was made; writes nothing.
pub fn explain_issued(
    request: &ExplainIssued,
    selection: &Selection,
    with_rows: bool,
    watcher: &dyn Watcher,
) -> Result<Explained, RunError> {
    let start = Instant::now();
    let settings = read_settings(&request.workspace)?;
    let ledger = open_ledger(&settings.ledger)?;
    let missing = || RunError::NoSuchDocument { number: request.number.clone() };
    let document = ledger.book().document(&request.number).ok_or_else(missing)?.document;
    if document.kind == "return" {
        return Err(RunError::OnlyDifferences { number: request.number.clone() });
    }
    let unreplayable = || RunError::Unreplayable { found: format!("what {} was made from", request.number) };
    let entry = ledger.book().inputs(document.inputs).ok_or_else(unreplayable)?;
    watcher.on_step("pricing", None);
    let material = Material::of_ledger(&ledger, entry)?;
    let redrawn: &[&str] = if document.kind == "replace" { &[&document.project_id] } else { &[] };
    let (mut bill, reference) = material.bill(&ledger.book().before(document.inputs), redrawn)?;
    watcher.on_step_end();
    let draft = bill.invoices.iter().find(|draft| draft.project.project_id == document.project_id);
    if draft.map(|draft| draft.total_jpy.count()) != Some(document.total_jpy) {
        let version = entry.program_version.clone();
        return Err(RunError::OtherFigures { number: request.number.clone(), version });
    }
    for invoice in &mut bill.invoices {
        if invoice.project.project_id == document.project_id {
            let on = document.issued_on.parse().map_err(|_| unreplayable())?;
            invoice.issue = Some(Issue { number: document.number.clone(), on });
            (invoice.status, invoice.holds) = (Status::Issued, Vec::new());
        }
    }
    let inputs = material.into_inputs(reference);
    let run_request = RunRequest::of(request.workspace.clone(), inputs.facts.period);
    let elapsed = super::millis(start);
    let timings = super::Timings { read_ms: 0, bill_ms: elapsed, write_ms: 0 };
    let mut run = RunReport::of_bill(&run_request, &inputs, &bill, timings);
    (run.warnings, run.holds) = (Vec::new(), BTreeSet::new()); // Those of the drafts of that day.
    let selection = Selection { project: Some(document.project_id.clone()), ..selection.clone() };
    let explanation = explain(&inputs.facts, &inputs.workspace.reference, &bill, &selection)?;
    let mut rows = None;
    if with_rows {
        let wanted = wanted_facts(&explanation)?;
        let reports = Reports::of(&settings, request.cache.as_deref())?;
        let found = reports
            .steady(inputs.facts.period, |plan| Ok(find_rows(&wanted, &inputs.facts, plan, &reports.limits, watcher)?))
            .map_err(|error| of_other_reports(error, &request.number))?;
        run.warnings.extend(found.notices);
        rows = Some(found.read);
    }
    Ok(Explained { run, explanation, rows })
}

/// What is wrong with the reports of today is told as what it is to an issued document.
fn of_other_reports(error: RunError, number: &str) -> RunError {
    let is_of_reports =
        |source: &RowsError| !source.is_machine_fault() && !matches!(source, RowsError::Ingest(IngestError::Store(_)));
    if let RunError::Rows(source) = error {
        let number = number.to_owned();
        return if is_of_reports(&source) { RunError::OtherReports { number, source } } else { source.into() };
    }
    error
}

/// The facts whose rows are told.
fn wanted_facts(explanation: &Explanation) -> Result<BTreeSet<usize>, RunError> {
    let rows: u64 = explanation.charges().map(|charge| charge.rows).sum();
    if rows > MOST_ROWS {
        return Err(RunError::TooManyRows { rows, most: MOST_ROWS });
    }
    Ok(explanation.charges().map(|charge| charge.fact).collect())
}

fn find_rows(
    wanted: &BTreeSet<usize>,
    facts: &Facts,
    plan: &ReportPlan,
    limits: &Limits,
    watcher: &dyn Watcher,
) -> Result<Vec<RowPlace>, RowsError> {
    watcher.on_step("reading reports again", Some(plan.total_bytes()));
    let takers = scan_rows(plan, limits, facts, watcher, || PlaceTaker::new(wanted))?;
    watcher.on_step_end();
    Ok(PlaceTaker::places(takers))
}
