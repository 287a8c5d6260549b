//! `seikyu plans explain`: which rule of its plan each usage type of an account fell under.

use std::fmt::Write;

use serde_json::json;

use super::commands::json_lines;
use super::summary::cents;
use crate::discount::ExplainedUsage;
use crate::money::Usd;

/// One line for each product code, usage type, line type and rule; then the sums.
pub(super) fn text(account_id: &str, plan: &str, rows: &[ExplainedUsage]) -> String {
    let mut out = String::new();
    let mut say = |text: &str| writeln!(out, "{}", text.trim_end()).expect("text in memory takes any line");
    say(&format!("account {account_id}, plan {plan}"));
    let heads = ["list USD", "discount USD", "net USD"].map(|head| format!("{head:>16}")).join("");
    say(&format!("{heads}  {:<16}{:<22}product, usage type, line type", "section", "rule"));
    for row in rows {
        let cells = [row.list, row.discount, row.net()].map(|amount| format!("{:>16}", cents(amount))).join("");
        let section = row.section.map_or("-", |section| section.name());
        let rule = match (row.rule.as_str(), row.rule_months.as_str()) {
            ("", _) => String::from("-"),
            (rule, "") => rule.to_owned(),
            (rule, months) => format!("{rule} ({months}) "),
        };
        let why = if row.why_none.is_empty() { String::new() } else { format!("  ({})", row.why_none) };
        let what = format!("{} {} {}", row.product_code, row.usage_type, row.line_type);
        say(&format!("{cells}  {section:<16}{rule:<22}{what}{why}"));
    }
    let sum = |amount: fn(&ExplainedUsage) -> Usd| cents(rows.iter().map(amount).sum());
    let sums = [sum(|row| row.list), sum(|row| row.discount), sum(ExplainedUsage::net)];
    say(&format!("{}  total", sums.map(|sum| format!("{sum:>16}")).join("")));
    out
}

/// The same; dollars are exact texts.
pub(super) fn json(period: &str, account_id: &str, plan: &str, rows: &[ExplainedUsage]) -> Vec<u8> {
    let row = |row: &ExplainedUsage| {
        json!({
            "product_code": row.product_code,
            "usage_type": row.usage_type,
            "line_type": row.line_type,
            "section": row.section.map(|section| section.name()),
            "rule": row.rule,
            "rule_months": row.rule_months,
            "why_none": row.why_none,
            "list_usd": row.list.to_string(),
            "discount_usd": row.discount.to_string(),
            "net_usd": row.net().to_string(),
            "rows": row.rows,
        })
    };
    let record = json!({
        "billing_period": period,
        "account_id": account_id,
        "plan_id": plan,
        "usage": rows.iter().map(row).collect::<Vec<_>>(),
    });
    json_lines(&record)
}
