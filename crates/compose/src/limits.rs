//! The bounds of what is composed. Whoever reads, offers or checks a length or a tempo takes them from here.

use std::ops::RangeInclusive;

/// The shortest piece, in seconds.
pub const SHORTEST_SECONDS: f64 = 3.0;
/// The longest piece, in seconds.
pub const LONGEST_SECONDS: f64 = 1200.0;
/// Lengths a piece can have, in seconds.
pub const LENGTH_SECONDS: RangeInclusive<f64> = SHORTEST_SECONDS..=LONGEST_SECONDS;

/// Tempos that can be played, in beats a minute.
pub const TEMPO_BPM: RangeInclusive<f64> = 30.0..=260.0;
/// The slowest and the fastest tempo that is chosen freely, in beats a minute: beyond them people tap twice as fast, or
/// half as fast.
pub const SLOWEST_TAPPED_BPM: f64 = 40.0;
/// See [`SLOWEST_TAPPED_BPM`].
pub const FASTEST_TAPPED_BPM: f64 = 220.0;
