//! What is said back and forth: the language, what an answer is about, what is asked.

use serde::{Deserialize, Serialize};

/// A language the studio answers in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English, and whatever is neither.
    #[default]
    En,
    /// Chinese.
    Zh,
}

/// What an answer is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// A greeting.
    Hello,
    /// Thanks or praise.
    Thanks,
    /// A plain yes, no or okay.
    Okay,
    /// What the studio can do.
    Abilities,
    /// The genres.
    Genres,
    /// The instruments.
    Instruments,
    /// The moods.
    Moods,
    /// The music on the draft.
    CurrentMusic,
    /// The takes that were made.
    Takes,
    /// Who may use the music.
    Licence,
    /// How to get the file.
    Export,
}

/// A question back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Which words the title shall have.
    TitleText,
    /// Which captions to show, and when.
    CaptionText,
    /// Which part to keep.
    TrimPart,
    /// How loud.
    VolumeLevel,
}

impl Question {
    /// Its name, as the wordings have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::TitleText => "title_text",
            Self::CaptionText => "caption_text",
            Self::TrimPart => "trim_part",
            Self::VolumeLevel => "volume_level",
        }
    }
}
