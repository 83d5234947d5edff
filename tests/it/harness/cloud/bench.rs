//! A director in front of a scripted cloud, with its own data folder, and waits that take no time.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bedtrack::director::answer::Answer;
use bedtrack::director::tools::export::ExportAsk;
use bedtrack::director::tools::generate_music::GenerateAsk;
use bedtrack::director::tools::state::StateAsk;
use bedtrack::director::tools::upload::UploadAsk;
use bedtrack::director::{Backend, Caller, Director, DirectorSettings};
use bedtrack::nemovideo::{self, ApiAddress, Client, Fixed, TokenKeeper};
use bedtrack::skills::Catalogue;
use bedtrack_store::{Store, file_url, sqlite_url};
use futures::FutureExt as _;
use tempfile::TempDir;

use super::Cloud;

/// A director, its cloud and its folders.
pub struct Bench {
    pub cloud: Cloud,
    pub director: Director,
    pub caller: Caller,
    folder: Arc<TempDir>,
    token: Option<String>,
    change: fn(&mut DirectorSettings, &mut nemovideo::ClientSettings),
}

impl Bench {
    /// With a token of the user's.
    pub async fn new() -> Self {
        Self::with(Some("user-token"), |_, _| {}).await
    }

    /// With the user's token or none, and changed settings.
    pub async fn with(token: Option<&str>, change: fn(&mut DirectorSettings, &mut nemovideo::ClientSettings)) -> Self {
        let cloud = Cloud::start().await;
        cloud.world().tokens.extend(token.map(str::to_owned));
        Self::over(cloud, Arc::new(tempfile::tempdir().unwrap()), token.map(str::to_owned), change)
    }

    /// With a cloud that is not where its address says.
    pub async fn unreachable() -> Self {
        let cloud = Cloud::start().await;
        // A port that was free a moment ago and is closed again.
        let closed = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
        cloud.world().base = format!("http://{closed}");
        Self::over(cloud, Arc::new(tempfile::tempdir().unwrap()), Some("user-token".into()), |_, _| {})
    }

    fn over(
        cloud: Cloud,
        folder: Arc<TempDir>,
        token: Option<String>,
        change: fn(&mut DirectorSettings, &mut nemovideo::ClientSettings),
    ) -> Self {
        let at = |name: &str| folder.path().join(name);
        let mut patience = nemovideo::ClientSettings {
            rate_limit: Duration::ZERO,
            read_pauses: vec![Duration::ZERO; 3],
            ..nemovideo::ClientSettings::default()
        };
        let mut settings = DirectorSettings {
            platform: Some("cursor".into()),
            poll: Duration::ZERO,
            recover: vec![Duration::ZERO],
            tick: Duration::from_millis(20),
            ..DirectorSettings::new(Backend::Cloud, at("out"))
        };
        change(&mut settings, &mut patience);
        let tokens = match &token {
            Some(token) => TokenKeeper::given(token.clone().into()),
            None => TokenKeeper::anonymous(None, Some(at("config/client_id")), Some(at("home/token.json"))),
        };
        let place = ApiAddress { base: cloud.base().parse().unwrap(), bearer: None };
        let client = Client::new(Fixed(place), patience, tokens);
        let (database, blobs) = (sqlite_url(&at("home/db.sqlite3")), file_url(&at("home/blobs")));
        let open = move || {
            let (database, blobs) = (database.clone(), blobs.clone());
            async move { Store::open(&database, &blobs).await }.boxed()
        };
        let director = Director::new(settings, client, Arc::new(Catalogue::load(None).0), Box::new(open));
        Self { cloud, director, caller: Caller::owner("test"), folder, token, change }
    }

    /// The same folders and the same cloud in another process, as far as the director can tell. The one before is
    /// dropped as a kill would drop it: nothing is handed over.
    pub fn restarted(&self) -> Self {
        Self::over(self.cloud.clone(), self.folder.clone(), self.token.clone(), self.change)
    }

    /// A path in the bench's own folder.
    pub fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file to upload.
    pub fn clip(&self, name: &str) -> String {
        let path = self.at(name);
        std::fs::write(&path, super::mp4()).unwrap();
        path.display().to_string()
    }

    pub async fn generate(&self, request: &str) -> Answer {
        self.ask(GenerateAsk { request: request.into(), ..GenerateAsk::default() }).await
    }

    pub async fn ask(&self, ask: GenerateAsk) -> Answer {
        self.director.answer(&self.caller, ask, &()).await
    }

    pub async fn upload(&self, files: &[&str]) -> Answer {
        let files = files.iter().map(|file| (*file).to_owned()).collect();
        self.director.answer(&self.caller, UploadAsk { files, ..UploadAsk::default() }, &()).await
    }

    pub async fn export(&self, ask: ExportAsk) -> Answer {
        self.director.answer(&self.caller, ask, &()).await
    }

    pub async fn state(&self, ask: StateAsk) -> Answer {
        self.director.answer(&self.caller, ask, &()).await
    }

    /// Nothing about any request was wrong.
    pub fn assert_no_offence(&self) {
        assert_eq!(self.cloud.world().offences, Vec::<String>::new());
    }
}
