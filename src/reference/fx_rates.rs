use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::contracts::twice;
use super::csv_table::read_csv;
use super::table::{Columns, Row};
use super::{Fault, Intake, Place, ReferenceError};
use crate::money::{FxRate, parse_grid};
use crate::period::BillingPeriod;
use crate::terms::{FxEntry, Source};

use super::fees::GRID;

const COLUMNS: Columns = Columns { needed: &["billing_period", "rate", "source"], optional: &[] };

/// Reads `rates/fx/usd_jpy_tts.csv`. With a month, a missing rate is a fault: there is no fallback.
pub(super) fn read_fx_rates(
    intake: &mut Intake,
    rates: &Path,
    period: Option<BillingPeriod>,
) -> Result<BTreeMap<BillingPeriod, FxEntry>, ReferenceError> {
    let path = rates.join("fx").join("usd_jpy_tts.csv");
    let mut by_month = BTreeMap::new();
    let Some((file, text)) = intake.needed_text(&path, "the monthly average TTS, usd_jpy_tts.csv")? else {
        return Ok(by_month);
    };
    let faults_before = intake.faults.len();
    let Some(table) = read_csv(&file, &text, &COLUMNS, &mut intake.faults) else { return Ok(by_month) };
    let mut places: BTreeMap<BillingPeriod, Place> = BTreeMap::new();
    for row in table.read_rows(&mut intake.faults, read_rate) {
        let (month, entry) = row.value;
        if let Some(earlier) = places.get(&month) {
            intake.faults.push(twice(&row.at, "billing_period", &month.to_string(), earlier));
            continue;
        }
        if is_unlikely(&entry.rate) {
            intake.warnings.push(format!("{}: {} yen for one dollar is far from any past rate", row.at, entry.rate));
        }
        places.insert(month, row.at);
        by_month.insert(month, entry);
    }
    if let Some(month) = period
        && !by_month.contains_key(&month)
        && intake.faults.len() == faults_before
    {
        intake.faults.push(no_rate(&file, month, &by_month));
    }
    Ok(by_month)
}

fn read_rate(row: &Row<'_>, faults: &mut Vec<Fault>) -> Option<(BillingPeriod, FxEntry)> {
    let month = row.month("billing_period", faults);
    // Published with two decimals; more are a slip of the pen.
    let has_two = row.cell("rate").split_once('.').is_none_or(|(_, decimals)| decimals.len() <= 2);
    let rate = FxRate::parse(row.cell("rate")).ok().filter(|_| has_two);
    if rate.is_none() {
        faults.push(row.fault("rate", "yen for one dollar above 0 with at most two decimals, such as 145.75", ""));
    }
    let source = row.needed_text("source", faults);
    let source = Source { text: source?.trim().to_owned(), confirmed: None };
    Some((month?, FxEntry { rate: rate?, source }))
}

/// A dollar has cost 75 to 360 yen since 1949; a slipped decimal point lies outside.
fn is_unlikely(rate: &FxRate) -> bool {
    parse_grid(&rate.to_string()).is_ok_and(|units| !(50 * GRID..=500 * GRID).contains(&units))
}

fn no_rate(file: &Arc<str>, month: BillingPeriod, known: &BTreeMap<BillingPeriod, FxEntry>) -> Fault {
    Fault {
        at: Place::of_file(file),
        column: String::from("billing_period"),
        found: format!("no rate for {month}; there are rates for {}", spans(known.keys().copied())),
        accepted: format!("a row for {month}"),
        remedy: String::from("add the published monthly average TTS; no other month stands in for it"),
    }
}

/// Months as spans, such as `2025-03 to 2025-06, 2025-12`.
fn spans(months: impl Iterator<Item = BillingPeriod>) -> String {
    let mut spans: Vec<(BillingPeriod, BillingPeriod)> = Vec::new();
    for month in months {
        match spans.last_mut() {
            Some((_, last)) if last.next() == month => *last = month,
            _ => spans.push((month, month)),
        }
    }
    let texts: Vec<String> = spans
        .into_iter()
        .map(|(first, last)| if first == last { first.to_string() } else { format!("{first} to {last}") })
        .collect();
    if texts.is_empty() { String::from("no month") } else { texts.join(", ") }
}
