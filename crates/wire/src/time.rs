//! A time on a timeline, and the one place where it becomes seconds and comes from them.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use serde::{Deserialize, Serialize};

/// Milliseconds, as a draft counts. Reckoning with them saturates: a foreign draft may say anything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ms(pub i64);

impl Ms {
    /// The start of everything.
    pub const ZERO: Self = Self(0);
    /// Longer than anything.
    pub const MAX: Self = Self(i64::MAX);

    /// The nearest to a time in seconds.
    pub fn from_seconds(seconds: f64) -> Self {
        Self((seconds * 1000.0).round() as i64)
    }

    /// In seconds.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / 1000.0
    }

    /// Where it cannot be negative.
    pub fn whole(self) -> u64 {
        u64::try_from(self.0).unwrap_or(0)
    }

    /// How far from another.
    pub fn apart(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0).saturating_abs())
    }
}

impl From<u64> for Ms {
    fn from(ms: u64) -> Self {
        Self(i64::try_from(ms).unwrap_or(i64::MAX))
    }
}

impl Add for Ms {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Ms {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Ms {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl SubAssign for Ms {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Neg for Ms {
    type Output = Self;

    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl Sum for Ms {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_come_back_to_the_millisecond_and_nothing_overflows() {
        for ms in [0, 1, 999, 1_001, 20_006, 86_400_000] {
            assert_eq!(Ms::from_seconds(Ms(ms).seconds()), Ms(ms));
        }
        assert_eq!((Ms::MAX + Ms(1), Ms::from(u64::MAX), Ms(-5).whole()), (Ms::MAX, Ms::MAX, 0));
        assert_eq!(Ms(i64::MIN).apart(Ms::MAX), Ms::MAX);
    }
}
