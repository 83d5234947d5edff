//! The stems of the music on a timeline as one zip, played anew from the kept score: five files a piece would otherwise
//! lie on the disk for every take. They sum to the mix before mastering.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use zip::ZipWriter;

use super::archive::add_files;
use super::programme::WAV_BITS;
use super::render_error::RenderError;
use super::workshop::Workshop;
use bedtrack_compose::Score;
use bedtrack_compose::score::Stem;
use bedtrack_film::Watch;
use bedtrack_sound::encode::WavWriter;
use bedtrack_sound::{Bank, Performance, StemBlock};
use bedtrack_timeline::Timeline;

/// Writes the stems of every piece on the timeline.
pub async fn write(
    workshop: &Workshop,
    session: &str,
    timeline: &Timeline,
    folder: &Path,
    out: &Path,
    watch: &Watch,
) -> Result<(), RenderError> {
    let mut scores = Vec::new();
    for sound in timeline.sounds() {
        let url = timeline.medium_of(sound).and_then(|medium| medium.score_url());
        if let Some(url) = url.filter(|url| !scores.iter().any(|(known, _)| known == url)) {
            scores.push((url.to_owned(), workshop.file_at(session, url).await?));
        }
    }
    if scores.is_empty() {
        return Err(RenderError::Wish("there is no music of the studio's own on the timeline to take apart".into()));
    }
    let (bank, folder, out, watch) = (workshop.bank.clone(), folder.to_owned(), out.to_owned(), watch.clone());
    let written = tokio::task::spawn_blocking(move || {
        let mut zip = ZipWriter::new(File::create(out)?);
        for (number, (_, score)) in scores.iter().enumerate() {
            let score: Score = serde_json::from_reader(std::io::BufReader::new(File::open(score)?))
                .map_err(|error| RenderError::Missing(format!("a score cannot be read: {error}")))?;
            let folder_in_zip =
                if scores.len() == 1 { String::new() } else { format!("{:02} {}/", number + 1, score.style) };
            let files = play(&bank, &score, &folder, &watch)?;
            let named: Vec<(String, PathBuf)> =
                files.into_iter().map(|(stem, path)| (format!("{folder_in_zip}{stem}.wav"), path)).collect();
            add_files(&mut zip, named.iter().map(|(name, path)| (name.as_str(), path.as_path())))?;
        }
        zip.finish().map_err(std::io::Error::from)?;
        Ok::<_, RenderError>(())
    });
    written.await.map_err(|_| RenderError::Stopped)??;
    Ok(())
}

/// Plays a score into one WAV for each stem that has notes.
fn play(bank: &Bank, score: &Score, folder: &Path, watch: &Watch) -> Result<Vec<(String, PathBuf)>, RenderError> {
    let playing = Performance::new(score, bank)?.playing();
    let mut writers = Vec::new();
    for (stem, _) in Stem::ALL.iter().zip(playing).filter(|(_, plays)| *plays) {
        let path = folder.join(format!("{}.wav", stem.name()));
        writers.push((*stem, path.clone(), WavWriter::new(BufWriter::new(File::create(&path)?), WAV_BITS)?));
    }
    let mut sink = |block: &StemBlock, count: usize| {
        for (stem, frames) in block.named() {
            if let Some((.., writer)) = writers.iter_mut().find(|(known, ..)| *known == stem) {
                writer.push(frames.get(..count).unwrap_or_default())?;
            }
        }
        Ok(())
    };
    bedtrack_sound::play(score, bank, &mut sink, &mut |done| {
        watch.at(done);
        !watch.token().is_cancelled()
    })?;
    writers
        .into_iter()
        .map(|(stem, path, writer)| {
            writer.finish()?;
            Ok((stem.name().to_owned(), path))
        })
        .collect()
}
