//! A month of an AWS payer, billed hour by hour in time order as AWS bills it, and what a workspace needs to bill it.
//!
//! Written from the billing rules and AWS's documents alone: it shares no code with the program, not even its decimals.

pub mod bill;
pub mod catalog;
pub mod checks;
pub mod commitments;
pub mod decimal;
pub mod fees;
pub mod given_back;
pub mod outputs;
pub mod random;
pub mod report;
pub mod shared_checks;
pub mod shared_month;
pub mod stranger_checks;
pub mod strangers;
pub mod tiers;
pub mod uses;
pub mod workspace;
pub mod world;
