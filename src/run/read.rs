//! Everything that a run reads.

use std::path::{Path, PathBuf};

use super::{RunError, RunRequest, Watcher};
use crate::fold::{FoldOutcome, InputFile, fold_reports, read_facts};
use crate::ingest::{Limits, find_reports};
use crate::reference::{Workspace, read_workspace};
use crate::terms::Mode;
use crate::usage::{Facts, PriceInstants};

/// What was read.
pub(super) struct Inputs {
    pub workspace: Workspace,
    pub facts: Facts,
    /// Report files; empty where the run started from facts.
    pub reports: Vec<InputFile>,
    /// The facts file, where the run started from one.
    pub facts_file: Option<PathBuf>,
}

impl Inputs {
    pub(super) fn output_dir<'a>(&'a self, request: &'a RunRequest) -> &'a Path {
        request.output.as_deref().unwrap_or(&self.workspace.settings.output_dir)
    }
}

pub(super) fn read_inputs(request: &RunRequest, watcher: &dyn Watcher) -> Result<Inputs, RunError> {
    let workspace = read_workspace(&request.workspace, Some(request.period))?;
    if workspace.reference.mode == Mode::StripAndReapply {
        return Err(RunError::ModeNotAvailable);
    }
    if let Some(file) = &request.facts {
        let facts = read_facts(file)?;
        if facts.period != request.period {
            let (found, expected) = (facts.period.to_string(), request.period.to_string());
            return Err(RunError::OtherMonth { file: file.display().to_string(), found, expected });
        }
        return Ok(Inputs { workspace, facts, reports: Vec::new(), facts_file: Some(file.clone()) });
    }
    let settings = &workspace.settings;
    let limits = Limits {
        unpacked_bytes: settings.max_unpacked_bytes,
        unpack_ratio: settings.max_unpack_ratio,
        ..Limits::default()
    };
    let plan = find_reports(&settings.reports_dir, request.period, &settings.adjustments)?;
    watcher.on_step("reading reports", Some(plan.total_bytes()));
    let instants: PriceInstants = workspace.reference.price_list.price_instants(request.period);
    let FoldOutcome { facts, inputs } = fold_reports(&plan, &limits, &instants, watcher)?;
    if facts.totals.rows == 0 {
        let (period, other) = (request.period.to_string(), facts.totals.other_month_rows);
        return Err(RunError::NoRows { period, other });
    }
    watcher.on_step_end();
    Ok(Inputs { workspace, facts, reports: inputs, facts_file: None })
}
