//! A SHA-256 of what facts say, so that a damaged file cannot pass for a whole one.

use sha2::{Digest, Sha256};

use super::key_texts::texts_of;
use super::partial::amounts_of;
use crate::usage::Facts;

/// The hash of texts, keys and measures, in hexadecimal. It does not depend on how they are stored.
pub(super) fn content_hash(facts: &Facts) -> String {
    let mut hash = Sha256::new();
    for text in facts.symbols.texts() {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    for fact in &facts.facts {
        let (key, sums) = (&fact.key, &fact.measures);
        for text in texts_of(key) {
            hash.update(text.0.to_le_bytes());
        }
        let interval_start = key.interval_start.map_or(i64::MIN, |start| start.seconds());
        for seconds in
            [key.price_instant.seconds(), interval_start, sums.first_start.seconds(), sums.last_end.seconds()]
        {
            hash.update(seconds.to_le_bytes());
        }
        hash.update(key.usage_month.to_number().to_le_bytes());
        hash.update([u8::from(key.is_cost_zero), u8::from(key.has_public_cost), key.description_class as u8]);
        hash.update(sums.rows.to_le_bytes());
        hash.update(sums.net_rows.to_le_bytes());
        for units in amounts_of(sums) {
            hash.update(units.to_le_bytes());
        }
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
