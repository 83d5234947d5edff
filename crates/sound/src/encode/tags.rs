//! Title and maker, written into a finished file of any format that carries them.

use std::path::Path;

use lofty::config::WriteOptions;
use lofty::file::{AudioFile, TaggedFileExt};
use lofty::tag::{Accessor, Tag};

use crate::SoundError;

/// What a file says of itself.
#[derive(Debug, Clone, Default)]
pub struct Tags {
    /// The piece.
    pub title: String,
    /// Who made it.
    pub artist: String,
    /// Its style.
    pub genre: String,
    /// Terms, seed and the like.
    pub comment: String,
}

/// Writes `tags` into the file at `path`.
pub fn tag(path: &Path, tags: &Tags) -> Result<(), SoundError> {
    let mut file = lofty::read_from_path(path).map_err(|error| SoundError::encode("tag", error))?;
    let mut tag = Tag::new(file.primary_tag_type());
    tag.set_title(tags.title.clone());
    tag.set_artist(tags.artist.clone());
    tag.set_genre(tags.genre.clone());
    tag.set_comment(tags.comment.clone());
    file.insert_tag(tag);
    file.save_to_path(path, WriteOptions::default()).map_err(|error| SoundError::encode("tag", error))
}
