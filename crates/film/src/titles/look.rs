//! How a title looks beyond its place and style: colour, size, side, what keeps it readable, and how it comes and goes.
//! Reads what a segment of the draft says about it.

use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value};

/// A colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(pub [u8; 3]);

impl Rgb {
    /// Full light.
    pub const WHITE: Self = Self([255; 3]);
    /// No light.
    pub const BLACK: Self = Self([0; 3]);

    /// How bright it looks, 0 to 1.
    pub fn light(self) -> f32 {
        let [r, g, b] = self.0.map(f32::from);
        (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255.0
    }

    /// What it is read best against.
    pub fn opposite(self) -> Self {
        if self.light() < 0.25 { Self::WHITE } else { Self::BLACK }
    }
}

/// What is no colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a colour is written as #rrggbb")]
pub struct NoColour;

impl FromStr for Rgb {
    type Err = NoColour;

    /// `#rrggbb` or `#rgb`.
    fn from_str(text: &str) -> Result<Self, NoColour> {
        let digits: Option<Vec<u8>> = text
            .trim()
            .strip_prefix('#')
            .ok_or(NoColour)?
            .chars()
            .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect();
        match digits.ok_or(NoColour)?.as_slice() {
            [r, g, b] => Ok(Self([r * 17, g * 17, b * 17])),
            [r, s, g, h, b, c] => Ok(Self([r * 16 + s, g * 16 + h, b * 16 + c])),
            _ => Err(NoColour),
        }
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(to, "#{r:02x}{g:02x}{b:02x}")
    }
}

/// What keeps the words apart from the picture.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Backing {
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

/// Which side the words stand on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TitleAlign {
    /// At the left edge of the safe area.
    Left,
    /// In the middle.
    #[default]
    Center,
    /// At its right edge.
    Right,
}

/// How a title looks; what is `None` is as its style has it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct TitleLook {
    /// Colour of the words; white where nothing is said.
    pub colour: Option<Rgb>,
    /// Size in pixels on a frame whose short side has 1080.
    pub size: Option<f32>,
    /// Side.
    pub align: TitleAlign,
    /// What is behind the words.
    pub backing: Backing,
    /// How long it takes to come, in ms.
    pub fade_in: Option<u64>,
    /// How long it takes to go, in ms.
    pub fade_out: Option<u64>,
}

/// How much of a box covers the picture where its colour does not say.
pub const BOX_OPACITY: f32 = 0.70;
/// Smallest and largest size that is drawn.
pub const SIZES: (f32, f32) = (12.0, 540.0);

impl TitleLook {
    /// Reads a segment's metadata. Unknown or senseless values of a foreign draft are as good as none.
    pub fn read(m: &Map<String, Value>) -> Self {
        let word = |key: &str| m.get(key).and_then(Value::as_str).map(str::trim);
        let colour = |key: &str| word(key).and_then(|text| text.parse::<Rgb>().ok());
        let number = |key: &str| {
            let value = m.get(key)?;
            value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|number: &f64| number.is_finite())
        };
        let ms = |key: &str| number(key).map(|ms| ms.clamp(0.0, 60_000.0) as u64);
        let backing = match word("backing") {
            Some("outline") => Backing::Outline(colour("backing_color").unwrap_or(Rgb::BLACK)),
            Some("box") => Backing::Box {
                colour: colour("backing_color").unwrap_or(Rgb::BLACK),
                opacity: number("backing_opacity").map_or(BOX_OPACITY, |share| share.clamp(0.0, 1.0) as f32),
            },
            Some("plain") => Backing::Plain,
            _ => Backing::Shadow,
        };
        Self {
            colour: colour("color"),
            size: number("size").filter(|size| *size > 0.0).map(|size| (size as f32).clamp(SIZES.0, SIZES.1)),
            align: match word("align") {
                Some("left") => TitleAlign::Left,
                Some("right") => TitleAlign::Right,
                _ => TitleAlign::Center,
            },
            backing,
            fade_in: ms("fade_in"),
            fade_out: ms("fade_out"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(m: Value) -> TitleLook {
        TitleLook::read(m.as_object().unwrap())
    }

    #[test]
    fn colours_are_read_and_written_as_hex() {
        assert_eq!("#ff8000".parse(), Ok(Rgb([255, 128, 0])));
        assert_eq!(" #F80 ".parse(), Ok(Rgb([255, 136, 0])));
        assert_eq!(Rgb([255, 128, 0]).to_string(), "#ff8000");
        for bad in ["", "#", "#12", "#12345", "#gggggg", "red", "#ff80001", "＃ff8000", "#ÿÿÿÿÿÿ"] {
            assert_eq!(bad.parse::<Rgb>(), Err(NoColour), "{bad}");
        }
    }

    #[test]
    fn a_foreign_draft_with_senseless_values_looks_as_the_style_has_it() {
        assert_eq!(
            read(json!({"color": "mauve;movie=/etc/passwd", "size": -4, "align": 7, "backing": [], "fade_in": "x"})),
            TitleLook::default()
        );
        assert_eq!(read(json!({"size": 1e300, "fade_in": -5})).size, Some(SIZES.1));
    }

    #[test]
    fn what_our_own_edits_write_is_read_back() {
        let look = read(json!({"color": "#ffd400", "size": 48, "align": "left", "backing": "box", "backing_color":
            "#102030", "fade_in": 500, "fade_out": 0}));
        let backing = Backing::Box { colour: Rgb([16, 32, 48]), opacity: BOX_OPACITY };
        assert_eq!(
            look,
            TitleLook {
                colour: Some(Rgb([255, 212, 0])),
                size: Some(48.0),
                align: TitleAlign::Left,
                backing,
                fade_in: Some(500),
                fade_out: Some(0),
            }
        );
    }
}
