//! How much is meant: how loud, and which part of something.

/// How loud.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Level {
    /// To this factor, 0 to 2; 1 is full.
    To(f64),
    /// By this factor.
    By(f64),
}

impl Level {
    /// The new factor, from the present one; between silence and twice full (+6 dB).
    pub fn from_present(self, present: f64) -> f64 {
        let wanted = match self {
            Self::To(factor) => factor,
            Self::By(factor) => present * factor,
        };
        wanted.clamp(0.0, 2.0)
    }
}

/// A part of something, in ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The first so many.
    First(u64),
    /// The last so many.
    Last(u64),
    /// All but the first so many.
    WithoutFirst(u64),
    /// All but the last so many.
    WithoutLast(u64),
    /// From here to there.
    Between(u64, u64),
}

impl Part {
    /// Start and end of what stays of something this long; `None` where nothing would, or nothing would change.
    pub fn within(self, length_ms: u64) -> Option<(u64, u64)> {
        let (start, end) = match self {
            Self::First(ms) => (0, ms),
            Self::Last(ms) => (length_ms.saturating_sub(ms), length_ms),
            Self::WithoutFirst(ms) => (ms, length_ms),
            Self::WithoutLast(ms) => (0, length_ms.saturating_sub(ms)),
            Self::Between(start, end) => (start, end),
        };
        let end = end.min(length_ms);
        (start < end && (start, end) != (0, length_ms)).then_some((start, end))
    }
}
