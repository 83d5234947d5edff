//! A programme to look at: its waveform as a picture, both sides' highest and lowest sample of each column in one.

use std::path::Path;

use image::{Rgba, RgbaImage};

use super::{FilmError, pcm};

/// Pixels of the picture.
const SIZE: (u32, u32) = (1200, 240);
/// Drawn on nothing, so that it suits a light page and a dark one.
const INK: Rgba<u8> = Rgba([0x2a, 0x9d, 0x8f, 0xff]);

/// Draws the waveform of `wav` (48 kHz, stereo) into the PNG file `out`.
pub(super) fn draw(wav: &Path, out: &Path) -> Result<(), FilmError> {
    let columns = columns(wav)?;
    let middle = f64::from(SIZE.1 - 1) / 2.0;
    let row = |level: f32| (middle - f64::from(level.clamp(-1.0, 1.0)) * middle).round() as u32;
    let mut picture = RgbaImage::new(SIZE.0, SIZE.1);
    for (x, (lowest, highest)) in (0..SIZE.0).zip(columns) {
        for y in row(highest)..=row(lowest) {
            picture.put_pixel(x, y.min(SIZE.1 - 1), INK);
        }
    }
    picture.save_with_format(out, image::ImageFormat::Png).map_err(|fault| match fault {
        image::ImageError::IoError(fault) => FilmError::writing(out, &fault),
        fault => FilmError::BadResult(fault.to_string()),
    })
}

/// The lowest and the highest sample of each column.
fn columns(wav: &Path) -> Result<Vec<(f32, f32)>, FilmError> {
    let frames = pcm::read(wav, &mut |_, _| Ok(()))?.max(1);
    let mut columns = vec![(0.0_f32, 0.0_f32); SIZE.0 as usize];
    pcm::read(wav, &mut |at, frame| {
        let column = usize::try_from(at * u64::from(SIZE.0) / frames).unwrap_or(usize::MAX);
        if let Some((lowest, highest)) = columns.get_mut(column) {
            let [left, right] = frame;
            *lowest = lowest.min(left).min(right);
            *highest = highest.max(left).max(right);
        }
        Ok(())
    })?;
    Ok(columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_is_as_high_as_the_sound_is_loud() {
        let folder = tempfile::tempdir().unwrap();
        let (wav, out) = (folder.path().join("a.wav"), folder.path().join("a.png"));
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: 48_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(&wav, spec).unwrap();
        // Silence, then half of full scale to both sides.
        for at in 0..4800_i32 {
            for _ in 0..2 {
                writer.write_sample(if at < 2400 { 0_i16 } else { (at % 2 * 2 - 1) as i16 * 16_384 }).unwrap();
            }
        }
        writer.finalize().unwrap();
        draw(&wav, &out).unwrap();
        let picture = image::open(&out).unwrap().into_rgba8();
        let height = |x: u32| (0..SIZE.1).filter(|y| picture.get_pixel(x, *y).0[3] > 0).count();
        assert_eq!(picture.dimensions(), SIZE);
        assert!(height(100) <= 2 && (118..=124).contains(&height(1000)), "{} {}", height(100), height(1000));
    }
}
