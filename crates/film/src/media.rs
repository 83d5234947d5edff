//! What a medium is: the answer of a probe.

use serde::{Deserialize, Serialize};

/// What a medium is used as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaKind {
    /// Moving pictures, with or without sound.
    Video,
    /// One picture, or a short animation.
    Image,
    /// Sound alone; cover art does not count.
    Audio,
    /// Notes.
    Midi,
}

/// A medium, by its content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MediaInfo {
    /// What it is used as.
    pub kind: MediaKind,
    /// "mp4", "mov", "jpg", … by content, not by name.
    pub container: String,
    /// Its length in ms: the picture's, where there is one. 0 for a still.
    pub duration_ms: u64,
    /// The picture.
    pub video: Option<VideoInfo>,
    /// The sound stream that is used.
    pub audio: Option<AudioInfo>,
    /// Whether anything can be heard: a stream of pure silence does not count.
    pub has_sound: bool,
}

/// The picture of a medium.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct VideoInfo {
    /// ffmpeg's name of the codec: "h264", "vp9", "png", …
    pub codec: String,
    /// Stored pixels across, before any turn.
    pub width: u32,
    /// Stored pixels down, before any turn.
    pub height: u32,
    /// Frames per second on average; 0 for a still.
    pub fps: f64,
    /// Degrees clockwise that a player turns it by: 0, 90, 180 or 270.
    pub rotation: u16,
    /// Frames shown.
    pub frames: u64,
    /// ffmpeg's name of the pixel format: "yuv420p", …
    pub pix_fmt: String,
    /// Shape of a pixel, width to height.
    #[serde(default = "square")]
    pub pixel_aspect: (u32, u32),
    /// Frames per second as a fraction.
    #[serde(default)]
    pub frame_rate: (u32, u32),
    /// The transfer function where it is named: "bt709", "smpte2084", "arib-std-b67", …
    #[serde(default)]
    pub transfer: String,
    /// The colour matrix where it is named: "bt709", "smpte170m", …
    #[serde(default)]
    pub matrix: String,
    /// The stream's number in the file.
    #[serde(default)]
    pub index: usize,
    /// When the first frame is shown on the file's own clock, in µs.
    #[serde(default)]
    pub start_us: i64,
    /// From the first frame's start to the last frame's end, in µs.
    #[serde(default)]
    pub length_us: u64,
}

fn square() -> (u32, u32) {
    (1, 1)
}

impl VideoInfo {
    /// Width and height as they are shown: turned, with square pixels.
    pub fn shown(&self) -> (u32, u32) {
        let (across, down) = self.pixel_aspect;
        let wide = u64::from(self.width) * u64::from(across.max(1)) / u64::from(down.max(1));
        let wide = u32::try_from(wide).unwrap_or(self.width).max(1);
        if self.rotation % 180 == 90 { (self.height, wide) } else { (wide, self.height) }
    }

    /// Whether its light is high dynamic range.
    pub fn is_hdr(&self) -> bool {
        matches!(self.transfer.as_str(), "smpte2084" | "arib-std-b67")
    }

    /// How long one frame is, in µs.
    pub fn frame_us(&self) -> u64 {
        if self.fps > 0.0 { (1_000_000.0 / self.fps) as u64 } else { 40_000 }
    }
}

/// The sound of a medium.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AudioInfo {
    /// ffmpeg's name of the codec: "aac", "mp3", "pcm_s16le", …
    pub codec: String,
    /// Frames per second.
    pub rate: u32,
    /// Channels.
    pub channels: u32,
    /// The stream's number in the file.
    #[serde(default)]
    pub index: usize,
}
