//! Pictures, sound and files: what a medium is, its sound as samples, and finished films out of a plan. The only room
//! that knows ffmpeg, which runs as a child process and is never linked.

mod abilities;
mod blocking;
mod call;
mod cards;
mod child;
mod copy;
mod cover;
mod encode;
mod error;
mod fence;
mod ffprobe;
mod graph;
mod inspected;
mod limits;
mod magic;
mod measure;
mod media;
mod open;
mod pace;
mod pcm;
mod peaks;
mod plan;
mod probe;
mod progress;
mod publish;
mod pure;
mod quality;
mod reel;
mod remux;
mod render;
mod restamp;
mod scene;
mod show;
mod sound;
mod stage;
mod stills;
mod titles;
mod tools;
mod verify;
mod watch;
mod waveform;

use std::path::Path;
use std::sync::Arc;

use bedtrack_wire::look::RECORDED_SPEED;

pub use abilities::ToolStatus;
pub use error::FilmError;
pub use limits::{LIMITS, Limits};
pub use media::{AudioInfo, MediaInfo, MediaKind, VideoInfo};
pub use pace::{Cut, Pace};
pub use plan::{Clip, Cover, FilmFormat, FilmPlan, Quality, Rendered, SoundFormat};
pub use publish::publish;
pub use titles::{Behind, TitleCard, TitleLook};
pub use tools::install_hint;
pub use watch::Watch;

/// The film room, ready for work. Cheap to clone; clones share what they know and how many children may run.
#[derive(Debug, Clone)]
pub struct Film {
    tools: Arc<tools::Tools>,
}

impl Film {
    /// Finds ffmpeg and ffprobe: by the setting (a program, or the folder of both), else in `PATH`, else in the usual
    /// folders. Never fails; what is missing is told by [`Film::status`] and by whatever needs it.
    pub fn locate(setting: Option<&Path>) -> Self {
        Self { tools: Arc::new(tools::Tools::locate(setting, std::env::var_os("PATH").as_deref())) }
    }

    /// What was found and what is missing.
    pub async fn status(&self) -> ToolStatus {
        self.tools.status().await
    }

    /// What the file is, by its content, and whether it can be used: it is opened without following links, its packets
    /// are read, a first frame decoded and a first sound listened for.
    ///
    /// # Errors
    /// One that names what is wrong with the file, where [`FilmError::is_bad_input`]; [`FilmError::ToolMissing`] for
    /// video and sound without ffmpeg.
    pub async fn probe(&self, path: &Path) -> Result<MediaInfo, FilmError> {
        probe::probe(&self.tools, path, &Watch::default()).await
    }

    /// Decodes `[in_ms, in_ms + duration_ms]` of a medium's sound into `out_raw`: raw little-endian f32 frames, 48 kHz,
    /// stereo, exactly `duration_ms * 48` of them. Times count from the start of the picture where there is one; what
    /// the medium does not have is silence, and a mono sound keeps its level on both sides. Returns the frames written.
    ///
    /// # Errors
    /// [`FilmError::NoSound`], what is wrong with the file, [`FilmError::Cancelled`]. Nothing is left behind then.
    pub async fn decode_sound(
        &self,
        path: &Path,
        in_ms: u64,
        duration_ms: u64,
        out_raw: &Path,
        watch: &Watch,
    ) -> Result<u64, FilmError> {
        self.decode_sound_at(path, RECORDED_SPEED, in_ms, duration_ms, out_raw, watch).await
    }

    /// The same of a medium that plays at another speed, in percent, with its pitch kept: `duration_ms` of what is heard,
    /// from `in_ms` of what was recorded.
    ///
    /// # Errors
    /// As [`Film::decode_sound`], and [`FilmError::ToolMissing`] without ffmpeg.
    pub async fn decode_sound_at(
        &self,
        path: &Path,
        speed: u32,
        in_ms: u64,
        duration_ms: u64,
        out_raw: &Path,
        watch: &Watch,
    ) -> Result<u64, FilmError> {
        sound::decode(&self.tools, path, speed, (in_ms, duration_ms), out_raw, watch).await
    }

    /// Cuts, flashes and motion of a medium's picture, in well under its length; none for a still or for sound alone.
    ///
    /// # Errors
    /// What is wrong with the file, [`FilmError::ToolMissing`], [`FilmError::Cancelled`].
    pub async fn pace(&self, path: &Path, watch: &Watch) -> Result<Pace, FilmError> {
        pace::pace(&self.tools, path, watch).await
    }

    /// Makes a film out of a plan. `work` is a folder for what is needed on the way; `out` must not exist, and comes
    /// to be only when the film has passed its checks. Dropping the future, cancelling and failing leave nothing
    /// behind.
    ///
    /// # Errors
    /// What is wrong with a clip, the plan, the tools or the result; [`FilmError::OutputExists`];
    /// [`FilmError::Cancelled`].
    pub async fn render(&self, plan: &FilmPlan, work: &Path, out: &Path, watch: &Watch) -> Result<Rendered, FilmError> {
        render::render(&self.tools, plan, work, out, watch).await
    }

    /// How loud a file of sound is on the whole, in LUFS (EBU R 128); of a very long one, its first twenty minutes. None for
    /// silence, and for what is no plain sound file.
    pub async fn loudness(&self, path: &Path, watch: &Watch) -> Result<Option<f64>, FilmError> {
        pure::sound::loudness(path, watch).await
    }

    /// Draws the waveform of a programme (WAV) into the PNG file `out`.
    ///
    /// # Errors
    /// [`FilmError::BadPlan`] for another kind of file; what hinders writing.
    pub async fn draw_waveform(&self, wav: &Path, out: &Path) -> Result<(), FilmError> {
        let (wav, out) = (wav.to_owned(), out.to_owned());
        blocking::run_blocking(move || waveform::draw(&wav, &out)).await
    }

    /// Encodes a finished programme (WAV) alone, at its exact length. `out` must not exist.
    ///
    /// # Errors
    /// As [`Film::render`].
    pub async fn encode_audio(
        &self,
        wav: &Path,
        format: SoundFormat,
        quality: Quality,
        out: &Path,
        watch: &Watch,
    ) -> Result<Rendered, FilmError> {
        render::encode_audio(&self.tools, wav, format, quality, out, watch).await
    }
}
