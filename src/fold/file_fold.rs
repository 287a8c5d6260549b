use super::error::FoldError;
use super::fold_terms::FoldTerms;
use super::key_parts::ShortKey;
use super::memory::Memory;
use super::partial::{PartialFacts, TOGETHER};
use super::row_fields::BadField;
use super::row_keys::{KeyedRow, RowKeys};
use super::spill::SpillingSum;
use crate::ingest::{Column, FaultKind, FaultList, Row, RowSink};
use crate::money::{Usd, format_grid};
use crate::period::BillingPeriod;
use crate::usage::Measures;

/// Folds the rows of one file.
///
/// Nothing is allocated for the common row: its key is five numbers, and its sums are there.
pub struct FileFold<'a> {
    keys: RowKeys<'a>,
    sum: SpillingSum<'a>,
    /// Rows that are not added yet, and their numbers.
    waiting: Vec<(ShortKey, Measures)>,
    numbers: Vec<u64>,
    /// Why sums could not be put aside: the file need not be read further.
    failed: Option<FoldError>,
}

impl<'a> FileFold<'a> {
    /// Before the first row. So many facts are held in memory at most.
    pub(super) fn new(terms: &'a FoldTerms, memory: &'a Memory<'a>, most: usize) -> Self {
        Self {
            keys: RowKeys::new(terms),
            sum: SpillingSum::new(memory, most),
            waiting: Vec::with_capacity(TOGETHER),
            numbers: Vec::with_capacity(TOGETHER),
            failed: None,
        }
    }

    /// The sums, once the file has proved whole.
    pub(super) fn into_sum(mut self, faults: &mut FaultList) -> Result<SpillingSum<'a>, FoldError> {
        self.add_waiting(faults);
        let mut sum = self.sum;
        sum.partial.sources = self.keys.sources;
        self.failed.map_or(Ok(sum), Err)
    }

    fn fold_row(&mut self, row: &Row<'_>) -> Result<(), BadField> {
        let partial = &mut self.sum.partial;
        let Some(keyed) = self.keys.of_row(row, &mut partial.texts, &mut partial.parts)? else {
            partial.totals.other_month_rows += 1;
            return Ok(());
        };
        let KeyedRow { short, measures, rounded } = keyed;
        count(partial, &measures, rounded)?;
        self.waiting.push((short, measures));
        self.numbers.push(row.number());
        Ok(())
    }

    /// Adds the rows that wait.
    fn add_waiting(&mut self, faults: &mut FaultList) {
        let mut rows = &self.waiting[..];
        let mut numbers = &self.numbers[..];
        while let Err(place) = self.sum.partial.add_all(rows) {
            let measures = &rows[place].1;
            let (cost, quantity) = (measures.unblended.units(), measures.quantity.units());
            let is_cost = cost.unsigned_abs() > quantity.unsigned_abs();
            let (column, units) = if is_cost { (Column::UnblendedCost, cost) } else { (Column::UsageAmount, quantity) };
            let found = format_grid(units);
            faults.push(Some(numbers[place]), Some(column.name()), found.as_bytes(), FaultKind::TooLarge);
            (rows, numbers) = (&rows[place + 1..], &numbers[place + 1..]);
        }
        self.waiting.clear();
        self.numbers.clear();
        if self.failed.is_none() {
            self.failed = self.sum.put_aside_if_full().err();
        }
    }
}

fn count(partial: &mut PartialFacts, measures: &Measures, rounded: u64) -> Result<(), BadField> {
    let totals = &mut partial.totals;
    totals.rows += 1;
    totals.rounded_inputs += rounded;
    let sum = totals.unblended.units().checked_add(measures.unblended.units());
    totals.unblended = sum.map(Usd::from_units).ok_or(BadField(Column::UnblendedCost, FaultKind::TooLarge))?;
    Ok(())
}

impl RowSink for FileFold<'_> {
    fn take(&mut self, row: &Row<'_>, faults: &mut FaultList) {
        if self.failed.is_some() {
            return;
        }
        if let Err(bad) = self.fold_row(row) {
            self.keys.tell(row, bad, faults);
        }
        if self.waiting.len() == TOGETHER {
            self.add_waiting(faults);
        }
    }

    fn wanted_month(&self) -> Option<BillingPeriod> {
        Some(self.keys.period())
    }

    fn skip(&mut self, payer: &str, period: BillingPeriod, rows: u64) -> bool {
        self.keys.sources.insert((payer.to_owned(), period));
        self.sum.partial.totals.other_month_rows += rows;
        true
    }
}
