use std::hash::Hash;

use ahash::RandomState;

use super::key_parts::{KeyParts, Part, ShortKey, TEXT_PARTS, at};
use super::partial::amounts_of;
use super::tables::Interner;
use crate::usage::Measures;

/// A number that files with the same rows of the month have in common, whatever their packing and order.
///
/// Each key is added once, with all its sums. It is compared among files that one build of this
/// program has read: another may make another.
pub(super) struct Fingerprint {
    /// Texts and parts are hashed once each, not once per key: keys of an hour are many, their parts are few.
    text_parts: [Vec<u128>; TEXT_PARTS],
    fixed: Vec<u128>,
    sum: u128,
}

impl Fingerprint {
    pub(super) fn new(texts: &Interner, parts: &KeyParts) -> Self {
        let texts: Vec<u128> = texts.texts().iter().map(digest_of).collect();
        let text_parts = parts.texts.each_ref().map(|table| {
            let part = |part: &Part| digest_of(&part.map(|symbol| texts[symbol.index()]));
            table.values().iter().map(part).collect::<Vec<u128>>()
        });
        let fixed = parts.fixed.values().iter().map(digest_of).collect();
        Self { text_parts, fixed, sum: 0 }
    }

    pub(super) fn add(&mut self, short: ShortKey, measures: &Measures) {
        let words: [u128; TEXT_PARTS] = std::array::from_fn(|part| self.text_parts[part][at(short[part])]);
        let counts = (measures.rows, measures.net_rows, measures.first_start, measures.last_end);
        let digest = digest_of(&(words, self.fixed[at(short[TEXT_PARTS])], counts, amounts_of(measures)));
        self.sum = self.sum.wrapping_add(digest);
    }

    pub(super) const fn number(&self) -> u128 {
        self.sum
    }
}

/// A number that different values hardly ever have in common: two numbers of a quick hash, with keys that are always
/// the same.
fn digest_of(value: &(impl Hash + ?Sized)) -> u128 {
    // The first digits of pi: no key of one half is a key of the other.
    let left =
        RandomState::with_seeds(0x243F_6A88_85A3_08D3, 0x1319_8A2E_0370_7344, 0xA409_3822_299F_31D0, 0x082E_FA98);
    let right =
        RandomState::with_seeds(0xEC4E_6C89_4528_21E6, 0x38D0_1377_BE54_66CF, 0x34E9_0C6C_C0AC_29B7, 0xC97C_50DD);
    (u128::from(left.hash_one(value)) << 64) | u128::from(right.hash_one(value))
}
