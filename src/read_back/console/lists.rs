//! Plain tables: figures by account and service, and the totals of AWS's invoices.

use std::collections::BTreeSet;

use super::sheet::{Figures, Reading, Sheet};
use crate::money::Usd;
use crate::reconcile::{ConsoleFile, Dimension, Key};

/// What an AWS invoice may be off by: it is rounded to cents, and so are its parts.
const ONE_CENT: Usd = Usd::from_units(10_i128.pow(16));

/// `account_id, service, amount_usd`; one of the first two may be missing.
pub(super) fn parse_plain(reading: &mut Reading, sheet: &Sheet, heads: &[String]) -> Option<ConsoleFile> {
    refuse_others(reading, heads, &["account_id", "service", "amount_usd"]);
    let place = |name: &str| heads.iter().position(|head| head == name);
    let (account, service, amount) = (place("account_id"), place("service"), place("amount_usd")?);
    let mut figures = Figures::default();
    for (line, cells) in &sheet.rows {
        let account_id = account.map(|place| reading.account(*line, "account_id", &cells[place]));
        let service = service.map(|place| cells[place].clone()).unwrap_or_default();
        let printed = needed_figure(reading, *line, "amount_usd", &cells[amount]);
        let (Some(printed), Some(account_id)) = (printed, account_id.unwrap_or(Some(String::new()))) else { continue };
        figures.add(Key { account_id, service, ..Key::default() }, printed, None);
    }
    let dimension = match (account, service) {
        (Some(_), Some(_)) => Dimension::AccountAndService,
        (Some(_), None) => Dimension::Account,
        (None, Some(_)) => Dimension::Service,
        (None, None) => Dimension::Month,
    };
    let (format, rounding) = ("plain table", figures.rounding());
    let (figures, payers) = (figures.into_figures(), BTreeSet::new());
    Some(ConsoleFile { format, dimension, figures, rounding, payers, notes: Vec::new() })
}

/// `payer_id, invoice_id, amount_usd, tax_usd`: totals with tax, and the tax in them where it is known.
pub(super) fn parse_invoices(reading: &mut Reading, sheet: &Sheet, heads: &[String]) -> Option<ConsoleFile> {
    refuse_others(reading, heads, &["payer_id", "invoice_id", "amount_usd", "tax_usd"]);
    let place = |name: &str| heads.iter().position(|head| head == name);
    let (invoice, amount, tax) = (place("invoice_id")?, place("amount_usd")?, place("tax_usd"));
    let Some(payer) = place("payer_id") else {
        reading.refuse(1, "payer_id", "no such column", "payer_id, invoice_id, amount_usd, tax_usd", "add it");
        return None;
    };
    let mut figures = Figures::default();
    for (line, cells) in &sheet.rows {
        let payer_id = reading.account(*line, "payer_id", &cells[payer]);
        let printed = needed_figure(reading, *line, "amount_usd", &cells[amount]);
        let tax = tax.and_then(|place| reading.figure(*line, "tax_usd", &cells[place]));
        let (Some(payer_id), Some(printed)) = (payer_id, printed) else { continue };
        let key = Key { payer_id, invoice_id: cells[invoice].clone(), ..Key::default() };
        if figures.has(&key) {
            let found = format!("invoice {:?} twice", key.invoice_id);
            reading.refuse(*line, "invoice_id", &found, "one row for each invoice", "remove one of them");
            continue;
        }
        figures.add(key, printed, tax);
    }
    let figures = figures.into_figures();
    let payers = figures.iter().map(|figure| figure.key.payer_id.clone()).collect();
    let (format, dimension) = ("totals of AWS invoices", Dimension::AwsInvoice);
    Some(ConsoleFile { format, dimension, figures, rounding: ONE_CENT, payers, notes: Vec::new() })
}

fn needed_figure(reading: &mut Reading, line: usize, column: &str, text: &str) -> Option<super::sheet::Printed> {
    if text.is_empty() {
        reading.refuse(line, column, "nothing", "an amount in dollars", "write 0.00 where it is nothing");
    }
    reading.figure(line, column, text)
}

fn refuse_others(reading: &mut Reading, heads: &[String], known: &[&str]) {
    let mut seen = BTreeSet::new();
    for head in heads {
        let accepted = format!("the columns {}", known.join(", "));
        if !known.contains(&head.as_str()) {
            reading.refuse(1, &format!("header {head:?}"), "an unknown column", &accepted, "rename or remove it");
        } else if !seen.insert(head) {
            reading.refuse(1, head, "the column twice", &accepted, "remove one of them");
        }
    }
}
