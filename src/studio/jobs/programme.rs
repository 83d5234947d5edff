//! The sound of a whole timeline: the clips' own sound and the music, with their gains and fades, as one mastered file.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::render::RenderError;
use super::workshop::Workshop;
use bedtrack_agent::edit;
use bedtrack_film::{RECORDED_SPEED, Watch};
use bedtrack_sound::ducker::Ducker;
use bedtrack_sound::encode::WavWriter;
use bedtrack_sound::hear::speech::{self, Span};
use bedtrack_sound::programme::{self, Track};
use bedtrack_sound::{PcmSource, RawFile};
use bedtrack_wire::draft::{self, Draft, Segment};
use bedtrack_wire::state::{Medium, State};

/// Loudness of every programme, LUFS (design of the product: what YouTube, TikTok and Instagram play at).
const LOUDNESS: f64 = -14.0;

/// How long a clip's sound takes to come and go where it is cut in its middle.
const SMOOTH_MS: i64 = 6;

/// Depth of programmes and tracks; editors and encoders take it as it is.
pub(super) const WAV_BITS: u16 = 24;

/// One thing that sounds, with its file.
struct Voice {
    file: PathBuf,
    /// Whether the file is a video, whose sound has to be taken out first.
    is_video: bool,
    /// How fast it plays, in percent.
    speed: u32,
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
    /// Whether someone may speak in it, and whether it makes way for who does.
    role: Role,
}

/// What a voice is to the speech in a programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Someone may speak in it.
    Speaks,
    /// It makes way.
    MakesWay,
    /// Neither: it stays as loud as it was set.
    Stays,
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
    let mut prepared = Vec::new();
    for (index, voice) in voices.into_iter().enumerate() {
        let raw = folder.join(format!("voice{index}.raw"));
        if voice.is_video {
            let (from, length) = (whole(voice.in_ms), whole(voice.duration_ms));
            workshop.film.decode_sound_at(&voice.file, voice.speed, from, length, &raw, watch).await?;
        }
        prepared.push((voice, raw));
    }
    let total = frames(draft.end());
    let (out, spool) = (folder.join("programme.wav"), tempfile::tempfile_in(folder)?);
    let (path, watch) = (out.clone(), watch.clone());
    let mixed = tokio::task::spawn_blocking(move || master(prepared, total, spool, &path, &watch));
    mixed.await.map_err(|_| RenderError::Stopped)??;
    Ok(Some(out))
}

/// What sounds: video clips with a sound of their own, and everything on audio tracks.
async fn voices(workshop: &Workshop, session: &str, state: &State, draft: &Draft) -> Result<Vec<Voice>, RenderError> {
    let mut voices = Vec::new();
    let is_ours = |medium: &Medium| medium.kind.as_deref() == Some("music");
    let sounds = draft.t.iter().filter(|track| track.tt == draft::AUDIO).flat_map(|track| &track.sg);
    let has_ours = sounds.filter_map(|segment| state.medium_of(segment)).any(is_ours);
    for track in draft.t.iter().filter(|track| matches!(track.tt, draft::VIDEO | draft::AUDIO)) {
        let is_video = track.tt == draft::VIDEO;
        for placed in track.placed() {
            let segment = placed.segment;
            let gain = segment.volume().unwrap_or(1.0);
            let Some(medium) = state.medium_of(segment) else { continue };
            if gain <= 0.0 || segment.d <= 0 || (is_video && medium.m.get("has_sound") != Some(&Value::Bool(true))) {
                continue;
            }
            voices.push(Voice {
                file: workshop.media_file(session, medium).await?,
                is_video: is_video || medium.kind.as_deref() == Some("video"),
                role: match medium.kind.as_deref() {
                    Some("video") => Role::Speaks,
                    // Beside music of ours a brought sound is a voice or an effect; alone it is the music.
                    _ if has_ours && !is_ours(medium) => Role::Speaks,
                    _ if segment.m.get("duck") == Some(&Value::Bool(false)) => Role::Stays,
                    _ => Role::MakesWay,
                },
                speed: if is_video { edit::speed_of(segment) } else { RECORDED_SPEED },
                start_ms: placed.start,
                in_ms: number(segment, "in"),
                duration_ms: segment.d,
                gain: gain * level(medium),
                fade_in_ms: number(segment, "fade_in"),
                fade_out_ms: number(segment, "fade_out"),
                is_master: is_ours(medium),
                file_ms: medium.duration_ms().unwrap_or(0),
            });
        }
    }
    smooth_cuts(&mut voices);
    Ok(voices)
}

/// Where a clip's sound is cut in its middle it rises or falls over a few ms, which no ear takes for a fade: a hard step
/// clicks. Pieces of one recording that go on from each other are left alone.
fn smooth_cuts(voices: &mut [Voice]) {
    let goes_on = |one: &Voice, next: &Voice| {
        let played = one.duration_ms * i64::from(one.speed) / i64::from(RECORDED_SPEED);
        one.file == next.file
            && (one.speed, one.gain) == (next.speed, next.gain)
            && one.start_ms + one.duration_ms == next.start_ms
            && (one.in_ms + played - next.in_ms).abs() <= 2
    };
    let whole = |voice: &Voice| voice.in_ms + voice.duration_ms * i64::from(voice.speed) / i64::from(RECORDED_SPEED);
    let joints: Vec<bool> =
        voices.windows(2).map(|pair| matches!(pair, [one, next] if one.is_video && goes_on(one, next))).collect();
    for (at, voice) in voices.iter_mut().enumerate().filter(|(_, voice)| voice.is_video) {
        let follows = at.checked_sub(1).and_then(|before| joints.get(before)).copied().unwrap_or(false);
        let is_followed = joints.get(at).copied().unwrap_or(false);
        if voice.in_ms > 0 && !follows {
            voice.fade_in_ms = voice.fade_in_ms.max(SMOOTH_MS);
        }
        if whole(voice) + SMOOTH_MS < voice.file_ms && !is_followed {
            voice.fade_out_ms = voice.fade_out_ms.max(SMOOTH_MS);
        }
    }
}

/// What brings a song of the user's own to the level of our masters, which volumes are shares of, within 20 dB. A clip's
/// own sound stays as it is.
fn level(medium: &Medium) -> f64 {
    let lufs = medium.m.get("lufs").and_then(Value::as_f64).filter(|_| medium.kind.as_deref() == Some("audio"));
    lufs.map_or(1.0, |lufs| 10_f64.powf((LOUDNESS - lufs).clamp(-20.0, 20.0) / 20.0))
}

/// A whole number of a segment's metadata; missing or negative: 0.
pub(super) fn number(segment: &Segment, key: &str) -> i64 {
    segment.m.get(key).and_then(bedtrack_wire::envelope::lenient_i64).unwrap_or(0).max(0)
}

/// Milliseconds that cannot be negative.
pub(super) fn whole(ms: i64) -> u64 {
    u64::try_from(ms).unwrap_or(0)
}

fn frames(ms: i64) -> u64 {
    whole(ms).saturating_mul(u64::from(bedtrack_sound::RATE)) / 1000
}

/// Opens a voice; `raw` holds the sound of a video, decoded already.
fn track(voice: &Voice, raw: &Path) -> Result<Track, RenderError> {
    let source: Box<dyn PcmSource> = if voice.is_video {
        Box::new(RawFile::open(raw)?)
    } else {
        let mut source = bedtrack_sound::decode::open(&voice.file)?;
        skip(source.as_mut(), frames(voice.in_ms))?;
        source
    };
    Ok(Track {
        source,
        start_frame: frames(voice.start_ms),
        frames: frames(voice.duration_ms),
        gain: voice.gain as f32,
        fade_in_frames: frames(voice.fade_in_ms),
        fade_out_frames: frames(voice.fade_out_ms),
        duck: None,
    })
}

/// Where someone speaks, on the programme's own time.
fn speech(voices: &[(Voice, PathBuf)]) -> Result<Vec<Span>, RenderError> {
    let mut spans = Vec::new();
    if !voices.iter().any(|(voice, _)| voice.role == Role::MakesWay) {
        return Ok(spans);
    }
    for (voice, raw) in voices.iter().filter(|(voice, _)| voice.role == Role::Speaks) {
        let (start, length) = (whole(voice.start_ms), whole(voice.duration_ms));
        for span in speech::find(&mut track(voice, raw)?.source)? {
            if span.start_ms < length {
                spans.push(Span { start_ms: start + span.start_ms, end_ms: start + span.end_ms.min(length) });
            }
        }
    }
    Ok(spans)
}

/// Reads frames that are not to be heard.
fn skip(source: &mut dyn PcmSource, mut frames: u64) -> Result<(), RenderError> {
    let mut unheard = vec![[0.0; 2]; 4096];
    while frames > 0 {
        let wanted = usize::try_from(frames).unwrap_or(usize::MAX).min(unheard.len());
        let read = source.read(unheard.get_mut(..wanted).unwrap_or_default())?;
        if read == 0 {
            break;
        }
        frames -= read as u64;
    }
    Ok(())
}

fn master(
    voices: Vec<(Voice, PathBuf)>,
    total: u64,
    mut spool: File,
    out: &Path,
    watch: &Watch,
) -> Result<(), RenderError> {
    let spans = speech(&voices)?;
    let mut tracks = Vec::new();
    for (voice, raw) in &voices {
        let makes_way = voice.role == Role::MakesWay && !spans.is_empty();
        tracks.push(Track { duck: makes_way.then(|| Ducker::new(&spans)), ..track(voice, raw)? });
    }
    let mut mixed = programme::mix(tracks, total);
    let mut wav = WavWriter::new(BufWriter::new(File::create(out)?), WAV_BITS)?;
    programme::set_loudness(&mut mixed, &mut spool, LOUDNESS, &mut |frames| wav.push(frames), &mut |done| {
        watch.at(done);
        !watch.token().is_cancelled()
    })?;
    wav.finish()?;
    Ok(())
}
