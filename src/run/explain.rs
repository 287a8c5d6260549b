//! `seikyu explain`: a printed yen back to its charges, rules, price-list rows, and rows of the reports.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::ledger_terms::open_ledger;
use super::material::Material;
use super::read::Inputs;
use super::{RunError, RunReport, RunRequest, Watcher, price, read};
use crate::explain::{Explanation, Selection, explain};
use crate::ingest::IngestError;
use crate::invoice::{Issue, Status};
use crate::pipeline::Bill;
use crate::reference::{Settings, read_settings};
use crate::rows::{PlaceTaker, RowPlace, RowsError, scan_rows};

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
    let (inputs, bill, run) = price(request, watcher, Instant::now())?;
    let ends_at_facts = request.facts.is_some() && !inputs.workspace.settings.has_reports();
    let settings = Some(&inputs.workspace.settings).filter(|_| with_rows && !ends_at_facts);
    let reports = settings.map(|settings| (settings, request.cache.as_deref()));
    taken_apart(&inputs, &bill, run, selection, reports, watcher)
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
    let reports = Some((&settings, request.cache.as_deref())).filter(|_| with_rows);
    let explained = taken_apart(&inputs, &bill, run, &selection, reports, watcher);
    if let Err(RunError::Rows(source)) = explained {
        let number = request.number.clone();
        let is_of_reports = !source.is_machine_fault() && !matches!(source, RowsError::Ingest(IngestError::Store(_)));
        return Err(if is_of_reports { RunError::OtherReports { number, source } } else { source.into() });
    }
    explained
}

/// `reports`: where they are and are kept, if rows are asked for.
fn taken_apart(
    inputs: &Inputs,
    bill: &Bill,
    run: RunReport,
    selection: &Selection,
    reports: Option<(&Settings, Option<&Path>)>,
    watcher: &dyn Watcher,
) -> Result<Explained, RunError> {
    let explanation = explain(&inputs.facts, &inputs.workspace.reference, bill, selection)?;
    let Some((settings, cache)) = reports else { return Ok(Explained { run, explanation, rows: None }) };
    let rows: u64 = explanation.charges().map(|charge| charge.rows).sum();
    if rows > MOST_ROWS {
        return Err(RunError::TooManyRows { rows, most: MOST_ROWS });
    }
    let wanted: BTreeSet<usize> = explanation.charges().map(|charge| charge.fact).collect();
    let (reports, limits) = read::find_files(settings, cache, inputs.facts.period)?;
    watcher.on_step("reading reports again", Some(reports.total_bytes()));
    let takers = scan_rows(&reports, &limits, &inputs.facts, watcher, || PlaceTaker::new(&wanted))?;
    watcher.on_step_end();
    Ok(Explained { run, explanation, rows: Some(PlaceTaker::places(takers)) })
}
