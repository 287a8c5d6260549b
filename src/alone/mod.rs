//! Prices every account as if it had bought from AWS alone, at public list price.
//!
//! - In: [`Facts`](crate::usage::Facts) and [`ReferenceData`](crate::terms::ReferenceData).
//! - Out: [`ListCharges`]: what each account owes at list, what was taken away from AWS's figures and why,
//!   and what must be held.
//! - Refuses: facts made with other price changes than the lists have; sums beyond the grid.
//! - Promise: nothing of a group depends on a commitment owned outside the group; every fact is
//!   either charged or booked under a named cause.

mod adjustments;
mod asked;
mod border;
mod class;
mod commitment_checks;
mod commitments;
mod counters;
mod credits;
mod error;
mod free_tier;
mod give_back;
mod groups;
mod holds;
mod list_charges;
mod listed;
mod matching;
mod owners;
mod price;
mod price_reasons;
mod price_rows;
mod pricer;
mod product;
mod rate;
mod read_commitments;
mod reapply;
mod single;
mod strip;
#[cfg(test)]
mod tests;
mod tiered;

pub use adjustments::{Adjustments, Cause};
pub use border::{BorderRow, Side};
pub use class::RowClass;
pub use error::AloneError;
pub use groups::{Group, GroupId, Groups};
pub use list_charges::{
    AccountHold, GivenBack, ListCharges, ListSource, Passed, PassedKind, PriceRows, PricingNotes, SkuCharge, SkuPart,
    SkuParts, Weighted,
};
pub use price::price_alone;
pub use price_reasons::PriceReasons;
