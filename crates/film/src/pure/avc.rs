//! What the sample entry of an H.264 picture says (ISO/IEC 14496-15, 5.3; ITU-T H.264, 7.3.2.1 and annex E).

use h264_reader::nal::sps::{ChromaFormat, SeqParameterSet};
use h264_reader::nal::{Nal as _, RefNal};
use mp4_atom::{Avcc, Colr, Pasp};

use super::Unfit;
use super::boxes::{bytes, parts, wrap};

/// Bytes of a visual sample entry before its boxes: the box header and the fields (ISO/IEC 14496-12, 12.1.3).
const FIELDS: usize = 8 + 78;

/// What the coding says of the picture.
#[derive(Debug, Clone)]
pub(super) struct Avc {
    pub width: u32,
    pub height: u32,
    /// ffmpeg's name of the pixel format.
    pub pix_fmt: String,
    /// Shape of a pixel, width to height.
    pub pixel_aspect: (u32, u32),
    /// ffmpeg's names; empty where nothing is said.
    pub transfer: &'static str,
    pub matrix: &'static str,
    is_full_range: bool,
}

/// Reads a sample entry.
pub(super) fn read(entry: &[u8]) -> Result<Avc, Unfit> {
    const ODD: Unfit = Unfit::Unusual("its picture is described in an unusual way");
    let children = || parts(entry.get(FIELDS..).unwrap_or_default());
    let config: Avcc = children().find(|part| part.kind == *b"avcC").ok_or(ODD)?.read()?;
    let [first] = config.sequence_parameter_sets.as_slice() else { return Err(ODD) };
    let nal = RefNal::new(first, &[], true);
    let sps = SeqParameterSet::from_bits(nal.rbsp_bits()).map_err(|_| ODD)?;
    let (width, height) = sps.pixel_dimensions().map_err(|_| ODD)?;
    let vui = sps.vui_parameters.as_ref();
    let signal = vui.and_then(|vui| vui.video_signal_type.as_ref());
    let is_full_range = signal.is_some_and(|signal| signal.video_full_range_flag);
    let colour = signal.and_then(|signal| signal.colour_description.as_ref());
    let told = colour.map(|colour| (colour.transfer_characteristics, colour.matrix_coefficients));
    let boxed = children().find(|part| part.kind == *b"colr").and_then(|part| part.read::<Colr>().ok());
    let boxed = match boxed {
        Some(Colr::Nclx { transfer_characteristics: t, matrix_coefficients: m, .. })
        | Some(Colr::Nclc { transfer_characteristics: t, matrix_coefficients: m, .. }) => {
            Some((u8::try_from(t).unwrap_or(2), u8::try_from(m).unwrap_or(2)))
        }
        _ => None,
    };
    let (transfer, matrix) = told.or(boxed).unwrap_or((2, 2));
    let pixels = children().find(|part| part.kind == *b"pasp").and_then(|part| part.read::<Pasp>().ok());
    let pixels = pixels.map(|pasp| (pasp.h_spacing, pasp.v_spacing));
    let told = vui.and_then(|vui| vui.aspect_ratio_info.as_ref()?.get()).map(|(w, h)| (w.into(), h.into()));
    let is_shape = |(w, h): &(u32, u32)| *w > 0 && *h > 0;
    let chroma = &sps.chroma_info;
    Ok(Avc {
        width,
        height,
        pix_fmt: pixel_format(chroma.chroma_format, 8 + chroma.bit_depth_luma_minus8, is_full_range),
        pixel_aspect: pixels.or(told).filter(is_shape).unwrap_or((1, 1)),
        transfer: transfer_name(transfer),
        matrix: matrix_name(matrix),
        is_full_range,
    })
}

/// The entry for a new file: its coding and what concerns how the picture is shown, nothing of who made it with what.
/// QuickTime and MP4 name colours in boxes of their own each.
pub(super) fn renewed(entry: &[u8], coding: &Avc, for_quicktime: bool) -> Result<Vec<u8>, Unfit> {
    let fields = entry.get(8..FIELDS).ok_or(Unfit::Unusual("its picture is described in an unusual way"))?;
    let mut head = fields.to_owned();
    // Version and vendor, then the compressor's name; the first data reference.
    for (at, value) in (8..16).map(|at| (at, 0)).chain((42..74).map(|at| (at, 0))).chain([(6, 0), (7, 1)]) {
        if let Some(byte) = head.get_mut(at) {
            *byte = value;
        }
    }
    let mut children = Vec::new();
    for part in parts(entry.get(FIELDS..).unwrap_or_default()) {
        match &part.kind {
            b"colr" => {
                if let Ok(colour) = part.read::<Colr>() {
                    children.push(bytes(&recoloured(colour, coding, for_quicktime))?);
                }
            }
            b"avcC" | b"pasp" | b"fiel" | b"clap" | b"btrt" | b"st3d" | b"sv3d" => children.push(part.whole.to_owned()),
            _ => {}
        }
    }
    let kept: Vec<&[u8]> = std::iter::once(head.as_slice()).chain(children.iter().map(Vec::as_slice)).collect();
    wrap(b"avc1", &kept)
}

fn recoloured(colour: Colr, coding: &Avc, for_quicktime: bool) -> Colr {
    match colour {
        Colr::Nclx { colour_primaries, transfer_characteristics, matrix_coefficients, .. } if for_quicktime => {
            Colr::Nclc { colour_primaries, transfer_characteristics, matrix_coefficients }
        }
        Colr::Nclc { colour_primaries, transfer_characteristics, matrix_coefficients } if !for_quicktime => {
            let full_range_flag = coding.is_full_range;
            Colr::Nclx { colour_primaries, transfer_characteristics, matrix_coefficients, full_range_flag }
        }
        same => same,
    }
}

fn pixel_format(chroma: ChromaFormat, bits: u8, is_full_range: bool) -> String {
    let planes = match chroma {
        ChromaFormat::Monochrome => return if bits == 8 { "gray".to_owned() } else { format!("gray{bits}le") },
        ChromaFormat::YUV420 => "420",
        ChromaFormat::YUV422 => "422",
        ChromaFormat::YUV444 => "444",
        ChromaFormat::Invalid(_) => return "unknown".to_owned(),
    };
    match bits {
        8 if is_full_range => format!("yuvj{planes}p"),
        8 => format!("yuv{planes}p"),
        bits => format!("yuv{planes}p{bits}le"),
    }
}

/// ITU-T H.273, table 3, in ffmpeg's words.
fn transfer_name(code: u8) -> &'static str {
    match code {
        1 => "bt709",
        4 => "bt470m",
        5 => "bt470bg",
        6 => "smpte170m",
        7 => "smpte240m",
        8 => "linear",
        13 => "iec61966-2-1",
        14 => "bt2020-10",
        15 => "bt2020-12",
        16 => "smpte2084",
        18 => "arib-std-b67",
        _ => "",
    }
}

/// ITU-T H.273, table 4, in ffmpeg's words.
fn matrix_name(code: u8) -> &'static str {
    match code {
        0 => "gbr",
        1 => "bt709",
        4 => "fcc",
        5 => "bt470bg",
        6 => "smpte170m",
        7 => "smpte240m",
        8 => "ycgco",
        9 => "bt2020nc",
        10 => "bt2020c",
        _ => "",
    }
}
