//! Arguments in, exit code out.

use std::process::ExitCode;

use clap::Parser;
use seikyu::command_line::{Arguments, execute};

fn main() -> ExitCode {
    let arguments = Arguments::parse(); // Exit code 2 where they mean nothing.
    std::panic::catch_unwind(|| execute(&arguments)).unwrap_or_else(|_| {
        eprintln!("error: a bug in seikyu (see above); nothing was written. Please report it with the command line.");
        ExitCode::from(3)
    })
}
