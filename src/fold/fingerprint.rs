use ahash::RandomState;

use super::key_parts::{KeyParts, Part, ShortKey, TEXT_PARTS, at};
use super::partial::amounts_of;
use super::tables::Interner;
use crate::usage::Measures;

/// A number that files with the same rows of the month have in common, whatever their packing and order.
///
/// Each key is added once, with all its sums, as a number of 64 bits that others hardly ever have. It is compared among
/// files that one build of this program has read: another may make another.
pub(super) struct Fingerprint {
    /// Texts and parts are hashed once each, not once per key: keys of an hour are many, their parts are few.
    text_parts: [Vec<u64>; TEXT_PARTS],
    fixed: Vec<u64>,
    hasher: RandomState,
    sum: u128,
}

impl Fingerprint {
    pub(super) fn new(texts: &Interner, parts: &KeyParts) -> Self {
        // The first digits of pi: the same for all files.
        let hasher =
            RandomState::with_seeds(0x243F_6A88_85A3_08D3, 0x1319_8A2E_0370_7344, 0xA409_3822_299F_31D0, 0x082E_FA98);
        let texts: Vec<u64> = texts.texts().iter().map(|text| hasher.hash_one(text)).collect();
        let text_parts = parts.texts.each_ref().map(|table| {
            let part = |part: &Part| hasher.hash_one(part.map(|symbol| texts[symbol.index()]));
            table.values().iter().map(part).collect::<Vec<u64>>()
        });
        let fixed = parts.fixed.values().iter().map(|fixed| hasher.hash_one(fixed)).collect();
        Self { text_parts, fixed, hasher, sum: 0 }
    }

    pub(super) fn add(&mut self, short: ShortKey, measures: &Measures) {
        let words: [u64; TEXT_PARTS] = std::array::from_fn(|part| self.text_parts[part][at(short[part])]);
        let counts = (measures.rows, measures.net_rows, measures.first_start, measures.last_end);
        let fact = (words, self.fixed[at(short[TEXT_PARTS])], counts, amounts_of(measures));
        self.sum += u128::from(self.hasher.hash_one(fact)); // In whatever order they come.
    }

    pub(super) const fn number(&self) -> u128 {
        self.sum
    }
}
