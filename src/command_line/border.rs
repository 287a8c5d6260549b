//! What left a group and what came in, as a table for people and as JSON.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value, json};

use super::commands::json_lines;
use super::summary::cents;
use crate::alone::{BorderRow, Side};
use crate::money::{Quantity, Usd};

/// One line for each commitment, then one for each account that received something.
pub(super) fn text(rows: &[BorderRow]) -> String {
    let mut out = String::new();
    let mut commitments: BTreeMap<(&str, &str), BTreeMap<Side, Sums>> = BTreeMap::new();
    let mut accounts: BTreeMap<&str, Sums> = BTreeMap::new();
    for row in rows {
        let commitment = commitments.entry((&row.payer_id, &row.arn)).or_default();
        commitment.entry(row.side).or_default().add(row);
        if row.side == Side::Outside {
            accounts.entry(&row.account_id).or_default().add(row);
        }
    }
    line(&mut out, "commitments: USD (instance hours of reservations)");
    let sides = [Side::Total, Side::Inside, Side::Outside, Side::Unused, Side::GivenBack];
    let heads = sides.map(|side| format!("{:>22}", side.name())).join("");
    line(&mut out, &format!("{heads}  commitment"));
    for ((_, arn), sums) in &commitments {
        let cells = sides.map(|side| format!("{:>22}", sums.get(&side).map_or_else(String::new, Sums::cell))).join("");
        line(&mut out, &format!("{cells}  {arn}"));
    }
    line(&mut out, "accounts: what they received from outside their group, and what it was worth");
    line(&mut out, &format!("{:<14}{:>22}{:>14}", "account", "received", "worth USD"));
    for (account, sums) in &accounts {
        line(&mut out, &format!("{account:<14}{:>22}{:>14}", sums.cell(), cents(sums.worth)));
    }
    let worth: Usd = accounts.values().map(|sums| sums.worth).sum();
    line(&mut out, &format!("{} accounts received {} USD from outside their group", accounts.len(), cents(worth)));
    out
}

/// The same rows as `border.csv`; amounts are texts.
pub(super) fn json(period: &str, rows: &[BorderRow]) -> Vec<u8> {
    fn text<T: ToString>(value: Option<T>) -> Value {
        value.map_or(Value::Null, |value| Value::String(value.to_string()))
    }
    let row = |row: &BorderRow| {
        json!({
            "payer_id": row.payer_id,
            "commitment_arn": row.arn,
            "side": row.side.name(),
            "account_id": row.account_id,
            "owner_id": row.owner_id,
            "kind": row.kind,
            "hours": text(row.hours),
            "normalized_units": text(row.normalized_units),
            "amount_usd": text(row.amount),
            "worth_usd": text(row.worth),
            "rows": row.rows,
            "interval": row.interval,
        })
    };
    let record = json!({ "billing_period": period, "border": rows.iter().map(row).collect::<Vec<_>>() });
    json_lines(&record)
}

#[derive(Default)]
struct Sums {
    hours: Option<Quantity>,
    amount: Option<Usd>,
    worth: Usd,
}

impl Sums {
    fn add(&mut self, row: &BorderRow) {
        if let Some(hours) = row.hours {
            self.hours = Some(self.hours.unwrap_or_default() + hours);
        }
        if let Some(amount) = row.amount {
            self.amount = Some(self.amount.unwrap_or_default() + amount);
        }
        self.worth += row.worth.unwrap_or_default();
    }

    fn cell(&self) -> String {
        let amount = self.amount.map_or_else(|| String::from("?"), cents);
        let hours = self.hours.map(|hours| format!(" ({})", cents(Usd::from_units(hours.units()))));
        amount + &hours.unwrap_or_default()
    }
}

fn line(out: &mut String, text: &str) {
    writeln!(out, "{}", text.trim_end()).expect("text in memory takes any line");
}
