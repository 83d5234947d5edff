//! Finding ffmpeg and ffprobe. Nothing is downloaded; what is missing is remembered and
//! answered with this system's install command when it is needed.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};

use super::call::Tool;
use super::limits::LIMITS;
use super::watch::Watch;
use super::{FilmError, fence};

/// How long ffmpeg may take to say its version.
const TRIAL: Duration = Duration::from_secs(20);

#[derive(Debug, Default, Deserialize)]
pub(super) struct Install {
    folders: BTreeMap<String, Vec<PathBuf>>,
    linux: Vec<Distribution>,
    elsewhere: BTreeMap<String, String>,
    pub parts: NeededParts,
}

#[derive(Debug, Deserialize)]
struct Distribution {
    ids: Vec<String>,
    command: String,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct NeededParts {
    pub encoders: Vec<String>,
    pub filters: Vec<String>,
}

pub(super) static INSTALL: LazyLock<Install> =
    LazyLock::new(|| toml::from_str(include_str!("install.toml")).unwrap_or_default());

/// What one ffmpeg can do.
#[derive(Debug, Clone, Default)]
pub(super) struct Abilities {
    pub version: String,
    pub encoders: BTreeSet<String>,
    pub filters: BTreeSet<String>,
}

/// The two tools, found once.
#[derive(Debug)]
pub(super) struct Tools {
    pub(super) ffmpeg: Option<PathBuf>,
    pub(super) ffprobe: Option<PathBuf>,
    pub(super) abilities: OnceCell<Abilities>,
    /// Whether children run behind the fence.
    fence: OnceCell<bool>,
    /// A seat for each child that may run at the same time.
    seats: Arc<Semaphore>,
}

impl Tools {
    /// Looks at the setting, then in `search` (the value of `PATH`), then in the usual folders. A setting that names
    /// nothing usable is not silently replaced: the tool counts as missing.
    pub fn locate(setting: Option<&Path>, search: Option<&OsStr>) -> Self {
        let folders: Vec<PathBuf> = search
            .map(|search| std::env::split_paths(search).filter(|folder| folder.is_absolute()).collect::<Vec<_>>())
            .unwrap_or_default()
            .into_iter()
            .chain(INSTALL.folders.get(std::env::consts::OS).cloned().unwrap_or_default())
            .collect();
        let ffmpeg = match setting {
            Some(path) if path.is_dir() => executable(&path.join(Tool::Ffmpeg.file_name())),
            Some(path) => executable(path),
            None => find(&folders, Tool::Ffmpeg),
        };
        // The ffprobe beside an ffmpeg belongs to it; another one may know other formats.
        let ffprobe = ffmpeg
            .as_deref()
            .and_then(Path::parent)
            .and_then(|folder| executable(&folder.join(Tool::Ffprobe.file_name())))
            .or_else(|| find(&folders, Tool::Ffprobe));
        Self {
            ffmpeg,
            ffprobe,
            abilities: OnceCell::new(),
            fence: OnceCell::new(),
            seats: Arc::new(Semaphore::new(LIMITS.children.max(1))),
        }
    }

    /// An error that says which of the two is missing, where one is.
    pub fn need_both(&self) -> Result<(), FilmError> {
        self.path(Tool::Ffmpeg).and(self.path(Tool::Ffprobe)).map(drop)
    }

    pub fn path(&self, tool: Tool) -> Result<&Path, FilmError> {
        let path = match tool {
            Tool::Ffmpeg => &self.ffmpeg,
            Tool::Ffprobe => &self.ffprobe,
        };
        path.as_deref().ok_or_else(|| FilmError::ToolMissing {
            tool: tool.name(),
            hint: format!("install it: {}", install_hint()),
        })
    }

    /// Waits until a further child may run.
    pub async fn seat(&self, watch: &Watch) -> Result<OwnedSemaphorePermit, FilmError> {
        tokio::select! {
            seat = Arc::clone(&self.seats).acquire_owned() => seat.map_err(|_| FilmError::Cancelled),
            () = watch.token().cancelled() => Err(FilmError::Cancelled),
        }
    }

    /// Whether children run behind the fence: the system has one, and this ffmpeg starts inside it (one that is wrapped
    /// by a sandbox of its own, as in a snap, may not). Tried once.
    pub async fn has_fence(&self) -> bool {
        *self
            .fence
            .get_or_init(|| async {
                let Some(program) = self.ffmpeg.as_deref().filter(|_| fence::exists()) else { return false };
                let mut command = fence::command(program);
                command.arg("-version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
                let runs = match fence::spawn(command, fence::Gate::default()).await {
                    Ok(mut child) => tokio::time::timeout(TRIAL, child.wait())
                        .await
                        .is_ok_and(|done| done.is_ok_and(|status| status.success())),
                    Err(_) => false,
                };
                if !runs {
                    tracing::warn!("ffmpeg does not start in a sandbox here and runs without one");
                }
                runs
            })
            .await
    }
}

fn find(folders: &[PathBuf], tool: Tool) -> Option<PathBuf> {
    folders.iter().find_map(|folder| executable(&folder.join(tool.file_name())))
}

#[cfg(unix)]
fn executable(path: &Path) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt;
    let facts = path.metadata().ok()?;
    (facts.is_file() && facts.permissions().mode() & 0o111 != 0).then(|| std::path::absolute(path).ok())?
}

#[cfg(not(unix))]
fn executable(path: &Path) -> Option<PathBuf> {
    path.is_file().then(|| std::path::absolute(path).ok())?
}

/// This system's install command for ffmpeg.
pub fn install_hint() -> String {
    let system = std::env::consts::OS;
    let distribution = (system == "linux")
        .then(|| std::fs::read_to_string("/etc/os-release").ok())
        .flatten()
        .and_then(|release| distribution_in(&release));
    distribution
        .or_else(|| INSTALL.elsewhere.get(system).or_else(|| INSTALL.elsewhere.get("other")).cloned())
        .unwrap_or_default()
}

/// The command for the distribution that an `os-release` file names, by `ID` first, then by `ID_LIKE`.
fn distribution_in(release: &str) -> Option<String> {
    let value = |key: &str| {
        release.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('=')).map(|value| value.trim_matches('"'))
    };
    let ids = value("ID").into_iter().chain(value("ID_LIKE").into_iter().flat_map(str::split_whitespace));
    ids.into_iter().find_map(|id| {
        let fits =
            |known: &&Distribution| known.ids.iter().any(|known| known == id || id.starts_with(&format!("{known}-")));
        INSTALL.linux.iter().find(fits).map(|known| known.command.clone())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_install_command_fits_the_distribution() {
        let command = |release: &str| distribution_in(release).unwrap_or_default();
        assert!(command("NAME=x\nID=ubuntu\nID_LIKE=debian\n").contains("apt-get"));
        assert!(command("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"").contains("dnf"));
        assert!(command("ID=opensuse-leap\nID_LIKE=\"suse opensuse\"").contains("zypper"));
        assert!(command("ID=neon\nID_LIKE=\"ubuntu debian\"").contains("apt-get"));
        assert_eq!(distribution_in("ID=plan9"), None);
        assert!(!install_hint().is_empty());
    }

    #[test]
    fn a_setting_that_names_nothing_counts_as_missing_with_a_hint() {
        let tools = Tools::locate(Some(Path::new("/nowhere/ffmpeg")), None);
        let fault = tools.path(Tool::Ffmpeg).unwrap_err().to_string();
        assert!(fault.contains("ffmpeg is needed") && fault.contains("install"), "{fault}");
    }
}
