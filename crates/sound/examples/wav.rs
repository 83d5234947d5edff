//! From a brief over its score to a file of sound: `cargo run -p bedtrack-sound --example wav -- jazz 30 7 jazz.wav`.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Cursor};

use bedtrack_compose::{Brief, compose};
use bedtrack_sound::encode::WavWriter;
use bedtrack_sound::{Bank, Measured, render_music};

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let genre = words.next().unwrap_or_else(|| "lo-fi".to_owned());
    let seconds = words.next().and_then(|word| word.parse().ok()).unwrap_or(30.0);
    let seed = words.next().and_then(|word| word.parse().ok()).unwrap_or(1);
    let path = words.next().unwrap_or_else(|| format!("{genre}.wav"));

    let score = compose(&Brief::new(&genre, seconds, seed))?.score;
    let mut writer = WavWriter::new(BufWriter::new(File::create(&path)?), 24)?;
    // The mix waits here while its loudness is measured; for long pieces a temporary file does as well.
    let mut spool = Cursor::new(Vec::new());
    let watch = &mut |_share: f32| true;
    let measured = render_music(&score, Bank::built_in(), &mut spool, &mut |frames| writer.push(frames), watch)?;
    writer.finish()?;
    tell(&path, &measured);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "it is what the example is for")]
fn tell(path: &str, measured: &Measured) {
    println!("{path}: {} frames, {:.1} LUFS, {:.1} dBTP", measured.frames, measured.lufs, measured.true_peak_db);
}
