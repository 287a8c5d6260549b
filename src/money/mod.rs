//! Amounts that cannot be confused and do not round by themselves.
//!
//! - In: decimal text, whole numbers.
//! - Out: [`Usd`], [`UnitPrice`], [`Quantity`], [`Percent`], [`FxRate`] on a grid of 10^-18, and whole [`Yen`];
//!   [`YenWorth`], what dollars are worth to the last digit, for reports.
//! - Refuses: text that is no plain or E-notation decimal, more digits than the grid holds, overflow.
//! - Promise: a sum is an integer sum; a product is formed wide and rounded once, by a named rounding.

mod amounts;
mod decimal;
mod error;
mod proportions;
mod split;
#[cfg(test)]
mod tests;
mod wide;
mod yen_worth;

pub use amounts::{FxRate, Percent, Quantity, UnitPrice, Usd, Yen, YenPrice};
pub use decimal::{GRID_PLACES, Parsed, format_grid, parse_grid, parse_grid_rounded};
pub use error::MoneyError;
pub use split::{split_by_weight, split_yen_line};
pub use wide::Rounding;
pub use yen_worth::YenWorth;
