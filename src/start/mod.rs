//! Puts the rooms together for a role. The only place that knows every room.

mod compose;
mod doctor;
mod extras;
mod finished;
mod listen;
mod print;
mod rooms;
mod signals;
mod studio;
mod token;

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tracing_subscriber::EnvFilter;

use crate::cli::{Cli, Role};
use crate::config::{LOG, Layers, Settings};
use crate::mcp;
use print::print;
use rooms::Rooms;

/// Runs the chosen role to its end.
pub fn run(cli: Cli) -> ExitCode {
    // Only a second call could fail, and then a provider is there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match role(cli) {
        Ok(code) => code,
        Err(error) => {
            // Nothing can be done about a stderr that is closed.
            let _ = writeln!(std::io::stderr(), "bedtrack: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// stdout belongs to the protocol, so the log goes to stderr.
fn log_to_stderr(filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new(LOG));
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(colours)
        .with_target(false)
        .init();
}

fn role(cli: Cli) -> anyhow::Result<ExitCode> {
    match &cli.role {
        Some(Role::Tools) => return print(&mcp::contract::markdown()),
        Some(Role::Token { name }) => return print(&token::make(name)?),
        _ => {}
    }
    let settings = Arc::new(Settings::read(&Layers::of_process(cli.common.as_variables()))?);
    log_to_stderr(&settings.log);
    // The doctor tells it among the rest.
    if !matches!(cli.role, Some(Role::Doctor)) {
        studio::check_urls(&settings)?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("no threads")?;
    let code = runtime.block_on(async move {
        match cli.role {
            None => stdio(settings).await,
            Some(Role::Serve(flags)) => listen::serve(settings, &flags).await,
            Some(Role::Studio(flags)) => listen::studio(settings, &flags).await,
            Some(Role::Compose(flags)) => compose::run(settings, flags).await,
            Some(Role::Doctor) => {
                let report = doctor::examine(&settings).await;
                print(report.text())?;
                Ok(if report.able { ExitCode::SUCCESS } else { ExitCode::FAILURE })
            }
            Some(Role::Tools | Role::Token { .. }) => Ok(ExitCode::SUCCESS),
        }
    });
    // A thread that blocks in stdin or in a long computation must not keep the process alive.
    runtime.shutdown_timeout(Duration::from_millis(200));
    code
}

/// MCP over stdin and stdout.
async fn stdio(settings: Arc<Settings>) -> anyhow::Result<ExitCode> {
    let shutdown = signals::shutdown();
    let rooms = Rooms::new(settings, shutdown.clone(), true);
    rooms.resume_in_background();
    let served = mcp::run_stdio(rooms.server(), shutdown.clone()).await;
    rooms.close().await;
    served.context("stdin or stdout broke")?;
    Ok(ExitCode::SUCCESS)
}
