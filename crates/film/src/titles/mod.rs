//! Titles: words shaped and drawn here with the built-in fonts, over what keeps them readable on any picture. What comes
//! out are pixels; the words never reach ffmpeg.

mod card;
mod look;
mod mask;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use bedtrack_wire::title::{Align, NOMINAL, Position, Rgb, Style};
use cosmic_text::fontdb::{Database, Source};
use cosmic_text::{Attrs, Buffer, Family, FontSystem, Metrics, Shaping, SwashCache, SwashContent, Weight, Wrap};
use serde::Deserialize;

use super::FilmError;
use mask::{Ink, Mask};

pub use card::TitleCard;
pub use look::{Behind, TitleLook};

const INTER_BOLD: &[u8] = include_bytes!("../../assets/fonts/Inter-Bold.otf");
const INTER_MEDIUM: &[u8] = include_bytes!("../../assets/fonts/Inter-Medium.otf");
const DROID_FALLBACK: &[u8] = include_bytes!("../../assets/fonts/DroidSansFallback.ttf");
const NOTO_EMOJI: &[u8] = include_bytes!("../../assets/fonts/NotoEmoji-Bold.ttf");

/// Characters of a title beyond which the rest is left out.
const MOST_CHARACTERS: usize = 600;
/// How small a long title may be set, as a share of its style's size.
const SMALLEST: f32 = 0.4;
/// From line to line, as a share of the size.
const LINE: f32 = 1.25;
/// Texts of more lines are not balanced.
const BALANCED_LINES: usize = 6;

#[derive(Debug, Deserialize)]
struct TitleStyles {
    title: Face,
    subtitle: Face,
    caption: Face,
    wide: Margins,
    tall: Margins,
}

#[derive(Debug, Deserialize)]
struct Face {
    weight: u16,
}

#[derive(Debug, Deserialize)]
struct Margins {
    side: f32,
    top: f32,
    bottom: f32,
    lower: f32,
}

static SETTINGS: LazyLock<Result<TitleStyles, String>> =
    LazyLock::new(|| toml::from_str(include_str!("titles.toml")).map_err(|fault| fault.to_string()));

fn settings() -> Result<&'static TitleStyles, FilmError> {
    SETTINGS.as_ref().map_err(|fault| FilmError::Title(format!("titles.toml: {fault}")))
}

impl TitleStyles {
    fn face(&self, style: Style) -> &Face {
        match style {
            Style::Title => &self.title,
            Style::Subtitle => &self.subtitle,
            Style::Caption => &self.caption,
        }
    }
}

/// A drawn title.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Drawn {
    /// Where its upper left corner stands in the frame.
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
    /// Straight alpha, row by row.
    pub rgba: Vec<u8>,
    /// Characters that no built-in font has; they were left out.
    pub missing: BTreeSet<char>,
    /// Whether words at the end found no room.
    pub cut: bool,
}

/// The pen that draws titles; making one reads the fonts, so it is used for all titles of a film.
pub(super) struct Pen {
    fonts: FontSystem,
    glyphs: SwashCache,
}

impl Pen {
    pub fn new() -> Self {
        let mut fonts = Database::new();
        for bytes in [INTER_BOLD, INTER_MEDIUM, DROID_FALLBACK, NOTO_EMOJI] {
            fonts.load_font_source(Source::Binary(Arc::new(bytes)));
        }
        let fonts = FontSystem::new_with_locale_and_db("en".to_owned(), fonts);
        Self { fonts, glyphs: SwashCache::new() }
    }

    /// Draws a title for a frame of `width` by `height`; none where nothing of it can be drawn.
    pub fn draw(&mut self, title: &TitleCard, (width, height): (u32, u32)) -> Result<Option<Drawn>, FilmError> {
        let settings = settings()?;
        let face = settings.face(title.style);
        let margins = if height > width { &settings.tall } else { &settings.wide };
        let (wide, high) = (width as f32, height as f32);
        let room = (wide * (1.0 - 2.0 * margins.side), high * (1.0 - margins.top - margins.bottom));
        let (mut words, mut cut) = plain(&title.text);
        let weight = Weight(face.weight);
        let missing = self.missing_in(&words, weight);
        words.retain(|c| !missing.contains(&c));
        let words = words.trim();
        if words.is_empty() {
            return Ok((!missing.is_empty()).then(|| Drawn { missing, ..Drawn::default() }));
        }
        let short = wide.min(high);
        let usual = short * title.style.share();
        let asked = title.look.size.map_or(usual, |size| short * size / NOMINAL);
        let (buffer, size, set_in) = self.fitted(words, (asked, usual.min(asked) * SMALLEST), weight, title.look, room);
        let (block_wide, block_high) = extent(&buffer);
        let line = size * LINE;
        cut |= block_high > room.1 + 1.0;
        let block_high = block_high.min((room.1 / line).floor().max(1.0) * line);
        let edge = match title.look.behind {
            Behind::Outline(_) => (size * 0.075).max(2.0),
            _ => (size * 0.05).max(2.0),
        };
        let padding = (size * 0.34).ceil();
        let pad = (edge + size * 0.16).max(padding + 1.0).ceil();
        let canvas = Mask::new((block_wide.ceil() + 2.0 * pad) as usize, (block_high.ceil() + 2.0 * pad) as usize);
        // Lines stand in the room they were set in; the block is cut out of it.
        let left = match title.look.align {
            Align::Left => 0.0,
            Align::Center => (set_in - block_wide) / 2.0,
            Align::Right => set_in - block_wide,
        };
        let mask = self.ink(&buffer, canvas, (pad - left, pad), block_high);
        let colour = title.look.colour.unwrap_or(Rgb::WHITE);
        let rgba = mask.inked(&Ink { words: colour, behind: title.look.behind, edge, size, padding });
        let top = match title.position {
            Position::Top => high * margins.top,
            Position::Center => (high - block_high) / 2.0,
            Position::Lower => high * margins.lower - block_high,
            Position::Bottom => high * (1.0 - margins.bottom) - block_high,
        }
        .max(high * margins.top);
        let across = match title.look.align {
            Align::Left => wide * margins.side,
            Align::Center => (wide - block_wide) / 2.0,
            Align::Right => wide * (1.0 - margins.side) - block_wide,
        };
        let corner = |at: f32| at.max(0.0).round() as u32;
        Ok(Some(Drawn {
            x: corner(across - pad),
            y: corner(top - pad),
            width: mask.width as u32,
            height: mask.height as u32,
            rgba,
            missing,
            cut,
        }))
    }

    /// Sets words as large as asked, or as small as it takes to fit; with the size and the width of the room.
    fn fitted(
        &mut self,
        words: &str,
        (asked, smallest): (f32, f32),
        weight: Weight,
        look: TitleLook,
        room: (f32, f32),
    ) -> (Buffer, f32, f32) {
        let mut size = asked;
        let mut buffer = self.set(words, size, weight, (room.0, Wrap::Word), look.align);
        // Words are broken only where even small ones find no room.
        let spills = |buffer: &Buffer| extent(buffer).0 > room.0 || extent(buffer).1 > room.1;
        while spills(&buffer) && size > smallest {
            size = (size * 0.93).max(smallest);
            buffer = self.set(words, size, weight, (room.0, Wrap::Word), look.align);
        }
        if extent(&buffer).0 > room.0 {
            return (self.set(words, size, weight, (room.0, Wrap::WordOrGlyph), look.align), size, room.0);
        }
        // Lines of about one length read better than a full one and a stray word.
        let lines = buffer.layout_runs().count();
        let (mut set_in, mut too_narrow) = (room.0, extent(&buffer).0 / 2.0);
        if lines > 1 && lines <= BALANCED_LINES {
            for _ in 0..6 {
                let middle = (set_in + too_narrow) / 2.0;
                let narrower = self.set(words, size, weight, (middle, Wrap::Word), look.align);
                if narrower.layout_runs().count() == lines && extent(&narrower).0 <= middle {
                    (buffer, set_in) = (narrower, middle);
                } else {
                    too_narrow = middle;
                }
            }
        }
        (buffer, size, set_in)
    }

    fn set(&mut self, words: &str, size: f32, weight: Weight, room: (f32, Wrap), align: Align) -> Buffer {
        let mut buffer = Buffer::new(&mut self.fonts, Metrics::new(size, size * LINE));
        buffer.set_wrap(room.1);
        buffer.set_size(Some(room.0), None);
        let attrs = Attrs::new().family(Family::Name("Inter")).weight(weight);
        let align = match align {
            Align::Left => cosmic_text::Align::Left,
            Align::Center => cosmic_text::Align::Center,
            Align::Right => cosmic_text::Align::Right,
        };
        buffer.set_text(words, &attrs, Shaping::Advanced, Some(align));
        buffer.shape_until_scroll(&mut self.fonts, false);
        buffer
    }

    /// Characters that come out as the empty box of a font.
    fn missing_in(&mut self, words: &str, weight: Weight) -> BTreeSet<char> {
        let buffer = self.set(words, 20.0, weight, (f32::MAX, Wrap::None), Align::Left);
        let boxes = buffer.layout_runs().flat_map(|run| {
            run.glyphs
                .iter()
                .filter(|glyph| glyph.glyph_id == 0)
                .flat_map(move |glyph| run.text.get(glyph.start..glyph.end).unwrap_or_default().chars())
        });
        boxes.filter(|c| !c.is_whitespace()).collect()
    }

    fn ink(&mut self, buffer: &Buffer, mut mask: Mask, (left, top): (f32, f32), high: f32) -> Mask {
        // A line that would stand only half in the room is left out.
        for run in buffer.layout_runs().take_while(|run| run.line_top + run.line_height <= high + 1.0) {
            for glyph in run.glyphs {
                let glyph = glyph.physical((left, top + run.line_y), 1.0);
                let Some(image) = self.glyphs.get_image(&mut self.fonts, glyph.cache_key) else { continue };
                let bytes = match image.content {
                    SwashContent::Mask => 1,
                    SwashContent::Color | SwashContent::SubpixelMask => 4,
                };
                let wide = image.placement.width as usize;
                for (at, pixel) in image.data.chunks_exact(bytes).enumerate() {
                    let x = glyph.x + image.placement.left + (at % wide.max(1)) as i32;
                    let y = glyph.y - image.placement.top + (at / wide.max(1)) as i32;
                    mask.put(x, y, pixel.last().copied().unwrap_or(0));
                }
            }
        }
        mask
    }
}

/// Width and height of what was set.
fn extent(buffer: &Buffer) -> (f32, f32) {
    buffer.layout_runs().fold((0.0, 0.0), |(wide, _), run| (run.line_w.max(wide), run.line_top + run.line_height))
}

/// The words without what cannot be drawn: controls go, line breaks and length are kept in bounds. Tells whether the
/// length was.
fn plain(text: &str) -> (String, bool) {
    let text =
        text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}', '\u{b}', '\u{c}'], "\n").replace('\t', " ");
    let mut shown = text.chars().filter(|c| *c == '\n' || !is_hidden(*c));
    let words = shown.by_ref().take(MOST_CHARACTERS).collect();
    (words, shown.next().is_some())
}

/// Characters without a shape of their own: controls, marks of direction, joiners and what only picks a variant or, in
/// emoji of one colour, a tone of skin.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180b}'..='\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{1f3fb}'..='\u{1f3ff}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}
