use super::fold_terms::FoldTerms;
use super::partial::{PartialFacts, SumTooLarge};
use super::row_fields::BadField;
use super::row_keys::{KeyedRow, RowKeys};
use crate::ingest::{Column, FaultKind, FaultList, Row, RowSink};
use crate::money::Usd;
use crate::usage::Measures;

/// Folds the rows of one file.
///
/// Nothing is allocated for the common row: its key is five numbers, and its sums are there.
#[derive(Debug)]
pub struct FileFold<'a> {
    keys: RowKeys<'a>,
    partial: PartialFacts,
}

impl<'a> FileFold<'a> {
    /// Before the first row.
    pub fn new(terms: &'a FoldTerms) -> Self {
        Self { keys: RowKeys::new(terms), partial: PartialFacts::default() }
    }

    /// The sums, once the file has proved whole.
    pub fn into_partial(self) -> PartialFacts {
        let mut partial = self.partial;
        partial.sources = self.keys.sources;
        partial
    }

    fn fold_row(&mut self, row: &Row<'_>) -> Result<(), BadField> {
        let partial = &mut self.partial;
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
        self.count(&measures, rounded)
    }

    fn count(&mut self, measures: &Measures, rounded: u64) -> Result<(), BadField> {
        let totals = &mut self.partial.totals;
        totals.rows += 1;
        totals.rounded_inputs += rounded;
        let sum = totals.unblended.units().checked_add(measures.unblended.units());
        totals.unblended = sum.map(Usd::from_units).ok_or(BadField(Column::UnblendedCost, FaultKind::TooLarge))?;
        Ok(())
    }
}

impl RowSink for FileFold<'_> {
    fn take(&mut self, row: &Row<'_>, faults: &mut FaultList) {
        if let Err(bad) = self.fold_row(row) {
            self.keys.tell(row, bad, faults);
        }
    }
}
