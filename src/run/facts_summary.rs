//! What is told of facts after a fold, whether they are in memory or go by.

use std::collections::{BTreeMap, BTreeSet};

use super::contracts::PayersSeen;
use crate::audit::{AwsInvoiceRow, AwsInvoices};
use crate::usage::{ControlTotals, FactRun, Facts};

/// Facts, told.
#[derive(Debug)]
pub(super) struct FactsSummary {
    pub(super) totals: ControlTotals,
    pub(super) facts: usize,
    pub(super) aws_invoices: Vec<AwsInvoiceRow>,
    pub(super) payers_seen: BTreeMap<String, BTreeSet<String>>,
}

impl FactsSummary {
    pub(super) fn of(facts: &Facts, runs: &[FactRun]) -> Self {
        let mut counter = FactsCounter::default();
        counter.add(runs);
        counter.finish(facts)
    }
}

/// Facts, counted as they go by.
#[derive(Debug, Default)]
pub(super) struct FactsCounter {
    facts: usize,
    aws_invoices: AwsInvoices,
    payers_seen: PayersSeen,
}

impl FactsCounter {
    /// Adds some of the facts of a month.
    pub(super) fn add(&mut self, runs: &[FactRun]) {
        self.facts += runs.iter().map(|run| run.places.len()).sum::<usize>();
        self.aws_invoices.add(runs);
        self.payers_seen.add(runs);
    }

    /// Once all were added; `head` has their texts and totals.
    pub(super) fn finish(self, head: &Facts) -> FactsSummary {
        FactsSummary {
            totals: head.totals,
            facts: self.facts,
            aws_invoices: self.aws_invoices.into_rows(&head.symbols),
            payers_seen: self.payers_seen.into_names(&head.symbols),
        }
    }
}
