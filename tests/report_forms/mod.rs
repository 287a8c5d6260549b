//! One month of rows in every form in which AWS delivers it: made here from a delivery of old.
#![allow(dead_code, unused_imports, reason = "every test file uses its own part of this")]
#![allow(clippy::unwrap_used, reason = "a helper of a test may stop like the test itself")]

mod deliver;
mod parquet_file;
mod source;

pub use deliver::{Form, csv_text, deliver, gzip};
pub use parquet_file::{Cell, write_parquet};
pub use source::Source;
