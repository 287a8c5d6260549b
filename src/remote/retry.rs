use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::Duration;

use crate::ingest::{StoreError, StoreFault};
use crate::reference::S3Transfer;

/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// How an attempt ended that did not succeed.
pub(super) enum Failure {
    /// Another attempt may succeed; what happened, for people.
    Passing(String),
    /// None will.
    Final(StoreError),
}

/// The attempts at one thing.
pub(super) struct Attempts<'a> {
    transfer: S3Transfer,
    /// What it is about, for people.
    address: &'a str,
    made: u64,
}

impl<'a> Attempts<'a> {
    pub(super) fn at(address: &'a str, transfer: S3Transfer) -> Self {
        Self { transfer, address, made: 0 }
    }

    /// Waits before the next attempt; an error where none is left, or none would help.
    pub(super) async fn after(&mut self, failure: Failure) -> Result<(), StoreError> {
        let reason = match failure {
            Failure::Final(error) => return Err(error),
            Failure::Passing(reason) => reason,
        };
        self.made += 1;
        if self.made >= self.transfer.attempts {
            let (address, made) = (self.address, self.made);
            let text = format!(
                "{address}: {reason}; tried {made} times; check the network and the endpoint, then run the command again"
            );
            return Err(StoreError { fault: StoreFault::Failed, text });
        }
        tokio::time::sleep(pause(self.transfer.first_pause_ms, self.made, RandomState::new().build_hasher().finish()))
            .await;
        Ok(())
    }
}

/// Twice as long each time, and by chance up to a half shorter: many readers that failed together do not come back
/// together.
pub(super) fn pause(first_ms: u64, attempt: u64, chance: u64) -> Duration {
    let doubled = u32::try_from(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
    let longest = first_ms.saturating_mul(2_u64.saturating_pow(doubled));
    let longest = longest.min(u64::try_from(LONGEST_PAUSE.as_millis()).unwrap_or(u64::MAX));
    Duration::from_millis(longest - chance % (longest / 2 + 1))
}
