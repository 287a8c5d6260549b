//! Where the reports of a month come from: folders, buckets, and a cache of what lies in buckets.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::Value;

use super::RunError;
use crate::fold::{FoldError, PartsError};
use crate::ingest::{
    Fault, FaultKind, IngestError, Limits, ReportFile, ReportPlace, ReportPlan, ReportSource, StoreError, StoreFault,
    find_reports_in,
};
use crate::period::BillingPeriod;
use crate::reference::{ReportsAt, Settings};
use crate::remote::{Bucket, Cache, Network};
use crate::rows::RowsError;

/// How often reports are read that change while they are read.
const READINGS: u32 = 3;

/// The places of the settings, with the way to each.
pub(super) struct Reports {
    places: Vec<Place>,
    adjustments: Vec<String>,
    pub(super) limits: Limits,
    cache: Option<PathBuf>,
    /// Of each place; empty where any payer is expected.
    payers: Vec<String>,
    /// The one file that is read, where it is not all of them.
    only: Option<String>,
}

enum Place {
    Folder { dir: PathBuf, name: String },
    Bucket { bucket: Arc<Bucket>, name: String },
}

/// What was read of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ObjectVersion {
    pub(super) e_tag: String,
    pub(super) version_id: Option<String>,
}

impl ObjectVersion {
    /// What `run.json` says of a report file.
    pub(super) fn of_record(entry: &Value) -> Option<Self> {
        let version_id = entry["version_id"].as_str().map(str::to_owned);
        Some(Self { e_tag: entry["etag"].as_str()?.to_owned(), version_id })
    }

    /// As the ledger writes it.
    pub(super) fn text(&self) -> String {
        let id = self.version_id.as_ref().map(|id| format!(", version id {id}")).unwrap_or_default();
        format!("ETag {}{id}", self.e_tag)
    }
}

/// A month as it was read, from reports that stayed as they were meanwhile.
pub(super) struct Steady<T> {
    pub(super) plan: ReportPlan,
    pub(super) read: T,
    /// What lay in buckets, by name.
    pub(super) versions: BTreeMap<String, ObjectVersion>,
    /// What somebody should know of the cache, and of changes.
    pub(super) notices: Vec<String>,
}

impl Reports {
    /// Opens the way to every place.
    pub(super) fn of(settings: &Settings, cache: Option<&Path>) -> Result<Self, StoreError> {
        let is_only = settings.reports.len() == 1;
        let mut network = None;
        let mut places = Vec::new();
        for source in &settings.reports {
            let shown = source.name.trim_start_matches("./").trim_end_matches('/');
            places.push(match &source.place {
                ReportsAt::Folder(dir) => {
                    // Alone, its files are named by their path in it; beside others, by the folder first.
                    let name = if is_only { String::new() } else { shown.to_owned() };
                    Place::Folder { dir: dir.clone(), name }
                }
                ReportsAt::S3(address, connection) => {
                    let network = match &network {
                        Some(network) => Arc::clone(network),
                        None => Arc::clone(network.insert(Network::start()?)),
                    };
                    let bucket = Bucket::open(&network, address, connection, settings.s3_transfer)?;
                    Place::Bucket { bucket, name: address.to_string() }
                }
            });
        }
        let limits = Limits {
            unpacked_bytes: settings.max_unpacked_bytes,
            unpack_ratio: settings.max_unpack_ratio,
            ..Limits::default()
        };
        let payers = settings.reports.iter().map(|source| source.payer_id.clone()).collect();
        let (adjustments, cache) = (settings.adjustments.clone(), cache.map(Path::to_owned));
        Ok(Self { places, adjustments, limits, cache, payers, only: None })
    }

    /// One file of them alone: the others are named in the plan, but not fetched, and what becomes of them is no change.
    pub(super) fn only(self, file: &str) -> Self {
        Self { only: Some(file.to_owned()), ..self }
    }

    fn is_wanted(&self, file: &ReportFile) -> bool {
        self.only.as_ref().is_none_or(|only| *only == file.name)
    }

    fn are_on_disk(&self) -> bool {
        self.places.iter().all(|place| matches!(place, Place::Folder { .. }))
    }

    /// What is to be read for a month, as it lies there at this moment.
    fn plan(&self, period: BillingPeriod) -> Result<ReportPlan, IngestError> {
        let place = |(place, payer_id): (&Place, &String)| {
            let payer_id = payer_id.clone();
            Ok(match place {
                Place::Folder { dir, name } => ReportPlace::Folder { dir: dir.clone(), name: name.clone(), payer_id },
                Place::Bucket { bucket, name } => {
                    ReportPlace::Listed { name: name.clone(), payer_id, files: bucket.list_reports(period)? }
                }
            })
        };
        let places: Vec<ReportPlace> =
            self.places.iter().zip(&self.payers).map(place).collect::<Result<_, StoreError>>()?;
        find_reports_in(&places, period, &self.adjustments)
    }

    /// The plan with the files of the cache in the place of objects.
    fn cached(&self, plan: &ReportPlan, notices: &mut Vec<String>) -> Result<ReportPlan, StoreError> {
        let mut cached = plan.clone();
        let Some(dir) = &self.cache else { return Ok(cached) };
        let cache = Cache::open(dir)?;
        let found: Vec<Option<String>> = cached
            .files
            .par_iter_mut()
            .filter(|file| self.is_wanted(file))
            .map(|file| {
                let ReportSource::Stored(object) = &file.source else { return Ok(None) };
                let kept = cache.fetch(object.as_ref())?;
                file.path.clone_from(&kept.path);
                file.source = ReportSource::Disk(kept.path);
                Ok(kept.notice)
            })
            .collect::<Result<_, StoreError>>()?;
        notices.extend(found.into_iter().flatten());
        Ok(cached)
    }

    /// Plans and reads a month: once, or as often as what is made of it needs. Where the reports of a store change
    /// meanwhile, all of it counts for nothing and is done again: nothing is ever made of two versions. So `read` shows
    /// nothing to anybody; what it returns may be shown.
    pub(super) fn steady<T>(
        &self,
        period: BillingPeriod,
        mut read: impl FnMut(&ReportPlan) -> Result<T, RunError>,
    ) -> Result<Steady<T>, RunError> {
        let mut notices = Vec::new();
        let mut last = String::new();
        for _ in 0..READINGS {
            let planned = self.plan(period);
            let outcome = planned.as_ref().ok().map(|plan| {
                let plan = self.cached(plan, &mut notices).map_err(RunError::from)?;
                read(&plan)
            });
            if !self.are_on_disk()
                && let Some(change) = self.change(period, &planned, outcome.as_ref())?
            {
                last = change;
                continue;
            }
            let plan = planned?;
            let read = outcome.expect("what was planned was read")?;
            let versions = versions(&plan);
            if !last.is_empty() {
                notices.push(format!("the reports changed while they were read, and were read again: {last}"));
            }
            return Ok(Steady { plan, read, versions, notices });
        }
        let text = format!(
            "the reports changed while they were read, {READINGS} times in a row; last: {last}; wait until AWS has delivered \
             them, then run the command again"
        );
        Err(RunError::Store(StoreError { fault: StoreFault::Changed, text }))
    }

    /// What has changed since the plan was made, where that would matter to what came of it.
    fn change<T>(
        &self,
        period: BillingPeriod,
        planned: &Result<ReportPlan, IngestError>,
        outcome: Option<&Result<T, RunError>>,
    ) -> Result<Option<String>, IngestError> {
        let told = match (planned, outcome) {
            (Err(error), _) => change_of_ingest(error),
            (Ok(_), Some(Err(error))) => change_of_run(error),
            (Ok(_), Some(Ok(_)) | None) => None,
        };
        // Faults of the machine and of permissions stand by themselves; all else may be a fault of a moment.
        let stands = match (planned, outcome) {
            (Err(error), _) => !matches!(error, IngestError::Refused { .. }),
            (Ok(_), Some(Err(error))) => error.exit_code() != 2 || matches!(error, RunError::Store(_)),
            (Ok(_), Some(Ok(_)) | None) => false,
        };
        if told.is_some() || stands {
            return Ok(told);
        }
        match self.plan(period) {
            Err(error) if !matches!(error, IngestError::Refused { .. }) => match change_of_ingest(&error) {
                Some(change) => Ok(Some(change)),
                None => Err(error), // What was read cannot be vouched for.
            },
            again => Ok(self.difference(planned, &again)),
        }
    }

    /// What another look at the same places finds otherwise, in what counts for the month.
    fn difference(
        &self,
        before: &Result<ReportPlan, IngestError>,
        after: &Result<ReportPlan, IngestError>,
    ) -> Option<String> {
        let (before, after) = match (before, after) {
            (Ok(before), Ok(after)) => (before, after),
            (Err(before), Err(after)) if before.to_string() == after.to_string() => return None,
            _ => return Some("a delivery was there or complete at one moment, and not at another".to_owned()),
        };
        let manifests = |plan: &ReportPlan| -> BTreeSet<(String, String)> {
            let of_month = plan.deliveries.iter().filter(|delivery| delivery.period == plan.period);
            of_month.map(|delivery| (delivery.manifest.clone(), delivery.version.clone())).collect()
        };
        let (then, now) = (manifests(before), manifests(after));
        if let Some((name, _)) = then.symmetric_difference(&now).next() {
            return Some(format!("{name} is another one than before"));
        }
        let [then, now] =
            [before, after].map(|plan| plan.files.iter().filter(|file| self.is_wanted(file)).collect::<Vec<_>>());
        if let Some((file, _)) = then.iter().zip(&now).find(|(then, now)| then != now) {
            return Some(format!("{} is another one than before", file.name));
        }
        (then.len() != now.len()).then(|| "there are more or fewer report files than before".to_owned())
    }

    /// Where every place is for one payer, there must be no row of another.
    pub(super) fn check_payers(&self, found: &BTreeSet<String>) -> Result<(), IngestError> {
        if self.payers.iter().any(String::is_empty) {
            return Ok(());
        }
        let others = found.iter().filter(|payer| !self.payers.contains(payer));
        let expected = self.payers.join(", ");
        let fault =
            |payer| Fault::of_file("the reports", payer, FaultKind::UnexpectedPayer { expected: expected.clone() });
        IngestError::unless_clean(others.map(|payer| fault(payer.as_str())).collect(), 0)
    }
}

/// What of a store has changed, where that is why something was not read.
fn change_of_run(error: &RunError) -> Option<String> {
    if let RunError::Store(error) = error {
        return change_of_store(error);
    }
    if let RunError::Ingest(error)
    | RunError::Fold(FoldError::Ingest(error))
    | RunError::Rows(RowsError::Ingest(error))
    | RunError::Parts(PartsError::Ingest(error) | PartsError::Fold(FoldError::Ingest(error))) = error
    {
        return change_of_ingest(error);
    }
    None
}

fn change_of_ingest(error: &IngestError) -> Option<String> {
    match error {
        IngestError::Store(error) => change_of_store(error),
        IngestError::Refused { .. } | IngestError::Machine { .. } => None,
    }
}

fn change_of_store(error: &StoreError) -> Option<String> {
    matches!(error.fault, StoreFault::Changed).then(|| error.text.clone())
}

fn versions(plan: &ReportPlan) -> BTreeMap<String, ObjectVersion> {
    let version = |source: &ReportSource| match source {
        ReportSource::Stored(object) => {
            Some(ObjectVersion { e_tag: object.version().to_owned(), version_id: object.version_id() })
        }
        ReportSource::Disk(_) => None,
    };
    plan.files.iter().filter_map(|file| Some((file.name.clone(), version(&file.source)?))).collect()
}
