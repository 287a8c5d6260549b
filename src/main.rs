//! Arguments in, exit code out.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use seikyu::command_line::{Arguments, execute};

fn main() -> ExitCode {
    let arguments = Arguments::parse(); // Exit code 2 where they mean nothing.
    std::panic::catch_unwind(|| execute(&arguments)).unwrap_or_else(|_| {
        // Not `eprintln`, which would panic again where standard error cannot be written.
        let text =
            b"error: a bug in seikyu (see above); nothing is half written. Please report it with the command line.\n";
        let _ = std::io::stderr().write_all(text);
        ExitCode::from(3)
    })
}
