//! What the ffmpeg that was found can do: its version, its encoders and filters, and what jobs need and it lacks.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::Serialize;

use super::FilmError;
use super::call::{Call, Tool};
use super::tools::{Abilities, INSTALL, Tools, install_hint};
use super::watch::Watch;

/// What was found, for `doctor` and for messages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ToolStatus {
    /// ffmpeg, where found.
    pub ffmpeg: Option<PathBuf>,
    /// ffprobe, where found.
    pub ffprobe: Option<PathBuf>,
    /// ffmpeg's version, as it says it.
    pub version: Option<String>,
    /// Encoders that some job needs and this ffmpeg lacks.
    pub missing_encoders: Vec<String>,
    /// Filters that some job needs and this ffmpeg lacks.
    pub missing_filters: Vec<String>,
    /// Whether ffmpeg runs in a sandbox, with its own files alone.
    pub is_sandboxed: bool,
    /// How ffmpeg is installed on this system.
    pub install_hint: String,
}

impl ToolStatus {
    /// Whether the main job can run: both tools are here.
    pub fn is_usable(&self) -> bool {
        self.ffmpeg.is_some() && self.ffprobe.is_some() && self.version.is_some()
    }
}

impl Tools {
    /// Version, encoders and filters, asked once.
    pub async fn abilities(&self) -> Result<&Abilities, FilmError> {
        self.abilities
            .get_or_try_init(|| async {
                let ask = async |list: &'static str| {
                    let call = Call::bare(Tool::Ffmpeg, "asking ffmpeg what it can do").flag(list);
                    call.output_of(self, &Watch::default())
                        .await
                        .map(|text| String::from_utf8_lossy(&text).into_owned())
                };
                Ok(Abilities {
                    version: version_in(&ask("-version").await?).unwrap_or_default().to_owned(),
                    encoders: names_in(&ask("-encoders").await?, 6),
                    filters: names_in(&ask("-filters").await?, 3),
                })
            })
            .await
    }

    pub async fn status(&self) -> ToolStatus {
        let mut status = ToolStatus {
            ffmpeg: self.ffmpeg.clone(),
            ffprobe: self.ffprobe.clone(),
            install_hint: install_hint(),
            ..ToolStatus::default()
        };
        if let Ok(abilities) = self.abilities().await {
            status.is_sandboxed = self.has_fence().await;
            let missing = |wanted: &[String], there: &BTreeSet<String>| {
                wanted.iter().filter(|part| !there.contains(*part)).cloned().collect()
            };
            status.version = Some(abilities.version.clone());
            status.missing_encoders = missing(&INSTALL.parts.encoders, &abilities.encoders);
            status.missing_filters = missing(&INSTALL.parts.filters, &abilities.filters);
        }
        status
    }

    /// An error that names the encoder, where this ffmpeg lacks it.
    pub async fn need_encoder(&self, name: &str) -> Result<(), FilmError> {
        if self.abilities().await?.encoders.contains(name) {
            return Ok(());
        }
        let hint = format!("install a full one: {}", install_hint());
        Err(FilmError::PartMissing { part: format!("{name} encoder"), hint })
    }

    pub async fn has_filters(&self, names: &[&str]) -> Result<bool, FilmError> {
        let there = &self.abilities().await?.filters;
        Ok(names.iter().all(|name| there.contains(*name)))
    }
}

/// "5.1.9-0+deb12u1" from "ffmpeg version 5.1.9-0+deb12u1 Copyright …".
fn version_in(text: &str) -> Option<&str> {
    text.strip_prefix("ffmpeg version ")?.split_whitespace().next()
}

/// The second column of ffmpeg's tables, whose first column is `flags` characters wide or less.
fn names_in(text: &str, flags: usize) -> BTreeSet<String> {
    text.lines()
        .filter_map(|line| {
            let mut cells = line.split_whitespace();
            let first = cells.next()?;
            let name = cells.next()?;
            (first.len() <= flags && name != "=").then(|| name.to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_tables_are_read() {
        assert_eq!(version_in("ffmpeg version 7.0.2-static https://x Copyright (c)"), Some("7.0.2-static"));
        let table =
            "Encoders:\n V..... = Video\n ------\n V....D libx264              libx264 H.264\n A....D aac  AAC\n";
        let names = names_in(table, 6);
        assert!(names.contains("libx264") && names.contains("aac") && !names.contains("="));
    }
}
