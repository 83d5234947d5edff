//! A message, understood: what to do, in order, and what has to be said about it.

use serde::{Deserialize, Serialize};

use super::amount::{Level, Part};
use super::arrange::Arrange;
use super::cutting::Cutting;
use super::music::MakeMusic;
use super::remark::Remark;
use super::talk::{Language, Question, Topic};
use super::titles::{CaptionWish, NewTitle, Pick, Retitle};
use bedtrack_language::captions::Unfit;

/// A message, understood.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// The language to answer in.
    pub language: Language,
    /// What to do, in order.
    pub actions: Vec<Action>,
    /// What has to be said about it, in order.
    pub remarks: Vec<Remark>,
    /// Words of the user that meant something musical but could not be used, as they wrote them.
    pub unused: Vec<String>,
    /// A question without whose answer nothing can be done.
    pub asks: Option<Question>,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Make music.
    MakeMusic(MakeMusic),
    /// Change how loud something is.
    SetVolume {
        /// What.
        target: Target,
        /// How loud.
        level: Level,
    },
    /// Keep a part of something on the timeline.
    Trim {
        /// What.
        target: Target,
        /// Which part stays.
        part: Part,
    },
    /// Take something off the timeline.
    Remove {
        /// What.
        target: Target,
    },
    /// Let something begin or end softly.
    Fade {
        /// What.
        target: Target,
        /// Length of the rise in ms.
        in_ms: Option<u64>,
        /// Length of the fall in ms.
        out_ms: Option<u64>,
    },
    /// Put words on the picture.
    AddTitle(NewTitle),
    /// Change titles.
    ChangeTitle(Retitle),
    /// Take some titles off.
    RemoveTitles {
        /// Which ones.
        which: Pick,
    },
    /// Put captions on the picture that came with the message.
    AddCaptions(CaptionWish),
    /// Captions came with the message that cannot be read.
    UnfitCaptions(Unfit),
    /// Go back.
    Undo {
        /// How many steps, at least 1.
        steps: u32,
    },
    /// Go forward again, where something was taken back.
    Redo,
    /// Lay an earlier take on the timeline.
    UseTake {
        /// Which: 1 is the first that was made.
        number: usize,
    },
    /// Lay songs and pictures otherwise.
    Arrange(Arrange),
    /// Cut the shots on the timeline.
    Cut(Cutting),
    /// Say something about ourselves or the draft.
    Answer(Topic),
    /// Leave something as it is, because the user said so.
    Leave {
        /// The user's words.
        text: String,
    },
    /// Not understood, or nothing that can be done.
    Unknown {
        /// The user's words.
        text: String,
        /// What is wrong with them.
        why: Why,
    },
}

/// Something on the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The music.
    Music,
    /// The sound that came with the picture.
    OriginalSound,
    /// All that sounds.
    AllSound,
    /// The picture.
    Picture,
    /// A title with these words, or the newest one.
    Title(Option<String>),
    /// Every title.
    AllTitles,
    /// Everything.
    Everything,
}

/// What is wrong with words that lead to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// They were not understood.
    NotUnderstood,
    /// They were, but the studio cannot do it.
    CannotDo,
    /// It is so already.
    Already,
    /// They speak of music, and there is none yet.
    NoMusic,
    /// They speak of a picture, and there is none.
    NoPicture,
    /// They speak of a title that is not there.
    NoTitle,
    /// They speak of a time after the picture's end.
    BeyondPicture,
    /// There were more wishes in the message than one turn takes.
    TooMany,
}
