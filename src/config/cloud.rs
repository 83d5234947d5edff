//! How NemoVideo's cloud is reached.

use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};

use super::source::{Layers, SettingError};

/// How NemoVideo's cloud is reached.
#[derive(Debug, Clone)]
pub struct Cloud {
    /// Base of the API, `NEMO_API_URL`.
    pub api_url: Url,
    /// Base of the web pages, `NEMO_WEB_URL`.
    pub web_url: Url,
    /// Bearer token given by the user, `NEMO_TOKEN`.
    pub token: Option<SecretString>,
    /// Client identifier, `NEMO_CLIENT_ID`; none: the one in `client_id_file`.
    pub client_id: Option<String>,
    /// Holds the client's UUID and nothing else.
    pub client_id_file: Option<PathBuf>,
    /// Whether the user named the cloud by a token or a base.
    pub is_named: bool,
}

impl Cloud {
    pub(super) fn read(layers: &Layers) -> Result<Self, SettingError> {
        let token = layers.secret("NEMO_TOKEN");
        let is_plain = |token: &SecretString| token.expose_secret().chars().all(|c| c.is_ascii_graphic());
        if token.as_ref().is_some_and(|token| !is_plain(token)) {
            return Err(SettingError::bad("NEMO_TOKEN", "(hidden)", "a bearer token without blanks"));
        }
        Ok(Self {
            is_named: token.is_some() || layers.text("NEMO_API_URL").is_some(),
            api_url: base(layers, "NEMO_API_URL", "https://mega-api-prod.nemovideo.ai")?,
            web_url: base(layers, "NEMO_WEB_URL", "https://nemovideo.com")?,
            token,
            client_id: layers.token("NEMO_CLIENT_ID")?,
            client_id_file: directories::BaseDirs::new()
                .map(|dirs| dirs.home_dir().join(".config/nemovideo/client_id")),
        })
    }
}

/// A base URL. Plain http only to this machine: the bearer token travels on it.
fn base(layers: &Layers, name: &str, default: &str) -> Result<Url, SettingError> {
    let value = layers.text(name).unwrap_or_else(|| default.to_owned());
    let url = Url::parse(&value).ok().filter(|url| match (url.scheme(), url.host()) {
        ("https", Some(_)) => true,
        ("http", Some(Host::Domain(host))) => host == "localhost",
        ("http", Some(Host::Ipv4(address))) => address.is_loopback(),
        ("http", Some(Host::Ipv6(address))) => address.is_loopback(),
        _ => false,
    });
    url.filter(|url| url.username().is_empty() && url.password().is_none() && url.query().is_none())
        .ok_or_else(|| SettingError::bad(name, &value, "an https URL (plain http only to this machine)"))
}
