//! Several months one after the other: each is read, checked and written as if it were alone.

use std::collections::{BTreeMap, BTreeSet};

use super::{RunError, RunReport};
use crate::invoice::Status;
use crate::money::{Usd, Yen};
use crate::period::{BillingPeriod, MonthRange};

/// The exit code of a month that is done, but not free of holds.
const HELD: u8 = 1;
/// From this exit code on the machine is at fault, and would be for the next month too.
const FAILED: u8 = 3;

/// How a month ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthLine {
    /// Which.
    pub period: BillingPeriod,
    /// Rows of the reports, and their unblended cost.
    pub read: (u64, Usd),
    /// Invoices, how many of them are held, and their total with tax.
    pub invoices: (usize, usize, Yen),
    /// As if the month had been run alone.
    pub exit_code: u8,
    /// Why it was not written.
    pub error: Option<String>,
}

/// How all months ended.
#[derive(Clone, Debug, Default)]
pub struct MonthsReport {
    /// Those that were tried, in their order.
    pub lines: Vec<MonthLine>,
    /// Those after a fault of the machine.
    pub untried: Vec<BillingPeriod>,
    /// Vouchers that drafts of more than one month would draw from, with these months.
    pub vouchers: BTreeMap<String, BTreeSet<BillingPeriod>>,
}

impl MonthsReport {
    /// The worst one.
    pub fn exit_code(&self) -> u8 {
        self.lines.iter().map(|line| line.exit_code).max().unwrap_or_default()
    }

    /// What the months together say, and none of them alone.
    pub fn warnings(&self) -> Vec<String> {
        let warning = |(voucher, months): (&String, &BTreeSet<BillingPeriod>)| {
            let months: Vec<String> = months.iter().map(BillingPeriod::to_string).collect();
            format!(
                "voucher {voucher}: the drafts of {} each draw from all that is left of it now: issue the earliest month, \
                 then run the later ones again",
                months.join(", ")
            )
        };
        self.vouchers.iter().map(warning).collect()
    }
}

/// Does the same for each month. A refused month is told, and the next ones are tried all the same: no draft is made
/// from another month's. A fault of the machine ends it.
pub fn over_months(
    range: MonthRange,
    mut work: impl FnMut(BillingPeriod) -> Result<RunReport, RunError>,
    mut on_end: impl FnMut(BillingPeriod, &Result<RunReport, RunError>),
) -> MonthsReport {
    let (mut report, mut draws) = (MonthsReport::default(), BTreeMap::new());
    let mut months = range.months();
    for period in months.by_ref() {
        let result = work(period);
        on_end(period, &result);
        let line = line_of(period, &result);
        if let Ok(month) = &result {
            add_draws(period, month, &mut draws);
        }
        let is_end = line.exit_code >= FAILED;
        report.lines.push(line);
        if is_end {
            break;
        }
    }
    report.untried = months.collect();
    report.vouchers = draws.into_iter().filter(|(_, months)| months.len() > 1).collect();
    report
}

fn line_of(period: BillingPeriod, result: &Result<RunReport, RunError>) -> MonthLine {
    match result {
        Ok(month) => {
            let held = month.invoices.iter().filter(|invoice| invoice.status == Status::Held).count();
            let total = month.invoices.iter().map(|invoice| invoice.total_jpy).sum();
            MonthLine {
                period,
                read: (month.rows, month.unblended),
                invoices: (month.invoices.len(), held, total),
                exit_code: if month.has_holds() { HELD } else { 0 },
                error: None,
            }
        }
        Err(error) => MonthLine {
            period,
            read: (0, Usd::ZERO),
            invoices: (0, 0, Yen::ZERO),
            exit_code: error.exit_code(),
            error: Some(error.to_string()),
        },
    }
}

/// What the drafts of a month would draw; what is recorded is no longer there for other months anyway.
fn add_draws(period: BillingPeriod, month: &RunReport, draws: &mut BTreeMap<String, BTreeSet<BillingPeriod>>) {
    let balances = month.invoices.iter().filter_map(|invoice| invoice.settlement.vouchers.as_ref());
    for draw in balances.filter(|balance| !balance.is_recorded).flat_map(|balance| &balance.draws) {
        if !draw.used_jpy.is_zero() {
            draws.entry(draw.voucher_id.clone()).or_default().insert(period);
        }
    }
}
