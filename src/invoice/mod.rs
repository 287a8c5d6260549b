//! Puts yen lines and fees together into one invoice per project.
//!
//! - In: yen lines, fees, tax rates and treatments, holds.
//! - Out: [`Invoice`].
//! - Refuses: a tax category without a rate; projects whose accounts pay in different ways.
//! - Promise: a total is the sum of the printed lines; tax is calculated once per rate.

mod assemble;
mod due;
mod error;
mod holds;
mod language;
mod model;
#[cfg(test)]
mod tests;

pub use crate::convert::ServicePart;
pub use assemble::assemble;
pub use due::planned as planned_due;
pub use error::InvoiceError;
pub use holds::resolve_holds;
pub use language::{Language, month_name};
pub use model::{Due, FxQuote, Hold, Invoice, InvoiceLine, LineKind, Status, TaxTotal};
