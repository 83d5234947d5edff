//! Revisions: what a refinement changes in a finished score, as data. A brief carries them in the order they were asked
//! for; composing plays the base score and then revises it, so that the same brief gives the same notes again, an earlier
//! take is its brief, and what no revision names stays note for note.
//!
//! They act in the order of their nature, not of the asking, so that a moment on the clock stays where it was put when the
//! tempo changes later. Before all of them come the plan and the melody that were given (`plan`, `theme`): length and tempo (`span`), players (`players`), key (`pitch`), character (`character`, `tension`),
//! and last what happens at a moment (`moments`). `timeline` holds the cutting and stretching that they share.

mod bars;
mod character;
mod moments;
mod pitch;
mod plan;
mod players;
mod span;
mod tension;
mod theme;
mod timeline;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::brief::{Brief, Energy, Key};
use super::moods::moods;
use super::remark::{ComposeError, Remark};
use super::write::Composition;

/// Most revisions a brief may carry; what goes beyond is refused rather than replayed for minutes.
pub const MOST: usize = 64;

/// One change to a score. Times are seconds of the revised piece; ids are the catalogues'.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Revision {
    /// Another tempo: every note keeps its place in the bar. The length stays, so bars are left out or come round again.
    Tempo {
        /// Beats a minute.
        bpm: f64,
    },
    /// Another length: phrases are left out or come round again, the ending stays.
    Length {
        /// Seconds, 3 to 1200.
        seconds: f64,
    },
    /// Another key: every part keeps its rhythm, drums stay as they are.
    Key {
        /// The key.
        key: Key,
    },
    /// An instrument, or a stem by its name, goes.
    Without {
        /// Its id.
        id: String,
    },
    /// An instrument joins; it plays what the composer would have given it.
    With {
        /// Its id.
        id: String,
    },
    /// Only these instruments play.
    Only {
        /// Their ids.
        ids: Vec<String>,
    },
    /// An instrument takes over the notes of others.
    Swap {
        /// Ids of those that go.
        out: Vec<String>,
        /// Id of the one that comes.
        with: String,
    },
    /// More of a mood, or less where `by` is negative.
    Mood {
        /// Its id.
        id: String,
        /// 1 is the usual step.
        by: f64,
    },
    /// More drive, or less.
    Energy {
        /// 1 is the usual step.
        by: f64,
    },
    /// More notes, or fewer ("simpler").
    Density {
        /// 1 is the usual step.
        by: f64,
    },
    /// More of a tune, or less.
    Tune {
        /// 1 is the usual step.
        by: f64,
    },
    /// The music rises from here.
    Build {
        /// Where it begins.
        at: f64,
        /// Where it arrives; none: at the next section or drop.
        #[serde(default)]
        until: Option<f64>,
    },
    /// The music stops short and comes back in full on this moment.
    Drop {
        /// The moment; a bar line is brought there.
        at: f64,
    },
    /// Softer (or, where `by` is positive, stronger) between two moments.
    Level {
        /// From.
        from: f64,
        /// To.
        to: f64,
        /// 1 is the usual step.
        by: f64,
    },
    /// Instruments or stems are silent between two moments.
    Rest {
        /// From.
        from: f64,
        /// To.
        to: f64,
        /// Ids of instruments, or stems.
        ids: Vec<String>,
    },
    /// The last chord falls on this moment and rings out to the end.
    EndAt {
        /// The moment.
        at: f64,
    },
    /// The last bars grow softer and thinner.
    SoftEnd,
}

impl Revision {
    /// Whether a newer revision makes an older one pointless.
    fn replaces(&self, older: &Self) -> bool {
        match (self, older) {
            (Self::Tempo { .. }, Self::Tempo { .. })
            | (Self::Length { .. }, Self::Length { .. })
            | (Self::Key { .. }, Self::Key { .. })
            | (Self::EndAt { .. }, Self::EndAt { .. })
            | (Self::SoftEnd, Self::SoftEnd) => true,
            (Self::With { id }, Self::Without { id: out }) | (Self::Without { id }, Self::With { id: out }) => {
                id == out
            }
            (Self::Without { id }, Self::Without { id: same }) | (Self::With { id }, Self::With { id: same }) => {
                id == same
            }
            (Self::Only { .. }, Self::Only { .. } | Self::With { .. }) => true,
            (Self::Drop { at }, Self::Drop { at: same }) => (at - same).abs() < 0.05,
            _ => false,
        }
    }
}

impl Brief {
    /// Adds a revision; one that it makes pointless goes.
    pub fn revise(&mut self, revision: Revision) {
        // Bringing an instrument back is not the same as bringing in another one.
        let returns = matches!(&revision, Revision::With { id }
            if self.revisions.contains(&Revision::Without { id: id.clone() }));
        self.revisions.retain(|older| !revision.replaces(older));
        if !returns {
            self.revisions.push(revision);
        }
    }

    /// The brief as it would have been, had everything been asked for at once: revisions that speak of what a brief says
    /// (tempo, key, length, players, moods, energy) are folded in, the others are kept.
    pub fn asked(&self) -> Self {
        let mut asked = self.clone();
        let mut steps = 0.0;
        for revision in std::mem::take(&mut asked.revisions) {
            match revision {
                Revision::Tempo { bpm } => (asked.tempo_bpm, asked.tempo_range) = (Some(bpm), None),
                Revision::Length { seconds } => asked.duration_seconds = seconds,
                Revision::Key { key } => asked.key = Some(key),
                Revision::Without { id } => {
                    asked.instruments.retain(|own| *own != id);
                    asked.without.push(id);
                }
                Revision::With { id } => {
                    asked.without.retain(|out| *out != id);
                    asked.instruments.push(id);
                }
                Revision::Only { ids } => {
                    asked.without.retain(|out| !ids.contains(out));
                    (asked.instruments, asked.only_these) = (ids, true);
                }
                Revision::Swap { out, with } => {
                    asked.instruments.retain(|own| !out.contains(own));
                    asked.without.retain(|id| *id != with);
                    asked.without.extend(out.into_iter().filter(|id| *id != with));
                    if !asked.instruments.contains(&with) {
                        asked.instruments.push(with);
                    }
                }
                Revision::Mood { id, by } => {
                    asked.moods.retain(|own| *own != id);
                    if by > 0.0 {
                        asked.moods.insert(0, id);
                    }
                }
                Revision::Energy { by } => steps += by,
                other => asked.revisions.push(other),
            }
        }
        if steps != 0.0 {
            let levels = [Energy::Low, Energy::Medium, Energy::High];
            let now = levels.iter().position(|level| Some(*level) == self.energy).unwrap_or(1) as f64;
            asked.energy = levels.get((now + steps).round().clamp(0.0, 2.0) as usize).copied();
        }
        asked.only_these &= !asked.instruments.is_empty();
        asked
    }

    /// Whether the piece needs a last chord: its form is planned, or its end shall fall on a moment.
    pub fn must_close(&self) -> bool {
        !self.plan.is_empty() || self.revisions.iter().any(|r| matches!(r, Revision::EndAt { .. }))
    }

    /// Length of the piece in seconds, revisions included.
    pub fn seconds(&self) -> f64 {
        let revised = self.revisions.iter().rev().find_map(|revision| match revision {
            Revision::Length { seconds } => Some(*seconds),
            _ => None,
        });
        revised.unwrap_or(self.duration_seconds)
    }

    /// Tempo asked for, revisions included.
    pub fn tempo(&self) -> Option<f64> {
        let revised = self.revisions.iter().rev().find_map(|revision| match revision {
            Revision::Tempo { bpm } => Some(*bpm),
            _ => None,
        });
        revised.or(self.tempo_bpm)
    }
}

/// The plan and the melody that were given, laid over a piece as composed.
pub fn ground(brief: &Brief, mut piece: Composition) -> Composition {
    if !brief.plan.is_empty() {
        plan::apply(&mut piece.score, brief, &mut piece.remarks);
    }
    if let Some(melody) = &brief.melody {
        theme::apply(&mut piece.score, brief, melody);
    }
    piece
}

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
            Revision::Tempo { bpm } if !(30.0..=260.0).contains(bpm) => return Err(ComposeError::Tempo(*bpm)),
            Revision::Length { seconds } if !(3.0..=1200.0).contains(seconds) => {
                return Err(ComposeError::Duration(*seconds));
            }
            Revision::Key { key } if key.tonic > 11 => return Err(ComposeError::Tonic(key.tonic)),
            Revision::Mood { id, .. } if moods().get(id).is_none() => {
                return Err(ComposeError::UnknownMood(id.clone()));
            }
            _ => {}
        }
        if revision_numbers(revision).iter().any(|number| !number.is_finite()) {
            return Err(ComposeError::Moment);
        }
    }
    Ok(())
}

fn revision_numbers(revision: &Revision) -> Vec<f64> {
    match revision {
        Revision::Mood { by, .. } | Revision::Energy { by } | Revision::Density { by } | Revision::Tune { by } => {
            vec![*by]
        }
        Revision::Build { at, until } => vec![*at, until.unwrap_or(0.0)],
        Revision::Drop { at } | Revision::EndAt { at } => vec![*at],
        Revision::Level { from, to, by } => vec![*from, *to, *by],
        Revision::Rest { from, to, .. } => vec![*from, *to],
        _ => Vec::new(),
    }
}

/// A moment that lies beyond the piece is said, not moved.
fn outside(at: f64, length: f64, remarks: &mut Vec<Remark>) -> bool {
    let out = !(0.0..length - 0.05).contains(&at);
    if out {
        remarks.push(Remark::MomentOutside { at, length });
    }
    out
}
