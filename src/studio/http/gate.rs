//! Who may come in: the process's own secret, named clients, or, on loopback, anybody with an anonymous token.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::failure::Failure;

/// Life of an anonymous token.
const ANONYMOUS_LIFE: Duration = Duration::from_secs(7 * 24 * 3600);

/// Tells whose token it is.
pub type Recognise = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Who may come in.
pub enum Gate {
    /// The one bearer of a studio that serves its own process.
    Own(SecretString),
    /// Clients with tokens of their own; no anonymous ones.
    Clients(Recognise),
    /// Anonymous tokens, signed with this key, so that they survive a restart.
    Anonymous(SecretString),
}

/// The account behind a request.
#[derive(Debug, Clone)]
pub struct Account(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Account {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Failure::bad_token)
    }
}

/// Lets a request with a good bearer token pass, and says whose it is.
pub async fn admit(State(gate): State<Arc<Gate>>, mut request: Request, next: Next) -> Result<Response, Failure> {
    let account = bearer(request.headers()).and_then(|token| gate.account(token)).ok_or_else(Failure::bad_token)?;
    request.extensions_mut().insert(Account(account));
    Ok(next.run(request).await)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

impl Gate {
    /// The account of a token.
    fn account(&self, token: &str) -> Option<String> {
        match self {
            Self::Own(secret) => {
                bool::from(digest(token).ct_eq(&digest(secret.expose_secret()))).then(|| "owner".to_owned())
            }
            Self::Clients(recognise) => recognise(token),
            Self::Anonymous(key) => {
                let (account, rest) = token.strip_prefix("nmv_usr_")?.split_once('_')?;
                let (expires, mark) = rest.split_once('_')?;
                let genuine = bool::from(mark.as_bytes().ct_eq(signature(key, account, expires).as_bytes()));
                let alive = u64::from_str_radix(expires, 16).ok()? > now();
                (genuine && alive).then(|| account.to_owned())
            }
        }
    }

    /// A token for a client without an account; the same client gets the same account again.
    pub fn anonymous_token(&self, client_id: &str) -> Option<String> {
        let Self::Anonymous(key) = self else { return None };
        let account: String = format!("anon{}", hex::encode(digest(client_id))).chars().take(28).collect();
        let expires = format!("{:x}", now() + ANONYMOUS_LIFE.as_secs());
        let mark = signature(key, &account, &expires);
        Some(format!("nmv_usr_{account}_{expires}_{mark}"))
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// HMAC-SHA-256 (RFC 2104) of account and expiry, in hex.
fn signature(key: &SecretString, account: &str, expires: &str) -> String {
    // A key that was hashed fits in a block, which `KeyInit::new` asks for.
    let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
    block.iter_mut().zip(digest(key.expose_secret())).for_each(|(byte, key)| *byte = key);
    hex::encode(Hmac::<Sha256>::new(&block).chain_update(format!("{account}_{expires}")).finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anonymous_token_is_known_again_and_a_changed_one_is_not() {
        let gate = Gate::Anonymous("key".into());
        let token = gate.anonymous_token("client").unwrap();
        let account = gate.account(&token).unwrap();
        assert_eq!(gate.account(&gate.anonymous_token("client").unwrap()).unwrap(), account);
        assert_ne!(gate.account(&gate.anonymous_token("other").unwrap()).unwrap(), account);
        assert_eq!(Gate::Anonymous("other key".into()).account(&token), None);
        assert_eq!(gate.account(&token.replace(&account, "owner")), None);
        assert_eq!(gate.account("nmv_usr_"), None);
    }

    #[test]
    fn an_expired_token_is_refused() {
        let key = SecretString::from("key");
        let token = format!("nmv_usr_a_1_{}", signature(&key, "a", "1"));
        assert_eq!(Gate::Anonymous(key).account(&token), None);
    }

    #[test]
    fn the_own_gate_knows_its_secret_alone() {
        let gate = Gate::Own("secret".into());
        assert_eq!(gate.account("secret").as_deref(), Some("owner"));
        assert_eq!(gate.account("secre"), None);
    }
}
