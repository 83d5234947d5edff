//! Chooses a role and turns its outcome into an exit code.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    bedtrack::start::run(bedtrack::cli::Cli::parse())
}
