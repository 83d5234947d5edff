//! FLAC, frame by frame: the stream's description is written again at the end, when its length and checksum are known.

use std::io::{Seek, SeekFrom, Write};

use flacenc::bitsink::ByteSink;
use flacenc::component::{BitRepr, StreamInfo};
use flacenc::config::Encoder;
use flacenc::encode_fixed_size_frame;
use flacenc::error::{Verified, Verify};
use flacenc::source::{Context, Fill, FrameBuf};

use super::quantizer::Quantizer;
use crate::{Frame, RATE, SoundError};

/// Frames in a block.
const BLOCK: usize = 4096;

/// Writes a FLAC file.
pub struct FlacWriter<W: Write + Seek> {
    output: W,
    start: u64,
    config: Verified<Encoder>,
    info: StreamInfo,
    context: Context,
    buffer: FrameBuf,
    waiting: Vec<i32>,
    blocks: usize,
    quantizer: Quantizer,
}

impl<W: Write + Seek> FlacWriter<W> {
    /// A stereo file of `bits` (16 or 24) in `output`.
    pub fn new(mut output: W, bits: u16) -> Result<Self, SoundError> {
        let bits = if bits <= 16 { 16 } else { 24 };
        let config = Encoder::default().into_verified().map_err(|(_, error)| SoundError::encode("FLAC", error))?;
        let mut info =
            StreamInfo::new(RATE as usize, 2, usize::from(bits)).map_err(|error| SoundError::encode("FLAC", error))?;
        info.set_block_sizes(BLOCK, BLOCK).map_err(|error| SoundError::encode("FLAC", error))?;
        let start = output.stream_position()?;
        output.write_all(&header(&info)?)?;
        Ok(Self {
            output,
            start,
            config,
            info,
            context: Context::new(usize::from(bits), 2),
            buffer: FrameBuf::with_size(2, BLOCK).map_err(|error| SoundError::encode("FLAC", error))?,
            waiting: Vec::with_capacity(BLOCK * 2),
            blocks: 0,
            quantizer: Quantizer::new(bits),
        })
    }

    /// Appends `frames`.
    pub fn push(&mut self, frames: &[Frame]) -> Result<(), SoundError> {
        for frame in frames {
            self.waiting.extend(self.quantizer.round(*frame));
            if self.waiting.len() == BLOCK * 2 {
                self.block()?;
            }
        }
        Ok(())
    }

    fn block(&mut self) -> Result<(), SoundError> {
        self.buffer.fill_interleaved(&self.waiting).map_err(|error| SoundError::encode("FLAC", error))?;
        self.context.fill_interleaved(&self.waiting).map_err(|error| SoundError::encode("FLAC", error))?;
        self.waiting.clear();
        let frame = encode_fixed_size_frame(&self.config, &self.buffer, self.blocks, &self.info)
            .map_err(|error| SoundError::encode("FLAC", error))?;
        self.blocks += 1;
        self.info.update_frame_info(&frame);
        let mut sink = ByteSink::new();
        frame.write(&mut sink).map_err(|error| SoundError::encode("FLAC", error))?;
        self.output.write_all(sink.as_slice())?;
        Ok(())
    }

    /// Writes the last block and the description.
    pub fn finish(mut self) -> Result<(), SoundError> {
        if !self.waiting.is_empty() {
            self.block()?;
        }
        // The last block may be shorter, and does not count as the smallest.
        self.info.set_block_sizes(BLOCK, BLOCK).map_err(|error| SoundError::encode("FLAC", error))?;
        self.info.set_total_samples(self.context.total_samples());
        self.info.set_md5_digest(&self.context.md5_digest());
        self.output.seek(SeekFrom::Start(self.start))?;
        self.output.write_all(&header(&self.info)?)?;
        self.output.seek(SeekFrom::End(0))?;
        self.output.flush()?;
        Ok(())
    }
}

/// The marker and the one metadata block that must come first.
fn header(info: &StreamInfo) -> Result<Vec<u8>, SoundError> {
    let mut sink = ByteSink::new();
    info.write(&mut sink).map_err(|error| SoundError::encode("FLAC", error))?;
    let body = sink.as_slice();
    let length = u8::try_from(body.len()).map_err(|error| SoundError::encode("FLAC", error))?;
    // The highest bit says that no other block follows.
    Ok([b"fLaC".as_slice(), &[0x80, 0, 0, length], body].concat())
}
