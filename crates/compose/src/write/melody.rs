//! The tune: a motif for each letter of the form, stated, repeated, contrasted and brought back over the chords. Several
//! are invented and sung through in the mind; the one that scores best is kept.

use std::collections::BTreeMap;

use super::cast::{Player, dice};
use super::line::NoteEvent;
use super::motif::{Motif, cells};
use super::sketch::{Passage, Sketch, TimedChord};
use super::tune::{Sung, judge};
use crate::genre::TuneScale;
use crate::grid::StepGrid;
use crate::metre::Metre;
use crate::rng::Rng;
use crate::theory::{nearest, scale_over};

/// How many motifs are tried for a theme, and how many readings for each of its returns.
const TRIES: usize = 48;

/// Length of a grace note in quarter notes.
const GRACE: f64 = 0.09;

/// What the tune players share: the themes, so that whoever takes over goes on with the same tune.
pub struct Tunes<'a> {
    sketch: &'a Sketch<'a>,
    cells: Vec<StepGrid>,
    themes: BTreeMap<(char, usize), Motif>,
}

impl<'a> Tunes<'a> {
    /// No theme yet: each is found when it is first needed.
    pub fn new(sketch: &'a Sketch<'a>) -> Self {
        let cells = cells(&sketch.genre.melody, &sketch.common.cell, sketch.metre());
        Self { sketch, cells, themes: BTreeMap::new() }
    }

    /// Everything that tune player number `nth` of `all` plays; several take turns by the phrase.
    pub fn play(&mut self, player: &Player, all: &[&Player], nth: usize) -> Vec<NoteEvent> {
        let mut events: Vec<NoteEvent> = Vec::new();
        let mut last_key = None;
        for (at, passage) in self.sketch.passages.iter().enumerate() {
            if player.plays.get(at) != Some(&true) {
                continue;
            }
            let singing: Vec<usize> =
                all.iter().enumerate().filter(|(_, p)| p.plays.get(at) == Some(&true)).map(|(n, _)| n).collect();
            let turn = singing.iter().position(|n| *n == nth).unwrap_or(0);
            let sung = self.section(player, passage, last_key);
            last_key = sung.last().map(|s| s.key).or(last_key);
            // Where there are fewer phrases than singers they sing together.
            let mut phrases: Vec<usize> = sung.iter().map(|s| s.unit).collect();
            phrases.dedup();
            let mine =
                |unit: usize| phrases.iter().position(|p| *p == unit).is_some_and(|at| at % singing.len() == turn);
            let own = sung.iter().filter(|s| phrases.len() < singing.len() || mine(s.unit));
            self.touch(player, passage, own.copied().collect(), &mut events);
        }
        if let (Some(last), Some(true), true) = (&self.sketch.last, player.plays.last(), nth == 0) {
            self.close(player, last, last_key, &mut events);
        }
        events
    }

    fn window(&self, player: &Player) -> (i32, i32) {
        let (low, high) = player.keys();
        let tune = self.sketch.genre.melody.range;
        let shift = self.sketch.shift.register.round() as i32;
        let (want_low, want_high) = (i32::from(tune.0) + shift, i32::from(tune.1) + shift);
        // Another instrument than the genre thinks of sings the tune where it sings best.
        let (from, to) = (want_low.max(low), want_high.min(high));
        if to - from >= 14 {
            return (from, to);
        }
        let (one, other) = ((low + 9).min(high), (high - 9).max(low));
        let middle = ((want_low + want_high) / 2).clamp(one.min(other), one.max(other));
        ((middle - 9).max(low), (middle + 9).min(high))
    }

    fn section(&mut self, player: &Player, passage: &Passage, last_key: Option<i32>) -> Vec<Sung> {
        let family = match passage.letter.as_str() {
            "b" | "build" | "hook" => 'b',
            "c" | "pre" => 'c',
            _ => 'a',
        };
        let family = (family, passage.turn / 3);
        let window = self.window(player);
        if !self.themes.contains_key(&family) {
            let theme = self.find_theme(family, passage, window, last_key);
            self.themes.insert(family, theme);
        }
        let Some(theme) = self.themes.get(&family).cloned() else { return Vec::new() };
        let mut rng = self.sketch.rng(&format!("tune {}", passage.name));
        let mut best: Option<(f64, Vec<Sung>)> = None;
        for _ in 0..TRIES / 4 {
            let sung = self.sing(&theme, passage, window, last_key, &mut rng);
            let score = judge(self.sketch, &sung, passage, window);
            if best.as_ref().is_none_or(|(most, _)| score > *most) {
                best = Some((score, sung));
            }
        }
        best.map(|(_, sung)| sung).unwrap_or_default()
    }

    /// Invents motifs and keeps the best; that of a contrasting section may be the first one turned upside down.
    fn find_theme(&self, family: (char, usize), passage: &Passage, window: (i32, i32), last_key: Option<i32>) -> Motif {
        let mut rng = self.sketch.rng(&format!("theme {} {}", family.0, family.1));
        let tune = &self.sketch.genre.melody;
        let thin = (tune.rests * 0.5 - self.sketch.shift.density * 0.6 - (passage.energy - 0.5) * 0.3).clamp(0.0, 0.7);
        let mut best: Option<(f64, Motif)> = None;
        for attempt in 0..TRIES {
            let motif = match self.themes.get(&('a', family.1)) {
                Some(first) if family.0 != 'a' && attempt < TRIES / 8 => {
                    first.inverted().broadened(self.sketch.metre())
                }
                Some(first) if family.0 == 'c' && attempt < TRIES / 4 => first.augmented(self.sketch.metre()),
                _ => Motif::invent(&self.cells, self.sketch.metre(), tune, thin, &mut rng),
            };
            let score = judge(self.sketch, &self.sing(&motif, passage, window, last_key, &mut rng), passage, window);
            if best.as_ref().is_none_or(|(most, _)| score > *most) {
                best = Some((score, motif));
            }
        }
        best.map(|(_, motif)| motif).unwrap_or(Motif { notes: Vec::new(), bars: 2 })
    }

    /// Sings a section: the motif in each pair of bars as its place in the phrase asks.
    fn sing(
        &self,
        theme: &Motif,
        passage: &Passage,
        window: (i32, i32),
        last_key: Option<i32>,
        rng: &mut Rng,
    ) -> Vec<Sung> {
        let metre = self.sketch.metre();
        let bars = self.sketch.bars(passage);
        let aside = matches!(passage.letter.as_str(), "intro" | "break" | "outro");
        let lift = if matches!(passage.letter.as_str(), "b" | "hook") { 3.0 } else { 0.0 }
            + (passage.energy - 0.5) * 3.0
            + f64::from(passage.turn as u32 % 3);
        let centre = f64::from(window.0 + window.1) / 2.0 - 1.0 + lift;
        let mut sung: Vec<Sung> = Vec::new();
        let mut before = last_key;
        let units = bars.len().div_ceil(theme.bars.max(1));
        for unit in 0..units {
            let (place, last) = (unit % 4, unit + 1 == units);
            let varied = if passage.turn > 0 {
                theme.ornamented(rng, 0.25 + 0.1 * passage.turn.min(3) as f64)
            } else {
                theme.clone()
            };
            let (motif, arch) = match place {
                _ if aside && unit % 2 == 1 => continue,
                _ if aside => (theme.fragment(metre), 0.0),
                _ if last && units > 1 => (varied.closing(metre), 0.0),
                0 => (varied, 0.0),
                1 => (Self::answer(&varied, metre, rng), 1.5),
                2 => (Self::departure(&varied, metre, rng), 4.0),
                _ => (varied.closing(metre), 0.0),
            };
            let first = unit * theme.bars.max(1);
            let Some(start) = bars.get(first).map(|b| b.at) else { continue };
            let end =
                bars.get((first + theme.bars).min(bars.len()).saturating_sub(1)).map_or(start, |b| b.at + b.length);
            let target = centre + arch + rng.between(-1.5, 1.5);
            let mut phrase: Vec<Sung> = Vec::new();
            self.sing_unit(&motif, unit, (start, end), target, window, &mut before, &mut phrase);
            if unit > 0 {
                self.pick_up(&phrase, window, rng, &mut sung);
            }
            sung.extend(phrase);
        }
        sung
    }

    /// What follows a statement: the same with another end, or its first bar in sequence.
    fn answer(motif: &Motif, metre: Metre, rng: &mut Rng) -> Motif {
        match rng.below(5) {
            0 | 1 => motif.answered(rng),
            2 => motif.sequenced(metre, 1),
            3 => motif.sequenced(metre, -1),
            _ => motif.sequenced(metre, 2).answered(rng),
        }
    }

    /// What comes before the close: the motif changed so far that its return is welcome.
    fn departure(motif: &Motif, metre: Metre, rng: &mut Rng) -> Motif {
        match rng.below(6) {
            0 => motif.inverted(),
            1 => motif.broadened(metre),
            2 => motif.driven(metre, 1),
            3 => motif.driven(metre, -1),
            4 => motif.augmented(metre),
            _ => motif.retrograde(),
        }
    }

    /// Notes that lead into a phrase from below or above, where the tune has left room for them.
    fn pick_up(&self, phrase: &[Sung], window: (i32, i32), rng: &mut Rng, sung: &mut Vec<Sung>) {
        let Some(first) = phrase.first().copied() else { return };
        let step = if self.sketch.metre().is_compound() { 0.5 } else { self.sketch.metre().beat() / 2.0 };
        let count = 1 + rng.below(3);
        let from = first.at - step * count as f64;
        let free = sung.last().is_none_or(|before| before.at + before.length <= from + 1e-6);
        if from < 0.0 || !free || !rng.chance(self.sketch.genre.melody.pickups) {
            return;
        }
        let Some(span) = self.sketch.chord_at(from) else { return };
        let ladder = self.ladder(span, window);
        let Some(goal) = ladder.iter().position(|key| *key >= first.key) else { return };
        let up = rng.chance(0.65);
        for nth in 0..count {
            let away = count - nth;
            let place = if up { goal.checked_sub(away) } else { Some(goal + away) };
            let Some(key) = place.and_then(|place| ladder.get(place)).copied() else { continue };
            let at = from + step * nth as f64;
            sung.push(Sung {
                at,
                length: step * 0.9,
                key,
                accent: false,
                home: span.chord.holds(key),
                unit: first.unit,
            });
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one phrase's place in time and pitch, handed on unchanged")]
    fn sing_unit(
        &self,
        motif: &Motif,
        unit: usize,
        (start, end): (f64, f64),
        target: f64,
        window: (i32, i32),
        before: &mut Option<i32>,
        sung: &mut Vec<Sung>,
    ) {
        let metre = self.sketch.metre();
        // A phrase starts from a chord tone near both where the line was and where it should lie.
        let anchor = before.map_or(target, |b| (f64::from(b) + 2.0 * target) / 3.0).round() as i32;
        let Some(first) = self.sketch.chord_at(start) else { return };
        let anchor = chord_tone(first, anchor, window);
        for (nth, note) in motif.notes.iter().enumerate() {
            let at = start + note.step as f64 / 4.0;
            if at >= end - 1e-9 {
                break;
            }
            let Some(span) = self.sketch.chord_at(at) else { continue };
            let ladder = self.ladder(span, window);
            let from = ladder.iter().enumerate().min_by_key(|(_, k)| (*k - anchor).abs()).map_or(0, |(n, _)| n as i32);
            let place = (from + note.rise).clamp(0, ladder.len() as i32 - 1);
            let Some(mut key) = ladder.get(place as usize).copied() else { continue };
            let until = motif.notes.get(nth + 1).map_or(end, |next| start + next.step as f64 / 4.0);
            let mut length = (note.length as f64 / 4.0).min(until - at).min(end - at);
            let strong = metre.weight(note.step) >= 0.65 || note.accent || length >= 1.0;
            if strong && !span.chord.holds(key) {
                key = chord_tone(span, key, window);
            }
            // A long note that the next chord would make sour ends with its chord, or moves to a tone of both.
            let over = span.at + span.length;
            if at + length > over + 0.26 {
                let sour = self.sketch.chord_at(over).is_some_and(|next| rubs(&next.chord, key));
                if sour {
                    length = (over - at).max(0.25);
                }
            }
            *before = Some(key);
            sung.push(Sung { at, length, key, accent: note.accent, home: span.chord.holds(key), unit });
        }
    }

    /// The keys a tune may step on over a chord, lowest first.
    fn ladder(&self, span: &TimedChord, (low, high): (i32, i32)) -> Vec<i32> {
        let scale = scale_over(span.key, &span.chord);
        let tonic = i32::from(span.key.tonic);
        let five: &[i32] = if span.key.mode.is_minor() { &[0, 3, 5, 7, 10] } else { &[0, 2, 4, 7, 9] };
        let steps = |key: &i32| {
            let class = key.rem_euclid(12);
            let in_five = five.iter().any(|d| (d + tonic).rem_euclid(12) == class);
            match self.sketch.genre.melody.scale {
                TuneScale::Mode => scale.contains(&class),
                TuneScale::Pentatonic => (in_five && !rubs(&span.chord, *key)) || span.chord.holds(*key),
                TuneScale::Blues => (in_five || span.chord.holds(*key)) || (tonic + 6).rem_euclid(12) == class,
            }
        };
        (low..=high).filter(steps).collect()
    }

    /// From sung to played: phrase dynamics, accents, length by the instrument.
    fn touch(&self, player: &Player, passage: &Passage, sung: Vec<Sung>, events: &mut Vec<NoteEvent>) {
        let metre = self.sketch.metre();
        let (start, end) = self.sketch.span(passage);
        let mut rng = dice(self.sketch, player, &format!("touch {}", passage.name));
        let legato = if player.instrument.sustained { 1.02 } else { 0.95 };
        for note in sung {
            let place = (note.at - start) / (end - start).max(0.1);
            // A phrase swells to its middle and falls away.
            let swell = 0.12 * (std::f64::consts::PI * place).sin();
            let step = ((note.at - start) * 4.0).round() as usize;
            let height = f64::from(note.key - 66) * 0.004;
            let accent = if note.accent { 0.08 } else { 0.0 };
            let force = 0.56 + 0.1 * metre.weight(step) + swell + accent + height + rng.between(-0.03, 0.03);
            let force = (force * (0.74 + 0.34 * passage.energy)).clamp(0.1, 1.0);
            let late = self.sketch.genre.timing.melody;
            if let Some(grace) = self.grace(player, note, &mut rng) {
                events.push(NoteEvent { at: note.at - GRACE, length: GRACE, key: grace, force: force * 0.75, late });
            }
            events.push(NoteEvent { at: note.at, length: note.length * legato, key: note.key, force, late });
        }
    }

    /// The key of a grace note before a long or heavy note: the scale step above it.
    fn grace(&self, player: &Player, note: Sung, rng: &mut Rng) -> Option<i32> {
        let weighty = note.length >= 0.5 && note.at >= GRACE;
        if !weighty || !rng.chance(self.sketch.genre.melody.graces) {
            return None;
        }
        let span = self.sketch.chord_at(note.at)?;
        let (_, high) = player.keys();
        let scale = scale_over(span.key, &span.chord);
        (note.key + 1..=note.key + 2).find(|k| scale.contains(&k.rem_euclid(12)) && *k <= high)
    }

    /// The last note: the chord's root or third or fifth, nearest to where the tune was.
    fn close(&self, player: &Player, last: &TimedChord, before: Option<i32>, events: &mut Vec<NoteEvent>) {
        let window = self.window(player);
        let near = before.unwrap_or((window.0 + window.1) / 2);
        let restful = [Some(0), last.chord.third(), last.chord.fifth()];
        let keys = restful.into_iter().flatten().map(|tone| {
            let key = nearest((last.chord.root + tone).rem_euclid(12), near);
            if key < window.0 {
                key + 12
            } else if key > window.1 {
                key - 12
            } else {
                key
            }
        });
        let (low, high) = player.keys();
        let Some(key) = keys.filter(|k| (low..=high).contains(k)).min_by_key(|key| (key - near).abs()) else { return };
        let energy = self.sketch.passages.last().map_or(0.5, |p| p.energy);
        let length = last.length * if player.instrument.sustained { 0.56 } else { 0.85 };
        let late = self.sketch.genre.timing.melody;
        events.push(NoteEvent { at: last.at, length, key, force: 0.5 + 0.25 * energy, late });
    }
}

/// The tone of the chord nearest to `near`, inside the window.
fn chord_tone(span: &TimedChord, near: i32, (low, high): (i32, i32)) -> i32 {
    // The tune rests on the chord's body; elevenths and thirteenths are passed through.
    let body = span.chord.tones.iter().filter(|t| **t <= 14);
    body.map(|tone| nearest((span.chord.root + tone).rem_euclid(12), near))
        .map(|key| {
            if key < low {
                key + 12
            } else if key > high {
                key - 12
            } else {
                key
            }
        })
        .min_by_key(|key| (key - near).abs())
        .unwrap_or(near)
}

/// Whether a key lies a half step above a tone of the chord and is none itself.
fn rubs(chord: &crate::theory::Chord, key: i32) -> bool {
    !chord.holds(key) && chord.holds(key - 1)
}
