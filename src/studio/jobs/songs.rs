//! The beats of the music on a timeline: those of a piece of ours are known from its score, those of a song that was
//! uploaded are heard, once, and kept by its content.

use serde::{Deserialize, Serialize};

use super::analysis::{self, AnalysisError};
use super::workshop::Workshop;
use bedtrack_agent::beats::Section;
use bedtrack_compose::Score;
use bedtrack_film::{FilmError, Watch};
use bedtrack_sound::hear::beats::{self, Beats};
use bedtrack_sound::hear::{loudness, sections};
use bedtrack_sound::{RawFile, SoundError};
use bedtrack_timeline::{Item as _, Sound, Timeline};
use bedtrack_wire::state::Medium;
use bedtrack_wire::time::Ms;

/// Goes up when the same song would be heard otherwise.
const VERSION: u32 = 2;
/// Below this there may be no beat at all.
const SURE: f64 = 0.3;

/// The beats of all music on a timeline, on its own clock, in seconds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TimelineBeats {
    /// Every beat; none where no steady beat is heard.
    pub beats: Vec<f64>,
    /// The first beat of every bar.
    pub downbeats: Vec<f64>,
    /// Its parts.
    pub sections: Vec<Section>,
    /// The tempo of the first piece that has one.
    pub bpm: Option<f64>,
    /// When the last piece ends.
    pub end: Ms,
}

/// A song as it was heard.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Song {
    beats: Beats,
    loudness: Vec<f32>,
}

/// Listens to the music on a timeline; nothing where there is none.
///
/// # Errors
/// What is wrong with a file, and cancelling.
pub async fn on_timeline(
    workshop: &Workshop,
    session: &str,
    timeline: &Timeline,
    watch: &Watch,
) -> Result<Option<TimelineBeats>, AnalysisError> {
    let mut all = TimelineBeats::default();
    let mut any = false;
    for sound in timeline.sounds() {
        let Some(medium) = timeline.medium_of(sound) else { continue };
        any = true;
        let heard = match score(workshop, session, medium).await {
            Some(score) => of_score(score),
            None => of_song(song(workshop, session, medium, watch).await?),
        };
        all.add(heard, sound);
    }
    Ok(any.then_some(all))
}

impl TimelineBeats {
    /// Adds what a sound plays of a piece.
    fn add(&mut self, piece: Self, sound: &Sound) {
        let seconds = |time: Ms| time.max(Ms::ZERO).seconds();
        let from = seconds(sound.source_in);
        let (start, end) = (seconds(sound.start), seconds(sound.end()));
        let there = |at: f64| at - from + start;
        let plays = |at: &f64| (start - 1e-6..end).contains(at);
        self.beats.extend(piece.beats.into_iter().map(there).filter(plays));
        self.downbeats.extend(piece.downbeats.into_iter().map(there).filter(plays));
        self.sections.extend(piece.sections.into_iter().filter_map(|section| {
            let (first, last) = (there(section.start).max(start), there(section.end).min(end));
            (first < last).then_some(Section { start: first, end: last, ..section })
        }));
        self.bpm = self.bpm.or(piece.bpm);
        self.end = self.end.max(sound.end());
    }
}

/// The score of a piece of ours, which lies beside it.
async fn score(workshop: &Workshop, session: &str, medium: &Medium) -> Option<Score> {
    let url = medium.score_url()?;
    let bytes = tokio::fs::read(workshop.file_at(session, url).await.ok()?).await.ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn of_score(score: Score) -> TimelineBeats {
    let sections = score.sections.iter().map(|part| Section { start: part.start, end: part.end, energy: part.energy });
    TimelineBeats {
        sections: sections.collect(),
        bpm: (!score.beats.is_empty()).then_some(score.bpm),
        beats: score.beats,
        downbeats: score.bars,
        end: Ms::ZERO,
    }
}

fn of_song(song: Song) -> TimelineBeats {
    let parts = sections::find(&song.loudness).into_iter();
    let sections = parts.map(|part| Section { start: part.start, end: part.end, energy: part.energy }).collect();
    if song.beats.confidence < SURE {
        return TimelineBeats { sections, ..TimelineBeats::default() };
    }
    TimelineBeats {
        sections,
        bpm: Some(song.beats.bpm),
        beats: song.beats.beats,
        downbeats: song.beats.downbeats,
        end: Ms::ZERO,
    }
}

/// A song, listened to now or before.
async fn song(workshop: &Workshop, session: &str, medium: &Medium, watch: &Watch) -> Result<Song, AnalysisError> {
    let file = workshop.media_file(session, medium).await?;
    let length = medium.length_ms();
    let listen = async {
        let folder = workshop.scratch_folder().await?;
        let raw = folder.path().join("song.raw");
        workshop.film.decode_sound(&file, 0, length, &raw, watch).await?;
        let heard = tokio::task::spawn_blocking(move || {
            let beats = beats::track(&mut RawFile::open(&raw)?)?;
            Ok::<_, SoundError>(Song { beats, loudness: loudness::over_time(&mut RawFile::open(&raw)?)? })
        });
        let heard = heard.await.map_err(|_| AnalysisError::Stopped)??;
        if watch.token().is_cancelled() { Err(FilmError::Cancelled.into()) } else { Ok(heard) }
    };
    analysis::kept(workshop, &file, &format!("song.v{VERSION}"), listen).await
}
