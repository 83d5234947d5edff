use proptest::prelude::*;

use super::*;

fn beats(bpm: f64, length: f64) -> Vec<f64> {
    (0..).map(|n| f64::from(n) * 60.0 / bpm).take_while(|at| *at < length).collect()
}

fn every(beats: &[f64], nth: usize) -> Vec<f64> {
    beats.iter().step_by(nth).copied().collect()
}

/// The moment of a shot that the eye takes for the cut.
fn seen(shot: &Shot) -> f64 {
    let lead = shot.enter.map_or(0, |enter| enter.kind.lead(enter.duration_ms));
    (shot.start_ms + lead) as f64 / 1000.0
}

fn off(times: &[f64], at: f64) -> f64 {
    times.iter().map(|time| (time - at).abs()).fold(f64::MAX, f64::min)
}

const STILL: Picture = Picture { clip_ms: None };

#[test]
fn lively_sections_are_cut_faster_than_calm_ones() {
    let beats = beats(120.0, 60.0);
    let bars = every(&beats, 4);
    let sections = [Section { start: 0.0, end: 30.0, energy: 0.1 }, Section { start: 30.0, end: 60.0, energy: 0.95 }];
    let shots = cut(&[STILL; 8], &Grid { beats: &beats, downbeats: &bars, sections: &sections }, 60_000, Wish::Mixed);
    let calm = shots.iter().filter(|shot| shot.start_ms < 29_000).count();
    let lively = shots.iter().filter(|shot| shot.start_ms >= 29_000).count();
    assert!(lively as f64 >= 1.6 * calm as f64, "{calm} and {lively}");
    assert!(shots.iter().any(|shot| (seen(shot) - 30.0).abs() < 0.02), "the section's start is cut");
}

#[test]
fn a_slow_song_is_cut_on_its_downbeats() {
    let beats = beats(66.0, 90.0);
    let bars = every(&beats, 4);
    let shots = cut(&[STILL; 10], &Grid { beats: &beats, downbeats: &bars, sections: &[] }, 90_000, Wish::Mixed);
    assert!(shots.len() >= 10);
    for shot in shots.iter().skip(1) {
        assert!(off(&bars, seen(shot)) < 0.002, "{shot:?}");
    }
}

#[test]
fn ten_photos_over_a_minute_are_shown_about_twice_each() {
    let beats = beats(100.0, 60.0);
    let bars = every(&beats, 4);
    let shots = cut(&[STILL; 10], &Grid { beats: &beats, downbeats: &bars, sections: &[] }, 60_000, Wish::Mixed);
    assert!((16..=24).contains(&shots.len()), "{}", shots.len());
}

#[test]
fn a_song_without_beats_is_shared_evenly_and_a_clip_goes_on_where_it_was() {
    let grid = Grid { beats: &[], downbeats: &[], sections: &[] };
    let clip = Picture { clip_ms: Some(9_000) };
    let shots = cut(&[STILL, clip], &grid, 12_000, Wish::Only(TransitionKind::Cut));
    assert_eq!(shots.iter().map(|shot| shot.start_ms).collect::<Vec<_>>(), [0, 3000, 6000, 9000]);
    assert_eq!(shots.iter().map(|shot| shot.in_ms).collect::<Vec<_>>(), [0, 0, 0, 3000]);
    assert!(cut(&[], &grid, 1000, Wish::Mixed).is_empty() && cut(&[STILL], &grid, 0, Wish::Mixed).is_empty());
}

proptest! {
    #[test]
    fn shots_fill_the_song_on_beats_and_show_all_before_any_again(
        count in 1_usize..24, bpm in 55.0_f64..190.0, bar in 2_usize..7, length in 8_u64..150,
        energies in prop::collection::vec(0.0_f64..1.0, 1..6), swing in 0.0_f64..0.04
    ) {
        let seconds = length as f64;
        let beats: Vec<f64> =
            beats(bpm, seconds).into_iter().enumerate().map(|(n, at)| at + if n % 2 == 1 { swing } else { 0.0 }).collect();
        let bars = every(&beats, bar);
        let part = seconds / energies.len() as f64;
        let sections: Vec<Section> = energies
            .iter()
            .enumerate()
            .map(|(n, energy)| Section { start: n as f64 * part, end: (n + 1) as f64 * part, energy: *energy })
            .collect();
        let grid = Grid { beats: &beats, downbeats: &bars, sections: &sections };
        let shots = cut(&vec![STILL; count], &grid, length * 1000, Wish::Mixed);
        let mut at = 0;
        for (nth, shot) in shots.iter().enumerate() {
            prop_assert_eq!(shot.start_ms, at);
            prop_assert!(shot.duration_ms > 0);
            prop_assert_eq!(shot.picture, nth % count);
            prop_assert!(nth == 0 || off(&beats, seen(shot)) < 0.002);
            // The picture before is held for as long as this one takes to come in.
            prop_assert!(shot.enter.is_none_or(|enter| enter.duration_ms <= shot.duration_ms));
            at += shot.duration_ms;
        }
        prop_assert_eq!(at, length * 1000);
        // Every picture is seen where there is a beat for each.
        let usable = beats.iter().filter(|at| **at >= 0.4 && **at <= seconds - 0.4).count();
        prop_assert!(shots.len() >= count || usable + 1 < count * 2, "{} of {}", shots.len(), count);
    }
}
