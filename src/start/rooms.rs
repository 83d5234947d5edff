//! The rooms of a server: director, skills, the client of the API, and locally the studio behind it.

use std::sync::Arc;

use futures::FutureExt as _;
use tokio_util::sync::CancellationToken;

use super::signals::END_WITHIN;
use super::studio::{LazyStore, LocalStudio};
use crate::config::{self, Settings};
use crate::director::{self, Director};
use crate::mcp;
use crate::nemovideo::{self, ApiAddress, Client, EndpointError, Fixed, Lazy, TokenKeeper};
use crate::skills::Catalogue;
use bedtrack_film::LIMITS;

/// The rooms of a server.
pub struct Rooms {
    director: Director,
    skills: Arc<Catalogue>,
    store: LazyStore,
    studio: LocalStudio,
    shutdown: CancellationToken,
}

impl Rooms {
    /// Puts the rooms together; nothing is opened or started yet. A studio among them works its jobs itself where it
    /// `works`.
    pub fn new(settings: Arc<Settings>, shutdown: CancellationToken, works: bool) -> Self {
        let (catalogue, problems) = Catalogue::load(settings.skills.extra.as_deref());
        for problem in problems {
            tracing::warn!("skill left out: {problem}");
        }
        let skills = Arc::new(catalogue);
        let store = LazyStore::new(settings.clone());
        let studio = LocalStudio::new(settings.clone(), store.clone(), shutdown.clone(), works);
        let client = client(&settings, &studio);
        let opener = store.clone();
        let open = move || {
            let store = opener.clone();
            async move { store.get().await }.boxed()
        };
        let director = Director::new(director_settings(&settings), client, skills.clone(), Box::new(open));
        Self { director, skills, store, studio, shutdown }
    }

    /// What takes calls.
    pub fn director(&self) -> &Director {
        &self.director
    }

    /// The MCP server over these rooms.
    pub fn server(&self) -> mcp::Server {
        mcp::Server::new(Arc::new(self.director.clone()), self.skills.clone())
    }

    /// Takes up what a stopped process left unfinished, without holding the start up.
    pub fn resume_in_background(&self) {
        self.director.resume();
    }

    /// Whether work can be taken on: the store opens.
    pub fn ready(&self) -> mcp::http::Ready {
        let store = self.store.clone();
        Arc::new(move || {
            let store = store.clone();
            async move { store.get().await.map(drop).map_err(|error| error.to_string()) }.boxed()
        })
    }

    /// Ends everything: waiting stops, workers give their work back, the database is closed.
    pub async fn close(self) {
        self.shutdown.cancel();
        let all = async {
            self.director.close().await;
            self.studio.ended().await;
            if let Some(store) = self.store.opened() {
                store.close().await;
            }
        };
        if tokio::time::timeout(END_WITHIN, all).await.is_err() {
            tracing::warn!("ending took too long; what was running goes on at the next start");
        }
    }
}

/// The one client of the API: for the cloud with its token, for the studio with the secret of this process.
fn client(settings: &Settings, studio: &LocalStudio) -> Client {
    let cloud = &settings.cloud;
    let patience = nemovideo::ClientSettings {
        quiet: settings.timing.quiet,
        turn: settings.timing.turn,
        rate_limit: settings.timing.retry,
        largest_file: LIMITS.output_bytes,
        ..nemovideo::ClientSettings::default()
    };
    let tokens = match &cloud.token {
        Some(token) => {
            TokenKeeper::given(token.clone()).identified(cloud.client_id.clone(), cloud.client_id_file.clone())
        }
        None => TokenKeeper::anonymous(
            cloud.client_id.clone(),
            cloud.client_id_file.clone(),
            Some(settings.folders.home.join("token.json")),
        ),
    };
    match settings.backend {
        config::Backend::Cloud => {
            Client::new(Fixed(ApiAddress { base: cloud.api_url.clone(), bearer: None }), patience, tokens)
        }
        config::Backend::Local => {
            let studio = studio.clone();
            let start = move || {
                let studio = studio.clone();
                async move {
                    let (base, secret) = studio.resolve().await.map_err(|error| EndpointError(format!("{error:#}")))?;
                    Ok(ApiAddress { base, bearer: Some(secret) })
                }
                .boxed()
            };
            Client::new(Lazy::new(Box::new(start)), patience, tokens)
        }
    }
}

fn director_settings(settings: &Settings) -> director::DirectorSettings {
    let backend = match settings.backend {
        config::Backend::Local => director::Backend::Local,
        config::Backend::Cloud => director::Backend::Cloud,
    };
    director::DirectorSettings {
        default_skill: settings.skills.default.clone(),
        platform: settings.skills.platform.clone(),
        roots: settings.reach.roots.clone(),
        allow_hosts: settings.reach.allow_hosts.clone(),
        web_base: settings.cloud.web_url.to_string().trim_end_matches('/').to_owned(),
        poll: settings.timing.poll,
        recover: vec![settings.timing.recover.0, settings.timing.recover.1],
        turn: settings.timing.turn,
        media: settings.folders.home.join("media"),
        ..director::DirectorSettings::new(backend, settings.folders.output.clone())
    }
}
