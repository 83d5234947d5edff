//! The sample bank: which files there are, and decoding of just the samples that a part plays.

mod sf3;
pub mod voices;

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use include_dir::{Dir, include_dir};
use rustysynth_ext::SoundFont;

use super::SoundError;
use voices::Sample;

pub use sf3::Strikes;

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/assets/bank");

/// Name and terms of the built-in bank, for provenance notes.
pub const NAME: &str = "FluidR3Mono GM and MuseScore_General, single instruments";
/// Its licence in short.
pub const LICENCE: &str = "MIT, parts CC0 or public domain";
/// The notice that goes along with copies of the samples.
pub const NOTICE: &str = "Copyright (c) 2018-2021 S. Christian Collins; Copyright (c) 2014-2017 Michael Cowgill; \
    Copyright (c) 2000-2002, 2008 Frank Wen. Released under the MIT License.";

/// Where sampled instruments come from.
#[derive(Debug)]
pub struct Bank {
    /// A General MIDI bank of the user's instead of ours.
    other: Option<Other>,
}

#[derive(Debug)]
struct Other {
    name: String,
    bytes: Vec<u8>,
}

static BUILT_IN: Bank = Bank { other: None };

/// The largest bank that is read into memory.
const LARGEST: u64 = 2 << 30;

impl Bank {
    /// The bank inside the binary.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// A General MIDI bank in a `.sf2` or `.sf3` file, played instead of the built-in samples.
    pub fn from_file(path: &Path) -> Result<Self, SoundError> {
        let mut bytes = Vec::new();
        std::fs::File::open(path)?.take(LARGEST).read_to_end(&mut bytes)?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if !sf3::is_bank(&bytes) {
            return Err(SoundError::Bank(format!("{name} is not a SoundFont")));
        }
        Ok(Self { other: Some(Other { name, bytes }) })
    }

    /// What to call it in a provenance note.
    pub fn name(&self) -> &str {
        self.other.as_ref().map_or(NAME, |other| &other.name)
    }

    /// Its terms; those of a bank of the user's are the user's to know.
    pub fn licence(&self) -> &str {
        if self.other.is_some() { "set by the user" } else { LICENCE }
    }

    /// The instrument `sample`, decoded as far as `strikes` need it.
    pub(super) fn font(&self, sample: &Sample, strikes: &Strikes) -> Result<Arc<SoundFont>, SoundError> {
        let bytes = match &self.other {
            Some(other) => other.bytes.as_slice(),
            None => FILES
                .get_file(format!("{}.sf3", sample.file))
                .ok_or_else(|| SoundError::Bank(format!("{}.sf3 is missing", sample.file)))?
                .contents(),
        };
        let thin = sf3::thin(bytes, u16::from(sample.program), sample.midi_bank(), strikes);
        let mut reader = thin.as_deref().unwrap_or(bytes);
        let font =
            SoundFont::new(&mut reader).map_err(|error| SoundError::Bank(format!("{}: {error}", sample.file)))?;
        Ok(Arc::new(font))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sampled_voice_finds_its_file_and_decodes() {
        let strikes: Strikes = [(60, 90), (38, 90)].into();
        for voice in voices::all() {
            if let Some(sample) = &voice.sample {
                let font = Bank::built_in().font(sample, &strikes).expect(&voice.id);
                let found = font.get_presets().iter().any(|preset| {
                    preset.get_patch_number() == i32::from(sample.program)
                        && preset.get_bank_number() == i32::from(sample.midi_bank())
                });
                assert!(found, "{} has no program {}", sample.file, sample.program);
            }
        }
    }

    #[test]
    fn a_file_that_is_no_bank_is_refused() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), b"RIFF but not a bank").expect("written");
        assert!(matches!(Bank::from_file(file.path()), Err(SoundError::Bank(_))));
    }
}
