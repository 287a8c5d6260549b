//! The short table at the end of a run, and what to do next.

use std::fmt::{Arguments, Write};

use super::arguments::Command;
use crate::invoice::{Invoice, LineKind, Status};
use crate::money::{Usd, Yen};
use crate::run::RunReport;

/// What the operator reads when a command is done.
pub(super) fn text(command: &Command, report: &RunReport) -> String {
    let mut out = String::new();
    for warning in &report.warnings {
        line(&mut out, format_args!("warning: {warning}"));
    }
    line(&mut out, format_args!("{}: {} rows, {} USD unblended", report.period, report.rows, report.unblended));
    for row in &report.aws_invoices {
        let invoice = if row.invoice_id.is_empty() { "(not final)" } else { &row.invoice_id };
        let of = format!("{invoice} to {}, {} {}", row.payer_id, row.invoicing_entity, row.bill_type);
        let tax = if row.tax.is_zero() { String::new() } else { format!(", of it tax {} USD", row.tax) };
        line(&mut out, format_args!("  AWS invoice {of}: {} rows, {} USD{tax}", row.rows, row.unblended));
    }
    if !matches!(command, Command::Fold(_)) {
        table(&mut out, &report.invoices);
        holds(&mut out, report);
    }
    next(&mut out, command, report);
    out
}

fn line(out: &mut String, text: Arguments<'_>) {
    writeln!(out, "{text}").expect("text in memory takes any line");
}

fn table(out: &mut String, invoices: &[Invoice]) {
    let ids = invoices.iter().map(|invoice| invoice.project.project_id.chars().count());
    let width = ids.max().unwrap_or(0).max("project".len());
    let mut row = |cells: [&str; 6]| {
        let [project, gross, discount, net, total, status] = cells;
        line(out, format_args!("{project:<width$} {gross:>16} {discount:>14} {net:>13} {total:>13}  {status}"));
    };
    row(["project", "list USD", "discount USD", "net JPY", "total JPY", "status"]);
    for invoice in invoices {
        let (gross, discount) = dollars(invoice);
        row([
            &invoice.project.project_id,
            &cents(gross),
            &cents(discount),
            &invoice.subtotal_jpy.with_commas(),
            &invoice.total_jpy.with_commas(),
            invoice.status.name(),
        ]);
    }
    let total: Yen = invoices.iter().map(|invoice| invoice.total_jpy).sum();
    let held = invoices.iter().filter(|invoice| invoice.status == Status::Held).count();
    line(out, format_args!("{} invoices, {held} held, {} JPY with tax", invoices.len(), total.with_commas()));
}

fn dollars(invoice: &Invoice) -> (Usd, Usd) {
    let mut sums = (Usd::ZERO, Usd::ZERO);
    for line in &invoice.lines {
        if let LineKind::Aws { gross_usd, discount_usd, .. } = &line.kind {
            sums.0 += *gross_usd;
            sums.1 += *discount_usd;
        }
    }
    sums
}

/// Dollars with two decimals, the rest not shown: for the eye only, files have every digit.
pub(super) fn cents(amount: Usd) -> String {
    let text = amount.to_string();
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, "0"));
    format!("{whole}.{decimals:0<2.2}")
}

fn holds(out: &mut String, report: &RunReport) {
    for hold in &report.holds {
        let project = if hold.project_id.is_empty() { "(no project)" } else { &hold.project_id };
        let account = if hold.account_id.is_empty() { String::new() } else { format!(", account {}", hold.account_id) };
        line(out, format_args!("held: {project}{account}: {}: {}", hold.reason, hold.detail));
        line(out, format_args!("      to lift it: {}", hold.remedy));
    }
}

fn next(out: &mut String, command: &Command, report: &RunReport) {
    let place = report.output.as_ref().map(|place| place.display().to_string()).unwrap_or_default();
    match command {
        Command::Run { .. } => {
            line(out, format_args!("written: {place}"));
            if let Some(copy) = &report.copy {
                line(out, format_args!("copied: {copy}"));
            }
            let step = if report.has_holds() {
                "next: lift what is held (holds.csv), then run again; look at the drafts in invoices/"
            } else {
                "next: look at bridge.csv and the drafts in invoices/, then seikyu issue"
            };
            line(out, format_args!("{step}"));
        }
        Command::Fold(_) => {
            line(out, format_args!("written: {place}"));
            line(out, format_args!("next: seikyu run ... --facts {place}"));
        }
        Command::Check { .. } => line(out, format_args!("checked; nothing was written")),
        Command::Init { .. }
        | Command::Detail { .. }
        | Command::Explain { .. }
        | Command::Border(_)
        | Command::Plans(_)
        | Command::Rates(_)
        | Command::Reconcile { .. }
        | Command::Issue(_)
        | Command::Correct(_)
        | Command::Ledger(_) => {}
    }
}
