//! Laying pictures onto the beats of a song: which picture is shown when, and how it comes in. Pure; the times that come
//! out are the ones that a film is cut at, to the millisecond.

use bedtrack_wire::look::{Camera, Transition, TransitionKind};

use crate::read::Wish;

/// Seconds that a picture stands in the calmest and in the liveliest part of a song.
const CALM_SECONDS: f64 = 4.8;
const LIVELY_SECONDS: f64 = 1.7;
/// Beats that are further apart than this make a slow song, which is cut on its downbeats only.
const SLOW_BEAT_SECONDS: f64 = 0.66;
/// No picture stands shorter than this.
const SHORTEST_SECONDS: f64 = 0.4;
/// How far the pace may be bent so that the last round of pictures ends with the song.
const BEND: f64 = 1.5;
/// What it costs, against a length that is right, to cut on half a bar and on any other beat.
const OFF_BAR: [f64; 3] = [0.0, 0.35, 0.8];
/// What it is worth to cut where a section begins.
const SECTION_START: f64 = 0.9;

/// A picture that is to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picture {
    /// The length of a clip in ms; none for a still, which stands as long as is wanted.
    pub clip_ms: Option<u64>,
}

/// The beats of a song. Times are seconds on the film's clock, in rising order.
#[derive(Debug, Clone, Copy)]
pub struct Grid<'a> {
    /// Every beat.
    pub beats: &'a [f64],
    /// The first beat of every bar; may be empty.
    pub downbeats: &'a [f64],
    /// The sections, without overlaps; may be empty.
    pub sections: &'a [Section],
}

/// A part of a song.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Section {
    /// Start in seconds.
    pub start: f64,
    /// End in seconds.
    pub end: f64,
    /// 0 for calm to 1 for lively.
    pub energy: f64,
}

/// One showing of a picture. Shots follow one another without a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shot {
    /// Which picture.
    pub picture: usize,
    /// When it begins to come in, in ms.
    pub start_ms: u64,
    /// Until the next one begins, in ms.
    pub duration_ms: u64,
    /// Where in a clip it begins, in ms.
    pub in_ms: u64,
    /// How it comes in; the first one is just there.
    pub enter: Option<Transition>,
    /// How the camera moves.
    pub camera: Camera,
}

/// A place where a cut may be.
#[derive(Debug, Clone, Copy)]
struct Place {
    at: f64,
    /// 0 on a downbeat, 1 on half a bar, 2 elsewhere.
    level: usize,
    energy: f64,
    opens_section: bool,
}

/// Lays `pictures` onto a song of `duration_ms`: each once, in their order, before any comes again. Cuts lie on beats,
/// on downbeats where the song is slow, and come the faster the livelier a section is. A song too short to show all
/// of them shows the first ones. Without beats the pictures share the time evenly.
pub fn cut(pictures: &[Picture], grid: &Grid, duration_ms: u64, wish: Wish) -> Vec<Shot> {
    let length = duration_ms as f64 / 1000.0;
    if pictures.is_empty() || duration_ms == 0 {
        return Vec::new();
    }
    let places = places(grid, length);
    let cuts = if places.is_empty() { even(pictures.len(), length) } else { on_beats(pictures, grid, &places, length) };
    shots(pictures, &cuts, duration_ms, wish)
}

/// Where a cut may be: every beat that leaves a picture time before and after it.
fn places(grid: &Grid, length: f64) -> Vec<Place> {
    let near = |times: &[f64], at: f64| times.iter().any(|time| (time - at).abs() < 0.03);
    let beat = beat_seconds(grid.beats);
    let (mut since_bar, bar) = (0_usize, beats_in_bar(grid));
    let mut places = Vec::new();
    for &at in grid.beats {
        since_bar = if near(grid.downbeats, at) { 0 } else { since_bar + 1 };
        let level = match since_bar {
            0 => 0,
            n if bar.is_multiple_of(2) && n == bar / 2 => 1,
            _ if grid.downbeats.is_empty() => 0,
            _ => 2,
        };
        if at.is_finite() && at >= SHORTEST_SECONDS && at <= length - SHORTEST_SECONDS {
            places.push(Place {
                at,
                level,
                energy: energy_at(grid.sections, at),
                opens_section: grid.sections.iter().any(|section| (section.start - at).abs() < beat / 2.0),
            });
        }
    }
    places
}

/// The middle distance of two beats.
fn beat_seconds(beats: &[f64]) -> f64 {
    let mut gaps: Vec<f64> = beats.windows(2).map(|pair| pair.iter().fold(0.0, |before, at| at - before)).collect();
    gaps.sort_by(f64::total_cmp);
    gaps.get(gaps.len() / 2).copied().unwrap_or(0.5).max(0.05)
}

fn beats_in_bar(grid: &Grid) -> usize {
    let bar = beat_seconds(grid.downbeats) / beat_seconds(grid.beats);
    if grid.downbeats.len() < 2 { 1 } else { (bar.round() as usize).clamp(1, 16) }
}

fn energy_at(sections: &[Section], at: f64) -> f64 {
    let found = sections.iter().find(|section| section.start <= at + 0.03 && at + 0.03 < section.end);
    found.map_or(0.5, |section| section.energy.clamp(0.0, 1.0))
}

/// How long a picture stands, in seconds, by the energy of the music.
fn pace(energy: f64) -> f64 {
    CALM_SECONDS * (LIVELY_SECONDS / CALM_SECONDS).powf(energy)
}

fn even(pictures: usize, length: f64) -> Vec<f64> {
    let shots = ((length / pace(0.5)).round() as usize).max(pictures).min((length / SHORTEST_SECONDS) as usize).max(1);
    (1..shots).map(|shot| length * shot as f64 / shots as f64).collect()
}

fn on_beats(pictures: &[Picture], grid: &Grid, places: &[Place], length: f64) -> Vec<f64> {
    let slow = beat_seconds(grid.beats) > SLOW_BEAT_SECONDS && grid.downbeats.len() > 2;
    let downbeats: Vec<Place> = places.iter().filter(|place| place.level == 0).copied().collect();
    // Where the bars of a slow song are too few for the pictures, the other beats have to help.
    let places = if slow && downbeats.len() + 1 >= pictures.len() { &downbeats } else { places };
    let natural: f64 = {
        let steps = 64;
        let step = length / f64::from(steps);
        (0..steps).map(|at| step / pace(energy_at(grid.sections, (f64::from(at) + 0.5) * step))).sum()
    };
    let each = pictures.len() as f64;
    // Whole rounds of the pictures, where that bends the pace only a little; all of them once in any case.
    let rounds = (natural / each).round().max(1.0) * each;
    let wanted = if (1.0 / BEND..=BEND).contains(&(rounds / natural)) { rounds } else { natural.max(each) };
    let mut bend = natural / wanted;
    let shots = |cuts: &[f64]| cuts.len() as f64 + 1.0;
    // What leaves pictures out is worse than any pace.
    let miss = |cuts: &[f64]| (shots(cuts) / wanted).ln().abs() + if shots(cuts) < each { 9.0 } else { 0.0 };
    let mut cuts = walk(pictures, places, bend, length);
    let mut tried = cuts.len();
    // Beats are coarse: a few steps bring the number of shots to where it was meant to be, or near it.
    for _ in 0..12 {
        let off = (tried as f64 + 1.0) / wanted;
        if miss(&cuts) < 0.05 {
            break;
        }
        bend *= if off < 1.0 { off.clamp(0.8, 0.96) } else { off.clamp(1.04, 1.25) };
        let next = walk(pictures, places, bend, length);
        tried = next.len();
        if miss(&next) < miss(&cuts) {
            cuts = next;
        }
    }
    if cuts.len() + 1 < pictures.len() && places.len() + 1 >= pictures.len() {
        // Tempo and length leave no choice: the pictures share the places evenly.
        let shots = pictures.len();
        cuts = (1..shots).filter_map(|shot| places.get(shot * (places.len() + 1) / shots - 1)).map(|p| p.at).collect();
    }
    cuts
}

/// Walks from cut to cut, each time to the place that fits best; `bend` stretches or shortens the pace.
fn walk(pictures: &[Picture], places: &[Place], bend: f64, length: f64) -> Vec<f64> {
    let mut left: Vec<f64> = pictures.iter().map(|p| p.clip_ms.map_or(f64::MAX, |ms| ms as f64 / 1000.0)).collect();
    let (mut cuts, mut last, mut first) = (Vec::new(), 0.0, 0);
    loop {
        let shown = cuts.len() % pictures.len().max(1);
        let room = left.get(shown).copied().unwrap_or(f64::MAX);
        let cost = |place: &Place| {
            let wanted = (pace(place.energy) * bend).max(SHORTEST_SECONDS);
            let off = ((place.at - last) / wanted).ln().abs();
            let section = if place.opens_section { SECTION_START } else { 0.0 };
            // A clip that is over would stand still.
            let over = if place.at - last > room { 4.0 } else { 0.0 };
            off + OFF_BAR.get(place.level).copied().unwrap_or(1.0) * off.min(0.7) + over - section
                + 0.3 * OFF_BAR.get(place.level).copied().unwrap_or(1.0)
        };
        let ahead = places.get(first..).unwrap_or_default().iter().enumerate();
        let ahead = ahead.filter(|(_, place)| place.at - last >= SHORTEST_SECONDS);
        // Twice the pace and further on lies nothing that could still be right.
        let within = ahead.take_while(|(nth, place)| *nth < 4 || place.at - last <= 2.2 * CALM_SECONDS * bend);
        let best = within.min_by(|(_, a), (_, b)| cost(a).total_cmp(&cost(b)));
        let Some((nth, place)) = best else { return cuts };
        // The end of the song is a cut as well: a last picture that only flashes is worse than a long one before it.
        if length - place.at < 0.5 * pace(place.energy) * bend && length - last < 2.0 * pace(place.energy) * bend {
            return cuts;
        }
        if let Some(room) = left.get_mut(shown) {
            *room = if *room - (place.at - last) < 1.0 { f64::MAX } else { *room - (place.at - last) };
        }
        cuts.push(place.at);
        (last, first) = (place.at, first + nth + 1);
    }
}

/// Gives each cut its transition, and each shot its picture.
fn shots(pictures: &[Picture], cuts: &[f64], duration_ms: u64, wish: Wish) -> Vec<Shot> {
    let ms = |seconds: f64| (seconds * 1000.0).round() as u64;
    let edges: Vec<u64> = std::iter::once(0).chain(cuts.iter().map(|at| ms(*at))).chain([duration_ms]).collect();
    let mut used = vec![0_u64; pictures.len()];
    let mut shots: Vec<Shot> = Vec::with_capacity(edges.len());
    let lengths: Vec<u64> = edges.windows(2).map(|pair| pair.iter().fold(0, |before, at| at - before)).collect();
    for (nth, (&at, &length)) in edges.iter().zip(&lengths).enumerate() {
        let before = nth.checked_sub(1).and_then(|before| lengths.get(before)).copied();
        let enter = before.map(|before| transition(nth, before.min(length), wish));
        let start_ms = at - enter.map_or(0, |enter| enter.kind.lead(enter.duration_ms));
        if let Some(last) = shots.last_mut() {
            last.duration_ms = start_ms - last.start_ms;
        }
        let picture = nth % pictures.len();
        let camera = match pictures.get(picture) {
            Some(Picture { clip_ms: None }) => {
                [Camera::In, Camera::Right, Camera::Out, Camera::Left].get(nth % 4).copied().unwrap_or_default()
            }
            _ => Camera::Still,
        };
        let in_ms = place_in_clip(pictures.get(picture), used.get_mut(picture), duration_ms.min(length));
        shots.push(Shot { picture, start_ms, duration_ms: duration_ms - start_ms, in_ms, enter, camera });
    }
    shots
}

/// Where a clip goes on: behind what was shown of it, from its start again where too little is left.
fn place_in_clip(picture: Option<&Picture>, used: Option<&mut u64>, length: u64) -> u64 {
    let (Some(Picture { clip_ms: Some(clip) }), Some(used)) = (picture, used) else { return 0 };
    if *used + length > *clip {
        *used = 0;
    }
    let at = *used;
    *used += length;
    at
}

/// The transition into the `nth` shot, where the shorter of the two pictures stands `length` ms.
fn transition(nth: usize, length: u64, wish: Wish) -> Transition {
    let kind = match wish {
        Wish::Only(kind) => kind,
        Wish::Mixed if length >= 3_000 => TransitionKind::Crossfade,
        // Lively music is cut hard, with something else now and then.
        Wish::Mixed if length < 1_200 => TransitionKind::Cut,
        Wish::Mixed => [TransitionKind::Crossfade, TransitionKind::Cut, TransitionKind::Slide, TransitionKind::Zoom]
            .get(nth % 4)
            .copied()
            .unwrap_or(TransitionKind::Cut),
    };
    let duration_ms = match kind {
        TransitionKind::Cut => 0,
        TransitionKind::Crossfade => (length / 4).clamp(200, 900),
        TransitionKind::Slide => (length / 4).clamp(160, 450),
        TransitionKind::Zoom => (length / 4).clamp(160, 500),
    };
    Transition { kind, duration_ms }
}

#[cfg(test)]
mod tests;
