//! A whole MP4 or QuickTime file: its one picture and its sound.

use std::fs::File;

use mp4_atom::{Mp4a, Mvhd};

use super::Unfit;
use super::avc::{self, Avc};
use super::boxes::{Part, part, parts, top};
use super::track::Track;

/// A file's index, read.
#[derive(Debug)]
pub(super) struct Movie {
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
pub(super) struct Picture {
    pub track: Track,
    pub coding: Avc,
}

impl Movie {
    /// Reads the index of a file.
    ///
    /// # Errors
    /// [`Unfit::Unusual`] where something is in it that only ffmpeg is trusted with: fragments, another codec,
    /// encryption, several pictures or sounds, an edit list of several parts, media in another file.
    pub fn read(file: &mut File) -> Result<Self, Unfit> {
        let top = top(file)?;
        let index = top.index.as_slice();
        if part(index, b"mvex").is_some() {
            return Err(Unfit::Unusual("it comes in fragments"));
        }
        let clock: Mvhd = part(index, b"mvhd").ok_or(Unfit::Unusual("its index lacks a table"))?.read()?;
        let of = |kind: &[u8; 4]| -> Result<Option<Track>, Unfit> {
            let tracks = parts(index).filter(|part| part.kind == *b"trak").enumerate();
            let mut found = tracks.filter(|(_, part)| Track::kind(part.body) == Some(*kind));
            let (first, second) = (found.next(), found.next());
            if second.is_some() {
                return Err(Unfit::Unusual("it has several pictures or sounds"));
            }
            let read = |(number, part): (_, Part<'_>)| Track::read(number, part.body, clock.timescale, top.size);
            first.map(read).transpose()
        };
        let picture = of(b"vide")?.map(|track| {
            if track.coding() != *b"avc1" {
                return Err(Unfit::Unusual("its picture is not H.264"));
            }
            Ok(Picture { coding: avc::read(&track.entry)?, track })
        });
        let picture = picture.transpose()?;
        let sound = of(b"soun")?;
        let sound = sound.filter(|sound| !sound.samples.is_empty());
        let channels = sound.as_ref().and_then(channels);
        if picture.as_ref().is_some_and(|picture| picture.track.samples.is_empty()) {
            return Err(Unfit::Unusual("its picture is empty"));
        }
        Ok(Self { picture, sound, channels, is_fast: top.is_fast })
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

/// The channels of a sound. AAC-LC of one or two is what `sound::decode` takes; its relatives would come out wrong, not
/// fail.
fn channels(track: &Track) -> Option<u32> {
    if track.coding() != *b"mp4a" {
        return None;
    }
    let entry: Mp4a = mp4_atom::Decode::decode(&mut track.entry.as_slice()).ok()?;
    let coding = entry.esds.es_desc.dec_config;
    let config = coding.dec_specific?;
    // ISO/IEC 14496-3, 1.6: object type 2 is LC. A config that goes on with 0x2B7 says by a flag whether there is SBR;
    // where it does not, SBR may come unannounced at half rates.
    let widened = match config.raw.get(2..) {
        Some([0x56, low, flag, ..]) if low >> 5 == 0b111 => flag & 0x80 != 0,
        _ => config.freq_index > 5,
    };
    let is_plain = matches!(coding.object_type_indication, 0x40 | 0x67)
        && config.profile == 2
        && matches!(config.chan_conf, 1 | 2)
        && config.freq_index <= 12
        && !widened;
    is_plain.then(|| config.chan_conf.into())
}
