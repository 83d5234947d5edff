//! Music that was made, as far as a reply or an answer tells of it.

use super::read::{Change, Context, MakeMusic, Stretch, Way};
use bedtrack_compose::key::Key;
use bedtrack_compose::{Composition, Remark};

/// Music as it was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// New, instead of other music, or changed.
    pub way: Way,
    /// Id of the genre.
    pub genre: String,
    /// Beats a minute; `None` where the genre has no beat.
    pub bpm: Option<f64>,
    /// The key.
    pub key: Key,
    /// Exact length in seconds.
    pub seconds: f64,
    /// Ids of the instruments that play, most important first.
    pub instruments: Vec<String>,
    /// The seed.
    pub seed: u64,
    /// Level on the timeline, 1 is full.
    pub volume: f64,
    /// Its stretch where several pieces play in turn.
    pub place: Option<Stretch>,
    /// Whether a picture lies over it.
    pub has_picture: bool,
    /// Whether that picture sounds too.
    pub under_sound: bool,
    /// Whether it loops.
    pub loops: bool,
    /// What a refinement changed, or what was said about the score.
    pub changed: Vec<Change>,
    /// What the composer could not do as asked.
    pub remarks: Vec<Remark>,
    /// How many of the picture's cuts fall on beats, and how many there are; `None` without cuts or without a beat.
    pub cuts: Option<(usize, usize)>,
    /// Whether it makes way for speech.
    pub makes_way: bool,
}

impl Made {
    /// What a wish led to, laid at a level.
    pub fn of(wish: &MakeMusic, composition: &Composition, volume: f64, context: &Context) -> Self {
        let score = &composition.score;
        let mut instruments: Vec<String> = score.parts.iter().map(|part| part.instrument.clone()).collect();
        instruments.dedup();
        Self {
            way: wish.way,
            genre: score.genre.clone(),
            bpm: Some(score.bpm),
            key: score.key,
            seconds: score.duration,
            instruments,
            seed: score.seed,
            volume,
            place: wish.place,
            has_picture: context.has_picture,
            under_sound: context.picture_has_sound,
            loops: wish.brief.seamless_loop,
            changed: wish.changed.clone(),
            remarks: composition.remarks.clone(),
            cuts: None,
            makes_way: false,
        }
    }
}
