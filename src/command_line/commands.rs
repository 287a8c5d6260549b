use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use super::arguments::{Arguments, Command, Month, Months, PlansCommand};
use super::fold;
use super::init::init_workspace;
use super::issued;
use super::ledger;
use super::progress::{Lines, OnTerminal, Quiet};
use super::rates;
use super::reconcile;
use super::shown;
use super::summary;
use super::timeline;
use crate::explain::Selection;
use crate::period::{BillingPeriod, MonthRange};
use crate::reference::read_workspace;
use crate::run::{self, ReconcileRequest, RunError, RunReport, RunRequest, Watcher};
use crate::terms::timelines;

pub(super) const HELD: u8 = 1;
pub(super) const REFUSED: u8 = 2;
pub(super) const FAILED: u8 = 3;

/// Does what was asked and says how it went.
pub fn execute(arguments: &Arguments) -> ExitCode {
    if let Some(threads) = arguments.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(usize::from(threads));
        if let Err(error) = pool.build_global() {
            eprintln!("error: cannot start {threads} threads: {error}");
            return ExitCode::from(FAILED);
        }
    }
    let watcher = watcher(arguments.quiet);
    match &arguments.command {
        Command::Init { dir } => init(arguments, dir),
        Command::Rates(command) => rates::execute(arguments, command, watcher),
        Command::Issue(command) => issued::issue(arguments, command, watcher),
        Command::Correct(command) => issued::correct(arguments, command, watcher),
        Command::Ledger(command) => ledger::execute(arguments, command),
        Command::Check { workspace, period, facts, output, cache, issued: true, .. } => {
            let (output, facts, cache) = (output.clone(), facts.clone(), cache.clone());
            let only = period.map(MonthRange::single);
            if only == Some(None) {
                return fold::refuse_range("--issued looks at one month, or at all that were issued");
            }
            let only = only.flatten();
            // The month is set anew for every issued one.
            let any = only.unwrap_or_else(|| BillingPeriod::new(2025, 1).expect("January is a month"));
            let request = RunRequest { output, facts, cache, ..RunRequest::of(workspace.clone(), any) };
            issued::drift(arguments, &request, only, watcher)
        }
        Command::Check { workspace, period: None, timeline, .. } => check_workspace(arguments, workspace, *timeline),
        Command::Check { workspace, period: Some(period), facts, output, cache, timeline, .. } => {
            let (workspace, output, facts) = (workspace.clone(), output.clone(), facts.clone());
            let (period, cache) = (*period, cache.clone());
            let months = Months { workspace, period, output, facts, cache, memory: None };
            if !timeline {
                return fold::over(arguments, &months, run::check);
            }
            let Some(period) = period.single() else {
                return fold::refuse_range("--timeline shows one month's reports beside the contracts of all months");
            };
            let Months { workspace, output, facts, cache, .. } = months;
            let request = RunRequest { output, facts, cache, ..RunRequest::of(workspace, period) };
            let outcome = run::check(&request, watcher.as_ref());
            drop(watcher);
            shown::show_timeline(arguments, outcome)
        }
        Command::Plans(PlansCommand::Explain { month, account }) => {
            let explained = run::explain(&request(month), account, watcher.as_ref());
            drop(watcher);
            shown::show_explained(arguments, account, explained)
        }
        Command::Border(month) => {
            let shown = run::border(&request(month), watcher.as_ref());
            drop(watcher);
            shown::show_border(arguments, shown)
        }
        Command::Explain { invoice, workspace, period, output, facts, project, account, service, rows, cache } => {
            let (project, account, service) = (project.clone(), account.clone(), service.clone());
            let selection = Selection { project, account, service };
            let (workspace, output, facts, cache) = (workspace.clone(), output.clone(), facts.clone(), cache.clone());
            let explained = match (invoice, period) {
                (Some(number), _) => {
                    let issued = run::ExplainIssued { workspace, number: number.clone(), cache };
                    run::explain_issued(&issued, &selection, *rows, watcher.as_ref())
                }
                (None, period) => {
                    let period = period.expect("it is required where no invoice is given");
                    let request = RunRequest { output, facts, cache, ..RunRequest::of(workspace, period) };
                    run::explain_invoices(&request, &selection, *rows, watcher.as_ref())
                }
            };
            drop(watcher);
            shown::show_explanation(arguments, *rows, explained)
        }
        Command::Detail { month, projects } => {
            let written = run::detail(&request(month), projects, watcher.as_ref());
            drop(watcher);
            shown::conclude_detail(arguments, written)
        }
        Command::Reconcile { workspace, period, against, payer, output } => {
            drop(watcher);
            let (workspace, output, against) = (workspace.clone(), output.clone(), against.clone());
            let request = ReconcileRequest { workspace, period: *period, output, against, payer: payer.clone() };
            reconcile::execute(arguments, &request)
        }
        Command::Run { months, upload } => fold::over(arguments, months, |request, watcher| {
            run::run(&RunRequest { upload: upload.clone(), ..request.clone() }, watcher)
        }),
        Command::Fold(command) => fold::execute(arguments, command),
    }
}

pub(super) fn watcher(quiet: bool) -> Box<dyn Watcher> {
    if quiet {
        Box::new(Quiet)
    } else if OnTerminal::is_here() {
        Box::new(OnTerminal::default())
    } else {
        Box::new(Lines::default())
    }
}

pub(super) fn request(month: &Month) -> RunRequest {
    let (output, facts, cache) = (month.output.clone(), month.facts.clone(), month.cache.clone());
    RunRequest { output, facts, cache, ..RunRequest::of(month.workspace.clone(), month.period) }
}

pub(super) fn conclude(arguments: &Arguments, outcome: Result<RunReport, RunError>) -> ExitCode {
    match outcome {
        Ok(report) => {
            if !arguments.quiet {
                eprint!("{}", summary::text(&arguments.command, &report));
            }
            answer(arguments, done(&report), || report.to_json())
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

/// The exit code of a month that was billed.
pub(super) fn done(report: &RunReport) -> ExitCode {
    if report.has_holds() { ExitCode::from(HELD) } else { ExitCode::SUCCESS }
}

pub(super) fn tell_warnings(arguments: &Arguments, warnings: &[String]) {
    if !arguments.quiet {
        for warning in warnings {
            eprintln!("warning: {warning}");
        }
    }
}

fn init(arguments: &Arguments, dir: &Path) -> ExitCode {
    match init_workspace(dir) {
        Ok(files) => {
            if !arguments.quiet {
                eprintln!("wrote {} files to {}", files.len(), dir.display());
                eprintln!("next: seikyu run --workspace {} --period 2025-05", dir.display());
            }
            let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
            answer(arguments, ExitCode::SUCCESS, || json_line(&serde_json::json!({ "files": names })))
        }
        Err(error) => refuse(&error, error.is_machine_fault()),
    }
}

fn check_workspace(arguments: &Arguments, dir: &Path, shows_timeline: bool) -> ExitCode {
    match read_workspace(dir, None) {
        Ok(workspace) => {
            tell_warnings(arguments, &workspace.warnings);
            if !arguments.quiet {
                let (accounts, projects) = (workspace.reference.accounts.len(), workspace.reference.projects.len());
                eprintln!("the workspace is in order: {accounts} account contracts, {projects} projects");
            }
            if shows_timeline {
                let (timelines, seen) = (timelines(&workspace.reference.accounts), timeline::Seen::new());
                let answer = if arguments.json {
                    json_line(&timeline::json(&timelines, None, &seen))
                } else {
                    timeline::text(&timelines, None, &seen).into_bytes()
                };
                return print(ExitCode::SUCCESS, &answer);
            }
            let warnings = serde_json::json!({ "warnings": workspace.warnings });
            answer(arguments, ExitCode::SUCCESS, || json_line(&warnings))
        }
        Err(error) => refuse(&error, error.is_machine_fault()),
    }
}

pub(super) fn refuse(error: &dyn std::error::Error, is_machine_fault: bool) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::from(if is_machine_fault { FAILED } else { REFUSED })
}

/// Ends a command that is done: with its JSON on standard output where that was asked for.
pub(super) fn answer(arguments: &Arguments, done: ExitCode, json: impl FnOnce() -> Vec<u8>) -> ExitCode {
    if !arguments.json {
        return done;
    }
    print(done, &json())
}

/// Writes what was asked for to standard output.
pub(super) fn print(done: ExitCode, bytes: &[u8]) -> ExitCode {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => done,
        Err(error) => {
            eprintln!("error: cannot write to standard output: {error}");
            ExitCode::from(FAILED)
        }
    }
}

/// For a person who reads JSON: one key a line.
pub(super) fn json_lines(value: &serde_json::Value) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).expect("a tree of texts and numbers is JSON");
    text.push(b'\n');
    text
}

pub(super) fn json_line(value: &serde_json::Value) -> Vec<u8> {
    let mut text = value.to_string().into_bytes();
    text.push(b'\n');
    text
}
