use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::calendar::read_calendar;
use super::commitment_rules::read_commitment_rules;
use super::console_services::read_console_services;
use super::contracts::{read_accounts, read_projects};
use super::credits::read_credit_rules;
use super::cross_checks::{self, Tables};
use super::fees::read_fees;
use super::fx_rates::read_fx_rates;
use super::kept_files::KeptFiles;
use super::plans::read_plans;
use super::price_ladders::build_price_list;
use super::price_rows::read_price_rows;
use super::row_lists::read_row_lists;
use super::savings_plan_rows::read_savings_plan_rates;
use super::settings::{Settings, SettingsFile};
use super::table::{Located, Rows};
use super::taxes::{read_tax_rates, read_tax_treatments};
use super::vouchers::read_vouchers;
use super::{Intake, ReadFile, ReferenceError};
use crate::period::BillingPeriod;
use crate::terms::{
    AccountContract, ConsoleServices, Fee, FreeOffer, Plan, PriceList, Project, ReferenceData, SavingsPlanRates,
    TaxRate, TaxTreatment, timelines,
};

/// A workspace as read.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// What was agreed.
    pub reference: ReferenceData,
    /// Where things are.
    pub settings: Settings,
    /// What AWS's console calls products.
    pub console_services: ConsoleServices,
    /// Every file read, sorted by path.
    pub files: Vec<ReadFile>,
    /// What does not stop a run but should be known.
    pub warnings: Vec<String>,
}

/// What the tables of a workspace say, before they are compared with each other.
struct Read {
    accounts: Rows<AccountContract>,
    projects: Rows<Project>,
    plans: Rows<Plan>,
    fees: Rows<Fee>,
    tax_rates: Rows<TaxRate>,
    tax_treatments: Option<Vec<Located<TaxTreatment>>>,
}

/// Reads and checks everything but the reports. With a month, that month must have an exchange rate.
pub fn read_workspace(dir: &Path, period: Option<BillingPeriod>) -> Result<Workspace, ReferenceError> {
    check_is_workspace(dir)?;
    read_from(Intake::new(dir), dir, period).map(|(workspace, _)| workspace)
}

/// Like [`read_workspace`], with the bytes of every file that counted, those shipped with the program included.
pub fn read_and_keep(dir: &Path, period: Option<BillingPeriod>) -> Result<(Workspace, Arc<KeptFiles>), ReferenceError> {
    check_is_workspace(dir)?;
    let (workspace, kept) = read_from(Intake::new(dir).keeping(), dir, period)?;
    Ok((workspace, Arc::new(kept.unwrap_or_default())))
}

/// Like [`read_workspace`], from files that were kept. The paths of the settings mean nothing then.
pub fn read_kept(kept: &Arc<KeptFiles>, period: Option<BillingPeriod>) -> Result<Workspace, ReferenceError> {
    read_from(Intake::of_kept(Arc::clone(kept)), Path::new(""), period).map(|(workspace, _)| workspace)
}

fn read_from(
    mut intake: Intake,
    dir: &Path,
    period: Option<BillingPeriod>,
) -> Result<(Workspace, Option<KeptFiles>), ReferenceError> {
    let SettingsFile { issuer, mode, settings } = read_settings_file(&mut intake, dir)?;
    let rates = &settings.rates_dir;
    let read = Read {
        accounts: read_accounts(&mut intake, dir)?,
        projects: read_projects(&mut intake, dir)?,
        plans: read_plans(&mut intake, &settings.plans_dir)?,
        fees: read_fees(&mut intake, dir)?,
        tax_rates: read_tax_rates(&mut intake, rates)?,
        tax_treatments: read_tax_treatments(&mut intake, dir)?,
    };
    let vouchers = read_vouchers(&mut intake, dir, &read.projects)?;
    let credit_rules = read_credit_rules(&mut intake, dir)?;
    let fx_rates = read_fx_rates(&mut intake, rates, period)?;
    let row_lists = read_row_lists(&mut intake, rates)?;
    let commitment_rules = read_commitment_rules(&mut intake, rates)?;
    let calendar = read_calendar(&mut intake, rates)?;
    let console_services = read_console_services(&mut intake, rates)?;
    let price_list = read_price_list(&mut intake, rates)?;
    let savings_plan_rates = read_savings_plan_rates(&mut intake, rates)?;
    cross_checks::check(&read.tables(), period, &mut intake.faults);
    if !intake.faults.is_empty() {
        return Err(ReferenceError::Refused { faults: intake.faults });
    }

    let reference = ReferenceData {
        issuer,
        mode,
        accounts: sorted_by(read.accounts, |one| (one.account_id.clone(), one.valid_from)),
        projects: values(read.projects).map(|project| (project.project_id.clone(), project)).collect(),
        plans: values(read.plans).map(|plan| (plan.id.clone(), plan)).collect(),
        fees: sorted_by(read.fees, |fee| (fee.project_id.clone(), fee.fee_id.clone(), fee.valid_from)),
        vouchers,
        carried: Vec::new(), // The ledger tells them, not the workspace.
        credit_rules,
        fx_rates,
        price_list,
        savings_plan_rates,
        tax_treatments: read.tax_treatments.map(|rows| rows.into_iter().map(|row| row.value).collect()),
        tax_rates: values(read.tax_rates).collect(),
        row_lists,
        commitment_rules,
        calendar,
    };
    let mut warnings = intake.warnings;
    warnings.extend(warn(&reference, period));
    intake.files.sort();
    Ok((Workspace { reference, settings, console_services, files: intake.files, warnings }, intake.kept))
}

impl Read {
    fn tables(&self) -> Tables<'_> {
        Tables {
            accounts: &self.accounts,
            projects: &self.projects,
            plans: &self.plans,
            fees: &self.fees,
            tax_rates: &self.tax_rates,
            tax_treatments: self.tax_treatments.as_deref(),
        }
    }
}

fn read_price_list(intake: &mut Intake, rates: &Path) -> Result<PriceList, ReferenceError> {
    let rows = read_price_rows(intake, rates)?;
    let mut faults = Vec::new();
    let price_list = build_price_list(&rows.rows, &mut faults);
    if rows.is_whole {
        intake.faults.append(&mut faults); // Else a range is missing only because its row is refused.
    }
    Ok(price_list)
}

/// The prices of a workspace, without anything else.
#[derive(Clone, Debug)]
pub struct Rates {
    /// List prices and free offers.
    pub price_list: PriceList,
    /// What usage costs under Savings Plans.
    pub savings_plan_rates: SavingsPlanRates,
}

/// Reads nothing but the settings of a workspace.
pub fn read_settings(dir: &Path) -> Result<Settings, ReferenceError> {
    check_is_workspace(dir)?;
    let mut intake = Intake::new(dir);
    let SettingsFile { settings, .. } = read_settings_file(&mut intake, dir)?;
    intake.faults.is_empty().then_some(settings).ok_or(ReferenceError::Refused { faults: intake.faults })
}

/// Reads nothing but the prices of a workspace.
pub fn read_rates(dir: &Path) -> Result<Rates, ReferenceError> {
    let settings = read_settings(dir)?;
    let mut intake = Intake::new(dir);
    let price_list = read_price_list(&mut intake, &settings.rates_dir)?;
    let savings_plan_rates = read_savings_plan_rates(&mut intake, &settings.rates_dir)?;
    if !intake.faults.is_empty() {
        return Err(ReferenceError::Refused { faults: intake.faults });
    }
    Ok(Rates { price_list, savings_plan_rates })
}

/// Without its settings a folder is no workspace, and what else it lacks would only be noise.
fn check_is_workspace(dir: &Path) -> Result<(), ReferenceError> {
    let found = match (dir.is_dir(), dir.join("seikyu.toml").exists()) {
        (true, true) => return Ok(()),
        (true, false) => "there is no seikyu.toml in it",
        (false, _) => "there is no such folder",
    };
    Err(ReferenceError::NoWorkspace { dir: dir.display().to_string(), found })
}

fn read_settings_file(intake: &mut Intake, dir: &Path) -> Result<SettingsFile, ReferenceError> {
    let found = intake.needed_text(&dir.join("seikyu.toml"), "a workspace, which has a seikyu.toml")?;
    Ok(match found {
        Some((file, text)) => SettingsFile::read(dir, &file, &text, &mut intake.faults),
        None => SettingsFile::default_in(dir),
    })
}

fn values<T>(rows: Rows<T>) -> impl Iterator<Item = T> {
    rows.rows.into_iter().map(|Located { value, .. }| value)
}

fn sorted_by<T, K: Ord>(rows: Rows<T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let mut values: Vec<T> = values(rows).collect();
    values.sort_by_key(key);
    values
}

/// What the operator should know about the data of a month (of all months where none is given).
fn warn(reference: &ReferenceData, period: Option<BillingPeriod>) -> Vec<String> {
    let mut warnings = Vec::new();
    if reference.issuer.registration_number.is_empty() {
        warnings.push(String::from("seikyu.toml: no issuer.registration_number; invoices are not qualified invoices"));
    }
    warnings.extend(shared_by_offers(&reference.price_list));
    warnings.extend(lost_by_offers(&reference.price_list, period));
    warnings.extend(gaps(reference, period));
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

/// Months between two contracts of an account, in which nobody is billed for it.
fn gaps(reference: &ReferenceData, period: Option<BillingPeriod>) -> Vec<String> {
    let mut warnings = Vec::new();
    for timeline in timelines(&reference.accounts) {
        let gaps = timeline.stretches.iter().filter(|stretch| stretch.contract.is_none());
        for gap in gaps.filter(|gap| period.is_none_or(|month| gap.contains(month))) {
            let (account, months) = (&timeline.account_id, gap.months());
            warnings
                .push(format!("accounts.csv: account {account} has no contract from {months}, but before and after"));
        }
    }
    warnings
}

/// Free offers whose version of the month grants nothing for a SKU that an earlier one did.
///
/// AWS may have ended it. Or the later version comes from the file of another region, and a customer would lose an
/// allowance without a word.
fn lost_by_offers(list: &PriceList, period: Option<BillingPeriod>) -> Vec<String> {
    let mut warnings = Vec::new();
    for (sku, versions) in &list.free_offers {
        let started = |offer: &&FreeOffer| period.is_none_or(|month| offer.effective_from < month.end());
        let known: Vec<&FreeOffer> = versions.iter().filter(started).collect();
        let Some((last, earlier)) = known.split_last() else { continue };
        let granted: BTreeSet<&String> = earlier.iter().flat_map(|offer| &offer.applies_to).collect();
        let lost: Vec<&&String> = granted.iter().filter(|sku| !last.applies_to.contains(sku)).collect();
        if let Some(first) = lost.first() {
            let from = last.effective_from;
            warnings.push(format!(
                "list prices: free offer {sku} from {from} no longer names {} SKUs that it named before, such as {first}; \
                 import the offer files of all regions of that publication, if they still share it",
                lost.len()
            ));
        }
    }
    warnings
}

/// SKUs that two free offers grant something for: which of them counts is nowhere written.
fn shared_by_offers(list: &PriceList) -> Vec<String> {
    let mut offers_of: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for offer in list.free_offers.values().flatten() {
        for sku in &offer.applies_to {
            offers_of.entry(sku).or_default().insert(&offer.sku);
        }
    }
    let shared = offers_of.into_iter().filter(|(_, offers)| offers.len() > 1);
    let text = |(sku, offers): (&str, BTreeSet<&str>)| {
        let offers: Vec<&str> = offers.into_iter().collect();
        format!("list prices: SKU {sku} has more than one free offer: {}", offers.join(", "))
    };
    shared.map(text).collect()
}
