//! What was typed becomes a request; progress, tables and messages for the operator.
//!
//! - In: arguments.
//! - Out: an exit code; messages on standard error, asked-for output on standard output.
//! - Refuses: arguments that mean nothing (exit code 2).
//! - Promise: nothing is calculated here.

/// As in the standard library, but where nobody can be told (standard error is closed, its disk full) the command goes
/// on: a panic would give another exit code to what was done and recorded.
macro_rules! eprint {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = write!(std::io::stderr(), $($text)*);
    }};
}

/// See `eprint`.
macro_rules! eprintln {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($text)*);
    }};
}

mod arguments;
mod arguments_issued;
mod border;
mod commands;
mod explain;
mod explain_json;
mod fold;
mod init;
mod issued;
mod ledger;
mod months;
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
