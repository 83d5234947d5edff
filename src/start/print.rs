//! Printing, for the roles that do not speak MCP on stdout.

use std::io::Write as _;
use std::process::ExitCode;

/// Writes a role's own words to stdout.
pub fn print(text: &str) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(ExitCode::SUCCESS),
    }
}
