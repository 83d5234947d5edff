//! What words can ask of the shots on the timeline, one by one.

use super::amount::{Level, Part};
use bedtrack_wire::look::{Aspect, Fit, TransitionKind};

/// A change to the shots on the timeline. A part counts on the timeline's clock, or on a shot's own where one is named.
#[derive(Debug, Clone, PartialEq)]
pub enum Cutting {
    /// A part goes, and what comes after it moves up.
    Out(Option<Shot>, Part),
    /// All but a part of a shot goes.
    Only(Shot, Part),
    /// One shot becomes two.
    Split(Option<Shot>, Moment),
    /// Shots become one, or pictures that wait are put at the end.
    Join(Vec<Shot>),
    /// A shot goes elsewhere.
    Move(Shot, Place),
    /// Two shots change places.
    Swap(Shot, Shot),
    /// The last shot becomes the first.
    Backwards,
    /// Another uploaded picture takes the place of a shot.
    Replace(Option<Shot>, Option<String>),
    /// Shots go.
    Drop(Vec<Shot>),
    /// A shot, or all of them, plays at another speed.
    Speed(Option<Shot>, Speed),
    /// The own sound of a shot changes its level.
    Level(Shot, Level),
    /// A shot, or the whole, comes out of black or goes into it, or so does its own sound; lengths in ms.
    Fade {
        /// Picture or sound.
        of: Faded,
        /// Whose; the whole timeline's where it is none's.
        shot: Option<Shot>,
        /// Length of the rise.
        in_ms: Option<u64>,
        /// Length of the fall.
        out_ms: Option<u64>,
    },
    /// The film gets another shape, or its pictures fill it otherwise.
    Shape(Option<Aspect>, Option<Fit>),
    /// How a shot, or every shot, takes over from the one before.
    Enter(Option<Shot>, TransitionKind),
    /// A track goes, counted as the timeline line counts.
    OffTrack(usize),
}

/// One of the shots on the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shot {
    /// By its place; 1 is the first.
    Number(usize),
    /// By its place among the photos alone.
    Photo(usize),
    /// The last one.
    Last,
    /// The last photo.
    LastPhoto,
    /// By the name of its file.
    Named(String),
}

/// A moment within a shot or the timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// After so many ms.
    At(u64),
    /// Half way.
    Middle,
}

/// Where a shot goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// To this place; 1 is the first.
    Number(usize),
    /// To the end.
    End,
    /// Before another one.
    Before(Shot),
    /// Behind another one.
    After(Shot),
    /// So many places on; negative is towards the start.
    By(i64),
}

/// A speed in percent of the recorded one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speed {
    /// This one.
    To(u32),
    /// So much of the present one.
    By(u32),
}

/// What fades.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Faded {
    /// What is seen.
    Picture,
    /// What the clips sound like.
    Sound,
}
