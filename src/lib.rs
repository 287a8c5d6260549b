#![doc = include_str!("ARCHITECTURE.md")]

// The vocabulary.
pub mod invoice;
pub mod money;
pub mod period;
pub mod terms;
pub mod usage;

// Edges in, and the way to the facts.
pub mod fold;
pub mod ingest;
