use super::error::FoldError;
use super::merged_runs::MergedRuns;
use super::partial::SumSizes;
use super::run_order::Canonical;
use crate::usage::{Fact, FactTally, Facts};

/// How many facts are handed on at once: a row group of a file of facts; one of charges has at most as many.
pub const CHUNK: usize = 65_536;

/// The facts of a month in their canonical order: in memory, or still on disk, where they are more than that.
pub struct MonthFacts {
    /// Everything but the facts, where these are on disk.
    head: Facts,
    aside: Option<MergedRuns<Canonical>>,
}

impl MonthFacts {
    pub(super) const fn here(facts: Facts) -> Self {
        Self { head: facts, aside: None }
    }

    pub(super) const fn aside(head: Facts, merged: MergedRuns<Canonical>) -> Self {
        Self { head, aside: Some(merged) }
    }

    /// Month, texts, price instants and totals. Its facts are not all of them.
    pub const fn head(&self) -> &Facts {
        &self.head
    }

    /// Hands on all facts, some after the other, each time with their texts; at the end refuses those that do not
    /// hold what was read. Nothing may count before that. Returns month, texts and totals, with the last facts.
    pub fn for_each_chunk<E: From<FoldError>>(self, mut take: impl FnMut(&Facts) -> Result<(), E>) -> Result<Facts, E> {
        let Self { mut head, aside } = self;
        let Some(mut merged) = aside else {
            head.check_totals().map_err(FoldError::from)?;
            take(&head)?;
            return Ok(head);
        };
        let mut checks = Checks::default();
        loop {
            head.facts.clear();
            while head.facts.len() < CHUNK
                && let Some(fact) = next_of(&mut merged)?
            {
                checks.add(&fact)?;
                head.facts.push(fact);
            }
            if head.facts.is_empty() {
                checks.tally.check(&head.totals).map_err(FoldError::from)?;
                return Ok(head);
            }
            take(&head)?;
        }
    }

    /// All of them in memory: what pricing needs.
    pub fn into_facts(self) -> Result<Facts, FoldError> {
        let Self { mut head, aside } = self;
        if let Some(mut merged) = aside {
            let mut checks = Checks::default();
            while let Some(fact) = next_of(&mut merged)? {
                checks.add(&fact)?;
                head.facts.push(fact);
            }
            head.facts.shrink_to_fit();
        }
        head.check_totals()?;
        Ok(head)
    }
}

fn next_of(merged: &mut MergedRuns<Canonical>) -> Result<Option<Fact>, FoldError> {
    let next = merged.next()?;
    Ok(next.map(|(short, measures)| Fact { key: merged.order.key_of(short), measures }))
}

/// What facts in memory are asked before anybody sees them, fact by fact.
#[derive(Default)]
struct Checks {
    sizes: SumSizes,
    tally: FactTally,
}

impl Checks {
    fn add(&mut self, fact: &Fact) -> Result<(), FoldError> {
        self.tally.add(&fact.measures);
        self.sizes.add(&fact.measures).ok_or(FoldError::TooLarge)
    }
}
