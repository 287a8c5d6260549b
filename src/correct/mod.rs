//! What a month that was issued has become: differences line by line, and why.
//!
//! - In: the [`Figures`] of what was issued, and of the month priced again step by step.
//! - Out: [`Change`]s, one for each line, cause and step that moved; the lines that settle the difference.
//! - Refuses: nothing.
//! - Promise: the changes of a project sum exactly to what it owes now less what it was billed, tax included.

mod change;
mod figures;
#[cfg(test)]
mod tests;

pub use change::{Change, Step, causes, changes, settling_lines};
pub use figures::{Amounts, Figures, LineKey};
