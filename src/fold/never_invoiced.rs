//! Reports of a month that AWS has closed, without an invoice on any row.

use std::collections::BTreeSet;

use super::loose_files::Sources;
use crate::ingest::{Fault, FaultKind, Origin, ReportPlan};
use crate::period::{BillingPeriod, Day};

/// The day of the next month after which AWS changes a closed month no more.
const CLOSED_ON: u32 = 15;

/// Refuses deliveries whose own folders say that the month is closed, and in which no row of a payer has an invoice id:
/// a pro forma report never gets one.
///
/// Without such a word of the folders the month may as well be open: then its rows are held as not final.
///
/// `without_invoice`: payers that have rows with a cost, and none of them an invoice id.
pub(super) fn never_invoiced(plan: &ReportPlan, sources: &Sources, without_invoice: &BTreeSet<String>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (place, delivery) in plan.deliveries.iter().enumerate().filter(|(_, delivery)| delivery.period == plan.period) {
        let files = plan.files.iter().zip(sources).filter(|(file, _)| file.origin == Origin::Delivered(place));
        let made_on = files.clone().filter_map(|(file, _)| file.made_on()).max();
        let last_month = plan
            .deliveries
            .iter()
            .filter(|other| other.report_folder() == delivery.report_folder())
            .map(|other| other.period)
            .max();
        let Some(evidence) = evidence(plan.period, made_on, last_month) else { continue };
        let mut payers: Vec<&str> = files.flat_map(|(_, sources)| sources).map(|(payer, _)| payer.as_str()).collect();
        payers.sort_unstable();
        payers.dedup();
        for payer in payers.into_iter().filter(|payer| without_invoice.contains(*payer)) {
            let kind = FaultKind::NeverInvoiced { evidence: evidence.clone() };
            faults.push(Fault::of_file(&delivery.manifest, payer, kind));
        }
    }
    faults
}

/// Why the month must be closed.
fn evidence(period: BillingPeriod, made_on: Option<Day>, last_month: Option<BillingPeriod>) -> Option<String> {
    let closed_on = Day::new(period.next(), CLOSED_ON)?;
    if let Some(day) = made_on.filter(|day| *day > closed_on) {
        return Some(format!("it was made on {day}"));
    }
    let month = last_month.filter(|month| *month > period.next())?;
    Some(format!("the same report was delivered for {month} already"))
}
