//! Names of other hosts, resolved by us: what the backend names is judged by where it leads, and the connection goes to
//! the very addresses that were judged.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::address::is_public;

/// A name that leads into a private network.
#[derive(Debug, thiserror::Error)]
#[error("an address inside a private network")]
pub struct Private;

/// Resolves names. Those the backend named are judged; others, such as a proxy's, are the user's own setting.
#[derive(Debug, Clone, Default)]
pub struct Judge {
    /// The host of the API that named a name: where that lies inside a network itself, so may its files.
    named_by: Arc<RwLock<BTreeMap<String, String>>>,
}

impl Judge {
    /// Judges a host from now on, named by an API on the host `base`.
    pub fn watch(&self, host: &str, base: &str) {
        let mut named_by = self.named_by.write().unwrap_or_else(PoisonError::into_inner);
        named_by.insert(host.to_owned(), base.to_owned());
    }
}

impl Resolve for Judge {
    fn resolve(&self, name: Name) -> Resolving {
        let named_by = self.named_by.read().unwrap_or_else(PoisonError::into_inner).get(name.as_str()).cloned();
        Box::pin(async move {
            let found = addresses(name.as_str()).await?;
            let Some(base) = named_by else { return Ok(Box::new(found.into_iter()) as Addrs) };
            let public: Vec<SocketAddr> = found.iter().copied().filter(|address| is_public(address.ip())).collect();
            if !public.is_empty() {
                return Ok(Box::new(public.into_iter()) as Addrs);
            }
            let is_inside = addresses(&base).await.is_ok_and(|own| own.iter().all(|address| !is_public(address.ip())));
            match is_inside {
                true => Ok(Box::new(found.into_iter()) as Addrs),
                false => Err(Private.into()),
            }
        })
    }
}

/// The addresses of a name, or of an address as text.
async fn addresses(host: &str) -> std::io::Result<Vec<SocketAddr>> {
    // The port is the connection's business.
    Ok(tokio::net::lookup_host((host.trim_matches(['[', ']']), 0)).await?.collect())
}

/// Whether a request failed because of where its name leads.
pub fn is_private(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    while let Some(error) = cause {
        if error.is::<Private>() {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_leads_into_a_private_network_is_fetched_for_an_api_in_there_alone() {
        // An address as a name resolves to itself, without asking anybody.
        let judge = Judge::default();
        let leads = async |host: &str| judge.resolve(host.parse().unwrap()).await.is_ok();
        assert!(leads("127.0.0.1").await, "a proxy's name is the user's own");
        judge.watch("127.0.0.1", "1.1.1.1");
        assert!(!leads("127.0.0.1").await);
        judge.watch("127.0.0.1", "10.0.0.1");
        assert!(leads("127.0.0.1").await);
        judge.watch("8.8.8.8", "1.1.1.1");
        assert!(leads("8.8.8.8").await);
    }

    #[tokio::test]
    async fn a_request_that_failed_for_where_its_name_leads_is_told_from_others() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let judge = Judge::default();
        judge.watch("localhost", "1.1.1.1");
        let client = reqwest::Client::builder().no_proxy().dns_resolver(Arc::new(judge)).build().unwrap();
        let refused = client.get("http://localhost:1/x").send().await.unwrap_err();
        assert!(is_private(&refused), "{refused:?}");
        let refused = client.get("http://127.0.0.1:1/x").send().await.unwrap_err();
        assert!(!is_private(&refused), "{refused:?}");
    }
}
