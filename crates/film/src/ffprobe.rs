//! Reading what ffprobe answers: its JSON about streams, and its table of packets. Both come from hostile files, so
//! every field may be missing or absurd.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The JSON of `-show_streams -show_format`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Answer {
    #[serde(default)]
    pub streams: Vec<Stream>,
    #[serde(default)]
    pub format: Container,
}

/// The container.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Container {
    #[serde(default)]
    pub duration: String,
    #[serde(default)]
    pub start_time: String,
}

/// A stream.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct Stream {
    pub index: usize,
    pub codec_type: String,
    pub codec_name: String,
    pub width: u64,
    pub height: u64,
    pub pix_fmt: String,
    pub sample_aspect_ratio: String,
    pub avg_frame_rate: String,
    pub r_frame_rate: String,
    pub color_transfer: String,
    pub color_space: String,
    pub has_b_frames: u32,
    pub sample_rate: String,
    pub channels: u32,
    pub disposition: BTreeMap<String, i64>,
    pub side_data_list: Vec<SideData>,
}

/// What is attached to a stream.
#[derive(Debug, Default, Clone, Deserialize)]
pub(super) struct SideData {
    pub rotation: Option<f64>,
}

impl Answer {
    /// The moving picture: attached covers and thumbnails do not count.
    pub fn picture(&self) -> Option<&Stream> {
        let art = |stream: &Stream| stream.is("attached_pic") || stream.is("timed_thumbnails");
        self.best(|stream| stream.codec_type == "video" && !art(stream) && stream.width > 0 && stream.height > 0)
    }

    /// The sound: the one the file marks as its default, else the first.
    pub fn sound(&self) -> Option<&Stream> {
        self.best(|stream| stream.codec_type == "audio" && stream.channels > 0)
    }

    fn best(&self, fits: impl Fn(&Stream) -> bool) -> Option<&Stream> {
        let all = || self.streams.iter().filter(|stream| fits(stream));
        all().find(|stream| stream.is("default")).or_else(|| all().next())
    }
}

impl Stream {
    fn is(&self, disposition: &str) -> bool {
        self.disposition.get(disposition).is_some_and(|set| *set != 0)
    }

    /// Degrees clockwise to show it right, in quarter turns. ffprobe counts anticlockwise.
    pub fn rotation(&self) -> u16 {
        let turn = self.side_data_list.iter().find_map(|side| side.rotation).filter(|turn| turn.is_finite());
        let quarters = (turn.unwrap_or(0.0) / -90.0).round().rem_euclid(4.0);
        [0, 90, 180, 270].get(quarters as usize).copied().unwrap_or(0)
    }

    /// Frames per second as a fraction: the average, or the base rate where there is no average.
    pub fn frame_rate(&self) -> Option<(u32, u32)> {
        fraction(&self.avg_frame_rate, '/').or_else(|| fraction(&self.r_frame_rate, '/'))
    }

    pub fn pixel_aspect(&self) -> (u32, u32) {
        fraction(&self.sample_aspect_ratio, ':').unwrap_or((1, 1))
    }
}

fn fraction(text: &str, sign: char) -> Option<(u32, u32)> {
    let (over, under) = text.split_once(sign)?;
    let pair = (over.parse().ok()?, under.parse().ok()?);
    (pair.0 > 0 && pair.1 > 0).then_some(pair)
}

/// Seconds with six decimals as µs.
pub(super) fn micros(text: &str) -> Option<i64> {
    let seconds: f64 = text.parse().ok()?;
    let micros = (seconds * 1e6).round();
    // Ten thousand hours: anything beyond is nonsense, and must not overflow later.
    (micros.abs() < 3.6e13).then_some(micros as i64)
}

/// The packets of one stream.
#[derive(Debug, Default, Clone)]
pub(super) struct Packets {
    /// When each shown packet starts, in µs, in the order of decoding.
    pub starts: Vec<i64>,
    pub end_us: i64,
    /// Packets that an edit list hides.
    pub hidden: usize,
    /// Packets that the demuxer found broken.
    pub corrupt: usize,
    /// Whether some have no time of showing, only one of decoding.
    pub unstamped: bool,
    longest_us: i64,
}

impl Packets {
    /// Packets that are shown at known times, and how many an edit list hides.
    pub fn shown(starts: Vec<i64>, end_us: i64, hidden: usize) -> Self {
        Self { starts, end_us, hidden, ..Self::default() }
    }

    pub fn start_us(&self) -> i64 {
        self.starts.iter().copied().min().unwrap_or(0)
    }

    /// The even distance of packets that know no time of showing, in µs: AVI counts fields as frames at times, so
    /// neither its frame rate nor its packets' lengths can be believed.
    pub fn cadence_us(&self) -> Option<f64> {
        if !self.unstamped {
            return None;
        }
        let pairs = self.starts.iter().zip(self.starts.iter().skip(1));
        let mut gaps: Vec<i64> = pairs.map(|(from, to)| to.saturating_sub(*from)).collect();
        gaps.sort_unstable();
        // The usual one: a recorder leaves out frames where it has none.
        gaps.get(gaps.len() / 2).copied().filter(|gap| *gap > 0).map(|gap| gap as f64)
    }

    /// Makes the last packet as long as the others, where there is a cadence.
    pub fn even_out(&mut self) {
        if let (Some(gap), Some(last)) = (self.cadence_us(), self.starts.iter().copied().max()) {
            self.end_us = last.saturating_add(gap.round() as i64);
        }
    }

    pub fn length_us(&self) -> u64 {
        u64::try_from(self.end_us.saturating_sub(self.start_us())).unwrap_or(0)
    }
}

/// The entries that [`Table`] reads.
pub(super) const PACKET_ENTRIES: &str = "packet=stream_index,pts_time,dts_time,duration_time,flags";

/// Reads the table of packets piece by piece.
#[derive(Debug, Default)]
pub(super) struct Table {
    open: Vec<u8>,
    pub streams: BTreeMap<usize, Packets>,
}

impl Table {
    /// Packets of one stream beyond which no more is kept: 4 h at 240 frames a second.
    const MOST: usize = 4 * 3600 * 240;

    pub fn feed(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if *byte != b'\n' {
                if self.open.len() < 1024 {
                    self.open.push(*byte);
                }
                continue;
            }
            let line = std::mem::take(&mut self.open);
            if let Ok(line) = std::str::from_utf8(&line) {
                self.line(line);
            }
        }
    }

    fn line(&mut self, line: &str) {
        let mut cells = line.trim().split(',');
        let mut cell = || cells.next().unwrap_or_default();
        let Ok(index) = cell().parse::<usize>() else { return };
        let (shown, decoded, length, flags) = (cell(), cell(), cell(), cell());
        // Covers of music files and the like bring many streams; none of ours is that far.
        if index > 64 {
            return;
        }
        let packets = self.streams.entry(index).or_default();
        if flags.contains('C') {
            packets.corrupt += 1;
        }
        if flags.contains('D') {
            packets.hidden += 1;
            return;
        }
        let shown = micros(shown);
        packets.unstamped |= shown.is_none();
        let Some(start) = shown.or_else(|| micros(decoded)) else { return };
        if packets.starts.len() < Self::MOST {
            packets.starts.push(start);
        }
        let length = micros(length).unwrap_or(packets.longest_us).max(0);
        packets.longest_us = packets.longest_us.max(length);
        packets.end_us = packets.end_us.max(start.saturating_add(length));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_picture_is_no_cover_and_turns_are_clockwise() {
        let answer: Answer = serde_json::from_value(serde_json::json!({"streams": [
            {"index": 0, "codec_type": "video", "codec_name": "mjpeg", "width": 5, "height": 5, "disposition": {"attached_pic": 1}},
            {"index": 1, "codec_type": "audio", "channels": 2, "sample_rate": "48000"},
            {"index": 2, "codec_type": "audio", "channels": 2, "disposition": {"default": 1}},
            {"index": 3, "codec_type": "video", "width": 1920, "height": 1080, "avg_frame_rate": "30000/1001",
             "sample_aspect_ratio": "0:1", "side_data_list": [{"side_data_type": "x"}, {"rotation": -90}]}]}))
        .unwrap();
        let picture = answer.picture().unwrap();
        assert_eq!((picture.index, picture.rotation(), picture.frame_rate()), (3, 90, Some((30_000, 1001))));
        assert_eq!((picture.pixel_aspect(), answer.sound().unwrap().index), ((1, 1), 2));
    }

    #[test]
    fn packets_give_start_end_and_what_is_hidden() {
        let mut table = Table::default();
        table.feed(b"0,-0.040000,-0.080000,0.040000,KD\n0,0.000000,N/A,0.040000,K_\n0,0.080000,0,0.04");
        table.feed(b"0000,__\n1,N/A,0.5,N/A,K_\nnonsense\n");
        let picture = &table.streams[&0];
        assert_eq!((picture.start_us(), picture.end_us, picture.hidden, picture.starts.len()), (0, 120_000, 1, 2));
        assert!(table.streams[&1].unstamped && table.streams[&1].start_us() == 500_000);
    }

    proptest! {
        #[test]
        fn any_table_and_any_numbers_are_taken(bytes: Vec<u8>, at: f64, length: f64) {
            let mut table = Table::default();
            table.feed(&bytes);
            table.feed(format!("\n0,{at},0,{length},K_\n").as_bytes());
            for packets in table.streams.values() {
                let _ = packets.length_us();
            }
        }
    }
}
