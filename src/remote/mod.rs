//! Reports, copies of months and backups of the ledger in S3, or in any service that speaks like it.
//!
//! - In: addresses and connections of the settings; objects.
//! - Out: listings of reports, [`StoredObject`](crate::ingest::StoredObject)s that are read as they come, files of a cache;
//!   objects that were put.
//! - Refuses: what the store refuses, what changes while it is read, bytes that are not those of the listed version.
//! - Promise: bytes of two versions are never mixed; a request is tried a fixed number of times; nothing in a bucket is
//!   ever deleted, and nothing that others put is overwritten. No credential is in any text: of what a server or the SDK
//!   says, only codes are told.
//!
//! The rest of the program is blocking and knows no SDK: both end here.

mod bucket;
mod cache;
mod cache_file;
mod connect;
mod error;
mod listing;
mod object;
mod ranges;
mod retry;
#[cfg(test)]
mod tests;
mod upload;

pub use bucket::{Bucket, Network};
pub use cache::{Cache, Cached};
pub use object::S3Object;
pub use upload::{Sent, Uploader};
