//! The sound of a whole timeline: the clips' own sound and the music, with their gains and fades, as one mastered file.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use super::render_error::RenderError;
use super::workshop::Workshop;
use bedtrack_film::Watch;
use bedtrack_sound::ducker::Ducker;
use bedtrack_sound::encode::WavWriter;
use bedtrack_sound::hear::speech::{self, Span};
use bedtrack_sound::programme::{self, Track};
use bedtrack_sound::{PcmSource, RawFile};
use bedtrack_timeline::{self as timeline, Clip, Kind, Sound, Timeline};
use bedtrack_wire::look::RECORDED_SPEED;
use bedtrack_wire::state::Medium;
use bedtrack_wire::time::Ms;

/// Loudness of every programme, LUFS (design of the product: what YouTube, TikTok and Instagram play at).
const LOUDNESS: f64 = -14.0;

/// How long a clip's sound takes to come and go where it is cut in its middle.
const SMOOTH: Ms = Ms(6);

/// Depth of programmes and tracks; editors and encoders take it as it is.
pub(super) const WAV_BITS: u16 = 24;

/// One thing that sounds, with its file.
struct SoundingClip {
    file: PathBuf,
    /// Whether the file is a video, whose sound has to be taken out first.
    is_video: bool,
    /// How fast it plays, in percent.
    speed: u32,
    start: Ms,
    source_in: Ms,
    length: Ms,
    gain: f64,
    fade_in: Ms,
    fade_out: Ms,
    /// Whether the file is a master of ours, at the programme's loudness already.
    is_master: bool,
    /// Length of the whole file.
    file_length: Ms,
    /// Whether someone may speak in it, and whether it makes way for who does.
    role: SpeechRole,
}

/// What a voice is to the speech in a programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SpeechRole {
    /// Someone may speak in it.
    Speaks,
    /// It makes way.
    MakesWay,
    /// Neither: it stays as loud as it was set.
    Stays,
}

impl SoundingClip {
    /// Whether it is a finished master that fills the timeline alone, which another pass could only harm.
    fn is_whole_programme(&self, end: Ms) -> bool {
        self.is_master
            && [self.start, self.source_in, self.fade_in, self.fade_out] == [Ms::ZERO; 4]
            && self.gain == 1.0
            && self.length == self.file_length
            && self.length == end
    }

    /// How much of the file is played.
    fn played(&self) -> Ms {
        Ms(self.length.0.saturating_mul(i64::from(self.speed)) / i64::from(RECORDED_SPEED))
    }
}

/// Mixes all that sounds on the timeline into a WAV in `folder`; `None` where nothing does.
pub async fn mix(
    workshop: &Workshop,
    session: &str,
    timeline: &Timeline,
    folder: &Path,
    watch: &Watch,
) -> Result<Option<PathBuf>, RenderError> {
    let voices = voices(workshop, session, timeline).await?;
    if voices.is_empty() {
        return Ok(None);
    }
    if let [voice] = voices.as_slice()
        && voice.is_whole_programme(timeline.end())
    {
        return Ok(Some(voice.file.clone()));
    }
    let mut prepared = Vec::new();
    for (index, voice) in voices.into_iter().enumerate() {
        let raw = folder.join(format!("voice{index}.raw"));
        if voice.is_video {
            let (from, length) = (voice.source_in.whole(), voice.length.whole());
            workshop.film.decode_sound_at(&voice.file, voice.speed, from, length, &raw, watch).await?;
        }
        prepared.push((voice, raw));
    }
    let total = frames(timeline.end());
    let (out, spool) = (folder.join("programme.wav"), tempfile::tempfile_in(folder)?);
    let (path, watch) = (out.clone(), watch.clone());
    let mixed = tokio::task::spawn_blocking(move || master(prepared, total, spool, &path, &watch));
    mixed.await.map_err(|_| RenderError::Stopped)??;
    Ok(Some(out))
}

/// What sounds: video clips with a sound of their own, and everything on audio tracks.
async fn voices(workshop: &Workshop, session: &str, timeline: &Timeline) -> Result<Vec<SoundingClip>, RenderError> {
    let mut voices = Vec::new();
    for track in &timeline.tracks {
        let sounding: Vec<(&Medium, SoundingClip)> = match track {
            timeline::Track::Picture(lane) => lane.items.iter().filter_map(|clip| own_sound(timeline, clip)).collect(),
            timeline::Track::Sound(lane) => lane.items.iter().filter_map(|sound| beside(timeline, sound)).collect(),
            _ => Vec::new(),
        };
        for (medium, voice) in sounding.into_iter().filter(|(_, voice)| voice.gain > 0.0 && voice.length > Ms::ZERO) {
            voices.push(SoundingClip { file: workshop.media_file(session, medium).await?, ..voice });
        }
    }
    smooth_cuts(&mut voices);
    Ok(voices)
}

/// The own sound of a clip, where it has any.
fn own_sound<'a>(timeline: &'a Timeline, clip: &Clip) -> Option<(&'a Medium, SoundingClip)> {
    let medium = timeline.medium_of(clip).filter(|medium| medium.has_sound())?;
    let voice = SoundingClip {
        file: PathBuf::new(),
        is_video: true,
        role: role(timeline, medium, None),
        speed: clip.speed,
        start: clip.start,
        source_in: clip.source_in.max(Ms::ZERO),
        length: clip.length,
        gain: clip.level() * level(medium),
        fade_in: clip.fade_in.unwrap_or_default().max(Ms::ZERO),
        fade_out: clip.fade_out.unwrap_or_default().max(Ms::ZERO),
        is_master: medium.is_piece(),
        file_length: Ms::from(medium.length_ms()),
    };
    Some((medium, voice))
}

/// A sound beside the clips' own.
fn beside<'a>(timeline: &'a Timeline, sound: &Sound) -> Option<(&'a Medium, SoundingClip)> {
    let medium = timeline.medium_of(sound)?;
    let voice = SoundingClip {
        file: PathBuf::new(),
        is_video: medium.is_video(),
        role: if sound.id.kind == Kind::Voice { SpeechRole::Speaks } else { role(timeline, medium, sound.duck) },
        speed: RECORDED_SPEED,
        start: sound.start,
        source_in: sound.source_in.max(Ms::ZERO),
        length: sound.length,
        gain: sound.level() * level(medium),
        fade_in: sound.fade_in.unwrap_or_default().max(Ms::ZERO),
        fade_out: sound.fade_out.unwrap_or_default().max(Ms::ZERO),
        is_master: medium.is_piece(),
        file_length: Ms::from(medium.length_ms()),
    };
    Some((medium, voice))
}

/// What a medium is to speech, where `duck` may say that it makes no way.
fn role(timeline: &Timeline, medium: &Medium, duck: Option<bool>) -> SpeechRole {
    let has_ours = || timeline.sounds().filter_map(|sound| timeline.medium_of(sound)).any(Medium::is_piece);
    match duck {
        _ if medium.is_video() => SpeechRole::Speaks,
        // Beside music of ours a brought sound is a voice or an effect; alone it is the music.
        _ if !medium.is_piece() && has_ours() => SpeechRole::Speaks,
        Some(false) => SpeechRole::Stays,
        _ => SpeechRole::MakesWay,
    }
}

/// Where a clip's sound is cut in its middle it rises or falls over a few ms, which no ear takes for a fade: a hard step
/// clicks. Pieces of one recording that go on from each other are left alone.
fn smooth_cuts(voices: &mut [SoundingClip]) {
    let goes_on = |one: &SoundingClip, next: &SoundingClip| {
        one.file == next.file
            && (one.speed, one.gain) == (next.speed, next.gain)
            && one.start + one.length == next.start
            && (one.source_in + one.played()).apart(next.source_in) <= Ms(2)
    };
    let joints: Vec<bool> =
        voices.windows(2).map(|pair| matches!(pair, [one, next] if one.is_video && goes_on(one, next))).collect();
    for (at, voice) in voices.iter_mut().enumerate().filter(|(_, voice)| voice.is_video) {
        let follows = at.checked_sub(1).and_then(|before| joints.get(before)).copied().unwrap_or(false);
        let is_followed = joints.get(at).copied().unwrap_or(false);
        if voice.source_in > Ms::ZERO && !follows {
            voice.fade_in = voice.fade_in.max(SMOOTH);
        }
        if voice.source_in + voice.played() + SMOOTH < voice.file_length && !is_followed {
            voice.fade_out = voice.fade_out.max(SMOOTH);
        }
    }
}

/// What brings a song of the user's own to the level of our masters, which volumes are shares of, within 20 dB. A clip's
/// own sound stays as it is.
fn level(medium: &Medium) -> f64 {
    let lufs = medium.lufs().filter(|_| medium.is_song());
    lufs.map_or(1.0, |lufs| 10_f64.powf((LOUDNESS - lufs).clamp(-20.0, 20.0) / 20.0))
}

fn frames(length: Ms) -> u64 {
    length.whole().saturating_mul(u64::from(bedtrack_sound::RATE)) / 1000
}

/// Opens a voice; `raw` holds the sound of a video, decoded already.
fn track(voice: &SoundingClip, raw: &Path) -> Result<Track, RenderError> {
    let source: Box<dyn PcmSource> = if voice.is_video {
        Box::new(RawFile::open(raw)?)
    } else {
        let mut source = bedtrack_sound::decode::open(&voice.file)?;
        skip(source.as_mut(), frames(voice.source_in))?;
        source
    };
    Ok(Track {
        source,
        start_frame: frames(voice.start),
        frames: frames(voice.length),
        gain: voice.gain as f32,
        fade_in_frames: frames(voice.fade_in),
        fade_out_frames: frames(voice.fade_out),
        duck: None,
    })
}

/// Where someone speaks, on the programme's own time.
fn speech(voices: &[(SoundingClip, PathBuf)]) -> Result<Vec<Span>, RenderError> {
    let mut spans = Vec::new();
    if !voices.iter().any(|(voice, _)| voice.role == SpeechRole::MakesWay) {
        return Ok(spans);
    }
    for (voice, raw) in voices.iter().filter(|(voice, _)| voice.role == SpeechRole::Speaks) {
        let (start, length) = (voice.start.whole(), voice.length.whole());
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
    voices: Vec<(SoundingClip, PathBuf)>,
    total: u64,
    mut spool: File,
    out: &Path,
    watch: &Watch,
) -> Result<(), RenderError> {
    let spans = speech(&voices)?;
    let mut tracks = Vec::new();
    for (voice, raw) in &voices {
        let makes_way = voice.role == SpeechRole::MakesWay && !spans.is_empty();
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
