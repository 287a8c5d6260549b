//! Takes the discount of each account's plan off its list charges.
//!
//! - In: [`ListCharges`](crate::alone::ListCharges) and the plans of the month.
//! - Out: [`DiscountedCharges`]: list, discount and net of every charged fact.
//! - Refuses: sums beyond the grid.
//! - Promise: a discount is one product per account, section and rule; the facts' shares sum to it.

mod apply;
mod charges;
mod explain;
mod rule;
#[cfg(test)]
mod tests;

pub use apply::apply_plans;
pub use charges::{DiscountedCharges, FactCharge, RuleUse};
pub use explain::{ExplainedUsage, Ruling, explain, ruling};
