//! One take of a piece before any revision: looks the brief's names up, has the piece sketched and cast, and gathers the
//! players' parts into a score.

use super::cast::{self, Player};
use super::line::NoteEvent;
use super::melody::Tunes;
use super::sketch::{Sketch, TimedChord};
use super::voicing::{Voicing, lead};
use super::{bass, chords, counter, drums, outline, perform, texture};
use crate::brief::Brief;
use crate::composition::Composition;
use crate::fusion::blend;
use crate::genre::Genre;
use crate::genres::genres;
use crate::instruments::Role;
use crate::limits::{LENGTH_SECONDS, TEMPO_BPM};
use crate::moods::{Mood, moods};
use crate::remark::ComposeError;
use crate::score::{ChordSpan, MixColour, Part, Score, Section};

/// One of the pieces of a brief before any revision.
pub fn base_take(brief: &Brief, take: u64) -> Result<Composition, ComposeError> {
    check(brief)?;
    let genre = genres().get(&brief.genre).ok_or_else(|| ComposeError::UnknownGenre(brief.genre.clone()))?;
    let known = |id: &String| moods().get(id).ok_or_else(|| ComposeError::UnknownMood(id.clone()));
    let named: Vec<&Mood> = brief.moods.iter().map(known).collect::<Result<_, _>>()?;
    let lender = match &brief.fusion {
        Some(fusion) if fusion.genre != genre.id => {
            let lender = genres().get(&fusion.genre).ok_or_else(|| ComposeError::UnknownGenre(fusion.genre.clone()))?;
            Some((lender, fusion))
        }
        _ => None,
    };
    match lender {
        Some((lender, fusion)) => write(brief, take, &blend(genre, lender, fusion), &named),
        None => write(brief, take, genre, &named),
    }
}

/// One whole piece.
fn write(brief: &Brief, take: u64, genre: &Genre, moods: &[&Mood]) -> Result<Composition, ComposeError> {
    let mut remarks = Vec::new();
    let sketch = outline::sketch(brief, take, (genre, genres().common()), moods, &mut remarks);
    let players = cast::call(brief, &sketch, &mut remarks)?;
    let parts = parts(&sketch, &players);
    let score = Score {
        style: genre.name.clone(),
        genre: genre.id.clone(),
        bpm: sketch.clock.bpm,
        metre: (sketch.metre().over, sketch.metre().under),
        key: sketch.key,
        seed: brief.seed,
        duration: brief.duration_seconds,
        beats: sketch.clock.beats(),
        bars: sketch.clock.bar_lines(),
        sections: sections(&sketch),
        chords: spans(&sketch),
        parts,
        mix: mix(&sketch),
        ending: sketch.ending,
    };
    Ok(Composition { score, remarks })
}

fn check(brief: &Brief) -> Result<(), ComposeError> {
    if !LENGTH_SECONDS.contains(&brief.duration_seconds) {
        return Err(ComposeError::Duration(brief.duration_seconds));
    }
    let range = brief.tempo_range.map(|(low, high)| [low, high]);
    for tempo in brief.tempo_bpm.into_iter().chain(range.into_iter().flatten()) {
        if !TEMPO_BPM.contains(&tempo) {
            return Err(ComposeError::Tempo(tempo));
        }
    }
    match brief.key {
        Some(key) if key.tonic > 11 => Err(ComposeError::Tonic(key.tonic)),
        _ => Ok(()),
    }
}

fn parts(sketch: &Sketch, players: &[Player]) -> Vec<Part> {
    let singers: Vec<&Player> = players.iter().filter(|p| p.role() == Role::Melody).collect();
    let rooted = players.iter().all(|p| p.role() != Role::Bass);
    let mut tunes = Tunes::new(sketch);
    let sung: Vec<Vec<NoteEvent>> = singers.iter().enumerate().map(|(nth, p)| tunes.play(p, &singers, nth)).collect();
    let mut tune: Vec<NoteEvent> = sung.iter().flatten().copied().collect();
    tune.sort_by(|a, b| a.at.total_cmp(&b.at));
    let mut sung = sung.into_iter();
    let lifts = lifts(sketch, players);
    let mut parts: Vec<Part> = Vec::new();
    for player in players {
        let events = match player.role() {
            Role::Drums | Role::Perc => drums::play(sketch, player),
            Role::Bass => bass::play(sketch, player),
            Role::Comp | Role::Pad | Role::Arp => chords::play(sketch, player, rooted),
            Role::Melody => sung.next().unwrap_or_default(),
            Role::Counter => counter::play(sketch, player, &tune),
            Role::Texture => texture::play(sketch, player),
        };
        let mut notes = perform::notes(sketch, player, events, &lifts);
        if notes.is_empty() && player.asked && player.role() == Role::Melody {
            // Its turn of the tune lies behind the end: it plays beside the tune instead.
            notes = perform::notes(sketch, player, counter::play(sketch, player, &tune), &lifts);
        }
        if notes.is_empty() {
            continue;
        }
        parts.push(Part {
            stem: player.stem(),
            instrument: player.instrument.id.clone(),
            gain_db: level(player.role()) + held(player) + player.layer.gain,
            pan: player.layer.pan.clamp(-1.0, 1.0),
            notes,
            brightness: brightness(sketch, player),
        });
    }
    parts
}

/// Where each section starts and how hard its players play: by its energy, and a little more where they are few. The
/// loudest is played as hard as written, the others below it: what were harder than a player can strike would be all
/// alike, and accents and sections lost.
fn lifts(sketch: &Sketch, players: &[Player]) -> Vec<(f64, f64)> {
    let few = |nth: usize| {
        let playing = |p: &&Player| p.role() != Role::Texture && p.plays.get(nth) == Some(&true);
        1.0 - players.iter().filter(playing).count().min(5) as f64 / 5.0
    };
    let mut lifts: Vec<(f64, f64)> = sketch
        .passages
        .iter()
        .enumerate()
        .map(|(nth, passage)| (sketch.span(passage).0, dynamics(passage.energy) * (1.0 + 0.25 * few(nth))))
        .collect();
    let hardest = lifts.iter().map(|(_, lift)| *lift).fold(1.0, f64::max);
    lifts.iter_mut().for_each(|(_, lift)| *lift /= hardest);
    lifts
}

/// How hard everybody plays in a section: what makes a refrain louder than its verse, whoever plays.
fn dynamics(energy: f64) -> f64 {
    0.56 + 0.66 * energy
}

/// How loud a role is beside the others, dB.
fn level(role: Role) -> f32 {
    match role {
        Role::Drums => -1.0,
        Role::Perc => -5.0,
        Role::Bass => -2.0,
        Role::Comp => -3.5,
        Role::Pad => -7.0,
        Role::Arp => -5.0,
        Role::Melody => -4.0,
        Role::Counter => -7.5,
        Role::Texture => -12.0,
    }
}

/// A tone that is held fills the ear more than one that dies away.
fn held(player: &Player) -> f32 {
    if player.instrument.sustained && matches!(player.role(), Role::Melody) { -2.0 } else { 0.0 }
}

/// Filters follow the energy of the sections; through a build they open.
fn brightness(sketch: &Sketch, player: &Player) -> Vec<(f64, f32)> {
    if player.instrument.is_kit() || player.role() == Role::Texture {
        return Vec::new();
    }
    let tone = f64::from(player.instrument.tone);
    // Oscillators are shaped by their filter; wood and strings are only shaded.
    let (closed, reach) = if player.instrument.synth { (0.52, 0.46) } else { (0.78, 0.24) };
    let lean = sketch.shift.brightness * if player.instrument.synth { 0.6 } else { 0.35 };
    let open = |energy: f64| (tone * (closed + reach * energy + lean)).clamp(0.2, 1.0) as f32;
    let mut points = Vec::new();
    for passage in &sketch.passages {
        let (start, end) = sketch.span(passage);
        let (from, to) = match passage.letter.as_str() {
            "build" => (open(passage.energy) * 0.6, open(1.0)),
            "outro" => (open(passage.energy + 0.15), open(passage.energy - 0.1)),
            _ => (open(passage.energy - 0.04), open(passage.energy + 0.06)),
        };
        let start = sketch.clock.seconds(start);
        // The bars of a fade run on past its end.
        let end = sketch.clock.seconds(end).min(sketch.clock.duration);
        points.push((start, from));
        points.push(((end - 0.05).max(start), to));
    }
    points
}

fn sections(sketch: &Sketch) -> Vec<Section> {
    let last = sketch.passages.len().saturating_sub(1);
    let section = |(nth, passage): (usize, &super::sketch::Passage)| {
        let (start, end) = sketch.span(passage);
        Section {
            name: passage.name.clone(),
            start: sketch.clock.seconds(start),
            // The last chord rings on in the last section.
            end: if nth == last { sketch.clock.duration } else { sketch.clock.seconds(end) },
            energy: passage.energy,
        }
    };
    sketch.passages.iter().enumerate().map(section).collect()
}

/// The chords in close position around middle C, as a lead sheet would show them.
fn spans(sketch: &Sketch) -> Vec<ChordSpan> {
    let frame = Voicing { low: 36, high: 84, centre: 60.0, voices: 5, rooted: true, plain: false };
    let mut before = Vec::new();
    let mut spans: Vec<ChordSpan> = Vec::new();
    // The bars of a fade run on past its end; what would begin there is not heard.
    let heard = |span: &&TimedChord| sketch.clock.seconds(span.at) < sketch.clock.duration - 1e-6;
    for span in sketch.chords.iter().chain(&sketch.last).filter(heard) {
        before = lead(&span.chord, &before, &frame);
        let keys = before.iter().filter_map(|k| u8::try_from(*k).ok()).collect();
        let start = sketch.clock.seconds(span.at);
        let end = sketch.clock.seconds(span.at + span.length).min(sketch.clock.duration);
        spans.push(ChordSpan { start, end, symbol: span.chord.symbol(span.key), keys });
    }
    spans
}

fn mix(sketch: &Sketch) -> MixColour {
    let (mut mix, shift) = (sketch.genre.mix.clone(), &sketch.shift);
    mix.room = (mix.room + shift.space as f32 * 0.5).clamp(0.0, 1.0);
    mix.room_seconds = (mix.room_seconds * (1.0 + shift.space as f32)).clamp(0.3, 8.0);
    mix.air_db = (mix.air_db + shift.brightness as f32 * 6.0).clamp(-12.0, 12.0);
    mix.low_pass_hz = mix.low_pass_hz.map(|hz| hz * (1.0 + shift.brightness as f32).clamp(0.6, 1.5));
    mix
}
