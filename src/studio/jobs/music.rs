//! Making a piece: the brief becomes a score, the score a mastered file, and beside it what an editor needs.

use std::cell::Cell;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::critic;
use super::programme::WAV_BITS;
use super::workshop::{Workshop, media_key, media_url};
use bedtrack_compose::fit::PictureFit;
use bedtrack_compose::{Brief, Composition};
use bedtrack_sound::critic::{Ear, Review, review};
use bedtrack_sound::encode::WavWriter;
use bedtrack_sound::{Bank, Frame, Measured};
use bedtrack_store::StoreError;
use bedtrack_wire::facts::PieceFacts;
use bedtrack_wire::state::Medium;
use bedtrack_wire::time::Ms;

/// A finished piece.
#[derive(Debug, Clone)]
pub struct Recording {
    /// As the session lists it.
    pub medium: Medium,
    /// Its score and what the composer has to say.
    pub composition: Arc<Composition>,
    /// What its master measures.
    pub measured: Measured,
}

/// Why a piece was not made.
#[derive(Debug, thiserror::Error)]
pub enum MusicError {
    /// The brief cannot be met.
    #[error(transparent)]
    Compose(#[from] bedtrack_compose::ComposeError),
    /// The score cannot be played.
    #[error(transparent)]
    Sound(#[from] bedtrack_sound::SoundError),
    /// A file of it could not be written.
    #[error("a file of the music could not be written: {0}")]
    File(#[from] std::io::Error),
    /// It could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Ended on request.
    #[error("ended on request")]
    Cancelled,
    /// A defect of ours.
    #[error("the composer stopped unexpectedly")]
    Stopped,
}

/// Endings of the files of a piece, the master first.
const WAV: &str = "wav";
const MIDI: &str = "mid";
const BEATS: &str = "beats.json";
const PROVENANCE: &str = "provenance.json";
const SCORE: &str = "score.json";

/// Makes a piece and keeps its files. Where `free`, its seed is nobody's wish, and a take that misses the brief is followed
/// by another. With a `fit` its beats lie under a picture's cuts.
pub async fn make(
    workshop: &Workshop,
    session: &str,
    brief: &Brief,
    free: bool,
    fit: Option<PictureFit>,
    cancel: &CancellationToken,
    progress: impl Fn(f32) + Send + 'static,
) -> Result<Recording, MusicError> {
    let folder = workshop.scratch_folder().await?;
    let (bank, stop, path) = (workshop.bank.clone(), cancel.clone(), folder.path().to_owned());
    let played = tokio::task::spawn_blocking({
        let brief = brief.clone();
        move || takes(&bank, &brief, free, fit, &path, &stop, progress)
    });
    let (brief, Performed { composition, measured, files }) = played.await.map_err(|_| MusicError::Stopped)??;
    let id = format!("m-{}", Uuid::new_v4().simple());
    for ending in [WAV, MIDI, BEATS, PROVENANCE, SCORE] {
        let key = media_key(session, &format!("{id}.{ending}"));
        workshop.store.blobs().put_file(&key, &files.join(ending)).await?;
    }
    let url = |ending| media_url(session, &format!("{id}.{ending}"));
    let score = &composition.score;
    let facts = PieceFacts {
        bpm: (score.bpm * 100.0).round() / 100.0,
        key: score.key.name(),
        lufs: (measured.lufs * 10.0).round() / 10.0,
        seed: score.seed,
        licence: bedtrack_sound::provenance::licence(score),
        midi: url(MIDI),
        beats: url(BEATS),
        provenance: url(PROVENANCE),
        score: url(SCORE),
        tonality: score.key,
        brief,
        players: score.parts.iter().map(|part| part.instrument.clone()).collect(),
        motif: bedtrack_compose::incipit(score),
    };
    let medium = Medium {
        kind: Some("music".into()),
        name: Some(score.style.clone()),
        url: Some(url(WAV)),
        d: Some(json!(Ms::from_seconds(score.duration))),
        id: Some(id),
        m: facts.object(),
        ..Medium::default()
    };
    Ok(Recording { medium, composition: Arc::new(composition), measured })
}

/// One take, with the folder that holds its files.
struct Performed {
    composition: Composition,
    measured: Measured,
    files: PathBuf,
}

/// Takes in folders of their own within `folder`, until the critic is content; on a thread of its own, as it takes a whole
/// core. Gives the brief that the kept take was composed from.
fn takes(
    bank: &Bank,
    brief: &Brief,
    free: bool,
    fit: Option<PictureFit>,
    folder: &Path,
    cancel: &CancellationToken,
    progress: impl Fn(f32),
) -> Result<(Brief, Performed), MusicError> {
    let furthest = Cell::new(0.0_f32);
    // A further take does not make the work look undone.
    let onward = |done: f32| {
        furthest.set(furthest.get().max(done));
        progress(furthest.get());
    };
    let (take, turned_down) = critic::perform(brief, free, |brief| {
        let files = folder.join(brief.seed.to_string());
        std::fs::create_dir(&files)?;
        perform(bank, brief, fit, files, cancel, onward)
    })?;
    let Performed { composition, measured, files } = &take.piece;
    let note =
        bedtrack_sound::provenance::note(&take.brief, &composition.score, measured, &take.review, &turned_down, bank);
    std::fs::write(files.join(PROVENANCE), format!("{note:#}\n"))?;
    Ok((take.brief, take.piece))
}

/// Composes, plays and masters into `files`, and listens.
fn perform(
    bank: &Bank,
    brief: &Brief,
    fit: Option<PictureFit>,
    files: PathBuf,
    cancel: &CancellationToken,
    progress: impl Fn(f32),
) -> Result<(Performed, Review), MusicError> {
    let mut composition = match fit {
        Some(fit) => bedtrack_compose::compose(&fit.brief(brief))?,
        None => bedtrack_compose::compose(brief)?,
    };
    if let Some(fit) = fit {
        fit.delay(&mut composition.score);
    }
    let score = &composition.score;
    let mut spool = tempfile::tempfile_in(&files)?;
    let mut wav = WavWriter::new(BufWriter::new(File::create(files.join(WAV))?), WAV_BITS)?;
    let mut ear = Ear::new();
    let mut hand_over = |frames: &[Frame]| {
        ear.push(frames);
        wav.push(frames)
    };
    let measured = bedtrack_sound::render_music(score, bank, &mut spool, &mut hand_over, &mut |done| {
        progress(done);
        !cancel.is_cancelled()
    });
    if cancel.is_cancelled() {
        return Err(MusicError::Cancelled);
    }
    let measured = measured?;
    wav.finish()?;
    std::fs::write(files.join(MIDI), bedtrack_sound::midi::write(score))?;
    std::fs::write(files.join(BEATS), bedtrack_sound::beats::json(score).to_string())?;
    std::fs::write(files.join(SCORE), json!(score).to_string())?;
    let review = review(brief, score, &measured, &ear);
    Ok((Performed { composition, measured, files }, review))
}
