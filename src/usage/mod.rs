//! What a report says: line types, and facts, the sums that everything after `fold` works on.
//!
//! - In: texts, instants and amounts that `ingest` has read.
//! - Out: [`LineType`], [`Fact`] with its [`FactKey`] and [`Measures`], [`Facts`] with its texts, [`FactRun`].
//! - Refuses: nothing; unknown line types are kept as [`LineType::Unknown`].
//! - Promise: facts are sorted by key, texts by their bytes, so the same rows give the same facts.

mod fact;
mod fact_run;
mod facts;
mod line_type;
mod symbols;
#[cfg(test)]
mod tests;

pub use fact::{DescriptionClass, Fact, FactKey, Measures, is_split_cost};
pub use fact_run::FactRun;
pub use facts::{ControlTotals, FACTS_A_TASK, FactError, FactTally, Facts, PriceInstants};
pub use line_type::LineType;
pub use symbols::{Sym, SymbolTable};
