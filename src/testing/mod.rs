//! Months in a few lines: rows become facts as a fold would make them, a [`World`] holds what was agreed.

mod billed;
mod plans;
mod row;
mod world;

use crate::money::Usd;
use crate::period::{BillingPeriod, Instant, parse_instant};

pub(crate) use billed::{Billed, told};
pub(crate) use plans::{category_plan, flat, off, percent_plan, source};
pub(crate) use row::Row;
pub(crate) use world::World;

/// Two customers' accounts, a sister of the first, and a stranger.
pub(crate) const A: &str = "111111111111";
pub(crate) const B: &str = "222222222222";
pub(crate) const C: &str = "333333333333";
pub(crate) const STRANGER: &str = "999999999999";
pub(crate) const PAYER: &str = "000000000001";
pub(crate) const OTHER_PAYER: &str = "000000000002";

/// A text made at run time, kept for the rest of the test.
pub(crate) fn kept(text: impl ToString) -> &'static str {
    Box::leak(text.to_string().into_boxed_str())
}

pub(crate) fn may() -> BillingPeriod {
    "2025-05".parse().unwrap()
}

pub(crate) fn month(text: &str) -> BillingPeriod {
    text.parse().unwrap()
}

pub(crate) fn usd(text: &str) -> Usd {
    Usd::parse(text).unwrap()
}

pub(crate) fn instant(text: &str) -> Instant {
    parse_instant(text.as_bytes()).unwrap()
}

fn day(text: &str) -> Instant {
    instant(&format!("{text}T00:00:00Z"))
}
