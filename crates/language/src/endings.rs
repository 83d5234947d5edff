//! What the ending of a file's name says it holds. The endings are data in `endings.toml`.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// Moving pictures.
    Moving,
    /// A still picture.
    Still,
    /// Sound.
    Sound,
    /// Notes for instruments.
    Notes,
    /// Words with their times.
    Captions,
    /// Other files.
    Archive,
    /// Plain words or data.
    Document,
}

impl Holds {
    /// Whether it is seen or heard.
    pub fn is_seen_or_heard(self) -> bool {
        matches!(self, Self::Moving | Self::Still | Self::Sound)
    }

    /// Whether a film can be made with it, or comes as it.
    pub fn is_media(self) -> bool {
        self.is_seen_or_heard() || matches!(self, Self::Notes | Self::Archive)
    }
}

/// What a file of an ending holds, without its full stop and in any case; none where it is no file's.
pub fn ending(ending: &str) -> Option<Holds> {
    ENDINGS.get(&ending.to_ascii_lowercase()).copied()
}

/// What a file or an address holds by the ending of its name; what stands before the last full stop must not be empty.
pub fn of(name: &str) -> Option<Holds> {
    let path = name.split(['?', '#']).next().unwrap_or_default();
    let (stem, end) = path.rsplit_once('.')?;
    if stem.is_empty() { None } else { ending(end) }
}

/// Longest ending, in characters.
pub const LONGEST: usize = 6;

static ENDINGS: LazyLock<HashMap<String, Holds>> = LazyLock::new(|| {
    let file: BTreeMap<Holds, Vec<String>> = crate::built_in(include_str!("endings.toml"));
    file.into_iter().flat_map(|(holds, endings)| endings.into_iter().map(move |ending| (ending, holds))).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_by_its_ending_what_is_in_the_file() {
        assert_eq!(of("trip.MP4"), Some(Holds::Moving));
        assert_eq!(of("https://example.com/a.b/song.mp3?x=1.txt"), Some(Holds::Sound));
        assert_eq!(of("theme.mid"), Some(Holds::Notes));
        assert_eq!(of("海边.heic"), Some(Holds::Still));
        for none in ["mp4", ".mp4", "dr.dre", "a.b", ""] {
            assert_eq!(of(none), None, "{none}");
        }
        assert!(ENDINGS.keys().all(|ending| ending.len() <= LONGEST));
    }

    #[test]
    fn notes_and_archives_are_media_but_neither_seen_nor_heard() {
        assert!(Holds::Notes.is_media() && Holds::Archive.is_media() && !Holds::Notes.is_seen_or_heard());
        assert!(!Holds::Captions.is_media() && !Holds::Document.is_media());
    }
}
