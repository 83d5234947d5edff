//! Files from the backend to disk. The token goes along to the API's own host and nowhere else.

use std::net::IpAddr;
use std::path::Path;

use reqwest::header::LOCATION;
use reqwest::{Response, Url};
use tokio::fs::File;
use tokio::io::{AsyncWriteExt as _, BufWriter};

use super::client::Client;
use super::error::{ApiError, Auth, Call, Unclear};
use super::http;
use super::judge;
use crate::address::{is_local_name, is_public};
use crate::skills::Attribution;

const CALL: Call = Call::Download;
/// Storage services redirect once or twice.
const MAX_HOPS: usize = 5;
/// Bytes handed to the disk at a time; each time costs a change of thread.
const WRITTEN_AT_ONCE: usize = 256 << 10;

/// What to fetch.
#[derive(Debug, Clone, Copy)]
pub enum Fetch<'a> {
    /// A URL the backend gave; a path below the API's base, or on any host.
    Url(&'a str),
    /// A path of the API.
    Path(&'a str),
}

/// How large a file is to be, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// Up to the client's own limit.
    Unknown,
    /// What the backend told; more than that is no file of its.
    Told(u64),
}

impl Client {
    /// Writes a file to `to` from its start and gives its size in bytes. `watch` hears of the bytes written and of the
    /// whole, where that is known.
    ///
    /// # Errors
    /// What the backend or the file system says, and [`ApiError::BadAnswer`] for a file larger than `size` or the
    /// client's limit, or an address inside a private network; what was written by then stays in `to`.
    pub async fn download(
        &self,
        attribution: &Attribution,
        what: Fetch<'_>,
        size: Size,
        to: &Path,
        watch: &(dyn Fn(u64, Option<u64>) + Send + Sync),
    ) -> Result<u64, ApiError> {
        let base = self.base().await?;
        let url = match what {
            Fetch::Path(path) => http::below(&base, path)?,
            Fetch::Url(text) if text.starts_with('/') && !text.starts_with("//") => http::below(&base, text)?,
            Fetch::Url(text) => Url::parse(text).map_err(|_| bad("an address that is none"))?,
        };
        let response = self.follow(attribution, &base, url).await?;
        self.save(response, size, to, watch).await
    }

    /// The answer at the end of the redirects, which are followed by hand: each address is looked at, and each decides
    /// for itself whether the token goes along.
    async fn follow(&self, attribution: &Attribution, base: &Url, mut url: Url) -> Result<Response, ApiError> {
        for _ in 0..=MAX_HOPS {
            let response = if http::same_origin(&url, base) {
                let target = url.clone();
                self.open(CALL, attribution, "", &|client, _| client.get(target.clone())).await?
            } else {
                self.foreign(base, &url).await?
            };
            if !response.status().is_redirection() {
                return Ok(response);
            }
            url = elsewhere(&response, &url)?;
        }
        Err(bad("too many redirects"))
    }

    /// From another host: no token, no attribution.
    async fn foreign(&self, base: &Url, url: &Url) -> Result<Response, ApiError> {
        if is_more_private(url, base) {
            return Err(bad("an address inside a private network"));
        }
        let host = url.host_str().unwrap_or_default();
        let client = self.inner.carrier.transport.foreign(&self.inner.carrier.settings, host, base)?;
        let sent = tokio::time::timeout(self.inner.carrier.settings.answer, client.get(url.clone()).send());
        let response =
            sent.await.map_err(|_| ApiError::Unclear { call: CALL, how: Unclear::TimedOut })?.map_err(|error| {
                match judge::is_private(&error) {
                    true => bad("an address inside a private network"),
                    false => ApiError::transport(CALL, &error),
                }
            })?;
        let status = response.status();
        match status.is_success() || status.is_redirection() {
            true => Ok(response),
            false => Err(http::refusal(CALL, Auth::Anonymous, status, None, response).await),
        }
    }

    async fn save(
        &self,
        mut response: Response,
        size: Size,
        to: &Path,
        watch: &(dyn Fn(u64, Option<u64>) + Send + Sync),
    ) -> Result<u64, ApiError> {
        let fault = |source| ApiError::File { path: to.to_owned(), source };
        let whole = response.content_length();
        let limit = self.inner.carrier.settings.largest_file;
        let fits = |bytes: u64| match size {
            Size::Told(told) if bytes > told => {
                Err(bad(&format!("a file of at least {bytes} bytes instead of {told}")))
            }
            _ if bytes > limit => Err(bad(&format!("a file of more than {limit} bytes"))),
            _ => Ok(()),
        };
        whole.map_or(Ok(()), fits)?;
        let mut file = BufWriter::with_capacity(WRITTEN_AT_ONCE, File::create(to).await.map_err(fault)?);
        let mut written = 0_u64;
        loop {
            let chunk = tokio::time::timeout(self.inner.carrier.settings.idle, response.chunk())
                .await
                .map_err(|_| ApiError::Unclear { call: CALL, how: Unclear::TimedOut })?
                .map_err(|error| ApiError::transport(CALL, &error))?;
            let Some(chunk) = chunk else { break };
            written = written.saturating_add(chunk.len() as u64);
            fits(written)?;
            file.write_all(&chunk).await.map_err(fault)?;
            watch(written, whole);
        }
        file.flush().await.map_err(fault)?;
        file.get_ref().sync_all().await.map_err(fault)?;
        match whole {
            Some(whole) if whole != written => Err(ApiError::Unclear { call: CALL, how: Unclear::Cut }),
            _ => Ok(written),
        }
    }
}

/// Where a redirect leads.
fn elsewhere(response: &Response, from: &Url) -> Result<Url, ApiError> {
    let next = response.headers().get(LOCATION).and_then(|next| next.to_str().ok());
    next.and_then(|next| from.join(next).ok()).ok_or_else(|| bad("a redirect to nowhere"))
}

fn bad(what: &str) -> ApiError {
    ApiError::BadAnswer { call: CALL, what: what.into() }
}

/// Whether an address lies, by its own words, inside a private network while the API itself does not: a backend has no business there.
fn is_more_private(url: &Url, base: &Url) -> bool {
    !matches!(url.scheme(), "http" | "https") || is_private(url) && !is_private(base)
}

/// Whether a URL names, literally, what the internet cannot reach; where other names lead, the judge sees.
fn is_private(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return true };
    match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(address) => !is_public(address),
        Err(_) => is_local_name(host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_backend_may_not_send_us_into_a_private_network() {
        let url = |text: &str| Url::parse(text).unwrap();
        assert!(is_more_private(&url("http://169.254.169.254/x"), &url("https://api.example")));
        assert!(is_more_private(&url("file:///etc/passwd"), &url("http://127.0.0.1:1")));
        assert!(!is_more_private(&url("http://127.0.0.1:2/x"), &url("http://127.0.0.1:1")));
        assert!(!is_more_private(&url("https://cdn.example/x"), &url("https://api.example")));
    }
}
