//! Links for people: the project in the browser and the way to register. The bearer token is in none of them.

use url::Url;

use super::services::Services;
use crate::skills::Attribution;
use bedtrack_store::FrontSession;

/// The project's link; empty where there is no web page or the session is not open.
pub async fn project(services: &Services, session: &FrontSession, attribution: &Attribution) -> String {
    if services.is_local() || session.sid.is_empty() {
        return String::new();
    }
    let claim = services.client.claim_token(attribution, &session.task_id, &session.sid).await;
    match claim {
        Ok(claim) => web(services, "workspace/claim", &[("ct", &claim.claim_token)]),
        Err(error) => {
            tracing::debug!(%error, "there is no claim token; the link goes without one");
            let parts = [
                ("task", session.task_id.as_str()),
                ("session", &session.sid),
                ("skill_name", &attribution.skill),
                ("skill_version", &attribution.version),
                ("skill_source", &attribution.platform),
            ];
            web(services, "workspace/claim", &parts)
        }
    }
}

/// Where an anonymous user registers so that the session comes along.
pub fn register(services: &Services, bind: &str) -> String {
    web(services, "register", &[("bind", bind)])
}

fn web(services: &Services, path: &str, query: &[(&str, &str)]) -> String {
    let base = format!("{}/{path}", services.settings.web_base.trim_end_matches('/'));
    Url::parse_with_params(&base, query).map(String::from).unwrap_or_default()
}
