//! The music of a session as files on this machine, so that an answer can name one: the studio's own addresses mean
//! nothing to others. A copy is made once and has a fixed place.

use std::path::{Path, PathBuf};

use super::caller::Reach;
use super::outputs::file_name;
use crate::nemovideo::{ApiError, Client, Fetch, Size};
use crate::skills::Attribution;
use bedtrack_wire::state::Medium;

/// Where a medium's copy lies, for those who can open it there.
pub fn place_for(reach: Reach, folder: &Path, session: &str, medium: &Medium) -> Option<PathBuf> {
    match reach {
        Reach::Local => place(folder, session, medium),
        Reach::Remote => None,
    }
}

/// Where a medium's copy lies, if it is one that gets a copy: music that only the backend itself serves.
fn place(folder: &Path, session: &str, medium: &Medium) -> Option<PathBuf> {
    let url = medium.url.as_deref().filter(|url| url.starts_with('/') && !url.starts_with("//"))?;
    if medium.kind.as_deref() != Some("music") {
        return None;
    }
    // The id tells takes of one name apart.
    let id = medium.id.as_deref().unwrap_or(url);
    let id: String = id.chars().rev().filter(char::is_ascii_alphanumeric).take(8).collect();
    let id: String = id.chars().rev().collect();
    let ending = Path::new(url.split(['?', '#']).next().unwrap_or_default()).extension()?.to_str()?;
    let title = file_name(medium.display_name().unwrap_or("music"));
    Some(folder.join(file_name(session)).join(format!("{title}-{id}.{}", file_name(ending))))
}

/// Copies a medium to its place, unless it is there.
pub async fn fetch(client: &Client, attribution: &Attribution, medium: &Medium, to: &Path) -> Result<(), ApiError> {
    let Some(url) = medium.url.as_deref().filter(|_| !to.exists()) else { return Ok(()) };
    let fault = |source| ApiError::File { path: to.to_owned(), source };
    let folder = to.parent().unwrap_or(to);
    std::fs::create_dir_all(folder).map_err(fault)?;
    // Half a file must never lie in the place of a whole one.
    let part = tempfile::NamedTempFile::new_in(folder).map_err(fault)?.into_temp_path();
    client.download(attribution, Fetch::Url(url), Size::Unknown, &part, &|_, _| {}).await?;
    part.persist(to).map_err(|error| fault(error.error))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(medium: serde_json::Value) -> Option<PathBuf> {
        place(Path::new("/data/media"), "s_1", &serde_json::from_value(medium).unwrap())
    }

    #[test]
    fn only_music_that_the_backend_alone_serves_gets_a_copy() {
        let music =
            json!({"id": "med_0123456789", "kind": "music", "name": "Lo-fi: night/rain", "url": "/api/m/x.wav"});
        assert_eq!(of(music), Some("/data/media/s_1/Lo-fi night rain-23456789.wav".into()));
        assert_eq!(of(json!({"id": "m", "kind": "music", "name": "x", "url": "https://cdn.example/x.wav"})), None);
        assert_eq!(of(json!({"id": "m", "kind": "music", "name": "x", "url": "//cdn.example/x.wav"})), None);
        assert_eq!(of(json!({"id": "m", "kind": "video", "name": "x", "url": "/api/m/x.mp4"})), None);
    }

    #[test]
    fn names_from_the_backend_never_lead_out_of_the_folder() {
        let found =
            of(json!({"id": "../../x", "kind": "music", "name": "../../etc/passwd", "url": "/a.wav/../b.w/../x.wav"}));
        let found = found.unwrap();
        assert!(found.starts_with("/data/media/s_1") && !found.display().to_string().contains(".."), "{found:?}");
    }
}
