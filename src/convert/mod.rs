//! Turns discounted dollars into yen lines: one account, one section, one tax category.
//!
//! - In: [`DiscountedCharges`](crate::discount::DiscountedCharges), the month's rate, tax treatments.
//! - Out: [`YenLine`]s of the accounts that are on an invoice, and holds.
//! - Refuses: a month without a rate.
//! - Promise: the one rounding into yen: cut off toward zero, once per line; a split of a line sums to it.

mod error;
mod lines;
mod service_part;
#[cfg(test)]
mod tests;

pub use error::ConvertError;
pub use lines::{YenLine, YenLines, category_of, to_yen};
pub use service_part::ServicePart;
