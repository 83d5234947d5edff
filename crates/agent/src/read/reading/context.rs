//! What the reader has to know about the draft.

use super::arrange::{File, FileKind};
use super::music::Stretch;
use bedtrack_compose::Brief;
use bedtrack_compose::given::Melody;
use bedtrack_compose::key::Key;
use bedtrack_wire::title::Style;

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
