//! What the first bytes of a file say (ISO/IEC 14496-12, 4.3; QTFF, "Movie Atoms").

/// How a file opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// With its brand: `isom`, `qt  `, `M4A `, …; zeros where it breaks off before it.
    Brand([u8; 4]),
    /// As QuickTime did before there were brands.
    Classic,
}

/// Reads the first bytes of a file; none where they are no MP4's or QuickTime's.
pub fn opening(head: &[u8]) -> Option<Opening> {
    let name = head.get(4..8)?;
    if name == b"ftyp" {
        return Some(Opening::Brand(head.get(8..12).and_then(|brand| brand.try_into().ok()).unwrap_or_default()));
    }
    // The first box says its size, which has to make sense: text that happens to be so named begins with letters.
    let is_known = [b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"].iter().any(|known| name == *known);
    (is_known && !head.starts_with(b"    ")).then_some(Opening::Classic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_first_bytes() {
        assert_eq!(opening(b"\0\0\0\x14ftypqt  \0\0\x02\0"), Some(Opening::Brand(*b"qt  ")));
        assert_eq!(opening(b"\0\0\0\x14ftyp"), Some(Opening::Brand([0; 4])));
        assert_eq!(opening(b"\0\0\x10\0moov\0\0\0\x6cmvhd"), Some(Opening::Classic));
        assert_eq!(opening(b"    moov about"), None);
        assert_eq!(opening(b"<html><body>"), None);
        assert_eq!(opening(b"\0\0\0"), None);
    }
}
