//! `--period 2025-01..2025-12`: month after month, and a table at the end.

use std::process::ExitCode;

use super::arguments::{Arguments, Command};
use super::commands::{FAILED, json_line, print, tell_warnings, watcher};
use super::summary;
use crate::period::{BillingPeriod, MonthRange};
use crate::run::{MonthLine, MonthsReport, RunError, RunReport, Watcher, over_months};

/// Runs a command for each month of a range.
pub(super) fn execute(
    arguments: &Arguments,
    range: MonthRange,
    work: impl Fn(BillingPeriod, &dyn Watcher) -> Result<RunReport, RunError>,
) -> ExitCode {
    let count = range.months().len();
    let mut number = 0;
    let mut is_silent = false; // Whether standard output could not be written.
    let work = |period| {
        number += 1;
        if !arguments.quiet {
            eprintln!("{period} (month {number} of {count})");
        }
        work(period, watcher(arguments.quiet).as_ref())
    };
    let report = over_months(range, work, |period, result| {
        match result {
            Ok(report) if !arguments.quiet => eprint!("{}", summary::text(&arguments.command, report)),
            Ok(_) => {}
            Err(error) => eprintln!("error: {period}: {error}"),
        }
        if arguments.json {
            let done = print(ExitCode::SUCCESS, &json_line(&document(period, result)));
            is_silent |= done != ExitCode::SUCCESS;
        }
    });
    conclude(arguments, &report);
    if is_silent { ExitCode::from(FAILED) } else { ExitCode::from(report.exit_code()) }
}

/// What a month alone would answer, in one line, with its exit code; or why there is none.
fn document(period: BillingPeriod, result: &Result<RunReport, RunError>) -> serde_json::Value {
    match result {
        Ok(report) => {
            let text = report.to_json();
            let mut document: serde_json::Value = serde_json::from_slice(&text).expect("it was just made");
            document["exit_code"] = u8::from(report.has_holds()).into();
            document
        }
        Err(error) => serde_json::json!({
            "billing_period": period.to_string(), "exit_code": error.exit_code(), "error": error.to_string(),
        }),
    }
}

/// The table, and what was refused once more: it may have scrolled away.
fn conclude(arguments: &Arguments, report: &MonthsReport) {
    tell_warnings(arguments, &report.warnings());
    if !arguments.quiet {
        let is_fold = matches!(arguments.command, Command::Fold(_));
        eprint!("{}", table(report, is_fold));
    }
    for line in &report.lines {
        if let Some(error) = &line.error {
            eprintln!("not done: {}: {error}", line.period);
        }
    }
    if !report.untried.is_empty() {
        let months: Vec<String> = report.untried.iter().map(BillingPeriod::to_string).collect();
        eprintln!("not tried after the fault: {}", months.join(", "));
    }
}

fn table(report: &MonthsReport, is_fold: bool) -> String {
    let row = |cells: [&str; 7]| {
        let [month, rows, usd, invoices, held, total, ended] = cells;
        if is_fold {
            return format!("{month:<8} {rows:>14} {usd:>20}  {ended}\n");
        }
        format!("{month:<8} {rows:>14} {usd:>20} {invoices:>9} {held:>6} {total:>16}  {ended}\n")
    };
    let mut text = row(["month", "rows", "USD unblended", "invoices", "held", "JPY with tax", "exit code"]);
    for line in &report.lines {
        text.push_str(&row_of(line, &row));
    }
    text
}

fn row_of(line: &MonthLine, row: &impl Fn([&str; 7]) -> String) -> String {
    let (month, code) = (line.period.to_string(), line.exit_code);
    if line.error.is_some() {
        let ended = if code == FAILED { format!("{code} failed") } else { format!("{code} refused") };
        return row([&month, "", "", "", "", "", &ended]);
    }
    let ((rows, usd), (invoices, held, total)) = (line.read, line.invoices);
    let ended = if code == 0 { String::from("0") } else { format!("{code} something is held") };
    row([
        &month,
        &rows.to_string(),
        &summary::cents(usd),
        &invoices.to_string(),
        &held.to_string(),
        &total.with_commas(),
        &ended,
    ])
}
