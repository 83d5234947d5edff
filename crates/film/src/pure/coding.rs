//! What the coding of an H.264 picture says of it, in ffmpeg's words (ITU-T H.264, 7.3.2.1 and annex E).

use bedtrack_mp4::AvcEntry;
use h264_reader::nal::sps::{ChromaFormat, SeqParameterSet};
use h264_reader::nal::{Nal as _, RefNal};

use super::unfit::Unfit;

/// What the coding says of the picture.
#[derive(Debug, Clone)]
pub(crate) struct Coding {
    pub width: u32,
    pub height: u32,
    /// ffmpeg's name of the pixel format.
    pub pix_fmt: String,
    /// Shape of a pixel, width to height.
    pub pixel_aspect: (u32, u32),
    /// ffmpeg's names; empty where nothing is said.
    pub transfer: &'static str,
    pub matrix: &'static str,
    pub is_full_range: bool,
}

/// Reads a sample entry.
pub(super) fn read(entry: &[u8]) -> Result<Coding, Unfit> {
    const ODD: Unfit = Unfit::Unusual("its picture is described in an unusual way");
    let entry = AvcEntry::read(entry)?;
    let nal = RefNal::new(&entry.parameters, &[], true);
    let sps = SeqParameterSet::from_bits(nal.rbsp_bits()).map_err(|_| ODD)?;
    let (width, height) = sps.pixel_dimensions().map_err(|_| ODD)?;
    let vui = sps.vui_parameters.as_ref();
    let signal = vui.and_then(|vui| vui.video_signal_type.as_ref());
    let is_full_range = signal.is_some_and(|signal| signal.video_full_range_flag);
    let colour = signal.and_then(|signal| signal.colour_description.as_ref());
    let told = colour.map(|colour| (colour.transfer_characteristics, colour.matrix_coefficients));
    let code = |code: u16| u8::try_from(code).unwrap_or(2);
    let boxed = entry.colour.map(|(transfer, matrix)| (code(transfer), code(matrix)));
    let (transfer, matrix) = told.or(boxed).unwrap_or((2, 2));
    let told = vui.and_then(|vui| vui.aspect_ratio_info.as_ref()?.get()).map(|(w, h)| (w.into(), h.into()));
    let is_shape = |(w, h): &(u32, u32)| *w > 0 && *h > 0;
    let chroma = &sps.chroma_info;
    Ok(Coding {
        width,
        height,
        pix_fmt: pixel_format(chroma.chroma_format, 8 + chroma.bit_depth_luma_minus8, is_full_range),
        pixel_aspect: entry.pixel_aspect.or(told).filter(is_shape).unwrap_or((1, 1)),
        transfer: transfer_name(transfer),
        matrix: matrix_name(matrix),
        is_full_range,
    })
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
