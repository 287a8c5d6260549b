//! What was typed becomes a request; progress, tables and messages for the operator.
//!
//! - In: arguments.
//! - Out: an exit code; messages on standard error, asked-for output on standard output.
//! - Refuses: arguments that mean nothing (exit code 2).
//! - Promise: nothing is calculated here.

mod arguments;
mod arguments_issued;
mod border;
mod commands;
mod explain;
mod explain_json;
mod init;
mod issued;
mod ledger;
mod plans;
mod progress;
mod rates;
mod rates_text;
mod reconcile;
mod shown;
mod summary;
mod timeline;

pub use arguments::Arguments;
pub use commands::execute;
pub use init::{InitError, init_workspace};
