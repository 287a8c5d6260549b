//! Proves that a month adds up: control totals before, the bridge and the sums after.
//!
//! - In: facts, charges, lines, invoices.
//! - Out: [`Bridge`], [`Census`], [`AwsInvoices`], [`Margin`].
//! - Refuses: any sum that does not agree, with its name and by how much.
//! - Promise: the two sides of a check are summed independently: AWS's from rows, ours from charges.

mod border;
mod bridge;
mod census;
mod checks;
mod detail;
mod error;
mod fees;
mod margin;
mod settlement;
#[cfg(test)]
mod tests;

pub use bridge::{Bridge, BridgeRow};
pub use census::{AwsInvoiceRow, AwsInvoices, Census, CensusRow};
pub use checks::{Month, check_month, equal};
pub use detail::check_detail;
pub use error::AuditError;
pub use margin::{Margin, MarginRow};
pub use settlement::check_vouchers;
