//! The limits on media and on child processes, and how the system is made to hold a child to them.

use std::sync::LazyLock;
use std::time::Duration;

use serde::Deserialize;

/// What a medium may be and a child may use. Data: `limits.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Pixels of a frame of video.
    pub video_pixels: u64,
    /// Pixels of a still.
    pub image_pixels: u64,
    /// Pixels of all frames of an animation together; those beyond are not looked at.
    pub animation_pixels: u64,
    /// Seconds of the longest medium.
    pub media_seconds: u64,
    /// Bytes of data of one child.
    pub child_data_bytes: u64,
    /// Bytes of data of a child that reads and does not encode.
    pub reader_data_bytes: u64,
    /// Pixels of a frame up to which that is enough.
    pub reader_pixels: u64,
    /// Seconds that any child may run.
    pub child_base_seconds: u64,
    /// Further seconds for each second of media.
    pub child_seconds_per_second: u64,
    /// Bytes of one output.
    pub output_bytes: u64,
    /// Open files of one child.
    pub child_files: u64,
    /// Threads of one child.
    pub child_threads: u64,
    /// Children that run at the same time.
    pub children: usize,
}

/// The limits that are built in.
pub static LIMITS: LazyLock<Limits> = LazyLock::new(|| {
    toml::from_str(include_str!("limits.toml")).unwrap_or(Limits {
        video_pixels: 36_000_000,
        image_pixels: 67_108_864,
        animation_pixels: 2_000_000_000,
        media_seconds: 14_400,
        child_data_bytes: 1200 << 20,
        reader_data_bytes: 600 << 20,
        reader_pixels: 2_100_000,
        child_base_seconds: 30,
        child_seconds_per_second: 30,
        output_bytes: 8 << 30,
        child_files: 256,
        child_threads: 4,
        children: 4,
    })
});

impl Limits {
    /// How long a child may run that works on `media_ms` of media.
    pub fn child_time(&self, media_ms: u64) -> Duration {
        let media = media_ms.div_ceil(1000).min(self.media_seconds);
        Duration::from_secs(self.child_base_seconds.saturating_add(media.saturating_mul(self.child_seconds_per_second)))
    }
}

/// Holds a running child to the limits, where the system can do that from outside: Linux, by `prlimit(2)`. The child
/// has not read a byte of media by then in practice, and a refusal is no fault: the other limits still hold.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn confine(child: u32, time: Duration, output_bytes: u64, data_bytes: u64) {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};

    let Some(pid) = i32::try_from(child).ok().and_then(Pid::from_raw) else { return };
    let cpu_seconds = time.as_secs().saturating_mul(LIMITS.child_threads);
    for (resource, limit) in [
        (Resource::Data, data_bytes),
        (Resource::Fsize, output_bytes),
        (Resource::Cpu, cpu_seconds),
        (Resource::Nofile, LIMITS.child_files),
        (Resource::Core, 0),
    ] {
        if let Err(fault) = prlimit(Some(pid), resource, Rlimit { current: Some(limit), maximum: Some(limit) }) {
            tracing::debug!(?resource, %fault, "the system refused a limit on a child");
        }
    }
}

/// Elsewhere ffmpeg's own limits and the clock have to do.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn confine(_child: u32, _time: Duration, _output_bytes: u64, _data_bytes: u64) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_limits_are_read_from_the_table() {
        let limits: Limits = toml::from_str(include_str!("limits.toml")).unwrap();
        assert_eq!(limits.children, LIMITS.children);
        assert_eq!(limits.child_time(1_500).as_secs(), 30 + 2 * 30);
        assert!(limits.child_time(u64::MAX).as_secs() < 1_000_000);
    }
}
