//! What titles are drawn with: coverage of the words, grown to an edge, blurred to a shadow, and laid over each other in
//! colours.

use bedtrack_wire::title::Rgb;

use super::look::Behind;

/// Coverage, 0 to 255, row by row.
#[derive(Debug, Clone)]
pub(super) struct Mask {
    pub width: usize,
    pub height: usize,
    pub cover: Vec<u8>,
}

impl Mask {
    pub fn new(width: usize, height: usize) -> Self {
        Self { width, height, cover: vec![0; width * height] }
    }

    fn at(&self, x: usize, y: usize) -> u8 {
        self.cover.get(y * self.width + x).copied().unwrap_or(0)
    }

    pub fn put(&mut self, x: i32, y: i32, cover: u8) {
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
}

/// How words are inked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ink {
    pub words: Rgb,
    pub behind: Behind,
    /// Reach of the edge in pixels.
    pub edge: f32,
    /// Size of the words in pixels.
    pub size: f32,
    /// Distance of a box from the words, in pixels.
    pub padding: f32,
}

/// How much of a soft shadow and of the edge over it shows.
const SHADOW: f32 = 0.55;
const EDGE: f32 = 0.80;

impl Mask {
    /// The words over what keeps them readable, as straight RGBA.
    pub fn inked(&self, ink: &Ink) -> Vec<u8> {
        match ink.behind {
            Behind::Shadow => {
                let edges = self.grown(ink.edge);
                let shadow = edges.blurred(((ink.size * 0.035) as usize).max(1));
                let under = ink.words.opposite();
                self.layered(
                    &[(&shadow.dropped((ink.size * 0.03) as usize), under, SHADOW), (&edges, under, EDGE)],
                    ink.words,
                )
            }
            Behind::Outline(colour) => self.layered(&[(&self.grown(ink.edge), colour, 1.0)], ink.words),
            Behind::Box { colour, opacity } => {
                self.layered(&[(&self.boxed_in(ink.padding), colour, opacity)], ink.words)
            }
            Behind::Plain => self.layered(&[], ink.words),
        }
    }

    /// Layers from the lowest up, each with its colour and how much of it shows, and the words on top.
    fn layered(&self, layers: &[(&Self, Rgb, f32)], words: Rgb) -> Vec<u8> {
        let mut rgba = Vec::with_capacity(self.cover.len() * 4);
        for (at, cover) in self.cover.iter().enumerate() {
            let mut light = [0.0_f32; 3];
            let mut alpha = 0.0_f32;
            let top = (f32::from(*cover) / 255.0, words);
            let lower = layers.iter().map(|(mask, colour, most)| {
                (f32::from(mask.cover.get(at).copied().unwrap_or(0)) / 255.0 * most, *colour)
            });
            for (share, colour) in lower.chain([top]) {
                for (light, colour) in light.iter_mut().zip(colour.0) {
                    *light = f32::from(colour) * share + *light * (1.0 - share);
                }
                alpha = share + alpha * (1.0 - share);
            }
            // Straight alpha: what was laid on nothing gets its full colour back.
            rgba.extend(light.map(|light| if alpha > 0.0 { (light / alpha).min(255.0).round() as u8 } else { 0 }));
            rgba.push((alpha * 255.0).round() as u8);
        }
        rgba
    }

    /// The mask, so many rows lower.
    fn dropped(&self, rows: usize) -> Self {
        let mut low = Self::new(self.width, self.height);
        let skip = rows * self.width;
        low.cover.iter_mut().skip(skip).zip(&self.cover).for_each(|(low, cover)| *low = *cover);
        low
    }

    /// A box with round corners around everything that is covered.
    fn boxed_in(&self, padding: f32) -> Self {
        let mut out = Self::new(self.width, self.height);
        let covered = self.cover.iter().enumerate().filter(|(_, cover)| **cover > 0);
        let wide = self.width.max(1);
        let bounds = covered.fold(None, |bounds: Option<(usize, usize, usize, usize)>, (at, _)| {
            let (x, y) = (at % wide, at / wide);
            let (l, t, r, b) = bounds.unwrap_or((x, y, x, y));
            Some((l.min(x), t.min(y), r.max(x), b.max(y)))
        });
        let Some((left, top, right, bottom)) = bounds else { return out };
        let middle = ((left + right + 1) as f32 / 2.0, (top + bottom + 1) as f32 / 2.0);
        let half = ((right + 1 - left) as f32 / 2.0 + padding, (bottom + 1 - top) as f32 / 2.0 + padding * 0.7);
        let round = (padding * 0.6).min(half.0).min(half.1);
        for (at, cover) in out.cover.iter_mut().enumerate() {
            let aside = ((at % wide) as f32 + 0.5 - middle.0).abs() - (half.0 - round);
            let above = ((at / wide) as f32 + 0.5 - middle.1).abs() - (half.1 - round);
            let beyond = aside.max(0.0).hypot(above.max(0.0)) + aside.max(above).min(0.0) - round;
            *cover = ((0.5 - beyond).clamp(0.0, 1.0) * 255.0).round() as u8;
        }
        out
    }
}
