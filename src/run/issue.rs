//! `issue` and `correct`: from the month's drafts to documents that never change.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::contracts::{contract_warnings, payers_seen};
use super::corrections::make_corrections;
use super::drafts::{check_drafts, check_unchanged, read_record, reports_of};
use super::ledger_terms::open_ledger;
use super::make::{Compared, Made, Order, Settling, make};
use super::material::Material;
use super::read::read_and_keep_inputs;
use super::reports::ObjectVersion;
use super::{RunError, RunRequest, Watcher};
use crate::fold::read_kept_facts;
use crate::ledger::{DocumentEntry, Entry, InputEntry, Ledger, LedgerError, NewEntries, document_folder};
use crate::money::Yen;
use crate::period::{BillingPeriod, Day, Instant};
use crate::reference::read_and_keep;

/// Which drafts are issued, and when.
#[derive(Clone, Debug)]
pub struct IssueRequest {
    /// The folder of the workspace.
    pub workspace: PathBuf,
    /// The billing month.
    pub period: BillingPeriod,
    /// Where the drafts are, instead of the workspace's output folder.
    pub output: Option<PathBuf>,
    /// Only these projects; all where empty.
    pub projects: Vec<String>,
    /// The printed date of issue; today's in Japan where absent.
    pub date: Option<Day>,
}

/// Which month is compared with what was issued, and how differences are settled.
#[derive(Clone, Debug)]
pub struct CorrectRequest {
    /// The month, and where it is read from.
    pub run: RunRequest,
    /// Only these projects; all where empty.
    pub projects: Vec<String>,
    /// The printed date of issue; today's in Japan where absent.
    pub date: Option<Day>,
    /// Absent: the differences are only shown.
    pub settling: Option<Settling>,
    /// Why, as printed on the document; may be empty.
    pub reason: String,
    /// Whether the documents that are replaced were paid.
    pub is_paid: bool,
}

/// A document that was made just now.
#[derive(Clone, Debug)]
pub struct IssuedDocument {
    /// What the ledger says of it.
    pub document: DocumentEntry,
    /// Where its files are.
    pub folder: PathBuf,
}

/// What `issue` or `correct` did.
#[derive(Clone, Debug)]
pub struct IssueReport {
    /// The month.
    pub period: BillingPeriod,
    /// New documents, in the order of their numbers.
    pub documents: Vec<IssuedDocument>,
    /// New carried differences: project, month that takes it along, yen without tax.
    pub carried: Vec<(String, String, Yen)>,
    /// Projects that were issued before, and how they stand now.
    pub compared: Vec<Compared>,
    /// Projects that are held, and why; an empty project where accounts belong to none.
    pub held: Vec<(String, String)>,
    /// Projects with a draft and without a document, where documents are corrected.
    pub not_issued: Vec<String>,
    /// What somebody should know before documents are sent.
    pub notes: Vec<String>,
}

/// Numbers, freezes and records the drafts of a month that are not held and not issued yet.
pub fn issue(request: &IssueRequest, watcher: &dyn Watcher) -> Result<IssueReport, RunError> {
    watcher.on_step("reading drafts", None);
    let (workspace, kept) = read_and_keep(&request.workspace, Some(request.period))?;
    let month = request.output.as_deref().unwrap_or(&workspace.settings.output_dir).join(request.period.to_string());
    let record = read_record(&month, request.period)?;
    check_unchanged(&record, &workspace.files)?;
    let facts_file = month.join("facts.parquet");
    let facts_bytes = fs::read(&facts_file).map_err(|source| RunError::NoDrafts {
        dir: month.display().to_string(),
        found: format!("facts.parquet: {source}"),
    })?;
    let facts = read_kept_facts(&facts_file.display().to_string(), facts_bytes.clone())?;
    let (facts_bytes, reports) = (Arc::from(facts_bytes), reports_of(&record));
    let material = Material { period: request.period, facts, facts_bytes, workspace, kept, reports };
    watcher.on_step_end();

    let mut ledger =
        Ledger::open_for_writing(&material.workspace.settings.ledger).map_err(LedgerError::before_the_record)?;
    watcher.on_step("drawing documents", None);
    let order = order(request.period, request.date, &request.projects, None, "", false)?;
    let made = make(&ledger, ledger.book(), &material, &order)?;
    check_projects(&order, &made, &material)?;
    check_drafts(&made, &material, ledger.book(), &month)?;
    watcher.on_step_end();
    record_made(&mut ledger, &material, &order, made, watcher)
}

/// Compares a month with what was issued for it, and settles the differences where that is asked for.
pub fn correct(request: &CorrectRequest, watcher: &dyn Watcher) -> Result<IssueReport, RunError> {
    let (inputs, kept) = read_and_keep_inputs(&request.run, watcher)?;
    let seen = payers_seen(&inputs.facts);
    let mut notes = contract_warnings(&inputs.workspace.reference, &inputs.facts, &seen);
    notes.extend(
        inputs
            .missing_deliveries
            .iter()
            .map(|payer| format!("payer {payer} has deliveries of other months and none of {}", inputs.facts.period)),
    );
    let reports = inputs.reports.iter().map(|file| InputEntry {
        kind: "report".to_owned(),
        path: file.path.clone(),
        bytes: file.bytes,
        sha256: file.sha256.clone(),
        version: inputs.versions.get(&file.path).map(ObjectVersion::text).unwrap_or_default(),
        is_kept: false,
    });
    let reports = reports.collect();
    let material = Material::of_facts(inputs.facts, inputs.workspace, kept, reports)?;
    let order =
        order(request.run.period, request.date, &request.projects, request.settling, &request.reason, request.is_paid)?;
    watcher.on_step("comparing", None);
    if request.settling.is_none() {
        let ledger = open_ledger(&material.workspace.settings.ledger)?;
        let mut made = make_corrections(&ledger, ledger.book(), &material, &order, None)?;
        made.notes.extend(notes);
        check_projects(&order, &made, &material)?;
        watcher.on_step_end();
        return Ok(report(&material, made, &material.workspace.settings.ledger));
    }
    drop(open_ledger(&material.workspace.settings.ledger)?); // Else one would be made.
    let mut ledger =
        Ledger::open_for_writing(&material.workspace.settings.ledger).map_err(LedgerError::before_the_record)?;
    let mut made = make(&ledger, ledger.book(), &material, &order)?;
    made.notes.extend(notes);
    check_projects(&order, &made, &material)?;
    watcher.on_step_end();
    record_made(&mut ledger, &material, &order, made, watcher)
}

fn order(
    period: BillingPeriod,
    date: Option<Day>,
    projects: &[String],
    settling: Option<Settling>,
    reason: &str,
    is_paid: bool,
) -> Result<Order, RunError> {
    const AHEAD: i64 = 62;
    let today = today_in_japan();
    let issued_on = date.unwrap_or(today);
    if issued_on > today.plus(AHEAD) {
        return Err(RunError::TooLate { date: issued_on.to_string(), latest: today.plus(AHEAD).to_string() });
    }
    if issued_on < Day::last_of(period) {
        return Err(RunError::TooEarly { date: issued_on.to_string(), period: period.to_string() });
    }
    let mut projects = projects.to_vec();
    projects.sort();
    projects.dedup();
    Ok(Order { issued_on, projects, settling, reason: reason.to_owned(), is_paid })
}

fn now() -> Instant {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Instant::from_seconds(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// Documents are dated in Japan, nine hours ahead of UTC.
fn today_in_japan() -> Day {
    const AHEAD: i64 = 9 * 3600;
    Day::of(Instant::from_seconds(now().seconds() + AHEAD))
}

/// Records what was made, with all that it was made from. Nothing made: nothing recorded.
fn record_made(
    ledger: &mut Ledger,
    material: &Material,
    order: &Order,
    made: Made,
    watcher: &dyn Watcher,
) -> Result<IssueReport, RunError> {
    let dir = material.workspace.settings.ledger.clone();
    if made.documents.is_empty() && made.carries.is_empty() {
        return Ok(report(material, made, &dir));
    }
    watcher.on_step("recording", None);
    let mut new = NewEntries { entries: vec![Entry::Inputs(order.to_entry(material))], objects: material.objects() };
    for document in &made.documents {
        new.entries.push(Entry::Document(document.entry.clone()));
        let hashes = document.entry.artefacts.iter().map(|artefact| artefact.sha256.clone());
        new.objects.extend(hashes.zip(document.files.iter().map(Vec::as_slice)));
    }
    for carry in &made.carries {
        new.entries.push(Entry::Carry(carry.entry.clone()));
        let hashes = carry.entry.artefacts.iter().map(|artefact| artefact.sha256.clone());
        new.objects.extend(hashes.zip(carry.files.iter().map(Vec::as_slice)));
    }
    ledger.append(&new, now())?;
    drop(new);
    watcher.on_step_end();
    Ok(report(material, made, &dir))
}

fn report(material: &Material, made: Made, ledger: &Path) -> IssueReport {
    let document = |document: DocumentEntry| IssuedDocument { folder: document_folder(ledger, &document), document };
    let carried = |entry: &crate::ledger::CarryEntry| {
        let sum = entry.lines.iter().map(|line| Yen::new(line.net_jpy)).sum();
        (entry.project_id.clone(), entry.into.clone(), sum)
    };
    IssueReport {
        period: material.period,
        carried: made.carries.iter().map(|carry| carried(&carry.entry)).collect(),
        documents: made.documents.into_iter().map(|made| document(made.entry)).collect(),
        compared: made.compared,
        held: made.held,
        not_issued: made.not_issued,
        notes: made.notes,
    }
}

/// A project that is asked for by name must be there.
fn check_projects(order: &Order, made: &Made, material: &Material) -> Result<(), RunError> {
    let documents = made.documents.iter().map(|made| made.entry.project_id.as_str());
    let compared = made.compared.iter().map(|compared| compared.project_id.as_str());
    let others = made.held.iter().map(|(project_id, _)| project_id).chain(&made.not_issued).map(String::as_str);
    let known: Vec<&str> = documents.chain(compared).chain(others).collect();
    let unknown: Vec<String> = order.projects.iter().filter(|id| !known.contains(&id.as_str())).cloned().collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(RunError::UnknownProjects { projects: unknown.join(", "), period: material.period.to_string() })
}
