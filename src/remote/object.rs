use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Read};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::{Bytes, BytesMut};

use super::Bucket;
use super::ranges::RangedReader;
use super::retry::{Attempts, Failure};
use crate::ingest::{StoreError, StoredObject};

const PERMISSION: &str = "s3:GetObject";
/// How many times the timeout one attempt at a range may take where bytes do come: else one by one for days.
const SLOWEST: u32 = 20;
const NOT_POISONED: &str = "nobody stops while it is held";

/// An object in the version that was listed.
pub struct S3Object {
    inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) bucket: Arc<Bucket>,
    pub(super) key: String,
    pub(super) address: String,
    /// With the quotes in which the store writes it.
    pub(super) e_tag: String,
    pub(super) bytes: u64,
    answered: Mutex<Answered>,
}

/// What the store said besides bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Answered {
    pub(super) version_id: Option<String>,
    /// Whether the ETag cannot be the MD5 of the bytes, since other bytes are stored.
    pub(super) is_encrypted_by_key: bool,
}

impl S3Object {
    pub(super) fn new(bucket: Arc<Bucket>, key: &str, e_tag: &str, bytes: u64) -> Self {
        let (address, key, e_tag) = (bucket.address.of_key(key), key.to_owned(), e_tag.to_owned());
        Self { inner: Arc::new(Inner { bucket, key, address, e_tag, bytes, answered: Mutex::default() }) }
    }
}

impl fmt::Debug for S3Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({} bytes)", self.inner.address, self.inner.e_tag, self.inner.bytes)
    }
}

impl StoredObject for S3Object {
    fn address(&self) -> &str {
        &self.inner.address
    }

    fn version(&self) -> &str {
        &self.inner.e_tag
    }

    fn version_id(&self) -> Option<String> {
        self.inner.answered().version_id
    }

    fn bytes(&self) -> u64 {
        self.inner.bytes
    }

    fn endpoint(&self) -> &str {
        &self.inner.bucket.endpoint
    }

    /// An ETag is the MD5 where the object was put at once, and not encrypted with a key of its own.
    fn md5(&self) -> Option<String> {
        let text = self.inner.e_tag.trim_matches('"');
        let is_md5 = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_md5 && !self.inner.answered().is_encrypted_by_key).then(|| text.to_ascii_lowercase())
    }

    fn open_at(&self, start: u64) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(RangedReader::from(&self.inner, start)))
    }

    /// Large ranges in parts, several at the same time, like the whole object.
    fn read_ranges(&self, ranges: &[(u64, usize)]) -> io::Result<Vec<Bytes>> {
        let transfer = self.inner.bucket.transfer;
        let part = usize::try_from(transfer.part_bytes).expect("the settings limit the size of a part");
        let parts = ranges.iter().enumerate().flat_map(|(place, &(start, length))| {
            let offsets = (0..length).step_by(part);
            offsets.map(move |offset| (place, start + offset as u64, part.min(length - offset)))
        });
        let mut parts = parts.fuse();
        let network = &self.inner.bucket.network;
        let mut running = VecDeque::new();
        let mut read: Vec<Vec<Bytes>> = ranges.iter().map(|_| Vec::new()).collect();
        loop {
            while (running.len() as u64) < transfer.requests_per_object
                && let Some((place, start, length)) = parts.next()
            {
                let object = Arc::clone(&self.inner);
                running.push_back((place, network.spawn(async move { object.fetch(start, length).await })));
            }
            let Some((place, request)) = running.pop_front() else { break };
            read[place].push(network.wait(request).map_err(|_| io::Error::other("a request was stopped"))??);
        }
        Ok(read.into_iter().map(joined).collect())
    }
}

fn joined(mut parts: Vec<Bytes>) -> Bytes {
    match parts.len() {
        1 => parts.swap_remove(0),
        _ => Bytes::from(parts.concat()),
    }
}

impl Inner {
    pub(super) fn answered(&self) -> Answered {
        self.answered.lock().expect(NOT_POISONED).clone()
    }

    /// So many bytes from a place on. What an attempt has brought is kept, and the next one goes on after it.
    pub(super) async fn fetch(&self, start: u64, length: usize) -> Result<Bytes, StoreError> {
        let mut got = BytesMut::with_capacity(length);
        let mut attempts = Attempts::at(&self.address, self.bucket.transfer);
        while got.len() < length {
            if let Err(failure) = self.attempt(start, length, &mut got).await {
                attempts.after(failure).await?;
            }
        }
        Ok(got.freeze())
    }

    async fn attempt(&self, start: u64, length: usize, got: &mut BytesMut) -> Result<(), Failure> {
        let about = self.bucket.about(&self.address, PERMISSION);
        let (from, last) = (start + got.len() as u64, start + length as u64 - 1);
        let request = self.bucket.client.get_object().bucket(&self.bucket.address.bucket).key(&self.key);
        let answer = request.range(format!("bytes={from}-{last}")).if_match(&self.e_tag).send().await;
        let answer = answer.map_err(|error| about.judge(&error))?;
        // Not every service that speaks like S3 knows `If-Match`.
        if answer.e_tag().is_some_and(|found| found != self.e_tag) {
            return Err(Failure::Final(about.changed("was replaced while it was read (another ETag)")));
        }
        let expected = format!("bytes {from}-{last}/{}", self.bytes);
        match answer.content_range() {
            Some(range) if range == expected => {}
            Some(range)
                if range.starts_with(&format!("bytes {from}-")) && !range.ends_with(&format!("/{}", self.bytes)) =>
            {
                return Err(Failure::Final(about.changed("was replaced while it was read (another size)")));
            }
            None if from == 0 && last + 1 == self.bytes => {} // All of it was asked for.
            Some(_) | None => return Err(Failure::Passing("the store answered with another range".to_owned())),
        }
        {
            let mut answered = self.answered.lock().expect(NOT_POISONED);
            answered.version_id = answer.version_id().filter(|id| *id != "null").map(str::to_owned);
            let by_kms = answer.server_side_encryption().is_some_and(|kind| kind.as_str().starts_with("aws:"));
            answered.is_encrypted_by_key = by_kms || answer.sse_customer_algorithm().is_some();
        }
        let before = got.len();
        let timeout = Duration::from_secs(self.bucket.transfer.timeout_seconds);
        let taken = tokio::time::timeout(timeout * SLOWEST, take_body(answer.body, timeout, length, got)).await;
        match taken {
            Ok(Ok(())) if got.len() < length => Err(Failure::Passing("the answer ended too early".to_owned())),
            Ok(Ok(())) => Ok(()),
            Ok(Err(Broken::TooLong)) => {
                got.truncate(before); // None of it can be believed.
                Err(Failure::Passing("the answer was longer than what was asked for".to_owned()))
            }
            Ok(Err(Broken::Stopped(reason))) => Err(Failure::Passing(reason)),
            Err(_) => Err(Failure::Passing("the answer came too slowly".to_owned())),
        }
    }
}

enum Broken {
    Stopped(String),
    TooLong,
}

async fn take_body(
    mut body: aws_sdk_s3::primitives::ByteStream,
    timeout: Duration,
    length: usize,
    got: &mut BytesMut,
) -> Result<(), Broken> {
    loop {
        match tokio::time::timeout(timeout, body.try_next()).await {
            Err(_) => return Err(Broken::Stopped(format!("no byte came for {} s", timeout.as_secs()))),
            Ok(Err(_)) => return Err(Broken::Stopped("the connection broke off".to_owned())),
            Ok(Ok(None)) => return Ok(()),
            Ok(Ok(Some(bytes))) if got.len() + bytes.len() > length => return Err(Broken::TooLong),
            Ok(Ok(Some(bytes))) => got.extend_from_slice(&bytes),
        }
    }
}
