//! `seikyu explain`: a printed yen back to its charges, rules, price-list rows, and rows of the reports.

use std::collections::BTreeSet;
use std::time::Instant;

use super::{RunError, RunReport, RunRequest, Watcher, price, read};
use crate::explain::{Explanation, Selection, explain};
use crate::rows::{PlaceTaker, RowPlace, scan_rows};

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

/// Prices a month and takes its invoices apart; writes nothing. `with_rows`: reads the reports again for file and line.
pub fn explain_invoices(
    request: &RunRequest,
    selection: &Selection,
    with_rows: bool,
    watcher: &dyn Watcher,
) -> Result<Explained, RunError> {
    let (inputs, bill, run) = price(request, watcher, Instant::now())?;
    let explanation = explain(&inputs.facts, &inputs.workspace.reference, &bill, selection)?;
    let settings = &inputs.workspace.settings;
    let ends_at_facts = request.facts.is_some() && !settings.reports_dir.exists();
    if !with_rows || ends_at_facts {
        return Ok(Explained { run, explanation, rows: None });
    }
    let rows: u64 = explanation.charges().map(|charge| charge.rows).sum();
    if rows > MOST_ROWS {
        return Err(RunError::TooManyRows { rows, most: MOST_ROWS });
    }
    let wanted: BTreeSet<usize> = explanation.charges().map(|charge| charge.fact).collect();
    let (reports, limits) = read::find_files(settings, request.period)?;
    watcher.on_step("reading reports again", Some(reports.total_bytes()));
    let takers = scan_rows(&reports, &limits, &inputs.facts, watcher, || PlaceTaker::new(&wanted))?;
    watcher.on_step_end();
    Ok(Explained { run, explanation, rows: Some(PlaceTaker::places(takers)) })
}
