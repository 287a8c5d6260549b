//! Compares a finished month with what AWS's console or invoices say, and walks the way from there to the invoice.
//!
//! - In: [`ConsoleFile`], [`OwnRow`]s of the facts, [`ProjectMonth`]s as the run wrote them.
//! - Out: [`Comparison`]: every difference with its causes; [`Way`] per project, from the console to the invoice total.
//! - Refuses: a way that does not add up, with the step and the difference.
//! - Promise: the causes of a difference sum to it exactly; no row of either side is left out; what has no known
//!   cause is called unexplained.

mod compare;
mod error;
mod figures;
mod own_row;
mod view;
mod way;
#[cfg(test)]
mod tests;

pub use compare::{Compared, Comparison, Seen, compare};
pub use error::ReconcileError;
pub use figures::{ConsoleFile, Dimension, Figure, Key};
pub use own_row::OwnRow;
pub use view::{DifferenceCause, View};
pub use way::{AwsLine, FeeLine, Item, ItemKind, ProjectMonth, Way, walk};
