use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::RowsError;
use crate::fold::{FactCount, FactFinder, FoldTerms, FoundRow};
use crate::ingest::{FaultList, IngestError, Limits, Progress, ReportFile, ReportPlan, Row, RowSink, read_report};
use crate::money::Usd;
use crate::usage::{Facts, Measures};

/// How many differences are told one by one.
const SHOWN: usize = 5;

/// What is done with the rows of a month, each with its fact. One taker works for one thread; rows come in no order.
pub trait RowTaker: Send {
    /// Takes a row of the fact at a place, or says what is wrong with it.
    fn take(&mut self, file: &ReportFile, fact: usize, measures: &Measures, row: &Row<'_>, faults: &mut FaultList);
}

/// Reads every file of a plan with the threads of the current rayon pool and gives each row of the month to a taker.
///
/// The takers are of use only where the rows agree with the facts: else they are refused here.
pub fn scan_rows<T: RowTaker>(
    plan: &ReportPlan,
    limits: &Limits,
    facts: &Facts,
    progress: &dyn Progress,
    new_taker: impl Fn() -> T + Sync,
) -> Result<Vec<T>, RowsError> {
    let terms = FoldTerms::of_facts(facts);
    let mut order: Vec<&ReportFile> = plan.files.iter().collect();
    order.sort_by_key(|file| std::cmp::Reverse(file.bytes)); // A large one begun last would be waited for.
    let threads = rayon::current_num_threads();
    let (next, read, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let work = || {
        let (finder, taker) = (FactFinder::new(facts, &terms), new_taker());
        let mut worker = Worker { finder, taker, file: None, unknown: None };
        loop {
            let turn = next.fetch_add(1, Ordering::Relaxed);
            let Some(&file) = order.get(turn) else { break };
            let mut faults = FaultList::new(&file.name);
            worker.file = Some(file);
            let is_thread_idle = order.len() - turn < threads;
            let sealed = read_report(file, limits, progress, is_thread_idle, &mut worker, &mut faults);
            let faults = sealed.map(|_| faults.into_parts());
            read.lock().expect(NOT_POISONED).push((file.name.as_str(), faults));
        }
        done.lock().expect(NOT_POISONED).push(worker);
    };
    rayon::scope(|scope| {
        for _ in 0..threads.min(order.len()) {
            scope.spawn(|_| work());
        }
    });
    let mut read = read.into_inner().expect(NOT_POISONED);
    read.sort_by_key(|(name, _)| *name);
    let (mut faults, mut more) = (Vec::new(), 0);
    for (_, found) in read {
        let (kept, uncounted) = found?;
        faults.extend(kept);
        more += uncounted;
    }
    IngestError::unless_clean(faults, more)?;
    let workers = done.into_inner().expect(NOT_POISONED);
    check_counts(facts, &workers)?;
    Ok(workers.into_iter().map(|worker| worker.taker).collect())
}

const NOT_POISONED: &str = "a thread that stops stops the scope before anybody looks here";

/// One thread.
struct Worker<'a, T> {
    finder: FactFinder<'a>,
    taker: T,
    file: Option<&'a ReportFile>,
    /// The first row that belongs to no fact.
    unknown: Option<(&'a str, u64)>,
}

impl<T: RowTaker> RowSink for Worker<'_, T> {
    fn take(&mut self, row: &Row<'_>, faults: &mut FaultList) {
        let file = self.file.expect("a file is named before it is read");
        match self.finder.find(row, faults) {
            FoundRow::Of(fact, measures) => self.taker.take(file, fact, &measures, row, faults),
            FoundRow::Unknown => {
                self.unknown.get_or_insert((&file.name, row.number()));
            }
            FoundRow::Outside => {}
        }
    }

    fn wants_detail(&self) -> bool {
        true
    }
}

/// Each fact has the rows and the dollars that it was folded from, and every row has a fact.
fn check_counts<T>(facts: &Facts, workers: &[Worker<'_, T>]) -> Result<(), RowsError> {
    let mut found = vec![(0_u64, 0_i128); facts.facts.len()];
    let mut unknown = 0;
    for FactCount { fact, rows, unblended } in workers.iter().flat_map(|worker| worker.finder.counts()) {
        match fact {
            Some(fact) => {
                found[*fact].0 += rows;
                found[*fact].1 = found[*fact].1.wrapping_add(unblended.units());
            }
            None => unknown += rows,
        }
    }
    let expected = facts.facts.iter().map(|fact| (fact.measures.rows, fact.measures.unblended.units()));
    let differing: Vec<usize> =
        expected.zip(&found).enumerate().filter(|(_, (one, other))| one != *other).map(|(place, _)| place).collect();
    if differing.is_empty() && unknown == 0 {
        return Ok(());
    }
    let shown = |&place: &usize| {
        let (key, measures) = (&facts.facts[place].key, &facts.facts[place].measures);
        let (rows, unblended) = (found[place].0, Usd::from_units(found[place].1));
        format!(
            "account {}, {} {}: {} rows and {} USD in the facts, {rows} rows and {unblended} USD in the reports",
            facts.text(key.account),
            facts.text(key.line_type_text),
            facts.text(key.usage_type),
            measures.rows,
            measures.unblended,
        )
    };
    let mut examples: Vec<String> = differing.iter().take(SHOWN).map(shown).collect();
    let first = workers.iter().filter_map(|worker| worker.unknown).min();
    examples.extend(first.map(|(file, row)| format!("{file}, row {row}: belongs to no fact")));
    Err(RowsError::OtherReports { differing: differing.len() as u64, unknown, examples })
}
