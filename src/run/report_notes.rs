//! What the facts of a month say about the reports that they come from.

use std::collections::BTreeMap;

use crate::money::Usd;
use crate::usage::{Facts, LineType, Sym};

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
pub(super) fn report_warnings(facts: &Facts) -> Vec<String> {
    let mut payers: BTreeMap<Sym, OfPayer> = BTreeMap::new();
    for of_payer in facts.facts.chunk_by(|one, next| one.key.payer == next.key.payer) {
        let payer = payers.entry(of_payer[0].key.payer).or_default();
        for fact in of_payer {
            payer.has_cost |= !fact.key.is_cost_zero;
            payer.has_invoice |= !fact.key.invoice_id.is_empty();
            payer.has_discount_rows |=
                matches!(fact.key.line_type, LineType::PrivateDiscount | LineType::BundledDiscount);
            if fact.measures.net_rows == fact.measures.rows {
                payer.discounts += fact.measures.net_unblended;
                payer.discounts += -fact.measures.unblended;
            }
        }
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
