//! Puts yen lines and fees together into one invoice per project.
//!
//! - In: yen lines, fees, tax rates and treatments, holds.
//! - Out: [`Invoice`].
//! - Refuses: a tax category without a rate; projects whose accounts pay in different ways.
//! - Promise: a total is the sum of the printed lines; tax is calculated once per rate; a total is paid once, by card, from
//!   vouchers or by transfer.

mod assemble;
mod due;
mod error;
mod fees;
mod holds;
mod issue;
mod issued;
mod language;
mod model;
mod settle;
#[cfg(test)]
mod tests;

pub use crate::convert::ServicePart;
pub use assemble::{assemble, empty_invoice, tax_totals};
pub use due::planned as planned_due;
pub use error::InvoiceError;
pub use holds::resolve_holds;
pub use issue::{credit_note, is_exempt_return, issued, replacement};
pub use issued::{Adjusted, Correction, CorrectionKind, DocumentReference, Issue};
pub use language::{Language, month_name};
pub use model::{
    Due, FeeBand, FeeCalculation, FeeRule, FxQuote, Hold, Invoice, InvoiceLine, LineKind, Settlement, Status, TaxTotal,
    UnitBand, VoucherBalance, VoucherDraw,
};
pub use settle::settle;
