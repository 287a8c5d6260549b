//! How much memory the sums of a fold may take, and where the rest of them goes.

use std::fs::File;
use std::io;

/// Makes files to put sums aside, which vanish by themselves.
pub type ScratchFiles<'a> = &'a (dyn Fn() -> io::Result<File> + Sync);

/// What a fact takes in a table of sums that grows: 192 bytes of sums, its key, the free places of a hash table, and
/// its place in the order in which it is put aside.
const BYTES_OF_A_FACT: u64 = 320;

/// A limit for the sums that a fold holds at once. Texts and parts of keys, which are few, stay in memory anyway.
#[derive(Clone, Copy)]
pub struct Memory<'a> {
    /// About so many bytes.
    pub bytes: u64,
    /// Where what is more is put aside.
    pub scratch: ScratchFiles<'a>,
}

impl Memory<'static> {
    /// Everything is kept in memory.
    pub const UNLIMITED: Self = Self { bytes: u64::MAX, scratch: &never };
}

fn never() -> io::Result<File> {
    Err(io::Error::other("nothing is put aside where memory has no limit"))
}

impl Memory<'_> {
    /// The most facts of the shared sum: half of the limit.
    pub(super) fn shared_facts(&self) -> usize {
        facts_of(self.bytes / 2)
    }

    /// The most facts of a file that is being read: the threads share the other half.
    pub(super) fn file_facts(&self, threads: usize) -> usize {
        facts_of(self.bytes / 2 / u64::try_from(threads.max(1)).unwrap_or(u64::MAX))
    }

    /// How much is read at once of each of so many runs: together a quarter of the limit at most.
    pub(super) fn run_buffer(&self, runs: usize) -> usize {
        let share = self.bytes / 4 / u64::try_from(runs.max(1)).unwrap_or(u64::MAX);
        usize::try_from(share.clamp(4 << 10, 1 << 20)).expect("it was clamped")
    }
}

fn facts_of(bytes: u64) -> usize {
    usize::try_from((bytes / BYTES_OF_A_FACT).max(1)).unwrap_or(usize::MAX)
}
