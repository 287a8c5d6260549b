use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::error::FoldError;
use super::file_fold::FileFold;
use super::fold_terms::FoldTerms;
use super::loose_files::{Sources, file_faults};
use super::memory::Memory;
use super::month_facts::MonthFacts;
use super::never_invoiced::never_invoiced;
use super::spill::{SpillingSum, add_file};
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

/// The facts of a month, perhaps still on disk, and what they were made of.
pub struct FoldedMonth {
    /// The facts.
    pub facts: MonthFacts,
    /// The files, by path.
    pub inputs: Vec<InputFile>,
    /// The payers of the month's rows.
    pub payers: BTreeSet<String>,
}

/// The payers of the rows of a month.
pub(super) fn payers_of(sources: &Sources, period: BillingPeriod) -> BTreeSet<String> {
    let of_month = sources.iter().flatten().filter(|(_, month)| *month == period);
    of_month.map(|(payer, _)| payer.clone()).collect()
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
    let FoldedMonth { facts, inputs, .. } = fold_within(plan, limits, &Memory::UNLIMITED, price_instants, progress)?;
    Ok(FoldOutcome { facts: facts.into_facts()?, inputs })
}

/// The same with a limit for the sums in memory: what is more is put on disk. The facts are the same.
pub fn fold_within(
    plan: &ReportPlan,
    limits: &Limits,
    memory: &Memory<'_>,
    price_instants: &PriceInstants,
    progress: &dyn Progress,
) -> Result<FoldedMonth, FoldError> {
    let folded = fold_files(plan, limits, memory, price_instants, progress)?;
    let faults = file_faults(plan, &folded.inputs, &folded.sources, &folded.fingerprints);
    IngestError::unless_clean(faults, 0)?;
    IngestError::unless_clean(never_invoiced(plan, &folded.sources, &folded.sums.payers_without_invoice()), 0)?;
    let facts = folded.sums.into_facts(plan.period, price_instants.clone())?;
    let payers = payers_of(&folded.sources, plan.period);
    Ok(FoldedMonth { facts, inputs: folded.inputs, payers })
}

/// Folds the files of a plan, and does not compare them with each other.
pub(super) fn fold_files<'m>(
    plan: &ReportPlan,
    limits: &Limits,
    memory: &'m Memory<'m>,
    price_instants: &PriceInstants,
    progress: &dyn Progress,
) -> Result<FoldedFiles<'m>, FoldError> {
    let terms = FoldTerms::new(plan.period, price_instants);
    let shared = Shared::new(plan, limits, &terms, memory, progress);
    rayon::scope(|scope| {
        for _ in 0..rayon::current_num_threads().min(plan.files.len()) {
            scope.spawn(|_| shared.work());
        }
    });
    shared.into_result()
}

/// A file that was folded.
struct FoldedFile {
    input: InputFile,
    sources: BTreeSet<(String, BillingPeriod)>,
    /// Where two files could be one: see [`Fingerprint`](super::fingerprint::Fingerprint).
    fingerprint: Option<u128>,
    faults: FaultList,
}

/// All files, folded, in the order of the plan.
pub(super) struct FoldedFiles<'m> {
    pub(super) sums: SpillingSum<'m>,
    pub(super) inputs: Vec<InputFile>,
    pub(super) sources: Sources,
    pub(super) fingerprints: Vec<Option<u128>>,
}

/// What the threads have in common.
struct Shared<'a, 'm> {
    plan: &'a ReportPlan,
    limits: &'a Limits,
    terms: &'a FoldTerms,
    memory: &'m Memory<'m>,
    progress: &'a dyn Progress,
    /// Places of the files, the largest first: a large one begun last would be waited for.
    order: Vec<usize>,
    next: AtomicUsize,
    /// Whether a file may be another one packed or ordered otherwise: parts of deliveries are not.
    could_be_twice: bool,
    threads: usize,
    sums: Mutex<Result<SpillingSum<'m>, FoldError>>,
    files: Mutex<Vec<Option<Result<FoldedFile, FoldError>>>>,
}

impl<'a, 'm> Shared<'a, 'm> {
    fn new(
        plan: &'a ReportPlan,
        limits: &'a Limits,
        terms: &'a FoldTerms,
        memory: &'m Memory<'m>,
        progress: &'a dyn Progress,
    ) -> Self {
        let mut order: Vec<usize> = (0..plan.files.len()).collect();
        order.sort_by_key(|&place| std::cmp::Reverse(plan.files[place].bytes));
        Self {
            plan,
            limits,
            terms,
            memory,
            progress,
            order,
            next: AtomicUsize::new(0),
            could_be_twice: plan.files.iter().any(|file| !matches!(file.origin, Origin::Delivered(_))),
            threads: rayon::current_num_threads(),
            sums: Mutex::new(Ok(SpillingSum::new(memory, memory.shared_facts()))),
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
        let mut fold = FileFold::new(self.terms, self.memory, self.memory.file_facts(self.threads));
        let seal = read_report(file, self.limits, self.progress, with_second_thread, &mut fold, &mut faults)?;
        let sum = fold.into_sum(&mut faults)?;
        let (totals, sources) = (sum.partial.totals, sum.partial.sources.clone());
        let is_sound = faults.is_empty(); // Else nothing will be added up.
        let fingerprint = if is_sound { add_file(&self.sums, sum, self.could_be_twice)? } else { None };
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
    fn into_result(self) -> Result<FoldedFiles<'m>, FoldError> {
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
        Ok(FoldedFiles { sums, inputs, sources, fingerprints })
    }
}

const NOT_POISONED: &str = "a thread that stops stops the scope before anybody looks here";
