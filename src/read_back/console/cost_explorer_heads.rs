//! Heads and labels of Cost Explorer's CSV: `Service`, `EC2-Instances($)`, `Linked account total`, `2025-05-01`.

use crate::period::{BillingPeriod, Day};

/// By what an export is grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Service,
    Account,
    Nothing,
}

/// What the first cell of the header says; nothing where no export begins so.
pub(super) fn group(first: &str) -> Option<Group> {
    match first.trim().to_lowercase().as_str() {
        "service" => Some(Group::Service),
        "linked account" | "linked account name" | "account" => Some(Group::Account),
        "" | "date" | "month" | "start date" => Some(Group::Nothing),
        _ => None,
    }
}

pub(super) fn is_first(first: &str) -> bool {
    group(first).is_some()
}

/// `Total costs($)`, `Service total`, `Linked account total`.
pub(super) fn is_total(text: &str) -> bool {
    let text = bare(text).to_lowercase();
    text == "total" || text.starts_with("total cost") || text.ends_with(" total")
}

/// `Linked account name`: the row or column of names beside ids.
pub(super) fn is_names(text: &str) -> bool {
    matches!(text.trim().to_lowercase().as_str(), "linked account name" | "account name")
}

/// A head without its unit.
pub(super) fn bare(head: &str) -> &str {
    head.trim().trim_end_matches("($)").trim()
}

/// The month of `2025-05-01` or `2025-05`.
pub(super) fn month(text: &str) -> Option<BillingPeriod> {
    let text = bare(text);
    if let Ok(month) = text.parse() {
        return Some(month);
    }
    let day: Day = text.parse().ok()?;
    let (year, month, _) = day.date();
    BillingPeriod::new(year, month)
}

/// The account id in `123456789012` or `name (123456789012)`; the text as it is where there is none.
pub(super) fn account_in(head: &str) -> &str {
    let head = bare(head);
    let inner = head.rsplit_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    inner.filter(|id| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit())).unwrap_or(head)
}
