//! Uploads by URL. The address is resolved first, checked, and pinned for the request, and every redirect is checked
//! again, so that no name can lead to a private network after it was judged (DNS rebinding).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use reqwest::header;
use reqwest::redirect::Policy;
use tokio::io::{AsyncWriteExt as _, BufWriter};
use url::{Host, Url};

use super::failure::Failure;
use super::upload::WRITTEN_AT_ONCE;

const MOST_REDIRECTS: usize = 5;
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
const FETCH_WITHIN: Duration = Duration::from_secs(300);

/// Which hosts may be reached although private, loopback or plain http; names and addresses in lower case.
#[derive(Debug, Default)]
pub struct FetchPolicy {
    /// From `BEDTRACK_ALLOW_HOSTS`.
    pub allow_hosts: Vec<String>,
}

impl FetchPolicy {
    /// Fetches a URL into a new file of at most `limit` bytes.
    pub async fn fetch(&self, url: &str, path: &Path, limit: u64) -> Result<(), Failure> {
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

async fn save(mut response: reqwest::Response, path: &Path, limit: u64) -> Result<(), Failure> {
    if !response.status().is_success() {
        return Err(refused(&format!("it answers {}", response.status().as_u16())));
    }
    if response.content_length().is_some_and(|length| length > limit) {
        return Err(Failure::too_large(limit));
    }
    let mut file = BufWriter::with_capacity(WRITTEN_AT_ONCE, tokio::fs::File::create_new(path).await?);
    let mut size = 0_u64;
    while let Some(chunk) = response.chunk().await.map_err(|_| refused("the transfer broke off"))? {
        size += chunk.len() as u64;
        if size > limit {
            return Err(Failure::too_large(limit));
        }
        file.write_all(&chunk).await?;
    }
    file.flush().await?;
    Ok(())
}

fn refused(why: &str) -> Failure {
    Failure::bad_request(format!("the URL was not fetched: {why}"))
}

/// The name a URL suggests for its file.
pub fn file_name(url: &str) -> String {
    let url = Url::parse(url).ok();
    let last = url.as_ref().and_then(|url| url.path_segments()?.next_back()).unwrap_or_default();
    if last.is_empty() { "download".to_owned() } else { last.to_owned() }
}

/// Whether an address belongs to the open internet: not private, loopback, link-local (metadata services live there),
/// shared, reserved, multicast, or an IPv6 form that carries such an IPv4 address.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    !(v4.is_private()
        || v4.is_loopback()
        || v4.is_link_local()
        || v4.is_broadcast()
        || v4.is_documentation()
        || v4.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19)))
}

fn is_public_v6(v6: Ipv6Addr) -> bool {
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match v6.segments() {
        // IPv4-mapped, IPv4-compatible, and NAT64 (RFC 6052).
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        // 6to4 (RFC 3056).
        [0x2002, high, low, ..] => embedded(high, low),
        // Documentation.
        [0x2001, 0xdb8, ..] => false,
        // Global unicast is 2000::/3; the rest is local, multicast or reserved.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_open_internet_are_told_from_all_others() {
        for public in ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
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
