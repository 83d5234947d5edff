//! Cutting the shots on the timeline: a wish and a draft give another draft, or the reason why not. Nothing is changed
//! where a wish cannot be met. `reel` counts the picture in frames, `follow` takes titles and music along, `looks` are
//! changes that leave the order alone.

mod follow;
mod looks;
mod reel;
mod shots;
#[cfg(test)]
mod tests;

use super::picture::PHOTO;
use crate::cut::{Cut, Named, Obstacle, What};
use crate::read::{Cutting, Moment, Part, Place, Shot};
use bedtrack_timeline::{Timeline, clip_name};
use bedtrack_wire::state::Medium;
use bedtrack_wire::time::Ms;

pub use follow::{bed, made_for_picture, refit};
use reel::{Reel, Take};
use shots::{find, named};

type Outcome = Result<What, Obstacle>;

/// Carries a wish out on a timeline.
///
/// # Errors
/// Why it cannot be met; the timeline is as it was then.
pub fn cut(timeline: &mut Timeline, wish: &Cutting) -> Result<Cut, Obstacle> {
    if let Some(done) = looks::change(timeline, wish) {
        let length = timeline.picture_end();
        return Ok(Cut { what: done?, length: (length, length), lost_titles: Vec::new() });
    }
    let mut reel = Reel::of(timeline).ok_or(Obstacle::NoPicture)?;
    let what = match wish {
        Cutting::Out(shot, part) => out(&mut reel, timeline, shot.as_ref(), *part)?,
        Cutting::Only(shot, part) => only(&mut reel, timeline, shot, *part)?,
        Cutting::Split(shot, moment) => split(&mut reel, timeline, shot.as_ref(), *moment)?,
        Cutting::Join(shots) => join(&mut reel, timeline, shots)?,
        Cutting::Move(shot, place) => shift(&mut reel, timeline, shot, place)?,
        Cutting::Swap(one, other) => {
            let (at, to) = (find(&reel, timeline, one)?, find(&reel, timeline, other)?);
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
        Cutting::Replace(shot, with) => replace(&mut reel, timeline, shot.as_ref(), with.as_deref())?,
        Cutting::Drop(shots) => drop_shots(&mut reel, timeline, shots)?,
        Cutting::Speed(shot, speed) => looks::speed(&mut reel, timeline, shot.as_ref(), *speed)?,
        // These leave the order and the lengths alone; `looks` has done them.
        Cutting::Level(..) | Cutting::Fade { .. } | Cutting::Shape(..) | Cutting::Enter(..) | Cutting::OffTrack(_) => {
            return Err(Obstacle::Already);
        }
    };
    let (length, lost_titles) = lay(timeline, reel);
    Ok(Cut { what, length, lost_titles })
}

/// Keeps what lies between two times of the picture; gives its length before and after, or nothing where nothing would be
/// left or cut.
pub fn trim(timeline: &mut Timeline, from: Ms, to: Ms) -> Option<(Ms, Ms)> {
    let mut reel = Reel::of(timeline)?;
    let whole = reel.frames();
    let frame = |at: Ms| reel.rate.frame(at.max(Ms::ZERO)).min(whole);
    let (from, to) = (frame(from), frame(to));
    if from >= to || to - from == whole {
        return None;
    }
    reel.take_out(to, whole);
    reel.take_out(0, from);
    Some(lay(timeline, reel).0)
}

/// Lays a reel; titles and music follow. Gives the length before and after, and the words of titles that were lost.
fn lay(timeline: &mut Timeline, reel: Reel) -> ((Ms, Ms), Vec<String>) {
    let before = reel.before;
    let pieces = reel.lay(timeline);
    let lost = follow::titles(timeline, &pieces, before);
    follow::music(timeline, before);
    timeline.settle();
    ((before, timeline.picture_end()), lost)
}

/// A time that no timeline reaches, and that can still be counted in frames.
const FURTHEST: Ms = Ms(i64::MAX / 4);

/// A part of a stretch of frames, counted from its own start; an error where it lies beyond the end.
fn part_of(reel: &Reel, shot: Option<Named>, length: i64, part: Part) -> Result<(i64, i64), Obstacle> {
    let frame = |ms: u64| reel.rate.frame(Ms::from(ms).min(FURTHEST));
    let past = |ms: u64| Obstacle::PastEnd(shot.clone(), Ms::from(ms), reel.rate.time(length));
    let (from, to) = match part {
        Part::First(ms) => (0, frame(ms)),
        Part::Last(ms) => (length - frame(ms), length),
        Part::WithoutFirst(ms) => (frame(ms), length),
        Part::WithoutLast(ms) => (0, length - frame(ms)),
        Part::Between(from, to) => (frame(from), frame(to)),
    };
    let asked = match part {
        Part::First(ms) | Part::Last(ms) | Part::WithoutFirst(ms) | Part::WithoutLast(ms) => ms,
        Part::Between(from, _) if from >= reel.rate.time(length).whole() => from,
        Part::Between(_, to) => to,
    };
    if from < 0 || to < 0 || from > length || to > length || from >= to {
        return Err(past(asked));
    }
    Ok((from, to))
}

fn out(reel: &mut Reel, timeline: &Timeline, shot: Option<&Shot>, part: Part) -> Outcome {
    let (start, length, name) = match shot {
        None => (0, reel.frames(), None),
        Some(shot) => {
            let at = find(reel, timeline, shot)?;
            let frames = reel.takes.get(at).map_or(0, |take| take.frames);
            (reel.start(at), frames, Some(named(reel, at)))
        }
    };
    let (from, to) = part_of(reel, name.clone(), length, part)?;
    if to - from >= length {
        return Err(Obstacle::NothingLeft(name));
    }
    let told = (reel.rate.time(from), reel.rate.time(to));
    reel.take_out(start + from, start + to);
    Ok(What::Out(name, told))
}

fn only(reel: &mut Reel, timeline: &Timeline, shot: &Shot, part: Part) -> Outcome {
    let at = find(reel, timeline, shot)?;
    let name = named(reel, at);
    let (start, take) = (reel.start(at), reel.takes.get(at).ok_or(Obstacle::NoPicture)?);
    let (before, rate) = (take.frames, reel.rate);
    if let (Part::First(ms), true) = (part, take.photo) {
        // A photo stands for as long as it likes.
        let frames = rate.frame(Ms::from(ms).min(FURTHEST)).clamp(1, rate.frame(LONGEST_PHOTO));
        if frames == before {
            return Err(Obstacle::Already);
        }
        if let Some(take) = reel.takes.get_mut(at) {
            take.frames = frames;
        }
        return Ok(What::Only(name, (rate.time(before), rate.time(frames))));
    }
    let (from, to) = part_of(reel, Some(name.clone()), before, part)?;
    if to - from == before {
        return Err(Obstacle::Already);
    }
    reel.take_out(start + to, start + before);
    reel.take_out(start, start + from);
    Ok(What::Only(name, (rate.time(before), rate.time(to - from))))
}

/// Longest that one photo is shown.
const LONGEST_PHOTO: Ms = Ms(600_000);

fn split(reel: &mut Reel, timeline: &Timeline, shot: Option<&Shot>, moment: Moment) -> Outcome {
    let (at, start, length) = match shot {
        Some(shot) => {
            let at = find(reel, timeline, shot)?;
            (Some(at), reel.start(at), reel.takes.get(at).map_or(0, |take| take.frames))
        }
        None => (None, 0, reel.frames()),
    };
    let name = at.map(|at| named(reel, at));
    let into = match moment {
        Moment::Middle => length / 2,
        Moment::At(ms) => reel.rate.frame(Ms::from(ms).min(FURTHEST)),
    };
    if into > length {
        let asked = if let Moment::At(ms) = moment { Ms::from(ms) } else { Ms::ZERO };
        return Err(Obstacle::PastEnd(name, asked, reel.rate.time(length)));
    }
    let cut_at = reel.rate.time(start + into);
    let edge = Obstacle::AtEdge(name, cut_at);
    if into == 0 || into == length {
        return Err(edge);
    }
    let at = reel.split(start + into).ok_or(edge)?;
    Ok(What::Split(named(reel, at), cut_at))
}

fn join(reel: &mut Reel, timeline: &Timeline, shots: &[Shot]) -> Outcome {
    let mut places = Vec::new();
    for shot in shots {
        match (find(reel, timeline, shot), shot) {
            (Ok(at), _) => places.push(at),
            // "Join a.mp4 and b.mp4" where one of them still waits.
            (Err(_), Shot::Named(name)) if waits(reel, timeline).iter().any(|m| m.display_name() == Some(name)) => {}
            (Err(why), _) => return Err(why),
        }
    }
    let waiting: Vec<Medium> = waits(reel, timeline)
        .into_iter()
        .filter(|medium| {
            let names = |shot: &Shot| matches!(shot, Shot::Named(name) if medium.display_name() == Some(name));
            shots.is_empty() || shots.iter().any(names)
        })
        .collect();
    if !waiting.is_empty() {
        let names = waiting.iter().map(clip_name).collect();
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
                one.clip.fade_out = next.clip.fade_out;
                one.clip.picture_fade_out = next.clip.picture_fade_out;
            }
            (pieces, joined_at, end) = (pieces + 1, joined_at.or(Some(at)), end - 1);
        } else {
            at += 1;
        }
    }
    let at = joined_at.ok_or(Obstacle::NotOneRecording)?;
    Ok(What::Joined(named(reel, at), pieces))
}

fn shift(reel: &mut Reel, timeline: &Timeline, shot: &Shot, place: &Place) -> Outcome {
    let at = find(reel, timeline, shot)?;
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
            let other = find(reel, timeline, other)?;
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

fn replace(reel: &mut Reel, timeline: &Timeline, shot: Option<&Shot>, with: Option<&str>) -> Outcome {
    let pictures = || timeline.uploaded().iter().filter(|medium| medium.is_picture());
    let medium = match with {
        // Of two files of one name the newer one is meant.
        Some(name) => {
            pictures().rev().find(|medium| medium.display_name() == Some(name)).cloned().ok_or_else(|| {
                let have = pictures().filter_map(|medium| medium.display_name().map(str::to_owned)).collect();
                Obstacle::NoFile(name.to_owned(), have)
            })?
        }
        None => waits(reel, timeline).pop().ok_or(Obstacle::NothingWaits)?,
    };
    let at = match shot {
        Some(shot) => find(reel, timeline, shot)?,
        None if reel.takes.len() == 1 => 0,
        None => return Err(Obstacle::WhichShot(reel.takes.len())),
    };
    let name = named(reel, at);
    let Some(old) = reel.takes.get(at) else { return Err(Obstacle::NoPicture) };
    if old.clip.source.is(&medium) {
        return Err(Obstacle::Already);
    }
    let mut new = fresh(&medium, reel);
    // It takes the room of the old one as far as it goes, so that what comes after stays where it is; its way to come in
    // and how loud it is stay, too.
    let most = new.room(reel.rate).unwrap_or(old.frames);
    new.frames = old.frames.min(most).max(1);
    new.was = old.was.map(|(from, to)| (from, to.min(from + new.frames)));
    new.clip.transition = old.clip.transition;
    new.clip.volume = old.clip.volume;
    new.clip.camera = old.clip.camera;
    new.clip.picture_fade_in = old.clip.picture_fade_in;
    new.clip.picture_fade_out = old.clip.picture_fade_out;
    let told = What::Replaced(name, clip_name(&medium));
    if let Some(slot) = reel.takes.get_mut(at) {
        *slot = new;
    }
    Ok(told)
}

fn drop_shots(reel: &mut Reel, timeline: &Timeline, shots: &[Shot]) -> Outcome {
    let mut places = Vec::new();
    for shot in shots {
        places.push(find(reel, timeline, shot)?);
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
fn waits(reel: &Reel, timeline: &Timeline) -> Vec<Medium> {
    let shown = |medium: &&Medium| reel.takes.iter().any(|take| take.clip.source.is(medium));
    timeline.uploaded().iter().filter(|medium| medium.is_picture()).filter(|medium| !shown(medium)).cloned().collect()
}

/// A picture as it was uploaded, whole.
fn fresh(medium: &Medium, reel: &Reel) -> Take {
    Take::new(medium, reel.rate.frame(PHOTO), reel.rate)
}
