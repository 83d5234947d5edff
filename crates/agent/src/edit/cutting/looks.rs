//! How shots look and sound: speed, level, fades, the film's shape, how one takes over from another.

use serde_json::{Value, json};

use super::reel::{Reel, Take};
use super::{Outcome, PICTURE_FADE_IN, PICTURE_FADE_OUT, SPEEDS, find, named};
use crate::cut::{Named, Obstacle, What};
use crate::edit::with_draft;
use crate::read::{Cutting, Faded, Level, Shot, Speed, Target};
use bedtrack_film::show::{Fit, Transition, TransitionKind};
use bedtrack_film::{Aspect, RECORDED_SPEED};
use bedtrack_wire::draft::{AUDIO, Segment, TEXT, VIDEO};
use bedtrack_wire::state::State;

/// How long one shot takes to give way to the next.
const TRANSITION_MS: u64 = 500;
const ASPECT: &str = "aspect";
const FIT: &str = "fit";

/// The shape of a state's film, and how pictures of another shape fill it.
pub fn shape(state: &State) -> (Aspect, Fit) {
    let written = |key: &str| state.canvas_config.get(key).cloned().unwrap_or_default();
    let aspect = serde_json::from_value(written(ASPECT)).unwrap_or_default();
    (aspect, serde_json::from_value(written(FIT)).unwrap_or_default())
}

/// A change that leaves the order and the lengths of the shots alone; nothing where the wish is no such change.
pub fn change(state: &mut State, wish: &Cutting) -> Option<Outcome> {
    Some(match wish {
        Cutting::Level(shot, level) => set_level(state, shot, *level),
        Cutting::Fade { of, shot, in_ms, out_ms } => fade(state, *of, shot.as_ref(), (*in_ms, *out_ms)),
        Cutting::Shape(aspect, fit) => reshape(state, *aspect, *fit),
        Cutting::Enter(shot, kind) => enter(state, shot.as_ref(), *kind),
        Cutting::OffTrack(number) => off_track(state, *number),
        _ => return None,
    })
}

/// Changes the segments of the shots, which are found by their place on the reel; the rest of the draft stays as it is.
fn change_shots(state: &mut State, mut change: impl FnMut(usize, &mut Segment)) {
    with_draft(state, |draft| {
        let mut shots: Vec<(i64, &mut Segment)> = Vec::new();
        for track in draft.t.iter_mut().filter(|track| track.tt == VIDEO) {
            let starts: Vec<i64> = track.placed().map(|placed| placed.start).collect();
            shots.extend(starts.into_iter().zip(track.sg.iter_mut()));
        }
        shots.sort_by_key(|(start, _)| *start);
        for (at, (_, segment)) in shots.into_iter().enumerate() {
            change(at, segment);
        }
    });
}

fn has_sound(state: &State, take: &Take) -> bool {
    let medium = state.medium_of(&take.segment);
    medium.is_some_and(|medium| medium.m.get("has_sound") == Some(&Value::Bool(true)))
}

fn set_level(state: &mut State, shot: &Shot, level: Level) -> Outcome {
    let reel = Reel::of(state).ok_or(Obstacle::NoPicture)?;
    let at = find(&reel, state, shot)?;
    let take = reel.takes.get(at).ok_or(Obstacle::NoPicture)?;
    if !has_sound(state, take) {
        return Err(Obstacle::NoSound(Some(named(&reel, at))));
    }
    let before = take.segment.volume().unwrap_or(1.0);
    let after = level.from_present(before);
    if (before - after).abs() < 0.0005 {
        return Err(Obstacle::Already);
    }
    change_shots(state, |number, segment| {
        if number == at {
            segment.m.insert("volume".into(), json!(after));
        }
    });
    Ok(What::Level(named(&reel, at), (before, after)))
}

fn fade(state: &mut State, of: Faded, shot: Option<&Shot>, (rise, fall): (Option<u64>, Option<u64>)) -> Outcome {
    let reel = Reel::of(state).ok_or(Obstacle::NoPicture)?;
    let at = shot.map(|shot| find(&reel, state, shot)).transpose()?;
    let (first, last) = at.map_or((0, reel.takes.len().saturating_sub(1)), |at| (at, at));
    let sounds = |take: &Take| has_sound(state, take);
    let heard = reel.takes.get(first..=last).unwrap_or_default().iter().any(sounds);
    if of == Faded::Sound && !heard {
        return Err(Obstacle::NoSound(at.map(|at| named(&reel, at))));
    }
    let (in_key, out_key) = match of {
        Faded::Picture => (PICTURE_FADE_IN, PICTURE_FADE_OUT),
        Faded::Sound => ("fade_in", "fade_out"),
    };
    // A rise and a fall share a shot that is shorter than both.
    let most = |at: usize| reel.takes.get(at).map_or(0, |take| reel.rate.ms(take.frames));
    let share = if rise.is_some() && fall.is_some() && first == last { 2 } else { 1 };
    let within = |at: usize, ms: Option<u64>| ms.map(|ms| i64::try_from(ms).unwrap_or(i64::MAX).min(most(at) / share));
    let (in_ms, out_ms) = (within(first, rise), within(last, fall));
    change_shots(state, |number, segment| {
        let mut set = |here: usize, key: &str, ms: Option<i64>| {
            if let Some(ms) = ms.filter(|_| number == here) {
                segment.m.insert(key.to_owned(), json!(ms));
            }
        };
        set(first, in_key, in_ms);
        set(last, out_key, out_ms);
    });
    Ok(What::Fade { of, shot: at.map(|at| named(&reel, at)), in_ms, out_ms })
}

fn reshape(state: &mut State, aspect: Option<Aspect>, fit: Option<Fit>) -> Outcome {
    if Reel::of(state).is_none() {
        return Err(Obstacle::NoPicture);
    }
    let (before, fit_before) = shape(state);
    let after = aspect.unwrap_or(before);
    // In its own shape a picture has nothing to fill.
    let fit_after = if after == Aspect::Source { Fit::Auto } else { fit.unwrap_or(fit_before) };
    if (before, fit_before) == (after, fit_after) {
        return Err(Obstacle::Already);
    }
    let mut canvas = state.canvas_config.as_object().cloned().unwrap_or_default();
    canvas.insert(ASPECT.to_owned(), json!(after));
    canvas.insert(FIT.to_owned(), json!(fit_after));
    state.canvas_config = Value::Object(canvas);
    Ok(What::Shape((before, after), fit_after))
}

fn enter(state: &mut State, shot: Option<&Shot>, kind: TransitionKind) -> Outcome {
    let reel = Reel::of(state).ok_or(Obstacle::NoPicture)?;
    if reel.takes.len() < 2 {
        return Err(Obstacle::OneShot);
    }
    // The first shot has nothing to take over from: its transition is the one to the next.
    let at = shot.map(|shot| find(&reel, state, shot)).transpose()?.map(|at| at.max(1));
    let present = |take: &Take| -> TransitionKind {
        let written = take.segment.m.get("transition").cloned().unwrap_or_default();
        serde_json::from_value::<Transition>(written).map_or(TransitionKind::Cut, |transition| transition.kind)
    };
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
        let shortest = shortest.map(|take| reel.rate.ms(take.frames) / 2).min().unwrap_or(0);
        TRANSITION_MS.min(u64::try_from(shortest).unwrap_or(0))
    };
    change_shots(state, |number, segment| {
        if !changed.get(number).copied().unwrap_or(false) {
            return;
        }
        let duration_ms = if kind == TransitionKind::Cut { 0 } else { length(number) };
        segment.m.insert("transition".into(), json!(Transition { kind, duration_ms }));
    });
    Ok(What::Enter(at.map(|at| named(&reel, at)), kind, count))
}

fn off_track(state: &mut State, number: usize) -> Outcome {
    let tracks: Vec<i64> = state.timeline().t.iter().filter(|track| !track.sg.is_empty()).map(|t| t.tt).collect();
    let missing = Obstacle::NoTrack(number, tracks.len());
    let kind = number.checked_sub(1).and_then(|at| tracks.get(at)).copied().ok_or(missing)?;
    with_draft(state, |draft| {
        draft.t.retain(|track| !track.sg.is_empty());
        draft.t.remove(number - 1);
    });
    let target = match kind {
        VIDEO => Target::Picture,
        AUDIO => Target::Music,
        TEXT => Target::AllTitles,
        _ => Target::Everything,
    };
    Ok(What::OffTrack(number, target))
}

/// Another speed for a shot, or for all of them; photos are shown for longer or shorter instead.
pub fn speed(reel: &mut Reel, state: &State, shot: Option<&Shot>, speed: Speed) -> Outcome {
    let at = shot.map(|shot| find(reel, state, shot)).transpose()?;
    let name: Option<Named> = at.map(|at| named(reel, at)).or_else(|| (reel.takes.len() == 1).then(|| named(reel, 0)));
    let (mut told, mut any) = (None, false);
    for (number, take) in reel.takes.iter_mut().enumerate() {
        if at.is_some_and(|at| at != number) {
            continue;
        }
        let before = if take.photo { RECORDED_SPEED } else { take.speed() };
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
            if after == RECORDED_SPEED {
                take.segment.m.remove("speed");
            } else {
                take.segment.m.insert("speed".into(), json!(f64::from(after) / f64::from(RECORDED_SPEED)));
            }
        }
    }
    match (any, told) {
        (false, _) => Err(Obstacle::Already),
        (true, Some(told)) => Ok(What::Speed(name, told)),
        (true, None) => Ok(What::Shown(name)),
    }
}
