//! `seikyu run` and `fold`: a month, several, a part of one, or one from its parts.

use std::process::ExitCode;

use super::arguments::{Arguments, Fold, Months};
use super::commands::{REFUSED, answer, conclude, json_line, tell_warnings, watcher};
use super::months;
use crate::period::BillingPeriod;
use crate::run::{self, PartReport, RunError, RunReport, RunRequest, Watcher};

/// Does something for each month.
pub(super) fn over(
    arguments: &Arguments,
    months: &Months,
    work: impl Fn(&RunRequest, &dyn Watcher) -> Result<RunReport, RunError>,
) -> ExitCode {
    let request = |period| RunRequest {
        output: months.output.clone(),
        facts: months.facts.clone(),
        cache: months.cache.clone(),
        memory: months.memory,
        ..RunRequest::of(months.workspace.clone(), period)
    };
    let Some(period) = months.period.single() else {
        if months.facts.is_some() {
            return refuse_range("--facts holds one month");
        }
        return months::execute(arguments, months.period, |period, watcher| work(&request(period), watcher));
    };
    let watcher = watcher(arguments.quiet);
    let outcome = work(&request(period), watcher.as_ref());
    drop(watcher); // Bars leave the terminal before anything else is said.
    conclude(arguments, outcome)
}

/// Folds.
pub(super) fn execute(arguments: &Arguments, fold: &Fold) -> ExitCode {
    match (&fold.part, &fold.merge, fold.months.period.single()) {
        (Some(_), _, None) => refuse_range("--part is a file of one month"),
        (_, Some(_), None) => refuse_range("--merge adds the parts of one month"),
        (Some(file), _, Some(period)) => part(arguments, fold, file, period),
        (None, Some(folder), Some(_)) => {
            over(arguments, &fold.months, |request, watcher| run::merge_parts(request, folder, watcher))
        }
        (None, None, _) => over(arguments, &fold.months, run::fold),
    }
}

pub(super) fn refuse_range(why: &str) -> ExitCode {
    eprintln!("error: {why}; give --period YYYY-MM, one month");
    ExitCode::from(REFUSED)
}

fn part(arguments: &Arguments, fold: &Fold, file: &str, period: BillingPeriod) -> ExitCode {
    let Months { workspace, output, cache, memory, .. } = &fold.months;
    let (output, cache) = (output.clone(), cache.clone());
    let request = RunRequest { output, cache, memory: *memory, ..RunRequest::of(workspace.clone(), period) };
    let watcher = watcher(arguments.quiet);
    let outcome = run::fold_part(&request, file, watcher.as_ref());
    drop(watcher);
    match outcome {
        Ok(report) => {
            tell_warnings(arguments, &report.warnings);
            if !arguments.quiet {
                tell(&report);
            }
            answer(arguments, ExitCode::SUCCESS, || json_line(&report.to_json()))
        }
        Err(error) => conclude(arguments, Err(error)),
    }
}

fn tell(report: &PartReport) {
    let (input, place) = (&report.part.input, report.place.display());
    eprintln!(
        "{}, {}: {} rows, {} USD unblended, {} facts",
        report.period, input.path, input.rows, input.unblended, report.facts
    );
    let folder = report.place.parent().unwrap_or(&report.place).display();
    eprintln!("written: {place}");
    eprintln!("next: when each report file has its part, seikyu fold ... --merge {folder}");
}
