use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::error::FoldError;
use super::file_fold::FileFold;
use super::fold_terms::FoldTerms;
use super::loose_files::{Sources, file_faults};
use super::never_invoiced::never_invoiced;
use super::partial::PartialFacts;
use crate::ingest::{Fault, FaultList, IngestError, Limits, Origin, Progress, ReportFile, ReportPlan, read_report};
use crate::money::Usd;
use crate::period::BillingPeriod;
use crate::usage::{Facts, PriceInstants};

/// What an input file was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFile {
    /// Relative to the reports folder, with `/`.
    pub path: String,
    /// Its size on disk.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Rows of the month.
    pub rows: u64,
    /// Rows of other months, left out.
    pub other_month_rows: u64,
    /// Numbers with more than 18 decimals, rounded to the grid.
    pub rounded_inputs: u64,
    /// `lineItem/UnblendedCost` of the rows of the month.
    pub unblended: Usd,
}

/// The facts of a month and what they were made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoldOutcome {
    /// The facts.
    pub facts: Facts,
    /// The files, by path.
    pub inputs: Vec<InputFile>,
}

/// Reads every file of a plan and sums its rows into facts, with the threads of the current rayon pool.
///
/// All files are looked at before anything is refused.
pub fn fold_reports(
    plan: &ReportPlan,
    limits: &Limits,
    price_instants: &PriceInstants,
    progress: &dyn Progress,
) -> Result<FoldOutcome, FoldError> {
    let terms = FoldTerms::new(plan.period, price_instants);
    let shared = Shared::new(plan, limits, &terms, progress);
    rayon::scope(|scope| {
        for _ in 0..rayon::current_num_threads().min(plan.files.len()) {
            scope.spawn(|_| shared.work());
        }
    });
    let folded = shared.into_result()?;
    let faults = file_faults(plan, &folded.inputs, &folded.sources, &folded.fingerprints);
    IngestError::unless_clean(faults, 0)?;
    let facts = folded.sums.into_facts(plan.period, price_instants.clone()).map_err(|_| FoldError::TooLarge)?;
    facts.check_totals()?;
    IngestError::unless_clean(never_invoiced(plan, &folded.sources, &facts), 0)?;
    Ok(FoldOutcome { facts, inputs: folded.inputs })
}

/// A file that was folded.
struct FoldedFile {
    input: InputFile,
    sources: BTreeSet<(String, BillingPeriod)>,
    /// Where two files could be one: see [`PartialFacts::fingerprint`].
    fingerprint: Option<u128>,
    faults: FaultList,
}

/// All files, folded.
struct Folded {
    sums: PartialFacts,
    inputs: Vec<InputFile>,
    sources: Sources,
    fingerprints: Vec<Option<u128>>,
}

/// What the threads have in common.
struct Shared<'a> {
    plan: &'a ReportPlan,
    limits: &'a Limits,
    terms: &'a FoldTerms,
    progress: &'a dyn Progress,
    /// Places of the files, the largest first: a large one begun last would be waited for.
    order: Vec<usize>,
    next: AtomicUsize,
    /// Whether a file may be another one packed or ordered otherwise: parts of deliveries are not.
    could_be_twice: bool,
    threads: usize,
    sums: Mutex<Result<PartialFacts, FoldError>>,
    files: Mutex<Vec<Option<Result<FoldedFile, FoldError>>>>,
}

impl<'a> Shared<'a> {
    fn new(plan: &'a ReportPlan, limits: &'a Limits, terms: &'a FoldTerms, progress: &'a dyn Progress) -> Self {
        let mut order: Vec<usize> = (0..plan.files.len()).collect();
        order.sort_by_key(|&place| std::cmp::Reverse(plan.files[place].bytes));
        Self {
            plan,
            limits,
            terms,
            progress,
            order,
            next: AtomicUsize::new(0),
            could_be_twice: plan.files.iter().any(|file| !matches!(file.origin, Origin::Delivered(_))),
            threads: rayon::current_num_threads(),
            sums: Mutex::new(Ok(PartialFacts::default())),
            files: Mutex::new(plan.files.iter().map(|_| None).collect()),
        }
    }

    /// Folds files until none is left.
    fn work(&self) {
        loop {
            let turn = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(&place) = self.order.get(turn) else { return };
            let is_thread_idle = self.order.len() - turn < self.threads;
            let folded = self.fold_file(&self.plan.files[place], is_thread_idle);
            self.files.lock().expect(NOT_POISONED)[place] = Some(folded);
        }
    }

    fn fold_file(&self, file: &ReportFile, with_second_thread: bool) -> Result<FoldedFile, FoldError> {
        let mut faults = FaultList::new(&file.name);
        let mut fold = FileFold::new(self.terms);
        let seal = read_report(file, self.limits, self.progress, with_second_thread, &mut fold, &mut faults)?;
        let partial = fold.into_partial();
        let (totals, sources) = (partial.totals, partial.sources.clone());
        let fingerprint = (self.could_be_twice && !partial.is_empty()).then(|| partial.fingerprint());
        if faults.is_empty() {
            let mut sums = self.sums.lock().expect(NOT_POISONED);
            if let Ok(sum) = &mut *sums
                && sum.merge(partial).is_err()
            {
                *sums = Err(FoldError::TooLarge);
            }
        }
        let input = InputFile {
            path: file.name.clone(),
            bytes: seal.bytes,
            sha256: seal.sha256,
            rows: totals.rows,
            other_month_rows: totals.other_month_rows,
            rounded_inputs: totals.rounded_inputs,
            unblended: totals.unblended,
        };
        Ok(FoldedFile { input, sources, fingerprint, faults })
    }

    /// Everything, or the faults of all files in the order of their names.
    fn into_result(self) -> Result<Folded, FoldError> {
        let files = self.files.into_inner().expect(NOT_POISONED);
        let (mut inputs, mut sources, mut fingerprints) = (Vec::new(), Vec::new(), Vec::new());
        let (mut faults, mut more): (Vec<Fault>, u64) = (Vec::new(), 0);
        for file in files {
            let file = file.expect("every file of the plan was folded")?;
            let (kept, uncounted) = file.faults.into_parts();
            faults.extend(kept);
            more += uncounted;
            inputs.push(file.input);
            sources.push(file.sources);
            fingerprints.push(file.fingerprint);
        }
        IngestError::unless_clean(faults, more)?;
        let sums = self.sums.into_inner().expect(NOT_POISONED)?;
        Ok(Folded { sums, inputs, sources, fingerprints })
    }
}

const NOT_POISONED: &str = "a thread that stops stops the scope before anybody looks here";
