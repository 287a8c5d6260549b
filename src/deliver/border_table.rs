//! `border.csv`: what left a group, and what came in.

use super::csv_table::Table;
use crate::alone::BorderRow;
use crate::period::BillingPeriod;

/// The columns of `border.csv`.
const COLUMNS: [&str; 13] = [
    "billing_period",
    "payer_id",
    "commitment_arn",
    "side",
    "account_id",
    "owner_id",
    "kind",
    "hours",
    "normalized_units",
    "amount_usd",
    "worth_usd",
    "rows",
    "interval",
];

/// `border.csv`: per commitment what its own group used, what others did, what nobody did, what was given back.
pub fn border_table(period: BillingPeriod, rows: &[BorderRow]) -> Vec<u8> {
    let mut table = Table::for_programs(&COLUMNS);
    let period = period.to_string();
    fn cell<T: ToString>(value: Option<T>) -> String {
        value.map_or_else(String::new, |value| value.to_string())
    }
    for row in rows {
        table.row(&[
            period.clone(),
            row.payer_id.clone(),
            row.arn.clone(),
            row.side.name().to_owned(),
            row.account_id.clone(),
            row.owner_id.clone(),
            row.kind.clone(),
            cell(row.hours),
            cell(row.normalized_units),
            cell(row.amount),
            cell(row.worth),
            cell(row.rows),
            row.interval.to_owned(),
        ]);
    }
    table.finish()
}
