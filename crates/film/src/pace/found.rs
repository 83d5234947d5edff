//! What is found out about how a picture moves.

use serde::{Deserialize, Serialize};

/// How a picture moves. Times are ms from its first frame.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Pace {
    /// Where one shot ends and another begins, in order.
    pub cuts: Vec<Cut>,
    /// Moments of light that pass: lightning, a camera's flash.
    pub flashes: Vec<u64>,
    /// How much moves, 0 (a still) to 1, for each half second from its start on; cuts and flashes left out.
    pub motion: Vec<(u64, f32)>,
}

/// A cut.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Cut {
    /// When the new shot's first frame is shown, in ms.
    pub at_ms: u64,
    /// How different the shots are, 0 to 1.
    pub strength: f32,
}
