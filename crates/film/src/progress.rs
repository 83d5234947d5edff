//! ffmpeg's `-progress` report: lines of `key=value`, a block a few times a second, each ended by `progress=…`.

/// One line of the report that we use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// How much is written, in microseconds of media.
    At(u64),
    /// Frames of picture written.
    Frame(u64),
    /// A block ends; more follow.
    Going,
    /// The last block ends.
    End,
}

impl Line {
    /// Reads one line; lines that we do not use, and values such as `N/A`, are none.
    pub fn read(line: &str) -> Option<Self> {
        let (key, value) = line.trim().split_once('=')?;
        let value = value.trim();
        match key {
            // Both are microseconds: `out_time_ms` is misnamed in ffmpeg, and older ones have no `out_time_us`.
            "out_time_us" | "out_time_ms" => Some(Self::At(value.parse::<i64>().ok()?.try_into().unwrap_or(0))),
            "frame" => value.parse().ok().map(Self::Frame),
            "progress" if value == "end" => Some(Self::End),
            "progress" => Some(Self::Going),
            _ => None,
        }
    }
}

/// Puts lines together out of pieces.
#[derive(Debug, Default)]
pub(super) struct Progress {
    open: Vec<u8>,
}

impl Progress {
    /// Takes the next piece and calls `at` with the milliseconds done.
    pub fn feed(&mut self, bytes: &[u8], at: &mut dyn FnMut(u64)) {
        for byte in bytes {
            if *byte != b'\n' {
                // A line is short; whatever is longer is not ours to keep.
                if self.open.len() < 256 {
                    self.open.push(*byte);
                }
                continue;
            }
            if let Some(Line::At(us)) = std::str::from_utf8(&self.open).ok().and_then(Line::read) {
                at(us / 1000);
            }
            self.open.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_are_read_and_unknown_values_skipped() {
        assert_eq!(Line::read("out_time_us=1500000"), Some(Line::At(1_500_000)));
        assert_eq!(Line::read("out_time_us=N/A"), None);
        assert_eq!(Line::read("out_time_us=-5"), Some(Line::At(0)));
        assert_eq!(Line::read("frame=  12"), Some(Line::Frame(12)));
        assert_eq!(Line::read("progress=continue"), Some(Line::Going));
        assert_eq!(Line::read("progress=end\r"), Some(Line::End));
        assert_eq!(Line::read("speed=2x"), None);
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_and_any_bytes_are_taken(noise: Vec<u8>, cut in 0_usize..40) {
            let text = b"frame=1\nout_time_us=2000000\nprogress=end\n";
            let mut seen = Vec::new();
            let mut progress = Progress::default();
            progress.feed(&text[..cut], &mut |at| seen.push(at));
            progress.feed(&text[cut..], &mut |at| seen.push(at));
            prop_assert_eq!(seen, vec![2000]);
            progress.feed(&noise, &mut |_| ());
        }
    }
}
