//! A piece of a message: the words that want one thing.

use std::ops::Range;

use super::reading::Topic;
use super::wishes::Wishes;

/// What kind of thing a piece wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// New music.
    Make,
    /// Wishes without a verb, or a change to music.
    Wish,
    /// Other music in place of what is there.
    Replace,
    /// The same once more.
    Again,
    /// A level.
    Volume,
    /// A soft beginning or end.
    Fade,
    /// A part to keep.
    Trim,
    /// Something to take off.
    Remove,
    /// Words on the picture.
    Title,
    /// A step back.
    Undo,
    /// Nothing to be done.
    Leave,
    /// A question or small talk.
    Talk(Topic),
    /// Understood, and not possible.
    Cannot,
    /// None of these.
    Nothing,
}

/// A piece of a message.
#[derive(Debug, Clone)]
pub struct Piece {
    /// Its tokens.
    pub at: Range<usize>,
    /// What it wants.
    pub intent: Intent,
    /// The wishes in it.
    pub wishes: Wishes,
    /// Whether a sentence begins with it.
    pub opens: bool,
}
