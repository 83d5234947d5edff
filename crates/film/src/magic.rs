//! What the bytes say a file is. The name never counts. Formats follow their published signatures; text of any kind is
//! named for what it is, because playlists, manifests and scripts under a media name are an attack.

use bedtrack_mp4::Opening;

/// A type that we take. Each is opened by exactly one demuxer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Format {
    Mp4,
    Mov,
    Avi,
    Webm,
    Mkv,
    Jpg,
    Png,
    Gif,
    Webp,
    Mp3,
    Wav,
    M4a,
    Aac,
    Flac,
    Ogg,
    Midi,
}

impl Format {
    /// Its usual name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::Mov => "mov",
            Self::Avi => "avi",
            Self::Webm => "webm",
            Self::Mkv => "mkv",
            Self::Jpg => "jpg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::Webp => "webp",
            Self::Mp3 => "mp3",
            Self::Wav => "wav",
            Self::M4a => "m4a",
            Self::Aac => "aac",
            Self::Flac => "flac",
            Self::Ogg => "ogg",
            Self::Midi => "mid",
        }
    }

    /// ffmpeg's demuxer for it; stills and MIDI are read in Rust.
    pub fn demuxer(self) -> Option<&'static str> {
        Some(match self {
            Self::Mp4 | Self::Mov | Self::M4a => "mov",
            Self::Avi => "avi",
            Self::Webm | Self::Mkv => "matroska",
            Self::Mp3 => "mp3",
            Self::Wav => "wav",
            Self::Aac => "aac",
            Self::Flac => "flac",
            Self::Ogg => "ogg",
            Self::Jpg | Self::Png | Self::Gif | Self::Webp | Self::Midi => return None,
        })
    }

    /// The `image` crate's format for it.
    pub fn still(self) -> Option<image::ImageFormat> {
        match self {
            Self::Jpg => Some(image::ImageFormat::Jpeg),
            Self::Png => Some(image::ImageFormat::Png),
            Self::Gif => Some(image::ImageFormat::Gif),
            Self::Webp => Some(image::ImageFormat::WebP),
            _ => None,
        }
    }

    /// Whether seeking lands only near the asked time, as there is no index of packets.
    pub fn seeks_by_guess(self) -> bool {
        matches!(self, Self::Mp3 | Self::Aac | Self::Flac | Self::Ogg)
    }
}

/// What the first bytes say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    Empty,
    Known(Format),
    /// Something recognised that we do not take, named with its article.
    Other(&'static str),
    Unknown,
}

/// How many first bytes [`sniff`] wants.
pub(super) const HEAD: usize = 4096;

/// Signatures of things that we do not take: offset, bytes, name.
const OTHERS: [(usize, &[u8], &str); 19] = [
    (0, b"%PDF-", "a PDF document"),
    (0, b"PK\x03\x04", "a zip archive or an office document"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!\x1a\x07", "a rar archive"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ", "a program"),
    (0, b"BM", "a BMP picture"),
    (0, b"II*\0", "a TIFF or raw picture"),
    (0, b"MM\0*", "a TIFF or raw picture"),
    (0, b"8BPS", "a Photoshop document"),
    (0, b"\0\0\x01\0", "an icon"),
    (0, b"FLV\x01", "a Flash video"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a Windows Media file"),
    (0, b"\0\0\x01\xba", "an MPEG program stream"),
    (0, b"FORM", "an AIFF or IFF file"),
    (0, b".RMF", "a RealMedia file"),
    (0, b"SQLite format 3\0", "a database"),
    (0, b"!<arch>", "an archive of object files"),
];

/// Decides by the first bytes of a file, [`HEAD`] of them or all there are. `after` reads further bytes at an offset,
/// for types that hide behind a tag.
pub(super) fn sniff(head: &[u8], after: &mut dyn FnMut(u64) -> Vec<u8>) -> Content {
    if head.is_empty() {
        return Content::Empty;
    }
    if let Some(format) = container(head).or_else(|| still(head)).or_else(|| sound(head, after)) {
        return format;
    }
    for (at, bytes, name) in OTHERS {
        if head.get(at..).is_some_and(|rest| rest.starts_with(bytes)) {
            return Content::Other(name);
        }
    }
    if head.first() == Some(&0x47) && head.get(188) == Some(&0x47) && head.get(376) == Some(&0x47) {
        return Content::Other("an MPEG transport stream");
    }
    text(head).map_or(Content::Unknown, Content::Other)
}

fn container(head: &[u8]) -> Option<Content> {
    let at = |from: usize, bytes: &[u8]| head.get(from..).is_some_and(|rest| rest.starts_with(bytes));
    match bedtrack_mp4::opening(head) {
        Some(Opening::Classic) => return Some(Content::Known(Format::Mov)),
        Some(Opening::Brand(brand)) => return Some(branded(&brand)),
        None => {}
    }
    if at(0, b"\x1a\x45\xdf\xa3") {
        let first = head.get(..128.min(head.len())).unwrap_or_default();
        let says = |name: &[u8]| first.windows(name.len()).any(|window| window == name);
        return Some(match (says(b"webm"), says(b"matroska")) {
            (true, _) => Content::Known(Format::Webm),
            (_, true) => Content::Known(Format::Mkv),
            _ => Content::Other("an EBML file of an unknown kind"),
        });
    }
    if at(0, b"RIFF") || at(0, b"RF64") || at(0, b"BW64") {
        return Some(match head.get(8..12).unwrap_or_default() {
            b"AVI " => Content::Known(Format::Avi),
            b"WAVE" => Content::Known(Format::Wav),
            b"WEBP" => Content::Known(Format::Webp),
            b"RMID" => Content::Known(Format::Midi),
            _ => Content::Other("a RIFF file of an unknown kind"),
        });
    }
    None
}

fn branded(brand: &[u8; 4]) -> Content {
    match brand {
        b"qt  " => Content::Known(Format::Mov),
        b"M4A " | b"M4B " | b"F4A " => Content::Known(Format::M4a),
        b"heic" | b"heix" | b"hevc" | b"hevx" | b"heim" | b"heis" | b"mif1" | b"msf1" => {
            Content::Other("a HEIC picture")
        }
        b"avif" | b"avis" => Content::Other("an AVIF picture"),
        b"crx " => Content::Other("a raw picture"),
        _ => Content::Known(Format::Mp4),
    }
}

fn still(head: &[u8]) -> Option<Content> {
    let signatures: [(&[u8], Format); 4] = [
        (b"\x89PNG\r\n\x1a\n", Format::Png),
        (b"\xff\xd8\xff", Format::Jpg),
        (b"GIF87a", Format::Gif),
        (b"GIF89a", Format::Gif),
    ];
    signatures.iter().find(|(bytes, _)| head.starts_with(bytes)).map(|(_, format)| Content::Known(*format))
}

fn sound(head: &[u8], after: &mut dyn FnMut(u64) -> Vec<u8>) -> Option<Content> {
    for (bytes, format) in [(&b"OggS"[..], Format::Ogg), (b"fLaC", Format::Flac), (b"MThd\0\0\0\x06", Format::Midi)] {
        if head.starts_with(bytes) {
            return Some(Content::Known(format));
        }
    }
    // ID3v2: "ID3", version, flags, then the size in four bytes of seven bits.
    if let [b'I', b'D', b'3', _, _, flags, a, b, c, d, ..] = head {
        let size = [a, b, c, d].into_iter().fold(0_u64, |size, byte| size << 7 | u64::from(byte & 0x7f));
        let footer = if flags & 0x10 == 0 { 0 } else { 10 };
        let behind = after(10 + size + footer);
        // Writers pad with zeros after the tag.
        let start = behind.iter().position(|byte| *byte != 0).unwrap_or(0);
        let behind = behind.get(start..).unwrap_or_default();
        let tagged = frames(behind).or_else(|| behind.starts_with(b"fLaC").then_some(Format::Flac));
        return Some(tagged.map_or(Content::Other("a tag without the sound it belongs to"), Content::Known));
    }
    frames(head).map(Content::Known)
}

/// MPEG audio or ADTS: a frame header, and another where the first says that its frame ends.
fn frames(bytes: &[u8]) -> Option<Format> {
    let (format, length) = frame(bytes)?;
    match bytes.get(length..) {
        Some(next) if next.len() >= 6 => (frame(next)?.0 == format).then_some(format),
        // Too short to hold a second one: let the decoder say.
        _ => Some(format),
    }
}

/// The header of one frame (ISO/IEC 11172-3 2.4.2.3, 14496-3 1.A.2.2) and the frame's length in bytes.
fn frame(bytes: &[u8]) -> Option<(Format, usize)> {
    let [0xff, second, third, fourth, fifth, sixth, ..] = *bytes else { return None };
    if second & 0xf6 == 0xf0 {
        let length = usize::from(fourth & 3) << 11 | usize::from(fifth) << 3 | usize::from(sixth >> 5);
        return ((third >> 2) & 0xf < 13 && length > 7).then_some((Format::Aac, length));
    }
    const RATES: [usize; 3] = [44_100, 48_000, 32_000];
    const KBITS_1: [usize; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    const KBITS_2: [usize; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    // Layer III only: bits "01".
    if second & 0xe6 != 0xe2 {
        return None;
    }
    let version = (second >> 3) & 3;
    let rate = RATES.get(usize::from((third >> 2) & 3))?;
    let (kbits, rate, samples) = match version {
        3 => (KBITS_1.get(usize::from(third >> 4))?, *rate, 144),
        2 => (KBITS_2.get(usize::from(third >> 4))?, rate / 2, 72),
        0 => (KBITS_2.get(usize::from(third >> 4))?, rate / 4, 72),
        _ => return None,
    };
    (*kbits > 0).then_some((Format::Mp3, samples * kbits * 1000 / rate + usize::from((third >> 1) & 1)))
}

/// Names a text for what it is; none for bytes that are no text.
fn text(head: &[u8]) -> Option<&'static str> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let shown = String::from_utf8_lossy(head);
    let odd = shown.chars().filter(|c| *c == '\u{fffd}' || (c.is_control() && !c.is_whitespace())).count();
    let start = shown.trim_start().to_ascii_lowercase();
    let known = [
        ("#extm3u", "an HLS or M3U playlist"),
        ("ffconcat", "an ffmpeg concat script"),
        ("[playlist]", "a PLS playlist"),
        ("<!doctype html", "a web page"),
        ("<html", "a web page"),
        ("<svg", "an SVG drawing"),
        ("{\\rtf", "an RTF document"),
    ];
    if let Some((_, name)) = known.iter().find(|(first, _)| start.starts_with(first)) {
        return Some(name);
    }
    if odd * 50 > shown.chars().count() {
        return None;
    }
    let has = |word: &str| start.contains(word);
    Some(match start.get(..1) {
        Some("<") if has("<mpd") => "a DASH manifest",
        Some("<") if has("<svg") => "an SVG drawing",
        Some("<") if has("<smoothstreamingmedia") => "a Smooth Streaming manifest",
        Some("<") if has("<html") => "a web page",
        Some("<") => "an XML document",
        Some("{" | "[") => "a JSON document",
        _ if has("\nfile ") || start.starts_with("file ") => "an ffmpeg concat script",
        _ => "a text file",
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(head: &[u8]) -> Content {
        sniff(head, &mut |at| head.get(usize::try_from(at).unwrap()..).unwrap_or_default().to_vec())
    }

    #[test]
    fn known_types_are_known_by_their_bytes() {
        for (head, format) in [
            (&b"\0\0\0\x20ftypisom\0\0\x02\0"[..], Format::Mp4),
            (b"\0\0\0\x14ftypqt  \0\0\x02\0", Format::Mov),
            (b"\0\0\0\x1cftypM4A \0\0\x02\0", Format::M4a),
            (b"\0\0\x10\0moov\0\0\0\x6cmvhd", Format::Mov),
            (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", Format::Webm),
            (b"\x1a\x45\xdf\xa3\xa3\x42\x82\x88matroska", Format::Mkv),
            (b"RIFF\0\0\0\0AVI LIST", Format::Avi),
            (b"RIFF\0\0\0\0WAVEfmt ", Format::Wav),
            (b"RIFF\0\0\0\0WEBPVP8X", Format::Webp),
            (b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", Format::Png),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Format::Jpg),
            (b"GIF89a", Format::Gif),
            (b"\xff\xfb\x90\x64\0\0\0\0", Format::Mp3),
            (b"\xff\xf1\x50\x80\x2e\x7f\xfc", Format::Aac),
            (b"ID3\x04\0\0\0\0\0\x02xx\0\0\xff\xfb\x90\x64\0\0\0\0", Format::Mp3),
            (b"ID3\x04\0\0\0\0\0\x00\xff\xf1\x50\x80\x2e\x7f\xfc", Format::Aac),
            (b"MThd\0\0\0\x06\0\x01", Format::Midi),
        ] {
            assert_eq!(of(head), Content::Known(format), "{head:?}");
        }
    }

    #[test]
    fn playlists_manifests_and_scripts_are_named_for_what_they_are() {
        for (head, name) in [
            (&b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd"[..], "HLS"),
            (b"<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash\">", "DASH"),
            (b"ffconcat version 1.0\nfile x.mp4", "concat"),
            (b"file 'x.mp4'\nfile 'y.mp4'", "concat"),
            (b"\xef\xbb\xbf<svg xmlns=''>", "SVG"),
            (b"<!DOCTYPE html><html>", "web page"),
            (b"hello there", "text"),
            ("\u{4f60}\u{597d}".as_bytes(), "text"),
            (b"%PDF-1.7", "PDF"),
            (b"\0\0\0\x18ftypheic\0\0", "HEIC"),
        ] {
            assert!(matches!(of(head), Content::Other(got) if got.contains(name)), "{head:?} is {:?}", of(head));
        }
        assert_eq!(of(b""), Content::Empty);
        assert_eq!(of(&[0; 64]), Content::Unknown);
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken_and_text_is_never_a_medium(bytes: Vec<u8>, words in "[ -~\n]{1,200}") {
            let _ = of(&bytes);
            // Four signatures are printable; the demuxer that then opens them is their own and reads no lists.
            let printable = ["GIF8", "RIFF", "OggS", "fLaC", "RF64", "BW64"].iter().any(|start| words.starts_with(start))
                || words.get(4..8).is_some_and(|name| ["ftyp", "moov", "mdat", "wide", "free", "skip", "pnot"].contains(&name));
            prop_assert!(printable || !matches!(of(words.as_bytes()), Content::Known(_)));
        }
    }
}
