//! The sums of all files: in memory, and on disk where they are more than memory may hold.

use std::collections::BTreeSet;
use std::sync::Mutex;

use super::error::FoldError;
use super::fingerprint::Fingerprint;
use super::key_parts::{ShortKey, at};
use super::key_texts::Text;
use super::memory::Memory;
use super::merged_runs::MergedRuns;
use super::month_facts::MonthFacts;
use super::partial::{PartialFacts, translated};
use super::run_order::{ByNumber, Canonical, places_in};
use super::runs::Runs;
use crate::period::BillingPeriod;
use crate::usage::{Facts, Measures, PriceInstants};

/// How many facts of a file are added while nobody else adds.
const ADDED_AT_ONCE: usize = 1 << 16;

/// Sums of rows, of which a part may lie on disk. The tables of texts and key parts are those in memory.
pub(super) struct SpillingSum<'a> {
    memory: &'a Memory<'a>,
    most: usize,
    pub(super) partial: PartialFacts,
    runs: Option<Runs>,
    /// First parts of keys that facts with a cost have, as far as they were put aside.
    costly: BTreeSet<u32>,
}

impl<'a> SpillingSum<'a> {
    /// Holds so many facts at most.
    pub(super) fn new(memory: &'a Memory<'a>, most: usize) -> Self {
        Self { memory, most, partial: PartialFacts::default(), runs: None, costly: BTreeSet::new() }
    }

    /// Whether all facts are in memory.
    pub(super) const fn is_in_memory(&self) -> bool {
        self.runs.is_none()
    }

    /// Adds the sums of other rows, which are in memory.
    pub(super) fn merge(&mut self, other: PartialFacts) -> Result<(), FoldError> {
        if self.is_in_memory() && self.partial.len() + other.len() <= self.most {
            return Ok(self.partial.merge(other)?);
        }
        let numbers = self.partial.take_over(&other)?;
        other.sums().try_for_each(|(short, measures)| self.add(translated(&numbers, short), &measures))
    }

    /// Adds a fact whose key has parts of this table.
    fn add(&mut self, short: ShortKey, measures: &Measures) -> Result<(), FoldError> {
        self.partial.add_short(short, measures)?;
        if self.partial.len() >= self.most {
            self.put_aside()?;
        }
        Ok(())
    }

    /// Puts the sums on disk if they are as many as memory may hold.
    #[inline]
    pub(super) fn put_aside_if_full(&mut self) -> Result<(), FoldError> {
        if self.partial.len() >= self.most { self.put_aside() } else { Ok(()) }
    }

    #[cold]
    fn put_aside(&mut self) -> Result<(), FoldError> {
        let (shorts, sums) = self.partial.take_sums();
        let is_costly = |short: &&ShortKey| self.partial.parts.is_costly(**short);
        self.costly.extend(shorts.iter().filter(is_costly).map(|short| short[0]));
        let runs = match &mut self.runs {
            Some(runs) => runs,
            none => none.insert(Runs::new(self.memory.scratch).map_err(FoldError::aside)?),
        };
        let places = places_in(&ByNumber, &shorts);
        runs.push(places.iter().map(|place| (shorts[at(*place)], sums.get(*place)))).map_err(FoldError::aside)
    }

    /// Payers that have rows with a cost, and none of them an invoice id.
    pub(super) fn payers_without_invoice(&self) -> BTreeSet<String> {
        let parts = &self.partial.parts;
        let here = self.partial.keys().filter(|short| parts.is_costly(*short)).map(|short| short[0]);
        let costly: BTreeSet<u32> = self.costly.iter().copied().chain(here).collect();
        let texts = self.partial.texts.texts();
        let text_of = |part: u32, text: Text| texts[parts.texts[0].values()[at(part)][text as usize].index()];
        let payers = |has_invoice: bool| -> BTreeSet<&[u8]> {
            let those = costly.iter().filter(|part| text_of(**part, Text::invoice_id).is_empty() != has_invoice);
            those.map(|part| text_of(*part, Text::payer)).collect()
        };
        let without = payers(false);
        without.difference(&payers(true)).map(|payer| String::from_utf8_lossy(payer).into_owned()).collect()
    }

    /// What was summed, in its canonical order.
    pub(super) fn into_facts(
        mut self,
        period: BillingPeriod,
        price_instants: PriceInstants,
    ) -> Result<MonthFacts, FoldError> {
        let Some(runs) = self.take_runs()? else {
            return Ok(MonthFacts::here(self.partial.into_facts(period, price_instants)?));
        };
        let (symbols, order, totals) = self.partial.into_order();
        let head = Facts { period, symbols, facts: Vec::new(), price_instants, totals };
        let sorted = sort_anew(runs, &order, self.memory)?;
        Ok(MonthFacts::aside(head, MergedRuns::of(sorted, order, self.memory)?))
    }

    /// All runs, the sums that are still in memory among them; nothing where all are in memory.
    fn take_runs(&mut self) -> Result<Option<Runs>, FoldError> {
        if self.runs.is_some() && !self.partial.is_empty() {
            self.put_aside()?;
        }
        Ok(self.runs.take())
    }
}

/// Adds what a file was summed up to; tells its fingerprint, if that is wanted and the file has facts.
pub(super) fn add_file(
    shared: &Mutex<Result<SpillingSum<'_>, FoldError>>,
    mut file: SpillingSum<'_>,
    wants_fingerprint: bool,
) -> Result<Option<u128>, FoldError> {
    let locked = |add: &mut dyn FnMut(&mut SpillingSum<'_>) -> Result<(), FoldError>| {
        let mut shared = shared.lock().expect("a thread that stops stops the scope before anybody looks here");
        let added = shared.as_mut().map_or(Ok(()), add); // Where it has failed already, that is told at the end.
        if let Err(error) = added {
            *shared = Err(error);
        }
    };
    let Some(runs) = file.take_runs()? else {
        let has_one = wants_fingerprint && !file.partial.is_empty();
        let fingerprint = has_one.then(|| file.partial.fingerprint());
        let mut partial = Some(file.partial);
        locked(&mut |sum| partial.take().map_or(Ok(()), |partial| sum.merge(partial)));
        return Ok(fingerprint);
    };
    let mut fingerprint = wants_fingerprint.then(|| Fingerprint::new(&file.partial.texts, &file.partial.parts));
    let mut numbers = None;
    locked(&mut |sum| {
        numbers = Some(sum.partial.take_over(&file.partial)?);
        Ok(())
    });
    let Some(numbers) = numbers else { return Ok(None) };
    let mut merged = MergedRuns::of(runs, ByNumber, file.memory)?;
    let mut batch: Vec<(ShortKey, Measures)> = Vec::new();
    loop {
        while batch.len() < ADDED_AT_ONCE
            && let Some((short, measures)) = merged.next()?
        {
            fingerprint.iter_mut().for_each(|fingerprint| fingerprint.add(short, &measures));
            batch.push((translated(&numbers, short), measures));
        }
        if batch.is_empty() {
            return Ok(fingerprint.map(|fingerprint| fingerprint.number()));
        }
        locked(&mut |sum| batch.drain(..).try_for_each(|(short, measures)| sum.add(short, &measures)));
        batch.clear();
    }
}

/// The same runs in their canonical order, which is known only when all texts are.
fn sort_anew(runs: Runs, order: &Canonical, memory: &Memory<'_>) -> Result<Runs, FoldError> {
    let mut sorted = Runs::new(memory.scratch).map_err(FoldError::aside)?;
    for run in 0..runs.len() {
        let (shorts, sums) = runs.read(run).map_err(FoldError::aside)?;
        let places = places_in(order, &shorts);
        let facts = places.iter().map(|place| (shorts[at(*place)], sums[at(*place)]));
        sorted.push(facts).map_err(FoldError::aside)?;
    }
    if sorted.control() == runs.control() {
        Ok(sorted)
    } else {
        Err(FoldError::aside(std::io::ErrorKind::InvalidData.into()))
    }
}
