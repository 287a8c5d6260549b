//! What the facts of a month say about the reports that they come from.

use std::collections::BTreeMap;

use crate::money::Usd;
use crate::usage::{FactRun, Facts, LineType, Sym};

/// What is asked of a payer's rows.
#[derive(Default)]
struct OfPayer {
    has_cost: bool,
    has_invoice: bool,
    has_discount_rows: bool,
    /// Net cost less cost of the rows that have both.
    discounts: Usd,
}

/// Warnings about whole reports: none of their rows has an invoice, or their costs are before discounts.
pub(super) fn report_warnings(facts: &Facts, runs: &[FactRun]) -> Vec<String> {
    let mut payers: BTreeMap<Sym, OfPayer> = BTreeMap::new();
    for run in runs {
        let payer = payers.entry(run.payer).or_default();
        payer.has_cost |= run.rows_with_cost > 0;
        payer.has_invoice |= !run.invoice_id.is_empty();
        payer.has_discount_rows |= matches!(run.line_type, LineType::PrivateDiscount | LineType::BundledDiscount);
        payer.discounts += run.net_difference;
    }
    let mut warnings = Vec::new();
    for (payer, found) in payers {
        let payer = facts.text(payer);
        if found.has_cost && !found.has_invoice {
            warnings.push(format!(
                "payer {payer}: no row has an invoice id of AWS: the month is still open, the report is FOCUS 1.0 or \
                 1.1, which have none, or it is a pro forma report of Billing Conductor, by which nothing is billed"
            ));
        }
        if !found.has_discount_rows && !found.discounts.is_zero() {
            warnings.push(format!(
                "payer {payer}: discounts of AWS are no rows, but {} USD between cost and net cost (manual discount \
                 compatibility is off): aws_unblended and the margin are before them",
                found.discounts
            ));
        }
    }
    warnings
}
