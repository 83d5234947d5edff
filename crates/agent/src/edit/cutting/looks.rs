//! How shots look and sound: speed, level, fades, the film's shape, how one takes over from another.

use super::reel::{Reel, Take};
use super::shots::{find, named};
use crate::cut::{Named, Obstacle, What};
use crate::read::{Cutting, Faded, Level, Shot, Speed, Target};
use bedtrack_timeline::{Clip, SPEEDS, Shape, Timeline, Track};
use bedtrack_wire::look::{Aspect, Fit, RECORDED_SPEED, Transition, TransitionKind};
use bedtrack_wire::time::Ms;

/// How long one shot takes to give way to the next.
const TRANSITION_MS: u64 = 500;

/// A change that leaves the order and the lengths of the shots alone; nothing where the wish is no such change.
pub fn change(timeline: &mut Timeline, wish: &Cutting) -> Option<Result<What, Obstacle>> {
    Some(match wish {
        Cutting::Level(shot, level) => set_level(timeline, shot, *level),
        Cutting::Fade { of, shot, in_ms, out_ms } => fade(timeline, *of, shot.as_ref(), (*in_ms, *out_ms)),
        Cutting::Shape(aspect, fit) => reshape(timeline, *aspect, *fit),
        Cutting::Enter(shot, kind) => enter(timeline, shot.as_ref(), *kind),
        Cutting::OffTrack(number) => off_track(timeline, *number),
        _ => return None,
    })
}

/// Changes the clips of the shots, which are found by their ids; the rest of the timeline stays as it is.
fn change_shots(timeline: &mut Timeline, reel: &Reel, mut change: impl FnMut(usize, &mut Clip)) {
    for clip in timeline.clips_mut() {
        if let Some(at) = reel.takes.iter().position(|take| take.clip.id == clip.id) {
            change(at, clip);
        }
    }
    timeline.settle();
}

fn set_level(timeline: &mut Timeline, shot: &Shot, level: Level) -> Result<What, Obstacle> {
    let reel = Reel::of(timeline).ok_or(Obstacle::NoPicture)?;
    let at = find(&reel, timeline, shot)?;
    let take = reel.takes.get(at).ok_or(Obstacle::NoPicture)?;
    if !timeline.has_sound(&take.clip) {
        return Err(Obstacle::NoSound(Some(named(&reel, at))));
    }
    let before = take.clip.level();
    let after = level.from_present(before);
    if (before - after).abs() < 0.0005 {
        return Err(Obstacle::Already);
    }
    change_shots(timeline, &reel, |number, clip| {
        if number == at {
            clip.volume = Some(after);
        }
    });
    Ok(What::Level(named(&reel, at), (before, after)))
}

fn fade(
    timeline: &mut Timeline,
    of: Faded,
    shot: Option<&Shot>,
    (rise, fall): (Option<u64>, Option<u64>),
) -> Result<What, Obstacle> {
    let reel = Reel::of(timeline).ok_or(Obstacle::NoPicture)?;
    let at = shot.map(|shot| find(&reel, timeline, shot)).transpose()?;
    let (first, last) = at.map_or((0, reel.takes.len().saturating_sub(1)), |at| (at, at));
    let sounds = |take: &Take| timeline.has_sound(&take.clip);
    let heard = reel.takes.get(first..=last).unwrap_or_default().iter().any(sounds);
    if of == Faded::Sound && !heard {
        return Err(Obstacle::NoSound(at.map(|at| named(&reel, at))));
    }
    // A rise and a fall share a shot that is shorter than both.
    let most = |at: usize| reel.takes.get(at).map_or(Ms::ZERO, |take| reel.rate.time(take.frames));
    let share = if rise.is_some() && fall.is_some() && first == last { 2 } else { 1 };
    let within = |at: usize, ms: Option<u64>| ms.map(|ms| Ms::from(ms).min(Ms(most(at).0 / share)));
    let (fade_in, fade_out) = (within(first, rise), within(last, fall));
    change_shots(timeline, &reel, |number, clip| {
        let (rise, fall) = match of {
            Faded::Picture => (&mut clip.picture_fade_in, &mut clip.picture_fade_out),
            Faded::Sound => (&mut clip.fade_in, &mut clip.fade_out),
        };
        if number == first {
            *rise = fade_in.or(*rise);
        }
        if number == last {
            *fall = fade_out.or(*fall);
        }
    });
    Ok(What::Fade { of, shot: at.map(|at| named(&reel, at)), fade_in, fade_out })
}

fn reshape(timeline: &mut Timeline, aspect: Option<Aspect>, fit: Option<Fit>) -> Result<What, Obstacle> {
    if Reel::of(timeline).is_none() {
        return Err(Obstacle::NoPicture);
    }
    let Shape { aspect: before, fit: fit_before } = timeline.shape;
    let after = aspect.unwrap_or(before);
    // In its own shape a picture has nothing to fill.
    let fit_after = if after == Aspect::Source { Fit::Auto } else { fit.unwrap_or(fit_before) };
    if (before, fit_before) == (after, fit_after) {
        return Err(Obstacle::Already);
    }
    timeline.shape = Shape { aspect: after, fit: fit_after };
    Ok(What::Shape((before, after), fit_after))
}

fn enter(timeline: &mut Timeline, shot: Option<&Shot>, kind: TransitionKind) -> Result<What, Obstacle> {
    let reel = Reel::of(timeline).ok_or(Obstacle::NoPicture)?;
    if reel.takes.len() < 2 {
        return Err(Obstacle::OneShot);
    }
    // The first shot has nothing to take over from: its transition is the one to the next.
    let at = shot.map(|shot| find(&reel, timeline, shot)).transpose()?.map(|at| at.max(1));
    let present = |take: &Take| take.clip.transition.map_or(TransitionKind::Cut, |transition| transition.kind);
    let wanted = |number: usize| number > 0 && at.is_none_or(|at| at == number);
    let changed: Vec<bool> =
        reel.takes.iter().enumerate().map(|(number, take)| wanted(number) && present(take) != kind).collect();
    let count = changed.iter().filter(|changed| **changed).count();
    if count == 0 {
        return Err(Obstacle::Already);
    }
    let length = |number: usize| {
        // No transition takes more than half of a shot that it joins.
        let shortest = [number.saturating_sub(1), number].into_iter().filter_map(|at| reel.takes.get(at));
        let shortest = shortest.map(|take| reel.rate.time(take.frames).whole() / 2).min().unwrap_or(0);
        TRANSITION_MS.min(shortest)
    };
    change_shots(timeline, &reel, |number, clip| {
        if !changed.get(number).copied().unwrap_or(false) {
            return;
        }
        let duration_ms = if kind == TransitionKind::Cut { 0 } else { length(number) };
        clip.transition = Some(Transition { kind, duration_ms });
    });
    Ok(What::Enter(at.map(|at| named(&reel, at)), kind, count))
}

fn off_track(timeline: &mut Timeline, number: usize) -> Result<What, Obstacle> {
    let there: Vec<usize> =
        timeline.tracks.iter().enumerate().filter(|(_, track)| !track.is_empty()).map(|(at, _)| at).collect();
    let missing = Obstacle::NoTrack(number, there.len());
    let at = number.checked_sub(1).and_then(|at| there.get(at)).copied().ok_or(missing)?;
    let target = match timeline.tracks.remove(at) {
        Track::Picture(_) => Target::Picture,
        Track::Sound(_) => Target::Music,
        Track::Titles(_) => Target::AllTitles,
        Track::Other(_) | Track::Odd(_) => Target::Everything,
    };
    timeline.settle();
    Ok(What::OffTrack(number, target))
}

/// Another speed for a shot, or for all of them; photos are shown for longer or shorter instead.
pub fn speed(reel: &mut Reel, timeline: &Timeline, shot: Option<&Shot>, speed: Speed) -> Result<What, Obstacle> {
    let at = shot.map(|shot| find(reel, timeline, shot)).transpose()?;
    let name: Option<Named> = at.map(|at| named(reel, at)).or_else(|| (reel.takes.len() == 1).then(|| named(reel, 0)));
    let (mut told, mut any) = (None, false);
    for (number, take) in reel.takes.iter_mut().enumerate() {
        if at.is_some_and(|at| at != number) {
            continue;
        }
        let before = if take.photo { RECORDED_SPEED } else { take.clip.speed };
        let after = match speed {
            Speed::To(percent) => percent,
            Speed::By(percent) => u32::try_from(u64::from(before) * u64::from(percent) / 100).unwrap_or(u32::MAX),
        };
        if !(SPEEDS.0..=SPEEDS.1).contains(&after) {
            return Err(Obstacle::SpeedRange(SPEEDS.0, SPEEDS.1));
        }
        if after == before {
            continue;
        }
        any = true;
        let (was, is) = (i64::from(before), i64::from(after));
        take.frames = ((take.frames * was * 2 + is) / (is * 2)).max(1);
        if !take.photo {
            told.get_or_insert((before, after));
            take.clip.speed = after;
        }
    }
    match (any, told) {
        (false, _) => Err(Obstacle::Already),
        (true, Some(told)) => Ok(What::Speed(name, told)),
        (true, None) => Ok(What::Shown(name)),
    }
}
