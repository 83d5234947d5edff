//! Cutting the shots on the timeline: a wish and a draft give another draft, or the reason why not. Nothing is changed
//! where a wish cannot be met. `reel` counts the picture in frames, `follow` takes titles and music along, `looks` are
//! changes that leave the order alone.

mod follow;
mod looks;
mod reel;
#[cfg(test)]
mod tests;

use serde_json::json;

use super::segment;
use crate::cut::{Cut, Named, Obstacle, What};
use crate::read::{Cutting, Moment, Part, Place, Shot};
use bedtrack_wire::state::{Medium, State};

pub use follow::{bed, made_for_picture, refit};
pub use looks::shape;
pub use reel::speed_of;
use reel::{Reel, Take};

/// Keys of a shot's fades of the picture; those of its sound are the music's.
pub const PICTURE_FADE_IN: &str = "picture_fade_in";
/// The other end.
pub const PICTURE_FADE_OUT: &str = "picture_fade_out";
/// Slowest and fastest speed, in percent.
pub const SPEEDS: (u32, u32) = (25, 400);

type Outcome = Result<What, Obstacle>;

/// Carries a wish out on a state.
///
/// # Errors
/// Why it cannot be met; the state is as it was then.
pub fn cut(state: &mut State, wish: &Cutting) -> Result<Cut, Obstacle> {
    if let Some(done) = looks::change(state, wish) {
        let length = super::picture_end(&state.timeline());
        return Ok(Cut { what: done?, length: (length, length), lost_titles: Vec::new() });
    }
    let mut reel = Reel::of(state).ok_or(Obstacle::NoPicture)?;
    let what = match wish {
        Cutting::Out(shot, part) => out(&mut reel, state, shot.as_ref(), *part)?,
        Cutting::Only(shot, part) => only(&mut reel, state, shot, *part)?,
        Cutting::Split(shot, moment) => split(&mut reel, state, shot.as_ref(), *moment)?,
        Cutting::Join(shots) => join(&mut reel, state, shots)?,
        Cutting::Move(shot, place) => shift(&mut reel, state, shot, place)?,
        Cutting::Swap(one, other) => {
            let (at, to) = (find(&reel, state, one)?, find(&reel, state, other)?);
            if at == to {
                return Err(Obstacle::Already);
            }
            let told = What::Swapped(named(&reel, at), named(&reel, to));
            reel.takes.swap(at, to);
            told
        }
        Cutting::Backwards => {
            if reel.takes.len() < 2 {
                return Err(Obstacle::OneShot);
            }
            reel.takes.reverse();
            What::Backwards(reel.takes.len())
        }
        Cutting::Replace(shot, with) => replace(&mut reel, state, shot.as_ref(), with.as_deref())?,
        Cutting::Drop(shots) => drop_shots(&mut reel, state, shots)?,
        Cutting::Speed(shot, speed) => looks::speed(&mut reel, state, shot.as_ref(), *speed)?,
        // These leave the order and the lengths alone; `looks` has done them.
        Cutting::Level(..) | Cutting::Fade { .. } | Cutting::Shape(..) | Cutting::Enter(..) | Cutting::OffTrack(_) => {
            return Err(Obstacle::Already);
        }
    };
    let (length, lost_titles) = lay(state, reel);
    Ok(Cut { what, length, lost_titles })
}

/// Keeps what lies between two times of the picture; gives its length before and after, or nothing where nothing would be
/// left or cut.
pub fn trim(state: &mut State, from_ms: i64, to_ms: i64) -> Option<(i64, i64)> {
    let mut reel = Reel::of(state)?;
    let whole = reel.frames();
    let (from, to) = (reel.rate.frame(from_ms.max(0)).min(whole), reel.rate.frame(to_ms.max(0)).min(whole));
    if from >= to || to - from == whole {
        return None;
    }
    reel.take_out(to, whole);
    reel.take_out(0, from);
    Some(lay(state, reel).0)
}

/// Lays a reel; titles and music follow. Gives the length before and after, and the words of titles that were lost.
fn lay(state: &mut State, reel: Reel) -> ((i64, i64), Vec<String>) {
    let before_ms = reel.before_ms;
    let known = state.clone();
    super::with_draft(state, |draft| {
        let pieces = reel.lay(draft);
        let lost = follow::titles(draft, &pieces, before_ms);
        follow::music(&known, draft, before_ms);
        ((before_ms, super::picture_end(draft)), lost)
    })
}

/// The place of a shot.
fn find(reel: &Reel, state: &State, shot: &Shot) -> Result<usize, Obstacle> {
    let photos = || reel.takes.iter().enumerate().filter(|(_, take)| take.photo).map(|(at, _)| at);
    match shot {
        Shot::Number(number) => {
            let at = number.checked_sub(1).filter(|at| *at < reel.takes.len());
            at.ok_or(Obstacle::NoShot(*number, reel.takes.len()))
        }
        Shot::Last => reel.takes.len().checked_sub(1).ok_or(Obstacle::NoPicture),
        Shot::Photo(number) => {
            let at = number.checked_sub(1).and_then(|nth| photos().nth(nth));
            at.ok_or_else(|| Obstacle::NoPhoto(*number, photos().count()))
        }
        Shot::LastPhoto => photos().next_back().ok_or(Obstacle::NoPhoto(1, 0)),
        Shot::Named(name) => {
            let shows = |take: &&Take| {
                let medium = state.medium_of(&take.segment);
                medium.and_then(Medium::display_name) == Some(name.as_str())
            };
            let found = reel.takes.iter().position(|take| shows(&take));
            found.ok_or_else(|| {
                let mut shown: Vec<String> = reel.takes.iter().map(Take::name).collect();
                shown.dedup();
                Obstacle::NotShown(name.clone(), shown)
            })
        }
    }
}

fn named(reel: &Reel, at: usize) -> Named {
    Named { number: at + 1, name: reel.takes.get(at).map(Take::name).unwrap_or_default() }
}

/// A part of a stretch of frames, counted from its own start; an error where it lies beyond the end.
fn part_of(reel: &Reel, shot: Option<Named>, length: i64, part: Part) -> Result<(i64, i64), Obstacle> {
    let frame = |ms: u64| reel.rate.frame(i64::try_from(ms).unwrap_or(i64::MAX / 4).min(i64::MAX / 4));
    let past = |ms: u64| Obstacle::PastEnd(shot.clone(), i64::try_from(ms).unwrap_or(i64::MAX), reel.rate.ms(length));
    let (from, to) = match part {
        Part::First(ms) => (0, frame(ms)),
        Part::Last(ms) => (length - frame(ms), length),
        Part::WithoutFirst(ms) => (frame(ms), length),
        Part::WithoutLast(ms) => (0, length - frame(ms)),
        Part::Between(from, to) => (frame(from), frame(to)),
    };
    let asked = match part {
        Part::First(ms) | Part::Last(ms) | Part::WithoutFirst(ms) | Part::WithoutLast(ms) => ms,
        Part::Between(from, _) if from >= u64::try_from(reel.rate.ms(length)).unwrap_or(0) => from,
        Part::Between(_, to) => to,
    };
    if from < 0 || to < 0 || from > length || to > length || from >= to {
        return Err(past(asked));
    }
    Ok((from, to))
}

fn out(reel: &mut Reel, state: &State, shot: Option<&Shot>, part: Part) -> Outcome {
    let (start, length, name) = match shot {
        None => (0, reel.frames(), None),
        Some(shot) => {
            let at = find(reel, state, shot)?;
            let frames = reel.takes.get(at).map_or(0, |take| take.frames);
            (reel.start(at), frames, Some(named(reel, at)))
        }
    };
    let (from, to) = part_of(reel, name.clone(), length, part)?;
    if to - from >= length {
        return Err(Obstacle::NothingLeft(name));
    }
    let told = (reel.rate.ms(from), reel.rate.ms(to));
    reel.take_out(start + from, start + to);
    Ok(What::Out(name, told))
}

fn only(reel: &mut Reel, state: &State, shot: &Shot, part: Part) -> Outcome {
    let at = find(reel, state, shot)?;
    let name = named(reel, at);
    let (start, take) = (reel.start(at), reel.takes.get(at).ok_or(Obstacle::NoPicture)?);
    let (before, rate) = (take.frames, reel.rate);
    if let (Part::First(ms), true) = (part, take.photo) {
        // A photo stands for as long as it likes.
        let frames = rate.frame(i64::try_from(ms).unwrap_or(0)).clamp(1, rate.frame(LONGEST_PHOTO_MS));
        if frames == before {
            return Err(Obstacle::Already);
        }
        if let Some(take) = reel.takes.get_mut(at) {
            take.frames = frames;
        }
        return Ok(What::Only(name, (rate.ms(before), rate.ms(frames))));
    }
    let (from, to) = part_of(reel, Some(name.clone()), before, part)?;
    if to - from == before {
        return Err(Obstacle::Already);
    }
    reel.take_out(start + to, start + before);
    reel.take_out(start, start + from);
    Ok(What::Only(name, (rate.ms(before), rate.ms(to - from))))
}

/// Longest that one photo is shown.
const LONGEST_PHOTO_MS: i64 = 600_000;

fn split(reel: &mut Reel, state: &State, shot: Option<&Shot>, moment: Moment) -> Outcome {
    let (at, start, length) = match shot {
        Some(shot) => {
            let at = find(reel, state, shot)?;
            (Some(at), reel.start(at), reel.takes.get(at).map_or(0, |take| take.frames))
        }
        None => (None, 0, reel.frames()),
    };
    let name = at.map(|at| named(reel, at));
    let into = match moment {
        Moment::Middle => length / 2,
        Moment::At(ms) => reel.rate.frame(i64::try_from(ms).unwrap_or(i64::MAX / 4).min(i64::MAX / 4)),
    };
    if into > length {
        let asked = if let Moment::At(ms) = moment { i64::try_from(ms).unwrap_or(i64::MAX) } else { 0 };
        return Err(Obstacle::PastEnd(name, asked, reel.rate.ms(length)));
    }
    let at_ms = reel.rate.ms(start + into);
    let edge = Obstacle::AtEdge(name, at_ms);
    if into == 0 || into == length {
        return Err(edge);
    }
    let at = reel.split(start + into).ok_or(edge)?;
    Ok(What::Split(named(reel, at), at_ms))
}

fn join(reel: &mut Reel, state: &State, shots: &[Shot]) -> Outcome {
    let mut places = Vec::new();
    for shot in shots {
        match (find(reel, state, shot), shot) {
            (Ok(at), _) => places.push(at),
            // "Join a.mp4 and b.mp4" where one of them still waits.
            (Err(_), Shot::Named(name)) if waits(reel, state).iter().any(|m| m.display_name() == Some(name)) => {}
            (Err(why), _) => return Err(why),
        }
    }
    let waiting: Vec<Medium> = waits(reel, state)
        .into_iter()
        .filter(|medium| {
            let names = |shot: &Shot| matches!(shot, Shot::Named(name) if medium.display_name() == Some(name));
            shots.is_empty() || shots.iter().any(names)
        })
        .collect();
    if !waiting.is_empty() {
        let names = waiting.iter().map(super::clip_name).collect();
        for medium in &waiting {
            let take = fresh(medium, reel);
            reel.takes.push(take);
        }
        return Ok(What::Appended(names));
    }
    if reel.takes.len() < 2 {
        return Err(Obstacle::OneShot);
    }
    places.sort_unstable();
    let first = places.first().copied().unwrap_or(0);
    let last = if places.len() > 1 { places.last().copied().unwrap_or(first) } else { reel.takes.len() - 1 };
    let (mut at, mut pieces, mut joined_at) = (first, 1, None);
    let mut end = last;
    while at < end {
        let pair = reel.takes.get(at).zip(reel.takes.get(at + 1));
        if pair.is_some_and(|(one, next)| one.goes_on_in(next, reel.rate)) {
            let next = reel.takes.remove(at + 1);
            if let Some(one) = reel.takes.get_mut(at) {
                one.frames += next.frames;
                one.was = one.was.zip(next.was).map(|((from, _), (_, to))| (from, to)).or(one.was);
                for key in [PICTURE_FADE_OUT, "fade_out"] {
                    one.segment.m.remove(key);
                    if let Some(value) = next.segment.m.get(key) {
                        one.segment.m.insert(key.to_owned(), value.clone());
                    }
                }
            }
            (pieces, joined_at, end) = (pieces + 1, joined_at.or(Some(at)), end - 1);
        } else {
            at += 1;
        }
    }
    let at = joined_at.ok_or(Obstacle::NotOneRecording)?;
    Ok(What::Joined(named(reel, at), pieces))
}

fn shift(reel: &mut Reel, state: &State, shot: &Shot, place: &Place) -> Outcome {
    let at = find(reel, state, shot)?;
    if reel.takes.len() < 2 {
        return Err(Obstacle::OneShot);
    }
    let name = named(reel, at);
    let last = reel.takes.len() - 1;
    let to = match place {
        Place::Number(number) => {
            number.checked_sub(1).filter(|to| *to <= last).ok_or(Obstacle::NoShot(*number, last + 1))?
        }
        Place::End => last,
        Place::By(by) => {
            let to = i64::try_from(at).unwrap_or(0) + by;
            usize::try_from(to).ok().filter(|to| *to <= last).ok_or(Obstacle::Already)?
        }
        Place::Before(other) | Place::After(other) => {
            let other = find(reel, state, other)?;
            let before = usize::from(at < other);
            if matches!(place, Place::Before(_)) { other - before } else { other + 1 - before }
        }
    };
    if to == at || to > last {
        return Err(Obstacle::Already);
    }
    let take = reel.takes.remove(at);
    reel.takes.insert(to, take);
    Ok(What::Moved(name, to + 1))
}

fn replace(reel: &mut Reel, state: &State, shot: Option<&Shot>, with: Option<&str>) -> Outcome {
    let pictures = || state.video_infos.iter().filter(|medium| is_picture(medium));
    let medium = match with {
        // Of two files of one name the newer one is meant.
        Some(name) => {
            pictures().rev().find(|medium| medium.display_name() == Some(name)).cloned().ok_or_else(|| {
                let have = pictures().filter_map(|medium| medium.display_name().map(str::to_owned)).collect();
                Obstacle::NoFile(name.to_owned(), have)
            })?
        }
        None => waits(reel, state).pop().ok_or(Obstacle::NothingWaits)?,
    };
    let at = match shot {
        Some(shot) => find(reel, state, shot)?,
        None if reel.takes.len() == 1 => 0,
        None => return Err(Obstacle::WhichShot(reel.takes.len())),
    };
    let name = named(reel, at);
    let Some(old) = reel.takes.get(at) else { return Err(Obstacle::NoPicture) };
    if old.segment.references().any(|reference| Some(reference) == medium.id.as_deref()) {
        return Err(Obstacle::Already);
    }
    let mut new = fresh(&medium, reel);
    // It takes the room of the old one as far as it goes, so that what comes after stays where it is; its way to come in
    // and how loud it is stay, too.
    let most = new.room(reel.rate).unwrap_or(old.frames);
    new.frames = old.frames.min(most).max(1);
    new.was = old.was.map(|(from, to)| (from, to.min(from + new.frames)));
    for key in ["transition", "volume", "camera", PICTURE_FADE_IN, PICTURE_FADE_OUT] {
        if let Some(value) = old.segment.m.get(key) {
            new.segment.m.insert(key.to_owned(), value.clone());
        }
    }
    let told = What::Replaced(name, super::clip_name(&medium));
    if let Some(slot) = reel.takes.get_mut(at) {
        *slot = new;
    }
    Ok(told)
}

fn drop_shots(reel: &mut Reel, state: &State, shots: &[Shot]) -> Outcome {
    let mut places = Vec::new();
    for shot in shots {
        places.push(find(reel, state, shot)?);
    }
    places.sort_unstable();
    places.dedup();
    if places.len() == reel.takes.len() {
        return Err(Obstacle::NothingLeft(None));
    }
    let told = places.iter().map(|at| named(reel, *at)).collect();
    for at in places.into_iter().rev() {
        reel.takes.remove(at);
    }
    Ok(What::Dropped(told))
}

/// Uploaded pictures that are not shown, in the order in which they came.
fn waits(reel: &Reel, state: &State) -> Vec<Medium> {
    let shown = |medium: &&Medium| {
        let id = medium.id.as_deref();
        reel.takes.iter().any(|take| take.segment.references().any(|reference| Some(reference) == id))
    };
    state.video_infos.iter().filter(|medium| is_picture(medium)).filter(|medium| !shown(medium)).cloned().collect()
}

fn is_picture(medium: &Medium) -> bool {
    matches!(medium.kind.as_deref(), Some("image" | "video"))
}

/// A picture as it was uploaded, whole.
fn fresh(medium: &Medium, reel: &Reel) -> Take {
    let mut clip = segment("", 0, 0);
    clip.m.remove("id");
    clip.m.insert("in".into(), json!(0));
    let photo = reel.rate.frame(super::picture::PHOTO_MS);
    let mut take = Take::new(clip, medium, photo);
    take.frames = take.room(reel.rate).unwrap_or(photo).max(1);
    take
}
