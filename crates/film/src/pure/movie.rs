//! A whole MP4 or QuickTime file: its one picture and its sound.

use std::fs::File;

use bedtrack_mp4::{Index, Track};

use super::coding::{self, Coding};
use super::unfit::Unfit;

/// A file's index, read.
#[derive(Debug)]
pub(crate) struct Movie {
    /// The picture: H.264.
    pub picture: Option<Picture>,
    /// The sound, where there is one.
    pub sound: Option<Track>,
    /// Channels of the sound; none where only ffmpeg is trusted with it.
    pub channels: Option<u32>,
    /// Whether the index lies before the media.
    pub is_fast: bool,
}

/// The picture's track and what its coding says.
#[derive(Debug)]
pub(crate) struct Picture {
    pub track: Track,
    pub coding: Coding,
}

impl Movie {
    /// Reads the index of a file.
    ///
    /// # Errors
    /// [`Unfit::Unusual`] where something is in it that only ffmpeg is trusted with: fragments, another codec,
    /// encryption, several pictures or sounds, an edit list of several parts, media in another file.
    pub fn read(file: &mut File) -> Result<Self, Unfit> {
        let index = Index::read(file)?;
        let picture = index.track(b"vide")?.map(|track| {
            if track.coding() != *b"avc1" {
                return Err(Unfit::Unusual("its picture is not H.264"));
            }
            Ok(Picture { coding: coding::read(&track.entry)?, track })
        });
        let picture = picture.transpose()?;
        let sound = index.track(b"soun")?.filter(|sound| !sound.samples.is_empty());
        if picture.as_ref().is_some_and(|picture| picture.track.samples.is_empty()) {
            return Err(Unfit::Unusual("its picture is empty"));
        }
        let channels = sound.as_ref().and_then(Track::plain_aac_channels);
        Ok(Self { picture, sound, channels, is_fast: index.is_fast() })
    }

    /// # Errors
    /// [`Unfit::Unusual`] where the sound is not what is decoded here; the picture may be carried over all the same.
    pub fn check_sound(&self) -> Result<(), Unfit> {
        match (&self.sound, self.channels) {
            (Some(_), None) => Err(Unfit::Unusual("its sound is not plain AAC")),
            _ => Ok(()),
        }
    }
}
