//! Reports in Parquet: the same facts as in CSV, doubles by their shortest text.

use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, Decimal128Array, DictionaryArray, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMillisecondArray,
};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;

use super::*;

pub(super) fn parquet_of(rows: &[TestRow], replaced: Vec<(Column, ArrayRef)>) -> Vec<u8> {
    parquet_in_groups(rows, replaced, WriterProperties::default())
}

fn parquet_in_groups(rows: &[TestRow], replaced: Vec<(Column, ArrayRef)>, properties: WriterProperties) -> Vec<u8> {
    let array = |column: &Column| -> ArrayRef {
        match replaced.iter().find(|(known, _)| known == column) {
            Some((_, array)) => Arc::clone(array),
            None => Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.text(*column)))),
        }
    };
    let name = |column: &Column| crate::ingest::canonical_name(column.name());
    let columns = Column::ALL.iter().map(|column| (name(column), array(column), true));
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn fold_parquet(bytes: &[u8]) -> Result<FoldOutcome, FoldError> {
    let folder = TestFolder::new();
    folder.write("r.parquet", bytes);
    fold_folder(folder.path(), "2025-05", &[])
}

#[test]
fn every_type_gives_the_digits_of_the_text() {
    let cell =
        |cost: &str, amount: &str| TestRow::new().with(Column::UnblendedCost, cost).with(Column::UsageAmount, amount);
    let rows = [cell("0.1", "95.640741"), cell("4.4E-7", "0"), cell("29.0", "16"), cell("0.30000000000000004", "1e15")];
    let expected = fold_rows(&rows).facts;
    let millis = expected.facts[0].measures.first_start.seconds() * 1_000;
    let payers: DictionaryArray<Int32Type> = rows.iter().map(|row| row.text(Column::PayerAccountId)).collect();
    let replaced: Vec<(Column, ArrayRef)> = vec![
        (Column::PayerAccountId, Arc::new(payers)),
        (Column::UnblendedCost, Arc::new(Float64Array::from(vec![0.1, 4.4E-7, 29.0, 0.30000000000000004]))),
        (Column::UsageAmount, Arc::new(Float64Array::from(vec![Some(95.640741), None, Some(16.0), Some(1e15)]))),
        (Column::UsageStartDate, Arc::new(TimestampMillisecondArray::from(vec![millis; 4]))),
    ];
    assert_eq!(fold_parquet(&parquet_of(&rows, replaced)).unwrap().facts, expected);
    let decimal = Decimal128Array::from(vec![1_i128, 0, 290, 3]).with_precision_and_scale(20, 1).unwrap();
    let replaced: Vec<(Column, ArrayRef)> = vec![
        (Column::UnblendedCost, Arc::new(decimal)),
        (Column::UsageAmount, Arc::new(Int64Array::from(vec![1, -2, 3, 4]))),
    ];
    let facts = fold_parquet(&parquet_of(&rows, replaced)).unwrap().facts;
    assert_eq!(facts.totals.unblended.to_string(), "29.4");
}

/// Starts of billing periods as times.
fn starts(rows: &[TestRow]) -> ArrayRef {
    let millis = |row: &TestRow| {
        let start = crate::period::parse_instant(row.text(Column::BillingPeriodStartDate).as_bytes()).unwrap();
        start.seconds() * 1_000
    };
    Arc::new(TimestampMillisecondArray::from_iter_values(rows.iter().map(millis)))
}

#[test]
fn row_groups_of_another_month_are_counted_and_rows_keep_their_numbers() {
    let april = || TestRow::new().with(Column::BillingPeriodStartDate, "2025-04-01T00:00:00.000Z");
    let rows = [april(), april(), TestRow::new(), TestRow::new(), april(), april(), TestRow::new(), april()];
    let groups_of_two = || WriterProperties::builder().set_max_row_group_row_count(Some(2)).build();
    let replaced = || vec![(Column::BillingPeriodStartDate, starts(&rows))];
    let folded = fold_parquet(&parquet_in_groups(&rows, replaced(), groups_of_two())).unwrap();
    // Two groups are left out, of the last one a row is.
    assert_eq!((folded.facts.totals.rows, folded.facts.totals.other_month_rows), (3, 5));
    assert_eq!(folded.facts, fold_rows(&rows).facts);
    let costs = [Some(1.0), None, Some(1.0), None, Some(1.0), Some(1.0), None, Some(1.0)];
    let bad = [replaced(), vec![(Column::UnblendedCost, Arc::new(Float64Array::from(costs.to_vec())) as ArrayRef)]];
    let error = fold_parquet(&parquet_in_groups(&rows, bad.concat(), groups_of_two())).unwrap_err().to_string();
    assert!(error.contains("row 4,") && error.contains("row 7,") && !error.contains("row 2,"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Dictionaries change from row group to row group, end within one, and are missing where a column is blank.
    #[test]
    fn texts_of_dictionaries_are_those_of_csv(
        picks in prop::collection::vec((0_usize..4, 0_usize..5, prop::bool::weighted(0.1), 0_u32..9), 1..60),
        group_rows in 1_usize..20,
        dictionary_bytes in prop::sample::select(vec![1_usize, 40, 1 << 20]),
    ) {
        let rows: Vec<TestRow> = picks
            .iter()
            .map(|(account, sku, is_covered, cost)| {
                let row = TestRow::new()
                    .with(Column::UsageAccountId, &format!("00000000010{account}"))
                    .with(Column::Sku, &"SKU".repeat(sku + 1))
                    .with(Column::Region, ["", "ap-northeast-1"][sku % 2])
                    .with(Column::RegionCode, ["us-east-1", ""][account % 2])
                    .with(Column::UnblendedCost, &format!("{cost}.25"));
                if !is_covered {
                    return row;
                }
                row.with(Column::LineItemType, "SavingsPlanCoveredUsage")
                    .with(Column::SavingsPlanArn, &format!("arn:aws:savingsplans::00000000010{sku}:savingsplan/x"))
                    .with(Column::InstanceType, "m5.large")
            })
            .collect();
        let properties = WriterProperties::builder()
            .set_max_row_group_row_count(Some(group_rows))
            .set_dictionary_page_size_limit(dictionary_bytes)
            .set_data_page_row_count_limit(3)
            .set_write_batch_size(2)
            .build();
        let blank = |column: Column| -> (Column, ArrayRef) {
            let texts = rows.iter().map(|row| Some(row.text(column)).filter(|text| !text.is_empty()));
            (column, Arc::new(texts.collect::<StringArray>()))
        };
        let columns = [Column::Region, Column::RegionCode, Column::SavingsPlanArn, Column::InstanceType, Column::Sku];
        let replaced = columns.map(blank).to_vec();
        let found = fold_parquet(&parquet_in_groups(&rows, replaced, properties)).unwrap().facts;
        prop_assert_eq!(found, fold_rows(&rows).facts);
    }
}

#[test]
fn what_a_parquet_report_may_not_say_is_refused() {
    let rows = [TestRow::new()];
    let half_second =
        parquet_of(&rows, vec![(Column::UsageStartDate, Arc::new(TimestampMillisecondArray::from(vec![1_500])))]);
    let number = parquet_of(&rows, vec![(Column::UsageAccountId, Arc::new(Int64Array::from(vec![104])))]);
    let no_number = parquet_of(&rows, vec![(Column::UnblendedCost, Arc::new(Float64Array::from(vec![f64::NAN])))]);
    let null = parquet_of(&rows, vec![(Column::UnblendedCost, Arc::new(Float64Array::from(vec![None])))]);
    let flags = Arc::new(arrow_array::BooleanArray::from(vec![true]));
    let flag = parquet_of(&rows, vec![(Column::UsageAmount, flags)]);
    let cut = number[..number.len() / 2].to_vec();
    #[rustfmt::skip]
    let cases = [
        (half_second, "is no time"),
        (number,      "is no account id"), // Leading zeros are lost.
        (no_number,   "is no decimal number"),
        (null,        "is blank"),
        (flag,        "has a type that cannot be read"),
        (cut,         "is damaged"),
    ];
    for (bytes, expected) in cases {
        let error = fold_parquet(&bytes).unwrap_err().to_string();
        assert!(error.contains(expected), "{expected}: {error}");
    }
}

#[test]
fn a_damaged_parquet_report_never_stops_the_program() {
    let rows: Vec<TestRow> = (0..50).map(|place| TestRow::new().with(Column::Sku, &format!("S{place}"))).collect();
    let bytes = parquet_of(&rows, Vec::new());
    for place in (0..bytes.len()).step_by(211) {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x15;
        fold_parquet(&damaged).ok();
    }
}
