//! Sorted runs read together: each key once, with the sums of all runs.

use std::cmp::Ordering;

use super::error::FoldError;
use super::key_parts::ShortKey;
use super::memory::Memory;
use super::partial::add_checked;
use super::run_order::RunOrder;
use super::runs::{Control, RunReader, Runs};
use crate::usage::Measures;

/// The facts of runs that were put aside in the order `O`.
pub(super) struct MergedRuns<O> {
    runs: Runs,
    pub(super) order: O,
    readers: Vec<RunReader>,
    /// Per run its next fact with its rank; stale where the run has ended.
    heads: Vec<([u32; 4], ShortKey, Measures)>,
    /// A heap of the runs that have not ended: the one whose head comes first is at its top.
    heap: Vec<usize>,
    taken: Control,
}

impl<O: RunOrder> MergedRuns<O> {
    pub(super) fn of(runs: Runs, order: O, memory: &Memory<'_>) -> Result<Self, FoldError> {
        let buffer = memory.run_buffer(runs.len());
        let readers = (0..runs.len()).map(|run| runs.reader(run, buffer)).collect();
        let (heads, heap, taken) = (Vec::new(), Vec::new(), Control::default());
        let mut merged = Self { runs, order, readers, heads, heap, taken };
        for run in 0..merged.readers.len() {
            let head = merged.runs.next_of(&mut merged.readers[run]).map_err(FoldError::aside)?;
            let (short, measures) = head.expect("no run is empty");
            merged.heads.push((merged.order.rank(short), short, measures));
            merged.heap.push(run);
        }
        for place in (0..merged.heap.len() / 2).rev() {
            merged.sink(place);
        }
        Ok(merged)
    }

    /// The next key and its sums; at the end, whether everything came back that was put aside.
    pub(super) fn next(&mut self) -> Result<Option<(ShortKey, Measures)>, FoldError> {
        let Some((short, mut sum)) = self.take_head()? else {
            let is_whole = self.taken == *self.runs.control();
            return if is_whole { Ok(None) } else { Err(FoldError::aside(std::io::ErrorKind::InvalidData.into())) };
        };
        while self.heap.first().is_some_and(|run| self.heads[*run].1 == short) {
            if let Some((_, more)) = self.take_head()? {
                add_checked(&mut sum, &more).ok_or(FoldError::TooLarge)?;
            }
        }
        Ok(Some((short, sum)))
    }

    fn take_head(&mut self) -> Result<Option<(ShortKey, Measures)>, FoldError> {
        let Some(&run) = self.heap.first() else { return Ok(None) };
        let (_, short, measures) = self.heads[run];
        self.taken.add(&measures);
        match self.runs.next_of(&mut self.readers[run]).map_err(FoldError::aside)? {
            Some((next, sums)) => self.heads[run] = (self.order.rank(next), next, sums),
            None => {
                self.heap.swap_remove(0);
            }
        }
        self.sink(0);
        Ok(Some((short, measures)))
    }

    /// Puts the run at a place of the heap where it belongs among those below.
    fn sink(&mut self, mut place: usize) {
        loop {
            let below = [2 * place + 1, 2 * place + 2];
            let first = below
                .into_iter()
                .filter(|child| *child < self.heap.len())
                .min_by(|one, other| self.compare(self.heap[*one], self.heap[*other]));
            match first {
                Some(child) if self.compare(self.heap[child], self.heap[place]) == Ordering::Less => {
                    self.heap.swap(child, place);
                    place = child;
                }
                _ => return,
            }
        }
    }

    fn compare(&self, one: usize, other: usize) -> Ordering {
        let ((rank, short, _), (other_rank, other_short, _)) = (&self.heads[one], &self.heads[other]);
        rank.cmp(other_rank).then_with(|| self.order.among_equals(*short, *other_short))
    }
}
