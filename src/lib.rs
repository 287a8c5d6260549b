#![doc = include_str!("ARCHITECTURE.md")]

// The vocabulary.
pub mod invoice;
pub mod money;
pub mod period;
pub mod terms;
pub mod usage;

// The edge out.
pub mod deliver;
