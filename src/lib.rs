#![doc = include_str!("ARCHITECTURE.md")]

// The vocabulary.
pub mod money;
pub mod period;
pub mod terms;
pub mod usage;

// The pure stages, in the order the data flows.
pub mod alone;
pub mod discount;
pub mod convert;
pub mod invoice;

// Their order, and the proof that they add up.
pub mod audit;
pub mod pipeline;

#[cfg(test)]
mod testing;
