//! How fast a turn's event stream is read, and with how much memory: 200 MB of small events, in the pieces a socket
//! gives. `cargo bench --bench event_reader`
#![expect(clippy::print_stdout, reason = "the figures are the output")]

use std::time::{Duration, Instant};

use bedtrack::nemovideo::{EventReader, TurnItem};
use bedtrack_wire::event::ContentPart;

const BYTES: usize = 200 << 20;
/// What a read of a socket brings.
const PIECE: usize = 16 << 10;

fn main() {
    // Recorded events of a real server: pieces of a text and the whole of it.
    let recorded = include_bytes!("../tests/data/wire/partial.sse").repeat(64);
    let mut reader = EventReader::default();
    let (mut events, mut words, mut read) = (0_u64, 0_usize, 0_usize);
    let resident = memory("VmRSS");
    let (began, spent) = (Instant::now(), processor());
    while read < BYTES {
        for piece in recorded.chunks(PIECE) {
            reader.push(piece);
            read += piece.len();
            while let Some(item) = reader.item() {
                events += 1;
                if let TurnItem::Content(content) = item {
                    let texts = content
                        .parts
                        .iter()
                        .map(|part| if let ContentPart::Text(text) = part { text.len() } else { 0 });
                    words += texts.sum::<usize>();
                }
            }
        }
    }
    let (wall, cpu) = (began.elapsed(), processor().zip(spent).map(|(now, then)| now - then));
    let cpu = cpu.unwrap_or(wall);
    let megabytes = read as f64 / f64::from(1 << 20);
    println!("{megabytes:.0} MB, {events} events, {words} bytes of text");
    println!("{:.0} MB/s of CPU ({cpu:.2?} of CPU, {wall:.2?} by the clock)", megabytes / cpu.as_secs_f64());
    if let (Some(before), Some(peak)) = (resident, memory("VmHWM")) {
        println!("{:.1} MB of memory at the peak, {:.1} MB above the beginning", peak, peak - before);
    }
}

/// CPU time of this process so far (Linux: ticks of 10 ms).
fn processor() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(Duration::from_millis((ticks(11)? + ticks(12)?) * 10))
}

/// A line of `/proc/self/status`, in MB.
fn memory(line: &str) -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let value = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':'))?;
    Some(value.trim().trim_end_matches("kB").trim().parse::<f64>().ok()? / 1024.0)
}
