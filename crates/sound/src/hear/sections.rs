//! The parts of a song by how loud it is over time: where it lifts and where it calms down.

/// A section of a song.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SongSection {
    /// Start in seconds.
    pub start: f64,
    /// End in seconds.
    pub end: f64,
    /// 0 for its calmest to 1 for its liveliest moments.
    pub energy: f64,
}

/// Half seconds that are compared before and behind a place, and the shortest part.
const WINDOW: usize = 8;
/// How far the energy has to change for another part to begin.
const STEP: f64 = 0.3;
/// Below this range in LU a song is as lively from its start to its end.
const EVEN_LU: f64 = 3.0;

/// The sections of a song, from its loudness in LUFS every half second.
pub fn find(loudness: &[f32]) -> Vec<SongSection> {
    if loudness.is_empty() {
        return Vec::new();
    }
    let energies = energies(loudness).unwrap_or_else(|| vec![0.5; loudness.len()]);
    let mean = |from: usize, to: usize| {
        let within = energies.get(from..to.min(energies.len())).unwrap_or_default();
        within.iter().sum::<f64>() / within.len().max(1) as f64
    };
    let last = energies.len().saturating_sub(WINDOW);
    let change = |at: usize| (mean(at, at + WINDOW) - mean(at - WINDOW, at)).abs();
    let mut places: Vec<(f64, usize)> =
        (WINDOW..=last).map(|at| (change(at), at)).filter(|(by, _)| *by > STEP).collect();
    // The steepest places first; what lies beside one of them is its slope.
    places.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let mut edges = vec![0, energies.len()];
    for (_, at) in places {
        if edges.iter().all(|edge| edge.abs_diff(at) >= WINDOW) {
            edges.push(at);
        }
    }
    edges.sort_unstable();
    let part = |(start, end): (&usize, &usize)| SongSection {
        start: *start as f64 / 2.0,
        end: *end as f64 / 2.0,
        energy: mean(*start, *end),
    };
    edges.iter().zip(edges.iter().skip(1)).map(part).collect()
}

/// The energy of every half second, 0 to 1; none where all is as loud.
fn energies(loudness: &[f32]) -> Option<Vec<f64>> {
    let mut sorted: Vec<f32> = loudness.iter().copied().filter(|value| *value > -60.0).collect();
    sorted.sort_by(f32::total_cmp);
    let share = |share: f64| sorted.get((sorted.len() as f64 * share) as usize).copied().map(f64::from);
    let (low, high) = (share(0.1)?, share(0.9)?);
    let scale = |value: &f32| ((f64::from(*value) - low) / (high - low)).clamp(0.0, 1.0);
    (high - low >= EVEN_LU).then(|| loudness.iter().map(scale).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_song_that_lifts_and_calms_down_has_three_parts() {
        let loudness: Vec<f32> = (0..120).map(|at| if (40..80).contains(&at) { -10.0 } else { -22.0 }).collect();
        let parts = find(&loudness);
        assert_eq!(parts.len(), 3, "{parts:?}");
        assert!(parts[1].energy > 0.8 && parts[0].energy < 0.2 && parts[2].energy < 0.2, "{parts:?}");
        assert!((parts[1].start - 20.0).abs() <= 2.5 && (parts[1].end - 40.0).abs() <= 2.5, "{parts:?}");
        assert_eq!((parts[0].start, parts[2].end), (0.0, 60.0));
    }

    #[test]
    fn an_even_song_and_silence_are_one_part_of_middle_energy() {
        for level in [-14.0, -70.0] {
            assert_eq!(find(&[level; 60]), [SongSection { start: 0.0, end: 30.0, energy: 0.5 }]);
        }
        assert_eq!(find(&[]), []);
    }
}
