//! The lists by which rows are told apart: shipped with the program, replaced file by file in a workspace.

use std::path::Path;

use regex::Regex;

use super::shipped_table::ShippedTable;
use super::table::{Columns, Row};
use super::{Fault, Intake, ReferenceError};
use crate::terms::{BundledSource, RowLists};

const FOLDER: &str = "row_lists";

const SUPPORT_PRODUCTS: ShippedTable = ShippedTable {
    folder: FOLDER,
    file: "support_products.csv",
    shipped: include_str!("../../rates/row_lists/support_products.csv"),
    columns: Columns { needed: &["product_code_pattern", "source"], optional: &[] },
};

const BUNDLED_SOURCES: ShippedTable = ShippedTable {
    folder: FOLDER,
    file: "bundled_sources.csv",
    shipped: include_str!("../../rates/row_lists/bundled_sources.csv"),
    columns: Columns {
        needed: &["product_code", "usage_type_pattern", "source_product_code", "source"],
        optional: &[],
    },
};

const PRIVATE_REFUND_WORDS: ShippedTable = ShippedTable {
    folder: FOLDER,
    file: "private_refund_words.csv",
    shipped: include_str!("../../rates/row_lists/private_refund_words.csv"),
    columns: Columns { needed: &["words", "source"], optional: &[] },
};

/// Reads `rates/row_lists/*.csv`.
pub(super) fn read_row_lists(intake: &mut Intake, rates: &Path) -> Result<RowLists, ReferenceError> {
    let mut lists = RowLists { support_products: vec![], bundled_sources: vec![], private_refund_words: vec![] };
    if let Some(table) = SUPPORT_PRODUCTS.read(intake, rates)? {
        let rows = table.read_rows(&mut intake.faults, |row, faults| {
            row.needed_text("source", faults)?;
            read_pattern(row, "product_code_pattern", &row.key("product_code_pattern", faults)?, faults)
        });
        lists.support_products = rows.into_iter().map(|row| row.value).collect();
    }
    if let Some(table) = BUNDLED_SOURCES.read(intake, rates)? {
        let rows = table.read_rows(&mut intake.faults, read_bundled_source);
        lists.bundled_sources = rows.into_iter().map(|row| row.value).collect();
    }
    if let Some(table) = PRIVATE_REFUND_WORDS.read(intake, rates)? {
        let rows = table.read_rows(&mut intake.faults, |row, faults| {
            row.needed_text("source", faults)?;
            let words = row.needed_text("words", faults)?;
            read_pattern(row, "words", &pattern_of_words(&words), faults)
        });
        lists.private_refund_words = rows.into_iter().map(|row| row.value).collect();
    }
    Ok(lists)
}

fn read_bundled_source(row: &Row<'_>, faults: &mut Vec<Fault>) -> Option<BundledSource> {
    let product_code = row.key("product_code", faults);
    let usage_type = read_pattern(row, "usage_type_pattern", row.cell("usage_type_pattern"), faults);
    let source_product_code = row.key("source_product_code", faults);
    row.needed_text("source", faults)?;
    Some(BundledSource {
        product_code: product_code?,
        usage_type: usage_type?,
        source_product_code: source_product_code?,
    })
}

pub(super) fn read_pattern(row: &Row<'_>, column: &str, pattern: &str, faults: &mut Vec<Fault>) -> Option<Regex> {
    match Regex::new(pattern) {
        Ok(regex) => Some(regex),
        Err(error) => {
            let reason = error.to_string().lines().last().unwrap_or_default().to_owned();
            faults.push(row.fault(column, "a regular expression", &reason));
            None
        }
    }
}

/// Whole words in any case, a phrase across any run of blanks.
///
/// A boundary is asked for beside Latin letters and digits only: Japanese is written without blanks, so
/// `SPPの返金` names SPP as well.
fn pattern_of_words(words: &str) -> String {
    let escaped: Vec<String> = words.split_whitespace().map(regex::escape).collect();
    let boundary = |letter: Option<char>| match letter {
        Some(letter) if letter.is_ascii_alphanumeric() => r"(?-u:\b)",
        _ => "",
    };
    let trimmed = words.trim();
    let (before, after) = (boundary(trimmed.chars().next()), boundary(trimmed.chars().next_back()));
    format!("(?i){before}{}{after}", escaped.join(r"\s+"))
}
