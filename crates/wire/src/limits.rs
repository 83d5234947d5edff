//! Limits of what a message carries. Who sends it checks them, and who takes it may rely on them.

/// Longest message, in characters; what is longer is a document, not a wish.
pub const MESSAGE_CHARS: usize = 20_000;

/// Longest reply, in characters.
pub const REPLY_CHARS: usize = 20_000;

/// Least and most of `duration_seconds`. Music has a beginning and an end; below 3 s there is room for neither, and
/// beyond 20 minutes nobody waits for it.
pub const DURATION_SECONDS: (f64, f64) = (3.0, 1_200.0);

/// Least and most of `tempo_bpm`: slower and faster than any music has a name for.
pub const TEMPO_BPM: (f64, f64) = (20.0, 400.0);
