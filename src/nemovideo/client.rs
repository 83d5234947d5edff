//! The client: sends a call with its headers, and repeats it only as the policy says.

use std::sync::Arc;

use reqwest::{RequestBuilder, Response, Url};
use secrecy::SecretString;
use serde_json::Value;

use super::carrier::Carrier;
use super::endpoint::{ApiAddress, Endpoint};
use super::error::{ApiError, Auth, Call, Unclear};
use super::http;
use super::redact::Secrets;
use super::retry::{self, Next, Tried};
use super::settings::ClientSettings;
use super::token::TokenKeeper;
use crate::skills::Attribution;
use bedtrack_wire::codes;

/// A client of the API; cheap to clone.
#[derive(Clone)]
pub struct Client {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    endpoint: Box<dyn Endpoint>,
    tokens: TokenKeeper,
    pub(super) carrier: Carrier,
}

/// Where one attempt goes, and with which token.
pub(super) struct Way {
    pub(super) place: ApiAddress,
    pub(super) bearer: SecretString,
    pub(super) auth: Auth,
    /// The client's id, where the backend has asked for it.
    pub(super) client_id: Option<String>,
}

/// Builds the request of one attempt; called once for each.
pub(super) type Build<'a> = dyn Fn(&reqwest::Client, Url) -> RequestBuilder + Send + Sync + 'a;

impl Client {
    /// A client of what the endpoint leads to. Nothing is opened before the first call.
    pub fn new(endpoint: impl Endpoint + 'static, settings: ClientSettings, tokens: TokenKeeper) -> Self {
        Self { inner: Arc::new(Inner { endpoint: Box::new(endpoint), tokens, carrier: Carrier::new(settings) }) }
    }

    /// The base of the API; starts the studio where it is a local one.
    pub async fn base(&self) -> Result<Url, ApiError> {
        Ok(self.place().await?.base)
    }

    /// Whose token the calls go out with.
    pub fn auth(&self) -> Auth {
        self.inner.tokens.auth()
    }

    /// Hides our own secrets in a text of the backend's that was put together from pieces.
    pub fn hide_secrets(&self, text: &mut String) {
        self.inner.carrier.secrets.hide(text);
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
                    _ => request.timeout(self.inner.carrier.settings.answer),
                };
                let response = request.send().await.map_err(|error| ApiError::transport(call, &error))?;
                http::json(call, way.auth, response).await
            };
            match self.cleaned(attempt.await) {
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
    ) -> Result<Response, ApiError> {
        let mut tried = Tried::default();
        loop {
            let way = self.way(attribution).await?;
            match self.send(call, attribution, path, build, &way).await {
                Ok(response) => return Ok(response),
                Err(error) => self.mend(call, attribution, error, &mut tried, &way).await?,
            }
        }
    }

    /// One attempt at a call whose answer is read by the caller.
    pub(super) async fn send(
        &self,
        call: Call,
        attribution: &Attribution,
        path: &str,
        build: &Build<'_>,
        way: &Way,
    ) -> Result<Response, ApiError> {
        let request = self.request(way, attribution, path, build)?;
        let sent = tokio::time::timeout(self.inner.carrier.settings.answer, request.send()).await;
        let sent = sent.map_err(|_| ApiError::Unclear { call, how: Unclear::TimedOut })?;
        let response = sent.map_err(|error| ApiError::transport(call, &error))?;
        self.cleaned(self.judged(call, way.auth, response).await)
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
        let client = self.inner.carrier.transport.api(&way.place.base, &self.inner.carrier.settings)?;
        let url = http::below(&way.place.base, path)?;
        let headers = http::headers(attribution, Some(&way.bearer), way.client_id.as_deref());
        Ok(build(client, url).headers(headers))
    }

    /// The place and the token for an attempt.
    pub(super) async fn way(&self, attribution: &Attribution) -> Result<Way, ApiError> {
        let place = self.place().await?;
        let (bearer, auth) = match place.bearer.clone() {
            Some(bearer) => (bearer, Auth::Given),
            None => self.inner.tokens.bearer(&self.inner.carrier, &place, attribution).await?,
        };
        self.inner.carrier.secrets.learn(&bearer);
        Ok(Way { place, bearer, auth, client_id: self.inner.tokens.demanded_id() })
    }

    async fn place(&self) -> Result<ApiAddress, ApiError> {
        self.inner.endpoint.resolve().await.map_err(|error| ApiError::NotReady { reason: error.to_string() })
    }

    /// An outcome without our own secrets in it.
    pub(super) fn cleaned<T: Clean>(&self, outcome: Result<T, ApiError>) -> Result<T, ApiError> {
        match outcome {
            Ok(mut answer) => {
                answer.clean(&self.inner.carrier.secrets);
                Ok(answer)
            }
            Err(ApiError::Refused(mut refused)) => {
                self.inner.carrier.secrets.hide(&mut refused.message);
                Err(ApiError::Refused(refused))
            }
            Err(error) => Err(error),
        }
    }

    /// Does what has to be done before a repetition, or gives the error back.
    pub(super) async fn mend(
        &self,
        call: Call,
        attribution: &Attribution,
        mut error: ApiError,
        tried: &mut Tried,
        way: &Way,
    ) -> Result<(), ApiError> {
        match retry::decide(&self.inner.carrier.settings, call, &error, tried) {
            Next::GiveUp => {
                // Who asks when to come back is told the usual pause where the backend names none.
                if let ApiError::Refused(refused) = &mut error
                    && refused.number() == codes::RATE_LIMITED
                    && refused.retry_after.is_none()
                {
                    refused.retry_after = Some(self.inner.carrier.settings.rate_limit);
                }
                Err(error)
            }
            Next::Identify => {
                self.inner.tokens.demand_id();
                Ok(())
            }
            Next::Repeat(pause) => {
                tokio::time::sleep(pause).await;
                Ok(())
            }
            Next::RenewToken => {
                self.inner.tokens.renew(&self.inner.carrier, &way.place, attribution, &way.bearer).await
            }
        }
    }
}

/// What can hold a secret of ours that the backend repeats.
pub(super) trait Clean {
    /// Hides it.
    fn clean(&mut self, secrets: &Secrets);
}

impl Clean for Value {
    fn clean(&mut self, secrets: &Secrets) {
        secrets.hide_in(self);
    }
}

/// What comes after the headers is cleaned as it is read.
impl Clean for Response {
    fn clean(&mut self, _: &Secrets) {}
}
