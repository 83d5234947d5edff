//! The bearer token: the user's own, or one for a client without an account, fetched when it is first needed, kept until
//! it expires, and fetched by one caller at a time.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use super::client::Client;
use super::endpoint::Place;
use super::error::{ApiError, Auth, Call};
use super::http;
use super::retry::{self, Next, Tried};
use super::token_file::{self, Kept};
use crate::skills::Attribution;
use crate::wire::session::AnonymousToken;
use crate::wire::{codes, envelope, paths};

/// How long an anonymous token lives.
const LIFE: Duration = Duration::from_secs(7 * 24 * 3600);
/// It is replaced this long before its end, so that a turn does not lose it on the way.
const MARGIN: Duration = Duration::from_secs(3600);

/// Gives the bearer token.
pub struct TokenKeeper {
    given: Option<SecretString>,
    client_id: Option<String>,
    client_id_file: Option<PathBuf>,
    token_file: Option<PathBuf>,
    /// Held while a token is fetched: one in flight at a time.
    current: Mutex<Option<Kept>>,
}

impl TokenKeeper {
    /// The user's own token.
    pub fn given(token: SecretString) -> Self {
        Self { given: Some(token), ..Self::anonymous(None, None, None) }
    }

    /// A token for a client without an account: the client's id as set, else the one in its file (made where there is
    /// none); the token is kept in `token_file`.
    pub fn anonymous(client_id: Option<String>, client_id_file: Option<PathBuf>, token_file: Option<PathBuf>) -> Self {
        Self { given: None, client_id, client_id_file, token_file, current: Mutex::new(None) }
    }

    /// Whose token it gives.
    pub(super) fn auth(&self) -> Auth {
        if self.given.is_some() { Auth::Given } else { Auth::Anonymous }
    }

    /// The token to send now.
    pub(super) async fn bearer(
        &self,
        client: &Client,
        place: &Place,
        attribution: &Attribution,
    ) -> Result<(SecretString, Auth), ApiError> {
        if let Some(token) = &self.given {
            return Ok((token.clone(), Auth::Given));
        }
        let mut current = self.current.lock().await;
        if current.is_none() {
            *current = self.token_file.as_deref().and_then(|path| token_file::read(path, place.base.as_str()));
        }
        match current.as_ref().filter(|kept| kept.expires_at > SystemTime::now() + MARGIN) {
            Some(kept) => Ok((kept.token.clone(), Auth::Anonymous)),
            None => {
                let token = self.fetch(client, place, attribution, &mut current).await?;
                Ok((token, Auth::Anonymous))
            }
        }
    }

    /// Replaces a token that was refused, unless somebody has done so meanwhile.
    pub(super) async fn renew(
        &self,
        client: &Client,
        place: &Place,
        attribution: &Attribution,
        refused: &SecretString,
    ) -> Result<(), ApiError> {
        let mut current = self.current.lock().await;
        if current.as_ref().is_some_and(|kept| kept.token.expose_secret() != refused.expose_secret()) {
            return Ok(());
        }
        self.fetch(client, place, attribution, &mut current).await.map(drop)
    }

    async fn fetch(
        &self,
        client: &Client,
        place: &Place,
        attribution: &Attribution,
        current: &mut Option<Kept>,
    ) -> Result<SecretString, ApiError> {
        let (token, expires_in) = self.ask(client, &place.base, attribution).await?;
        let kept = Kept { token, base: place.base.as_str().to_owned(), expires_at: SystemTime::now() + expires_in };
        if let Some(path) = &self.token_file
            && let Err(error) = token_file::write(path, &kept)
        {
            // It serves this process; the next one fetches its own.
            tracing::warn!(path = %path.display(), %error, "the anonymous token could not be kept");
        }
        let token = kept.token.clone();
        *current = Some(kept);
        Ok(token)
    }

    async fn ask(
        &self,
        client: &Client,
        base: &Url,
        attribution: &Attribution,
    ) -> Result<(SecretString, Duration), ApiError> {
        let call = Call::AnonymousToken;
        let settings = &client.inner.settings;
        let mut tried = Tried::default();
        let mut new_id = false;
        loop {
            let id = self.id(new_id);
            let attempt = async {
                let response = client
                    .inner
                    .transport
                    .api(base, settings)?
                    .post(http::below(base, paths::ANONYMOUS_TOKEN)?)
                    .headers(http::headers(attribution, None))
                    .header("X-Client-Id", id)
                    .timeout(settings.answer)
                    .send()
                    .await
                    .map_err(|error| ApiError::transport(call, &error))?;
                let data = envelope::payload(http::json(call, Auth::Anonymous, response).await?);
                let expires_in = data.get("expires_in").and_then(envelope::lenient_i64);
                let answer: AnonymousToken =
                    serde_json::from_value(data).map_err(|_| ApiError::BadAnswer { call, what: "no token".into() })?;
                let life = expires_in.and_then(|seconds| u64::try_from(seconds).ok()).map_or(LIFE, Duration::from_secs);
                Ok((SecretString::from(answer.token), life))
            };
            let error: ApiError = match attempt.await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            // The id was missing or no good: once more with a new one.
            if error.refusal() == Some(codes::BAD_REQUEST) && !new_id {
                new_id = true;
                continue;
            }
            match retry::decide(settings, call, &error, &mut tried) {
                Next::Repeat(pause) => tokio::time::sleep(pause).await,
                _ => return Err(error),
            }
        }
    }

    /// The client's id; a new one where the old is no good.
    fn id(&self, new: bool) -> String {
        match &self.client_id {
            Some(id) if !new => id.clone(),
            _ => token_file::client_id(self.client_id_file.as_deref(), new),
        }
    }
}
