//! Many titles as one input: each lane of cards that never meet becomes a reel, a Matroska file of PNG frames with their
//! times, so that thousands of captions cost ffmpeg as little as one. Only numbers and pixels are in it.

use std::fs::File;
use std::io::{BufWriter, Cursor, Write};
use std::path::Path;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder as _, ImageFormat};
use tempfile::TempPath;

use super::FilmError;
use super::publish::scratch;
use super::stage::Stage;
use super::titles::Drawn;
use super::watch::Watch;

/// A drawn card, packed.
#[derive(Debug)]
pub(super) struct Packed {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
    /// A PNG of its pixels.
    png: Vec<u8>,
    /// When it comes, and when it is gone.
    pub span_ms: (u64, u64),
    /// How long it comes and goes.
    pub fades_ms: (u64, u64),
}

impl Packed {
    /// Packs a drawing.
    pub fn new(drawn: &Drawn, y: u32, span_ms: (u64, u64), fades_ms: (u64, u64)) -> Result<Self, FilmError> {
        let png = png(&drawn.rgba, drawn.width, drawn.height)?;
        Ok(Self { x: drawn.x, y, width: drawn.width, height: drawn.height, png, span_ms, fades_ms })
    }

    /// Its pixels again.
    fn rgba(&self) -> Result<Vec<u8>, FilmError> {
        let read = image::load_from_memory_with_format(&self.png, ImageFormat::Png);
        Ok(read.map_err(|fault| FilmError::Title(fault.to_string()))?.into_rgba8().into_raw())
    }
}

/// A lane of cards on disk.
#[derive(Debug)]
pub(super) struct Reel {
    pub path: TempPath,
    pub x: u32,
    pub y: u32,
}

/// Puts cards on as few reels as it takes for none to meet another on its reel.
pub(super) fn reels(
    mut cards: Vec<Packed>,
    stage: Stage,
    folder: &Path,
    watch: &Watch,
) -> Result<Vec<Reel>, FilmError> {
    cards.sort_by_key(|card| card.span_ms.0);
    let mut lanes: Vec<Vec<Packed>> = Vec::new();
    for card in cards {
        let free = lanes.iter_mut().find(|lane| lane.last().is_none_or(|last| last.span_ms.1 <= card.span_ms.0));
        match free {
            Some(lane) => lane.push(card),
            None => lanes.push(vec![card]),
        }
    }
    lanes.iter().map(|lane| reel(lane, stage, folder, watch)).collect()
}

fn reel(lane: &[Packed], stage: Stage, folder: &Path, watch: &Watch) -> Result<Reel, FilmError> {
    // The smallest box that holds all cards of the lane.
    let (mut left, mut top, mut right, mut bottom) = (stage.width, stage.height, 0, 0);
    for card in lane {
        (left, top) = (left.min(card.x), top.min(card.y));
        (right, bottom) = (right.max(card.x + card.width), bottom.max(card.y + card.height));
    }
    let size = (right.saturating_sub(left).max(2), bottom.saturating_sub(top).max(2));
    let path = scratch(folder, "mkv")?;
    let broken = |fault: std::io::Error| FilmError::writing(&path, &fault);
    let mut out = Matroska::new(BufWriter::new(File::create(&path).map_err(broken)?), size).map_err(broken)?;
    let blank = vec![0_u8; size.0 as usize * size.1 as usize * 4];
    let nothing = png(&blank, size.0, size.1)?;
    out.frame(0, &nothing).map_err(broken)?;
    for (at, card) in lane.iter().enumerate() {
        watch.check()?;
        let mut canvas = blank.clone();
        let pixels = card.rgba()?;
        let (across, down) = ((card.x - left) as usize * 4, (card.y - top) as usize);
        for (row, line) in pixels.chunks_exact(card.width.max(1) as usize * 4).enumerate() {
            let start = (down + row) * size.0 as usize * 4 + across;
            if let Some(there) = canvas.get_mut(start..start + line.len()) {
                there.copy_from_slice(line);
            }
        }
        for (ms, share) in steps(card, stage) {
            if share >= 1.0 {
                out.frame(ms, &png(&canvas, size.0, size.1)?).map_err(broken)?;
            } else {
                let mut faint = canvas.clone();
                let alphas = faint.iter_mut().skip(3).step_by(4);
                alphas.for_each(|alpha| *alpha = (f32::from(*alpha) * share).round() as u8);
                out.frame(ms, &png(&faint, size.0, size.1)?).map_err(broken)?;
            }
        }
        let follows = lane.get(at + 1).is_some_and(|next| next.span_ms.0 <= card.span_ms.1);
        if !follows {
            out.frame(card.span_ms.1, &nothing).map_err(broken)?;
        }
    }
    out.end().map_err(broken)?;
    Ok(Reel { path, x: left, y: top })
}

/// When a card changes, and how much of it shows from then on.
fn steps(card: &Packed, stage: Stage) -> Vec<(u64, f32)> {
    let (start, end) = card.span_ms;
    let (rise, fall) = card.fades_ms;
    let frame_ms = (f64::from(stage.rate.1) * 1000.0 / f64::from(stage.rate.0.max(1))).max(1.0);
    let mut steps = Vec::new();
    let mut ramp = |from: u64, length: u64, up: bool| {
        let count = (length as f64 / frame_ms).round() as u64;
        for step in 0..count {
            let share = (step as f32 + 0.5) / count as f32;
            steps.push((from + (step as f64 * frame_ms) as u64, if up { share } else { 1.0 - share }));
        }
    };
    ramp(start, rise, true);
    ramp(end.saturating_sub(fall), fall, false);
    let full = start + rise;
    if full < end.saturating_sub(fall) || fall == 0 {
        steps.push((full, 1.0));
    }
    steps.sort_by_key(|step| step.0);
    steps
}

fn png(rgba: &[u8], width: u32, height: u32) -> Result<Vec<u8>, FilmError> {
    let mut bytes = Cursor::new(Vec::new());
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::NoFilter)
        .write_image(rgba, width, height, ExtendedColorType::Rgba8)
        .map_err(|fault| FilmError::Title(fault.to_string()))?;
    Ok(bytes.into_inner())
}

/// A Matroska file (RFC 9559) of one picture track, with a cluster of its own for every frame.
struct Matroska<W: Write> {
    out: W,
}

impl<W: Write> Matroska<W> {
    fn new(mut out: W, (width, height): (u32, u32)) -> std::io::Result<Self> {
        let header = [
            element(&[0x42, 0x86], &[1]),
            element(&[0x42, 0xf7], &[1]),
            element(&[0x42, 0xf2], &[4]),
            element(&[0x42, 0xf3], &[8]),
            element(&[0x42, 0x82], b"matroska"),
            element(&[0x42, 0x87], &[4]),
            element(&[0x42, 0x85], &[2]),
        ];
        out.write_all(&element(&[0x1a, 0x45, 0xdf, 0xa3], &header.concat()))?;
        // The segment's length is left open: it goes to the file's end.
        out.write_all(&[0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])?;
        let info = [
            element(&[0x2a, 0xd7, 0xb1], &1_000_000_u32.to_be_bytes()),
            element(&[0x4d, 0x80], b"bedtrack"),
            element(&[0x57, 0x41], b"bedtrack"),
        ];
        out.write_all(&element(&[0x15, 0x49, 0xa9, 0x66], &info.concat()))?;
        // PNG has no name of its own in Matroska; it goes by that of Video for Windows.
        let mut private = Vec::with_capacity(40);
        for number in [40, width, height] {
            private.extend(number.to_le_bytes());
        }
        private.extend([1, 0, 32, 0]);
        private.extend(b"MPNG");
        private.resize(40, 0);
        let size = [element(&[0xb0], &width.to_be_bytes()), element(&[0xba], &height.to_be_bytes())];
        let track = [
            element(&[0xd7], &[1]),
            element(&[0x73, 0xc5], &[1]),
            element(&[0x83], &[1]),
            element(&[0x9c], &[0]),
            element(&[0x86], b"V_MS/VFW/FOURCC"),
            element(&[0x63, 0xa2], &private),
            element(&[0xe0], &size.concat()),
        ];
        out.write_all(&element(&[0x16, 0x54, 0xae, 0x6b], &element(&[0xae], &track.concat())))?;
        Ok(Self { out })
    }

    fn frame(&mut self, ms: u64, data: &[u8]) -> std::io::Result<()> {
        let block = [&[0x81, 0, 0, 0x80][..], data].concat();
        let cluster = [element(&[0xe7], &ms.to_be_bytes()), element(&[0xa3], &block)];
        self.out.write_all(&element(&[0x1f, 0x43, 0xb6, 0x75], &cluster.concat()))
    }

    fn end(mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

/// An element with its length in eight bytes.
fn element(id: &[u8], body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u64) | 1 << 56;
    [id, &length.to_be_bytes(), body].concat()
}
