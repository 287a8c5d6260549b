//! Everything that a run reads.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::billed::{IssuedProject, issued_projects};
use super::ledger_terms::apply_ledger;
use super::reports::{ObjectVersion, Reports, Steady};
use super::{RunError, RunRequest, Watcher};
use crate::deliver::ScratchFolder;
use crate::fold::{FoldedMonth, InputFile, Memory, ScratchFiles, fold_within, read_facts};
use crate::ingest::{Limits, ReportPlan};
use crate::ledger::Ledger;
use crate::pipeline::Bill;
use crate::reference::{KeptFiles, Settings, Workspace, read_and_keep, read_workspace};
use crate::usage::{Facts, PriceInstants, Sym};

/// What was read.
pub(super) struct Inputs {
    pub workspace: Workspace,
    pub facts: Facts,
    /// Report files; empty where the run started from facts.
    pub reports: Vec<InputFile>,
    /// Payers that delivered other months and not this one.
    pub missing_deliveries: Vec<String>,
    /// What of the report files lay in a store, by their path.
    pub versions: BTreeMap<String, ObjectVersion>,
    /// What somebody should know of how the reports were read.
    pub notices: Vec<String>,
    /// The facts file, where the run started from one.
    pub facts_file: Option<PathBuf>,
    /// What was issued for the month already, by project.
    pub issued: BTreeMap<String, IssuedProject>,
}

impl Inputs {
    /// Facts, with nothing said of where they are from.
    pub(super) const fn of_facts(workspace: Workspace, facts: Facts) -> Self {
        Self {
            workspace,
            facts,
            reports: Vec::new(),
            missing_deliveries: Vec::new(),
            versions: BTreeMap::new(),
            notices: Vec::new(),
            facts_file: None,
            issued: BTreeMap::new(),
        }
    }

    /// The projects whose drafts charge what was issued.
    pub(super) fn issued_as_drafted<'a>(&self, bill: &'a Bill) -> BTreeSet<&'a str> {
        let drafts = bill.invoices.iter();
        let agreeing = drafts
            .filter(|draft| self.issued.get(&draft.project.project_id).is_some_and(|issued| issued.agrees_with(draft)));
        agreeing.map(|draft| draft.project.project_id.as_str()).collect()
    }

    pub(super) fn output_dir<'a>(&'a self, request: &'a RunRequest) -> &'a Path {
        output_of(request, &self.workspace.settings)
    }
}

/// A state of a month's reports, with the facts that belong to it: for what needs their rows once more.
pub(super) struct Reading<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) facts: &'a Facts,
    pub(super) plan: &'a ReportPlan,
    pub(super) limits: &'a Limits,
}

pub(super) fn read_inputs(request: &RunRequest, watcher: &dyn Watcher) -> Result<Inputs, RunError> {
    let Opened { workspace, issued } = open(request)?;
    Ok(Inputs { issued, ..read_month(request, workspace, watcher)? })
}

/// The same of an opened workspace, and goes on with the reports in the state in which they were read. Where they change before `then` has
/// ended, all begins anew: it may be asked several times, and shows nothing to anybody.
pub(super) fn read_inputs_then<T>(
    request: &RunRequest,
    Opened { workspace, issued }: Opened,
    watcher: &dyn Watcher,
    mut then: impl FnMut(&Reading<'_>) -> Result<T, RunError>,
) -> Result<(Inputs, T), RunError> {
    let (inputs, made) = match &request.facts {
        Some(file) => {
            let facts = read_facts_of(request, file)?;
            let reports = Reports::of(&workspace.settings, request.cache.as_deref())?;
            let Steady { read, notices, .. } = reports.steady(request.period, |plan| {
                then(&Reading { workspace: &workspace, facts: &facts, plan, limits: &reports.limits })
            })?;
            let inputs = Inputs { notices, facts_file: Some(file.clone()), ..Inputs::of_facts(workspace, facts) };
            (inputs, read)
        }
        None => fold_then(request, workspace, watcher, then)?,
    };
    Ok((Inputs { issued, ..inputs }, made))
}

/// A workspace before any report is read.
pub(super) struct Opened {
    /// With what the ledger adds to it.
    pub(super) workspace: Workspace,
    issued: BTreeMap<String, IssuedProject>,
}

pub(super) fn open(request: &RunRequest) -> Result<Opened, RunError> {
    let mut workspace = read_workspace(&request.workspace, Some(request.period))?;
    let mut issued = BTreeMap::new();
    if let Some(ledger) = Ledger::open(&workspace.settings.ledger)? {
        apply_ledger(&mut workspace.reference, ledger.book(), request.period, &[])?;
        issued = issued_projects(&ledger, &workspace.reference, request.period)?;
    }
    Ok(Opened { workspace, issued })
}

/// The same with the bytes of the workspace, and without what the ledger adds to it.
pub(super) fn read_and_keep_inputs(
    request: &RunRequest,
    watcher: &dyn Watcher,
) -> Result<(Inputs, Arc<KeptFiles>), RunError> {
    let (workspace, kept) = read_and_keep(&request.workspace, Some(request.period))?;
    Ok((read_month(request, workspace, watcher)?, kept))
}

fn read_month(request: &RunRequest, workspace: Workspace, watcher: &dyn Watcher) -> Result<Inputs, RunError> {
    match &request.facts {
        Some(file) => {
            let facts = read_facts_of(request, file)?;
            Ok(Inputs { facts_file: Some(file.clone()), ..Inputs::of_facts(workspace, facts) })
        }
        None => fold_then(request, workspace, watcher, |_| Ok(())).map(|(inputs, ())| inputs),
    }
}

fn read_facts_of(request: &RunRequest, file: &Path) -> Result<Facts, RunError> {
    let facts = read_facts(file)?;
    refuse_other_month(request, file, &facts)?;
    Ok(facts)
}

/// Folds the reports of a month into memory, and goes on with them.
fn fold_then<T>(
    request: &RunRequest,
    workspace: Workspace,
    watcher: &dyn Watcher,
    mut then: impl FnMut(&Reading<'_>) -> Result<T, RunError>,
) -> Result<(Inputs, T), RunError> {
    let scratch = scratch_of(request, &workspace.settings);
    let scratch_file = || scratch.file();
    let memory = memory_of(request, &workspace.settings, &scratch_file);
    let folded = fold_month(request, &workspace, &memory, watcher, |folded, plan, limits| {
        let (facts, reports) = (folded.facts.into_facts()?, folded.inputs);
        let made = then(&Reading { workspace: &workspace, facts: &facts, plan, limits })?;
        Ok((facts, reports, made))
    })?;
    let Steady { plan, read: (facts, reports, made), versions, notices } = folded;
    let missing_deliveries = missing_deliveries(&plan, &facts);
    Ok((Inputs { reports, missing_deliveries, versions, notices, ..Inputs::of_facts(workspace, facts) }, made))
}

/// Folds the reports of a month, and goes on with what came of it.
pub(super) fn fold_month<T>(
    request: &RunRequest,
    workspace: &Workspace,
    memory: &Memory<'_>,
    watcher: &dyn Watcher,
    mut then: impl FnMut(FoldedMonth, &ReportPlan, &Limits) -> Result<T, RunError>,
) -> Result<Steady<T>, RunError> {
    let reports = Reports::of(&workspace.settings, request.cache.as_deref())?;
    let instants: PriceInstants = workspace.reference.price_list.price_instants(request.period);
    reports.steady(request.period, |plan| {
        watcher.on_step("reading reports", Some(plan.total_bytes()));
        let folded = fold_within(plan, &reports.limits, memory, &instants, watcher)?;
        reports.check_payers(&folded.payers)?;
        refuse_no_rows(&folded)?;
        watcher.on_step_end();
        then(folded, plan, &reports.limits)
    })
}

pub(super) fn refuse_other_month(request: &RunRequest, file: &Path, facts: &Facts) -> Result<(), RunError> {
    if facts.period == request.period {
        return Ok(());
    }
    let (found, expected) = (facts.period.to_string(), request.period.to_string());
    Err(RunError::OtherMonth { file: file.display().to_string(), found, expected })
}

pub(super) fn refuse_no_rows(folded: &FoldedMonth) -> Result<(), RunError> {
    let head = folded.facts.head();
    let (period, other) = (head.period.to_string(), head.totals.other_month_rows);
    if head.totals.rows == 0 { Err(RunError::NoRows { period, other }) } else { Ok(()) }
}

/// The folder of all months.
pub(super) fn output_of<'a>(request: &'a RunRequest, settings: &'a Settings) -> &'a Path {
    request.output.as_deref().unwrap_or(&settings.output_dir)
}

/// Where sums are put that memory may not hold: beside the output.
pub(super) fn scratch_of(request: &RunRequest, settings: &Settings) -> ScratchFolder {
    ScratchFolder::in_folder(output_of(request, settings))
}

pub(super) fn memory_of<'a>(request: &RunRequest, settings: &Settings, scratch: ScratchFiles<'a>) -> Memory<'a> {
    Memory { bytes: request.memory.unwrap_or(settings.max_memory_bytes), scratch }
}

/// Payers with a delivery of another month and neither a delivery nor a row of this one.
fn missing_deliveries(plan: &ReportPlan, facts: &Facts) -> Vec<String> {
    let mut payers: BTreeSet<&str> = plan.deliveries.iter().map(|delivery| delivery.account.as_str()).collect();
    for delivery in plan.deliveries.iter().filter(|delivery| delivery.period == plan.period) {
        payers.remove(delivery.account.as_str());
    }
    // Facts are sorted by payer, so one look finds whether there is one.
    let has_rows = |symbol: Sym| {
        let place = facts.facts.partition_point(|fact| fact.key.payer < symbol);
        facts.facts.get(place).is_some_and(|fact| fact.key.payer == symbol)
    };
    let is_absent = |payer: &&&str| !payer.is_empty() && !facts.symbols.find(payer).is_some_and(has_rows);
    payers.iter().filter(is_absent).map(|payer| (*payer).to_owned()).collect()
}
