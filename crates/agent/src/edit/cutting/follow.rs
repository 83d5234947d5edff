//! What lies over and under the picture goes with it: titles stay on what they stood on, music ends when the picture does.

use serde_json::json;

use super::reel::Piece;
use crate::cut::Bed;
use crate::edit::{CUT_FADE_MS, number, picture_end};
use bedtrack_wire::draft::{AUDIO, Draft, Segment, TEXT, Track};
use bedtrack_wire::state::{Medium, State};

/// Rounding that is no move.
const NEAR_MS: i64 = 1;
/// How near to the picture's end music ends with it.
const WITH_MS: i64 = 120;

/// Moves the titles with the picture under them; gives the words of those that went with it.
pub fn titles(draft: &mut Draft, pieces: &[Piece], before_ms: i64) -> Vec<String> {
    let mut lost = Vec::new();
    for track in draft.t.iter_mut().filter(|track| track.tt == TEXT) {
        let places: Vec<(i64, i64)> = track.placed().map(|placed| (placed.start, placed.end())).collect();
        for (title, (start, end)) in track.sg.iter_mut().zip(places) {
            let (from, to) = run(pieces, start, end.min(before_ms.max(start))).unwrap_or((0, 0));
            if to <= from {
                lost.push(title.text().unwrap_or_default().to_owned());
                title.d = 0;
                continue;
            }
            let near = |one: i64, other: i64| (one - other).abs() <= NEAR_MS;
            let from = if near(from, start) { start } else { from };
            title.d = if near(to - from, title.d) { title.d } else { to - from };
            title.m.remove("st");
            title.m.insert("start".into(), json!(from));
        }
        track.sg.retain(|title| title.d > 0);
        track.sg.sort_by_key(|title| title.start().unwrap_or(0));
        // Rounding may leave two that met a ms over each other.
        let starts: Vec<i64> = track.sg.iter().skip(1).map(|title| title.start().unwrap_or(0)).collect();
        for (title, next) in track.sg.iter_mut().zip(starts) {
            title.d = title.d.min(next - title.start().unwrap_or(0));
        }
        track.sg.retain(|title| title.d > 0);
    }
    lost
}

/// The longest unbroken stretch of the new timeline that shows what `from..to` of the old one showed.
fn run(pieces: &[Piece], from: i64, to: i64) -> Option<(i64, i64)> {
    let mut stretches: Vec<(i64, i64)> = pieces
        .iter()
        .filter_map(|piece| {
            let (start, end) = (from.max(piece.was.0), to.min(piece.was.1));
            let (was, is) = ((piece.was.1 - piece.was.0).max(1), piece.is.1 - piece.is.0);
            let there = |at: i64| {
                let moved = i128::from(at - piece.was.0) * i128::from(is) / i128::from(was);
                piece.is.0 + i64::try_from(moved).unwrap_or(0)
            };
            (start < end).then(|| (there(start), there(end)))
        })
        .collect();
    stretches.sort_unstable();
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for (start, end) in stretches {
        match joined.last_mut() {
            Some(last) if start <= last.1 + NEAR_MS => last.1 = last.1.max(end),
            _ => joined.push((start, end)),
        }
    }
    // Of two as long the earlier one.
    joined.into_iter().rev().max_by_key(|(start, end)| end - start)
}

/// The music made for a picture: one piece of ours that plays whole from the start and ends with it.
pub fn made_for_picture(state: &State) -> Option<(Medium, Segment)> {
    let draft = state.timeline();
    let end = picture_end(&draft);
    let mut sounds = draft.t.iter().filter(|track| track.tt == AUDIO).flat_map(Track::placed);
    let placed = sounds.next().filter(|_| end > 0)?;
    let medium = state.medium_of(placed.segment)?;
    let whole = placed.start == 0 && number(placed.segment, "in") == 0 && (placed.end() - end).abs() <= WITH_MS;
    let is_ours = medium.kind.as_deref() == Some("music") && medium.m.contains_key("brief");
    (whole && is_ours && sounds.next().is_none()).then(|| (medium.clone(), placed.segment.clone()))
}

/// Lets music that ended with the picture end with it again, as far as its file goes; music beyond the end is cut.
pub fn music(state: &State, draft: &mut Draft, before_ms: i64) {
    let after_ms = picture_end(draft);
    if after_ms > before_ms {
        for track in draft.t.iter_mut().filter(|track| track.tt == AUDIO) {
            let last = track.placed().map(|placed| (placed.start, placed.end())).last();
            let Some(((start, end), segment)) = last.zip(track.sg.last_mut()) else { continue };
            let medium = state.medium_of(segment);
            let file_ms = medium.and_then(Medium::duration_ms).unwrap_or(0);
            let left = (file_ms - number(segment, "in")).min(after_ms - start);
            if (end - before_ms).abs() <= WITH_MS && left > segment.d {
                segment.d = left;
                segment.m.insert("fade_out".into(), json!(CUT_FADE_MS.min(left)));
            }
        }
    }
    crate::edit::fit_to_picture(draft);
}

/// What became of the music between two states whose pictures differ in length; nothing where nothing has to be said.
pub fn bed(before: &State, after: &State) -> Option<Bed> {
    let ends = |state: &State| {
        let draft = state.timeline();
        let sound = draft.t.iter().filter(|t| t.tt == AUDIO).flat_map(Track::placed).map(|p| p.end()).max();
        Some((sound?, picture_end(&draft)))
    };
    let ((sound_before, picture_before), (sound_after, picture_after)) = (ends(before)?, ends(after)?);
    if picture_after == 0 || (picture_before - picture_after).abs() <= NEAR_MS {
        return None;
    }
    let with_it = (sound_before - picture_before).abs() <= WITH_MS;
    if sound_after < sound_before - NEAR_MS {
        Some(Bed::Cut(sound_after))
    } else if with_it && sound_after + WITH_MS < picture_after {
        Some(Bed::Short(sound_after, picture_after))
    } else if sound_after > sound_before + NEAR_MS {
        Some(Bed::Longer(sound_after))
    } else {
        None
    }
}

/// Puts a piece that was made for the new length in the place of one made for the old, as that was set up.
pub fn refit(state: &mut State, piece: &Medium, old: &Segment) {
    state.generated_media.push(piece.clone());
    super::super::with_draft(state, |draft| {
        let end = picture_end(draft);
        let Some(track) = draft.t.iter_mut().find(|track| track.tt == AUDIO) else { return };
        let mut segment = old.clone();
        segment.d = piece.duration_ms().unwrap_or(0).min(end);
        segment.m.insert("asset".into(), json!(piece.id));
        if let Some(name) = piece.display_name() {
            segment.m.insert("name".into(), json!(name));
        }
        track.sg = vec![segment];
    });
}
