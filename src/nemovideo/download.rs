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

impl Client {
    /// Writes a file to `to` from its start and gives its size. `watch` hears of the bytes written and of the whole,
    /// where that is known.
    pub async fn download(
        &self,
        attribution: &Attribution,
        what: Fetch<'_>,
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
        self.save(response, to, watch).await
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
        let client = self.inner.transport.foreign(&self.inner.settings)?;
        let sent = tokio::time::timeout(self.inner.settings.answer, client.get(url.clone()).send());
        let response = sent
            .await
            .map_err(|_| ApiError::Unclear { call: CALL, how: Unclear::TimedOut })?
            .map_err(|error| ApiError::transport(CALL, &error))?;
        let status = response.status();
        match status.is_success() || status.is_redirection() {
            true => Ok(response),
            false => Err(http::refusal(CALL, Auth::Anonymous, status, None, response).await),
        }
    }

    async fn save(
        &self,
        mut response: Response,
        to: &Path,
        watch: &(dyn Fn(u64, Option<u64>) + Send + Sync),
    ) -> Result<u64, ApiError> {
        let fault = |source| ApiError::File { path: to.to_owned(), source };
        let whole = response.content_length();
        let mut file = BufWriter::with_capacity(WRITTEN_AT_ONCE, File::create(to).await.map_err(fault)?);
        let mut written = 0_u64;
        loop {
            let chunk = tokio::time::timeout(self.inner.settings.idle, response.chunk())
                .await
                .map_err(|_| ApiError::Unclear { call: CALL, how: Unclear::TimedOut })?
                .map_err(|error| ApiError::transport(CALL, &error))?;
            let Some(chunk) = chunk else { break };
            file.write_all(&chunk).await.map_err(fault)?;
            written = written.saturating_add(chunk.len() as u64);
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

/// Whether an address lies inside a private network while the API itself does not: a backend has no business there.
fn is_more_private(url: &Url, base: &Url) -> bool {
    !matches!(url.scheme(), "http" | "https") || is_private(url) && !is_private(base)
}

/// Whether a URL names, literally, an address that the internet cannot reach.
fn is_private(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return true };
    match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(address) => is_private_address(address),
        Err(_) => host == "localhost" || host.ends_with(".localhost") || host.ends_with(".local"),
    }
}

/// Whether the internet cannot reach an address.
pub fn is_private_address(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_broadcast()
                || v4.is_multicast()
                || v4.is_documentation()
                || a == 0
                || (a == 100 && (64..128).contains(&b))
                || (a == 198 && (b == 18 || b == 19))
                || a >= 240
        }
        IpAddr::V6(v6) => {
            let embedded = v6.to_ipv4_mapped().or_else(|| match v6.segments() {
                // NAT64 (RFC 6052) and 6to4 (RFC 3056) carry an IPv4 address.
                [0x64, 0xff9b, 0, 0, 0, 0, a, b] | [0x2002, a, b, ..] => {
                    Some(std::net::Ipv4Addr::from((u32::from(a) << 16) | u32::from(b)))
                }
                _ => None,
            });
            v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_unique_local()
                || v6.is_unicast_link_local()
                || v6.is_multicast()
                || embedded.is_some_and(|v4| is_private_address(IpAddr::V4(v4)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_the_internet_cannot_reach_are_known() {
        for address in
            ["10.1.2.3", "127.0.0.1", "169.254.169.254", "100.64.0.1", "0.1.2.3", "::1", "fd00::1", "fe80::1"]
        {
            assert!(is_private_address(address.parse().unwrap()), "{address}");
        }
        for address in ["::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::"] {
            assert!(is_private_address(address.parse().unwrap()), "{address}");
        }
        for address in ["1.1.1.1", "100.128.0.1", "2606:4700::1111", "::ffff:1.1.1.1"] {
            assert!(!is_private_address(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn a_public_backend_may_not_send_us_into_a_private_network() {
        let url = |text: &str| Url::parse(text).unwrap();
        assert!(is_more_private(&url("http://169.254.169.254/x"), &url("https://api.example")));
        assert!(is_more_private(&url("file:///etc/passwd"), &url("http://127.0.0.1:1")));
        assert!(!is_more_private(&url("http://127.0.0.1:2/x"), &url("http://127.0.0.1:1")));
        assert!(!is_more_private(&url("https://cdn.example/x"), &url("https://api.example")));
    }
}
