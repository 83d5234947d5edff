//! What must be true of a genre file beyond its shape; each problem as a sentence.

use super::forms::forms;
use super::genre::{Cadence, Cell, Common, Genre, Groove, Pattern, Progression, Turnaround, bars_of};
use super::grid::{BASS, CHORDS, DRUMS, STROKES, StepGrid, VOICES};
use super::instruments::{Role, instruments};
use super::limits::TEMPO_BPM;
use super::metre::Metre;
use super::score::Ending;
use super::theory::Chord;

/// What is wrong with a genre.
pub fn genre(genre: &Genre) -> Vec<String> {
    let mut wrong = Wrong::default();
    let tempo = &genre.tempo;
    wrong.unless(
        tempo.low <= tempo.usual
            && tempo.usual <= tempo.high
            && TEMPO_BPM.contains(&tempo.low)
            && TEMPO_BPM.contains(&tempo.high),
        format!("tempo: low ≤ usual ≤ high, from {} to {}", TEMPO_BPM.start(), TEMPO_BPM.end()),
    );
    wrong.unless(!genre.metres.is_empty(), "metres: at least one");
    wrong.unless((0.5..=0.7).contains(&genre.swing.share), "swing.share: 0.5 to 0.7");
    wrong.unless(matches!(genre.swing.of, 8 | 16), "swing.of: 8 or 16");
    wrong.unless((0.0..=1.0).contains(&genre.energy.base), "energy.base: 0 to 1");
    wrong.unless((0.0..=1.5).contains(&genre.energy.contrast), "energy.contrast: 0 to 1.5");
    wrong.unless(genre.modes.values().any(|w| *w > 0.0), "modes: at least one with a weight");
    wrong.unless(genre.tonics.iter().all(|t| *t < 12), "tonics: 0 to 11");
    wrong.unless(genre.pace.values().all(|bars| (1..=4).contains(bars)), "pace: 1 to 4 written bars in one");
    for form in genre.other_forms.iter().chain([&genre.form]) {
        wrong.unless(forms().get(form).is_some(), format!("form `{form}`: not in forms.toml"));
    }
    for (quality, others) in &genre.vocabulary {
        for name in others.iter().chain([quality]) {
            wrong.unless(Chord::parse(&format!("I{name}"), 0).is_some(), format!("vocabulary: `{name}` is no quality"));
        }
    }
    wrong.unless((0.0..=0.8).contains(&genre.melody.rests), "melody.rests: 0 to 0.8");
    wrong.unless(genre.melody.range.0 + 12 <= genre.melody.range.1, "melody.range: an octave or more");
    wrong.unless((0.3..=8.0).contains(&genre.mix.room_seconds), "mix.room_seconds: 0.3 to 8");
    wrong.unless(genre.mix.peak_db.is_none_or(|db| (-6.0..=-3.5).contains(&db)), "mix.peak_db: -6 to -3.5");
    wrong.chords(&genre.progression, &genre.turnaround, &genre.cadence);
    for way in &genre.modulation {
        wrong.unless((1..=6).contains(&way.by.abs()), "modulation.by: 1 to 6 semitones, up or down");
        wrong.unless((0.0..=1.0).contains(&way.chance), "modulation.chance: 0 to 1");
        wrong.unless(!way.sections.is_empty(), "modulation.sections: at least one");
    }
    for feel in &genre.feel {
        wrong.unless((0.0..=1.0).contains(&feel.chance), "feel.chance: 0 to 1");
        wrong.unless(!feel.sections.is_empty(), "feel.sections: at least one");
    }
    wrong.unless(!genre.endings.contains_key(&Ending::Loop), "endings: a loop is asked for by the brief alone");
    wrong.unless(genre.endings.values().all(|w| *w >= 0.0), "endings: no weight below 0");
    wrong.rhythms(&genre.groove, &genre.fill, [&genre.bass, &genre.comp, &genre.arp], &genre.melody.cells);
    for layer in &genre.layer {
        let role = layer.role.name();
        wrong.unless(!layer.instruments.is_empty(), format!("layer {role}: no instrument"));
        wrong.unless(layer.from < layer.until, format!("layer {role}: from is not below until"));
        wrong.unless(layer.keys.is_none_or(|(low, high)| low + 10 <= high), format!("layer {role}: keys too narrow"));
        for id in &layer.instruments {
            match instruments().get(id) {
                None => wrong.say(format!("layer {role}: no instrument `{id}`")),
                Some(i) => wrong.unless(i.plays(layer.role), format!("layer {role}: `{id}` does not play {role}")),
            }
        }
        let named = |patterns: &[Pattern], name: &String| patterns.iter().any(|p| p.name == *name);
        for name in &layer.play {
            let known = match layer.role {
                Role::Bass => named(&genre.bass, name),
                Role::Comp => named(&genre.comp, name),
                Role::Arp => named(&genre.arp, name),
                Role::Drums | Role::Perc => genre.groove.iter().any(|g| g.name == *name),
                _ => false,
            };
            wrong.unless(known, format!("layer {role}: no pattern `{name}`"));
        }
    }
    let pitched = genre.layer.iter().any(|l| l.from < 0.3 && matches!(l.role, Role::Comp | Role::Pad | Role::Arp));
    wrong.unless(pitched, "layer: chords must be there from the start (from below 0.3)");
    wrong.0
}

/// What is wrong with what all genres share.
pub fn common(common: &Common) -> Vec<String> {
    let mut wrong = Wrong::default();
    wrong.chords(&common.progression, &[], &common.cadence);
    wrong.rhythms(&common.groove, &common.fill, [&common.bass, &common.comp, &common.arp], &common.cell);
    wrong.0
}

#[derive(Default)]
struct Wrong(Vec<String>);

impl Wrong {
    fn say(&mut self, what: impl Into<String>) {
        self.0.push(what.into());
    }

    fn unless(&mut self, right: bool, what: impl Into<String>) {
        if !right {
            self.say(what);
        }
    }

    fn numerals(&mut self, chords: &str) {
        for bar in bars_of(chords) {
            self.unless(!bar.is_empty(), format!("`{chords}` has an empty bar"));
            for numeral in bar {
                self.unless(Chord::parse(numeral, 0).is_some(), format!("`{numeral}` is no chord"));
            }
        }
    }

    fn chords(&mut self, progressions: &[Progression], turnarounds: &[Turnaround], cadences: &[Cadence]) {
        for progression in progressions {
            self.numerals(&progression.chords);
        }
        for turnaround in turnarounds {
            self.numerals(&turnaround.chords);
            self.unless(bars_of(&turnaround.chords).len() == 1, "turnaround: one bar");
        }
        for cadence in cadences {
            self.numerals(&cadence.chords);
            self.numerals(&cadence.last);
        }
    }

    fn grid(&mut self, text: &str, metre: Metre, marks: &str) {
        if let Err(e) = StepGrid::read(text, metre.steps(), marks) {
            self.say(format!("{metre}: {e}"));
        }
    }

    fn rhythms(&mut self, grooves: &[Groove], fills: &[Groove], lines: [&[Pattern]; 3], cells: &[Cell]) {
        for groove in grooves.iter().chain(fills) {
            self.unless(groove.from < groove.until, "groove: from is not below until");
            for grid in groove.lanes.values() {
                self.grid(grid, groove.metre, DRUMS);
            }
        }
        for (patterns, marks) in lines.into_iter().zip([BASS, CHORDS, VOICES]) {
            for pattern in patterns {
                self.unless(pattern.from < pattern.until, "pattern: from is not below until");
                if pattern.grid != "kick" {
                    self.grid(&pattern.grid, pattern.metre, marks);
                }
            }
        }
        for cell in cells {
            self.grid(&cell.grid, cell.metre, STROKES);
        }
    }
}
