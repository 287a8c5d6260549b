//! A month of hourly covered usage, made from a fixed seed: a workspace and its reports as gzip CSV.
//!
//! Every row is a fact of its own. A larger month is one of more accounts: each has nine rows an hour. Half of the
//! accounts stand alone, the others are in organizations of forty. Reservations and Savings Plans of nearly all of
//! them are half used at most, by strangers, while their own usage is covered by commitments of other accounts.

mod month;
#[allow(clippy::wildcard_enum_match_arm, reason = "a column that these rows do not fill is blank")]
mod row_texts;
mod workspace;

use std::path::Path;

use rayon::prelude::*;

use crate::made_report::columns::{Field, all};
use crate::made_report::row_maker::{MadeRow, Random, write_other};
use crate::made_report::writers::CsvFile;
use month::Month;
use row_texts::{subject_of, write_used};

/// Files of the report.
const FILES: u64 = 4;

/// Makes a workspace with `rows` rows; returns the bytes of their text.
pub fn make_month(folder: &Path, rows: u64) -> u64 {
    let month = Month::of_rows(rows);
    std::fs::create_dir_all(folder.join("reports")).expect("the folder can be written");
    workspace::write(folder, &month).expect("the folder can be written");
    (0..FILES).into_par_iter().map(|file| make_file(folder, file, &month)).sum()
}

fn make_file(folder: &Path, file: u64, month: &Month) -> u64 {
    let fields: Vec<Field> = all().into_iter().map(|(_, field)| field).collect();
    let mut csv = CsvFile::create(&folder.join(format!("reports/report-{file}.csv.gz")));
    let mut random = Random::of_file(file);
    let mut row = MadeRow::default();
    for number in (file * month.rows / FILES)..((file + 1) * month.rows / FILES) {
        let line = month.line(number);
        let subject = subject_of(&line);
        row.refill(&fields, |field, text| match field {
            Field::Used(column) => write_used(column, &line, text),
            Field::Other(filler) => write_other(filler, &subject, &mut random, text),
        });
        csv.write(&row);
    }
    csv.close()
}
