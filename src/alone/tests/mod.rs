//! The rules of pricing alone, each bridge and charge added up by hand beside it.

mod classes;
mod coverage;
mod credits;
mod free_tier;
mod groups;
mod holds;
mod list_price;
mod properties;
mod reapply;
mod tiers;
