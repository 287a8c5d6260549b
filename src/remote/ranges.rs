use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::Arc;

use bytes::{Buf, Bytes};
use tokio::task::JoinHandle;

use super::object::Inner;
use crate::ingest::StoreError;

/// Reads an object from a place on, in order, while several requests run ahead. So many parts are in memory as requests
/// may run, and one more.
pub(super) struct RangedReader {
    object: Arc<Inner>,
    /// What the next request will ask for.
    next: u64,
    running: VecDeque<JoinHandle<Result<Bytes, StoreError>>>,
    current: Bytes,
}

impl RangedReader {
    pub(super) fn from(object: &Arc<Inner>, start: u64) -> Self {
        Self { object: Arc::clone(object), next: start, running: VecDeque::new(), current: Bytes::new() }
    }

    fn run_ahead(&mut self) {
        let transfer = self.object.bucket.transfer;
        while self.next < self.object.bytes && (self.running.len() as u64) < transfer.requests_per_object {
            let length = transfer.part_bytes.min(self.object.bytes - self.next);
            let (object, start) = (Arc::clone(&self.object), self.next);
            let part = usize::try_from(length).expect("the settings limit the size of a part");
            self.running.push_back(self.object.bucket.network.spawn(async move { object.fetch(start, part).await }));
            self.next += length;
        }
    }
}

impl Read for RangedReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.current.is_empty() {
            self.run_ahead();
            let Some(part) = self.running.pop_front() else { return Ok(0) };
            let fetched = self.object.bucket.network.wait(part);
            self.current = fetched.map_err(|_| io::Error::other("a request was stopped"))??;
        }
        let count = buffer.len().min(self.current.len());
        self.current.copy_to_slice(&mut buffer[..count]);
        Ok(count)
    }
}

/// Nobody waits for the rest.
impl Drop for RangedReader {
    fn drop(&mut self) {
        for request in &self.running {
            request.abort();
        }
    }
}
