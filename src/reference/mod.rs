//! Reads a workspace: contracts, plans, prices, rates and settings, every value checked.
//!
//! - In: a folder with `seikyu.toml` and the tables and plans that it points to.
//! - Out: a [`Workspace`]: [`ReferenceData`](crate::terms::ReferenceData), [`Settings`], the files read, warnings.
//! - Refuses: an unknown column or key, a value that is not accepted, tables that contradict each other, a month
//!   without a rate. All faults of all files are told together; none is repaired or skipped.
//! - Promise: no amount passes through a float on its way from text; every file read is listed with its hash.

mod calendar;
mod commitment_rules;
mod console_services;
mod contracts;
mod credits;
mod cross_checks;
mod csv_table;
mod error;
mod fee_tiers;
mod fees;
mod fx_rates;
mod intake;
mod kept_files;
mod parquet_table;
mod plan_discounts;
mod plans;
mod price_ladders;
mod price_rows;
mod quotes;
mod registration_number;
mod row_lists;
mod savings_plan_rows;
mod settings;
mod shipped_table;
mod stores;
mod table;
mod taxes;
#[cfg(test)]
mod tests;
mod toml_keys;
mod vouchers;
mod workspace;

#[cfg(test)]
pub(crate) use calendar::shipped_calendar;
#[cfg(test)]
pub(crate) use commitment_rules::shipped_commitment_rules;
#[cfg(test)]
pub(crate) use console_services::shipped_console_services;
pub(crate) use error::list_faults;
pub use error::{Fault, Place, ReferenceError};
use intake::Intake;
pub use intake::ReadFile;
pub use kept_files::KeptFiles;
pub(crate) use quotes::{QuoteScan, WHOLE_QUOTES};
pub use registration_number::is_valid_registration_number;
pub use settings::{LEAST_MEMORY, Settings};
pub use stores::{ReportsAt, ReportsSource, S3Address, S3Connection, S3Target, S3Transfer};
pub(crate) use table::quoted;
pub use workspace::{Rates, Workspace, read_and_keep, read_kept, read_rates, read_settings, read_workspace};
