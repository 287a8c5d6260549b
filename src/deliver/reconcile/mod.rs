//! The reconciliation: tables for programs, and a page per project that opens from disk.

mod bilingual;
mod page;
mod page_style;
mod tables;
#[cfg(test)]
mod tests;
mod waterfall;

pub use page::{PageFacts, reconcile_page};
pub use tables::{reconcile_table, way_table};
