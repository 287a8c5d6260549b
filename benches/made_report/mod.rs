//! A wide month, made from a fixed seed: the same rows as gzip CSV and as Parquet.
//!
//! What decides speed is as in a real report: 110 columns, about 1 kB a row, rows in no order but often in pairs, ids and amounts
//! that do not repeat (gzip packs it to about a tenth), most other texts from small sets, many columns blank.

pub mod columns;
pub mod row_maker;
#[allow(dead_code, reason = "each benchmark uses its part")]
pub mod workspace;
pub mod writers;

use std::path::Path;

use rayon::prelude::*;

use columns::WIDTH;
use row_maker::RowMaker;
use writers::{CsvFile, ParquetFile};

/// Files of each format.
const FILES: u64 = 4;

/// What was made: equal for both formats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// Rows.
    pub rows: u64,
    /// Bytes of CSV text.
    pub text_bytes: u64,
    /// Sum of the unblended costs in units of 10^-10 dollars.
    pub cost: i64,
}

/// Columns of a row.
pub const COLUMNS: usize = WIDTH;

/// Makes `rows` rows in `folder/csv` and `folder/parquet`, several files of each.
pub fn make_reports(folder: &Path, rows: u64) -> Made {
    for (format, end) in [("csv", "csv.gz"), ("parquet", "parquet")] {
        std::fs::create_dir_all(folder.join(format)).expect("the folder can be written");
        std::fs::write(folder.join(format).join("wide-Manifest.json"), manifest(end)).expect("the disk has room");
    }
    let of_file = |file: u64| make_file(folder, file, rows / FILES + u64::from(file < rows % FILES));
    let made: Vec<Made> = (0..FILES).into_par_iter().map(of_file).collect();
    made.into_iter().fold(Made::default(), |sum, made| Made {
        rows: sum.rows + made.rows,
        text_bytes: sum.text_bytes + made.text_bytes,
        cost: sum.cost + made.cost,
    })
}

/// As AWS delivers it, as far as it is read.
fn manifest(end: &str) -> String {
    let keys: Vec<String> = (0..FILES).map(|file| format!("\"wide/report-{file}.{end}\"")).collect();
    format!(
        "{{\"account\": \"001234567892\", \"billingPeriod\": {{\"start\": \"20250501T000000.000Z\", \
         \"end\": \"20250601T000000.000Z\"}}, \"reportKeys\": [{}]}}\n",
        keys.join(", ")
    )
}

fn make_file(folder: &Path, file: u64, rows: u64) -> Made {
    let mut maker = RowMaker::new(file);
    let mut csv = CsvFile::create(&folder.join(format!("csv/report-{file}.csv.gz")));
    let mut parquet = ParquetFile::create(&folder.join(format!("parquet/report-{file}.parquet")));
    for _ in 0..rows {
        let row = maker.next_row();
        csv.write(row);
        parquet.write(row);
    }
    let closing = maker.closing_rows(file);
    let rows = rows + closing.len() as u64;
    for subject in closing {
        let row = maker.fill(subject);
        csv.write(row);
        parquet.write(row);
    }
    parquet.close();
    Made { rows, text_bytes: csv.close(), cost: maker.cost() }
}
