//! The bearer token: the user's own, or one for a client without an account, fetched when it is first needed, kept until
//! it expires, and fetched by one caller at a time.

use std::path::PathBuf;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::sync::Mutex;

use super::carrier::Carrier;
use super::endpoint::ApiAddress;
use super::error::{ApiError, Auth, Call};
use super::http;
use super::retry::{self, Next, Tried};
use super::token_file::{self, Kept};
use crate::skills::Attribution;
use bedtrack_wire::{codes, envelope, paths};

/// How long an anonymous token lives.
const LIFE: Duration = Duration::from_secs(7 * 24 * 3600);
/// No answer makes one live longer.
const LONGEST_LIFE: Duration = Duration::from_secs(365 * 24 * 3600);
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
    /// The backend wants the client's id with every request.
    id_demanded: AtomicBool,
    /// This process's id, where there is no file to keep one in.
    passing_id: std::sync::Mutex<Option<String>>,
}

impl TokenKeeper {
    /// The user's own token.
    pub fn given(token: SecretString) -> Self {
        Self { given: Some(token), ..Self::anonymous(None, None, None) }
    }

    /// A token for a client without an account: the client's id as set, else the one in its file (made where there is
    /// none); the token is kept in `token_file`.
    pub fn anonymous(client_id: Option<String>, client_id_file: Option<PathBuf>, token_file: Option<PathBuf>) -> Self {
        Self {
            given: None,
            client_id,
            client_id_file,
            token_file,
            current: Mutex::new(None),
            id_demanded: AtomicBool::new(false),
            passing_id: std::sync::Mutex::new(None),
        }
    }

    /// With the client's id as set, else the one in its file; a backend may ask for it beside a given token.
    #[must_use]
    pub fn identified(self, client_id: Option<String>, client_id_file: Option<PathBuf>) -> Self {
        Self { client_id, client_id_file, ..self }
    }

    /// Whose token it gives.
    pub(super) fn auth(&self) -> Auth {
        if self.given.is_some() { Auth::Given } else { Auth::Anonymous }
    }

    /// From now on the client's id goes with every request.
    pub(super) fn demand_id(&self) {
        self.id_demanded.store(true, Ordering::SeqCst);
    }

    /// The client's id, where the backend wants it with every request.
    pub(super) fn demanded_id(&self) -> Option<String> {
        self.id_demanded.load(Ordering::SeqCst).then(|| self.id(false))
    }

    /// The token to send now.
    pub(super) async fn bearer(
        &self,
        carrier: &Carrier,
        place: &ApiAddress,
        attribution: &Attribution,
    ) -> Result<(SecretString, Auth), ApiError> {
        if let Some(token) = &self.given {
            return Ok((token.clone(), Auth::Given));
        }
        let mut current = self.current.lock().await;
        if !current.as_ref().is_some_and(is_fresh) {
            // Another process of the same user may have fetched one meanwhile.
            if let Some(kept) = self.on_disk(place).filter(|kept| current.is_none() || is_fresh(kept)) {
                *current = Some(kept);
            }
        }
        if let Some(kept) = current.as_ref().filter(|kept| is_fresh(kept)) {
            return Ok((kept.token.clone(), Auth::Anonymous));
        }
        match self.fetch(carrier, place, attribution, &mut current).await {
            Ok(token) => Ok((token, Auth::Anonymous)),
            // What is about to end serves until it has.
            Err(error) => match current.as_ref().filter(|kept| kept.expires_at > SystemTime::now()) {
                Some(kept) => Ok((kept.token.clone(), Auth::Anonymous)),
                None => Err(error),
            },
        }
    }

    /// Replaces a token that was refused, unless somebody has done so meanwhile.
    pub(super) async fn renew(
        &self,
        carrier: &Carrier,
        place: &ApiAddress,
        attribution: &Attribution,
        refused: &SecretString,
    ) -> Result<(), ApiError> {
        let is_another = |kept: &Kept| kept.token.expose_secret() != refused.expose_secret();
        let mut current = self.current.lock().await;
        if current.as_ref().is_some_and(is_another) {
            return Ok(());
        }
        if let Some(kept) = self.on_disk(place).filter(|kept| is_another(kept) && is_fresh(kept)) {
            *current = Some(kept);
            return Ok(());
        }
        let fetched = self.fetch(carrier, place, attribution, &mut current).await;
        let limited = fetched.as_ref().is_err_and(|error| error.refusal() == Some(codes::RATE_LIMITED));
        // Of two processes that ask at once the backend serves one; the other finds the token on the disk.
        if limited && let Some(kept) = self.on_disk(place).filter(is_another) {
            *current = Some(kept);
            return Ok(());
        }
        fetched.map(drop)
    }

    fn on_disk(&self, place: &ApiAddress) -> Option<Kept> {
        token_file::read(self.token_file.as_deref()?, place.base.as_str())
    }

    async fn fetch(
        &self,
        carrier: &Carrier,
        place: &ApiAddress,
        attribution: &Attribution,
        current: &mut Option<Kept>,
    ) -> Result<SecretString, ApiError> {
        let (token, expires_in) = self.ask(carrier, &place.base, attribution).await?;
        carrier.secrets.learn(&token);
        let now = SystemTime::now();
        let kept = Kept {
            token,
            base: place.base.as_str().to_owned(),
            expires_at: now + expires_in,
            // One that lives shortly is used for most of its life all the same.
            renew_at: now + expires_in.saturating_sub(MARGIN.min(expires_in / 10)),
        };
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
        carrier: &Carrier,
        base: &Url,
        attribution: &Attribution,
    ) -> Result<(SecretString, Duration), ApiError> {
        let call = Call::AnonymousToken;
        let settings = &carrier.settings;
        let mut tried = Tried::default();
        let mut new_id = false;
        loop {
            let id = self.id(new_id);
            let attempt = async {
                let response = carrier
                    .transport
                    .api(base, settings)?
                    .post(http::below(base, paths::ANONYMOUS_TOKEN)?)
                    .headers(http::headers(attribution, None, Some(&id)))
                    .timeout(settings.answer)
                    .send()
                    .await
                    .map_err(|error| ApiError::transport(call, &error))?;
                let data = envelope::payload(http::json(call, Auth::Anonymous, response).await?);
                let expires_in = data.get("expires_in").and_then(envelope::lenient_i64);
                // What cannot travel as a header is no token.
                let token = data.get("token").and_then(Value::as_str).map(str::trim);
                let token =
                    token.filter(|token| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()));
                let token = token.ok_or_else(|| ApiError::BadAnswer { call, what: "no token".into() })?;
                // Nobody's clock outlives a year.
                let life = expires_in.and_then(|seconds| u64::try_from(seconds).ok()).filter(|seconds| *seconds > 0);
                let life = life.map(Duration::from_secs);
                Ok((SecretString::from(token.to_owned()), life.unwrap_or(LIFE).min(LONGEST_LIFE)))
            };
            let error: ApiError = match attempt.await {
                Ok(answer) => return Ok(answer),
                // A refusal may hold the token it refuses.
                Err(ApiError::Refused(mut refused)) => {
                    carrier.secrets.hide(&mut refused.message);
                    ApiError::Refused(refused)
                }
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
        match (&self.client_id, self.client_id_file.as_deref()) {
            (Some(id), _) if !new => id.clone(),
            (_, Some(file)) => token_file::client_id(Some(file), new),
            (_, None) => {
                let mut passing = self.passing_id.lock().unwrap_or_else(PoisonError::into_inner);
                if new {
                    *passing = None;
                }
                passing.get_or_insert_with(|| token_file::client_id(None, true)).clone()
            }
        }
    }
}

/// Whether a token will last for what is begun with it.
fn is_fresh(kept: &Kept) -> bool {
    kept.renew_at > SystemTime::now()
}
