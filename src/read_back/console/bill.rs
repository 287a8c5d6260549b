//! The CSV of the Bills page: rows of payers and linked accounts by product code, beside rows of totals.

use std::collections::BTreeSet;

use super::sheet::{Figures, Reading, Sheet};
use crate::reconcile::{ConsoleFile, Dimension, Key};

/// Rows that say what is charged; all other known ones repeat it as totals.
const CHARGES: [&str; 3] = ["PayerLineItem", "LinkedLineItem", "Rounding"];
const TOTALS: [&str; 4] = ["InvoiceTotal", "StatementTotal", "AccountTotal", "DocumentTotal"];

/// Reads the charges of the bill, by account and product code.
pub(super) fn parse(reading: &mut Reading, sheet: &Sheet, heads: &[String]) -> Option<ConsoleFile> {
    let mut place = |name: &str| {
        let found = heads.iter().position(|head| *head == name.to_lowercase());
        if found.is_none() {
            reading.refuse(1, name, "no such column", "the CSV of the Bills page", "download it again");
        }
        found
    };
    let (payer, linked) = (place("PayerAccountId"), place("LinkedAccountId"));
    let (kind, product, total) = (place("RecordType"), place("ProductCode"), place("TotalCost"));
    let (payer, linked, kind, product, total) = (payer?, linked?, kind?, product?, total?);
    let currency = heads.iter().position(|head| head == "currencycode");
    let start = heads.iter().position(|head| head == "billingperiodstartdate");
    let mut figures = Figures::default();
    let mut payers = BTreeSet::new();
    for (line, cells) in &sheet.rows {
        let record = cells[kind].as_str();
        if TOTALS.contains(&record) {
            continue;
        }
        if !CHARGES.contains(&record) {
            let accepted = [CHARGES.join(", "), TOTALS.join(", ")].join(", ");
            reading.refuse(*line, "RecordType", &format!("{record:?}"), &accepted, "tell us what it is");
            continue;
        }
        if let Some(found) = currency.map(|place| cells[place].as_str()).filter(|found| !matches!(*found, "" | "USD")) {
            reading.refuse(*line, "CurrencyCode", &format!("{found:?}"), "USD", "download the bill in dollars");
        }
        let month = reading.period.to_string();
        let begins = start.map(|place| cells[place].replace('/', "-")).filter(|start| !start.is_empty());
        if let Some(found) = begins.filter(|start| !start.starts_with(&month)) {
            let accepted = format!("{month}, the month that is reconciled");
            reading.refuse(*line, "BillingPeriodStartDate", &format!("{found:?}"), &accepted, "download that month");
        }
        let own = if cells[linked].is_empty() { payer } else { linked };
        let account_id = reading.account(*line, "LinkedAccountId", &cells[own]);
        let payer_id = reading.account(*line, "PayerAccountId", &cells[payer]);
        let printed = reading.figure(*line, "TotalCost", &cells[total]);
        let (Some(account_id), Some(payer_id), Some(printed)) = (account_id, payer_id, printed) else { continue };
        payers.insert(payer_id);
        if record == "Rounding" {
            figures.add_rounding(Key { account_id, service: String::from("Rounding"), ..Key::default() }, printed);
        } else {
            figures.add(Key { account_id, service: cells[product].clone(), ..Key::default() }, printed, None);
        }
    }
    let (format, dimension, rounding) = ("CSV of the Bills page", Dimension::AccountAndService, figures.rounding());
    Some(ConsoleFile { format, dimension, figures: figures.into_figures(), rounding, payers, notes: Vec::new() })
}
