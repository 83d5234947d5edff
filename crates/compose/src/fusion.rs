//! Fusions: a genre with some of its ways taken from another.

use super::brief::{Fusion, FusionAspect};
use super::genre::{Genre, Layer};
use super::instruments::Role;

/// What is lent where the brief does not say: what lies over the rhythm.
const OVER_THE_RHYTHM: [FusionAspect; 3] = [FusionAspect::Harmony, FusionAspect::Melody, FusionAspect::Instruments];

/// `base` with what `fusion` takes from `lender`. Where both can be played at one tempo, it is one that suits both.
pub fn blend(base: &Genre, lender: &Genre, fusion: &Fusion) -> Genre {
    let mut blend = base.clone();
    blend.name = format!("{} × {}", base.name, lender.name);
    let aspects = if fusion.aspects.is_empty() { &OVER_THE_RHYTHM[..] } else { &fusion.aspects };
    for aspect in aspects {
        lend(&mut blend, lender, *aspect);
    }
    let (low, high) = (base.tempo.low.max(lender.tempo.low), base.tempo.high.min(lender.tempo.high));
    if high - low >= 4.0 {
        let usual = base.tempo.usual.clamp(low, high);
        (blend.tempo.low, blend.tempo.usual, blend.tempo.high) = (low, usual, high);
    }
    // A piece with a beat in it has a tempo, and one with chords in it a key.
    blend.beatless &= lender.beatless || !aspects.contains(&FusionAspect::Drums);
    blend.keyless &= lender.keyless || !aspects.contains(&FusionAspect::Harmony);
    blend
}

fn lend(blend: &mut Genre, lender: &Genre, aspect: FusionAspect) {
    match aspect {
        FusionAspect::Drums => {
            blend.groove.clone_from(&lender.groove);
            blend.fill.clone_from(&lender.fill);
            blend.feel.clone_from(&lender.feel);
            blend.swing = lender.swing.clone();
            blend.timing.snare = lender.timing.snare;
            blend.timing.hat = lender.timing.hat;
            replace(blend, lender, &[Role::Drums, Role::Perc]);
        }
        FusionAspect::Bass => {
            blend.bass.clone_from(&lender.bass);
            blend.timing.bass = lender.timing.bass;
            replace(blend, lender, &[Role::Bass]);
        }
        FusionAspect::Harmony => {
            blend.progression.clone_from(&lender.progression);
            blend.pace.clone_from(&lender.pace);
            blend.turnaround.clone_from(&lender.turnaround);
            blend.cadence.clone_from(&lender.cadence);
            blend.modes.clone_from(&lender.modes);
        }
        FusionAspect::Melody => {
            blend.melody = lender.melody.clone();
            blend.timing.melody = lender.timing.melody;
            replace(blend, lender, &[Role::Melody, Role::Counter]);
        }
        FusionAspect::Instruments => recast(blend, lender),
        FusionAspect::Sound => blend.mix = lender.mix.clone(),
    }
}

/// Players of some roles leave, the lender's take their place. Nobody leaves where the lender has no one to send.
fn replace(blend: &mut Genre, lender: &Genre, roles: &[Role]) {
    let mut sent: Vec<Layer> = lender.layer.iter().filter(|l| roles.contains(&l.role)).cloned().collect();
    if sent.is_empty() {
        return;
    }
    // A drummer asked for by name of the piece plays in more than its peaks, whatever form the lender thinks in.
    let known = |name: &String| blend.progression.iter().any(|p| p.sections.contains(name));
    for layer in &mut sent {
        if !layer.sections.is_empty() && !layer.sections.iter().any(known) {
            layer.sections.clear();
        }
        layer.from = layer.from.min(0.5);
    }
    blend.layer.retain(|l| !roles.contains(&l.role));
    blend.layer.extend(sent);
}

/// Who plays chords and tune comes from the lender, in the patterns and places of the base.
fn recast(blend: &mut Genre, lender: &Genre) {
    let mut taken: Vec<usize> = Vec::new();
    for layer in blend.layer.iter_mut().filter(|l| matches!(l.role, Role::Comp | Role::Melody | Role::Counter)) {
        let free = |(nth, other): &(usize, &Layer)| other.role == layer.role && !taken.contains(nth);
        if let Some((nth, other)) = lender.layer.iter().enumerate().find(free) {
            taken.push(nth);
            layer.instruments.clone_from(&other.instruments);
            layer.keys = other.keys.or(layer.keys);
            layer.voices = other.voices;
        }
    }
}
