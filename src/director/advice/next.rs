//! Next steps where nothing failed.

use super::words::{Values, fill, table};
use crate::skills::Skill;

/// Where a piece of work has ended up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Situation {
    /// Music was made.
    MusicMade {
        /// Whether there is a picture on the timeline.
        picture: bool,
    },
    /// The timeline was edited.
    Edited,
    /// Media came in.
    Uploaded {
        /// Whether pictures are among them.
        picture: bool,
    },
    /// A file was exported.
    Exported {
        /// Whether it has a picture.
        picture: bool,
    },
    /// The state was read; nothing is on the timeline.
    Empty,
    /// The state was read; there is a timeline.
    Timeline,
    /// The balance was read.
    Credits {
        /// Whether there is less than a generation usually costs.
        low: bool,
        /// Whether nothing is ever charged.
        unlimited: bool,
    },
    /// Work goes on in the background.
    Running,
    /// The backend asked something.
    NeedsAnswer,
}

/// Two or three next steps, in the language of the tag.
pub fn next(situation: Situation, skill: &Skill, language: &str) -> Vec<String> {
    let key = match situation {
        Situation::Empty => return skill.try_it.iter().map(|thing| thing.in_language(language).to_owned()).collect(),
        Situation::MusicMade { picture: true } => "music_with_picture",
        Situation::MusicMade { picture: false } => "music_alone",
        Situation::Edited => "edited",
        Situation::Uploaded { picture: true } => "uploaded_picture",
        Situation::Uploaded { picture: false } => "uploaded_sound",
        Situation::Exported { picture: true } => "exported",
        Situation::Exported { picture: false } => "exported_sound",
        Situation::Timeline => "timeline",
        Situation::Credits { unlimited: true, .. } => "credits_unlimited",
        Situation::Credits { low: true, .. } => "credits_low",
        Situation::Credits { .. } => "credits",
        Situation::Running => "running",
        Situation::NeedsAnswer => "answer",
    };
    steps(key, &Values::new(), language)
}

/// A step that an instruction of the backend stands for. Nothing is done on its word alone, so it is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offered<'a> {
    /// The export.
    Export,
    /// A look at the timeline.
    State,
    /// A look at the balance.
    Credits,
    /// Media to bring in.
    Upload,
    /// An edit, in the backend's words.
    Edit(&'a str),
}

/// The step in the language of the tag.
pub fn offered(step: Offered<'_>, language: &str) -> Vec<String> {
    let mut values = Values::new();
    let key = match step {
        Offered::Export => "offer_export",
        Offered::State => "offer_state",
        Offered::Credits => "offer_credits",
        Offered::Upload => "offer_upload",
        Offered::Edit(words) => {
            values.insert("text", words.to_owned());
            "offer_edit"
        }
    };
    steps(key, &values, language)
}

/// The steps under a key of the table, filled.
pub(super) fn steps(key: &str, values: &Values, language: &str) -> Vec<String> {
    let steps = table(language).and_then(|table| table.next.get(key));
    steps.into_iter().flatten().map(|step| fill(step, values)).collect()
}
