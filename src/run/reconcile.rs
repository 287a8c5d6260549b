//! A finished month against what AWS's console says.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::RunError;
use crate::deliver::{PageFacts, PendingFolder, folder_name, reconcile_page, reconcile_table, way_table};
use crate::hexadecimal::hexadecimal;
use crate::invoice::Language;
use crate::money::{FxRate, Usd};
use crate::period::BillingPeriod;
use crate::read_back::{FinishedMonth, InvoiceRow, ReadBackError, read_console_file, read_month};
use crate::reconcile::{Comparison, ConsoleFile, DifferenceCause, OwnRow, ProjectMonth, Way, compare, walk};
use crate::reference::read_workspace;
use crate::terms::{BorneBy, ReferenceData};

/// What is to be compared.
#[derive(Clone, Debug)]
pub struct ReconcileRequest {
    /// The folder of the workspace.
    pub workspace: PathBuf,
    /// The billing month, which was run.
    pub period: BillingPeriod,
    /// Instead of the workspace's output folder.
    pub output: Option<PathBuf>,
    /// The console's file.
    pub against: PathBuf,
    /// Of which payer it speaks; of all, or those that it names, where absent.
    pub payer: Option<String>,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct ReconcileReport {
    /// The billing month.
    pub period: BillingPeriod,
    /// Where the output is.
    pub output: PathBuf,
    /// The form of the console's file.
    pub format: &'static str,
    /// What was compared.
    pub comparison: Comparison,
    /// One per project.
    pub ways: Vec<Way>,
    /// What the reader should know.
    pub notes: Vec<String>,
}

impl ReconcileReport {
    /// Whether every difference has a cause.
    pub fn is_explained(&self) -> bool {
        self.comparison.unexplained().next().is_none()
    }

    /// Our and their sums, and the difference by cause.
    pub fn sums(&self) -> (Usd, Usd, Vec<(DifferenceCause, Usd)>) {
        let ours = self.comparison.rows.iter().map(|row| row.ours).sum();
        let theirs = self.comparison.rows.iter().map(|row| row.theirs).sum();
        let has_part = |cause: &DifferenceCause| self.comparison.rows.iter().any(|row| row.causes.contains_key(cause));
        let causes = DifferenceCause::ALL.into_iter().filter(has_part);
        (ours, theirs, causes.map(|cause| (cause, self.comparison.sum(cause))).collect())
    }
}

/// Compares, walks every project's way, and writes `reconcile/` into the month's folder.
pub fn reconcile(request: &ReconcileRequest) -> Result<ReconcileReport, RunError> {
    let workspace = read_workspace(&request.workspace, Some(request.period))?;
    let dir = request.output.as_ref().unwrap_or(&workspace.settings.output_dir).join(request.period.to_string());
    let month = read_month(&dir, request.period)?;
    let file = read_console_file(&request.against, request.period)?;
    let (own, left_out) = split_by_payer(request, &month, &file)?;
    let comparison = compare(&own, &file, &workspace.console_services);
    let quote = workspace.reference.fx_rates.get(&request.period);
    let rate = quote.map(|quote| quote.rate).expect("a workspace that is read for a month has its rate");
    let ways = walk_all(&workspace.reference, &month, request.period, rate, &comparison, (&own, &left_out))?;
    let mut notes = file.notes;
    notes.extend(comparison.notes.iter().cloned());
    let payers = month.payers();
    if request.payer.is_none() && file.payers.is_empty() && payers.len() > 1 {
        let payers: Vec<&str> = payers.into_iter().collect();
        notes.push(format!("the month has several payers ({}); a file of one needs --payer", payers.join(", ")));
    }
    let output = dir.join("reconcile");
    write(request, &output, file.format, &comparison, &ways)?;
    Ok(ReconcileReport { period: request.period, output, format: file.format, comparison, ways, notes })
}

/// The rows that the file speaks of, and the others.
fn split_by_payer(
    request: &ReconcileRequest,
    month: &FinishedMonth,
    file: &ConsoleFile,
) -> Result<(Vec<OwnRow>, Vec<OwnRow>), ReadBackError> {
    let payers = match &request.payer {
        Some(payer) => BTreeSet::from([payer.clone()]),
        None => file.payers.clone(),
    };
    if let Some(found) = request.payer.as_ref().filter(|payer| !month.payers().contains(payer.as_str())) {
        let accepted = month.payers().into_iter().collect::<Vec<_>>().join(", ");
        return Err(ReadBackError::NoSuchPayer { found: found.clone(), accepted });
    }
    let is_spoken_of = |row: &OwnRow| payers.is_empty() || payers.contains(&row.payer_id);
    Ok(month.own.iter().cloned().partition(is_spoken_of))
}

fn walk_all(
    reference: &ReferenceData,
    month: &FinishedMonth,
    period: BillingPeriod,
    rate: FxRate,
    comparison: &Comparison,
    (own, left_out): (&[OwnRow], &[OwnRow]),
) -> Result<Vec<Way>, RunError> {
    let mut ways = Vec::new();
    for invoice in &month.invoices {
        let project = project_month(reference, month, period, invoice);
        ways.push(walk(project, rate, comparison, own, left_out)?);
    }
    Ok(ways)
}

fn project_month(
    reference: &ReferenceData,
    month: &FinishedMonth,
    period: BillingPeriod,
    invoice: &InvoiceRow,
) -> ProjectMonth {
    let id = &invoice.project_id;
    let contracts = reference.accounts.iter().filter(|contract| contract.holds_in(period));
    let accounts: BTreeSet<String> = contracts
        .filter(|contract| contract.borne_by == BorneBy::Customer && contract.project_id == *id)
        .map(|contract| contract.account_id.clone())
        .collect();
    let project = reference.projects.get(id);
    ProjectMonth {
        project_id: id.clone(),
        customer_name: project.map(|project| project.customer_name.clone()).unwrap_or_default(),
        language: project.map_or(Language::Japanese, Language::of),
        status: invoice.status.clone(),
        bridge: month.bridge_of(&accounts),
        accounts,
        aws_lines: month.aws_lines.get(id).cloned().unwrap_or_default(),
        fees: month.fees.get(id).cloned().unwrap_or_default(),
        subtotal: invoice.subtotal,
        tax: invoice.tax,
        total: invoice.total,
    }
}

fn write(
    request: &ReconcileRequest,
    place: &Path,
    format: &str,
    comparison: &Comparison,
    ways: &[Way],
) -> Result<(), RunError> {
    let file = &request.against;
    let machine = |source| ReadBackError::Machine { file: file.display().to_string(), source };
    let sha256 = hexadecimal(&Sha256::digest(fs::read(file).map_err(machine)?));
    let against = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let facts = PageFacts { period: request.period, against: &against, format, sha256: &sha256, comparison };
    let pending = PendingFolder::begin(place)?;
    pending.write("reconcile.csv", &reconcile_table(request.period, comparison))?;
    pending.write("way.csv", &way_table(request.period, ways))?;
    for way in ways {
        let name = format!("{}.html", folder_name(&way.project.project_id));
        pending.write(&name, &reconcile_page(&facts, way))?;
    }
    Ok(pending.publish()?)
}
