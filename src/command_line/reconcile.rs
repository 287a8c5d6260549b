//! What a reconciliation found, for people and as JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use super::summary::cents;
use crate::reconcile::{Compared, DifferenceCause};
use crate::run::ReconcileReport;

/// The sums by cause, what is unexplained, and where to look.
pub(super) fn text(report: &ReconcileReport) -> String {
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
pub(super) fn json(report: &ReconcileReport) -> Value {
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
