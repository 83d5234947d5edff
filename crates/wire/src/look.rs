//! How pictures are shown, as a draft says it: their shape, how one gives way to the next, how the camera looks at them,
//! how fast they play.

use serde::{Deserialize, Serialize};

/// The speed at which a video was recorded, in percent.
pub const RECORDED_SPEED: u32 = 100;

/// How a picture comes in over the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// In which way.
    pub kind: TransitionKind,
    /// How long it takes from the clip's start on; the picture before is held for as long. 0 is a hard cut.
    #[serde(rename = "ms")]
    pub duration_ms: u64,
}

impl Transition {
    /// How much of it lies before the moment that the eye takes for the cut.
    pub fn lead_ms(self) -> u64 {
        self.kind.lead(self.duration_ms)
    }
}

/// The ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransitionKind {
    /// At once.
    Cut,
    /// One picture becomes the other.
    Crossfade,
    /// The new picture pushes the old one out to the left.
    Slide,
    /// The camera rushes into the old picture, which gives way to the new one.
    Zoom,
}

impl TransitionKind {
    /// How much of the transition lies before the moment that the eye takes for the cut: a crossfade is seen in its
    /// middle, everything else where it begins.
    pub fn lead(self, duration_ms: u64) -> u64 {
        if self == Self::Crossfade { duration_ms / 2 } else { 0 }
    }
}

/// A slow move of the camera over a still.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Camera {
    /// None.
    #[default]
    Still,
    /// Towards the picture.
    In,
    /// Away from it.
    Out,
    /// To the left; over a picture that is cropped at top and bottom only, upwards.
    Left,
    /// To the right; over a picture that is cropped at top and bottom only, downwards.
    Right,
}

/// What happens to a picture of another shape than the frame's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fit {
    /// A still that would lose little is cropped, every other picture shown whole.
    #[default]
    Auto,
    /// It fills the frame, and what stands over is cut off.
    Crop,
    /// It is shown whole, over a blurred copy of itself.
    Pad,
}

/// The shape of a picture.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Aspect {
    /// As the first picture is.
    #[default]
    #[serde(rename = "source")]
    Source,
    /// 16:9.
    #[serde(rename = "16:9")]
    Wide,
    /// 9:16.
    #[serde(rename = "9:16")]
    Tall,
    /// 1:1.
    #[serde(rename = "1:1")]
    Square,
    /// 4:5.
    #[serde(rename = "4:5")]
    Portrait,
}

impl Aspect {
    /// Width to height; none for the source's own.
    pub fn ratio(self) -> Option<(u32, u32)> {
        match self {
            Self::Source => None,
            Self::Wide => Some((16, 9)),
            Self::Tall => Some((9, 16)),
            Self::Square => Some((1, 1)),
            Self::Portrait => Some((4, 5)),
        }
    }
}

/// Frame rates that players expect, as fractions.
const RATES: [(u32, u32); 8] =
    [(24_000, 1001), (24, 1), (25, 1), (30_000, 1001), (30, 1), (50, 1), (60_000, 1001), (60, 1)];

/// The frame rate, as a fraction, at which a film plays whose first video has so many frames a second on average.
pub fn usual_rate(fps: f64) -> (u32, u32) {
    let near = |rate: &&(u32, u32)| (f64::from(rate.0) / f64::from(rate.1) / fps - 1.0).abs() < 0.0005;
    if let Some(rate) = RATES.iter().find(near) {
        return *rate;
    }
    match fps {
        fps if fps > 55.0 => (60, 1),
        fps if (fps - fps.round()).abs() < 0.01 && (5.0..=30.0).contains(&fps) => (fps.round() as u32, 1),
        _ => (30, 1),
    }
}
