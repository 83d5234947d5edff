//! The roles that listen: MCP over HTTP, and the studio as a service.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use secrecy::SecretString;
use tokio::net::TcpListener;

use super::rooms::Rooms;
use super::signals::{self, END_WITHIN};
use super::studio::{LazyStore, fetch_policy, runner, workshop};
use crate::cli::Listen;
use crate::config::{Settings, listen_address};
use crate::mcp;
use crate::mcp::http::auth::Clients;
use crate::studio::http::{self, Gate};

const SERVE_AT: &str = "127.0.0.1:8808";
const STUDIO_AT: &str = "127.0.0.1:8809";

/// `bedtrack serve`.
pub async fn serve(settings: Arc<Settings>, flags: &Listen) -> anyhow::Result<ExitCode> {
    let clients = clients(&settings)?.map(Arc::new);
    let listener = bind(flags.listen.as_deref().unwrap_or(SERVE_AT), clients.is_some()).await?;
    let shutdown = signals::shutdown();
    let rooms = Rooms::new(settings, shutdown.clone(), !flags.no_jobs);
    rooms.resume_in_background();
    let http = mcp::http::HttpSettings { clients, ready: rooms.ready(), shutdown: shutdown.clone() };
    announce(&listener)?;
    let served = mcp::http::serve(listener, rooms.server(), http).await;
    rooms.close().await;
    served.context("the listener broke")?;
    Ok(ExitCode::SUCCESS)
}

/// `bedtrack studio`.
pub async fn studio(settings: Arc<Settings>, flags: &Listen) -> anyhow::Result<ExitCode> {
    let clients = clients(&settings)?;
    let listener = bind(flags.listen.as_deref().unwrap_or(STUDIO_AT), clients.is_some()).await?;
    let gate = match clients {
        Some(clients) => Gate::Clients(Box::new(move |token| Some(clients.recognise(token)?.name().to_owned()))),
        None => Gate::Anonymous(signing_key(&settings)?),
    };
    let shutdown = signals::shutdown();
    let workshop = workshop(&settings, &LazyStore::new(settings.clone())).await?;
    let router = http::router(workshop.clone(), gate, fetch_policy(&settings));
    let worked = (!flags.no_jobs).then(|| tokio::spawn(runner(&workshop).run(shutdown.clone())));
    announce(&listener)?;
    let served = http::serve(listener, router, shutdown.clone().cancelled_owned());
    // Streams of running turns would hold a graceful end up: the turns go on at the next start.
    tokio::select! {
        served = served => served.context("the listener broke")?,
        () = async { shutdown.cancelled().await; tokio::time::sleep(END_WITHIN / 4).await } => {}
    }
    if let Some(worked) = worked {
        // A worker that panicked has nothing left to give back.
        let _ = tokio::time::timeout(END_WITHIN, worked).await;
    }
    workshop.store.close().await;
    Ok(ExitCode::SUCCESS)
}

fn clients(settings: &Settings) -> anyhow::Result<Option<Clients>> {
    let Some(path) = &settings.auth_file else { return Ok(None) };
    let of = || format!("BEDTRACK_AUTH_FILE={}", path.display());
    let text = std::fs::read_to_string(path).with_context(of)?;
    Ok(Some(Clients::parse(&text).with_context(of)?))
}

/// Beyond loopback only callers with a token are served.
async fn bind(address: &str, has_clients: bool) -> anyhow::Result<TcpListener> {
    let address: SocketAddr = listen_address(address)?;
    if !address.ip().is_loopback() && !has_clients {
        bail!(
            "--listen={address} is open to others, so every client needs a token: make one with `bedtrack token NAME` \
             and name the file of its line in BEDTRACK_AUTH_FILE"
        );
    }
    TcpListener::bind(address)
        .await
        .with_context(|| format!("{address} cannot be listened on; port 0 picks a free one"))
}

fn announce(listener: &TcpListener) -> anyhow::Result<()> {
    tracing::info!("listening on http://{}", listener.local_addr()?);
    Ok(())
}

/// The key that signs anonymous tokens, kept so that they survive a restart; readable by its owner alone.
fn signing_key(settings: &Settings) -> anyhow::Result<SecretString> {
    let home = &settings.folders.home;
    let path = home.join("studio.key");
    let of = || path.display().to_string();
    match std::fs::read_to_string(&path) {
        Ok(key) if key.trim().len() >= 32 => return Ok(SecretString::from(key.trim())),
        Ok(_) => bail!("{} is damaged; take it away, and clients will fetch new tokens", path.display()),
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error).with_context(of),
        Err(_) => {}
    }
    std::fs::create_dir_all(home).with_context(of)?;
    let key = format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple());
    // A temporary file is its owner's alone (0600) from the start.
    let mut file = tempfile::NamedTempFile::new_in(home).with_context(of)?;
    file.write_all(key.as_bytes()).with_context(of)?;
    match file.persist_noclobber(&path) {
        Ok(_) => Ok(SecretString::from(key)),
        // Another process was faster; its key counts.
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {
            Ok(SecretString::from(std::fs::read_to_string(&path).with_context(of)?))
        }
        Err(error) => Err(error.error).with_context(of),
    }
}
