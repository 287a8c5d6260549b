//! The seal of the head of a facts file: a hash of everything that it says beside the facts.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::hexadecimal::hexadecimal;

/// The last entry: the hash of all others.
pub(super) const SEAL_KEY: &str = "seikyu.head_sha256";

/// The hash of what a head says, but for its own seal.
pub(super) fn seal_of(pairs: &BTreeMap<String, String>) -> String {
    let mut hash = Sha256::new();
    for (key, value) in pairs.iter().filter(|(key, _)| key.starts_with("seikyu.") && *key != SEAL_KEY) {
        for text in [key, value] {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
    }
    hexadecimal(&hash.finalize())
}
