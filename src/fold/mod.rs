//! Sums rows into facts, file by file, and keeps facts in a file.
//!
//! - In: a [`ReportPlan`](crate::ingest::ReportPlan) and the instants at which prices change.
//! - Out: [`Facts`](crate::usage::Facts), what every input file was, `facts.parquet`, and parts of it made of one
//!   report file each; for a second pass [`FactFinder`], which finds the fact of a row again.
//! - Refuses: fields that are no account, time, number or text; another currency than USD; a loose file about a
//!   payer and month that a manifest delivers; damaged or foreign facts files and parts.
//! - Promise: the fold of a file depends on that file and the price instants only, and sums are exact; the same
//!   rows give the same facts and the same bytes whatever the threads, the split into files and the order.

mod coded;
mod column_chunk;
mod content_hash;
mod error;
mod fact_finder;
mod facts_columns;
mod facts_file;
mod facts_writer;
mod file_fold;
mod fingerprint;
mod fold_reports;
mod fold_terms;
mod head_seal;
mod hybrid;
mod key_columns;
mod key_parts;
mod key_texts;
mod known_texts;
mod loose_files;
mod memory;
mod merged_runs;
mod mix;
mod month_facts;
mod never_invoiced;
mod numbered;
mod numbers;
mod merge_parts;
mod part_file;
mod part_reader;
mod parts_error;
mod partial;
mod row_fields;
mod row_key;
mod row_keys;
mod row_texts;
mod run_order;
mod runs;
mod spill;
mod side_by_side;
mod sums;
mod tables;
mod turned_facts;

pub use coded::Coded;
pub use error::{FactsFileError, FoldError};
pub use fact_finder::{FactCount, FactFinder, FoundRow};
pub use facts_columns::key_fields;
pub use facts_file::{FACTS_FORMAT, FACTS_VERSION, read_facts, read_kept_facts};
pub use facts_writer::{FactsWriter, properties as parquet_properties, write_facts};
pub use file_fold::FileFold;
pub use fold_reports::{FoldOutcome, FoldedMonth, InputFile, fold_reports, fold_within};
pub use fold_terms::FoldTerms;
pub use key_columns::KeyColumns;
pub use memory::{Memory, ScratchFiles};
pub use merge_parts::{PART_END, merge_parts};
pub use mix::mix_facts;
pub use month_facts::{CHUNK, MonthFacts};
pub use part_file::{FoldedPart, Part, begin_part, fold_part};
pub use partial::{PartialFacts, SumTooLarge};
pub use parts_error::{PartFault, PartFaultKind, PartsError};
pub use side_by_side::{Column, MakeColumn, SideBySide};
pub use turned_facts::{TurnedFacts, amount_field, text_field};

#[cfg(test)]
mod tests;
