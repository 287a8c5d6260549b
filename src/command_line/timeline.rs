//! What each account was and is, month after month, as a table for people and as JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::{Value, json};

use crate::terms::AccountTimeline;

/// Under which payers accounts have rows in the month.
pub(super) type Seen = BTreeMap<String, BTreeSet<String>>;

/// The accounts of contracts, then those without any. `period` is the month of the reports, where they were read.
pub(super) fn text(timelines: &[AccountTimeline], period: Option<&str>, seen: &Seen) -> String {
    let mut out = String::new();
    let mut say = |text: &str| writeln!(out, "{}", text.trim_end()).expect("text in memory takes any line");
    let payers = |account: &str| seen.get(account).map(|payers| payers.iter().cloned().collect::<Vec<_>>().join(", "));
    for timeline in timelines {
        say(&format!("{}  {}", timeline.account_id, timeline.account_name));
        for stretch in &timeline.stretches {
            say(&format!("  {:<20}{:<56}  {}", stretch.months(), stretch.terms(), stretch.changes.join(", ")));
        }
        if let Some(period) = period {
            let payers = payers(&timeline.account_id);
            let seen = payers.map_or_else(|| String::from("no rows"), |payers| format!("rows under payer {payers}"));
            say(&format!("  reports of {period}  {seen}"));
        }
    }
    let known: BTreeSet<&str> = timelines.iter().map(|timeline| timeline.account_id.as_str()).collect();
    for account in seen.keys().filter(|account| !known.contains(account.as_str())) {
        say(&format!("{account}  in no contract"));
        say(&format!(
            "  reports of {}  rows under payer {}",
            period.unwrap_or(""),
            payers(account).unwrap_or_default()
        ));
    }
    out
}

/// The same; months are texts, an open end is `null`.
pub(super) fn json(timelines: &[AccountTimeline], period: Option<&str>, seen: &Seen) -> Value {
    let known: BTreeSet<&str> = timelines.iter().map(|timeline| timeline.account_id.as_str()).collect();
    let account = |timeline: &AccountTimeline| {
        let stretches = timeline.stretches.iter().map(|stretch| {
            let contract = stretch.contract.as_ref();
            json!({
                "valid_from": stretch.first.to_string(),
                "valid_to": stretch.last.map(|last| last.to_string()),
                "project_id": contract.map(|contract| &contract.project_id),
                "plan_id": contract.map(|contract| &contract.plan_id),
                "organization_id": contract.map(|contract| &contract.organization_id),
                "changes": stretch.changes,
            })
        });
        json!({
            "account_id": timeline.account_id,
            "account_name": timeline.account_name,
            "stretches": stretches.collect::<Vec<_>>(),
            "payers_seen": seen.get(&timeline.account_id),
        })
    };
    let without = seen.iter().filter(|(account, _)| !known.contains(account.as_str()));
    let without = without.map(|(account, payers)| json!({ "account_id": account, "payers_seen": payers }));
    json!({
        "reports_of": period,
        "accounts": timelines.iter().map(account).collect::<Vec<_>>(),
        "accounts_without_contract": without.collect::<Vec<_>>(),
    })
}
