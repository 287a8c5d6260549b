use std::path::Path;

use super::Intake;
use super::csv_table::read_csv;
use super::table::{Columns, Row};
use super::{Fault, ReferenceError};
use crate::terms::{CreditRule, CreditTreatment};

const COLUMNS: Columns = Columns {
    needed: &["line_type", "product_code", "description_contains", "account_id", "treatment"],
    optional: &[],
};

/// Reads `credits.csv`, which may be missing.
pub(super) fn read_credit_rules(intake: &mut Intake, dir: &Path) -> Result<Vec<CreditRule>, ReferenceError> {
    let Some((file, text)) = intake.text(&dir.join("credits.csv"))? else { return Ok(Vec::new()) };
    let faults = &mut intake.faults;
    let Some(table) = read_csv(&file, &text, &COLUMNS, faults) else { return Ok(Vec::new()) };
    let rows = table.read_rows(faults, read_rule);
    Ok(rows.into_iter().map(|row| row.value).collect())
}

fn read_rule(row: &Row<'_>, faults: &mut Vec<Fault>) -> Option<CreditRule> {
    let line_types = [("", ""), ("Credit", "Credit"), ("Refund", "Refund")];
    let line_type = row.choice("line_type", &line_types, faults);
    let product_code = row.optional_key("product_code", faults);
    let account_id = match row.cell("account_id") {
        "" => Some(String::new()),
        _ => row.account_id("account_id", faults),
    };
    let treatments = [
        ("reseller", CreditTreatment::Reseller),
        ("customer", CreditTreatment::Customer),
        ("hold", CreditTreatment::Hold),
    ];
    let treatment = row.choice("treatment", &treatments, faults);
    Some(CreditRule {
        line_type: line_type?.to_owned(),
        product_code: product_code?,
        description_contains: row.cell("description_contains").to_owned(),
        account_id: account_id?,
        treatment: treatment?,
    })
}
