use super::hash::sha256_of_texts;

/// What the first entry holds in the place of the hash of the one before.
pub(super) const NOTHING_BEFORE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

const CHAIN: &str = "seikyu ledger 1";

/// One entry of the ledger as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// 1, 2, 3 …
    pub number: u64,
    /// `inputs`, `document` or `carry`.
    pub kind: String,
    /// When it was recorded, UTC: `2025-06-05T01:02:03Z`.
    pub recorded_at: String,
    /// JSON; what it says depends on the kind.
    pub payload: String,
    /// The hash of the entry before.
    pub previous: String,
    /// SHA-256 of all of the above.
    pub hash: String,
}

impl Event {
    /// The entry after another.
    pub(super) fn after(last: Option<&Self>, kind: &str, recorded_at: &str, payload: String) -> Self {
        let number = last.map_or(1, |event| event.number + 1);
        let previous = last.map_or_else(|| NOTHING_BEFORE.to_owned(), |event| event.hash.clone());
        let (kind, recorded_at, hash) = (kind.to_owned(), recorded_at.to_owned(), String::new());
        let event = Self { number, kind, recorded_at, payload, previous, hash };
        Self { hash: event.right_hash(), ..event }
    }

    /// What its hash must be.
    pub(super) fn right_hash(&self) -> String {
        let number = self.number.to_string();
        sha256_of_texts(&[CHAIN, &number, &self.kind, &self.recorded_at, &self.payload, &self.previous])
    }

    /// What is wrong with it as the entry after another; nothing where it fits.
    pub(super) fn fault_after(&self, last: Option<&Self>) -> Option<String> {
        let expected = last.map_or(1, |event| event.number + 1);
        if self.number != expected {
            return Some(format!("entry {expected} is missing: entry {} stands in its place", self.number));
        }
        if self.hash != self.right_hash() {
            return Some(format!("entry {expected} ({}) is not what was recorded: its hash does not fit", self.kind));
        }
        let previous = last.map_or(NOTHING_BEFORE, |event| event.hash.as_str());
        (self.previous != previous).then(|| format!("entry {expected} does not follow the entry before it"))
    }
}
