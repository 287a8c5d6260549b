//! What commands that only look answer: a table for people or JSON on standard output.

use std::process::ExitCode;

use super::arguments::Arguments;
use super::commands::{answer, conclude, done, json_line, json_lines, print, tell_warnings};
use super::{border, explain, explain_json, plans, summary, timeline};
use crate::alone::BorderRow;
use crate::discount::ExplainedUsage;
use crate::run::{DetailReport, Explained, RunError, RunReport};

pub(super) fn show_border(arguments: &Arguments, shown: Result<(RunReport, Vec<BorderRow>), RunError>) -> ExitCode {
    match shown {
        Ok((report, rows)) => {
            tell_warnings(arguments, &report.warnings);
            let answer =
                if arguments.json { border::json(&report.period, &rows) } else { border::text(&rows).into_bytes() };
            print(done(&report), &answer)
        }
        Err(error) => conclude(arguments, Err(error)),
    }
}

/// The table or its JSON on standard output; the rest of a check as always.
pub(super) fn show_timeline(arguments: &Arguments, outcome: Result<RunReport, RunError>) -> ExitCode {
    let report = match outcome {
        Ok(report) => report,
        Err(error) => return conclude(arguments, Err(error)),
    };
    if !arguments.quiet {
        eprint!("{}", summary::text(&arguments.command, &report));
    }
    let (timelines, period, seen) = (&report.timelines, Some(report.period.as_str()), &report.payers_seen);
    let answer = if arguments.json {
        json_line(&timeline::json(timelines, period, seen))
    } else {
        timeline::text(timelines, period, seen).into_bytes()
    };
    print(done(&report), &answer)
}

pub(super) fn show_explained(
    arguments: &Arguments,
    account: &str,
    explained: Result<(RunReport, String, Vec<ExplainedUsage>), RunError>,
) -> ExitCode {
    match explained {
        Ok((report, plan, rows)) => {
            tell_warnings(arguments, &report.warnings);
            let answer = if arguments.json {
                plans::json(&report.period, account, &plan, &rows)
            } else {
                plans::text(account, &plan, &rows).into_bytes()
            };
            print(done(&report), &answer)
        }
        Err(error) => conclude(arguments, Err(error)),
    }
}

pub(super) fn show_explanation(
    arguments: &Arguments,
    with_rows: bool,
    explained: Result<Explained, RunError>,
) -> ExitCode {
    match explained {
        Ok(explained) => {
            tell_warnings(arguments, &explained.run.warnings);
            let answer = if arguments.json {
                json_lines(&explain_json::json(&explained))
            } else {
                explain::text(&explained, with_rows).into_bytes()
            };
            print(done(&explained.run), &answer)
        }
        Err(error) => conclude(arguments, Err(error)),
    }
}

/// What is held is told by a run; a detail file is no document that is issued.
pub(super) fn conclude_detail(arguments: &Arguments, written: Result<DetailReport, RunError>) -> ExitCode {
    let report = match written {
        Ok(report) => report,
        Err(error) => return conclude(arguments, Err(error)),
    };
    tell_warnings(arguments, &report.run.warnings);
    if !arguments.quiet {
        for (project_id, path, rows, roundings, cost) in &report.files {
            let cost = summary::cents(*cost);
            eprintln!("{project_id}: {rows} rows, {roundings} rounding lines, list {cost} USD: {}", path.display());
        }
    }
    answer(arguments, done(&report.run), || json_lines(&report.to_json()))
}
