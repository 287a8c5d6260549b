use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::Bucket;
use super::cache_file::sha256_of;
use super::error::About;
use super::object::S3Object;
use super::retry::Failure;
use crate::hexadecimal::hexadecimal;
use crate::ingest::{StoreError, StoreFault, StoredObject};

const PERMISSION: &str = "s3:PutObject, s3:GetObject and s3:ListBucket";
/// Under which name the SHA-256 of an object stands beside it.
const SHA256: &str = "seikyu-sha256";
/// The smallest part that S3 takes, but for the last one. There may be 10,000.
const LEAST_PART_BYTES: u64 = 5 << 20;

/// What became of an object that was to be put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It was put.
    New,
    /// It was there already, byte for byte.
    WasThere,
}

/// Puts objects below an address. What is there is never overwritten and never deleted.
pub struct Uploader {
    bucket: Arc<Bucket>,
}

/// What is known of an object that is there.
struct Found {
    bytes: u64,
    sha256: String,
    e_tag: String,
}

impl Uploader {
    /// Puts below the address of a bucket.
    pub fn to(bucket: Arc<Bucket>) -> Self {
        Self { bucket }
    }

    /// The address of a name below.
    pub fn address(&self, name: &str) -> String {
        self.bucket.address.of_key(&self.key(name))
    }

    fn part_bytes(&self) -> u64 {
        self.bucket.transfer.part_bytes.max(LEAST_PART_BYTES)
    }

    fn key(&self, name: &str) -> String {
        format!("{}{name}", self.bucket.address.prefix)
    }

    /// Puts a file, and makes sure that it is there. Another object of the name is refused.
    pub fn put_file(&self, name: &str, path: &Path) -> Result<Sent, StoreError> {
        let disk = |error: io::Error| StoreError {
            fault: StoreFault::Failed,
            text: format!("cannot read {} to put it into S3: {error}; check the disk", path.display()),
        };
        let sha256 = sha256_of(path).map_err(disk)?;
        let bytes = std::fs::metadata(path).map_err(disk)?.len();
        self.put_new(name, bytes, &sha256, || {
            File::open(path).map(|file| Box::new(file) as Box<dyn Read>).map_err(disk)
        })
    }

    /// The same with bytes in memory.
    pub fn put(&self, name: &str, bytes: &[u8]) -> Result<Sent, StoreError> {
        let sha256 = hexadecimal(&Sha256::digest(bytes));
        self.put_new(name, bytes.len() as u64, &sha256, || Ok(Box::new(bytes)))
    }

    /// Puts a small object that is written anew each time: the one that says which of the others is the newest.
    pub fn put_over(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let sha256 = hexadecimal(&Sha256::digest(bytes));
        self.put_at_once(name, &sha256, Bytes::copy_from_slice(bytes), false)
    }

    /// The bytes of an object; nothing where there is none.
    pub fn get(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(mut stream) = self.open(name)? else { return Ok(None) };
        let mut bytes = Vec::new();
        match stream.read_to_end(&mut bytes) {
            Ok(_) => Ok(Some(bytes)),
            Err(error) => Err(StoreError::of_io(&error).unwrap_or_else(|| StoreError {
                fault: StoreFault::Failed,
                text: format!("{}: cannot be read: {}", self.address(name), error.kind()),
            })),
        }
    }

    /// The bytes of an object as a stream; nothing where there is none.
    pub fn open(&self, name: &str) -> Result<Option<Box<dyn Read + Send>>, StoreError> {
        let Some(found) = self.find(name)? else { return Ok(None) };
        let object = S3Object::new(Arc::clone(&self.bucket), &self.key(name), &found.e_tag, found.bytes);
        match object.open_at(0) {
            Ok(stream) => Ok(Some(stream)),
            Err(error) => Err(StoreError {
                fault: StoreFault::Failed,
                text: format!("{}: cannot be read: {}", self.address(name), error.kind()),
            }),
        }
    }

    /// The names of what lies below, sorted.
    pub fn names(&self) -> Result<Vec<String>, StoreError> {
        let keys = self.bucket.network.wait(self.bucket.list_keys())?;
        let prefix = self.bucket.address.prefix.as_str();
        Ok(keys.iter().filter_map(|key| key.strip_prefix(prefix)).map(str::to_owned).collect())
    }

    fn put_new<'a>(
        &self,
        name: &str,
        bytes: u64,
        sha256: &str,
        open: impl Fn() -> Result<Box<dyn Read + 'a>, StoreError>,
    ) -> Result<Sent, StoreError> {
        if let Some(found) = self.find(name)? {
            return self.same(name, bytes, sha256, &found).map(|()| Sent::WasThere);
        }
        let mut stream = open()?;
        if bytes <= self.part_bytes() {
            let part = self.read_part(name, &mut *stream, bytes)?;
            self.put_at_once(name, sha256, part, true)?;
        } else {
            self.put_in_parts(name, sha256, &mut *stream)?;
        }
        // Also where another program was faster, or an answer was lost: what is there now decides.
        match self.find(name)? {
            Some(found) => self.same(name, bytes, sha256, &found).map(|()| Sent::New),
            None => Err(StoreError {
                fault: StoreFault::Failed,
                text: format!("{}: was put and is not there; run the command again", self.address(name)),
            }),
        }
    }

    fn same(&self, name: &str, bytes: u64, sha256: &str, found: &Found) -> Result<(), StoreError> {
        if (found.bytes, found.sha256.as_str()) == (bytes, sha256) {
            return Ok(());
        }
        let address = self.address(name);
        let about = self.bucket.about(&address, PERMISSION);
        Err(about.refused("is there already with other bytes; nothing was overwritten: give another address"))
    }

    fn find(&self, name: &str) -> Result<Option<Found>, StoreError> {
        let (bucket, key, address) = (&self.bucket, self.key(name), self.address(name));
        let about = bucket.about(&address, PERMISSION);
        let asked = bucket.ask(&address, || {
            let request = bucket.client.head_object().bucket(&bucket.address.bucket).key(&key);
            async move {
                match request.send().await {
                    Ok(head) => Ok(Some(head)),
                    Err(error) if error.raw_response().is_some_and(|raw| raw.status().as_u16() == 404) => Ok(None),
                    Err(error) => Err(about.judge(&error)),
                }
            }
        });
        let head = bucket.network.wait(asked)?;
        Ok(head.map(|head| Found {
            bytes: head.content_length().and_then(|length| u64::try_from(length).ok()).unwrap_or(0),
            sha256: head.metadata().and_then(|metadata| metadata.get(SHA256)).cloned().unwrap_or_default(),
            e_tag: head.e_tag().unwrap_or_default().to_owned(),
        }))
    }

    fn put_at_once(&self, name: &str, sha256: &str, bytes: Bytes, is_new: bool) -> Result<(), StoreError> {
        let (bucket, key, address) = (&self.bucket, self.key(name), self.address(name));
        let about = bucket.about(&address, PERMISSION);
        let asked = bucket.ask(&address, || {
            let request = bucket.client.put_object().bucket(&bucket.address.bucket).key(&key);
            let request = request.checksum_algorithm(ChecksumAlgorithm::Sha256).metadata(SHA256, sha256);
            let request = request.set_if_none_match(is_new.then(|| "*".to_owned()));
            let request = request.body(ByteStream::from(bytes.clone()));
            async move { unless_there_already(request.send().await, about) }
        });
        bucket.network.wait(asked)
    }

    fn put_in_parts(&self, name: &str, sha256: &str, stream: &mut dyn Read) -> Result<(), StoreError> {
        let (bucket, key, address) = (&self.bucket, self.key(name), self.address(name));
        let about = bucket.about(&address, PERMISSION);
        let metadata = BTreeMap::from([(SHA256.to_owned(), sha256.to_owned())]);
        let begun = bucket.ask(&address, || {
            let request = bucket.client.create_multipart_upload().bucket(&bucket.address.bucket).key(&key);
            let request = request.checksum_algorithm(ChecksumAlgorithm::Sha256);
            let request = request.set_metadata(Some(metadata.clone().into_iter().collect()));
            async move { request.send().await.map_err(|error| about.judge(&error)) }
        });
        let id = bucket.network.wait(begun)?.upload_id().unwrap_or_default().to_owned();
        let done = self.put_parts(name, &id, stream);
        if done.is_err() {
            // What came of it is no object yet, and costs until it is given up.
            let abort = bucket.client.abort_multipart_upload().bucket(&bucket.address.bucket).key(&key).upload_id(&id);
            let _ = bucket.network.wait(abort.send());
        }
        done
    }

    fn put_parts(&self, name: &str, id: &str, stream: &mut dyn Read) -> Result<(), StoreError> {
        let (bucket, key, address) = (&self.bucket, self.key(name), self.address(name));
        let about = bucket.about(&address, PERMISSION);
        let mut parts = Vec::new();
        for number in 1.. {
            let bytes = self.read_part(name, stream, self.part_bytes())?;
            if bytes.is_empty() {
                break;
            }
            let is_last = (bytes.len() as u64) < self.part_bytes();
            let asked = bucket.ask(&address, || {
                let request = bucket.client.upload_part().bucket(&bucket.address.bucket).key(&key).upload_id(id);
                let request = request.part_number(number).checksum_algorithm(ChecksumAlgorithm::Sha256);
                let request = request.body(ByteStream::from(bytes.clone()));
                async move { request.send().await.map_err(|error| about.judge(&error)) }
            });
            let answer = bucket.network.wait(asked)?;
            let part = CompletedPart::builder().part_number(number).set_e_tag(answer.e_tag().map(str::to_owned));
            parts.push(part.set_checksum_sha256(answer.checksum_sha256().map(str::to_owned)).build());
            if is_last {
                break;
            }
        }
        let asked = bucket.ask(&address, || {
            let upload = CompletedMultipartUpload::builder().set_parts(Some(parts.clone())).build();
            let request = bucket.client.complete_multipart_upload().bucket(&bucket.address.bucket).key(&key);
            let request = request.upload_id(id).multipart_upload(upload).if_none_match("*");
            async move { unless_there_already(request.send().await, about) }
        });
        bucket.network.wait(asked)
    }

    fn read_part(&self, name: &str, stream: &mut dyn Read, most: u64) -> Result<Bytes, StoreError> {
        let mut bytes = Vec::new();
        match stream.take(most).read_to_end(&mut bytes) {
            Ok(_) => Ok(Bytes::from(bytes)),
            Err(error) => Err(StoreError {
                fault: StoreFault::Failed,
                text: format!("cannot read what is to be put as {}: {error}; check the disk", self.address(name)),
            }),
        }
    }
}

/// Done also where an object of the name came in between; what it is is looked at next.
fn unless_there_already<T, E: ProvideErrorMetadata>(
    answer: Result<T, SdkError<E, HttpResponse>>,
    about: About<'_>,
) -> Result<(), Failure> {
    match answer {
        Err(error) if error.raw_response().is_none_or(|raw| raw.status().as_u16() != 412) => Err(about.judge(&error)),
        Ok(_) | Err(_) => Ok(()),
    }
}

impl Bucket {
    /// Every key below the address.
    async fn list_keys(&self) -> Result<Vec<String>, StoreError> {
        let shown = self.address.to_string();
        let about = self.about(&shown, "s3:ListBucket");
        let (mut keys, mut token): (Vec<String>, Option<String>) = (Vec::new(), None);
        loop {
            let page = self
                .ask(&shown, || {
                    let request = self.client.list_objects_v2().bucket(&self.address.bucket);
                    let request = request.prefix(&self.address.prefix).set_continuation_token(token.clone());
                    async move { request.send().await.map_err(|error| about.judge(&error)) }
                })
                .await?;
            keys.extend(page.contents().iter().filter_map(|object| object.key().map(str::to_owned)));
            token = page.next_continuation_token().map(str::to_owned);
            if !page.is_truncated().unwrap_or(false) || token.is_none() {
                keys.sort();
                return Ok(keys);
            }
        }
    }
}
