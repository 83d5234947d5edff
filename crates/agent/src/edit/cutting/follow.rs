//! What lies over and under the picture goes with it: titles stay on what they stood on, music ends when the picture does.

use bedtrack_timeline::{Id, Sound, Source, Timeline};
use bedtrack_wire::state::Medium;
use bedtrack_wire::time::Ms;

use super::reel::Piece;
use crate::cut::Bed;
use crate::edit::room::{CUT_FADE, fit_to_picture};

/// Rounding that is no move.
const NEAR: Ms = Ms(1);
/// How near to the picture's end music ends with it.
const WITH: Ms = Ms(120);

/// Moves the titles with the picture under them; gives the words of those that went with it.
pub fn titles(timeline: &mut Timeline, pieces: &[Piece], before: Ms) -> Vec<String> {
    let mut lost = Vec::new();
    for lane in timeline.title_lanes_mut() {
        for title in &mut lane.items {
            let (start, end) = (title.start, title.start + title.length.max(Ms::ZERO));
            let (from, to) = run(pieces, start, end.min(before.max(start))).unwrap_or_default();
            if to <= from {
                lost.push(title.words().to_owned());
                title.length = Ms::ZERO;
                continue;
            }
            let near = |one: Ms, other: Ms| one.apart(other) <= NEAR;
            let from = if near(from, start) { start } else { from };
            title.length = if near(to - from, title.length) { title.length } else { to - from };
            title.start = from;
        }
        lane.items.retain(|title| title.length > Ms::ZERO);
        lane.sort();
        // Rounding may leave two that met a ms over each other.
        let starts: Vec<Ms> = lane.items.iter().skip(1).map(|title| title.start).collect();
        for (title, next) in lane.items.iter_mut().zip(starts) {
            title.length = title.length.min(next - title.start);
        }
        lane.items.retain(|title| title.length > Ms::ZERO);
    }
    lost
}

/// The longest unbroken stretch of the new timeline that shows what `from..to` of the old one showed.
fn run(pieces: &[Piece], from: Ms, to: Ms) -> Option<(Ms, Ms)> {
    let mut stretches: Vec<(Ms, Ms)> = pieces
        .iter()
        .filter_map(|piece| {
            let (start, end) = (from.max(piece.was.0), to.min(piece.was.1));
            let (was, is) = ((piece.was.1 - piece.was.0).max(Ms(1)), piece.is.1 - piece.is.0);
            let there = |at: Ms| {
                let moved = i128::from((at - piece.was.0).0) * i128::from(is.0) / i128::from(was.0);
                piece.is.0 + Ms(i64::try_from(moved).unwrap_or(0))
            };
            (start < end).then(|| (there(start), there(end)))
        })
        .collect();
    stretches.sort_unstable();
    let mut joined: Vec<(Ms, Ms)> = Vec::new();
    for (start, end) in stretches {
        match joined.last_mut() {
            Some(last) if start <= last.1 + NEAR => last.1 = last.1.max(end),
            _ => joined.push((start, end)),
        }
    }
    // Of two as long the earlier one.
    joined.into_iter().rev().max_by_key(|(start, end)| *end - *start)
}

/// The music made for a picture: one piece of ours that plays whole from the start and ends with it.
pub fn made_for_picture(timeline: &Timeline) -> Option<(Medium, Sound)> {
    let end = timeline.picture_end();
    let mut sounds = timeline.sounds();
    let sound = sounds.next().filter(|_| end > Ms::ZERO)?;
    let medium = timeline.medium_of(sound)?;
    let sound_end = sound.start + sound.length.max(Ms::ZERO);
    let whole = sound.start == Ms::ZERO && sound.source_in == Ms::ZERO && sound_end.apart(end) <= WITH;
    let is_ours = medium.is_piece() && medium.has_brief();
    (whole && is_ours && sounds.next().is_none()).then(|| (medium.clone(), sound.clone()))
}

/// Lets music that ended with the picture end with it again, as far as its file goes; music beyond the end is cut.
pub fn music(timeline: &mut Timeline, before: Ms) {
    let after = timeline.picture_end();
    if after > before {
        // How long each track's last sound could go on.
        let room = |sound: &Sound| {
            let file = timeline.medium_of(sound).and_then(Medium::duration_ms).unwrap_or(0);
            (Ms(file) - sound.source_in).min(after - sound.start)
        };
        let rooms: Vec<(Id, Ms)> = timeline.sounds().map(|sound| (sound.id, room(sound))).collect();
        for sound in timeline.sound_lanes_mut().filter_map(|lane| lane.items.last_mut()) {
            let left = rooms.iter().find(|(id, _)| *id == sound.id).map_or(Ms::ZERO, |(_, room)| *room);
            let end = sound.start + sound.length.max(Ms::ZERO);
            if end.apart(before) <= WITH && left > sound.length {
                sound.length = left;
                sound.fade_out = Some(CUT_FADE.min(left));
            }
        }
    }
    fit_to_picture(timeline);
}

/// What became of the music between two timelines whose pictures differ in length; nothing where nothing has to be said.
pub fn bed(before: &Timeline, after: &Timeline) -> Option<Bed> {
    let ends = |timeline: &Timeline| Some((timeline.sound_end()?, timeline.picture_end()));
    let ((sound_before, picture_before), (sound_after, picture_after)) = (ends(before)?, ends(after)?);
    if picture_after == Ms::ZERO || picture_before.apart(picture_after) <= NEAR {
        return None;
    }
    let with_it = sound_before.apart(picture_before) <= WITH;
    if sound_after < sound_before - NEAR {
        Some(Bed::Cut(sound_after))
    } else if with_it && sound_after + WITH < picture_after {
        Some(Bed::Short(sound_after, picture_after))
    } else if sound_after > sound_before + NEAR {
        Some(Bed::Longer(sound_after))
    } else {
        None
    }
}

/// Puts a piece that was made for the new length in the place of one made for the old, as that was set up.
pub fn refit(timeline: &mut Timeline, piece: &Medium, old: &Sound) {
    timeline.list_made(piece.clone());
    let end = timeline.picture_end();
    let length = Ms(piece.duration_ms().unwrap_or(0)).min(end);
    let name = piece.display_name().map(str::to_owned).or(old.name.clone());
    if let Some(lane) = timeline.sound_lanes_mut().next() {
        lane.items = vec![Sound { length, source: Source::of(piece), name, ..old.clone() }];
    }
    timeline.settle();
}
