use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use seikyu::ingest::canonical_name;
use serde_json::Value;

/// The rows of a payer's month, as they were delivered: CSV, with a manifest.
pub struct Source {
    pub payer: String,
    /// The columns of all files by their canonical names, in the order of the files.
    pub columns: Vec<String>,
    /// By canonical name.
    pub rows: Vec<BTreeMap<String, String>>,
}

impl Source {
    /// Reads the files that a manifest in a date folder names.
    pub fn of_manifest(manifest: &Path) -> Self {
        let text = fs::read_to_string(manifest).unwrap();
        let said: Value = serde_json::from_str(&text).unwrap();
        let dates = manifest.parent().unwrap();
        let mut source =
            Self { payer: said["account"].as_str().unwrap().to_owned(), columns: Vec::new(), rows: Vec::new() };
        for key in said["reportKeys"].as_array().unwrap() {
            let name = dates.file_name().unwrap().to_str().unwrap();
            let below = key.as_str().unwrap().split_once(&format!("{name}/")).unwrap().1;
            source.read(&dates.join(below));
        }
        assert!(!source.rows.is_empty(), "{} has no rows", manifest.display());
        source
    }

    fn read(&mut self, file: &Path) {
        let mut text = String::new();
        MultiGzDecoder::new(fs::File::open(file).unwrap()).read_to_string(&mut text).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let names: Vec<String> = reader.headers().unwrap().iter().map(canonical_name).collect();
        for name in &names {
            if !self.columns.contains(name) {
                self.columns.push(name.clone());
            }
        }
        for record in reader.records() {
            let mut row = BTreeMap::new();
            for (name, value) in names.iter().zip(&record.unwrap()) {
                // Two tags that differ in case alone are one column, as AWS merges them.
                let cell: &mut String = row.entry(name.clone()).or_default();
                if cell.is_empty() {
                    value.clone_into(cell);
                }
            }
            self.rows.push(row);
        }
    }
}
