//! The second pass: reads the month's reports again and joins each row to the fact that was priced.
//!
//! - In: the [`ReportPlan`](crate::ingest::ReportPlan) of the month, [`Facts`](crate::usage::Facts), what they were priced at.
//! - Out: per row its fact, for a [`RowTaker`]: [`DetailTaker`] makes the lines of the detail file, [`PlaceTaker`] tells
//!   where the rows stand.
//! - Refuses: what `ingest` and `fold` refuse; reports whose rows are not those of the facts, by counts and dollars.
//! - Promise: the key of a row is made by the code that folded it; the dollars of a fact's rows and its `rounding`
//!   sum to the fact; rows stream, only facts stay; the same rows give the same lines whatever the threads, files and order.

mod detail_lines;
mod detail_plan;
mod error;
mod places;
mod scan;
mod sorted_runs;
#[cfg(test)]
mod tests;

pub use detail_lines::{DetailLine, DetailLines, DetailTaker};
pub use detail_plan::{Cover, DetailFact, DetailPlan};
pub use error::RowsError;
pub use places::{PlaceTaker, RowPlace};
pub use scan::{RowTaker, scan_rows};
pub use sorted_runs::{SORT_BYTES, Scratch};
