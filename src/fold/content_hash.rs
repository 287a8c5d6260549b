//! A SHA-256 of what facts say, so that a damaged file cannot pass for a whole one.

use sha2::{Digest, Sha256};

use super::key_texts::texts_of;
use super::partial::amounts_of;
use crate::hexadecimal::hexadecimal;
use crate::usage::{Fact, Facts, SymbolTable};

/// The hash of texts, keys and measures, which does not depend on how they are stored.
pub(super) struct ContentHash {
    hash: Sha256,
    bytes: Vec<u8>, // Of one fact: the hash takes many bytes at once faster.
}

impl ContentHash {
    /// Before the first fact.
    pub(super) fn new(symbols: &SymbolTable) -> Self {
        let mut hash = Sha256::new();
        for text in symbols.texts() {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
        Self { hash, bytes: Vec::new() }
    }

    /// Adds a fact, in the order of keys.
    pub(super) fn add(&mut self, fact: &Fact) {
        let bytes = &mut self.bytes;
        bytes.clear();
        let (key, sums) = (&fact.key, &fact.measures);
        for text in texts_of(key) {
            bytes.extend(text.0.to_le_bytes());
        }
        let interval_start = key.interval_start.map_or(i64::MIN, |start| start.seconds());
        for seconds in
            [key.price_instant.seconds(), interval_start, sums.first_start.seconds(), sums.last_end.seconds()]
        {
            bytes.extend(seconds.to_le_bytes());
        }
        bytes.extend(key.usage_month.to_number().to_le_bytes());
        bytes.extend([u8::from(key.is_cost_zero), u8::from(key.has_public_cost), key.description_class as u8]);
        bytes.extend(sums.rows.to_le_bytes());
        bytes.extend(sums.net_rows.to_le_bytes());
        for units in amounts_of(sums) {
            bytes.extend(units.to_le_bytes());
        }
        self.hash.update(&*bytes);
    }

    /// In hexadecimal.
    pub(super) fn finish(self) -> String {
        hexadecimal(&self.hash.finalize())
    }
}

/// The hash of all facts.
pub(super) fn content_hash(facts: &Facts) -> String {
    let mut hash = ContentHash::new(&facts.symbols);
    facts.facts.iter().for_each(|fact| hash.add(fact));
    hash.finish()
}
