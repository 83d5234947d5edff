//! The client: sends a call with its headers, and repeats it only as the policy says.

use std::sync::Arc;

use reqwest::{RequestBuilder, Response, Url};
use secrecy::SecretString;
use serde_json::Value;

use super::endpoint::{Endpoint, Place};
use super::error::{ApiError, Auth, Call};
use super::http::{self, Transport};
use super::retry::{self, Next, Tried};
use super::settings::Settings;
use super::token::TokenKeeper;
use crate::skills::Attribution;

/// A client of the API; cheap to clone.
#[derive(Clone)]
pub struct Client {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) endpoint: Box<dyn Endpoint>,
    pub(super) settings: Settings,
    pub(super) tokens: TokenKeeper,
    pub(super) transport: Transport,
}

/// Where one attempt goes, and with which token.
pub(super) struct Way {
    pub(super) place: Place,
    pub(super) bearer: SecretString,
    pub(super) auth: Auth,
}

/// Builds the request of one attempt; called once for each.
pub(super) type Build<'a> = dyn Fn(&reqwest::Client, Url) -> RequestBuilder + Send + Sync + 'a;

impl Client {
    /// A client of what the endpoint leads to. Nothing is opened before the first call.
    pub fn new(endpoint: impl Endpoint + 'static, settings: Settings, tokens: TokenKeeper) -> Self {
        Self {
            inner: Arc::new(Inner { endpoint: Box::new(endpoint), settings, tokens, transport: Transport::default() }),
        }
    }

    /// The base of the API; starts the studio where it is a local one.
    pub async fn base(&self) -> Result<Url, ApiError> {
        Ok(self.place().await?.base)
    }

    /// Whose token the calls go out with.
    pub fn auth(&self) -> Auth {
        self.inner.tokens.auth()
    }

    /// A call that answers JSON.
    pub(super) async fn json(
        &self,
        call: Call,
        attribution: &Attribution,
        path: &str,
        build: &Build<'_>,
    ) -> Result<Value, ApiError> {
        let mut tried = Tried::default();
        loop {
            let way = self.way(attribution).await?;
            let attempt = async {
                let request = self.request(&way, attribution, path, build)?;
                let request = match call {
                    // A large file may take long; the transfer is watched by its own means.
                    Call::Upload => request,
                    _ => request.timeout(self.inner.settings.answer),
                };
                let response = request.send().await.map_err(|error| ApiError::transport(call, &error))?;
                http::json(call, way.auth, response).await
            };
            match attempt.await {
                Ok(body) => return Ok(body),
                Err(error) => self.mend(call, attribution, error, &mut tried, &way).await?,
            }
        }
    }

    /// A call whose answer is read by the caller; refusals are told apart already.
    pub(super) async fn open(
        &self,
        call: Call,
        attribution: &Attribution,
        path: &str,
        build: &Build<'_>,
    ) -> Result<(Response, Auth), ApiError> {
        let mut tried = Tried::default();
        loop {
            let way = self.way(attribution).await?;
            let attempt = async {
                let request = self.request(&way, attribution, path, build)?;
                let sent = tokio::time::timeout(self.inner.settings.answer, request.send());
                let unanswered = ApiError::Unclear { call, how: super::error::Unclear::TimedOut };
                let response =
                    sent.await.map_err(|_| unanswered)?.map_err(|error| ApiError::transport(call, &error))?;
                self.judged(call, way.auth, response).await
            };
            match attempt.await {
                Ok(response) => return Ok((response, way.auth)),
                Err(error) => self.mend(call, attribution, error, &mut tried, &way).await?,
            }
        }
    }

    /// Lets an answer through that is not JSON; JSON where something else was asked for is a refusal or makes no sense.
    async fn judged(&self, call: Call, auth: Auth, response: Response) -> Result<Response, ApiError> {
        let kind = response.headers().get(reqwest::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or_default().to_ascii_lowercase();
        let odd = kind.starts_with("application/json") || kind.starts_with("text/html");
        if response.status().is_success() && !odd {
            return Ok(response);
        }
        // A download may well be JSON (a beat grid), and its host may send us elsewhere; there only the status decides.
        let (status, json) = (response.status(), kind.starts_with("application/json"));
        if call == Call::Download && (status.is_redirection() || status.is_success() && json) {
            return Ok(response);
        }
        match http::json(call, auth, response).await {
            Err(error) => Err(error),
            Ok(_) => Err(ApiError::BadAnswer { call, what: "JSON without an event".into() }),
        }
    }

    fn request(
        &self,
        way: &Way,
        attribution: &Attribution,
        path: &str,
        build: &Build<'_>,
    ) -> Result<RequestBuilder, ApiError> {
        let client = self.inner.transport.api(&way.place.base, &self.inner.settings)?;
        let url = http::below(&way.place.base, path)?;
        Ok(build(client, url).headers(http::headers(attribution, Some(&way.bearer))))
    }

    /// The place and the token for an attempt.
    pub(super) async fn way(&self, attribution: &Attribution) -> Result<Way, ApiError> {
        let place = self.place().await?;
        if let Some(bearer) = place.bearer.clone() {
            return Ok(Way { place, bearer, auth: Auth::Given });
        }
        let (bearer, auth) = self.inner.tokens.bearer(self, &place, attribution).await?;
        Ok(Way { place, bearer, auth })
    }

    async fn place(&self) -> Result<Place, ApiError> {
        self.inner.endpoint.resolve().await.map_err(|error| ApiError::NotReady { reason: error.to_string() })
    }

    /// Does what has to be done before a repetition, or gives the error back.
    pub(super) async fn mend(
        &self,
        call: Call,
        attribution: &Attribution,
        error: ApiError,
        tried: &mut Tried,
        way: &Way,
    ) -> Result<(), ApiError> {
        match retry::decide(&self.inner.settings, call, &error, tried) {
            Next::GiveUp => Err(error),
            Next::Repeat(pause) => {
                tokio::time::sleep(pause).await;
                Ok(())
            }
            Next::RenewToken => self.inner.tokens.renew(self, &way.place, attribution, &way.bearer).await,
        }
    }
}
