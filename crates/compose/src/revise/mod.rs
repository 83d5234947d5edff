//! Carries revisions out: composing plays the base score and then revises it, so that the same brief gives the same notes
//! again, an earlier take is its brief, and what no revision names stays note for note.
//!
//! They act in the order of their nature, not of the asking, so that a moment on the clock stays where it was put when the
//! tempo changes later. Before all of them come the plan and the melody that were given (`plan`, `theme`): length and tempo (`span`), players (`players`), key (`pitch`), character (`character`, `tension`),
//! and last what happens at a moment (`moments`). `timeline` holds the cutting and stretching that they share.

mod bars;
mod character;
mod ground;
mod moments;
mod names;
mod pitch;
mod plan;
mod players;
mod span;
mod tension;
mod theme;
mod timeline;

#[cfg(test)]
mod tests;

pub use ground::ground;

use super::brief::Brief;
use super::composition::Composition;
use super::limits::{LENGTH_SECONDS, TEMPO_BPM};
use super::moods::moods;
use super::remark::ComposeError;
use super::revision::{MOST, Revision};

/// Applies a brief's revisions to its base score, which is the composer's `take`.
///
/// # Errors
/// [`ComposeError`] where a revision names what does not exist, a number is out of bounds, or nothing is left to play.
pub fn revise(brief: &Brief, base: Composition, take: u64) -> Result<Composition, ComposeError> {
    if brief.revisions.is_empty() {
        return Ok(base);
    }
    check(brief)?;
    let Composition { mut score, mut remarks } = base;
    span::apply(&mut score, brief);
    players::apply(&mut score, brief, take, &mut remarks)?;
    for revision in &brief.revisions {
        if let Revision::Key { key } = revision {
            pitch::apply(&mut score, *key);
        }
    }
    character::apply(&mut score, brief);
    moments::apply(&mut score, brief, &mut remarks);
    timeline::tidy(&mut score);
    Ok(Composition { score, remarks })
}

fn check(brief: &Brief) -> Result<(), ComposeError> {
    if brief.revisions.len() > MOST {
        return Err(ComposeError::TooManyRevisions(brief.revisions.len()));
    }
    for revision in &brief.revisions {
        match revision {
            Revision::Tempo { bpm } if !TEMPO_BPM.contains(bpm) => return Err(ComposeError::Tempo(*bpm)),
            Revision::Length { seconds } if !LENGTH_SECONDS.contains(seconds) => {
                return Err(ComposeError::Duration(*seconds));
            }
            Revision::Key { key } if key.tonic > 11 => return Err(ComposeError::Tonic(key.tonic)),
            Revision::Mood { id, .. } if moods().get(id).is_none() => {
                return Err(ComposeError::UnknownMood(id.clone()));
            }
            _ => {}
        }
        if revision.numbers().iter().any(|number| !number.is_finite()) {
            return Err(ComposeError::Moment);
        }
    }
    Ok(())
}
