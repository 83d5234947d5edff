//! How words over the picture look, as a draft says it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The short side of the frame that sizes are told for, in pixels.
pub const NOMINAL: f32 = 1080.0;
/// Smallest and largest size that is drawn, in pixels on such a frame.
pub const SIZES: (f32, f32) = (12.0, 540.0);
/// How much of a box covers the picture where nothing is said.
pub const BOX_OPACITY: f32 = 0.70;

/// What kind of words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Style {
    /// Large and bold.
    #[default]
    Title,
    /// Smaller, for a line under a title.
    Subtitle,
    /// What is spoken.
    Caption,
}

impl Style {
    /// Its name in a draft.
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Subtitle => "subtitle",
            Self::Caption => "caption",
        }
    }

    /// The size that it is set in where nothing else is asked for, as a share of the frame's short side.
    pub fn share(self) -> f32 {
        match self {
            Self::Title => 0.088,
            Self::Subtitle => 0.052,
            Self::Caption => 0.047,
        }
    }

    /// That size in pixels on a frame whose short side has [`NOMINAL`].
    pub fn usual_size(self) -> f32 {
        (self.share() * NOMINAL).round()
    }

    /// How long it takes to come and to go where nothing else is asked for, in ms.
    pub fn usual_fade_ms(self) -> u64 {
        match self {
            Self::Title => 350,
            Self::Subtitle => 300,
            Self::Caption => 80,
        }
    }
}

/// Where words stand, within the safe area.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Position {
    /// At the top.
    Top,
    /// In the middle.
    #[default]
    Center,
    /// In the lower third, clear of the controls of players and phones.
    Lower,
    /// At the bottom, where captions stand.
    Bottom,
}

impl Position {
    /// Its name in a draft.
    pub fn name(self) -> &'static str {
        match self {
            Self::Top => "top",
            Self::Center => "center",
            Self::Lower => "lower",
            Self::Bottom => "bottom",
        }
    }
}

/// On which side words stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Align {
    /// At the left edge of the safe area.
    Left,
    /// In the middle.
    #[default]
    Center,
    /// At its right edge.
    Right,
}

impl Align {
    /// Its name in a draft.
    pub fn name(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Center => "center",
            Self::Right => "right",
        }
    }
}

/// What keeps words apart from the picture.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backing {
    /// A dark edge over a soft shadow; light where the words are dark.
    #[default]
    Shadow,
    /// A clear line around the letters.
    Outline,
    /// A box behind the words.
    Box,
    /// Nothing.
    Plain,
}

impl Backing {
    /// Its name in a draft.
    pub fn name(self) -> &'static str {
        match self {
            Self::Shadow => "shadow",
            Self::Outline => "outline",
            Self::Box => "box",
            Self::Plain => "plain",
        }
    }
}

/// A colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoColour;

impl fmt::Display for NoColour {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a colour is written as #rrggbb")
    }
}

impl std::error::Error for NoColour {}

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

impl Serialize for Rgb {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rgb {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_name_in_a_draft_is_how_a_value_is_written() {
        let written = |value: serde_json::Value| value.as_str().unwrap().to_owned();
        for style in [Style::Title, Style::Subtitle, Style::Caption] {
            assert_eq!(written(serde_json::json!(style)), style.name());
        }
        for position in [Position::Top, Position::Center, Position::Lower, Position::Bottom] {
            assert_eq!(written(serde_json::json!(position)), position.name());
        }
        for align in [Align::Left, Align::Center, Align::Right] {
            assert_eq!(written(serde_json::json!(align)), align.name());
        }
        for backing in [Backing::Shadow, Backing::Outline, Backing::Box, Backing::Plain] {
            assert_eq!(written(serde_json::json!(backing)), backing.name());
        }
    }
}
