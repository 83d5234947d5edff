//! What was done to titles and captions, as facts.

use super::edit::{Changed, Laid, Looks};

/// One thing done to the words on the picture.
#[derive(Debug, Clone, PartialEq)]
pub enum Titled {
    /// A title was added.
    Added(Looks),
    /// Titles were changed: each before and after.
    Changed(Vec<Changed>),
    /// Titles were taken off; their words.
    Removed(Vec<String>),
    /// Captions were laid on the timeline.
    Captioned {
        /// What lies there.
        laid: Laid,
        /// Cues whose end made no sense and was set anew.
        mended: usize,
        /// Cues without words or with impossible times.
        left_out: usize,
        /// Cues whose words were cut.
        shortened: usize,
    },
}
