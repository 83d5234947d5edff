//! The incipit of a finished piece: what its tune begins with, for a sibling of the piece to grow from.

use super::given::{Melody, MelodyNote};
use super::metre::Metre;
use super::score::{Score, Stem};

/// The first two bars that the tune sings in a piece, on sixteenths: what a sibling of the piece grows from.
pub fn incipit(score: &Score) -> Option<Melody> {
    let metre = Metre::new(score.metre.0, score.metre.1)?;
    let tunes = score.parts.iter().filter(|part| part.stem == Stem::Melody);
    let lead = tunes.max_by_key(|part| part.notes.len())?;
    let end = score.chords.last().map_or(score.duration, |chord| chord.start);
    for pair in score.bars.windows(3).filter(|pair| pair.last().is_some_and(|last| *last <= end + 0.02)) {
        let [from, middle, to] = pair else { continue };
        let quarter = (middle - from) / metre.quarters();
        let inside: Vec<MelodyNote> = lead
            .notes
            .iter()
            .filter(|note| note.start >= from - 0.04 && note.start < to - 0.06)
            .map(|note| MelodyNote {
                at: (((note.start - from) / quarter * 4.0).round() / 4.0).max(0.0),
                length: ((note.duration / quarter * 4.0).round() / 4.0).max(0.25),
                key: note.key,
            })
            .collect();
        if inside.len() >= 3 {
            return Melody::of(inside, Some(score.key));
        }
    }
    None
}
