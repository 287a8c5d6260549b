//! Row groups of a Parquet file that need not be decoded: all their rows are of another month, by what the file says of itself.

use arrow_schema::{DataType, Schema, TimeUnit};
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::statistics::Statistics;

use super::columns::Column;
use super::csv_header::Header;
use super::parquet_cells::instant_of_ticks;
use super::row::RowSink;
use crate::period::BillingPeriod;

/// Which row groups are decoded, and where the others lie among their rows.
#[derive(Debug, Default)]
pub(super) struct RowGroups {
    /// The places of those that are decoded, ascending.
    pub(super) kept: Vec<usize>,
    /// How many rows are decoded before rows that are not, and how many those are.
    skipped: Vec<(u64, u64)>,
    decoded: u64,
}

impl RowGroups {
    /// Chooses, and tells the sink what is left out. A group is left out only where it has one payer and one month,
    /// another than the sink wants, for sure.
    pub(super) fn choose(metadata: &ParquetMetaData, schema: &Schema, header: &Header, sink: &mut dyn RowSink) -> Self {
        let mut groups = Self::default();
        let mut before = 0;
        // Rows of data exports are judged before their month is known.
        let wanted = sink.wanted_month().filter(|_| header.export.is_none());
        for (place, group) in metadata.row_groups().iter().enumerate() {
            let rows = u64::try_from(group.num_rows()).unwrap_or(0);
            let other = wanted.and_then(|wanted| {
                let found = source_of(metadata, group, schema, header)?;
                (found.1 != wanted).then_some(found)
            });
            match other {
                Some((payer, period)) if sink.skip(&payer, period, rows) => groups.skipped.push((before, rows)),
                _ => {
                    groups.kept.push(place);
                    before += rows;
                }
            }
        }
        groups
    }

    /// How many rows of the file lie between the last decoded row and the next one: rows are numbered as in the file.
    pub(super) fn skipped_before_next(&mut self) -> u64 {
        let mut skipped = 0;
        while let Some(&(before, rows)) = self.skipped.first()
            && before <= self.decoded
        {
            skipped += rows;
            self.skipped.remove(0);
        }
        self.decoded += 1;
        skipped
    }

    /// Rows behind the last decoded one.
    pub(super) fn skipped_at_the_end(&self) -> u64 {
        self.skipped.iter().map(|(_, rows)| rows).sum()
    }
}

/// The payer and the month of all rows of a group, where the file says so.
fn source_of(
    metadata: &ParquetMetaData,
    group: &RowGroupMetaData,
    schema: &Schema,
    header: &Header,
) -> Option<(String, BillingPeriod)> {
    let descriptor = metadata.file_metadata().schema_descr();
    let statistics = |column: Column| {
        let place = header.places[column.index()]?;
        let leaf = (0..descriptor.num_columns()).find(|leaf| descriptor.get_column_root_idx(*leaf) == place)?;
        let told = group.column(leaf).statistics()?;
        let is_sure = told.null_count_opt() == Some(0) && told.min_is_exact() && told.max_is_exact();
        is_sure.then_some((told, schema.field(place).data_type()))
    };
    let (payer, _) = statistics(Column::PayerAccountId)?;
    let (least, largest) = (payer.min_bytes_opt()?, payer.max_bytes_opt()?);
    let is_account = least.len() == 12 && least.iter().all(u8::is_ascii_digit);
    if !is_account || least != largest {
        return None;
    }
    let (start, kind) = statistics(Column::BillingPeriodStartDate)?;
    let Statistics::Int64(start) = start else { return None };
    let DataType::Timestamp(unit, _) = kind else { return None };
    let per_second = match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    };
    let (first, last) = (*start.min_opt()?, *start.max_opt()?);
    let period = BillingPeriod::of(instant_of_ticks(first, per_second)?);
    (first == last).then(|| (String::from_utf8_lossy(least).into_owned(), period))
}
