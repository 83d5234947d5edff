//! Titles: words shaped and drawn here with the built-in fonts, in white with a dark edge and a soft shadow, so that
//! they read on any picture. What comes out are pixels; the words never reach ffmpeg.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use cosmic_text::fontdb::{Database, Source};
use cosmic_text::{Align, Attrs, Buffer, Family, FontSystem, Metrics, Shaping, SwashCache, SwashContent, Weight, Wrap};
use serde::Deserialize;

use super::FilmError;
use super::plan::{TitlePosition, TitleStyle};

const INTER_BOLD: &[u8] = include_bytes!("../../../assets/fonts/Inter-Bold.otf");
const INTER_MEDIUM: &[u8] = include_bytes!("../../../assets/fonts/Inter-Medium.otf");
const DROID_FALLBACK: &[u8] = include_bytes!("../../../assets/fonts/DroidSansFallback.ttf");

/// Characters of a title beyond which the rest is left out.
const MOST_CHARACTERS: usize = 600;
/// How small a long title may be set, as a share of its style's size.
const SMALLEST: f32 = 0.4;

#[derive(Debug, Deserialize)]
struct Settings {
    title: Face,
    subtitle: Face,
    caption: Face,
    wide: Margins,
    tall: Margins,
}

#[derive(Debug, Deserialize)]
struct Face {
    size: f32,
    weight: u16,
    fade_ms: u64,
}

#[derive(Debug, Deserialize)]
struct Margins {
    side: f32,
    top: f32,
    bottom: f32,
    lower: f32,
}

static SETTINGS: LazyLock<Result<Settings, String>> =
    LazyLock::new(|| toml::from_str(include_str!("titles.toml")).map_err(|fault| fault.to_string()));

fn settings() -> Result<&'static Settings, FilmError> {
    SETTINGS.as_ref().map_err(|fault| FilmError::Title(format!("titles.toml: {fault}")))
}

impl Settings {
    fn face(&self, style: TitleStyle) -> &Face {
        match style {
            TitleStyle::Title => &self.title,
            TitleStyle::Subtitle => &self.subtitle,
            TitleStyle::Caption => &self.caption,
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
}

/// How long a style fades in and out, in ms.
pub(super) fn fade_ms(style: TitleStyle) -> Result<u64, FilmError> {
    Ok(settings()?.face(style).fade_ms)
}

/// The pen that draws titles; making one reads the fonts, so it is used for all titles of a film.
pub(super) struct Pen {
    fonts: FontSystem,
    glyphs: SwashCache,
}

impl Pen {
    pub fn new() -> Self {
        let mut fonts = Database::new();
        for bytes in [INTER_BOLD, INTER_MEDIUM, DROID_FALLBACK] {
            fonts.load_font_source(Source::Binary(Arc::new(bytes)));
        }
        let fonts = FontSystem::new_with_locale_and_db("en".to_owned(), fonts);
        Self { fonts, glyphs: SwashCache::new() }
    }

    /// Draws a title for a frame of `width` by `height`; none where nothing of it can be drawn.
    pub fn draw(
        &mut self,
        text: &str,
        position: TitlePosition,
        style: TitleStyle,
        (width, height): (u32, u32),
    ) -> Result<Option<Drawn>, FilmError> {
        let settings = settings()?;
        let face = settings.face(style);
        let margins = if height > width { &settings.tall } else { &settings.wide };
        let (wide, high) = (width as f32, height as f32);
        let (room_wide, room_high) = (wide * (1.0 - 2.0 * margins.side), high * (1.0 - margins.top - margins.bottom));
        let mut words = plain(text);
        let full = wide.min(high) * face.size;
        let weight = Weight(face.weight);
        let missing = self.missing_in(&words, weight);
        words.retain(|c| !missing.contains(&c));
        let words = words.trim();
        if words.is_empty() {
            return Ok((!missing.is_empty()).then(|| Drawn { missing, ..Drawn::default() }));
        }
        let mut size = full;
        let mut buffer = self.set(words, size, weight, room_wide);
        while extent(&buffer).1 > room_high && size > full * SMALLEST {
            size *= 0.9;
            buffer = self.set(words, size, weight, room_wide);
        }
        let (block_wide, block_high) = extent(&buffer);
        let block_high = block_high.min(room_high);
        let edge = (size * 0.05).max(2.0);
        let pad = (edge + size * 0.16).ceil();
        let canvas = Mask::new((block_wide.ceil() + 2.0 * pad) as usize, (block_high.ceil() + 2.0 * pad) as usize);
        // Lines are centred in the room; the block is cut out of it.
        let left = (room_wide - block_wide) / 2.0;
        let mask = self.ink(&buffer, canvas, (pad - left, pad));
        let rgba = mask.inked(edge, size);
        let top = match position {
            TitlePosition::Top => high * margins.top,
            TitlePosition::Center => (high - block_high) / 2.0,
            TitlePosition::Lower => high * margins.lower - block_high,
            TitlePosition::Bottom => high * (1.0 - margins.bottom) - block_high,
        }
        .max(high * margins.top);
        let corner = |at: f32| at.max(0.0).round() as u32;
        Ok(Some(Drawn {
            x: corner((wide - block_wide) / 2.0 - pad),
            y: corner(top - pad),
            width: mask.width as u32,
            height: mask.height as u32,
            rgba,
            missing,
        }))
    }

    fn set(&mut self, words: &str, size: f32, weight: Weight, room: f32) -> Buffer {
        let mut buffer = Buffer::new(&mut self.fonts, Metrics::new(size, size * 1.25));
        buffer.set_wrap(Wrap::WordOrGlyph);
        buffer.set_size(Some(room), None);
        let attrs = Attrs::new().family(Family::Name("Inter")).weight(weight);
        buffer.set_text(words, &attrs, Shaping::Advanced, Some(Align::Center));
        buffer.shape_until_scroll(&mut self.fonts, false);
        buffer
    }

    /// Characters that come out as the empty box of a font.
    fn missing_in(&mut self, words: &str, weight: Weight) -> BTreeSet<char> {
        let buffer = self.set(words, 20.0, weight, f32::MAX);
        let boxes = buffer.layout_runs().flat_map(|run| {
            run.glyphs
                .iter()
                .filter(|glyph| glyph.glyph_id == 0)
                .flat_map(move |glyph| run.text.get(glyph.start..glyph.end).unwrap_or_default().chars())
        });
        let mut missing: BTreeSet<char> = boxes.filter(|c| !c.is_whitespace()).collect();
        // What only changes the character before it goes with it.
        if !missing.is_empty() {
            missing.extend(['\u{fe0f}', '\u{200d}']);
            missing.retain(|c| words.contains(*c));
        }
        missing
    }

    fn ink(&mut self, buffer: &Buffer, mut mask: Mask, (left, top): (f32, f32)) -> Mask {
        for run in buffer.layout_runs() {
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

/// The words without what cannot be drawn: controls go, line breaks and length are kept in bounds.
fn plain(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\t', " ");
    let hidden =
        |c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c);
    text.chars().filter(|c| *c == '\n' || !hidden(*c)).take(MOST_CHARACTERS).collect()
}

/// Coverage, 0 to 255, row by row.
#[derive(Debug, Clone)]
struct Mask {
    width: usize,
    height: usize,
    cover: Vec<u8>,
}

impl Mask {
    fn new(width: usize, height: usize) -> Self {
        Self { width, height, cover: vec![0; width * height] }
    }

    fn at(&self, x: usize, y: usize) -> u8 {
        self.cover.get(y * self.width + x).copied().unwrap_or(0)
    }

    fn put(&mut self, x: i32, y: i32, cover: u8) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
        if x < self.width
            && y < self.height
            && let Some(there) = self.cover.get_mut(y * self.width + x)
        {
            *there = (*there).max(cover);
        }
    }

    /// The mask grown by `radius` in all directions, with a smooth rim.
    fn grown(&self, radius: f32) -> Self {
        let reach = radius.ceil() as i32;
        let stamp: Vec<(i32, i32, f32)> = (-reach..=reach)
            .flat_map(|y| (-reach..=reach).map(move |x| (x, y)))
            .map(|(x, y)| (x, y, (radius + 0.5 - ((x * x + y * y) as f32).sqrt()).clamp(0.0, 1.0)))
            .filter(|(_, _, share)| *share > 0.0)
            .collect();
        let mut grown = Self::new(self.width, self.height);
        for y in 0..self.height {
            for x in 0..self.width {
                let cover = self.at(x, y);
                // Inside a stroke the stamp changes nothing.
                let inner = cover == 255
                    && x > 0
                    && y > 0
                    && self.at(x - 1, y) == 255
                    && self.at(x + 1, y) == 255
                    && self.at(x, y - 1) == 255
                    && self.at(x, y + 1) == 255;
                if cover == 0 || inner {
                    grown.put(x as i32, y as i32, cover);
                    continue;
                }
                for (dx, dy, share) in &stamp {
                    grown.put(x as i32 + dx, y as i32 + dy, (f32::from(cover) * share) as u8);
                }
            }
        }
        grown
    }

    /// The mask blurred: three box blurs are near enough to a Gaussian.
    fn blurred(&self, radius: usize) -> Self {
        let mut blurred = self.clone();
        for _ in 0..3 {
            blurred = blurred.boxed(radius, 1, self.width).boxed(radius, self.width, self.height);
        }
        blurred
    }

    /// A box blur along one direction: `step` from pixel to pixel, `length` pixels to a line.
    fn boxed(&self, radius: usize, step: usize, length: usize) -> Self {
        let mut out = Self::new(self.width, self.height);
        let lines = self.cover.len() / length.max(1);
        let window = 2 * radius + 1;
        for line in 0..lines {
            let start = if step == 1 { line * self.width } else { line };
            let value = |at: usize| self.cover.get(start + at * step).map_or(0, |cover| u32::from(*cover));
            let mut sum: u32 = (0..=radius.min(length - 1)).map(value).sum();
            for at in 0..length {
                if let Some(cover) = out.cover.get_mut(start + at * step) {
                    *cover = (sum / window as u32).min(255) as u8;
                }
                sum += if at + radius + 1 < length { value(at + radius + 1) } else { 0 };
                sum -= if at >= radius { value(at - radius) } else { 0 };
            }
        }
        out
    }

    /// White words with a dark edge over a soft shadow, as straight RGBA.
    fn inked(&self, edge: f32, size: f32) -> Vec<u8> {
        let edges = self.grown(edge);
        let shadow = edges.blurred(((size * 0.035) as usize).max(1));
        let drop = (size * 0.03) as usize;
        let mut rgba = Vec::with_capacity(self.cover.len() * 4);
        for y in 0..self.height {
            for x in 0..self.width {
                let share = |cover: u8, most: f32| f32::from(cover) / 255.0 * most;
                let soft = if y >= drop { share(shadow.at(x, y - drop), 0.55) } else { 0.0 };
                let dark = share(edges.at(x, y), 0.80);
                let white = share(self.at(x, y), 1.0);
                let under = soft + dark * (1.0 - soft);
                let alpha = under + white * (1.0 - under);
                let light = if alpha > 0.0 { white / alpha } else { 0.0 };
                let level = (light.min(1.0) * 255.0).round() as u8;
                rgba.extend([level, level, level, (alpha * 255.0).round() as u8]);
            }
        }
        rgba
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(text: &str, frame: (u32, u32)) -> Drawn {
        Pen::new().draw(text, TitlePosition::Center, TitleStyle::Title, frame).unwrap().unwrap()
    }

    #[test]
    fn latin_and_chinese_are_drawn_inside_the_safe_area() {
        for (text, frame) in
            [("Urban Dreams", (1920, 1080)), ("城市之梦 2026", (1080, 1920)), ("Ünïcödé Ελλάδα Привет", (640, 640))]
        {
            let drawn = draw(text, frame);
            assert!(drawn.missing.is_empty(), "{text}: {:?}", drawn.missing);
            assert!(drawn.x + drawn.width <= frame.0 && drawn.y + drawn.height <= frame.1, "{text}");
            let white = drawn.rgba.chunks_exact(4).filter(|pixel| pixel[3] == 255 && pixel[0] > 250).count();
            assert!(white > 200, "{text}: {white}");
            assert_eq!(drawn.rgba.len() as u32, drawn.width * drawn.height * 4);
        }
    }

    #[test]
    fn a_missing_glyph_is_left_out_and_named() {
        let drawn = draw("Go 🎬 now", (1280, 720));
        assert_eq!(drawn.missing.iter().collect::<String>(), "🎬");
        let same = draw("Go  now", (1280, 720));
        assert_eq!(drawn.rgba, same.rgba);
        let nothing = draw("🎬", (1280, 720));
        assert!(nothing.rgba.is_empty() && nothing.missing.len() == 1);
    }

    #[test]
    fn long_words_and_long_texts_stay_in_the_frame() {
        for text in ["W".repeat(300), "many words ".repeat(200), "字".repeat(500), "\n".repeat(50) + "x\u{202e}y\u{7}"]
        {
            let drawn = draw(&text, (640, 360));
            assert!(drawn.x + drawn.width <= 640 && drawn.y + drawn.height <= 360, "{} {}", drawn.width, drawn.height);
        }
        assert_eq!(Pen::new().draw(" \n ", TitlePosition::Top, TitleStyle::Caption, (640, 360)).unwrap(), None);
    }

    #[test]
    fn a_glyph_stands_at_its_place_with_an_edge_around_it() {
        let drawn = draw("I", (640, 360));
        let row = drawn.height / 2;
        let line: Vec<&[u8]> =
            drawn.rgba.chunks_exact(4).skip((row * drawn.width) as usize).take(drawn.width as usize).collect();
        let white = line.iter().position(|pixel| pixel[0] > 200).unwrap();
        assert!(line[white - 1][3] > 100 && line[white - 1][0] < 60, "{:?}", line);
        assert!(line[0][3] < 40);
    }
}
