//! What is known of a file once it was looked into.

use super::ffprobe::Packets;
use super::magic::Format;
use super::media::MediaInfo;
use super::open::Seal;

/// A file that was looked into, with more than its owner needs to know.
#[derive(Debug, Clone)]
pub(super) struct Inspected {
    pub format: Format,
    pub info: MediaInfo,
    /// The picture's packets.
    pub picture: Packets,
    /// When the sound's first and last packets start and end, in µs.
    pub sound_us: Option<(i64, i64)>,
    /// Whether frames are decoded in another order than they are shown in.
    pub reorders: bool,
    /// What tells this file from another one of its name.
    pub seal: Option<Seal>,
    /// The file's own clock starts here, in µs; ffmpeg counts `-ss` from it.
    pub clock_us: i64,
}

impl Inspected {
    /// The demuxer that opens it.
    pub fn demuxer(&self) -> &'static str {
        self.format.demuxer().unwrap_or("mov")
    }

    /// How long after the file's own clock its time zero is, in µs: the picture's start, where there is a picture.
    pub fn zero_us(&self) -> u64 {
        let start = self.info.video.as_ref().map_or(self.clock_us, |video| video.start_us);
        u64::try_from(start.saturating_sub(self.clock_us)).unwrap_or(0)
    }
}
