//! Takes a month that was priced apart again: from a printed yen to its charges, their rules and price-list rows.
//!
//! - In: facts, reference data and their [`Bill`](crate::pipeline::Bill); which invoices, accounts and services are asked for.
//! - Out: [`Explanation`]: invoices, their lines, these by service, and every charge with its reasons.
//! - Refuses: a project, account or service that is on no invoice, with those that are; any level that does not sum to the one above.
//! - Promise: pure; nothing is calculated anew but the checks: what is told is what was billed.

mod build;
mod charge;
mod checks;
mod error;
mod model;
#[cfg(test)]
mod tests;

pub use build::{Selection, explain};
pub use error::ExplainError;
pub use model::{ExplainedCharge, ExplainedInvoice, ExplainedLine, ExplainedService, Explanation};
