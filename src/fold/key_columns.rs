//! The texts of keys, turned into columns: neighbours share most of them, since facts are sorted.

use rayon::prelude::*;

use super::key_texts::{TEXT_COUNT, texts_of};
use super::numbered::Numbered;
use crate::usage::{Fact, Sym, SymbolTable};

/// Facts that are turned at once.
const BLOCK: usize = 4_096;

/// The texts of the keys of a row group, column by column, numbered as they are written.
#[derive(Clone, Debug)]
pub struct KeyColumns {
    columns: Vec<Numbered<Sym>>,
    rows: usize,
}

impl KeyColumns {
    /// Turns facts, whose texts are in `symbols`.
    pub(super) fn of(symbols: &SymbolTable, rows: &[&Fact]) -> Self {
        let blocks: Vec<[Vec<(Sym, usize)>; TEXT_COUNT]> = rows.par_chunks(BLOCK).map(runs_of_texts).collect();
        let column = |place: usize| {
            let runs = blocks.iter().flat_map(|block| block[place].iter().copied());
            Numbered::of_symbols(symbols, runs)
        };
        Self { columns: (0..TEXT_COUNT).into_par_iter().map(column).collect(), rows: rows.len() }
    }

    /// The same of some of the rows, which are named by their places, in order: quicker than to turn them anew.
    pub fn of_some(&self, places: &[usize]) -> Self {
        assert!(places.is_sorted_by(|one, next| one < next), "places ascend: else keys would stand beside other facts");
        let mut kept_before = vec![0_usize; self.rows + 1];
        for place in places {
            kept_before[place + 1] = 1;
        }
        let mut kept = 0;
        for before in &mut kept_before {
            kept += *before;
            *before = kept;
        }
        let columns = self.columns.par_iter().map(|column| column.of_some(&kept_before)).collect();
        Self { columns, rows: places.len() }
    }

    /// In the order of [`texts_of`].
    pub(super) fn columns(&self) -> &[Numbered<Sym>] {
        &self.columns
    }
}

/// By text of the key: which it is, and how many facts go on having it.
fn runs_of_texts(rows: &[&Fact]) -> [Vec<(Sym, usize)>; TEXT_COUNT] {
    let mut runs: [Vec<(Sym, usize)>; TEXT_COUNT] = std::array::from_fn(|_| Vec::new());
    let mut starts = [0_usize; TEXT_COUNT];
    let Some(first) = rows.first() else { return runs };
    let mut open = texts_of(&first.key);
    for (row, fact) in rows.iter().enumerate().skip(1) {
        let texts = texts_of(&fact.key);
        for place in 0..TEXT_COUNT {
            if texts[place] != open[place] {
                runs[place].push((open[place], row - starts[place]));
                starts[place] = row;
            }
        }
        open = texts;
    }
    for place in 0..TEXT_COUNT {
        runs[place].push((open[place], rows.len() - starts[place]));
    }
    runs
}
