//! What the director has to be told by its surroundings.

use std::path::PathBuf;
use std::time::Duration;

/// The director's settings.
#[derive(Debug, Clone)]
pub struct DirectorSettings {
    /// Which side does the work.
    pub backend: Backend,
    /// The skill used when a call names none and its session has none.
    pub default_skill: String,
    /// The value of `X-Skill-Platform`, where it is set; else it is detected from a skill's folder.
    pub platform: Option<String>,
    /// Where exports are written.
    pub output: PathBuf,
    /// Where copies of the music made are kept, a folder for each session.
    pub media: PathBuf,
    /// Folders that local paths must lie in; `None`: any for local callers, none for remote ones.
    pub roots: Option<Vec<PathBuf>>,
    /// Hosts and addresses that uploads by URL may name although private, loopback or plain http.
    pub allow_hosts: Vec<String>,
    /// Base of links for people.
    pub web_base: String,
    /// Waits between polls of a render and of a session that is still at work, unless the backend names its own.
    pub poll: Duration,
    /// First and further waits before the state is read after a lost connection; the last one repeats.
    pub recover: Vec<Duration>,
    /// Longest life of one turn.
    pub turn: Duration,
    /// How often a waiting caller hears of its work though nothing new happened.
    pub tick: Duration,
    /// How long the process that does a piece of work may be silent before another takes it over.
    pub lease: Duration,
}

/// Who does the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// The studio on this machine: nothing to pay, no web page, and a turn can be ended.
    Local,
    /// NemoVideo's cloud.
    Cloud,
}

impl Backend {
    /// The word sessions are kept under.
    pub fn id(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Cloud => "cloud",
        }
    }
}

impl DirectorSettings {
    /// The usual waits around the given folder; for tests and for `start` to fill.
    pub fn new(backend: Backend, output: impl Into<PathBuf>) -> Self {
        let output = output.into();
        Self {
            backend,
            default_skill: "topmediai-ai-music-generator".into(),
            platform: None,
            media: output.join("media"),
            output,
            roots: None,
            allow_hosts: Vec::new(),
            web_base: "https://nemovideo.com".into(),
            poll: Duration::from_secs(30),
            recover: vec![Duration::from_secs(30), Duration::from_secs(60)],
            turn: Duration::from_secs(900),
            tick: Duration::from_secs(3),
            lease: Duration::from_secs(10),
        }
    }
}
