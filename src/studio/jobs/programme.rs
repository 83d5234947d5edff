//! The sound of a whole timeline: the clips' own sound and the music, with their gains and fades, as one mastered file.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::render::RenderError;
use super::workshop::Workshop;
use crate::studio::film::Watch;
use crate::studio::sound::programme::{self, Track};
use crate::studio::sound::{self, PcmSource};
use crate::wire::draft::{self, Draft, Segment};
use crate::wire::state::{Medium, State};

/// Loudness of every programme, LUFS (design of the product: what YouTube, TikTok and Instagram play at).
const LOUDNESS: f64 = -14.0;

/// One thing that sounds, with its file.
struct Voice {
    file: PathBuf,
    /// Whether the file is a video, whose sound has to be taken out first.
    is_video: bool,
    start_ms: i64,
    in_ms: i64,
    duration_ms: i64,
    gain: f64,
    fade_in_ms: i64,
    fade_out_ms: i64,
    /// Whether the file is a master of ours, at the programme's loudness already.
    is_master: bool,
    /// Length of the whole file.
    file_ms: i64,
}

impl Voice {
    /// Whether it is a finished master that fills the timeline alone, which another pass could only harm.
    fn is_whole_programme(&self, draft: &Draft) -> bool {
        self.is_master
            && (self.start_ms, self.in_ms, self.fade_in_ms, self.fade_out_ms) == (0, 0, 0, 0)
            && self.gain == 1.0
            && self.duration_ms == self.file_ms
            && self.duration_ms == draft.end()
    }
}

/// Mixes all that sounds on the draft into a WAV in `folder`; `None` where nothing does.
pub async fn mix(
    workshop: &Workshop,
    session: &str,
    state: &State,
    draft: &Draft,
    folder: &Path,
    watch: &Watch,
) -> Result<Option<PathBuf>, RenderError> {
    let voices = voices(workshop, session, state, draft).await?;
    if voices.is_empty() {
        return Ok(None);
    }
    if let [voice] = voices.as_slice()
        && voice.is_whole_programme(draft)
    {
        return Ok(Some(voice.file.clone()));
    }
    let mut tracks = Vec::new();
    for (index, voice) in voices.into_iter().enumerate() {
        tracks.push(track(workshop, voice, &folder.join(format!("voice{index}.raw")), watch).await?);
    }
    let total = frames(draft.end());
    let (out, spool) = (folder.join("programme.wav"), tempfile::tempfile_in(folder)?);
    let (path, stop) = (out.clone(), watch.clone());
    let mixed = tokio::task::spawn_blocking(move || master(tracks, total, spool, &path, &stop));
    mixed.await.map_err(|_| RenderError::Stopped)??;
    Ok(Some(out))
}

/// What sounds: video clips with a sound of their own, and everything on audio tracks.
async fn voices(workshop: &Workshop, session: &str, state: &State, draft: &Draft) -> Result<Vec<Voice>, RenderError> {
    let mut voices = Vec::new();
    for track in draft.t.iter().filter(|track| matches!(track.tt, draft::VIDEO | draft::AUDIO)) {
        let is_video = track.tt == draft::VIDEO;
        for placed in track.placed() {
            let segment = placed.segment;
            let gain = segment.volume().unwrap_or(1.0);
            let Some(medium) = medium_of(state, segment) else { continue };
            if gain <= 0.0 || segment.d <= 0 || (is_video && medium.m.get("has_sound") != Some(&Value::Bool(true))) {
                continue;
            }
            voices.push(Voice {
                file: workshop.media_file(session, medium).await?,
                is_video: is_video || medium.kind.as_deref() == Some("video"),
                start_ms: placed.start,
                in_ms: number(segment, "in"),
                duration_ms: segment.d,
                gain,
                fade_in_ms: number(segment, "fade_in"),
                fade_out_ms: number(segment, "fade_out"),
                is_master: medium.kind.as_deref() == Some("music"),
                file_ms: medium.duration_ms().unwrap_or(0),
            });
        }
    }
    Ok(voices)
}

/// The medium a segment plays.
pub(super) fn medium_of<'a>(state: &'a State, segment: &Segment) -> Option<&'a Medium> {
    segment.references().find_map(|reference| state.medium(reference))
}

/// A whole number of a segment's metadata; missing or negative: 0.
pub(super) fn number(segment: &Segment, key: &str) -> i64 {
    segment.m.get(key).and_then(crate::wire::envelope::lenient_i64).unwrap_or(0).max(0)
}

/// Milliseconds that cannot be negative.
pub(super) fn whole(ms: i64) -> u64 {
    u64::try_from(ms).unwrap_or(0)
}

fn frames(ms: i64) -> u64 {
    whole(ms) * u64::from(sound::RATE) / 1000
}

async fn track(workshop: &Workshop, voice: Voice, raw: &Path, watch: &Watch) -> Result<Track, RenderError> {
    let length = frames(voice.duration_ms);
    let source: Box<dyn PcmSource> = if voice.is_video {
        workshop.film.decode_sound(&voice.file, whole(voice.in_ms), whole(voice.duration_ms), raw, watch).await?;
        Box::new(sound::source::RawFile::open(raw)?)
    } else {
        let (file, skip) = (voice.file, frames(voice.in_ms));
        let opened = tokio::task::spawn_blocking(move || {
            let mut source = sound::decode::open(&file)?;
            sound::source::skip(source.as_mut(), skip)?;
            Ok::<_, sound::SoundError>(source)
        });
        opened.await.map_err(|_| RenderError::Stopped)??
    };
    Ok(Track {
        source,
        start_frame: frames(voice.start_ms),
        frames: length,
        gain: voice.gain as f32,
        fade_in_frames: frames(voice.fade_in_ms),
        fade_out_frames: frames(voice.fade_out_ms),
    })
}

fn master(tracks: Vec<Track>, total: u64, mut spool: File, out: &Path, watch: &Watch) -> Result<(), RenderError> {
    let mut mixed = programme::mix(tracks, total);
    let mut wav = sound::encode::wav::Writer::new(BufWriter::new(File::create(out)?))?;
    let mut failed = None;
    programme::set_loudness(
        &mut mixed,
        &mut spool,
        LOUDNESS,
        &mut |frames| {
            if failed.is_none() {
                failed = wav.push(frames).err();
            }
        },
        &mut |_| !watch.token().is_cancelled(),
    )?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    wav.finish()?;
    Ok(())
}
