#![doc = include_str!("ARCHITECTURE.md")]

// The vocabulary.
pub mod invoice;
pub mod money;
pub mod period;
pub mod reference;
pub mod terms;
pub mod usage;
