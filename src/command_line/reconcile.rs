//! What a reconciliation found, for people and as JSON.

use std::fmt::Write;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::Arguments;
use super::commands::{HELD, answer, conclude, json_line};
use super::summary::cents;
use crate::reconcile::{Compared, DifferenceCause};
use crate::run::{self, ReconcileReport, ReconcileRequest};

/// Reconciles and says what was found.
pub(super) fn execute(arguments: &Arguments, request: &ReconcileRequest) -> ExitCode {
    match run::reconcile(request) {
        Ok(report) => {
            if !arguments.quiet {
                eprint!("{}", text(&report));
            }
            // Like a hold: done, and somebody has to look.
            let done = if report.is_explained() { ExitCode::SUCCESS } else { ExitCode::from(HELD) };
            answer(arguments, done, || json_line(&json(&report)))
        }
        Err(error) => conclude(arguments, Err(error)),
    }
}

/// The sums by cause, what is unexplained, and where to look.
fn text(report: &ReconcileReport) -> String {
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "{text}").expect("text in memory takes any line");
    for note in &report.notes {
        line(format!("note: {note}"));
    }
    let (ours, theirs, causes) = report.sums();
    line(format!("{} against {}: ours {ours} USD, theirs {theirs} USD", report.period, report.format));
    for (cause, amount) in causes {
        line(format!("  {:<24}{amount:>28} USD", cause.name()));
    }
    for row in report.comparison.unexplained() {
        let amount = row.part(DifferenceCause::Unexplained);
        line(format!("unexplained: {}: {} USD (ours {}, theirs {})", names(row), amount, row.ours, row.theirs));
    }
    for way in &report.ways {
        if let (Some(first), Some(last)) = (way.items.first(), way.items.last()) {
            let from = first.usd.map(cents).unwrap_or_default();
            let total = last.jpy.nearest().with_commas();
            line(format!("{}: {} {from} USD to {total} JPY", way.project.project_id, first.name));
        }
    }
    line(format!("written: {}", report.output.display()));
    out
}

fn names(row: &Compared) -> String {
    let key = &row.key;
    let parts = [&key.payer_id, &key.invoice_id, &key.account_id, &key.service];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).map(String::as_str).collect();
    if parts.is_empty() { String::from("the month") } else { parts.join(", ") }
}

/// The same; amounts are texts.
fn json(report: &ReconcileReport) -> Value {
    let (ours, theirs, causes) = report.sums();
    let cause = |(cause, amount): (DifferenceCause, _)| (cause.name().to_owned(), Value::String(format!("{amount}")));
    let unexplained = |row: &Compared| {
        json!({
            "payer_id": row.key.payer_id,
            "invoice_id": row.key.invoice_id,
            "account_id": row.key.account_id,
            "service": row.key.service,
            "seen": row.seen.name(),
            "ours_usd": row.ours.to_string(),
            "theirs_usd": row.theirs.to_string(),
            "unexplained_usd": row.part(DifferenceCause::Unexplained).to_string(),
        })
    };
    json!({
        "billing_period": report.period.to_string(),
        "format": report.format,
        "ours_usd": ours.to_string(),
        "theirs_usd": theirs.to_string(),
        "causes": causes.into_iter().map(cause).collect::<serde_json::Map<_, _>>(),
        "unexplained": report.comparison.unexplained().map(unexplained).collect::<Vec<_>>(),
        "notes": report.notes,
        "output": report.output.display().to_string(),
    })
}
