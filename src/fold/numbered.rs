//! Values of a column in a row group, numbered in the order in which they first come. Most rows repeat the one before, so
//! rows are kept as runs.

use std::collections::HashMap;
use std::hash::Hash;

use super::coded::Places;
use crate::usage::{Sym, SymbolTable};

/// Rows that follow each other and have the same value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// The value's place among the distinct ones.
    place: u16,
    /// How many rows follow the first: one less than the run has, so that a run of a whole row group fits.
    following: u16,
}

/// What does not fit a run does not fit a row group.
const TOO_MANY: &str = "a row group has at most 65,536 rows";

impl Run {
    fn new(place: u16, rows: usize) -> Self {
        Self { place, following: u16::try_from(rows - 1).expect(TOO_MANY) }
    }

    pub(super) fn place(self) -> u32 {
        u32::from(self.place)
    }

    pub(super) fn rows(self) -> usize {
        usize::from(self.following) + 1
    }
}

/// Values being numbered. Neighbouring runs have different values.
#[derive(Clone, Debug)]
pub(super) struct Numbered<K> {
    runs: Vec<Run>,
    distinct: Vec<K>,
    last: Option<K>,
}

impl<K: Copy + Eq> Numbered<K> {
    pub(super) const fn new() -> Self {
        Self { runs: Vec::new(), distinct: Vec::new(), last: None }
    }

    /// Adds rows, at least one, of one value. `place_of` says its place, which is the one it is given where it is new.
    pub(super) fn add(&mut self, value: K, rows: usize, place_of: impl FnOnce(u16) -> u16) {
        let last = self.runs.last().map(|run| run.place).filter(|_| self.last == Some(value));
        let place = last.unwrap_or_else(|| self.place(value, place_of));
        self.last = Some(value);
        match self.runs.last_mut() {
            Some(run) if run.place == place => *run = Run::new(place, run.rows() + rows),
            _ => self.runs.push(Run::new(place, rows)),
        }
    }

    fn place(&mut self, value: K, place_of: impl FnOnce(u16) -> u16) -> u16 {
        let next = u16::try_from(self.distinct.len()).expect(TOO_MANY);
        let place = place_of(next);
        if place == next {
            self.distinct.push(value);
        }
        place
    }

    /// In the order in which they first come.
    pub(super) fn distinct(&self) -> &[K] {
        &self.distinct
    }

    /// As what is written, with the values as Parquet has them.
    pub(super) fn places(&self, bounds: Option<[Vec<u8>; 2]>, mut write: impl FnMut(K, &mut Vec<u8>)) -> Places {
        let mut dictionary = Vec::new();
        for value in &self.distinct {
            write(*value, &mut dictionary);
        }
        let values = u32::try_from(self.distinct.len()).expect(TOO_MANY);
        Places { runs: self.runs.clone(), values, dictionary, bounds }
    }

    /// The same of some of the rows, as if only these had been numbered. `kept_before`: by row, and for one more than
    /// there are, how many of those before it are kept.
    pub(super) fn of_some(&self, kept_before: &[usize]) -> Self {
        let mut places: Vec<Option<u16>> = vec![None; self.distinct.len()];
        let mut some = Self::new();
        let mut start = 0;
        for run in &self.runs {
            let end = start + run.rows();
            let kept = kept_before[end] - kept_before[start];
            if kept > 0 {
                let place = usize::from(run.place);
                some.add(self.distinct[place], kept, |next| *places[place].get_or_insert(next));
            }
            start = end;
        }
        some
    }
}

impl<K: Copy + Eq + Hash> Numbered<K> {
    pub(super) fn by_hash(rows: impl Iterator<Item = K>) -> Self {
        let mut known: HashMap<K, u16, ahash::RandomState> = HashMap::default();
        let mut numbered = Self::new();
        for value in rows {
            numbered.add(value, 1, |next| *known.entry(value).or_insert(next));
        }
        numbered
    }
}

impl Numbered<Sym> {
    /// Runs of symbols of a table, each with how many rows it has.
    pub(super) fn of_symbols(symbols: &SymbolTable, runs: impl Iterator<Item = (Sym, usize)>) -> Self {
        let mut known: Vec<Option<u16>> = vec![None; symbols.len()];
        let mut numbered = Self::new();
        for (symbol, rows) in runs {
            numbered.add(symbol, rows, |next| *known[symbol.index()].get_or_insert(next));
        }
        numbered
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbered(values: &[u8]) -> Numbered<u8> {
        Numbered::by_hash(values.iter().copied())
    }

    fn values(numbered: &Numbered<u8>) -> Vec<u8> {
        let value = |run: &Run| std::iter::repeat_n(numbered.distinct[usize::from(run.place)], run.rows());
        numbered.runs.iter().flat_map(value).collect()
    }

    #[test]
    fn a_row_group_of_one_value_and_one_of_all_different_ones_fit() {
        let one = Numbered::by_hash(std::iter::repeat_n(7_u32, 65_536));
        assert_eq!((one.runs.len(), one.runs[0].rows(), one.distinct.len()), (1, 65_536, 1));
        let all = Numbered::by_hash(0..65_536_u32);
        assert_eq!((all.runs.len(), all.runs[65_535].place(), all.distinct.len()), (65_536, 65_535, 65_536));
    }

    proptest! {
        #[test]
        fn some_rows_are_numbered_as_if_there_were_no_others(
            rows in prop::collection::vec((0_u8..5, any::<bool>(), 1_usize..4), 0..40),
        ) {
            let rows: Vec<(u8, bool)> =
                rows.iter().flat_map(|(value, is_kept, times)| std::iter::repeat_n((*value, *is_kept), *times)).collect();
            let all: Vec<u8> = rows.iter().map(|(value, _)| *value).collect();
            let whole = numbered(&all);
            prop_assert_eq!(values(&whole), all);
            prop_assert!(whole.runs.windows(2).all(|pair| pair[0].place != pair[1].place));

            let kept: Vec<u8> = rows.iter().filter(|(_, is_kept)| *is_kept).map(|(value, _)| *value).collect();
            let kept_before: Vec<usize> =
                (0..=rows.len()).map(|row| rows[..row].iter().filter(|(_, is_kept)| *is_kept).count()).collect();
            let (some, expected) = (whole.of_some(&kept_before), numbered(&kept));
            prop_assert_eq!(&some.runs, &expected.runs);
            prop_assert_eq!(&some.distinct, &expected.distinct);
            prop_assert_eq!(values(&some), kept);
        }
    }
}
