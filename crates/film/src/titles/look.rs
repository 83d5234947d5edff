//! How a title looks beyond its place and style: colour, size, side, what keeps it readable, and how it comes and goes.

use bedtrack_wire::title::{Align, Rgb};

/// What keeps the words apart from the picture.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Behind {
    /// A dark edge over a soft shadow; light where the words are dark.
    #[default]
    Shadow,
    /// A clear line around the letters.
    Outline(Rgb),
    /// A box behind the words.
    Box {
        /// Its colour.
        colour: Rgb,
        /// How much of it covers the picture, 0 to 1.
        opacity: f32,
    },
    /// Nothing.
    Plain,
}

/// How a title looks; what is `None` is as its style has it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct TitleLook {
    /// Colour of the words; white where nothing is said.
    pub colour: Option<Rgb>,
    /// Size in pixels on a frame whose short side has 1080.
    pub size: Option<f32>,
    /// Side.
    pub align: Align,
    /// What is behind the words.
    pub behind: Behind,
    /// How long it takes to come, in ms.
    pub fade_in: Option<u64>,
    /// How long it takes to go, in ms.
    pub fade_out: Option<u64>,
}
