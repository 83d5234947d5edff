//! Where things lie on this machine.

use std::path::PathBuf;

use directories::{ProjectDirs, UserDirs};

use super::source::{Layers, SettingError};

/// Where things lie.
#[derive(Debug, Clone)]
pub struct Folders {
    /// Database, blobs, caches, tokens; `BEDTRACK_HOME`.
    pub home: PathBuf,
    /// Exports; `BEDTRACK_OUTPUT`.
    pub output: PathBuf,
}

impl Folders {
    pub(super) fn read(layers: &Layers) -> Result<Self, SettingError> {
        let home = layers
            .folder_to_be("BEDTRACK_HOME")?
            .or_else(|| ProjectDirs::from("", "", "bedtrack").map(|dirs| dirs.data_local_dir().to_owned()));
        let output = layers.folder_to_be("BEDTRACK_OUTPUT")?.or_else(video_folder);
        let missing = |name| SettingError::bad(name, "(not set)", "a folder; this system names none by itself");
        Ok(Self {
            home: home.ok_or_else(|| missing("BEDTRACK_HOME"))?,
            output: output.ok_or_else(|| missing("BEDTRACK_OUTPUT"))?,
        })
    }
}

/// `Bedtrack` in the platform's folder for videos; systems without one get `~/Videos`.
fn video_folder() -> Option<PathBuf> {
    let user = UserDirs::new()?;
    let videos = user.video_dir().map_or_else(|| user.home_dir().join("Videos"), ToOwned::to_owned);
    Some(videos.join("Bedtrack"))
}
