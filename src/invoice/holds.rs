//! From accounts that must be held to the invoices that must be held.

use std::collections::BTreeSet;

use super::Hold;
use crate::alone::{AccountHold, Groups, ListCharges};
use crate::convert::YenLines;
use crate::discount::DiscountedCharges;
use crate::terms::{BorneBy, ReferenceData, Source, timelines};
use crate::usage::Facts;

/// Every hold of the month, by project. A hold that can move a counter or a commitment holds every
/// project with an account in the group.
pub fn resolve_holds(
    facts: &Facts,
    reference: &ReferenceData,
    list: &ListCharges,
    discounted: &DiscountedCharges,
    yen: &YenLines,
) -> BTreeSet<Hold> {
    let mut holds = unknown_accounts(facts, reference);
    for hold in list.holds.iter().chain(&discounted.holds).chain(&yen.holds) {
        holds.extend(held_projects(facts, reference, &list.groups, hold));
    }
    for (sku, accounts) in &list.notes.assumed_prices {
        for account_id in accounts {
            let hold = AccountHold {
                account_id: account_id.clone(),
                reason: "assumed_rate",
                detail: format!("the list price of SKU {sku} is assumed"),
                remedy: String::from("state the source of the price in rates/list_prices"),
                spreads_to_group: false,
            };
            holds.extend(held_projects(facts, reference, &list.groups, &hold));
        }
    }
    holds.extend(assumed_plans(facts, reference, discounted));
    holds.extend(assumed_rates(facts, reference, yen));
    holds
}

fn held_projects<'a>(
    facts: &Facts,
    reference: &'a ReferenceData,
    groups: &'a Groups,
    hold: &'a AccountHold,
) -> impl Iterator<Item = Hold> + 'a {
    let period = facts.period;
    let is_unknown = reference.contract(&hold.account_id, period).is_none();
    let group = groups.group_of(&hold.account_id).filter(|_| hold.spreads_to_group);
    let members = group.map(|group| groups.get(group).members.clone()).unwrap_or_else(|| vec![hold.account_id.clone()]);
    let projects: BTreeSet<&str> = members
        .iter()
        .filter_map(|member| project_of(reference, facts, member))
        .chain(is_unknown.then_some(""))
        .collect();
    projects.into_iter().map(|project_id| Hold {
        project_id: project_id.to_owned(),
        account_id: hold.account_id.clone(),
        reason: hold.reason,
        detail: hold.detail.clone(),
        remedy: hold.remedy.clone(),
    })
}

/// Accounts with rows and without a contract in the month: in bridge and census only.
fn unknown_accounts(facts: &Facts, reference: &ReferenceData) -> BTreeSet<Hold> {
    let accounts: BTreeSet<_> = facts.facts.iter().map(|fact| fact.key.account).collect();
    let unknown = accounts.into_iter().map(|account| facts.text(account));
    unknown
        .filter(|account| reference.contract(account, facts.period).is_none())
        .map(|account| Hold {
            project_id: String::new(),
            account_id: account.to_owned(),
            reason: "unknown_account",
            detail: format!(
                "account {account} has rows in the reports and no contract in {}{}",
                facts.period,
                other_months(account, reference),
            ),
            remedy: String::from("add the account to accounts.csv: with its project and plan, or borne_by = reseller"),
        })
        .collect()
}

/// When an account without a contract in the month has one, where it does.
fn other_months(account: &str, reference: &ReferenceData) -> String {
    let own = timelines(reference.contracts_of(account));
    let stretches = own.iter().flat_map(|timeline| &timeline.stretches);
    let contracts = stretches.filter(|stretch| stretch.contract.is_some());
    let texts: Vec<String> = contracts.map(|stretch| format!("{}: {}", stretch.months(), stretch.terms())).collect();
    if texts.is_empty() { String::new() } else { format!(" (only {})", texts.join("; ")) }
}

fn project_of<'a>(reference: &'a ReferenceData, facts: &Facts, account_id: &str) -> Option<&'a str> {
    let contract = reference.contract(account_id, facts.period)?;
    (contract.borne_by == BorneBy::Customer).then_some(contract.project_id.as_str())
}

/// Projects whose charges were made with a number of a plan that somebody assumed.
fn assumed_plans(facts: &Facts, reference: &ReferenceData, discounted: &DiscountedCharges) -> BTreeSet<Hold> {
    let mut holds = BTreeSet::new();
    for used in &discounted.rules_used {
        let Some(project_id) = project_of(reference, facts, &used.account_id) else { continue };
        let Some(plan) = reference.plans.get(&used.plan_id) else { continue };
        let category = used.category.and_then(|place| plan.category(place));
        let sources: [Option<&Source>; 2] = [Some(&plan.source), category.map(|category| &category.source)];
        if sources.into_iter().flatten().any(Source::holds) {
            let what = category.map_or_else(String::new, |category| format!(", category {}", category.full_name()));
            holds.insert(Hold {
                project_id: project_id.to_owned(),
                account_id: used.account_id.clone(),
                reason: "assumed_plan",
                detail: format!("plan {}{what}: its number is assumed", plan.id),
                remedy: format!(
                    "check the number and put confirmed = {{ by, on, what }} beside it in the plan file of {}",
                    plan.id
                ),
            });
        }
    }
    holds
}

/// Projects with dollar lines in a month whose yen rate is assumed, or lines at an assumed tax rate.
fn assumed_rates(facts: &Facts, reference: &ReferenceData, yen: &YenLines) -> BTreeSet<Hold> {
    let mut holds = BTreeSet::new();
    let period = facts.period;
    let fx_holds = reference.fx_rates.get(&period).is_some_and(|quote| quote.source.holds());
    let mut hold = |project_id: &str, detail: String, remedy: &str| {
        let (project_id, remedy) = (project_id.to_owned(), remedy.to_owned());
        holds.insert(Hold { project_id, account_id: String::new(), reason: "assumed_rate", detail, remedy });
    };
    for line in yen.lines.iter().filter(|_| fx_holds) {
        let detail = format!("the yen rate of {period} is assumed");
        let remedy = "compare it with MURC's monthly average TTS and state that source in usd_jpy_tts.csv";
        hold(&line.project_id, detail, remedy);
    }
    let lines = yen.lines.iter().map(|line| (&line.project_id, &line.tax_category));
    let fees = reference.fees.iter().filter(|fee| fee.holds_in(period));
    for (project_id, category) in lines.chain(fees.map(|fee| (&fee.project_id, &fee.tax_category))) {
        if reference.tax_rate(category, period).is_some_and(|rate| rate.source.holds()) {
            let detail = format!("the tax rate of {category} is assumed");
            hold(project_id, detail, "state its source in consumption_tax.csv");
        }
    }
    holds
}
