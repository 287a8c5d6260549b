//! What no table can tell alone: that they agree with each other.

use std::collections::{BTreeMap, BTreeSet};

use super::Fault;
use super::table::{Located, Rows, quoted};
use crate::period::BillingPeriod;
use crate::terms::{AccountContract, BorneBy, Fee, Plan, Project, Sharing, TaxDecision, TaxRate, TaxTreatment};

/// The tables that refer to each other.
pub(super) struct Tables<'a> {
    pub(super) accounts: &'a Rows<AccountContract>,
    pub(super) projects: &'a Rows<Project>,
    pub(super) plans: &'a Rows<Plan>,
    pub(super) fees: &'a Rows<Fee>,
    pub(super) tax_rates: &'a Rows<TaxRate>,
    pub(super) tax_treatments: Option<&'a [Located<TaxTreatment>]>,
}

type Contract = Located<AccountContract>;

/// Runs every check between tables.
pub(super) fn check(tables: &Tables<'_>, period: Option<BillingPeriod>, faults: &mut Vec<Fault>) {
    check_one_project_a_month(&tables.accounts.rows, faults);
    check_projects_exist(tables, faults);
    check_plans(tables, faults);
    check_organizations(tables, faults);
    check_payments(tables, period, faults);
    check_tax_categories(tables, period, faults);
}

fn overlap(one: &Contract, other: &Contract) -> bool {
    one.value.holds_in(other.value.valid_from) || other.value.holds_in(one.value.valid_from)
}

fn fault(at: &Contract, column: &str, found: String, accepted: &str, remedy: &str) -> Fault {
    let (accepted, remedy) = (accepted.to_owned(), remedy.to_owned());
    Fault { at: at.at.clone(), column: column.to_owned(), found, accepted, remedy }
}

/// Rows that share a key, in order of the file.
fn grouped<'a>(
    rows: impl Iterator<Item = &'a Contract>,
    key: impl Fn(&'a AccountContract) -> &'a str,
) -> BTreeMap<&'a str, Vec<&'a Contract>> {
    let mut groups: BTreeMap<&str, Vec<&Contract>> = BTreeMap::new();
    for row in rows {
        groups.entry(key(&row.value)).or_default().push(row);
    }
    groups
}

/// Pairs of rows of a group that are in force in the same month, the later row first.
fn overlapping_pairs<'a>(group: &'a [&'a Contract]) -> impl Iterator<Item = (&'a Contract, &'a Contract)> {
    let pairs =
        group.iter().enumerate().flat_map(|(index, later)| group[..index].iter().map(move |row| (*later, *row)));
    pairs.filter(|(later, earlier)| overlap(later, earlier))
}

fn check_one_project_a_month(rows: &[Contract], faults: &mut Vec<Fault>) {
    for group in grouped(rows.iter(), |contract| &contract.account_id).values() {
        for (later, earlier) in overlapping_pairs(group) {
            let found =
                format!("account {} in months that {} has already", later.value.account_id, earlier.at.within_file());
            let remedy = "end the earlier row with valid_to, or begin the later one after it";
            faults.push(fault(later, "valid_from", found, "an account in one row in any month", remedy));
        }
    }
}

fn check_projects_exist(tables: &Tables<'_>, faults: &mut Vec<Fault>) {
    if !tables.projects.is_whole {
        return; // A row that could not be read may be the one that is asked for.
    }
    let ids: BTreeSet<&str> = tables.projects.rows.iter().map(|project| project.value.project_id.as_str()).collect();
    let exists = |id: &str| ids.contains(id);
    let (accepted, remedy) = ("a project_id of projects.csv", "add the project, or correct the id");
    for row in &tables.accounts.rows {
        let id = &row.value.project_id;
        if !id.is_empty() && !exists(id) {
            faults.push(fault(row, "project_id", quoted(id), accepted, remedy));
        }
    }
    for row in tables.fees.rows.iter().filter(|row| !exists(&row.value.project_id)) {
        faults.push(Fault {
            at: row.at.clone(),
            column: String::from("project_id"),
            found: quoted(&row.value.project_id),
            accepted: accepted.to_owned(),
            remedy: remedy.to_owned(),
        });
    }
}

fn plan_of<'a>(tables: &Tables<'a>, contract: &AccountContract) -> Option<&'a Plan> {
    tables.plans.rows.iter().map(|plan| &plan.value).find(|plan| plan.id == contract.plan_id)
}

fn check_plans(tables: &Tables<'_>, faults: &mut Vec<Fault>) {
    let ids: Vec<&str> = tables.plans.rows.iter().map(|plan| plan.value.id.as_str()).collect();
    for row in tables.accounts.rows.iter().filter(|row| !row.value.plan_id.is_empty()) {
        let Some(plan) = plan_of(tables, &row.value) else {
            if tables.plans.is_whole {
                let accepted = format!("the id of a plan: {}", ids.join(", "));
                let remedy = "correct the id, or add a file to the plans folder";
                faults.push(fault(row, "plan_id", quoted(&row.value.plan_id), &accepted, remedy));
            }
            continue;
        };
        check_start(tables, row, plan, faults);
        if plan.sharing == Sharing::Organization && row.value.organization_id.is_empty() {
            let accepted = format!("the organization of the account, since plan {} shares within one", plan.id);
            faults.push(fault(row, "organization_id", String::from("nothing"), &accepted, "fill it in"));
        }
    }
}

/// A plan's validity says in which months an account may start on it. A row that continues the row before it
/// on the same plan, such as a move to another project, is no start.
fn check_start(tables: &Tables<'_>, row: &Contract, plan: &Plan, faults: &mut Vec<Fault>) {
    let start = row.value.valid_from;
    let may_start = plan.valid_from <= start && plan.valid_to.is_none_or(|last| start <= last);
    let continues = || {
        let mut others = tables.accounts.rows.iter().map(|other| &other.value);
        others.any(|other| {
            other.account_id == row.value.account_id
                && other.plan_id == row.value.plan_id
                && other.valid_to.is_some_and(|last| last.next() == start)
        })
    };
    if may_start || continues() {
        return;
    }
    let last = plan.valid_to.map_or_else(|| String::from("on"), |last| format!("to {last}"));
    let accepted =
        format!("a month from {} {last}, in which an account may start on plan {}", plan.valid_from, plan.id);
    let remedy = "choose a plan that is in force then, or correct the month";
    faults.push(fault(row, "valid_from", start.to_string(), &accepted, remedy));
}

fn check_organizations(tables: &Tables<'_>, faults: &mut Vec<Fault>) {
    let members = tables.accounts.rows.iter();
    let members = members.filter(|row| !row.value.organization_id.is_empty() && !row.value.plan_id.is_empty());
    let shares = |row: &Contract| plan_of(tables, &row.value).is_some_and(|plan| plan.sharing == Sharing::Organization);
    for group in grouped(members, |contract| &contract.organization_id).values() {
        for (later, earlier) in overlapping_pairs(group) {
            let is_unequal = later.value.plan_id != earlier.value.plan_id;
            if is_unequal && (shares(later) || shares(earlier)) {
                let found = format!(
                    "{:?}, but {:?} in {} of organization {}: unequal plans in one organization",
                    later.value.plan_id,
                    earlier.value.plan_id,
                    earlier.at.within_file(),
                    later.value.organization_id,
                );
                let remedy = "change the plan of all its accounts from the same month on";
                faults.push(fault(
                    later,
                    "plan_id",
                    found,
                    "the same plan for all accounts of an organization",
                    remedy,
                ));
            }
        }
    }
}

/// Of the month that is asked for, else of all: an invoice of the past is no reason to refuse today's.
fn check_payments(tables: &Tables<'_>, period: Option<BillingPeriod>, faults: &mut Vec<Fault>) {
    let named = tables.projects.rows.iter().filter(|project| !project.value.payment.is_empty());
    let settled: BTreeSet<&str> = named.map(|project| project.value.project_id.as_str()).collect();
    let paying = tables.accounts.rows.iter().filter(|row| row.value.borne_by == BorneBy::Customer);
    let paying = paying.filter(|row| period.is_none_or(|month| row.value.holds_in(month)));
    for (project_id, group) in grouped(paying, |contract| &contract.project_id) {
        if settled.contains(project_id) || !tables.projects.is_whole {
            continue;
        }
        for (later, earlier) in overlapping_pairs(&group) {
            let plans = (plan_of(tables, &later.value), plan_of(tables, &earlier.value));
            let (Some(plan), Some(other)) = plans else { continue };
            if plan.payment != other.payment {
                let found = format!(
                    "{:?}, paid by {}, but {} of project {project_id} has {:?}, paid by {}",
                    plan.id,
                    plan.payment,
                    earlier.at.within_file(),
                    other.id,
                    other.payment,
                );
                let remedy = "name the payment in the column payment of projects.csv";
                faults.push(fault(later, "plan_id", found, "one payment method in a project and month", remedy));
            }
        }
    }
}

fn check_tax_categories(tables: &Tables<'_>, period: Option<BillingPeriod>, faults: &mut Vec<Fault>) {
    if !tables.tax_rates.is_whole {
        return;
    }
    let rates = || tables.tax_rates.rows.iter().map(|row| &row.value);
    let mut check = |at: &super::Place, category: &str, month: Option<BillingPeriod>, also: &str| {
        let mut own = rates().filter(|rate| rate.tax_category == category).peekable();
        let is_known = own.peek().is_some();
        if is_known && month.is_none_or(|month| own.any(|rate| rate.valid_from <= month)) {
            return;
        }
        let mut names: Vec<&str> = rates().map(|rate| rate.tax_category.as_str()).collect();
        names.dedup(); // The rates are sorted by category.
        let when = month.filter(|_| is_known).map(|month| format!(", which has no rate in {month}"));
        faults.push(Fault {
            at: at.clone(),
            column: String::from("tax_category"),
            found: format!("{}{}", quoted(category), when.unwrap_or_default()),
            accepted: format!("a category of consumption_tax.csv in force: {}{}", names.join(", "), also),
            remedy: String::from("correct it, or add its rate to rates/tax/consumption_tax.csv"),
        });
    };
    for row in &tables.fees.rows {
        check(&row.at, &row.value.tax_category, period.filter(|month| row.value.holds_in(*month)), "");
    }
    for row in tables.tax_treatments.unwrap_or_default() {
        let treatment = &row.value;
        check(&row.at, treatment.decision.category(), period.filter(|month| treatment.holds_in(*month)), "; or review");
    }
    if tables.tax_treatments.is_none()
        && let Some(row) = tables.tax_rates.rows.first()
    {
        check(&super::Place::of_file(&row.at.file), TaxDecision::UNDECIDED, period, "");
    }
}
