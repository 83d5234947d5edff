//! The framing of an event stream (<https://html.spec.whatwg.org/multipage/server-sent-events.html>): lines end in `\n`,
//! `\r\n` or `\r`, may be split anywhere, and several `data:` lines make one event. One event's size is bounded.

use std::collections::VecDeque;

/// Largest event that is read; a draft in a state delta can be megabytes.
pub const MAX_EVENT_BYTES: usize = 16 << 20;

/// A line buffer up to this size serves the next line as well.
const KEPT_BYTES: usize = 64 << 10;

/// What the stream framed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// An event.
    Event {
        /// Its name; `message` where none is given is left empty.
        name: String,
        /// Its data, lines joined.
        data: String,
    },
    /// A comment line, which servers send to keep the connection alive.
    Comment,
    /// An event larger than the bound; it was skipped.
    Oversize,
}

/// Cuts bytes into frames.
#[derive(Debug, Default)]
pub struct Splitter {
    /// The line that has not ended yet.
    line: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    name: String,
    /// The last byte was `\r`: a `\n` right after it ends no further line.
    after_return: bool,
    started: bool,
    oversize: bool,
    frames: VecDeque<Frame>,
}

impl Splitter {
    /// Takes bytes as they come.
    pub fn push(&mut self, mut bytes: &[u8]) {
        if self.after_return && !bytes.is_empty() {
            self.after_return = false;
            bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
        }
        while let Some(at) = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            let (head, rest) = bytes.split_at(at);
            let (end, rest) = rest.split_at(1);
            if self.line.is_empty() {
                self.end_line(head);
            } else {
                self.extend(head);
                let line = std::mem::take(&mut self.line);
                self.end_line(&line);
                // A small buffer is kept: streams of small events would allocate for every line otherwise.
                if line.capacity() <= KEPT_BYTES {
                    self.line = line;
                    self.line.clear();
                }
            }
            bytes = match (end, rest) {
                (b"\r", []) => {
                    self.after_return = true;
                    rest
                }
                (b"\r", rest) => rest.strip_prefix(b"\n").unwrap_or(rest),
                (_, rest) => rest,
            };
        }
        self.extend(bytes);
    }

    /// The next frame that is complete.
    pub fn next(&mut self) -> Option<Frame> {
        self.frames.pop_front()
    }

    /// The stream has ended: an event whose blank line is missing still counts, for some servers leave it out.
    pub fn finish(&mut self) {
        if !self.line.is_empty() {
            let line = std::mem::take(&mut self.line);
            self.end_line(&line);
        }
        self.dispatch();
    }

    fn extend(&mut self, bytes: &[u8]) {
        if self.line.len() + bytes.len() > MAX_EVENT_BYTES {
            self.oversize = true;
            // Enough stays to know the field by; the rest of the line is dropped as it comes.
            self.line.truncate(8);
            return;
        }
        self.line.extend_from_slice(bytes);
    }

    fn end_line(&mut self, line: &[u8]) {
        let line = if self.started { line } else { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) };
        self.started = true;
        if line.is_empty() {
            return self.dispatch();
        }
        let colon = line.iter().position(|byte| *byte == b':');
        let (field, value) = match colon.map(|at| line.split_at(at)) {
            Some((field, rest)) => (field, rest.get(1..).unwrap_or_default()),
            None => (line, &b""[..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"" => self.frames.push_back(Frame::Comment),
            b"data" if self.data.len() + value.len() > MAX_EVENT_BYTES => {
                self.oversize = true;
                self.data = Vec::new();
            }
            b"data" => {
                if self.has_data {
                    self.data.push(b'\n');
                }
                self.has_data = true;
                self.data.extend_from_slice(value);
            }
            b"event" => self.name = String::from_utf8_lossy(value.get(..64).unwrap_or(value)).into_owned(),
            _ => {}
        }
    }

    fn dispatch(&mut self) {
        let name = std::mem::take(&mut self.name);
        if std::mem::take(&mut self.oversize) {
            (self.data, self.has_data) = (Vec::new(), false);
            self.frames.push_back(Frame::Oversize);
            return;
        }
        if !std::mem::take(&mut self.has_data) {
            // `event: heartbeat` alone has no data and would be no event by the specification.
            if !name.is_empty() {
                self.frames.push_back(Frame::Event { name, data: String::new() });
            }
            return;
        }
        let data = match String::from_utf8(std::mem::take(&mut self.data)) {
            Ok(data) => data,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        };
        self.frames.push_back(Frame::Event { name, data });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frames(pieces: &[&[u8]]) -> Vec<Frame> {
        let mut splitter = Splitter::default();
        pieces.iter().for_each(|piece| splitter.push(piece));
        splitter.finish();
        std::iter::from_fn(|| splitter.next()).collect()
    }

    fn event(name: &str, data: &str) -> Frame {
        Frame::Event { name: name.into(), data: data.into() }
    }

    #[test]
    fn every_line_ending_counts_and_data_lines_are_joined() {
        let expected = [event("", "a\nb"), Frame::Comment, event("heartbeat", "x"), event("", "end")];
        let text = "data: a\ndata:b\n\n: ping\nevent: heartbeat\ndata: x\n\nid: 7\ndata: end\n\n";
        for ending in ["\n", "\r\n", "\r"] {
            assert_eq!(frames(&[text.replace('\n', ending).as_bytes()]), expected, "{ending:?}");
        }
    }

    #[test]
    fn a_stream_may_end_without_its_blank_line_and_begin_with_a_byte_order_mark() {
        assert_eq!(frames(&[b"\xef\xbb\xbfdata: a\n\ndata: b"]), [event("", "a"), event("", "b")]);
    }

    #[test]
    fn an_event_without_data_is_told_by_its_name() {
        assert_eq!(frames(&[b"event: heartbeat\n\n\n\n"]), [event("heartbeat", "")]);
    }

    #[test]
    fn an_event_beyond_the_bound_is_skipped_with_flat_memory_and_the_next_one_is_read() {
        let mut splitter = Splitter::default();
        splitter.push(b"data: ");
        let piece = vec![b'x'; 1 << 20];
        for _ in 0..40 {
            splitter.push(&piece);
            assert!(splitter.line.capacity() <= 2 * MAX_EVENT_BYTES);
        }
        splitter.push(b"\n\ndata: next\n\n");
        assert_eq!([splitter.next(), splitter.next()], [Some(Frame::Oversize), Some(event("", "next"))]);
    }

    #[test]
    fn many_data_lines_together_are_bounded_too() {
        let mut splitter = Splitter::default();
        let line = [b"data: ".as_slice(), &vec![b'x'; 1 << 20], b"\n"].concat();
        (0..20).for_each(|_| splitter.push(&line));
        splitter.push(b"\ndata: next\n\n");
        assert_eq!([splitter.next(), splitter.next()], [Some(Frame::Oversize), Some(event("", "next"))]);
    }

    #[test]
    fn recorded_streams_read_the_same_however_they_are_split() {
        for recorded in [
            &include_bytes!("../../tests/data/wire/gui.sse")[..],
            include_bytes!("../../tests/data/wire/two-stage.sse"),
        ] {
            let whole = frames(&[recorded]);
            for at in 0..recorded.len() {
                assert_eq!(frames(&[&recorded[..at], &recorded[at..]]), whole, "split at {at}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_pieces_give_the_same_frames(
            bytes in proptest::collection::vec(proptest::sample::select(b"data: event\r\n\xe9x".to_vec()), 0..200),
            cuts in proptest::collection::vec(0_usize..200, 0..6),
        ) {
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
            prop_assert_eq!(frames(&pieces), frames(&[&bytes]));
        }
    }
}
