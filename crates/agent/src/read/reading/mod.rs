//! What a message was understood to ask for.

mod arrange;
mod cutting;
mod music;
mod remark;
mod titles;

pub use arrange::{Arrange, File, FileKind, Songs};
pub use cutting::{Cutting, Faded, Moment, Place, Shot, Speed};
pub use music::{Change, MakeMusic, Stretch, Way};
pub use remark::{Aspect, Because, Impossible, Remark};
pub use titles::{Align, Backing, CaptionWish, Look, NewTitle, Pick, Position, Retitle, Size, Style, When};

use serde::{Deserialize, Serialize};

use bedtrack_compose::Brief;
use bedtrack_compose::brief::Key;
use bedtrack_compose::given::Melody;
use bedtrack_language::captions::Unfit;

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

/// What the reader has to know about the draft.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Context {
    /// Whether a picture lies on the draft or was uploaded.
    pub has_picture: bool,
    /// Its length on the timeline; `None` without a picture that has one.
    pub picture_ms: Option<u64>,
    /// Whether the picture brings its own sound.
    pub picture_has_sound: bool,
    /// The music on the draft; of several pieces the first.
    pub music: Option<CurrentMusic>,
    /// The pieces on the draft where several lie there in turn; empty otherwise.
    pub in_turn: Vec<InTurn>,
    /// The titles on the draft, by start.
    pub titles: Vec<TitleCard>,
    /// The length of the whole timeline.
    pub length_ms: u64,
    /// The language that the session or the call names (`en`, `zh`); the words decide where there is none.
    pub language_hint: Option<String>,
    /// Seed for new music where none is asked for.
    pub default_seed: u64,
    /// The melody of the newest MIDI file that was uploaded.
    pub melody: Option<Melody>,
    /// Every piece that was made, in order.
    pub takes: Vec<Take>,
    /// Whether something was taken back that could come again.
    pub can_redo: bool,
    /// The songs and pictures that were uploaded, in order.
    pub files: Vec<File>,
    /// Whether a song of the user's own lies on the draft.
    pub has_song: bool,
    /// How many pictures were uploaded.
    pub pictures: usize,
}

impl Context {
    /// How many songs were uploaded.
    pub fn songs(&self) -> usize {
        self.files.iter().filter(|file| file.kind == FileKind::Song).count()
    }

    /// Whether music lies on the draft, made here or brought.
    pub fn has_music(&self) -> bool {
        self.music.is_some() || self.has_song
    }
}

/// A piece that was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Take {
    /// What it was made from.
    pub brief: Brief,
    /// Its tempo, beats a minute.
    pub bpm: f64,
    /// Its key.
    pub key: Key,
    /// Its length in seconds.
    pub seconds: f64,
    /// Whether it lies on the timeline.
    pub current: bool,
}

/// The music on the draft as it was made.
#[derive(Debug, Clone, PartialEq)]
pub struct CurrentMusic {
    /// What it was made from.
    pub brief: Brief,
    /// Its tempo, beats a minute.
    pub bpm: f64,
    /// Its key.
    pub key: Key,
    /// Ids of the instruments that play; empty where they are not known.
    pub players: Vec<String>,
    /// Its motif.
    pub motif: Option<Melody>,
}

/// One of several pieces that lie on the draft in turn.
#[derive(Debug, Clone, PartialEq)]
pub struct InTurn {
    /// Its number among all that lies there, songs too; 0 is the first.
    pub index: usize,
    /// Where it lies.
    pub place: Stretch,
    /// What it is.
    pub music: CurrentMusic,
}

/// A title on the draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TitleCard {
    /// Its words.
    pub text: String,
    /// Start in ms.
    pub start_ms: u64,
    /// Length in ms.
    pub duration_ms: u64,
    /// What kind of words.
    pub style: Style,
    /// Whether it stands on a side.
    pub aside: bool,
}

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
