//! The plain cover of a film without a picture: a calm colour, the title, and the programme's waveform moving below it.

use std::path::Path;

use super::FilmError;
use super::graph::Raw;
use super::plan::{TitlePosition, TitleStyle};
use super::publish::scratch;
use super::stage::Stage;
use super::titles::{Drawn, Pen};

/// Upper left and lower right colour of the background.
const FROM: [f32; 3] = [22.0, 26.0, 48.0];
const TO: [f32; 3] = [74.0, 38.0, 92.0];

/// Where the waveform stands: corner and size.
pub(super) fn wave_box(stage: Stage) -> ((u32, u32), (u32, u32)) {
    let even = |share: f32, of: u32| ((of as f32 * share) as u32) & !1;
    ((even(0.1, stage.width), even(0.58, stage.height)), (even(0.8, stage.width), even(0.22, stage.height)))
}

/// Paints the background with the title on it, and says which characters are missing in the fonts.
pub(super) fn paint(pen: &mut Pen, title: &str, stage: Stage, folder: &Path) -> Result<(Raw, Drawn), FilmError> {
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
    let drawn =
        pen.draw(title, TitlePosition::Center, TitleStyle::Title, (stage.width, stage.height))?.unwrap_or_default();
    // The waveform has the lower half; the title stands in the middle of what is above it.
    let top = (stage.height * 35 / 100).saturating_sub(drawn.height / 2) as usize;
    for (row, pixels) in drawn.rgba.chunks_exact((drawn.width as usize * 4).max(4)).enumerate() {
        let start = ((top + row) * width + drawn.x as usize) * 3;
        let under = rgb.get_mut(start..).unwrap_or_default().chunks_exact_mut(3);
        for (under, over) in under.zip(pixels.chunks_exact(4)) {
            if let [r, g, b, alpha] = *over {
                let share = f32::from(alpha) / 255.0;
                for (under, over) in under.iter_mut().zip([r, g, b]) {
                    *under = (f32::from(*under) * (1.0 - share) + f32::from(over) * share).round() as u8;
                }
            }
        }
    }
    let raw = store(&rgb, (stage.width, stage.height), false, folder)?;
    Ok((raw, drawn))
}

/// Puts pixels into a file that ffmpeg reads as they are.
pub(super) fn store(pixels: &[u8], (width, height): (u32, u32), alpha: bool, folder: &Path) -> Result<Raw, FilmError> {
    let path = scratch(folder, "raw")?;
    std::fs::write(&path, pixels).map_err(|fault| FilmError::writing(&path, &fault))?;
    Ok(Raw { path, width, height, alpha })
}
