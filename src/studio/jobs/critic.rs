//! Takes of a piece until the critic is content: a piece that misses its brief is composed again with a seed that follows
//! from the first, so that the same brief still gives the same music.

use serde_json::{Value, json};

use bedtrack_compose::Brief;
use bedtrack_sound::critic::Review;

/// Most takes of one piece, the first included.
const TAKES: u64 = 3;
/// What is added to the seed for each further take; the first prime above ten thousand.
const SEED_STEP: u64 = 10_007;

/// A piece that was made and heard.
#[derive(Debug)]
pub struct ReviewedTake<T> {
    /// What it was composed from; its seed is that of the take, and gives the same take again.
    pub brief: Brief,
    /// The piece.
    pub piece: T,
    /// What the critic heard.
    pub review: Review,
}

/// Makes `brief` with `perform` until a take misses nothing; where none does, the first of those that miss least. Where
/// `free` is false the seed was asked for, or belongs to music that is being refined: then there is one take.
///
/// Also gives the takes that were turned down, as the provenance note tells of them.
pub fn perform<T, E>(
    brief: &Brief,
    free: bool,
    mut perform: impl FnMut(&Brief) -> Result<(T, Review), E>,
) -> Result<(ReviewedTake<T>, Vec<Value>), E> {
    let mut takes = Vec::new();
    for number in 0..if free { TAKES } else { 1 } {
        let brief = Brief { seed: brief.seed.wrapping_add(number * SEED_STEP), ..brief.clone() };
        let (piece, review) = perform(&brief)?;
        let is_clean = review.misses.is_empty();
        if !is_clean {
            tracing::info!(seed = brief.seed, misses = ?review.misses, "a take misses its brief");
        }
        takes.push(ReviewedTake { brief, piece, review });
        if is_clean {
            break;
        }
    }
    // There is at least one take, so there always is a best one; the first of equals is kept.
    let best = takes.iter().enumerate().min_by_key(|(_, take)| take.review.misses.len()).map_or(0, |(at, _)| at);
    let taken = takes.swap_remove(best);
    let mut turned_down: Vec<&ReviewedTake<T>> = takes.iter().collect();
    turned_down.sort_by_key(|take| take.brief.seed.wrapping_sub(brief.seed));
    let told = turned_down.iter().map(|take| json!({"seed": take.brief.seed, "misses": take.review.misses})).collect();
    Ok((taken, told))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bedtrack_compose::{ComposeError, Composition, compose};
    use bedtrack_sound::critic::Criterion;

    const ALL: [Criterion; 9] = [
        Criterion::Length,
        Criterion::Tempo,
        Criterion::Key,
        Criterion::Energy,
        Criterion::Loudness,
        Criterion::Width,
        Criterion::Variety,
        Criterion::Silence,
        Criterion::Ending,
    ];

    fn brief() -> Brief {
        serde_json::from_value(json!({"genre": "lo-fi", "duration_seconds": 20.0, "seed": 7})).expect("a brief")
    }

    fn heard(misses: Vec<Criterion>) -> Review {
        Review {
            seconds: 20.0,
            bpm: None,
            pulse: None,
            key_rank: None,
            energy: None,
            lufs: -14.0,
            true_peak_db: -2.4,
            width_db: -8.0,
            correlation: 0.7,
            variety_db: None,
            silence: 0.0,
            end_db: -80.0,
            misses,
        }
    }

    /// Composes truly; the critic hears what `misses` says of each seed.
    fn played(free: bool, misses: impl Fn(u64) -> Vec<Criterion>) -> (ReviewedTake<Composition>, Vec<Value>) {
        perform(&brief(), free, |brief| Ok::<_, ComposeError>((compose(brief)?, heard(misses(brief.seed)))))
            .expect("a piece")
    }
    #[test]
    fn a_take_with_any_defect_is_turned_down_and_the_next_is_another_piece() {
        let first = compose(&brief()).expect("a piece").score;
        for criterion in ALL {
            let (take, turned_down) = played(true, |seed| if seed == 7 { vec![criterion] } else { Vec::new() });
            assert_ne!(take.brief.seed, 7);
            assert_eq!(take.piece.score.seed, take.brief.seed);
            assert_ne!(take.piece.score.parts, first.parts);
            assert_eq!(turned_down, [json!({"seed": 7, "misses": [criterion]})]);
        }
    }

    #[test]
    fn the_same_brief_gives_the_same_takes() {
        let misses = |seed: u64| if seed < 20_000 { vec![Criterion::Key] } else { Vec::new() };
        let (a, b) = (played(true, misses).0, played(true, misses).0);
        assert_eq!((a.brief.seed, &a.piece), (b.brief.seed, &b.piece));
    }

    #[test]
    fn where_all_takes_miss_the_one_that_misses_least_is_kept() {
        let misses = |seed: u64| if seed == 7 { ALL.to_vec() } else { vec![Criterion::Width] };
        let (take, turned_down) = played(true, misses);
        assert_eq!(take.brief.seed, 7 + SEED_STEP);
        assert_eq!(turned_down.len(), 2);
    }

    #[test]
    fn a_seed_that_was_asked_for_is_never_replaced() {
        let (take, turned_down) = played(false, |_| ALL.to_vec());
        assert_eq!(take.brief.seed, 7);
        assert!(turned_down.is_empty());
    }
}
