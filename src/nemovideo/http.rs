//! The transport: two HTTP clients built on first use, headers that never leave the API's own host, and answers read
//! with a bound and judged in either shape a refusal may have.

use std::net::IpAddr;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Response, StatusCode, Url, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::error::{ApiError, Auth, Call, Refused, Unclear};
use super::judge::Judge;
use super::settings::ClientSettings;
use crate::skills::Attribution;
use bedtrack_wire::{codes, envelope};

/// Real drafts have thousands of segments; beyond this something is wrong.
const MAX_JSON_BYTES: usize = 64 << 20;
/// Error pages are cut here.
const MAX_ERROR_BYTES: usize = 64 << 10;

/// The HTTP clients, each built when it is first needed: a server that only answers `initialize` pays for none.
#[derive(Default)]
pub struct Transport {
    api: OnceLock<reqwest::Client>,
    foreign: OnceLock<reqwest::Client>,
    judge: Judge,
}

impl Transport {
    /// The client for the API's own host. It follows no redirects: they would carry the token elsewhere.
    pub fn api(&self, base: &Url, settings: &ClientSettings) -> Result<&reqwest::Client, ApiError> {
        kept(&self.api, || {
            let builder = builder(settings);
            // The studio on this machine needs neither a proxy nor the system's certificates, which take time to load.
            if is_loopback(base) && base.scheme() == "http" {
                let roots = rustls::RootCertStore::empty();
                let tls = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
                builder.no_proxy().tls_backend_preconfigured(tls)
            } else {
                builder
            }
        })
    }

    /// The client for files on other hosts, such as the `host` that the API at `base` named. It sends nothing of ours,
    /// and goes into a private network for an API in there alone.
    pub fn foreign(&self, settings: &ClientSettings, host: &str, base: &Url) -> Result<&reqwest::Client, ApiError> {
        self.judge.watch(host, base.host_str().unwrap_or_default());
        kept(&self.foreign, || builder(settings).dns_resolver(self.judge.clone()))
    }
}

fn kept(
    cell: &OnceLock<reqwest::Client>,
    builder: impl FnOnce() -> reqwest::ClientBuilder,
) -> Result<&reqwest::Client, ApiError> {
    if let Some(client) = cell.get() {
        return Ok(client);
    }
    // A second installation fails, which only says that there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let built = builder().build().map_err(|error| ApiError::transport(Call::State, &error))?;
    Ok(cell.get_or_init(|| built))
}

fn builder(settings: &ClientSettings) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(concat!("bedtrack/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(settings.connect)
        // Servers close idle connections after 5 s and more; one that is closed just as a message leaves would leave
        // open whether the message arrived.
        .pool_idle_timeout(Duration::from_secs(4))
        .redirect(redirect::Policy::none())
        // What may be repeated is ours to decide.
        .retry(reqwest::retry::never())
}

/// Whether an address means this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback()),
        None => false,
    }
}

/// Whether two URLs lie on the same host: then the token may go along.
pub fn same_origin(a: &Url, b: &Url) -> bool {
    a.scheme() == b.scheme() && a.host_str() == b.host_str() && a.port_or_known_default() == b.port_or_known_default()
}

/// The URL of a path below the base.
pub fn below(base: &Url, path: &str) -> Result<Url, ApiError> {
    let joined = format!("{}{path}", base.as_str().trim_end_matches('/'));
    Url::parse(&joined).map_err(|error| ApiError::NotSent { call: Call::State, reason: error.to_string() })
}

/// The headers of every request to the API. The client's id goes with the anonymous token's request, and with others
/// where the backend has asked for it.
pub fn headers(attribution: &Attribution, bearer: Option<&SecretString>, client_id: Option<&str>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut put = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    put("x-skill-source", &attribution.skill);
    put("x-skill-version", &attribution.version);
    put("x-skill-platform", &attribution.platform);
    if let Some(id) = client_id {
        put("x-client-id", id);
    }
    if let Some(bearer) = bearer
        && let Ok(mut value) = HeaderValue::from_str(&format!("Bearer {}", bearer.expose_secret()))
    {
        value.set_sensitive(true);
        headers.insert(reqwest::header::AUTHORIZATION, value);
    }
    headers
}

/// Reads a JSON answer, or the refusal in it.
pub async fn json(call: Call, auth: Auth, response: Response) -> Result<Value, ApiError> {
    let (status, retry_after) = (response.status(), retry_after(response.headers()));
    if !status.is_success() {
        return Err(refusal(call, auth, status, retry_after, response).await);
    }
    let (bytes, whole) = read(response, MAX_JSON_BYTES).await.map_err(|error| ApiError::transport(call, &error))?;
    if !whole {
        return Err(ApiError::BadAnswer { call, what: "more than 64 MB".into() });
    }
    let body: Value =
        serde_json::from_slice(&bytes).map_err(|_| ApiError::BadAnswer { call, what: describe(&bytes) })?;
    match refused_in(call, auth, status, retry_after, &body) {
        Some(error) => Err(error),
        None => Ok(body),
    }
}

/// The refusal that a body with a successful status holds, if it holds one.
pub fn refused_in(
    call: Call,
    auth: Auth,
    status: StatusCode,
    retry_after: Option<Duration>,
    body: &Value,
) -> Option<ApiError> {
    let found = envelope::refusal_in(body)?;
    Some(judged(Refused { call, http: status.as_u16(), code: found.code, message: found.message, retry_after, auth }))
}

/// Turns an unsuccessful answer into an error, whatever its body is.
pub async fn refusal(
    call: Call,
    auth: Auth,
    status: StatusCode,
    retry_after: Option<Duration>,
    response: Response,
) -> ApiError {
    // A body that breaks off loses the details, not the status.
    let bytes = read(response, MAX_ERROR_BYTES).await.map(|(bytes, _)| bytes).unwrap_or_default();
    let body: Option<Value> = serde_json::from_slice(&bytes).ok();
    let code =
        body.as_ref().and_then(|body| envelope::lenient_i64(body.get("code")?)).filter(|code| *code != codes::OK);
    let message = body.as_ref().filter(|body| body.is_object()).map(envelope::message_of).unwrap_or_default();
    judged(Refused { call, http: status.as_u16(), code, message, retry_after, auth })
}

/// A 5xx leaves open what happened, unless the body's code names a refusal that is never repeated anyway.
pub fn judged(refused: Refused) -> ApiError {
    let definite = matches!(
        refused.code,
        Some(
            codes::NO_CREDITS
                | codes::UNSUPPORTED_FILE
                | codes::FILE_TOO_LARGE
                | codes::PLAN_REQUIRED
                | codes::SCOPE_MISSING
                | codes::TOOL_MISSING
                | codes::DISK_FULL
        )
    );
    let number = if refused.http >= 500 { i64::from(refused.http) } else { refused.number() };
    match u16::try_from(number) {
        Ok(status @ 500..=599) if !definite => ApiError::Unclear { call: refused.call, how: Unclear::Status(status) },
        _ => ApiError::Refused(refused),
    }
}

/// `Retry-After` in either form (RFC 9110, 10.2.3): seconds, or a date. A date is taken from the answer's own `Date`
/// where there is one, so that a clock that is wrong on either side does no harm; one that has passed means now.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name)?.to_str().ok().map(str::trim);
    let value = text(RETRY_AFTER)?;
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let until = httpdate::parse_http_date(value).ok()?;
    let now = text(DATE).and_then(|date| httpdate::parse_http_date(date).ok()).unwrap_or_else(SystemTime::now);
    Some(until.duration_since(now).unwrap_or_default())
}

/// Up to `limit` bytes of a body, and whether that was all.
async fn read(mut response: Response, limit: usize) -> Result<(Vec<u8>, bool), reqwest::Error> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if bytes.len() + chunk.len() > limit {
            return Ok((bytes, false));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok((bytes, true))
}

/// What came instead of JSON, without repeating it.
fn describe(bytes: &[u8]) -> String {
    match bytes.trim_ascii_start().first() {
        None => "nothing".into(),
        Some(b'<') => "a web page".into(),
        Some(b'{' | b'[') => "JSON that breaks off".into(),
        Some(_) => "something that is not JSON".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers_of(pairs: &[(reqwest::header::HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap())).collect()
    }

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date() {
        let date = "Sat, 21 Nov 2026 07:00:00 GMT";
        for (value, seconds) in [
            ("30", Some(30)),
            (" 7200 ", Some(7_200)),
            ("Sat, 21 Nov 2026 07:02:05 GMT", Some(125)),
            ("Saturday, 21-Nov-26 07:00:01 GMT", Some(1)),
            ("Sat Nov 21 07:00:02 2026", Some(2)),
            ("Sat, 21 Nov 2026 06:00:00 GMT", Some(0)),
            ("-5", None),
            ("soon", None),
            ("NaN", None),
            ("1e300", None),
        ] {
            let read = retry_after(&headers_of(&[(RETRY_AFTER, value), (DATE, date)]));
            assert_eq!(read, seconds.map(Duration::from_secs), "{value}");
        }
        assert_eq!(retry_after(&HeaderMap::new()), None);
        let long_ago = headers_of(&[(RETRY_AFTER, "Sun, 06 Nov 1994 08:49:37 GMT")]);
        assert_eq!(retry_after(&long_ago), Some(Duration::ZERO), "without a Date our own clock serves");
    }

    #[test]
    fn headers_carry_the_skill_and_secrets_are_marked() {
        let attribution = Attribution { skill: "s".into(), version: "1.0.0".into(), platform: "cursor".into() };
        let headers = headers(&attribution, Some(&"abc".to_owned().into()), None);
        let names: Vec<&str> = headers.keys().map(|name| name.as_str()).collect();
        assert_eq!(names, ["x-skill-source", "x-skill-version", "x-skill-platform", "authorization"]);
        assert!(headers["authorization"].is_sensitive());
        assert!(!format!("{headers:?}").contains("abc"));
    }
}
