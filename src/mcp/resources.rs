//! Resources: the timeline of a session, and what is known of each of its media. Both are read through the desk's
//! `state`, so whoever may not see a session may not read it here either.

use rmcp::ErrorData;
use rmcp::model::{ReadResourceResult, Resource, ResourceContents, ResourceTemplate};
use rmcp::service::{RequestContext, RoleServer};

use super::Server;
use super::progress::News;
use super::result;
use super::shelf::Shelf;
use crate::director::Caller;
use crate::director::answer::Answer;
use crate::director::ask::StateAsk;

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
    let place = Place::parse(uri).ok_or_else(missing)?;
    let caller = server.caller(context);
    let ask = StateAsk { session: place.session.clone(), wait_seconds: Some(0.0), ..StateAsk::default() };
    let news = News::default();
    let answer = tokio::select! {
        answer = server.shared.desk.state(&caller, ask, &news) => answer,
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
struct Place {
    session: String,
    /// A medium's name; none for the timeline.
    medium: Option<String>,
}

impl Place {
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

/// Percent-encodes a name for one segment of a URI (RFC 3986, unreserved characters kept).
fn encode(name: &str) -> String {
    let mut uri = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

fn decode(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_name_a_session_and_a_part_of_it() {
        let timeline = Place { session: "s1".to_owned(), medium: None };
        assert_eq!(Place::parse("bedtrack://session/s1/timeline"), Some(timeline));
        let medium = Place::parse("bedtrack://session/s1/media/Lo-fi%20%E2%99%AB%2F1.wav").unwrap();
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
            assert_eq!(Place::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn any_name_survives_the_way_through_a_uri() {
        for name in ["a b", "中文.mp4", "100%/x?y#z", "%41"] {
            assert_eq!(decode(&encode(name)).as_deref(), Some(name));
        }
    }
}
