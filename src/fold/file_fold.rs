use super::error::FoldError;
use super::fold_terms::FoldTerms;
use super::memory::Memory;
use super::partial::{PartialFacts, SumTooLarge};
use super::row_fields::BadField;
use super::row_keys::{KeyedRow, RowKeys};
use super::spill::SpillingSum;
use crate::ingest::{Column, FaultKind, FaultList, Row, RowSink};
use crate::money::Usd;
use crate::usage::Measures;

/// Folds the rows of one file.
///
/// Nothing is allocated for the common row: its key is five numbers, and its sums are there.
pub struct FileFold<'a> {
    keys: RowKeys<'a>,
    sum: SpillingSum<'a>,
    /// Why sums could not be put aside: the file need not be read further.
    failed: Option<FoldError>,
}

impl<'a> FileFold<'a> {
    /// Before the first row. So many facts are held in memory at most.
    pub(super) fn new(terms: &'a FoldTerms, memory: &'a Memory<'a>, most: usize) -> Self {
        Self { keys: RowKeys::new(terms), sum: SpillingSum::new(memory, most), failed: None }
    }

    /// The sums, once the file has proved whole.
    pub(super) fn into_sum(self) -> Result<SpillingSum<'a>, FoldError> {
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
        let added = partial.add_short(short, &measures);
        added.map_err(|SumTooLarge| {
            let is_cost = measures.unblended.units().unsigned_abs() > measures.quantity.units().unsigned_abs();
            BadField(if is_cost { Column::UnblendedCost } else { Column::UsageAmount }, FaultKind::TooLarge)
        })?;
        count(partial, &measures, rounded)
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
        self.failed = self.sum.put_aside_if_full().err();
    }
}
