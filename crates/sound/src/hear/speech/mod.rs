//! Where someone speaks, under music and noise as well, and over a telephone.
//!
//! `traits` describes the sound around each tenth of a second, `model` says how likely it is speech, and here the likely
//! stretches become spans.

mod model;
#[cfg(test)]
mod tests;
mod traits;

use serde::{Deserialize, Serialize};

use crate::{PcmSource, SoundError};
use traits::SpeechWindow;

/// A stretch of speech, in ms from the sound's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Its start.
    pub start_ms: u64,
    /// Its end.
    pub end_ms: u64,
}

/// Length of a step in ms.
const STEP_MS: u64 = 100;
/// Likelihood (mean over a second) from which speech begins, and below which it has ended.
const BEGINS: f32 = 0.6;
const ENDS: f32 = 0.4;
/// Steps to either side that a likelihood is averaged over.
const AROUND: usize = 5;
/// A span shorter than this is no speech; a gap shorter than this is a breath.
const SHORTEST_MS: u64 = 500;
const BREATH_MS: u64 = 600;
/// Added before and after, so that no consonant is cut off.
const PADDING_MS: u64 = 100;
/// Softer than this (nepers; -66 dB of the band at full scale) nobody is meant to be heard.
const INAUDIBLE: f32 = -7.6;
/// Likelihoods rise late and fall early, as each looks at a second: edges are drawn out by a step, and by more where
/// a pause is near, at which the speech must have begun or ended.
const OUT: usize = 1;
const OUT_TO_PAUSE: usize = 12;
/// Edges are drawn in to where the level comes within this of the loudest of the span (nepers; 26 dB).
const EDGE: f32 = 3.0;

/// Finds all speech. Takes a hundredth of the sound's length; memory does not grow with it but for a few bytes a second.
///
/// # Errors
/// Those of the source.
pub fn find(source: &mut dyn PcmSource) -> Result<Vec<Span>, SoundError> {
    let stretches = traits::listen(source)?;
    let likely: Vec<f32> = stretches
        .iter()
        .map(|stretch| if stretch.level < INAUDIBLE { 0.0 } else { model::likely(&stretch.traits) })
        .collect();
    Ok(spans(&stretches, &likely))
}

fn spans(stretches: &[SpeechWindow], likely: &[f32]) -> Vec<Span> {
    let smooth = |at: usize| {
        let near = likely.get(at.saturating_sub(AROUND)..(at + AROUND + 1).min(likely.len())).unwrap_or_default();
        near.iter().sum::<f32>() / near.len().max(1) as f32
    };
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut open: Option<(usize, bool)> = None;
    for at in 0..=likely.len() {
        let value = if at < likely.len() { smooth(at) } else { 0.0 };
        open = match open {
            // What leads up to a beginning belongs to it.
            None if value > ENDS => Some((at, value > BEGINS)),
            Some((from, sure)) if value > ENDS => Some((from, sure || value > BEGINS)),
            Some((from, true)) => {
                found.push((from, at));
                None
            }
            _ => None,
        };
    }
    let mut spans: Vec<Span> = Vec::new();
    for (from, to) in found {
        let (from, to) = drawn_out(stretches, from, to);
        let Some(span) = drawn_in(stretches, from, to) else { continue };
        match spans.last_mut() {
            Some(last) if span.start_ms < last.end_ms + BREATH_MS => last.end_ms = span.end_ms,
            _ => spans.push(span),
        }
    }
    spans.retain(|span| span.end_ms - span.start_ms >= SHORTEST_MS);
    spans
}

/// The steps `from..to` with what the likelihood missed at either end.
fn drawn_out(stretches: &[SpeechWindow], from: usize, to: usize) -> (usize, usize) {
    let part = stretches.get(from..to).unwrap_or_default();
    let loudest = part.iter().fold(f32::MIN, |most, stretch| most.max(stretch.level));
    let is_pause = |at: usize| stretches.get(at).is_none_or(|stretch| stretch.level <= loudest - EDGE);
    let before = (1..=OUT_TO_PAUSE.min(from)).find(|steps| is_pause(from - steps)).unwrap_or(OUT);
    let after = (0..OUT_TO_PAUSE).find(|steps| is_pause(to + steps)).unwrap_or(OUT);
    (from.saturating_sub(before), (to + after).min(stretches.len()))
}

/// The steps `from..to` without the silence at either end, in ms, padded.
fn drawn_in(stretches: &[SpeechWindow], from: usize, to: usize) -> Option<Span> {
    let part = stretches.get(from..to)?;
    let loudest = part.iter().fold(f32::MIN, |most, stretch| most.max(stretch.level));
    let heard = |stretch: &SpeechWindow| stretch.level > loudest - EDGE;
    let (first, last) = (part.iter().position(heard)?, part.iter().rposition(heard)?);
    // A step is the tenth of a second around its middle.
    let start = ((from + first) as u64 * STEP_MS).saturating_sub(STEP_MS / 2 + PADDING_MS);
    let end = ((from + last) as u64 * STEP_MS + STEP_MS / 2 + PADDING_MS).min(stretches.len() as u64 * STEP_MS);
    (end > start).then_some(Span { start_ms: start, end_ms: end })
}
