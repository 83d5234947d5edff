//! What a clip is like to score: its cuts and motion, where someone speaks in it, how loud it is. Kept by content, so that
//! a clip is looked at once, whoever uploads it how often.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::workshop::Workshop;
use bedtrack_film::{FilmError, Pace, Watch};
use bedtrack_sound::hear::loudness;
use bedtrack_sound::hear::speech::{self, Span};
use bedtrack_sound::{RawFile, SoundError};
use bedtrack_store::StoreError;
use bedtrack_timeline::{Clip, Timeline};
use bedtrack_wire::look::{RECORDED_SPEED, Transition};
use bedtrack_wire::state::Medium;
use bedtrack_wire::time::Ms;

/// Goes up when the same clip would be judged otherwise, so that older answers are not used.
const VERSION: u32 = 1;
/// Longest clip that a turn waits for.
const LONGEST: Ms = Ms(20 * 60 * 1000);

/// What a clip is like.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// Its picture.
    pub pace: Pace,
    /// Where someone speaks.
    pub speech: Vec<Span>,
    /// Momentary loudness in LUFS, every half second.
    pub loudness: Vec<f32>,
}

/// Why a clip could not be analysed.
#[derive(Debug, thiserror::Error)]
pub enum AnalysisError {
    /// The picture or the sound could not be decoded.
    #[error(transparent)]
    Film(#[from] FilmError),
    /// The sound could not be read.
    #[error(transparent)]
    Sound(#[from] SoundError),
    /// A file could not be read or written.
    #[error("a file could not be read: {0}")]
    File(#[from] std::io::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A defect of ours.
    #[error("the analysis stopped unexpectedly")]
    Stopped,
}

/// The analysis of a video, from the cache where it was made before.
///
/// # Errors
/// What is wrong with the file, and cancelling.
pub async fn of(workshop: &Workshop, session: &str, medium: &Medium, watch: &Watch) -> Result<Analysis, AnalysisError> {
    let file = workshop.media_file(session, medium).await?;
    kept(workshop, &file, &format!("v{VERSION}"), analyse(workshop, &file, medium, watch)).await
}

/// What was found out about a file before, else what `make` finds out now, which is kept by the file's content.
pub(super) async fn kept<T: Serialize + DeserializeOwned>(
    workshop: &Workshop,
    file: &Path,
    kind: &str,
    make: impl Future<Output = Result<T, AnalysisError>>,
) -> Result<T, AnalysisError> {
    let path = file.to_owned();
    let content =
        tokio::task::spawn_blocking(move || fingerprint(&path)).await.map_err(|_| AnalysisError::Stopped)??;
    let key = format!("analysis/{content}.{kind}.json");
    if let Ok(kept) = workshop.store.blobs().path(&key).await
        && let Ok(bytes) = tokio::fs::read(kept).await
        && let Ok(known) = serde_json::from_slice(&bytes)
    {
        return Ok(known);
    }
    let made = make.await?;
    // Somebody else may have been faster, with the same answer; a cache that cannot be written is no fault either.
    if let Ok(bytes) = serde_json::to_vec(&made)
        && let Err(fault) = workshop.store.blobs().put_bytes(&key, bytes).await
    {
        tracing::debug!(%fault, "an analysis was not kept");
    }
    Ok(made)
}

async fn analyse(workshop: &Workshop, file: &Path, medium: &Medium, watch: &Watch) -> Result<Analysis, AnalysisError> {
    let length = medium.length_ms();
    let heard = async {
        if !medium.has_sound() || length == 0 {
            return Ok((Vec::new(), Vec::new()));
        }
        let folder = workshop.scratch_folder().await?;
        let raw = folder.path().join("sound.raw");
        workshop.film.decode_sound(file, 0, length, &raw, watch).await?;
        let listened = tokio::task::spawn_blocking(move || {
            let spans = speech::find(&mut RawFile::open(&raw)?)?;
            Ok::<_, SoundError>((spans, loudness::over_time(&mut RawFile::open(&raw)?)?))
        });
        Ok::<_, AnalysisError>(listened.await.map_err(|_| AnalysisError::Stopped)??)
    };
    let seen = async { Ok::<_, AnalysisError>(workshop.film.pace(file, watch).await?) };
    let (pace, (speech, loudness)) = tokio::try_join!(seen, heard)?;
    Ok(Analysis { pace, speech, loudness })
}

/// SHA-256 of a file's bytes, in hex.
fn fingerprint(path: &Path) -> std::io::Result<String> {
    let (mut file, mut hash, mut block) = (File::open(path)?, Sha256::new(), vec![0_u8; 1 << 16]);
    loop {
        let count = file.read(&mut block)?;
        if count == 0 {
            return Ok(hex::encode(hash.finalize()));
        }
        hash.update(block.get(..count).unwrap_or_default());
    }
}

/// What the whole picture on a timeline is like.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OnTimeline {
    /// Cuts in ms from the timeline's start: those within clips, and where one clip follows another.
    pub cuts: Vec<u64>,
    /// Whether anyone speaks.
    pub speech: bool,
}

impl OnTimeline {
    /// Keeps what lies on a stretch, in ms, counted from its start.
    pub fn keep(&mut self, start: u64, end: u64) {
        self.cuts.retain(|cut| (start..end).contains(cut));
        self.cuts.iter_mut().for_each(|cut| *cut -= start);
    }
}

/// The analysis of all that lies on the picture's tracks. What cannot be analysed counts as one plain shot: no request for
/// music fails for it.
///
/// # Errors
/// Cancelling only.
pub async fn of_timeline(
    workshop: &Workshop,
    session: &str,
    timeline: &Timeline,
    watch: &Watch,
) -> Result<OnTimeline, FilmError> {
    let mut all = OnTimeline::default();
    for clip in timeline.clips() {
        if clip.start > Ms::ZERO {
            all.cuts.push(clip.start.whole() + clip.transition.map_or(0, Transition::lead_ms));
        }
        let Some(medium) = timeline.medium_of(clip) else { continue };
        let is_short = medium.duration_ms().is_some_and(|length| Ms(length) <= LONGEST);
        if !medium.is_video() || !is_short {
            continue;
        }
        let known = match of(workshop, session, medium, watch).await {
            Ok(known) => known,
            Err(AnalysisError::Film(FilmError::Cancelled)) => return Err(FilmError::Cancelled),
            Err(fault) => {
                tracing::warn!(%fault, "a clip could not be analysed");
                continue;
            }
        };
        let (from, to) = shown_of(clip);
        let played = |ms: u64| ms * u64::from(RECORDED_SPEED) / u64::from(clip.speed);
        let shown = |at: u64| (from..to).contains(&at);
        let start = clip.start.whole();
        all.cuts
            .extend(known.pace.cuts.iter().filter(|cut| shown(cut.at_ms)).map(|cut| played(cut.at_ms - from) + start));
        all.speech |= clip.is_heard() && known.speech.iter().any(|span| span.start_ms < to && span.end_ms > from);
    }
    all.cuts.sort_unstable();
    all.cuts.dedup_by(|later, kept| *later - *kept < 100);
    Ok(all)
}

/// The part of its medium that a clip shows, in ms.
fn shown_of(clip: &Clip) -> (u64, u64) {
    let recorded = Ms(clip.length.0.saturating_mul(i64::from(clip.speed)) / i64::from(RECORDED_SPEED));
    let from = clip.source_in.max(Ms::ZERO);
    (from.whole(), (from + recorded).whole())
}
