//! How one picture gives way to the next, how the camera looks at it, and how it fills a frame of another shape.

use serde::{Deserialize, Serialize};

/// How a picture comes in over the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// In which way.
    pub kind: TransitionKind,
    /// How long it takes from the clip's start on; the picture before is held for as long. 0 is a hard cut.
    #[serde(rename = "ms")]
    pub duration_ms: u64,
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
