//! Lines of bounded length. A line that is too long is dropped piece by piece, and the id of the request in it is still
//! found, so that whoever waits for its answer hears of it.

use std::io;

use rmcp::model::RequestId;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

use super::stray::IdScan;

/// What was read.
#[derive(Debug, PartialEq)]
pub enum Line {
    /// A line that is not blank, without its end.
    Whole(Vec<u8>),
    /// A line that was dropped, and the id it carried.
    TooLong(Option<RequestId>),
    /// The stream has ended.
    End,
}

/// A reader of lines. [`Lines::next`] may be dropped at any await and goes on where it was.
pub struct Lines<R> {
    reader: BufReader<R>,
    line: Vec<u8>,
    most: usize,
    /// Set while the rest of a line that is too long is being dropped.
    dropping: Option<IdScan>,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    /// Lines of at most `most` bytes.
    pub fn new(reader: R, most: usize) -> Self {
        Self { reader: BufReader::new(reader), line: Vec::new(), most, dropping: None }
    }

    /// The next line.
    ///
    /// # Errors
    /// When the stream cannot be read.
    pub async fn next(&mut self) -> io::Result<Line> {
        loop {
            let available = self.reader.fill_buf().await?;
            if available.is_empty() {
                return Ok(self.last());
            }
            let end = available.iter().position(|byte| *byte == b'\n');
            let (part, used) = match end.and_then(|end| available.split_at_checked(end)) {
                Some((part, _)) => (part, part.len() + 1),
                None => (available, available.len()),
            };
            // From here to `consume` nothing awaits, so a dropped future loses no byte.
            match self.dropping.as_mut() {
                Some(scan) => scan.feed(part),
                None if self.line.len() + part.len() > self.most => {
                    let mut scan = IdScan::default();
                    scan.feed(&self.line);
                    scan.feed(part);
                    self.line = Vec::new();
                    self.dropping = Some(scan);
                }
                None => self.line.extend_from_slice(part),
            }
            self.reader.consume(used);
            if end.is_none() {
                continue;
            }
            if let Some(scan) = self.dropping.take() {
                return Ok(Line::TooLong(scan.id()));
            }
            if let Some(line) = self.whole() {
                return Ok(Line::Whole(line));
            }
        }
    }

    /// What is left at the end: a last line may lack its line end.
    fn last(&mut self) -> Line {
        if let Some(scan) = self.dropping.take() {
            return Line::TooLong(scan.id());
        }
        self.whole().map_or(Line::End, Line::Whole)
    }

    fn whole(&mut self) -> Option<Vec<u8>> {
        let line = std::mem::take(&mut self.line);
        let text = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&line).trim_ascii();
        (!text.is_empty()).then(|| text.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn all(input: &[u8], most: usize) -> Vec<Line> {
        let mut lines = Lines::new(input, most);
        let mut read = Vec::new();
        loop {
            match lines.next().await.unwrap() {
                Line::End => return read,
                line => read.push(line),
            }
        }
    }

    #[tokio::test]
    async fn blank_lines_carriage_returns_and_a_missing_last_end_do_not_matter() {
        let read = all(b"\n\r\n{\"a\":1}\r\n \n\xEF\xBB\xBF{\"b\":2}", 100).await;
        assert_eq!(read, [Line::Whole(b"{\"a\":1}".to_vec()), Line::Whole(b"{\"b\":2}".to_vec())]);
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_dropped_and_the_next_is_read() {
        let long = format!("{{\"method\":\"tools/call\",\"params\":\"{}\",\"id\":7}}\n{{}}\n", "x".repeat(50_000));
        let read = all(long.as_bytes(), 1000).await;
        assert_eq!(read, [Line::TooLong(Some(RequestId::Number(7))), Line::Whole(b"{}".to_vec())]);
    }
}
