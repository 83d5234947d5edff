//! Measures a minute of every genre and writes the table and the plots of `docs/figures`. The music is composed, played,
//! mastered and encoded as the studio does it; ffmpeg encodes, and is left out where it is missing.
//!
//! usage: figures [FOLDER [SECONDS [GENRE...]]]

mod heard;
mod plot;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bedtrack_compose::{Brief, Score};
use bedtrack_sound::critic::{self, Ear, Review};
use bedtrack_sound::encode::WavWriter;
use bedtrack_sound::{Bank, Frame, decode, render_music};
use heard::Heard;
use serde_json::json;

/// Seed of every piece shown.
const SEED: u64 = 1;

/// A genre's row.
struct Row {
    score: Score,
    review: Review,
    heard: Heard,
    /// LUFS and dBTP after M4A and MP3, at the studio's standard rates.
    encoded: Vec<(f64, f64)>,
}

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "docs/figures".to_owned()));
    let seconds: f64 = arguments.next().map_or(Ok(60.0), |seconds| seconds.parse())?;
    let named: Vec<String> = arguments.collect();
    fs::create_dir_all(&folder)?;
    let mut rows = Vec::new();
    for genre in bedtrack_compose::genres().iter().filter(|genre| named.is_empty() || named.contains(&genre.id)) {
        let row = row(&genre.id, seconds)?;
        fs::write(folder.join(format!("{}.svg", genre.id)), plot::draw(&row.score, &row.heard))?;
        say(&line(&row));
        rows.push(row);
    }
    fs::write(folder.join("README.md"), page(&rows, seconds))?;
    say(&format!("{} written", folder.join("README.md").display()));
    Ok(())
}

fn row(genre: &str, seconds: f64) -> anyhow::Result<Row> {
    let brief: Brief = serde_json::from_value(json!({"genre": genre, "duration_seconds": seconds, "seed": SEED}))?;
    let score = bedtrack_compose::compose(&brief)?.score;
    let scratch = tempfile::tempdir()?;
    let path = scratch.path().join("piece.wav");
    let mut wav = WavWriter::new(std::io::BufWriter::new(fs::File::create(&path)?), 24)?;
    let mut spool = tempfile::tempfile()?;
    let (mut ear, mut heard) = (Ear::new(), Heard::new(seconds));
    let mut hand_over = |frames: &[Frame]| {
        ear.push(frames);
        heard.push(frames);
        wav.push(frames)
    };
    let measured = render_music(&score, Bank::built_in(), &mut spool, &mut hand_over, &mut |_| true)?;
    wav.finish()?;
    let review = critic::review(&brief, &score, &measured, &ear);
    let encoded = [("m4a", ["-c:a", "aac", "-aac_pns", "0"].as_slice()), ("mp3", &["-c:a", "libmp3lame"])];
    let encoded = encoded.iter().filter_map(|(ending, settings)| after(&path, ending, settings)).collect();
    Ok(Row { score, review, heard, encoded })
}

/// Loudness and true peak of what `wav` becomes as a lossy file; none where ffmpeg is missing or cannot.
fn after(wav: &Path, ending: &str, settings: &[&str]) -> Option<(f64, f64)> {
    let out = wav.with_extension(ending);
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-nostdin", "-y", "-i"]).arg(wav).args(settings).args(["-b:a", "192k"]).arg(&out);
    ffmpeg.status().ok().filter(|status| status.success())?;
    let mut source = decode::open(&out).ok()?;
    let mut meter = ebur128::EbuR128::new(2, 48_000, ebur128::Mode::I | ebur128::Mode::TRUE_PEAK).ok()?;
    let mut block = vec![[0.0; 2]; 4096];
    loop {
        let count = source.read(&mut block).ok()?;
        if count == 0 {
            break;
        }
        meter.add_frames_f32(block.get(..count)?.as_flattened()).ok()?;
    }
    let peak = meter.true_peak(0).ok()?.max(meter.true_peak(1).ok()?);
    Some((meter.loudness_global().ok()?, 20.0 * peak.log10()))
}

/// One row of the table.
fn line(row: &Row) -> String {
    let Row { score, review, heard, encoded } = row;
    let bpm = review.bpm.map_or_else(|| "–".to_owned(), |bpm| format!("{bpm:.0}"));
    let key = match review.key_rank {
        Some(0) => "yes",
        Some(1 | 2) => "a fifth off",
        Some(_) => "no",
        None => "–",
    };
    let mut line = format!(
        "| {} | {:.0} / {bpm} | {} / {key} | {:.1} | {:.1} | {:.1} | {:.1} | {:.2} | {:.1} | {:.1} | {:.0} |",
        score.genre,
        score.bpm,
        score.key.name(),
        review.lufs,
        review.true_peak_db,
        heard.crest_db(),
        review.width_db,
        review.correlation,
        heard.fold_db(),
        heard.presence_db(),
        review.end_db,
    );
    for number in 0..2 {
        match encoded.get(number) {
            Some((lufs, peak)) => {
                // Writing to a string cannot fail.
                let _ = write!(line, " {lufs:.1} / {peak:.1} |");
            }
            None => line.push_str(" – |"),
        }
    }
    line
}

fn page(rows: &[Row], seconds: f64) -> String {
    let mut page = format!(
        "# What every genre measures\n\n\
        Made by `cargo run --release --example figures`: {seconds:.0} seconds of every genre, seed {SEED}, as the studio\n\
        composes, plays and masters them. Nothing in the mix is steered by these numbers but the loudness and the peak.\n\n\
        - Tempo: as written / as heard from the strokes. Key: as written / whether the seven notes heard most are its own.\n\
        - LUFS and dBTP: integrated loudness and true peak of the master (aims: -14 ±0.5, at most -1); M4A and MP3: the\n  \
          same after encoding at 192 kbit/s and decoding, of the encoder alone. An export is listened to after encoding,\n  \
          and turned down for the moments that rose above -1 dBTP.\n\
        - Crest: peak over RMS (10 to 16 dB in real music). Side: sides against middle (-12 to -3). Corr.: of left and right\n  \
          (0.3 to 0.9). Mono: what folding to mono costs (under 3). 2–6 kHz: share of the whole (-18 to -10 in bright\n  \
          genres, to -24 in soft ones, -31 in orchestral ones). End: level of the last 50 ms (below -45).\n\n\
        | Genre | Tempo | Key | LUFS | dBTP | Crest | Side | Corr. | Mono | 2–6 kHz | End | M4A | MP3 |\n\
        | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
    );
    for row in rows {
        page.push_str(&line(row));
        page.push('\n');
    }
    page.push_str("\nWaveform with its sections, and spectrum in third octaves:\n\n");
    for Row { score, .. } in rows {
        let _ = writeln!(page, "**{}**\n\n![{}]({}.svg)\n", score.style, score.style, score.genre);
    }
    page
}

#[expect(clippy::print_stdout, reason = "a command for people")]
fn say(line: &str) {
    println!("{line}");
}
