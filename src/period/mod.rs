//! Billing months, days and instants. Everything is UTC: a CUR month is a UTC month.
//!
//! - In: text such as `2025-05` or `2025-05-13T15:00:00Z`.
//! - Out: [`BillingPeriod`], [`Day`], [`Instant`].
//! - Refuses: anything that is no valid month, or no UTC time to the second.
//! - Promise: no time zone, no clock.

mod billing_period;
mod day;
mod instant;
#[cfg(test)]
mod tests;

pub use billing_period::BillingPeriod;
pub use day::Day;
pub use instant::{Instant, parse_instant};
