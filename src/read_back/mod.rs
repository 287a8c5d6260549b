//! Edge in: reads a finished month back, and what AWS's console says of it.
//!
//! - In: the folder `output/YYYY-MM/` as a run wrote it, and a CSV file of Cost Explorer, a bill or an invoice list.
//! - Out: [`FinishedMonth`] and [`ConsoleFile`](crate::reconcile::ConsoleFile).
//! - Refuses: a month that was not run, files that are not as written, a console file of an unknown form; all faults of
//!   that file at once.
//! - Promise: frames select, join and sum whole numbers of 10^-18; no amount passes through a float.

mod console;
mod error;
mod frames;
mod month;
mod table;
#[cfg(test)]
mod tests;

pub use console::read_console_file;
pub use error::ReadBackError;
pub use frames::{AccountSums, FactSums, read_account_sums, read_fact_sums};
pub use month::{FinishedMonth, InvoiceRow, read_month};
