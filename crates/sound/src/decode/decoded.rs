//! A file's sound at its own rate, packet by packet: mono and surround become stereo, and what the encoder put before and
//! behind it is left out.

use std::fs::File;
use std::path::{Path, PathBuf};

use symphonia::core::audio::sample::Sample;
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

use crate::{Frame, PcmSource, SoundError};

/// Damaged packets in a row after which a file counts as over.
const PATIENCE: u32 = 200;
/// Channels that are taken.
const CHANNELS: std::ops::RangeInclusive<usize> = 1..=32;

/// A file's frames at its own rate.
pub struct Decoded {
    path: PathBuf,
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    pub rate: u32,
    pub channels: u32,
    /// Frames of the last packet, and how many of them were given.
    frames: Vec<Frame>,
    given: usize,
    samples: Vec<f32>,
    /// Frames still to be dropped, and those still to be given where a container says so.
    skip: u64,
    rest: Option<u64>,
}

impl Decoded {
    /// Opens a file.
    pub fn open(path: &Path) -> Result<Self, SoundError> {
        let refused = |reason: String| SoundError::Undecodable { path: path.to_owned(), reason };
        let file = File::open(path)?;
        if !file.metadata()?.is_file() {
            return Err(refused("it is not a file".into()));
        }
        let mut hint = Hint::new();
        if let Some(extension) = path.extension().and_then(|extension| extension.to_str()) {
            hint.with_extension(extension);
        }
        let stream = MediaSourceStream::new(Box::new(file), Default::default());
        let format = symphonia::default::get_probe()
            .probe(&hint, stream, FormatOptions::default(), MetadataOptions::default())
            .map_err(|error| refused(error.to_string()))?;
        let track = format.default_track(TrackType::Audio).ok_or_else(|| refused("it has no sound".into()))?;
        let parameters = track
            .codec_params
            .as_ref()
            .and_then(|parameters| parameters.audio())
            .ok_or_else(|| refused("its codec is unknown".into()))?;
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(parameters, &AudioDecoderOptions::default())
            .map_err(|error| refused(error.to_string()))?;
        let (id, rate) = (track.id, parameters.sample_rate.unwrap_or(0));
        let heard = bedtrack_mp4::heard(&mut File::open(path)?)?;
        Ok(Self {
            path: path.to_owned(),
            format,
            decoder,
            track: id,
            rate,
            channels: 0,
            frames: Vec::new(),
            given: 0,
            samples: Vec::new(),
            skip: heard.map_or(0, |heard| heard.skip),
            rest: heard.and_then(|heard| heard.frames),
        })
    }

    /// What is wrong with the file.
    pub fn refused(&self, reason: impl Into<String>) -> SoundError {
        SoundError::Undecodable { path: self.path.clone(), reason: reason.into() }
    }

    /// The usual short name of its coding.
    pub fn codec(&self) -> &'static str {
        match self.decoder.codec_info().short_name {
            known @ ("aac" | "mp3" | "flac" | "vorbis") => known,
            _ => "pcm",
        }
    }

    /// Decodes the next packet that has frames; false at the end.
    pub fn fill(&mut self) -> Result<bool, SoundError> {
        let mut damaged = 0;
        while damaged < PATIENCE {
            let packet = match self.format.next_packet() {
                Ok(Some(packet)) => packet,
                // A file that breaks off is as long as what it holds.
                Ok(None) | Err(Error::IoError(_) | Error::ResetRequired) => return Ok(false),
                Err(_) => {
                    damaged += 1;
                    continue;
                }
            };
            if packet.track_id != self.track {
                continue;
            }
            match self.decoder.decode(&packet) {
                Ok(buffer) => {
                    let channels = buffer.spec().channels().count();
                    if !CHANNELS.contains(&channels) {
                        return Err(SoundError::Undecodable {
                            path: self.path.clone(),
                            reason: format!("{channels} channels cannot be read"),
                        });
                    }
                    self.rate = buffer.spec().rate();
                    self.channels = channels as u32;
                    self.samples.resize(buffer.samples_interleaved(), f32::MID);
                    buffer.copy_to_slice_interleaved(&mut self.samples);
                    self.frames.clear();
                    self.frames.extend(self.samples.chunks_exact(channels).map(fold));
                    self.given = 0;
                    self.trim();
                    if !self.frames.is_empty() {
                        return Ok(true);
                    }
                    if self.rest == Some(0) {
                        return Ok(false);
                    }
                }
                Err(Error::DecodeError(_)) => damaged += 1,
                Err(Error::IoError(_)) => return Ok(false),
                Err(error) => return Err(self.refused(error.to_string())),
            }
        }
        Ok(false)
    }

    /// Takes off what the container says is not part of the sound.
    fn trim(&mut self) {
        let skip = self.skip.min(self.frames.len() as u64);
        self.skip -= skip;
        self.frames.drain(..skip as usize);
        if let Some(rest) = &mut self.rest {
            self.frames.truncate(usize::try_from(*rest).unwrap_or(usize::MAX));
            *rest -= self.frames.len() as u64;
        }
    }
}

impl PcmSource for Decoded {
    fn read(&mut self, out: &mut [Frame]) -> Result<usize, SoundError> {
        let mut count = 0;
        while count < out.len() {
            if self.given >= self.frames.len() {
                self.frames.clear();
                self.given = 0;
                if !self.fill()? {
                    break;
                }
            }
            for (to, from) in out.iter_mut().skip(count).zip(self.frames.iter().skip(self.given)) {
                *to = *from;
                count += 1;
                self.given += 1;
            }
        }
        Ok(count)
    }
}

/// One frame of any channel count as stereo. The order is WAV's: left, right, centre, low, then the surrounds; the low
/// channel is left out, as ITU-R BS.775 allows, and centre and surrounds come 3 dB softer.
pub fn fold(samples: &[f32]) -> Frame {
    const SOFTER: f32 = std::f32::consts::FRAC_1_SQRT_2;
    let finite = |value: f32| if value.is_finite() { value.clamp(-16.0, 16.0) } else { 0.0 };
    match *samples {
        [] => [0.0; 2],
        [one] => [finite(one); 2],
        [left, right] => [finite(left), finite(right)],
        [left, right, ref others @ ..] => {
            let mut frame = [finite(left), finite(right)];
            for (number, value) in others.iter().map(|value| finite(*value) * SOFTER).enumerate() {
                match number {
                    0 => frame = frame.map(|side| side + value),
                    // With three or four channels there is no low one.
                    1 if others.len() > 2 => {}
                    number if number % 2 == 0 => frame[0] += value,
                    _ => frame[1] += value,
                }
            }
            frame.map(|side| side * 0.5)
        }
    }
}
