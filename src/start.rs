//! Puts the rooms together for a role. The only file that knows every room.

use std::process::ExitCode;

use crate::cli::Cli;

/// Runs the chosen role to its end.
pub fn run(_cli: Cli) -> ExitCode {
    ExitCode::SUCCESS
}
