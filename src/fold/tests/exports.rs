//! CUR 2.0 exports: the facts are those of the same rows in a report of old.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, MapBuilder, MapFieldNames, StringBuilder, StructBuilder};
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field};
use parquet::arrow::ArrowWriter;

use super::*;
use crate::ingest::canonical_name;

/// Product columns that are columns of CUR 2.0; the others are in its map.
const FIXED: [Column; 4] = [Column::InstanceType, Column::RegionCode, Column::ServiceCode, Column::Sku];

fn is_in_map(column: Column) -> bool {
    column.name().starts_with("product/") && !FIXED.contains(&column)
}

/// Rows of which everything that a map may hold is used.
fn rows() -> Vec<TestRow> {
    let covered = TestRow::new()
        .with(Column::LineItemType, "DiscountedUsage")
        .with(Column::UnblendedCost, "0")
        .with(Column::ReservationArn, "arn:aws:rds:ap-northeast-1:090000000909:ri:1")
        .with(Column::Region, "ap-northeast-1")
        .with(Column::OperatingSystem, "Linux")
        .with(Column::Tenancy, "Shared")
        .with(Column::DatabaseEngine, "Aurora \"MySQL\"")
        .with(Column::DeploymentOption, "Multi-AZ, two")
        .with(Column::LicenseModel, "No license required");
    let marketplace =
        TestRow::new().with(Column::BillingEntity, "AWS Marketplace").with(Column::ProductName, "品名、一号\n行");
    vec![TestRow::new(), covered.clone(), marketplace, covered.with(Column::Tenancy, "Dedicated"), TestRow::new()]
}

/// The columns of an export of rows, and per row what its product map holds.
fn columns() -> Vec<Column> {
    Column::ALL.into_iter().filter(|column| !is_in_map(*column)).collect()
}

fn product(row: &TestRow, is_camel: bool) -> Vec<(String, String)> {
    let key = |column: Column| match is_camel {
        true => column.name()["product/".len()..].to_owned(),
        false => canonical_name(column.name())["product_".len()..].to_owned(),
    };
    let used = Column::ALL.into_iter().filter(|column| is_in_map(*column) && !row.text(*column).is_empty());
    let used = used.map(|column| (key(column), row.text(column).to_owned()));
    used.chain([(String::from("group_description"), String::from("not used"))]).collect()
}

/// A CSV text of an export, with one more column for the given texts.
fn csv_with(rows: &[TestRow], columns: &[Column], map: &str, maps: &[String]) -> String {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    let names = columns.iter().map(|column| canonical_name(column.name()));
    writer.write_record(names.chain([map.to_owned()])).unwrap();
    for (row, map) in rows.iter().zip(maps) {
        writer.write_record(columns.iter().map(|column| row.text(*column)).chain([map.as_str()])).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

fn json(entries: &[(String, String)]) -> String {
    let map: serde_json::Map<_, _> = entries.iter().map(|(key, text)| (key.clone(), text.clone().into())).collect();
    serde_json::to_string(&map).unwrap()
}

fn parquet_with(rows: &[TestRow], map: ArrayRef) -> Vec<u8> {
    let columns = columns();
    let array = |column: &Column| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.text(*column))))
    };
    let plain = columns.iter().map(|column| (canonical_name(column.name()), array(column), true));
    let batch = RecordBatch::try_from_iter_with_nullable(plain.chain([(String::from("product"), map, true)])).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn fold_file(name: &str, bytes: impl AsRef<[u8]>) -> Result<FoldOutcome, String> {
    let folder = TestFolder::new();
    folder.write(name, bytes);
    fold_folder(folder.path(), "2025-05", &[]).map_err(|error| error.to_string())
}

#[test]
fn maps_as_json_give_the_facts_of_columns() {
    let (rows, expected) = (rows(), fold_rows(&rows()).facts);
    for is_camel in [false, true] {
        let maps: Vec<String> = rows.iter().map(|row| json(&product(row, is_camel))).collect();
        let text = csv_with(&rows, &columns(), "product", &maps);
        assert!(text.contains("\"\"") && text.contains("品名"), "quotes are doubled");
        assert_eq!(fold_file("e.csv.gz", gzip(&text)).unwrap().facts, expected, "{is_camel}");
        let in_parquet: ArrayRef = Arc::new(StringArray::from_iter_values(&maps));
        assert_eq!(fold_file("e.parquet", parquet_with(&rows, in_parquet)).unwrap().facts, expected, "{is_camel}");
    }
}

#[test]
fn maps_of_parquet_give_the_facts_of_columns_whatever_their_inner_names() {
    let (rows, expected) = (rows(), fold_rows(&rows()).facts);
    let other = MapFieldNames { entry: "entries".into(), key: "k".into(), value: "v".into() };
    for (names, is_camel) in [(None, false), (Some(other), true)] {
        let mut builder = MapBuilder::new(names, StringBuilder::new(), StringBuilder::new());
        for row in &rows {
            for (key, text) in product(row, is_camel) {
                builder.keys().append_value(key);
                builder.values().append_value(text);
            }
            builder.append(true).unwrap();
        }
        let map: ArrayRef = Arc::new(builder.finish());
        assert_eq!(fold_file("e.parquet", parquet_with(&rows, map)).unwrap().facts, expected);
    }
    let fields = vec![Field::new("a", DataType::Utf8, true), Field::new("b", DataType::Utf8, true)];
    let mut list = ListBuilder::new(StructBuilder::from_fields(fields, 0));
    for row in &rows {
        for (key, text) in product(row, false) {
            let entry = list.values();
            entry.field_builder::<StringBuilder>(0).unwrap().append_value(key);
            entry.field_builder::<StringBuilder>(1).unwrap().append_value(text);
            entry.append(true);
        }
        list.append(true);
    }
    let map: ArrayRef = Arc::new(list.finish());
    assert_eq!(fold_file("e.parquet", parquet_with(&rows, map)).unwrap().facts, expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_attributes_give_the_facts_of_columns(texts in prop::collection::vec("[ -~é品\\n]{0,12}", 3..30)) {
        let rows: Vec<TestRow> = texts
            .chunks_exact(3)
            .map(|cells| {
                TestRow::new()
                    .with(Column::LineItemType, "RIFee")
                    .with(Column::LineItemDescription, &cells[0])
                    .with(Column::DatabaseEngine, &cells[1])
                    .with(Column::Tenancy, &cells[2])
            })
            .collect();
        let expected = fold_rows(&rows).facts;
        let maps: Vec<String> = rows.iter().map(|row| json(&product(row, false))).collect();
        let text = csv_with(&rows, &columns(), "product", &maps);
        prop_assert_eq!(&fold_file("e.csv", text).unwrap().facts, &expected);
        let mut builder = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
        for row in &rows {
            for (key, text) in product(row, true) {
                builder.keys().append_value(key);
                builder.values().append_value(text);
            }
            builder.append(true).unwrap();
        }
        let parquet = parquet_with(&rows, Arc::new(builder.finish()));
        prop_assert_eq!(&fold_file("e.parquet", parquet).unwrap().facts, &expected);
    }
}

#[test]
fn a_column_goes_before_the_map_and_a_null_map_is_empty() {
    let row = TestRow::new().with(Column::LineItemType, "RIFee").with(Column::Tenancy, "Shared");
    let expected = fold_rows(std::slice::from_ref(&row)).facts;
    let mut columns = columns();
    columns.push(Column::Tenancy);
    for map in [r#"{"tenancy":"Dedicated"}"#, r#"{"tenancy":null}"#, "{}", ""] {
        let text = csv_with(std::slice::from_ref(&row), &columns, "product", &[map.to_owned()]);
        assert_eq!(fold_file("e.csv", text).unwrap().facts, expected, "{map}");
    }
    // A column that is empty between quotes is filled, whatever quotes the map and the row have.
    let quoted = TestRow::new().with(Column::LineItemType, "RIFee").with(Column::LineItemDescription, "\"a\"");
    let expected = fold_rows(&[quoted.clone().with(Column::Tenancy, "\"b\"")]).facts;
    let text =
        csv_with(&[quoted.with(Column::Tenancy, "EMPTY")], &columns, "product", &[r#"{"tenancy":"\"b\""}"#.to_owned()]);
    assert_eq!(fold_file("e.csv", text.replace("EMPTY", "\"\"")).unwrap().facts, expected);
    let mut builder = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
    builder.append(false).unwrap();
    let row = TestRow::new();
    let parquet = parquet_with(std::slice::from_ref(&row), Arc::new(builder.finish()));
    assert_eq!(fold_file("e.parquet", parquet).unwrap().facts, fold_rows(&[row]).facts);
}

#[test]
fn what_is_no_map_is_told_with_row_and_column() {
    #[rustfmt::skip]
    let cases = [
        ("product",  "Amazon Elastic Compute Cloud",                     "row 2, product: \"Amazon Elastic Compute Cloud\" is no map"),
        ("product",  r#"["a"]"#,                                         "is no map"),
        ("product",  r#"{"region":"a""#,                                 "is no map"),
        ("product",  r#"{"region":{"a":"b"}}"#,                          "is no single value"),
        ("product",  r#"{"region":"a","region":"b"}"#,                   "stands twice"),
        ("product",  r#"{"database_engine":"a","databaseEngine":"b"}"#,  "two spellings of product_database_engine"),
        ("product",  "{\"region\":\"\\u0000\"}",                         "a NUL"),
        ("discount", "-0.25",                                            "row 2, discount: \"-0.25\" is no map"),
        ("discount", r#"{"bundled_discount":-0.25}"#,                    "has a bundled discount"),
        ("discount", r#"{"bundled_discount":"#,                          "is no map"),
    ];
    let rows = [TestRow::new(), TestRow::new()];
    for (column, found, expected) in cases {
        // Without the product map its attributes are columns, so that nothing else is missing.
        let columns = if column == "product" { columns() } else { Column::ALL.to_vec() };
        let text = csv_with(&rows, &columns, column, &[String::new(), found.to_owned()]);
        let error = fold_file("e.csv", text).unwrap_err();
        assert!(error.contains(expected) && error.contains("e.csv, row 2"), "{found}: {error}");
    }
    let sound = [r#"{"edp_discount":-0.01,"total_discount":-0.01}"#, r#"{"bundled_discount":0.0}"#].map(String::from);
    let text = csv_with(&rows, &Column::ALL, "discount", &sound);
    assert_eq!(fold_file("e.csv", text).unwrap().facts, fold_rows(&rows).facts);
}

#[test]
fn a_column_that_the_select_left_out_is_named_as_the_export_spells_it() {
    let usage = TestRow::new();
    let of = |line_type: &str| TestRow::new().with(Column::LineItemType, line_type);
    let everywhere = "the query of the export leaves it out";
    let for_rows = "rows need this column";
    #[rustfmt::skip]
    let cases = [
        (Column::UsageAmount,          &usage,                          "line_item_usage_amount",             everywhere),
        (Column::InvoiceId,            &usage,                          "bill_invoice_id",                    everywhere),
        (Column::PublicOnDemandCost,   &usage,                          "pricing_public_on_demand_cost",      everywhere),
        (Column::BillingEntity,        &usage,                          "bill_billing_entity",                everywhere),
        (Column::ReservationArn,       &of("DiscountedUsage"),          "reservation_reservation_a_r_n",      for_rows),
        (Column::ReservationArn,       &of("Fee"),                      "reservation_reservation_a_r_n",      for_rows),
        (Column::SavingsPlanArn,       &of("SavingsPlanNegation"),      "savings_plan_savings_plan_a_r_n",    for_rows),
        (Column::UsedCommitment,       &of("SavingsPlanRecurringFee"),  "savings_plan_used_commitment",       for_rows),
        (Column::NumberOfReservations, &of("RIFee"),                    "reservation_number_of_reservations", for_rows),
        (Column::AvailabilityZone,     &of("DiscountedUsage"),          "line_item_availability_zone",        for_rows),
        (Column::TaxType,              &of("Refund"),                   "line_item_tax_type",                 for_rows),
    ];
    for (left_out, row, spelled, why) in cases {
        let kept: Vec<Column> = columns().into_iter().filter(|column| *column != left_out).collect();
        let rows = [usage.clone(), row.clone(), row.clone()];
        let maps = [const { String::new() }; 3];
        let error = fold_file("e.csv", csv_with(&rows, &kept, "product", &maps)).unwrap_err();
        assert!(error.contains(spelled) && error.contains(why) && error.contains("SELECT"), "{spelled}: {error}");
        assert_eq!(error.matches(spelled).count(), 1, "told once: {error}");
        if why == for_rows {
            // Nobody misses it where no such row is.
            fold_file("e.csv", csv_with(std::slice::from_ref(&usage), &kept, "product", &maps[..1])).unwrap();
        }
    }
    let rows = [of("DiscountedUsage")];
    let error = fold_file("e.csv", csv_with(&rows, &columns(), "resource_tags", &[String::new()])).unwrap_err();
    assert!(error.contains("row 1, product: \"DiscountedUsage\" rows need"), "{error}");
}

#[test]
fn a_closed_month_without_any_invoice_is_told_by_its_folders() {
    let rows = [TestRow::new(), TestRow::new().with(Column::Operation, "RunInstances:0002")];
    let text = |rows: &[TestRow]| csv_with(rows, &Column::ALL, "product", &["{}".to_owned(), "{}".to_owned()]);
    let invoiced = [rows[0].clone().with(Column::InvoiceId, "1"), rows[1].clone()];
    let fold = |made_on: &str, rows: &[TestRow], later: Option<&str>| {
        let folder = TestFolder::new();
        let manifest = |month: &str, file: &str| {
            let file = format!("s3://b/x/data/BILLING_PERIOD={month}/{file}");
            serde_json::json!({ "columns": [], "dataFiles": [file] }).to_string()
        };
        let file = format!("{made_on}T00:00:00.000Z-0f/x-00001.csv");
        folder.write(&format!("x/data/BILLING_PERIOD=2025-05/{file}"), text(rows));
        folder.write("x/metadata/BILLING_PERIOD=2025-05/x-Manifest.json", manifest("2025-05", &file));
        if let Some(month) = later {
            let place = format!("x/metadata/BILLING_PERIOD={month}/x-Manifest.json");
            folder.write(&place, manifest(month, "x-00001.csv"));
        }
        fold_folder(folder.path(), "2025-05", &[]).map_err(|error| error.to_string())
    };
    fold("2025-06-15", &rows, None).unwrap();
    fold("2025-06-15", &rows, Some("2025-06")).unwrap();
    fold("2025-06-16", &invoiced, Some("2025-07")).unwrap();
    let error = fold("2025-06-16", &rows, None).unwrap_err();
    assert!(error.contains("it was made on 2025-06-16") && error.contains("pro forma"), "{error}");
    let error = fold("2025-06-15", &rows, Some("2025-07")).unwrap_err();
    assert!(error.contains("delivered for 2025-07 already") && error.contains("001234567892"), "{error}");
}
