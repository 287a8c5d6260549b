//! Finds the report files of a month and reads them, row by row, as they were delivered.
//!
//! - In: folders or listings of Cost and Usage Reports, CUR 2.0 and FOCUS exports: manifests, CSV (plain, gzip, ZIP), Parquet.
//! - Out: [`ReportPlan`], what is to be read; [`Row`]s with the texts of the [`Column`]s that are used.
//! - Refuses: torn deliveries, pro forma reports, damaged or oversized streams, headers without a needed column, rows
//!   that are no rows or cannot be billed by their format. All faults of a file are gathered, and all files are looked
//!   at, before anything is refused.
//! - Promise: a file is read whole or refused; its size and SHA-256 are those of the bytes that were read.
//! - Floats: the Parquet reader alone may meet one, and takes it by its shortest text.

mod columns;
mod csv_beside;
mod csv_fields;
mod csv_header;
mod csv_index;
mod csv_records;
mod csv_rows;
mod delivery;
mod discount_map;
mod discover;
mod error;
mod export_columns;
mod export_header;
mod export_rows;
mod fault_kind;
mod file_walk;
mod filled;
mod focus;
mod hash;
mod json_maps;
mod limits;
mod manifest;
mod parquet_batch;
mod parquet_cells;
mod parquet_maps;
mod parquet_rows;
mod places;
mod product_map;
mod read;
mod report_kind;
mod row;
mod row_groups;
mod ruling_manifests;
mod scattered;
mod shortest;
mod source;
mod store_error;
mod unpack;

pub use columns::{COLUMN_COUNT, Column, canonical_name};
pub use delivery::{Delivery, Origin, ReportFile, ReportFormat, ReportPlan};
pub use discover::{find_reports, find_reports_in};
pub use error::{Fault, FaultList, IngestError};
pub use fault_kind::FaultKind;
pub use file_walk::is_manifest as is_manifest_name;
pub use hash::hash_report;
pub use limits::{Limits, Progress, Silent};
pub use manifest::{FolderScope, folder_scope};
pub use places::{ListedFile, ReportPlace};
pub use read::{FileSeal, read_report};
pub use row::{Code, Row, RowDetail, RowSink, Tag};
pub use source::{ReportSource, StoredObject};
pub use store_error::{StoreError, StoreFault};

#[cfg(test)]
pub(crate) mod test_support;
#[cfg(test)]
mod tests;
