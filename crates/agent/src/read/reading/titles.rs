//! Words on the picture, as they were understood: what they say, where, when and how they look.

use bedtrack_language::captions::Captions;
use bedtrack_wire::title::{Align, Position, Style};

/// A title to add.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTitle {
    /// The words.
    pub text: String,
    /// Start in ms.
    pub start_ms: u64,
    /// Length in ms.
    pub duration_ms: u64,
    /// How it looks.
    pub look: Look,
}

/// A change to titles; what is `None` or zero stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Retitle {
    /// Which ones.
    pub which: Pick,
    /// New words.
    pub text: Option<String>,
    /// New times.
    pub when: When,
    /// New look.
    pub look: Look,
}

/// Captions that came with the message.
#[derive(Debug, Clone, PartialEq)]
pub struct CaptionWish {
    /// The cues.
    pub captions: Captions,
    /// How they look.
    pub look: Look,
}

/// Titles on the draft.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Pick {
    /// The one that was added last.
    #[default]
    Newest,
    /// The one with these words.
    Named(String),
    /// The first, second … by start; 1 is the first.
    Number(usize),
    /// The last by start.
    Last,
    /// All captions.
    Captions,
    /// All of them.
    All,
}

/// When a title stands, as far as it is said. In ms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct When {
    /// Its start.
    pub start_ms: Option<u64>,
    /// Its end, where that is said and not its length.
    pub end_ms: Option<u64>,
    /// Its length.
    pub duration_ms: Option<u64>,
    /// Whether it stands at the end, as long as it is.
    pub at_end: bool,
    /// How much later it comes; negative: earlier.
    pub shift_ms: i64,
    /// How much longer it stays; negative: less long.
    pub stretch_ms: i64,
}

impl When {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How a title looks, as far as it is said.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Look {
    /// How high on the picture.
    pub position: Option<Position>,
    /// On which side.
    pub align: Option<Align>,
    /// How large.
    pub size: Option<Size>,
    /// Which colour, as `#rrggbb`.
    pub colour: Option<String>,
    /// What kind of words.
    pub style: Option<Style>,
    /// What is behind them.
    pub backing: Option<Backing>,
    /// How long they take to come; 0 is at once.
    pub fade_in_ms: Option<u64>,
    /// How long they take to go.
    pub fade_out_ms: Option<u64>,
}

impl Look {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// This one, with what it leaves open taken from another.
    pub fn or(self, other: &Self) -> Self {
        Self {
            position: self.position.or(other.position),
            align: self.align.or(other.align),
            size: self.size.or(other.size),
            colour: self.colour.or_else(|| other.colour.clone()),
            style: self.style.or(other.style),
            backing: self.backing.or_else(|| other.backing.clone()),
            fade_in_ms: self.fade_in_ms.or(other.fade_in_ms),
            fade_out_ms: self.fade_out_ms.or(other.fade_out_ms),
        }
    }
}

/// How large.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Size {
    /// In pixels, on a frame whose short side has 1080.
    Pixels(f64),
    /// As a factor on what its style is set in.
    Named(f64),
    /// As a factor on the present size.
    By(f64),
}

/// What is behind the words; colours as `#rrggbb`, where one is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Backing {
    /// A soft shadow, as usual.
    Shadow,
    /// A line around the letters.
    Outline(Option<String>),
    /// A box.
    Box(Option<String>),
    /// Nothing.
    Plain,
}
