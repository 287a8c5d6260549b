//! Facts by what accounting asks of them: whose bill, which of AWS's invoices, which line type. Facts are sorted by key, so
//! those that share it mostly follow each other, and a month is gone through once for all such questions.

use std::ops::Range;

use rayon::prelude::*;

use super::facts::FACTS_A_TASK;
use super::{Fact, FactKey, LineType, Sym};
use crate::money::Usd;

/// Neighbours among facts that share what is named here, and their sums. Others may share it too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactRun {
    /// Of the key.
    pub payer: Sym,
    /// Of the key.
    pub account: Sym,
    /// Of the key.
    pub bill_type: Sym,
    /// Of the key.
    pub invoice_id: Sym,
    /// Of the key.
    pub invoicing_entity: Sym,
    /// Of the key.
    pub line_type_text: Sym,
    /// What the text says.
    pub line_type: LineType,
    /// Places in the facts.
    pub places: Range<usize>,
    /// Rows.
    pub rows: u64,
    /// Rows of more or less than nothing.
    pub rows_with_cost: u64,
    /// Dollars.
    pub unblended: Usd,
    /// Net cost less cost, of facts all of whose rows have a net cost.
    pub net_difference: Usd,
}

impl FactRun {
    /// The runs of facts, in their order; every fact is in one of them.
    pub fn of(facts: &[Fact]) -> Vec<Self> {
        let runs = facts.par_chunks(FACTS_A_TASK).enumerate().map(|(task, facts)| {
            let mut runs: Vec<Self> = Vec::new();
            for (fact, place) in facts.iter().zip(task * FACTS_A_TASK..) {
                match runs.last_mut() {
                    Some(run) if run.goes_on_with(&fact.key) => run.add(fact),
                    _ => {
                        let mut run = Self::begin(&fact.key, place);
                        run.add(fact);
                        runs.push(run);
                    }
                }
            }
            runs
        });
        runs.flatten_iter().collect()
    }

    fn begin(key: &FactKey, place: usize) -> Self {
        let FactKey { payer, account, bill_type, invoice_id, invoicing_entity, line_type_text, line_type, .. } = *key;
        Self {
            payer,
            account,
            bill_type,
            invoice_id,
            invoicing_entity,
            line_type_text,
            line_type,
            places: place..place,
            rows: 0,
            rows_with_cost: 0,
            unblended: Usd::ZERO,
            net_difference: Usd::ZERO,
        }
    }

    fn goes_on_with(&self, key: &FactKey) -> bool {
        let own =
            [self.payer, self.account, self.bill_type, self.invoice_id, self.invoicing_entity, self.line_type_text];
        let next = [key.payer, key.account, key.bill_type, key.invoice_id, key.invoicing_entity, key.line_type_text];
        own == next && self.line_type == key.line_type
    }

    fn add(&mut self, fact: &Fact) {
        let sums = &fact.measures;
        self.places.end += 1;
        self.rows += sums.rows;
        if !fact.key.is_cost_zero {
            self.rows_with_cost += sums.rows;
        }
        self.unblended += sums.unblended;
        if sums.net_rows == sums.rows {
            self.net_difference += sums.net_unblended - sums.unblended;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::testing::*;

    #[test]
    fn runs_hold_every_fact_once_with_its_sums() {
        let row = |number: usize| Row {
            account: if number.is_multiple_of(7) { A } else { B },
            line_type: ["Usage", "Usage", "Tax"][number % 3],
            usage_type: kept(format!("type-{number:06}")),
            invoice_id: if number < 15_000 { "INV-1" } else { "" },
            cost: ["0", "1", "0.5"][number % 3],
            ..Row::default()
        };
        let rows: Vec<Row> = (0..20_000).map(row).collect(); // More than one task has.
        let Billed { facts, .. } = World::new().price("M5", "0.124").bill(&rows);
        let runs = FactRun::of(&facts.facts);
        assert!(runs.len() < 20, "{}: neighbours are put together", runs.len());

        let mut next = 0;
        let mut sums: BTreeMap<(&str, &str, &str), (u64, u64, Usd)> = BTreeMap::new();
        for run in &runs {
            assert_eq!(run.places.start, next);
            next = run.places.end;
            assert!(facts.facts[run.places.clone()].iter().all(|fact| run.goes_on_with(&fact.key)));
            let key = [run.account, run.line_type_text, run.invoice_id].map(|text| facts.text(text));
            let sum = sums.entry((key[0], key[1], key[2])).or_default();
            *sum = (sum.0 + run.rows, sum.1 + run.rows_with_cost, sum.2 + run.unblended);
        }
        assert_eq!(next, facts.facts.len());
        let mut expected: BTreeMap<(&str, &str, &str), (u64, u64, Usd)> = BTreeMap::new();
        for row in &rows {
            let sum = expected.entry((row.account, row.line_type, row.invoice_id)).or_default();
            *sum = (sum.0 + 1, sum.1 + u64::from(row.cost != "0"), sum.2 + usd(row.cost));
        }
        assert_eq!(sums, expected);
    }
}
