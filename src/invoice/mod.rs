//! Puts yen lines and fees together into one invoice per project.
//!
//! - In: yen lines, fees, tax rates and treatments, holds.
//! - Out: [`Invoice`].
//! - Refuses: a tax category without a rate; projects whose accounts pay in different ways.
//! - Promise: a total is the sum of the printed lines; tax is calculated once per rate.

mod model;

pub use model::{FxQuote, Hold, Invoice, InvoiceLine, LineKind, ServicePart, Status, TaxTotal};
