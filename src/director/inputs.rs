//! What a call may bring in: local files that are looked at before anything is sent, and URLs that are judged by their
//! form.

use std::fs::{self, File};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use url::Url;

use crate::address::{is_local_name, is_public};
use crate::director::advice::Fault;
use crate::director::trouble::plain;
use crate::director::{DirectorSettings, Reach};

/// Most files of one call.
const MAX_FILES: usize = 50;

/// One medium to bring in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A file of this machine that was looked at.
    File {
        /// Its absolute path.
        path: PathBuf,
        /// Its name.
        name: String,
        /// Its size.
        bytes: u64,
    },
    /// A URL the backend fetches.
    Url(String),
}

impl Source {
    /// What to call it in an answer. A URL's query may hold a signature, so it is left out.
    pub fn shown(&self) -> String {
        match self {
            Self::File { name, .. } => name.clone(),
            Self::Url(url) => bare(url),
        }
    }
}

/// Looks at everything a call brings in, before any of it is sent.
///
/// # Errors
/// The fault of the first one that may not or cannot be brought in.
pub fn look(files: &[String], reach: Reach, settings: &DirectorSettings, limit: u64) -> Result<Vec<Source>, Fault> {
    let named: Vec<&str> = files.iter().map(|file| file.trim()).filter(|file| !file.is_empty()).collect();
    if named.len() > MAX_FILES {
        return Err(Fault::invalid(format!(
            "files has {} entries; up to {MAX_FILES} are accepted in one call.",
            named.len()
        )));
    }
    named
        .into_iter()
        .map(|text| match text.split_once("://") {
            Some((scheme, _)) if scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')) => {
                url(text, settings)
            }
            _ if text.starts_with("data:") => Err(refused("data:…", "data URLs are not accepted")),
            _ => file(text, reach, settings, limit),
        })
        .collect()
}

fn url(text: &str, settings: &DirectorSettings) -> Result<Source, Fault> {
    let shown = bare(text);
    let url = Url::parse(text).map_err(|_| refused(&shown, "it is not a URL"))?;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_ascii_lowercase();
    if host.is_empty() || !matches!(url.scheme(), "http" | "https") {
        return Err(refused(&shown, "only https URLs are accepted; name a local file by its path"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused(&shown, "it holds a name or password"));
    }
    if settings.allow_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(&host)) {
        return Ok(Source::Url(text.to_owned()));
    }
    if url.scheme() != "https" {
        return Err(refused(&shown, "only https is accepted; BEDTRACK_ALLOW_HOSTS names hosts that may use http"));
    }
    if is_local_name(&host) || host.parse::<IpAddr>().is_ok_and(|address| !is_public(address)) {
        let why = "it leads into a private network; BEDTRACK_ALLOW_HOSTS names hosts that may be reached all the same";
        return Err(refused(&shown, why));
    }
    Ok(Source::Url(text.to_owned()))
}

/// A URL without what may be secret in it.
fn bare(text: &str) -> String {
    let plain = text.split(['?', '#']).next().unwrap_or_default();
    let plain = match plain.split_once("://") {
        Some((scheme, rest)) => {
            let (host, path) = rest.split_once('/').map_or((rest, ""), |(host, path)| (host, path));
            let host = host.rsplit('@').next().unwrap_or_default();
            format!("{scheme}://{host}{}{path}", if rest.contains('/') { "/" } else { "" })
        }
        None => plain.to_owned(),
    };
    plain.chars().take(200).collect()
}

fn refused(url: &str, reason: &str) -> Fault {
    Fault::UrlRefused { url: url.to_owned(), reason: reason.to_owned() }
}

fn file(text: &str, reach: Reach, settings: &DirectorSettings, limit: u64) -> Result<Source, Fault> {
    if text.contains('\0') {
        return Err(Fault::FileUnreadable {
            file: text.replace('\0', "?"),
            reason: "its name holds a zero byte".into(),
        });
    }
    let path = std::path::absolute(text)
        .map_err(|error| Fault::FileUnreadable { file: text.to_owned(), reason: plain(&error) })?;
    within_roots(&path, reach, settings)?;
    let unreadable = |reason: String| Fault::FileUnreadable { file: path.display().to_string(), reason };
    let meta = fs::symlink_metadata(&path).map_err(|error| unreadable(plain(&error)))?;
    if meta.file_type().is_symlink() {
        return Err(link(&path));
    }
    if meta.is_dir() {
        return Err(unreadable("it is a folder; name the files in it".into()));
    }
    if !meta.is_file() {
        return Err(unreadable("it is not a regular file".into()));
    }
    if meta.len() == 0 {
        return Err(unreadable("it is empty".into()));
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if meta.len() > limit {
        return Err(Fault::FileTooLarge { file: name, bytes: Some(meta.len()) });
    }
    File::open(&path).map_err(|error| unreadable(plain(&error)))?;
    Ok(Source::File { path, name, bytes: meta.len() })
}

/// Refuses a path outside what this caller may name. Folders on the way are followed, so that a link inside a root does
/// not lead out of it.
pub fn within_roots(path: &Path, reach: Reach, settings: &DirectorSettings) -> Result<(), Fault> {
    folder_within_roots(path.parent().unwrap_or(path), path, reach, settings)
}

/// The same for a folder; `path` is what the caller named.
pub fn folder_within_roots(folder: &Path, path: &Path, reach: Reach, settings: &DirectorSettings) -> Result<(), Fault> {
    let Some(roots) = &settings.roots else {
        return match reach {
            Reach::Local => Ok(()),
            Reach::Remote => Err(Fault::PathRefused {
                path: path.display().to_string(),
                reason: "over HTTP local paths are accepted only within BEDTRACK_ROOTS, which is not set".into(),
            }),
        };
    };
    if roots.iter().any(|root| is_inside(folder, root)) {
        return Ok(());
    }
    let allowed: Vec<String> = roots.iter().map(|root| root.display().to_string()).collect();
    Err(Fault::PathRefused {
        path: path.display().to_string(),
        reason: format!("it lies outside the allowed folders ({})", allowed.join(", ")),
    })
}

/// Whether a folder is another one or lies in it, links on the way followed.
pub fn is_inside(folder: &Path, other: &Path) -> bool {
    match (real(folder), real(other)) {
        (Some(folder), Some(other)) => folder.starts_with(other),
        _ => false,
    }
}

/// Where a folder really lies: as much of its path as exists without its links, and then the rest. None where the rest
/// goes upwards: nobody can say from where.
fn real(folder: &Path) -> Option<PathBuf> {
    let (here, found) = folder.ancestors().find_map(|here| Some((here, fs::canonicalize(here).ok()?)))?;
    let rest = folder.strip_prefix(here).ok()?;
    let is_plain = rest.components().all(|part| matches!(part, std::path::Component::Normal(_)));
    is_plain.then(|| if rest.as_os_str().is_empty() { found.clone() } else { found.join(rest) })
}

/// A link as the last part of a path, with what it points to.
pub fn link(path: &Path) -> Fault {
    let target = fs::read_link(path).map(|target| target.display().to_string()).unwrap_or_default();
    Fault::PathRefused {
        path: path.display().to_string(),
        reason: format!("it is a link that points to {target}; name that file itself"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::director::Backend;

    const LIMIT: u64 = 1_000;

    fn settings() -> DirectorSettings {
        DirectorSettings {
            allow_hosts: vec!["media.lan".into(), "127.0.0.1".into()],
            ..DirectorSettings::new(Backend::Cloud, "/out")
        }
    }

    fn one(text: &str, reach: Reach, settings: &DirectorSettings) -> Result<Source, Fault> {
        look(&[text.to_owned()], reach, settings, LIMIT).map(|mut found| found.remove(0))
    }

    #[test]
    fn urls_are_https_and_public_unless_their_host_is_allowed() {
        for fine in
            ["https://example.com/a.mp4?sig=1", "http://media.lan/a.mp4", "https://127.0.0.1:8/a", "http://127.0.0.1/a"]
        {
            assert_eq!(one(fine, Reach::Remote, &settings()), Ok(Source::Url(fine.into())));
        }
        for bad in [
            "http://example.com/a.mp4",
            "ftp://example.com/a",
            "file:///etc/passwd",
            "https://u:p@example.com/a",
            "https://10.0.0.1/a",
            "https://[::1]/a",
            "https://localhost/a",
            "https://169.254.169.254/latest",
            "data:text/plain,x",
            "https://",
        ] {
            assert!(matches!(one(bad, Reach::Local, &settings()), Err(Fault::UrlRefused { .. })), "{bad}");
        }
    }

    #[test]
    fn what_may_be_secret_in_a_url_is_not_shown() {
        let Err(Fault::UrlRefused { url, .. }) = one("http://user:pw@h.example/a?token=1#x", Reach::Local, &settings())
        else {
            panic!("not refused")
        };
        assert_eq!(url, "http://h.example/a");
    }

    #[test]
    fn files_are_looked_at_before_anything_is_sent() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("clip.mp4"), b"x").unwrap();
        fs::write(at("empty.mp4"), b"").unwrap();
        fs::write(at("large.mp4"), vec![0; 2_000]).unwrap();
        let look = |name: &str| one(&at(name).display().to_string(), Reach::Local, &settings());
        assert_eq!(look("clip.mp4"), Ok(Source::File { path: at("clip.mp4"), name: "clip.mp4".into(), bytes: 1 }));
        for (name, reason) in [("gone.mp4", "no such file"), ("", "a folder"), ("empty.mp4", "empty")] {
            let Err(Fault::FileUnreadable { reason: said, .. }) = look(name) else { panic!("{name}") };
            assert!(said.contains(reason), "{said}");
        }
        assert_eq!(look("large.mp4"), Err(Fault::FileTooLarge { file: "large.mp4".into(), bytes: Some(2_000) }));
    }

    #[test]
    fn a_remote_caller_names_paths_only_within_the_roots() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("in");
        fs::create_dir(&root).unwrap();
        fs::write(root.join("a.mp4"), b"x").unwrap();
        fs::write(folder.path().join("b.mp4"), b"x").unwrap();
        let inside = root.join("a.mp4").display().to_string();
        assert!(matches!(one(&inside, Reach::Remote, &settings()), Err(Fault::PathRefused { .. })));
        let rooted = DirectorSettings { roots: Some(vec![root.clone()]), ..settings() };
        assert!(one(&inside, Reach::Remote, &rooted).is_ok());
        let around = root.join("../b.mp4").display().to_string();
        assert!(matches!(one(&around, Reach::Local, &rooted), Err(Fault::PathRefused { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_refused_and_its_target_named() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("a.mp4"), folder.path().join("l.mp4"));
        fs::write(&file, b"x").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let Err(Fault::PathRefused { reason, .. }) = one(&link.display().to_string(), Reach::Local, &settings()) else {
            panic!("not refused")
        };
        assert!(reason.contains("a.mp4"), "{reason}");
    }
}
