//! Small reports for tests.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Column;

/// A folder of its own for one test, gone at its end.
pub(crate) struct TestFolder(PathBuf);

impl TestFolder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("seikyu-test-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file, its folders first.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }
}

impl Drop for TestFolder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// A row by its columns; columns that are not set are blank, or have a sound default.
#[derive(Clone, Debug)]
pub(crate) struct TestRow(Vec<(Column, String)>);

impl TestRow {
    pub(crate) fn new() -> Self {
        let row = Self(Vec::new());
        row.with(Column::PayerAccountId, "001234567892")
            .with(Column::BillingPeriodStartDate, "2025-05-01T00:00:00.000Z")
            .with(Column::UsageAccountId, "000000000104")
            .with(Column::LineItemType, "Usage")
            .with(Column::UsageStartDate, "2025-05-13T15:00:00Z")
            .with(Column::UsageEndDate, "2025-05-13T16:00:00Z")
            .with(Column::ProductCode, "AmazonEC2")
            .with(Column::UsageType, "APN1-BoxUsage:m5.large")
            .with(Column::Operation, "RunInstances")
            .with(Column::UsageAmount, "1.0000000000")
            .with(Column::CurrencyCode, "USD")
            .with(Column::UnblendedCost, "0.1240000000")
            .with(Column::LineItemDescription, "$0.124 per On Demand Linux m5.large Instance Hour")
            .with(Column::Sku, "FKYYTRYVU2GJMJEE")
    }

    pub(crate) fn with(mut self, column: Column, text: &str) -> Self {
        self.0.retain(|(known, _)| *known != column);
        self.0.push((column, text.to_owned()));
        self
    }

    pub(crate) fn text(&self, column: Column) -> &str {
        self.0.iter().find(|(known, _)| *known == column).map_or("", |(_, text)| text)
    }
}

/// A CSV text with all used columns.
pub(crate) fn csv(rows: &[TestRow]) -> String {
    let names: Vec<&str> = Column::ALL.iter().map(|column| column.name()).collect();
    csv_of(&names, &Column::ALL, rows)
}

/// A CSV text with the given header over the given columns.
pub(crate) fn csv_of(names: &[&str], columns: &[Column], rows: &[TestRow]) -> String {
    let mut text = names.join(",") + "\n";
    for row in rows {
        let cells: Vec<String> = columns.iter().map(|column| quoted(row.text(*column))).collect();
        text += &(cells.join(",") + "\n");
    }
    text
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// One gzip member.
pub(crate) fn gzip(text: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_ref()).unwrap();
    encoder.finish().unwrap()
}

/// A manifest with the columns of [`csv`].
pub(crate) fn manifest(account: &str, month: &str, keys: &[&str]) -> String {
    let columns: Vec<_> = Column::ALL
        .iter()
        .map(|column| column.name().split_once('/').unwrap())
        .map(|(category, name)| serde_json::json!({ "category": category, "name": name }))
        .collect();
    serde_json::json!({
        "assemblyId": "a", "account": account, "columns": columns, "reportKeys": keys,
        "billingPeriod": { "start": format!("{month}01T000000.000Z"), "end": "20250601T000000.000Z" },
    })
    .to_string()
}
