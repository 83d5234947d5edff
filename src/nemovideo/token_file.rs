//! Two small files: the client's id, which holds the UUID and nothing else, and the anonymous token, for its owner alone.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// A token that was fetched.
#[derive(Clone)]
pub struct Kept {
    /// The token.
    pub token: SecretString,
    /// The base it was fetched from: it is sent nowhere else.
    pub base: String,
    /// Its end.
    pub expires_at: SystemTime,
    /// When it is to be replaced, so that a turn does not lose it on the way.
    pub renew_at: SystemTime,
}

#[derive(Serialize, Deserialize)]
struct OnDisk {
    token: String,
    base: String,
    /// Seconds since the epoch.
    expires_at: u64,
    /// Seconds since the epoch.
    renew_at: u64,
}

/// The kept token, where there is one for this base. A damaged file counts as none.
pub fn read(path: &Path, base: &str) -> Option<Kept> {
    let kept: OnDisk = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    let time = |seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
    let (expires_at, renew_at) = (time(kept.expires_at)?, time(kept.renew_at)?);
    (kept.base == base).then(|| Kept { token: SecretString::from(kept.token), base: kept.base, expires_at, renew_at })
}

/// Keeps a token: written beside and moved into place, readable by its owner alone from the start.
pub fn write(path: &Path, kept: &Kept) -> io::Result<()> {
    let seconds = |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let on_disk = OnDisk {
        token: kept.token.expose_secret().to_owned(),
        base: kept.base.clone(),
        expires_at: seconds(kept.expires_at),
        renew_at: seconds(kept.renew_at),
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    make_private(folder)?;
    // Temporary files are 0600 by themselves.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer(&mut file, &on_disk)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// The client's id from its file; made where the file is missing, holds no id, or a new one is asked for. Where nothing
/// can be written the id serves this process.
pub fn client_id(path: Option<&Path>, new: bool) -> String {
    let fresh = || uuid::Uuid::new_v4().to_string();
    let Some(path) = path else { return fresh() };
    if !new
        && let Ok(text) = fs::read_to_string(path)
        && let Ok(id) = uuid::Uuid::parse_str(text.trim())
    {
        return id.to_string();
    }
    let id = fresh();
    if let Err(error) = keep_client_id(path, &id) {
        tracing::warn!(path = %path.display(), %error, "the client id could not be kept");
    }
    id
}

fn keep_client_id(path: &Path, id: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    make_private(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(id.as_bytes())?;
    file.persist(path)?;
    Ok(())
}

/// Makes a folder that only its owner may enter; one that is there stays as it is.
fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_kept_for_its_owner_and_its_base_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/token.json");
        let expires_at = UNIX_EPOCH + Duration::from_secs(4_000_000_000);
        let (token, renew_at) = ("nmv_usr_1".to_owned().into(), expires_at - Duration::from_secs(3_600));
        write(&path, &Kept { token, base: "https://a/".into(), expires_at, renew_at }).unwrap();
        let kept = read(&path, "https://a/").unwrap();
        assert_eq!((kept.token.expose_secret(), kept.expires_at), ("nmv_usr_1", expires_at));
        assert!(read(&path, "https://b/").is_none());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn the_client_id_is_made_once_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nemovideo/client_id");
        let first = client_id(Some(&path), false);
        assert_eq!(fs::read_to_string(&path).unwrap(), first);
        assert_eq!(client_id(Some(&path), false), first);
        assert_ne!(client_id(Some(&path), true), first);
    }

    #[test]
    fn a_client_id_file_with_something_else_in_it_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("client_id");
        fs::write(&path, "not an id\n").unwrap();
        let id = client_id(Some(&path), false);
        assert_eq!(fs::read_to_string(&path).unwrap(), id);
    }
}
