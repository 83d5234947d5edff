//! The plain cover of a film without a picture: a calm colour, the title, and the programme's waveform, which lights up
//! as it plays.

use std::path::Path;

use bedtrack_wire::title::{Position, Style};

use super::graph::{Pixels, Raw};
use super::publish::scratch;
use super::stage::Stage;
use super::titles::{Drawn, Pen, TitleCard, TitleLook};
use super::{FilmError, pcm};

/// Upper left and lower right colour of the background.
const FROM: [f32; 3] = [22.0, 26.0, 48.0];
const TO: [f32; 3] = [74.0, 38.0, 92.0];
/// How strongly the bars show before and after they were played.
const DIM: f32 = 0.22;
const LIT: f32 = 0.92;
/// Bars of the waveform.
const BARS: usize = 96;

/// What a cover is put together from.
#[derive(Debug)]
pub(super) struct Painted {
    /// The whole frame, with the title and the dim bars.
    pub base: Raw,
    /// The part with the bars, lit, and the curtain that uncovers it.
    pub lit: Option<(Raw, Raw)>,
    /// Where that part stands.
    pub corner: (u32, u32),
    /// The title.
    pub title: Drawn,
}

/// Paints a cover for a programme of a length in ms; without one there are no bars.
pub(super) fn paint(
    pen: &mut Pen,
    title: &str,
    programme: Option<(&Path, u64)>,
    stage: Stage,
    folder: &Path,
) -> Result<Painted, FilmError> {
    let even = |share: f32, of: u32| ((of as f32 * share) as u32) & !1;
    let corner = (even(0.12, stage.width), even(0.56, stage.height));
    let size = (even(0.76, stage.width).max(2), even(0.22, stage.height).max(2));
    let mut canvas = Canvas::background(stage);
    let card = TitleCard {
        text: title.to_owned(),
        start_ms: 0,
        duration_ms: 0,
        position: Position::Center,
        style: Style::Title,
        look: TitleLook::default(),
    };
    let drawn = pen.draw(&card, (stage.width, stage.height))?.unwrap_or_default();
    // The waveform has the lower half; the title stands in the middle of what is above it.
    canvas.lay(&drawn, (stage.height * 35 / 100).saturating_sub(drawn.height / 2));
    let heights = programme.map(|(wav, duration_ms)| waveform(wav, duration_ms)).transpose()?;
    let lit = match &heights {
        None => None,
        Some(heights) => {
            let mut lit = canvas.cut(corner, size);
            lit.bars((0, 0), size, heights, LIT);
            canvas.bars(corner, size, heights, DIM);
            let row = [vec![255_u8; size.0 as usize], vec![0; size.0 as usize]].concat();
            let curtain = store(&row.repeat(size.1 as usize), (2 * size.0, size.1), Pixels::Grey, folder)?;
            Some((store(&lit.rgb, size, Pixels::Rgb, folder)?, curtain))
        }
    };
    let base = store(&canvas.rgb, (stage.width, stage.height), Pixels::Rgb, folder)?;
    Ok(Painted { base, lit, corner, title: drawn })
}

/// The loudness of each bar's part of the programme, 0 to 1, the loudest being 1.
fn waveform(wav: &Path, duration_ms: u64) -> Result<Vec<f32>, FilmError> {
    // Blocks of 10 ms first: how many frames there are is known at the end only.
    let mut blocks = Vec::<f32>::new();
    let mut sum = 0.0_f32;
    pcm::read(wav, &mut |at, [left, right]| {
        sum += (left * left + right * right) / 2.0;
        if (at + 1).is_multiple_of(480) {
            blocks.push((sum / 480.0).sqrt());
            sum = 0.0;
        }
        Ok(())
    })?;
    blocks.resize(usize::try_from(duration_ms / 10).unwrap_or(0), 0.0);
    let part = |bar: usize| {
        let (from, to) = (bar * blocks.len() / BARS, (bar + 1) * blocks.len() / BARS);
        let heard = blocks.get(from..to.max(from + 1)).unwrap_or_default();
        heard.iter().copied().fold(0.0_f32, f32::max)
    };
    let bars: Vec<f32> = (0..BARS).map(part).collect();
    let most = bars.iter().copied().fold(1e-6_f32, f32::max);
    Ok(bars.into_iter().map(|bar| (bar / most).clamp(0.0, 1.0)).collect())
}

/// RGB, row by row.
struct Canvas {
    width: usize,
    rgb: Vec<u8>,
}

impl Canvas {
    fn background(stage: Stage) -> Self {
        let (width, height) = (stage.width as usize, stage.height as usize);
        let mut rgb = Vec::with_capacity(width * height * 3);
        for y in 0..height {
            for x in 0..width {
                let share = (x as f32 / width as f32 + y as f32 / height as f32) / 2.0;
                // A fixed pattern of a fraction of a level hides the steps of the gradient.
                let grain = ((x * 7 + y * 13) % 16) as f32 / 16.0;
                rgb.extend(FROM.iter().zip(TO).map(|(from, to)| (from + (to - from) * share + grain) as u8));
            }
        }
        Self { width, rgb }
    }

    fn blend(&mut self, x: usize, y: usize, over: [u8; 3], share: f32) {
        let at = (y * self.width + x) * 3;
        let under = self.rgb.get_mut(at..at + 3).unwrap_or_default();
        for (under, over) in under.iter_mut().zip(over) {
            *under = (f32::from(*under) * (1.0 - share) + f32::from(over) * share).round() as u8;
        }
    }

    fn lay(&mut self, drawn: &Drawn, top: u32) {
        for (at, pixel) in drawn.rgba.chunks_exact(4).enumerate() {
            let (x, y) = (at % drawn.width.max(1) as usize, at / drawn.width.max(1) as usize);
            if let [r, g, b, alpha] = *pixel {
                self.blend(drawn.x as usize + x, top as usize + y, [r, g, b], f32::from(alpha) / 255.0);
            }
        }
    }

    fn cut(&self, (x, y): (u32, u32), (w, h): (u32, u32)) -> Self {
        let row = |row: u32| {
            let start = ((y + row) as usize * self.width + x as usize) * 3;
            self.rgb.get(start..start + w as usize * 3).unwrap_or_default().to_vec()
        };
        Self { width: w as usize, rgb: (0..h).flat_map(row).collect() }
    }

    /// Bars with round ends, centred on the middle line.
    fn bars(&mut self, (left, top): (u32, u32), (w, h): (u32, u32), heights: &[f32], share: f32) {
        let pitch = w as f32 / heights.len().max(1) as f32;
        let radius = pitch * 0.31;
        for (bar, height) in heights.iter().enumerate() {
            let middle = (bar as f32 + 0.5) * pitch;
            let reach = (height * h as f32 / 2.0 - radius).max(0.0);
            for y in 0..h {
                let beyond = ((y as f32 + 0.5 - h as f32 / 2.0).abs() - reach).max(0.0);
                for x in (middle - radius - 1.0).max(0.0) as u32..((middle + radius + 2.0) as u32).min(w) {
                    let aside = x as f32 + 0.5 - middle;
                    let cover = (radius + 0.5 - (aside * aside + beyond * beyond).sqrt()).clamp(0.0, 1.0);
                    if cover > 0.0 {
                        self.blend((left + x) as usize, (top + y) as usize, [255; 3], cover * share);
                    }
                }
            }
        }
    }
}

/// Puts pixels into a file that ffmpeg reads as they are.
pub(super) fn store(
    bytes: &[u8],
    (width, height): (u32, u32),
    pixels: Pixels,
    folder: &Path,
) -> Result<Raw, FilmError> {
    let path = scratch(folder, "raw")?;
    std::fs::write(&path, bytes).map_err(|fault| FilmError::writing(&path, &fault))?;
    Ok(Raw { path, width, height, pixels })
}
