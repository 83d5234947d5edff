//! Uploads by URL. The address is resolved first, checked, and pinned for the request, and every redirect is checked
//! again, so that no name can lead to a private network after it was judged (DNS rebinding).

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use reqwest::header;
use reqwest::redirect::Policy;
use tokio::io::{AsyncWriteExt as _, BufWriter};
use url::{Host, Url};

use super::failure::Failure;
use crate::address::is_public;

const MOST_REDIRECTS: usize = 5;
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
const FETCH_WITHIN: Duration = Duration::from_secs(300);

/// Bytes handed to the disk at a time; each time costs a change of thread.
pub const WRITTEN_AT_ONCE: usize = 256 << 10;

/// Which hosts may be reached although private, loopback or plain http; names and addresses in lower case.
#[derive(Debug, Default)]
pub struct FetchPolicy {
    /// From `BEDTRACK_ALLOW_HOSTS`.
    pub allow_hosts: Vec<String>,
}

impl FetchPolicy {
    /// Fetches a URL into a new file and gives its size; none where that is more than `limit` bytes.
    pub async fn fetch(&self, url: &str, path: &Path, limit: u64) -> Result<Option<u64>, Failure> {
        let mut url = Url::parse(url).map_err(|_| refused("it is no URL"))?;
        for _ in 0..=MOST_REDIRECTS {
            let response = self.request(&url).await?;
            let target = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
            match (response.status().is_redirection(), target) {
                (true, Some(target)) => url = url.join(target).map_err(|_| refused("it redirects to no URL"))?,
                _ => return save(response, path, limit).await,
            }
        }
        Err(refused("it redirects too often"))
    }

    async fn request(&self, url: &Url) -> Result<reqwest::Response, Failure> {
        let host = url.host().ok_or_else(|| refused("it names no host"))?;
        let name = host.to_string().trim_matches(['[', ']']).to_ascii_lowercase();
        let allowed = self.allow_hosts.contains(&name);
        if !(url.scheme() == "https" || (url.scheme() == "http" && allowed)) {
            return Err(refused("only https is fetched"));
        }
        let port = url.port_or_known_default().ok_or_else(|| refused("it names no port"))?;
        let addresses = resolve(&host, port).await?;
        let good: Vec<SocketAddr> =
            addresses.into_iter().filter(|address| allowed || is_public(address.ip())).collect();
        if good.is_empty() {
            return Err(refused("it leads to a private or local address"));
        }
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT_WITHIN)
            .timeout(FETCH_WITHIN)
            .resolve_to_addrs(&name, &good)
            .build()
            .map_err(|error| {
                tracing::error!("fetching: {error}");
                Failure::internal("the studio's HTTP client cannot be made")
            })?;
        client.get(url.clone()).send().await.map_err(|error| {
            tracing::debug!("fetching: {}", error.without_url());
            refused("it does not answer")
        })
    }
}

async fn resolve(host: &Host<&str>, port: u16) -> Result<Vec<SocketAddr>, Failure> {
    match host {
        Host::Ipv4(address) => Ok(vec![(*address, port).into()]),
        Host::Ipv6(address) => Ok(vec![(*address, port).into()]),
        Host::Domain(name) => {
            let found = tokio::net::lookup_host((*name, port)).await;
            Ok(found.map_err(|_| refused("its host name does not resolve"))?.collect())
        }
    }
}

async fn save(mut response: reqwest::Response, path: &Path, limit: u64) -> Result<Option<u64>, Failure> {
    if !response.status().is_success() {
        return Err(refused(&format!("it answers {}", response.status().as_u16())));
    }
    if response.content_length().is_some_and(|length| length > limit) {
        return Ok(None);
    }
    let mut file = BufWriter::with_capacity(WRITTEN_AT_ONCE, tokio::fs::File::create_new(path).await?);
    let mut size = 0_u64;
    while let Some(chunk) = response.chunk().await.map_err(|_| refused("the transfer broke off"))? {
        size += chunk.len() as u64;
        if size > limit {
            return Ok(None);
        }
        file.write_all(&chunk).await?;
    }
    file.flush().await?;
    Ok(Some(size))
}

fn refused(why: &str) -> Failure {
    Failure::bad_request(format!("the URL was not fetched: {why}"))
}

/// The name a URL suggests for its file, its escapes undone.
pub fn file_name(url: &str) -> String {
    let url = Url::parse(url).ok();
    let last = url.as_ref().and_then(|url| url.path_segments()?.next_back()).unwrap_or_default();
    let last = percent_decode_str(last).decode_utf8_lossy();
    if last.is_empty() { "download".to_owned() } else { last.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_as_people_read_its_address() {
        assert_eq!(file_name("https://example.com/a/My%20clip%20%E5%A4%8F.mp4?sig=1"), "My clip 夏.mp4");
        assert_eq!(file_name("https://example.com/%FF.mp4"), "\u{fffd}.mp4");
        assert_eq!(file_name("https://example.com/"), "download");
    }

    #[tokio::test]
    async fn a_local_address_is_refused_unless_its_host_is_allowed() {
        let folder = tempfile::tempdir().unwrap();
        for url in ["https://127.0.0.1:1/x.mp4", "http://example.com/x.mp4", "file:///etc/passwd", "https://[::1]/x"] {
            let refused = FetchPolicy::default().fetch(url, &folder.path().join("x"), 10).await.unwrap_err();
            assert!(format!("{refused:?}").contains("not fetched"), "{url}: {refused:?}");
        }
        assert!(!folder.path().join("x").exists());
    }
}
