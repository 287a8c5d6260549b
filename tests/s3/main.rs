//! Reports in S3, from a real S3 server on loopback: the same bytes as from disk, or a clear word and nothing written.

#![allow(clippy::unwrap_used, reason = "a helper of a test may stop like the test itself")]

#[path = "../common/mod.rs"]
mod common;
#[path = "../report_forms/mod.rs"]
mod report_forms;

mod again;
mod cache;
mod changes;
mod copies;
mod faults;
mod identities;
mod joined;
mod scene;
mod server;
mod streams;
