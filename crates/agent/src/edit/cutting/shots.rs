//! Which of the shots a wish means, and what it is called.

use super::reel::{Reel, Take};
use crate::cut::{Named, Obstacle};
use crate::read::Shot;
use bedtrack_timeline::{Id, Kind, Timeline};
use bedtrack_wire::state::Medium;

/// The place of a shot.
pub fn find(reel: &Reel, timeline: &Timeline, shot: &Shot) -> Result<usize, Obstacle> {
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
                let medium = timeline.medium_of(&take.clip);
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

/// A shot by its number, as replies call it.
pub fn named(reel: &Reel, at: usize) -> Named {
    let take = reel.takes.get(at);
    let id = take.map_or(Id::new(Kind::Clip), |take| take.clip.id);
    Named { id, number: at + 1, name: take.map(Take::name).unwrap_or_default() }
}
