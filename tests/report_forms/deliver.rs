use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use seikyu::ingest::{Column, canonical_name};
use serde_json::json;

use super::parquet_file::{Cell, write_parquet};
use super::source::Source;

/// How AWS delivers a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A report for Athena: columns in snake case, numbers as doubles, times as timestamps.
    LegacyParquet,
    /// A CUR 2.0 export that keeps its executions; maps are JSON texts.
    ExportCsv,
    /// A CUR 2.0 export that overwrites; maps are maps.
    ExportParquet,
}

/// Product columns that CUR 2.0 has as columns; all others are in its map.
const FIXED_PRODUCT: [&str; 6] = [
    "product_instance_type",
    "product_product_family",
    "product_region_code",
    "product_servicecode",
    "product_sku",
    "product_usagetype",
];
const NEW: &str = "2025-06-07T04:05:06.789Z-aaaaaaaa-1111-4222-8333-000000000002";
const OLD: &str = "2025-06-02T04:05:06.789Z-aaaaaaaa-1111-4222-8333-000000000001";

/// Writes a payer's month into a reports folder. Beside what counts lies what AWS leaves there.
pub fn deliver(form: Form, source: &Source, reports: &Path) {
    let home = reports.join(&source.payer);
    match form {
        Form::LegacyParquet => {
            let below = "cur/month/month/year=2025/month=5/month-00001.snappy.parquet";
            let names: Vec<String> = source.columns.clone();
            let rows: Vec<Vec<Cell>> = source.rows.iter().map(|row| legacy_cells(&names, row)).collect();
            write(&home.join(below), write_parquet(&names, &rows));
            let manifest = json!({
                "account": source.payer, "assemblyId": "a", "reportKeys": [below], "columns": [],
                "billingPeriod": { "start": "20250501T000000.000Z", "end": "20250601T000000.000Z" },
            });
            write(&home.join("cur/month/20250501-20250601/month-Manifest.json"), manifest.to_string());
        }
        Form::ExportCsv => {
            let (names, rows) = export_table(source);
            let half = rows.len() / 2;
            let data = home.join("exports/cur2/data/BILLING_PERIOD=2025-05");
            for (place, part) in [&rows[..half], &rows[half..]].into_iter().enumerate() {
                let name = format!("{NEW}/cur2-0000{}.csv.gz", place + 1);
                write(&data.join(name), gzip(&csv_text(&names, part)));
            }
            write(&data.join(format!("{OLD}/cur2-00001.csv.gz")), gzip(&csv_text(&names, &rows[..half])));
            let metadata = home.join("exports/cur2/metadata/BILLING_PERIOD=2025-05");
            let key = |execution: &str, part: u32| format!("{execution}/cur2-0000{part}.csv.gz");
            let newest = manifest(&source.payer, &names, &[key(NEW, 1), key(NEW, 2)]);
            write(&metadata.join(format!("{NEW}/cur2-Manifest.json")), newest.clone());
            write(&metadata.join("cur2-Manifest.json"), newest);
            let older = manifest(&source.payer, &names, &[key(OLD, 1)]);
            write(&metadata.join(format!("{OLD}/cur2-Manifest.json")), older);
        }
        Form::ExportParquet => {
            let (names, rows) = export_table(source);
            let half = rows.len() / 2;
            let data = home.join("exports/cur2/data/BILLING_PERIOD=2025-05");
            write(&data.join("cur2-00001.snappy.parquet"), write_parquet(&names, &rows[..half]));
            write(&data.join("cur2-00002.snappy.parquet"), write_parquet(&names, &rows[half..]));
            write(&data.join("cur2-00003.snappy.parquet"), write_parquet(&names, &[])); // Left over, emptied.
            let keys = ["cur2-00001.snappy.parquet", "cur2-00002.snappy.parquet"].map(String::from);
            let text = manifest(&source.payer, &names, &keys);
            write(&home.join("exports/cur2/metadata/BILLING_PERIOD=2025-05/cur2-Manifest.json"), text);
        }
    }
}

/// A manifest as a data export writes it: whole addresses, no month, the account only in the export's name.
fn manifest(payer: &str, names: &[String], keys: &[String]) -> String {
    let address = |key: &String| format!("s3://example-bucket/exports/cur2/data/BILLING_PERIOD=2025-05/{key}");
    let column = |name: &String| json!({ "name": name, "type": "string" });
    json!({
        "executionId": "aaaaaaaa-1111-4222-8333-000000000002",
        "exportArn": format!("arn:aws:bcm-data-exports:us-east-1:{payer}:export/cur2-00000000-0000-4000-8000-000000000000"),
        "columns": names.iter().map(column).collect::<Vec<_>>(),
        "dataFiles": keys.iter().map(address).collect::<Vec<_>>(),
        "additionalOutputFiles": [],
    })
    .to_string()
}

/// The columns and rows of a CUR 2.0 export with the same content.
fn export_table(source: &Source) -> (Vec<String>, Vec<Vec<Cell>>) {
    let is_plain = |name: &str| {
        !name.starts_with("product_") && !name.starts_with("resource_tags_") && !name.starts_with("discount_")
    };
    let used = Column::ALL.into_iter().map(|column| canonical_name(column.name()));
    let mut names: BTreeSet<String> =
        used.chain(source.columns.iter().cloned()).filter(|name| is_plain(name)).collect();
    names.extend(FIXED_PRODUCT.map(String::from));
    let mut names: Vec<String> = names.into_iter().collect();
    let plain = names.len();
    names.extend(["product", "resource_tags", "cost_category", "bill_payer_account_name"].map(String::from));
    let cells = |row: &BTreeMap<String, String>| {
        let value = |name: &str| row.get(name).map(String::as_str).unwrap_or_default();
        let mut cells: Vec<Cell> = names[..plain]
            .iter()
            .map(|name| match name.as_str() {
                "product_region_code" => Cell::of(name, value("product_region")),
                _ => Cell::of(name, value(name)),
            })
            .collect();
        let is_in_map = |name: &str| name.starts_with("product_") && !FIXED_PRODUCT.contains(&name);
        let entries = |prefix: &str, is_wanted: &dyn Fn(&str) -> bool| {
            let wanted = row.iter().filter(|(name, value)| is_wanted(name) && !value.is_empty());
            Cell::Map(wanted.map(|(name, value)| (name[prefix.len()..].to_owned(), value.clone())).collect())
        };
        cells.push(entries("product_", &is_in_map));
        cells.push(entries("resource_tags_", &|name| name.starts_with("resource_tags_")));
        cells.push(Cell::Map(Vec::new()));
        cells.push(Cell::Text(String::from("Example")));
        cells
    };
    let rows = source.rows.iter().map(cells).collect();
    (names, rows)
}

fn legacy_cells(names: &[String], row: &BTreeMap<String, String>) -> Vec<Cell> {
    names.iter().map(|name| Cell::of(name, row.get(name).map(String::as_str).unwrap_or_default())).collect()
}

/// Rows as CSV: maps are JSON.
pub fn csv_text(names: &[String], rows: &[Vec<Cell>]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(names).unwrap();
    for row in rows {
        writer.write_record(row.iter().map(Cell::csv_text)).unwrap();
    }
    writer.into_inner().unwrap()
}

pub fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text).unwrap();
    packer.finish().unwrap()
}

fn write(path: &Path, content: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}
