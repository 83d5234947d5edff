//! The sample entry of an H.264 picture (ISO/IEC 14496-15, 5.3): its coding's own parameters, and what boxes say beside it.

use mp4_atom::{Avcc, Colr, Pasp};

use crate::boxes::{boxes, encoded, wrap};
use crate::{Mp4Error, Shape};

/// Bytes of a visual sample entry before its boxes: the box header and the fields (ISO/IEC 14496-12, 12.1.3).
const FIELDS: usize = 8 + 78;
const ODD: Mp4Error = Mp4Error::Unusual("its picture is described in an unusual way");

/// What a sample entry says of the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AvcEntry {
    /// The one sequence parameter set, a NAL unit.
    pub parameters: Vec<u8>,
    /// Codes of the transfer function and of the matrix (ITU-T H.273), where a box tells them.
    pub colour: Option<(u16, u16)>,
    /// Shape of a pixel, width to height, where a box tells it.
    pub pixel_aspect: Option<(u32, u32)>,
}

impl AvcEntry {
    /// Reads a sample entry, header included.
    ///
    /// # Errors
    /// [`Mp4Error::Unusual`] where it has not exactly one set of parameters.
    pub fn read(entry: &[u8]) -> Result<Self, Mp4Error> {
        let child = |kind: &[u8; 4]| boxes(entry.get(FIELDS..).unwrap_or_default()).find(|found| found.kind == *kind);
        let config: Avcc = child(b"avcC").ok_or(ODD)?.read()?;
        let [parameters] = config.sequence_parameter_sets.as_slice() else { return Err(ODD) };
        let colour = match child(b"colr").and_then(|found| found.read::<Colr>().ok()) {
            Some(Colr::Nclx { transfer_characteristics: transfer, matrix_coefficients: matrix, .. })
            | Some(Colr::Nclc { transfer_characteristics: transfer, matrix_coefficients: matrix, .. }) => {
                Some((transfer, matrix))
            }
            _ => None,
        };
        let pixels = child(b"pasp").and_then(|found| found.read::<Pasp>().ok());
        Ok(Self {
            parameters: parameters.to_owned(),
            colour,
            pixel_aspect: pixels.map(|pasp| (pasp.h_spacing, pasp.v_spacing)),
        })
    }

    /// The entry for a new file: its coding and what concerns how the picture is shown, nothing of who made it with what.
    /// QuickTime and MP4 name colours in boxes of their own each.
    ///
    /// # Errors
    /// [`Mp4Error::Unusual`] where the old one lacks fields.
    pub fn renewed(entry: &[u8], is_full_range: bool, shape: Shape) -> Result<Vec<u8>, Mp4Error> {
        let mut head = entry.get(8..FIELDS).ok_or(ODD)?.to_owned();
        // Version and vendor, then the compressor's name; the first data reference.
        for (at, value) in (8..16).map(|at| (at, 0)).chain((42..74).map(|at| (at, 0))).chain([(6, 0), (7, 1)]) {
            if let Some(byte) = head.get_mut(at) {
                *byte = value;
            }
        }
        let mut children = Vec::new();
        for found in boxes(entry.get(FIELDS..).unwrap_or_default()) {
            match &found.kind {
                b"colr" => {
                    if let Ok(colour) = found.read::<Colr>() {
                        children.push(encoded(&recoloured(colour, is_full_range, shape))?);
                    }
                }
                b"avcC" | b"pasp" | b"fiel" | b"clap" | b"btrt" | b"st3d" | b"sv3d" => {
                    children.push(found.whole.to_owned());
                }
                _ => {}
            }
        }
        let kept: Vec<&[u8]> = std::iter::once(head.as_slice()).chain(children.iter().map(Vec::as_slice)).collect();
        wrap(b"avc1", &kept)
    }
}

fn recoloured(colour: Colr, full_range_flag: bool, shape: Shape) -> Colr {
    match (colour, shape) {
        (Colr::Nclx { colour_primaries, transfer_characteristics, matrix_coefficients, .. }, Shape::QuickTime) => {
            Colr::Nclc { colour_primaries, transfer_characteristics, matrix_coefficients }
        }
        (Colr::Nclc { colour_primaries, transfer_characteristics, matrix_coefficients }, Shape::Mp4) => {
            Colr::Nclx { colour_primaries, transfer_characteristics, matrix_coefficients, full_range_flag }
        }
        (same, _) => same,
    }
}
