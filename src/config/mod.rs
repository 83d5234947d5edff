//! Settings, read once at start: flags first, then the environment, then `config.toml` in the data folder. No other room
//! touches the environment. A bad value is an error that names the setting, the value and what is accepted.

mod cloud;
mod folders;
mod source;
mod timing;

use std::net::SocketAddr;
use std::path::PathBuf;

use secrecy::SecretString;
use tracing_subscriber::EnvFilter;

pub use cloud::Cloud;
pub use folders::Folders;
pub use source::{Layers, SettingError};
pub use timing::Timing;

/// What is logged where nothing is set.
pub const LOG: &str = "warn,bedtrack=info";

/// Which studio does the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// The embedded one.
    Local,
    /// NemoVideo's.
    Cloud,
}

/// All settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Which studio does the work.
    pub backend: Backend,
    /// How NemoVideo is reached.
    pub cloud: Cloud,
    /// Where things lie.
    pub folders: Folders,
    /// Which skills there are.
    pub skills: Skills,
    /// What tools and sounds the studio uses.
    pub studio: Studio,
    /// What files and hosts may be touched.
    pub reach: Reach,
    /// How long to wait for what.
    pub timing: Timing,
    /// Where state is kept.
    pub store: StoreUrls,
    /// What is logged on stderr, a filter of `tracing`.
    pub log: String,
    /// File of clients and their tokens, for the HTTP roles.
    pub auth_file: Option<PathBuf>,
}

/// Which skills there are.
#[derive(Debug, Clone)]
pub struct Skills {
    /// Used where a call names none.
    pub default: String,
    /// A further folder of skills.
    pub extra: Option<PathBuf>,
    /// `X-Skill-Platform`, where it is not to be detected.
    pub platform: Option<String>,
}

/// What the embedded studio uses.
#[derive(Debug, Clone, Default)]
pub struct Studio {
    /// Path of ffmpeg.
    pub ffmpeg: Option<PathBuf>,
    /// A larger sample bank.
    pub soundfont: Option<PathBuf>,
}

/// What files and hosts may be touched.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// Folders that local paths must lie in; none set: any over stdio, none over HTTP.
    pub roots: Option<Vec<PathBuf>>,
    /// Hosts that uploads by URL may reach although private, loopback or plain http; in lower case.
    pub allow_hosts: Vec<String>,
}

/// Where state is kept; what is not set lies in the data folder. The store knows which URLs it takes.
#[derive(Debug, Clone)]
pub struct StoreUrls {
    /// `DATABASE_URL`; may hold a password.
    pub database: Option<SecretString>,
    /// `BLOB_URL`.
    pub blobs: Option<String>,
}

impl Settings {
    /// Reads every setting from its layers.
    pub fn read(layers: &Layers) -> Result<Self, SettingError> {
        let folders = Folders::read(layers)?;
        let layers = &layers.with_file(&folders.home.join("config.toml"))?;
        // The output folder may come from the file, which lies in the home folder.
        let folders = Folders::read(layers)?;
        let cloud = Cloud::read(layers)?;
        let backend = match layers.text("BEDTRACK_BACKEND") {
            None if cloud.is_named => Backend::Cloud,
            None => Backend::Local,
            Some(value) => match value.to_ascii_lowercase().as_str() {
                "local" => Backend::Local,
                "cloud" => Backend::Cloud,
                _ => return Err(SettingError::bad("BEDTRACK_BACKEND", &value, "`local` or `cloud`")),
            },
        };
        Ok(Self {
            backend,
            store: StoreUrls { database: layers.secret("DATABASE_URL"), blobs: layers.text("BLOB_URL") },
            log: log(layers)?,
            cloud,
            skills: Skills {
                default: layers.text("BEDTRACK_SKILL").unwrap_or_else(|| "topmediai-ai-music-generator".to_owned()),
                extra: layers.folder("BEDTRACK_SKILLS")?,
                platform: layers.token("SKILL_SOURCE")?,
            },
            studio: Studio { ffmpeg: layers.file("BEDTRACK_FFMPEG")?, soundfont: layers.file("BEDTRACK_SOUNDFONT")? },
            reach: Reach { roots: roots(layers)?, allow_hosts: allow_hosts(layers)? },
            timing: Timing::read(layers)?,
            auth_file: layers.file("BEDTRACK_AUTH_FILE")?,
            folders,
        })
    }
}

/// Reads the address a role is to listen on.
pub fn listen_address(value: &str) -> Result<SocketAddr, SettingError> {
    value.parse().map_err(|_| SettingError::bad("--listen", value, "an address and port such as `127.0.0.1:8808`"))
}

fn roots(layers: &Layers) -> Result<Option<Vec<PathBuf>>, SettingError> {
    let Some(value) = layers.text("BEDTRACK_ROOTS") else { return Ok(None) };
    let accepted = "existing folders by absolute path, separated as in PATH";
    let roots: Result<Vec<PathBuf>, _> = std::env::split_paths(&value)
        .filter(|path| !path.as_os_str().is_empty())
        .map(|path| match path.canonicalize() {
            Ok(real) if path.is_absolute() && real.is_dir() => Ok(real),
            _ => Err(SettingError::bad("BEDTRACK_ROOTS", &path.display().to_string(), accepted)),
        })
        .collect();
    roots.map(Some)
}

fn allow_hosts(layers: &Layers) -> Result<Vec<String>, SettingError> {
    let value = layers.text("BEDTRACK_ALLOW_HOSTS").unwrap_or_default();
    let hosts = value.split(',').map(str::trim).filter(|host| !host.is_empty());
    hosts
        .map(|host| {
            let bare = host.trim_start_matches('[').trim_end_matches(']');
            let valid = bare.parse::<std::net::IpAddr>().is_ok()
                || (!bare.is_empty()
                    && bare.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')));
            let accepted = "host names and addresses without scheme or port, separated by commas";
            valid
                .then(|| bare.to_ascii_lowercase())
                .ok_or_else(|| SettingError::bad("BEDTRACK_ALLOW_HOSTS", host, accepted))
        })
        .collect()
}

/// What is logged: a filter of `tracing`.
fn log(layers: &Layers) -> Result<String, SettingError> {
    let Some(value) = layers.text("BEDTRACK_LOG") else { return Ok(LOG.to_owned()) };
    match EnvFilter::try_new(&value) {
        Ok(_) => Ok(value),
        Err(_) => Err(SettingError::bad("BEDTRACK_LOG", &value, "a filter such as `info` or `warn,bedtrack=debug`")),
    }
}

#[cfg(test)]
mod tests;
