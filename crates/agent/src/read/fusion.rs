//! Two genres in one piece: "jazz with house drums", "lo-fi meets celtic", "jazzy house", "爵士融合电子".

use std::ops::Range;

use super::lexicon::{Lexicon, Sense};
use super::marks::Marked;
use super::text::Kind;
use super::wishes::Wishes;
use bedtrack_compose::brief::{Fusion, FusionAspect};

/// Words between two genres, or before both, by which they are mixed.
const MIXES: [&str; 22] = [
    "meets", "x", "×", "+", "crossed", "mixed", "blended", "fused", "infused", "tinged", "hybrid", "fusion", "mix",
    "blend", "mashup", "mash", "cross", "融", "混", "遇", "结", "加",
];

/// What a genre lends, by the noun behind it.
const ASPECTS: [(FusionAspect, &[&str]); 6] = [
    (
        FusionAspect::Drums,
        &["drums", "drum", "beat", "beats", "groove", "grooves", "rhythm", "rhythms", "percussion", "鼓", "节"],
    ),
    (FusionAspect::Bass, &["bass", "bassline", "basslines", "贝", "低"]),
    (FusionAspect::Harmony, &["chords", "chord", "harmony", "harmonies", "和"]),
    (FusionAspect::Melody, &["melody", "melodies", "lead", "leads", "tune", "旋"]),
    (FusionAspect::Instruments, &["instruments", "instrumentation", "band", "乐"]),
    (FusionAspect::Sound, &["sound", "sounds", "production", "texture", "textures", "mix", "音"]),
];

/// Finds a second genre; it is no rival of the first any more.
pub fn find(text: &Marked<'_>, at: &Range<usize>, lexicon: &Lexicon, wishes: &mut Wishes) {
    let id = |index: usize| lexicon.vocabulary.genres.get(index).map(|entry| entry.id.clone());
    let word = |at: usize| text.token(at).map_or("", |token| token.text.as_str());
    let named: Vec<(Range<usize>, String)> = text
        .within(at)
        .filter_map(|mark| Some((mark.at.clone(), id(mark.genre()?)?)))
        .filter(|(_, id)| wishes.genres.contains(id))
        .collect();
    let Some((first_at, first)) = named.first().cloned() else { return };
    // "House drums" may be an instrument of its own; its first word lends all the same.
    let inside =
        text.within(at).filter(|mark| mark.at.start >= first_at.end && mark.instrument().is_some()).find_map(|mark| {
            let words = text.tokens.get(mark.at.clone())?;
            let genre =
                lexicon.inside(words).iter().flat_map(|senses| senses.iter()).find_map(|sense| match sense {
                    Sense::Genre(index) => id(*index),
                    _ => None,
                })?;
            let aspect = aspect(word(mark.at.end - 1))?;
            (genre != first).then_some((genre, vec![aspect]))
        });
    let found = inside.or_else(|| {
        let (second_at, second) = named.iter().find(|(_, id)| *id != first)?;
        let lends: Vec<FusionAspect> = aspect(word(second_at.end)).into_iter().collect();
        let mixes = (at.start..second_at.start).any(|at| MIXES.contains(&word(at)));
        // In Chinese the first of two adjacent styles describes the second.
        let adjacent =
            second_at.start == first_at.end && text.token(second_at.start).is_some_and(|token| token.kind == Kind::Han);
        // So does an adjective: "jazzy house".
        let describes = second_at.start == first_at.end && word(first_at.end - 1).ends_with('y');
        if adjacent || describes {
            return Some((first.clone(), Vec::new()));
        }
        (mixes || !lends.is_empty() || lent_to(text, &first_at)).then(|| (second.clone(), lends))
    });
    let described = || {
        let (_, list) = wishes.genre_lists.first()?;
        let genre = lexicon.first_known(list)?;
        (genre != first).then(|| (genre.to_owned(), Vec::new()))
    };
    let Some((genre, aspects)) = found.or_else(described) else { return };
    wishes.genres.retain(|id| *id != genre);
    wishes.genre_lists.clear();
    wishes.unknown_genres.retain(|(word, _)| !MIXES.contains(&word.to_lowercase().as_str()));
    wishes.unused.retain(|word| !MIXES.contains(&word.to_lowercase().as_str()));
    wishes.fusion = Some(Fusion { genre, aspects });
}

/// "Jazz-infused house": what stands first is what is lent.
fn lent_to(text: &Marked<'_>, first: &Range<usize>) -> bool {
    text.token(first.end).is_some_and(|token| matches!(token.text.as_str(), "flavored" | "flavoured" | "style"))
}

fn aspect(word: &str) -> Option<FusionAspect> {
    ASPECTS.iter().find(|(_, words)| words.contains(&word)).map(|(aspect, _)| *aspect)
}
