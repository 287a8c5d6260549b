//! What AWS's console says: the form of a file is told by its header.

mod bill;
mod cost_explorer;
mod cost_explorer_heads;
mod lists;
mod sheet;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use sheet::{Reading, Sheet};

use super::ReadBackError;
use crate::period::BillingPeriod;
use crate::reconcile::ConsoleFile;

/// What is accepted, for messages.
const ACCEPTED: &str = "a Cost Explorer CSV by linked account, by service or by month; the CSV of the Bills page \
                        (InvoiceID, RecordType, ProductCode, TotalCost ...); account_id, service, amount_usd; \
                        payer_id, invoice_id, amount_usd, tax_usd";

/// Reads a file of the console for a month.
pub fn read_console_file(path: &Path, period: BillingPeriod) -> Result<ConsoleFile, ReadBackError> {
    let name = path.display().to_string();
    let bytes = fs::read(path).map_err(|source| {
        if source.kind() == std::io::ErrorKind::NotFound {
            let fault = Reading::new(&name, period).fault(None, "", "no such file", "a CSV file", "correct --against");
            return ReadBackError::Console { faults: vec![fault] };
        }
        ReadBackError::Machine { file: name.clone(), source }
    })?;
    read_console(&name, &bytes, period)
}

/// Reads the bytes of such a file; all faults at once.
fn read_console(name: &str, bytes: &[u8], period: BillingPeriod) -> Result<ConsoleFile, ReadBackError> {
    let mut reading = Reading::new(name, period);
    let file = Sheet::read(&mut reading, bytes).and_then(|sheet| parse(&mut reading, &sheet));
    let Reading { mut faults, file: place, .. } = reading;
    match file {
        Some(file) if faults.is_empty() && !file.figures.is_empty() => Ok(file),
        found => {
            if faults.is_empty() && found.is_some() {
                let reading = Reading { file: Arc::clone(&place), period, faults: Vec::new() };
                let remedy = "export the month, or correct --period";
                faults.push(reading.fault(None, "", "no figure of the month", &format!("figures of {period}"), remedy));
            }
            Err(ReadBackError::Console { faults })
        }
    }
}

fn parse(reading: &mut Reading, sheet: &Sheet) -> Option<ConsoleFile> {
    let heads: Vec<String> = sheet.header().iter().map(|head| head.trim().to_lowercase()).collect();
    let has = |name: &str| heads.iter().any(|head| head == name);
    if has("recordtype") && has("totalcost") {
        return bill::parse(reading, sheet, &heads);
    }
    if has("amount_usd") {
        return if has("invoice_id") {
            lists::parse_invoices(reading, sheet, &heads)
        } else {
            lists::parse_plain(reading, sheet, &heads)
        };
    }
    if cost_explorer_heads::is_first(heads.first().map(String::as_str).unwrap_or_default()) && heads.len() > 1 {
        return cost_explorer::parse(reading, sheet);
    }
    let found = format!("the header {}", sheet.header().join(","));
    let fault = reading.fault(Some(1), "", &found, ACCEPTED, "export it again, or write the figures as a plain table");
    reading.faults.push(fault);
    None
}
