//! What a run tells and does not stop for.

use std::collections::{BTreeMap, BTreeSet};

use super::billed::IssuedProject;
use super::read::Inputs;
use super::report_notes::report_warnings;
use crate::invoice::Invoice;
use crate::money::Yen;
use crate::pipeline::Bill;

/// What a run tells besides holds.
pub(super) fn warnings(inputs: &Inputs, bill: &Bill) -> Vec<String> {
    let notes = &bill.list.notes;
    let mut warnings = notes.warnings.clone();
    for (sku, amount) in &notes.public_on_demand_fallback {
        warnings.push(format!("{sku} is in no price list; {amount} USD are priced by AWS's public on-demand cost"));
    }
    for ((account, sku), amount) in &notes.list_rate_differences {
        warnings.push(format!("account {account}, {sku}: list price and AWS's charge differ by {amount} USD"));
    }
    let reference = &inputs.workspace.reference;
    let used: BTreeSet<(&str, Option<usize>)> =
        bill.discounted.rules_used.iter().map(|rule| (rule.plan_id.as_str(), rule.category)).collect();
    for (plan_id, category) in used {
        let Some(plan) = reference.plans.get(plan_id) else { continue };
        if plan.source.is_assumed() {
            warnings.push(format!("plan {plan_id}: its numbers are assumed"));
        }
        let category = category.and_then(|place| plan.category(place));
        if let Some(category) = category.filter(|category| category.source.is_assumed()) {
            warnings.push(format!("plan {plan_id}, category {}: its number is assumed", category.full_name()));
        }
    }
    let assumed_fx = reference.fx_rates.get(&inputs.facts.period).filter(|entry| entry.source.is_assumed());
    warnings
        .extend(assumed_fx.map(|entry| format!("the yen rate {} of {} is assumed", entry.rate, inputs.facts.period)));
    let holding: BTreeSet<(&str, &str)> =
        bill.holds.iter().map(|hold| (hold.account_id.as_str(), hold.reason)).collect();
    for hold in bill.list.holds.iter().chain(&bill.discounted.holds).chain(&bill.yen.holds) {
        if !holding.contains(&(hold.account_id.as_str(), hold.reason)) {
            warnings.push(format!("account {} (on no invoice): {}: {}", hold.account_id, hold.reason, hold.detail));
        }
    }
    warnings.extend(unpaid_by_vouchers(&bill.invoices));
    warnings.extend(issued_otherwise(inputs, bill));
    warnings.extend(report_warnings(&inputs.facts, &bill.list.runs));
    warnings.extend(
        inputs
            .missing_deliveries
            .iter()
            .map(|payer| format!("payer {payer} has deliveries of other months and none of {}", inputs.facts.period)),
    );
    let other = inputs.facts.totals.other_month_rows;
    if other > 0 {
        warnings.push(format!("{other} rows belong to other months and were left out"));
    }
    let rounded = inputs.facts.totals.rounded_inputs;
    if rounded > 0 {
        warnings.push(format!("{rounded} numbers had more than 18 decimals and were rounded to them"));
    }
    warnings
}

/// Drafts that charge something else than what was issued for their project's month.
fn issued_otherwise(inputs: &Inputs, bill: &Bill) -> Vec<String> {
    let drafts: BTreeMap<&str, &Invoice> =
        bill.invoices.iter().map(|draft| (draft.project.project_id.as_str(), draft)).collect();
    let warning = |(project, issued): (&String, &IssuedProject)| {
        let draft = drafts.get(project.as_str());
        if draft.is_some_and(|draft| issued.agrees_with(draft)) {
            return None;
        }
        let (number, billed) = (&issued.number, issued.billed_jpy().with_commas());
        let now = draft.map_or(Yen::ZERO, |draft| draft.total_jpy).with_commas();
        Some(format!(
            "project {project} is issued as {number} with {billed} yen, and comes to {now} yen now; the document stands: \
             see seikyu correct"
        ))
    };
    inputs.issued.iter().filter_map(warning).collect()
}

/// Projects that pay by voucher, and whose vouchers do not reach.
fn unpaid_by_vouchers(invoices: &[Invoice]) -> Vec<String> {
    let short = |invoice: &&Invoice| invoice.settlement.vouchers.is_some() && invoice.settlement.due_jpy > Yen::ZERO;
    let text = |invoice: &Invoice| {
        let (project, due) = (&invoice.project.project_id, invoice.settlement.due_jpy.with_commas());
        let vouchers = invoice.settlement.vouchers.iter().flat_map(|balance| &balance.draws).count();
        let why = if vouchers == 0 { "has no voucher left" } else { "its vouchers do not reach" };
        format!("project {project} pays by voucher and {why}: {due} yen are billed")
    };
    invoices.iter().filter(short).map(text).collect()
}
