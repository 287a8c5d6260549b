//! `issue`, `correct` and `check --issued`: what was done, for people and as JSON.

use std::fmt::Write;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::arguments::Arguments;
use super::arguments_issued::{Correct, Issue, SettlingName};
use super::commands::{HELD, answer, json_line, print, refuse};
use super::summary::cents;
use crate::invoice::is_exempt_return;
use crate::money::Yen;
use crate::run::{
    self, Compared, CorrectRequest, Drift, IssueReport, IssueRequest, RunError, RunRequest, Settling, Watcher,
};

pub(super) fn issue(arguments: &Arguments, command: &Issue, watcher: Box<dyn Watcher>) -> ExitCode {
    let request = IssueRequest {
        workspace: command.workspace.clone(),
        period: command.period,
        output: command.output.clone(),
        projects: command.projects.clone(),
        date: command.date,
    };
    let outcome = run::issue(&request, watcher.as_ref());
    drop(watcher);
    conclude(arguments, outcome, "issue")
}

pub(super) fn correct(arguments: &Arguments, command: &Correct, watcher: Box<dyn Watcher>) -> ExitCode {
    let settling = match (command.settle, command.into) {
        (None, None) => None,
        (Some(SettlingName::Replace), None) => Some(Settling::Replace),
        (Some(SettlingName::Return), None) => Some(Settling::Return),
        (Some(SettlingName::Carry), Some(into)) => Some(Settling::Carry { into }),
        (Some(SettlingName::Carry), None) => Some(Settling::Carry { into: command.month.period.next() }),
        (Some(SettlingName::Replace | SettlingName::Return) | None, Some(_)) => {
            eprintln!("error: --into belongs to --as carry; give both, or neither");
            return ExitCode::from(2);
        }
    };
    if command.paid && settling.is_some_and(|settling| settling != Settling::Replace) {
        eprintln!("error: --paid belongs to --as replace; leave it out");
        return ExitCode::from(2);
    }
    let request = CorrectRequest {
        run: super::commands::request(&command.month),
        projects: command.projects.clone(),
        date: command.date,
        settling,
        reason: command.reason.clone().unwrap_or_default(),
        is_paid: command.paid,
    };
    let outcome = run::correct(&request, watcher.as_ref());
    drop(watcher);
    conclude(arguments, outcome, if settling.is_some() { "correct" } else { "compare" })
}

fn conclude(arguments: &Arguments, outcome: Result<IssueReport, RunError>, what: &str) -> ExitCode {
    let report = match outcome {
        Ok(report) => report,
        Err(error) => return refuse(&error, error.exit_code() == 3),
    };
    let done = if report.held.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(HELD) };
    if !arguments.quiet {
        eprint!("{}", text(&report, what));
    }
    answer(arguments, done, || json_line(&json_of(&report)))
}

fn text(report: &IssueReport, what: &str) -> String {
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "{text}").expect("text in memory takes any line");
    for made in &report.documents {
        let (document, total) = (&made.document, Yen::new(made.document.total_jpy));
        line(format!(
            "{} {}: {}, {} yen with tax: {}",
            document.kind,
            document.number,
            document.project_id,
            total.with_commas(),
            made.folder.display()
        ));
        if document.kind == "return" && is_exempt_return(total) {
            line("  under 10,000 yen with tax: the law does not ask for this credit note".to_owned());
        }
    }
    for (project_id, into, sum) in &report.carried {
        line(format!("carry: {project_id}: {} yen without tax, on the invoice of {into}", sum.with_commas()));
    }
    for compared in &report.compared {
        line(compared_text(compared, what));
        for change in &compared.changes {
            let account = change.line.as_ref().map(|key| key.account_id.clone()).unwrap_or_default();
            let account = if account.is_empty() { account } else { format!(" {account}") };
            let (before, after) = (change.before_jpy.with_commas(), change.after_jpy.with_commas());
            let difference = change.difference().with_commas();
            line(format!(
                "  {difference:>12} yen  {}: {}{account}: {before} -> {after}",
                change.cause, change.description
            ));
        }
    }
    for (cause, sum) in causes_of(report) {
        line(format!("{:>14} yen with tax  {cause}", sum.with_commas()));
    }
    for (project_id, why) in &report.held {
        let whose = if project_id.is_empty() { "(no project)" } else { project_id };
        line(format!("held: {whose}: {why}; see holds.csv of a run"));
    }
    for note in &report.notes {
        line(format!("warning: {note}"));
    }
    for project_id in &report.not_issued {
        line(format!("{project_id}: has a draft and was never issued: see seikyu issue"));
    }
    let (documents, carried) = (report.documents.len(), report.carried.len());
    line(match what {
        "issue" if documents == 0 => format!("{}: nothing to issue; nothing was changed", report.period),
        "issue" => format!("{}: {documents} issued", report.period),
        "correct" if documents + carried == 0 => format!("{}: nothing was recorded", report.period),
        "correct" => format!("{}: {documents} documents, {carried} carried differences", report.period),
        _ => format!("{}: compared; nothing was recorded (see --as)", report.period),
    });
    out
}

/// What each cause came to over all projects, in the order of the steps.
fn causes_of(report: &IssueReport) -> Vec<(&str, Yen)> {
    let mut sums: Vec<(&str, Yen)> = Vec::new();
    for (cause, difference) in report.compared.iter().flat_map(|compared| &compared.causes) {
        match sums.iter_mut().find(|(known, _)| known == cause) {
            Some((_, sum)) => *sum += *difference,
            None => sums.push((cause, *difference)),
        }
    }
    sums
}

fn compared_text(compared: &Compared, what: &str) -> String {
    let Compared { project_id, number, billed_jpy, now_jpy, .. } = compared;
    let difference = (*now_jpy - *billed_jpy).with_commas();
    if billed_jpy == now_jpy && compared.changes.is_empty() {
        let names = if compared.names_differ {
            "; names, addresses or terms would be printed otherwise now (--as replace makes a new document)"
        } else {
            ""
        };
        return format!("{project_id}: {number}: unchanged, {} yen{names}", billed_jpy.with_commas());
    }
    let (billed, now) = (billed_jpy.with_commas(), now_jpy.with_commas());
    let hint = if what == "issue" { "; the issued document stands: see seikyu correct" } else { "" };
    format!("{project_id}: {number}: {billed} -> {now} yen with tax ({difference}){hint}")
}

fn json_of(report: &IssueReport) -> Value {
    let document = |made: &run::IssuedDocument| {
        json!({
            "number": made.document.number, "kind": made.document.kind, "project_id": made.document.project_id,
            "total_jpy": number(made.document.total_jpy), "issued_on": made.document.issued_on,
            "folder": made.folder.display().to_string(),
        })
    };
    let compared = |compared: &Compared| {
        json!({
            "project_id": compared.project_id, "number": compared.number, "names_differ": compared.names_differ,
            "billed_jpy": number(compared.billed_jpy.count()), "now_jpy": number(compared.now_jpy.count()),
            "causes": compared.causes.iter().map(|(cause, sum)| json!({
                "cause": cause, "difference_jpy": number(sum.count()),
            })).collect::<Vec<_>>(),
            "changes": compared.changes.iter().map(|change| json!({
                "cause": change.cause, "description": change.description,
                "account_id": change.line.as_ref().map(|key| key.account_id.clone()),
                "section": change.line.as_ref().map(|key| key.section.clone()),
                "before_jpy": number(change.before_jpy.count()), "after_jpy": number(change.after_jpy.count()),
                "difference_jpy": number(change.difference().count()),
            })).collect::<Vec<_>>(),
        })
    };
    json!({
        "billing_period": report.period.to_string(),
        "documents": report.documents.iter().map(document).collect::<Vec<_>>(),
        "carried": report.carried.iter().map(|(project_id, into, sum)| json!({
            "project_id": project_id, "into": into, "net_jpy": number(sum.count()),
        })).collect::<Vec<_>>(),
        "compared": report.compared.iter().map(compared).collect::<Vec<_>>(),
        "held": report.held.iter().map(|(project_id, why)| json!({ "project_id": project_id, "why": why }))
            .collect::<Vec<_>>(),
        "not_issued": report.not_issued, "warnings": report.notes,
    })
}

/// Whole yen as a JSON number; as text beyond what a JSON number holds.
fn number(count: i128) -> Value {
    i64::try_from(count).map_or_else(|_| Value::String(count.to_string()), Value::from)
}

pub(super) fn drift(
    arguments: &Arguments,
    request: &RunRequest,
    only: Option<crate::period::BillingPeriod>,
    watcher: Box<dyn Watcher>,
) -> ExitCode {
    let outcome = run::drift(request, only, watcher.as_ref());
    drop(watcher);
    let run::DriftReport { compared: months, missing, moved: drifts } = match outcome {
        Ok(found) => found,
        Err(error) => return refuse(&error, error.exit_code() == 3),
    };
    let done = ExitCode::SUCCESS;
    if arguments.json {
        let row = |drift: &Drift| {
            json!({
                "billing_period": drift.period.to_string(), "account_id": drift.account_id,
                "billed_usd": drift.billed.to_string(), "now_usd": drift.now.to_string(),
                "difference_usd": drift.difference().to_string(),
            })
        };
        let [months, missing] =
            [&months, &missing].map(|months| months.iter().map(ToString::to_string).collect::<Vec<_>>());
        let rows = drifts.iter().map(row).collect::<Vec<_>>();
        return print(done, &json_line(&json!({ "issued_months": months, "not_compared": missing, "moved": rows })));
    }
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "{text}").expect("text in memory takes any line");
    for drift in &drifts {
        line(format!(
            "{} {} billed {:>14} USD, now {:>14} USD, difference {} USD",
            drift.period,
            drift.account_id,
            cents(drift.billed),
            cents(drift.now),
            drift.difference()
        ));
    }
    for month in &missing {
        line(format!("{month}: issued, but there is no row of it in the reports: not compared"));
    }
    line(format!("issued months compared: {}, accounts moved: {}", months.len(), drifts.len()));
    print(done, out.as_bytes())
}
