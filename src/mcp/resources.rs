//! Resources: the timeline of a session, and what is known of each of its media. Both are read through the
//! tool `state`, so whoever may not see a session may not read it here either.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use rmcp::ErrorData;
use rmcp::model::{ReadResourceResult, Resource, ResourceContents, ResourceTemplate};
use rmcp::service::{RequestContext, RoleServer};

use super::progress::News;
use super::shelf::Shelf;
use super::{Server, result, tools};
use crate::director::Caller;
use crate::director::answer::Answer;
use crate::director::tools::Ask as _;
use crate::director::tools::state::StateAsk;

const SCHEME: &str = "bedtrack://session/";
const JSON: &str = "application/json";
/// Template of a session's timeline.
pub const TIMELINE: &str = "bedtrack://session/{id}/timeline";
/// Template of one medium.
pub const MEDIA: &str = "bedtrack://session/{id}/media/{name}";

/// Both templates.
#[must_use]
pub fn templates() -> Vec<ResourceTemplate> {
    vec![
        ResourceTemplate::new(TIMELINE, "timeline")
            .with_title("Timeline of a session")
            .with_description("The draft as one line and as tracks with their segments")
            .with_mime_type(JSON),
        ResourceTemplate::new(MEDIA, "media")
            .with_title("A medium of a session")
            .with_description("Kind, length, tempo, key, licence, and the path or URL of the file itself")
            .with_mime_type(JSON),
    ]
}

/// What this client's recent answers named.
#[must_use]
pub fn list(shelf: &Shelf, caller: &Caller) -> Vec<Resource> {
    let mut resources = Vec::new();
    for kept in shelf.of(&caller.client) {
        let uri = format!("{SCHEME}{}/timeline", kept.session);
        let mut timeline = Resource::new(uri, format!("timeline of {}", kept.session)).with_mime_type(JSON);
        if !kept.summary.is_empty() {
            timeline = timeline.with_description(kept.summary);
        }
        resources.push(timeline);
        for medium in kept.media.iter().rev() {
            let uri = format!("{SCHEME}{}/media/{}", kept.session, encode(&medium.name));
            resources.push(Resource::new(uri, &*medium.name).with_description(&*medium.kind).with_mime_type(JSON));
        }
    }
    resources
}

/// Reads one.
///
/// # Errors
/// When the URI names nothing of ours, or nothing this client may see.
pub async fn read(
    server: &Server,
    uri: &str,
    context: &RequestContext<RoleServer>,
) -> Result<ReadResourceResult, ErrorData> {
    let missing = || ErrorData::resource_not_found("No such resource", Some(serde_json::json!({ "uri": uri })));
    let place = ResourcePath::parse(uri).ok_or_else(missing)?;
    let caller = server.caller(context);
    let ask = StateAsk { session: place.session.clone(), wait_seconds: Some(0.0), ..StateAsk::default() };
    let news = News::default();
    let broken = |error: serde_json::Error| ErrorData::internal_error(error.to_string(), None);
    let entry = tools::named(StateAsk::NAME).ok_or_else(missing)?;
    let arguments = serde_json::to_value(ask).map_err(broken)?;
    let called = server.shared.behind.call(entry.of, &caller, arguments, &news).map_err(broken)?;
    let answer = tokio::select! {
        answer = called => answer,
        () = server.shared.hangup.cancelled() => return Err(ErrorData::internal_error("The server is stopping", None)),
        () = context.ct.cancelled() => return Err(ErrorData::internal_error("Cancelled", None)),
    };
    // A session may be whole although its last turn failed; only the lack of one is a missing resource.
    if answer.session != place.session {
        return Err(missing());
    }
    let text = place.find(&answer).ok_or_else(missing)?;
    Ok(ReadResourceResult::new(vec![ResourceContents::text(text, uri).with_mime_type(JSON)]))
}

/// What a URI of ours names.
#[derive(Debug, PartialEq, Eq)]
struct ResourcePath {
    session: String,
    /// A medium's name; none for the timeline.
    medium: Option<String>,
}

impl ResourcePath {
    fn parse(uri: &str) -> Option<Self> {
        let (session, part) = uri.strip_prefix(SCHEME)?.split_once('/')?;
        let session = decode(session).filter(|session| !session.is_empty())?;
        let medium = match part.split_once('/') {
            None if part == "timeline" => None,
            Some(("media", name)) if !name.is_empty() => Some(decode(name)?),
            _ => return None,
        };
        Some(Self { session, medium })
    }

    fn find(&self, answer: &Answer) -> Option<String> {
        match &self.medium {
            None => Some(result::json(&answer.timeline)),
            Some(name) => answer.media.iter().find(|medium| medium.name == *name).map(result::json),
        }
    }
}

/// What stands in a name for itself in one segment of a URI: the unreserved characters of RFC 3986.
const NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn encode(name: &str) -> String {
    utf8_percent_encode(name, NAME).to_string()
}

/// A segment as a name; none where it is no UTF-8, or a `%` begins no pair of digits.
fn decode(segment: &str) -> Option<String> {
    let is_whole = segment
        .split('%')
        .skip(1)
        .all(|rest| rest.get(..2).is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit())));
    let name = percent_decode_str(segment).decode_utf8().ok()?;
    is_whole.then(|| name.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_name_a_session_and_a_part_of_it() {
        let timeline = ResourcePath { session: "s1".to_owned(), medium: None };
        assert_eq!(ResourcePath::parse("bedtrack://session/s1/timeline"), Some(timeline));
        let medium = ResourcePath::parse("bedtrack://session/s1/media/Lo-fi%20%E2%99%AB%2F1.wav").unwrap();
        assert_eq!(medium.medium.as_deref(), Some("Lo-fi ♫/1.wav"));
        for bad in [
            "",
            "file:///etc/passwd",
            "bedtrack://session//timeline",
            "bedtrack://session/s1",
            "bedtrack://session/s1/other",
            "bedtrack://session/s1/media/",
            "bedtrack://session/s1/media/%zz",
            "bedtrack://session/s1/media/%",
        ] {
            assert_eq!(ResourcePath::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn any_name_survives_the_way_through_a_uri() {
        for name in ["a b", "中文.mp4", "100%/x?y#z", "%41"] {
            assert_eq!(decode(&encode(name)).as_deref(), Some(name));
        }
    }
}
