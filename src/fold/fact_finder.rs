use std::collections::HashMap;

use ahash::RandomState;

use super::fold_terms::FoldTerms;
use super::key_parts::{KeyParts, ShortKey, at};
use super::row_keys::RowKeys;
use super::tables::Interner;
use crate::ingest::{FaultList, Row};
use crate::money::Usd;
use crate::usage::{Facts, Measures, Sym};

/// Finds the fact of every row again, by the key that [`FileFold`](super::FileFold) makes, and counts what it finds.
///
/// Its memory follows the number of facts, not of rows.
#[derive(Debug)]
pub struct FactFinder<'a> {
    facts: &'a Facts,
    keys: RowKeys<'a>,
    /// The texts of the facts under their own symbols; then those that no fact has.
    texts: Interner,
    parts: KeyParts,
    /// The texts of `texts` as symbols of the facts.
    symbols: Vec<Sym>,
    places: HashMap<ShortKey, u32, RandomState>,
    counts: Vec<FactCount>,
}

/// The rows that were found for a fact.
#[derive(Clone, Copy, Debug)]
pub struct FactCount {
    /// Place in the facts; absent where no fact has the key of the rows.
    pub fact: Option<usize>,
    /// How many rows.
    pub rows: u64,
    /// Their `lineItem/UnblendedCost`.
    pub unblended: Usd,
}

/// What a row is to the facts.
#[derive(Clone, Copy, Debug)]
pub enum FoundRow {
    /// A row of the fact at this place, with its measures.
    Of(usize, Measures),
    /// A row of the month that belongs to no fact.
    Unknown,
    /// Of another month, or refused.
    Outside,
}

impl<'a> FactFinder<'a> {
    /// Before the first row. `terms` are those that the facts were made with: see [`FoldTerms::of_facts`].
    pub fn new(facts: &'a Facts, terms: &'a FoldTerms) -> Self {
        let mut texts = Interner::new();
        // In the order of the symbols, so that a text that the facts have keeps its symbol.
        for text in facts.symbols.texts() {
            texts.intern(text.as_bytes()).expect("it is text");
        }
        Self {
            facts,
            keys: RowKeys::new(terms),
            texts,
            parts: KeyParts::new(),
            symbols: (0..).map(Sym).take(facts.symbols.len()).collect(),
            places: HashMap::with_hasher(RandomState::new()),
            counts: Vec::new(),
        }
    }

    /// Finds the fact of a row, or says what is wrong with the row.
    pub fn find(&mut self, row: &Row<'_>, faults: &mut FaultList) -> FoundRow {
        let keyed = match self.keys.of_row(row, &mut self.texts, &mut self.parts) {
            Ok(Some(keyed)) => keyed,
            Ok(None) => return FoundRow::Outside,
            Err(bad) => {
                self.keys.tell(row, bad, faults);
                return FoundRow::Outside;
            }
        };
        let place = self.place_of(keyed.short);
        let count = &mut self.counts[at(place)];
        count.rows += 1;
        // Of sound reports the sum is that of the fact, which fits: others are refused by their counts.
        let sum = count.unblended.units().wrapping_add(keyed.measures.unblended.units());
        count.unblended = Usd::from_units(sum);
        count.fact.map_or(FoundRow::Unknown, |fact| FoundRow::Of(fact, keyed.measures))
    }

    /// What was found; a fact may stand here more than once.
    pub fn counts(&self) -> &[FactCount] {
        &self.counts
    }

    fn place_of(&mut self, short: ShortKey) -> u32 {
        if let Some(&place) = self.places.get(&short) {
            return place;
        }
        const OF_NO_FACT: Sym = Sym(u32::MAX);
        self.symbols.resize(self.texts.len(), OF_NO_FACT);
        let key = self.parts.lengthen(short, &self.symbols);
        let fact = self.facts.facts.binary_search_by(|fact| fact.key.cmp(&key)).ok();
        let place = u32::try_from(self.counts.len()).expect("a month has fewer than 2^32 keys");
        self.places.insert(short, place);
        self.counts.push(FactCount { fact, rows: 0, unblended: Usd::ZERO });
        place
    }
}
