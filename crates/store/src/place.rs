//! Where database and blobs lie: reading their URLs, and making folders and files that only their owner can read.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::StoreError;

const DATABASE: &str = "DATABASE_URL";
const BLOBS: &str = "BLOB_URL";

/// The URL of an SQLite database at a path.
pub fn sqlite_url(path: &Path) -> String {
    format!("sqlite:{}", escape(path))
}

/// The URL of a folder for blobs.
pub fn file_url(path: &Path) -> String {
    format!("file:{}", escape(path))
}

/// The path in `sqlite:PATH` or `sqlite://PATH`. Escapes (`%20`) are undone; parameters are not accepted.
pub(crate) fn database_path(url: &str) -> Result<PathBuf, StoreError> {
    let wrong = |problem: String| StoreError::Setting { setting: DATABASE, problem };
    match url.split_once(':') {
        Some(("sqlite", ":memory:")) => Err(wrong("must name a file: work has to survive a restart".into())),
        Some(("sqlite", rest)) => {
            let rest = rest.strip_prefix("//").unwrap_or(rest);
            match rest.split_once('?') {
                Some(_) => Err(wrong("takes no parameters: give sqlite:PATH alone".into())),
                None => unescape(rest).ok_or_else(|| wrong("must be sqlite:PATH with a path".into())),
            }
        }
        Some(("postgres" | "postgresql", _)) => {
            Err(wrong("names PostgreSQL, which this build does not speak yet; use sqlite:PATH".into()))
        }
        _ => Err(wrong("must be sqlite:PATH".into())),
    }
}

/// The path in `file:PATH` or `file://PATH`.
pub(crate) fn blob_path(url: &str) -> Result<PathBuf, StoreError> {
    let wrong = |problem: String| StoreError::Setting { setting: BLOBS, problem };
    match url.split_once(':') {
        Some(("file", rest)) => unescape(rest.strip_prefix("//").unwrap_or(rest))
            .ok_or_else(|| wrong("must be file:PATH with a path".into())),
        Some(("s3" | "gs" | "az", _)) => {
            Err(wrong("names a remote store, which this build does not speak yet; use file:PATH".into()))
        }
        _ => Err(wrong("must be file:PATH".into())),
    }
}

/// Makes the database's folder and file, and gives the path with its links resolved.
pub(crate) fn prepare_database(path: &Path) -> Result<PathBuf, StoreError> {
    let name = path
        .file_name()
        .ok_or_else(|| StoreError::Setting { setting: DATABASE, problem: "must name a file, not a folder".into() })?;
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    make_folder(folder)?;
    let path = folder.canonicalize().map_err(|error| StoreError::io(folder, error))?.join(name);
    if path.is_dir() {
        return Err(StoreError::Unusable {
            place: path.display().to_string(),
            problem: "it is a folder, and the database has to be a file; name another with DATABASE_URL".into(),
        });
    }
    let mut options = fs::OpenOptions::new();
    options.create(true).truncate(false).read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // SQLite gives the files beside it (-wal, -shm) the same mode.
    let file = options.open(&path).map_err(|error| StoreError::io(&path, error))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = file.metadata().map_err(|error| StoreError::io(&path, error))?.permissions().mode();
        if mode & 0o077 != 0 {
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600))
                .map_err(|error| StoreError::io(&path, error))?;
        }
    }
    drop(file);
    Ok(path)
}

/// Makes a folder and those above it, new ones readable by their owner alone. An existing one stays as it is: it may be
/// the user's, shared on purpose.
pub(crate) fn make_folder(path: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(path) {
        Ok(()) => Ok(()),
        Err(error) if matches!(error.kind(), std::io::ErrorKind::AlreadyExists | std::io::ErrorKind::NotADirectory) => {
            Err(StoreError::Unusable {
                place: path.display().to_string(),
                problem: "a file is where a folder has to be; choose another folder with BEDTRACK_HOME".into(),
            })
        }
        Err(error) => Err(StoreError::io(path, error)),
    }
}

/// Percent-encodes what means something in a URL (`%`, `?`, `#`), blanks and controls.
fn escape(path: &Path) -> String {
    use std::fmt::Write as _;
    let text = path.to_string_lossy();
    text.chars().fold(String::with_capacity(text.len()), |mut out, letter| {
        if matches!(letter, '%' | '?' | '#' | ' ') || letter.is_control() {
            // All of these are one byte long. Writing to a String cannot fail.
            let _ = write!(out, "%{:02X}", u32::from(letter));
        } else {
            out.push(letter);
        }
        out
    })
}

fn unescape(text: &str) -> Option<PathBuf> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = match (first, tail) {
            (b'%', [high, low, tail @ ..]) => {
                let digit = |byte: &u8| char::from(*byte).to_digit(16);
                bytes.push(u8::try_from(digit(high)? * 16 + digit(low)?).ok()?);
                tail
            }
            (b'%', _) => return None,
            (byte, tail) => {
                bytes.push(*byte);
                tail
            }
        };
    }
    let path = String::from_utf8(bytes).ok()?;
    (!path.is_empty() && !path.contains('\0')).then(|| PathBuf::from(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_survives_the_way_through_its_url() {
        for path in ["/a b/c?d#e%20f/x.db", "/ü/数据.db", "relative/x.db", "/a%/b"] {
            assert_eq!(database_path(&sqlite_url(Path::new(path))).unwrap(), Path::new(path));
            assert_eq!(blob_path(&file_url(Path::new(path))).unwrap(), Path::new(path));
        }
        assert_eq!(database_path("sqlite:///x/y.db").unwrap(), Path::new("/x/y.db"));
        assert_eq!(blob_path("file:///x/y").unwrap(), Path::new("/x/y"));
    }

    #[test]
    fn urls_of_other_stores_are_refused_without_repeating_their_secrets() {
        for error in [
            database_path("postgres://me:hunter2@host/db").unwrap_err(),
            database_path("hunter2").unwrap_err(),
            database_path("sqlite:").unwrap_err(),
            database_path("sqlite::memory:").unwrap_err(),
            database_path("sqlite:/a?key=hunter2").unwrap_err(),
            database_path("sqlite:/a%zz").unwrap_err(),
            blob_path("s3://hunter2/x").unwrap_err(),
            blob_path("/hunter2").unwrap_err(),
        ] {
            let text = error.to_string();
            assert!(text.contains("_URL") && !text.contains("hunter2"), "{text}");
        }
    }
}
