//! What was done, as facts for the reply.

use crate::arranged::{Arranged, Refused};
use crate::cut::{Bed, Cut, Obstacle};
use crate::read::{Change, Language, Question, Remark, Stretch, Take, Target, Topic, Way, Why};
use crate::titled::Titled;
use bedtrack_compose::brief::Key;
use bedtrack_language::captions::Unfit;

/// Everything a reply says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// The language to say it in.
    pub language: Language,
    /// What was done, in order.
    pub done: Vec<Done>,
    /// What has to be said about how the message was understood.
    pub remarks: Vec<Remark>,
    /// Words that could not be used.
    pub unused: Vec<String>,
    /// A question back.
    pub asks: Option<Question>,
}

/// One thing that was done, or not.
#[derive(Debug, Clone, PartialEq)]
pub enum Done {
    /// Music was made.
    Made(Made),
    /// A level changed. Factors; 1 is full.
    Volume {
        /// Of what.
        target: Target,
        /// Before, where known.
        from: Option<f64>,
        /// After.
        to: f64,
    },
    /// A part was kept: from, to in ms on what it was; `None` where the part leaves all or nothing.
    Trimmed {
        /// Of what.
        target: Target,
        /// The part.
        kept: Option<(u64, u64)>,
        /// Its length before, in ms.
        before: u64,
    },
    /// Something was taken off.
    Removed {
        /// What.
        target: Target,
        /// Its name on the timeline, where it has one.
        name: Option<String>,
    },
    /// A soft beginning or end was set, in ms.
    Faded {
        /// Of what.
        target: Target,
        /// Rise.
        in_ms: Option<u64>,
        /// Fall.
        out_ms: Option<u64>,
    },
    /// Titles or captions are others.
    Titled(Titled),
    /// Captions came that cannot be read.
    UnfitCaptions(Unfit),
    /// So many steps were taken back; 0: there was nothing.
    Undone(u32),
    /// What was taken back came again, or nothing had been taken back.
    Redone(bool),
    /// An earlier take lies on the timeline; 1 is the first.
    TookUp(usize, Option<Take>),
    /// Which takes there are.
    Takes(Vec<Take>),
    /// Songs or pictures lie otherwise.
    Arranged(Arranged),
    /// They could not.
    Refused(Refused),
    /// The shots were cut.
    Cut(Cut),
    /// They could not be.
    Blocked(Obstacle),
    /// The music followed the picture's new length.
    Followed(Bed),
    /// A question was answered, or a greeting returned; with the music where it is about it.
    Answered(Topic, Option<Made>),
    /// Something was left as it was.
    Left(String),
    /// Words that led to nothing.
    Nothing {
        /// The user's words.
        text: String,
        /// What is wrong with them.
        why: Why,
    },
}

/// Music as it was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// New, instead of other music, or changed.
    pub way: Way,
    /// Id of the genre.
    pub genre: String,
    /// Beats a minute; `None` where the genre has no beat.
    pub bpm: Option<f64>,
    /// The key.
    pub key: Key,
    /// Exact length in seconds.
    pub seconds: f64,
    /// Ids of the instruments that play, most important first.
    pub instruments: Vec<String>,
    /// The seed.
    pub seed: u64,
    /// Level on the timeline, 1 is full.
    pub volume: f64,
    /// Its stretch where several pieces play in turn.
    pub place: Option<Stretch>,
    /// Whether a picture lies over it.
    pub has_picture: bool,
    /// Whether that picture sounds too.
    pub under_sound: bool,
    /// Whether it loops.
    pub loops: bool,
    /// What a refinement changed, or what was said about the score.
    pub changed: Vec<Change>,
    /// What the composer could not do as asked.
    pub remarks: Vec<bedtrack_compose::Remark>,
    /// How many of the picture's cuts fall on beats, and how many there are; `None` without cuts or without a beat.
    pub cuts: Option<(usize, usize)>,
    /// Whether it makes way for speech.
    pub makes_way: bool,
}
