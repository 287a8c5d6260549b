//! AWS price-list offer files become compiled list prices and Savings Plan rates of a workspace.
//!
//! - In: offer files as AWS publishes them, JSON or CSV, plain or packed by gzip, of any size.
//! - Out: one table per offer in `list_prices/` or `savings_plans/` of the rates folder, and an [`ImportSummary`].
//! - Refuses: what is no offer file, a row that cannot be read, prices that contradict each other or leave a gap, prices
//!   in another currency than dollars. All faults of all files are told together; then nothing is written.
//! - Promise: a price keeps every digit; the same offer gives the same bytes; a file is read piece by piece: memory
//!   follows the number of list prices, not the size of the file; what is left out is counted and told.

mod compile;
mod csv_head;
mod csv_offer;
mod error;
mod import;
mod json_offer;
mod json_plans;
mod json_text;
mod offer;
mod plan_rates;
mod source_file;
mod values;
mod write;

pub use error::ImportError;
pub use import::{Import, ImportSummary, ImportedFile, TableFormat};
