use std::collections::BTreeMap;
use std::path::Path;

use super::contracts::{read_accounts, read_projects};
use super::credits::read_credit_rules;
use super::cross_checks::{self, Tables};
use super::fees::read_fees;
use super::fx_rates::read_fx_rates;
use super::plans::read_plans;
use super::price_ladders::build_price_list;
use super::price_rows::read_price_rows;
use super::row_lists::read_row_lists;
use super::settings::{Settings, SettingsFile};
use super::table::{Located, Rows};
use super::taxes::{read_tax_rates, read_tax_treatments};
use super::{Intake, ReadFile, ReferenceError};
use crate::period::BillingPeriod;
use crate::terms::{Plan, ReferenceData};

/// A workspace as read.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// What was agreed.
    pub reference: ReferenceData,
    /// Where things are.
    pub settings: Settings,
    /// Every file read, sorted by path.
    pub files: Vec<ReadFile>,
    /// What does not stop a run but should be known.
    pub warnings: Vec<String>,
}

/// Reads and checks everything but the reports. With a month, that month must have an exchange rate.
pub fn read_workspace(dir: &Path, period: Option<BillingPeriod>) -> Result<Workspace, ReferenceError> {
    let mut intake = Intake::new(dir);
    let settings_file = read_settings(&mut intake, dir)?;
    let SettingsFile { issuer, mode, settings } = settings_file;
    let rates = settings.rates_dir.clone();

    let accounts = read_accounts(&mut intake, dir)?;
    let projects = read_projects(&mut intake, dir)?;
    let plans = read_plans(&mut intake, &settings.plans_dir)?;
    let fees = read_fees(&mut intake, dir)?;
    let credit_rules = read_credit_rules(&mut intake, dir)?;
    let tax_treatments = read_tax_treatments(&mut intake, dir)?;
    let tax_rates = read_tax_rates(&mut intake, &rates)?;
    let fx_rates = read_fx_rates(&mut intake, &rates, period)?;
    let row_lists = read_row_lists(&mut intake, &rates)?;
    let price_rows = read_price_rows(&mut intake, &rates)?;
    let mut ladder_faults = Vec::new();
    let price_list = build_price_list(&price_rows.rows, &mut ladder_faults);
    if price_rows.is_whole {
        intake.faults.append(&mut ladder_faults); // Else a range is missing only because its row is refused.
    }

    let tables = Tables {
        accounts: &accounts,
        projects: &projects,
        plans: &plans,
        fees: &fees,
        tax_rates: &tax_rates,
        tax_treatments: tax_treatments.as_deref(),
    };
    cross_checks::check(&tables, period, &mut intake.faults);
    if !intake.faults.is_empty() {
        return Err(ReferenceError::Refused { faults: intake.faults });
    }

    let mut accounts: Vec<_> = values(accounts);
    accounts.sort_by(|a, b| (&a.account_id, a.valid_from).cmp(&(&b.account_id, b.valid_from)));
    let mut fees = values(fees);
    fees.sort_by(|a, b| (&a.project_id, &a.fee_id, a.valid_from).cmp(&(&b.project_id, &b.fee_id, b.valid_from)));
    let plans: BTreeMap<String, Plan> = values(plans).into_iter().map(|plan| (plan.id.clone(), plan)).collect();
    let reference = ReferenceData {
        issuer,
        mode,
        accounts,
        projects: values(projects).into_iter().map(|project| (project.project_id.clone(), project)).collect(),
        plans,
        fees,
        credit_rules,
        fx_rates,
        price_list,
        tax_treatments: tax_treatments.map(|rows| rows.into_iter().map(|row| row.value).collect()),
        tax_rates: values(tax_rates),
        row_lists,
    };
    let mut warnings = intake.warnings;
    warnings.extend(warn(&reference, period));
    intake.files.sort();
    Ok(Workspace { reference, settings, files: intake.files, warnings })
}

fn read_settings(intake: &mut Intake, dir: &Path) -> Result<SettingsFile, ReferenceError> {
    let found = intake.needed_text(&dir.join("seikyu.toml"), "a workspace, which has a seikyu.toml")?;
    Ok(match found {
        Some((file, text)) => SettingsFile::read(dir, &file, &text, &mut intake.faults),
        None => SettingsFile::default_in(dir),
    })
}

fn values<T>(rows: Rows<T>) -> Vec<T> {
    rows.rows.into_iter().map(|Located { value, .. }| value).collect()
}

/// What the operator should know about the data of a month (of all months where none is given).
fn warn(reference: &ReferenceData, period: Option<BillingPeriod>) -> Vec<String> {
    let mut warnings = Vec::new();
    if reference.issuer.registration_number.is_empty() {
        warnings.push(String::from("seikyu.toml: no issuer.registration_number; invoices are not qualified invoices"));
    }
    for plan in reference.plans.values() {
        let mut contracts = reference.accounts.iter().filter(|contract| contract.plan_id == plan.id);
        let in_use = contracts.any(|contract| period.is_none_or(|month| contract.holds_in(month)));
        if in_use {
            let texts = plan.assumptions.iter();
            warnings.extend(texts.map(|(what, why)| format!("plan {}: {what} is an assumption: {why}", plan.id)));
        }
    }
    warnings
}
