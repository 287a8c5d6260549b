#![doc = include_str!("ARCHITECTURE.md")]

// The vocabulary.
pub mod money;
pub mod period;
pub mod terms;
pub mod usage;

// The edges in.
pub mod ingest;
pub mod reference;
pub mod price_import;

// The pure stages, in the order the data flows.
pub mod fold;
pub mod alone;
pub mod discount;
pub mod convert;
pub mod invoice;
pub mod correct;

// Their order, and the proof that they add up.
pub mod audit;
pub mod pipeline;

// What a finished month is compared with, and the way from there to the invoice.
pub mod reconcile;
pub mod read_back;

// From a printed yen back to its facts.
pub mod explain;

// The second pass over the reports: rows join the facts that were priced.
pub mod rows;

// The edges out.
pub mod deliver;
pub mod ledger;

// What lies beyond this machine, in and out.
pub mod remote;

// Edges and core together, for whoever types a command.
pub mod run;
pub mod command_line;

// What several edges write alike.
mod hexadecimal;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tidy;
