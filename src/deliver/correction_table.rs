//! `correction.csv`: why a month that was issued comes to something else.

use super::csv_table::Table;
use crate::correct::Change;
use crate::period::BillingPeriod;

/// One row for each line, cause and step that moved; an empty section is the consumption tax. The differences sum to
/// what the project owes now less what it was billed.
pub fn correction_table(period: BillingPeriod, project_id: &str, number: &str, changes: &[Change]) -> Vec<u8> {
    let mut table = Table::for_programs(&[
        "billing_period",
        "project_id",
        "number",
        "cause",
        "account_id",
        "section",
        "line_id",
        "description",
        "tax_category",
        "before_jpy",
        "after_jpy",
        "difference_jpy",
    ]);
    for change in changes {
        let key = change.line.clone();
        let part = |part: fn(&crate::correct::LineKey) -> &String| key.as_ref().map(part).cloned().unwrap_or_default();
        table.row(&[
            period.to_string(),
            project_id.to_owned(),
            number.to_owned(),
            change.cause.clone(),
            part(|key| &key.account_id),
            part(|key| &key.section),
            part(|key| &key.id),
            change.description.clone(),
            part(|key| &key.tax_category),
            change.before_jpy.to_string(),
            change.after_jpy.to_string(),
            change.difference().to_string(),
        ]);
    }
    table.finish()
}
