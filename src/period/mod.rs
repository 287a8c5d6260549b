//! Billing months, days and instants. Everything is UTC: a CUR month is a UTC month.
//!
//! - In: text such as `2025-05` or `2025-05-13T15:00:00Z`.
//! - Out: [`BillingPeriod`], [`MonthRange`], [`Day`], [`Instant`].
//! - Refuses: anything that is no valid month or range of months, or no UTC time to the second.
//! - Promise: no time zone, no clock.

mod billing_period;
mod day;
mod instant;
mod month_range;
#[cfg(test)]
mod tests;

pub use billing_period::BillingPeriod;
pub use day::Day;
pub use instant::{Instant, parse_instant};
pub use month_range::MonthRange;
