//! Music on the timeline.

use serde_json::json;

use super::picture::clip_name;
use super::{CUT_FADE_MS, fit_to_picture, free_id, free_number, number, segment, with_draft};
use crate::read::Stretch;
use bedtrack_wire::draft::{AUDIO, Draft, Segment, Track, VIDEO};
use bedtrack_wire::state::{Medium, State};

/// Volume of music under existing sound, as a factor on the amplitude.
pub const UNDER_SOUND: f64 = 0.35;
/// Rise of music that starts in its middle.
const CUT_RISE_MS: i64 = 200;
/// Volume of music that stands alone.
pub const ALONE: f64 = 1.0;

/// Lays a piece under the picture from its start, in place of the music before it. Without a wish it plays at 35% under
/// existing sound and in full where there is none; music that is replaced hands its volume on. Gives the volume.
pub fn place_music(state: &mut State, piece: &Medium, wish: Option<f64>) -> f64 {
    place_in_turn(state, &[(piece, piece.display_name().unwrap_or("Music").to_owned())], wish, true)
}

/// Lays songs of the user's own under the picture in turn, as [`place_music`] does with a piece. Gives the volume.
pub fn place_songs(state: &mut State, songs: &[Medium], wish: Option<f64>) -> f64 {
    let named: Vec<(&Medium, String)> = songs.iter().map(|song| (song, clip_name(song))).collect();
    place_in_turn(state, &named, wish, true)
}

/// Lays songs as [`place_songs`] does, in full and whole: the picture is going to follow them.
pub fn play_songs(state: &mut State, songs: &[Medium]) {
    let named: Vec<(&Medium, String)> = songs.iter().map(|song| (song, clip_name(song))).collect();
    place_in_turn(state, &named, Some(ALONE), false);
}

/// Lays a piece or song on a stretch of its own among the other music, which keeps what lies outside; what begins where
/// it does goes whole. Where it opens a row of new pieces, all music before it goes. It is as loud as what it takes the
/// place of, or as the music beside it. What is longer than its stretch fades out. Gives the volume.
pub fn place_on(state: &mut State, piece: &Medium, name: &str, stretch: Stretch, wish: Option<f64>) -> f64 {
    let has_sound = own_sound(state);
    let (start, end) = (ms(stretch.start_ms), ms(stretch.end_ms()));
    with_draft(state, |draft| {
        let at = draft.t.iter().position(|track| track.tt == AUDIO);
        let there: Vec<(i64, Segment)> = draft
            .t
            .iter()
            .filter(|track| track.tt == AUDIO)
            .flat_map(Track::placed)
            .map(|placed| (placed.start, placed.segment.clone()))
            .collect();
        let under = there.iter().find(|(from, old)| *from < end && from + old.d > start).or(there.first());
        let volume = volume_for(wish, under.and_then(|(_, old)| old.volume()), has_sound);
        let length = piece.duration_ms().unwrap_or(0).min(end - start);
        let mut made = laid(&free_id(draft, "music"), (start, length), piece, name, volume);
        if piece.duration_ms().unwrap_or(0) > made.d {
            made.m.insert("fade_out".into(), json!(CUT_FADE_MS.min(made.d)));
        }
        let mut track = Track { tt: AUDIO, ..Track::default() };
        if !stretch.opens {
            // What begins where it does gives way whole, also where it was longer.
            let others = there.into_iter().filter(|(from, _)| *from != start);
            track.sg = others.flat_map(|(from, old)| outside(&old, from, start, end)).collect();
        }
        track.sg.push(made);
        track.sg.sort_by_key(|segment| segment.start().unwrap_or(0));
        put_track(draft, at, track);
        fit_to_picture(draft);
        volume
    })
}

/// What a segment that lies at `from` plays before and behind a stretch that something else takes.
fn outside(old: &Segment, from: i64, start: i64, end: i64) -> impl Iterator<Item = Segment> + use<> {
    [excerpt(old, from, (from, start)), excerpt(old, from, (end, from + old.d))].into_iter().flatten()
}

/// What a segment that lies at `from` plays within a stretch, faded where that cuts it; nothing where they do not meet.
fn excerpt(old: &Segment, from: i64, (start, end): (i64, i64)) -> Option<Segment> {
    let (start, end) = (start.max(from), end.min(from + old.d));
    if end <= start {
        return None;
    }
    let mut part = old.clone();
    part.d = end - start;
    part.m.remove("st");
    part.m.insert("start".into(), json!(start));
    part.m.insert("in".into(), json!(number(old, "in") + start - from));
    if start > from {
        part.m.insert("fade_in".into(), json!(CUT_RISE_MS.min(part.d)));
    }
    // A cut that is not faded clicks.
    if end < from + old.d {
        part.m.insert("fade_out".into(), json!(CUT_FADE_MS.min(part.d)));
    }
    Some(part)
}

fn ms(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}

fn place_in_turn(state: &mut State, pieces: &[(&Medium, String)], wish: Option<f64>, fits: bool) -> f64 {
    let has_sound = own_sound(state);
    with_draft(state, |draft| {
        let before = draft.t.iter().position(|track| track.tt == AUDIO);
        let kept = before.and_then(|at| draft.t.get(at)?.sg.first()?.volume());
        let volume = volume_for(wish, kept, has_sound);
        let first = free_number(draft, "music");
        let mut track = Track { tt: AUDIO, ..Track::default() };
        let mut start = 0;
        for ((piece, name), number) in pieces.iter().zip(first..) {
            let length = piece.duration_ms().unwrap_or(0);
            track.sg.push(laid(&format!("music{number}"), (start, length), piece, name, volume));
            start += length.max(0);
        }
        put_track(draft, before, track);
        if fits {
            fit_to_picture(draft);
        }
        volume
    })
}

/// The volume wished for, or that of the music before, or what suits the clips' own sound.
fn volume_for(wish: Option<f64>, before: Option<f64>, has_sound: bool) -> f64 {
    wish.or(before).unwrap_or(if has_sound { UNDER_SOUND } else { ALONE })
}

/// A piece laid at a start, for a length.
fn laid(id: &str, (start, length): (i64, i64), piece: &Medium, name: &str, volume: f64) -> Segment {
    let mut made = segment(id, start, length);
    made.m.insert("name".into(), json!(name));
    made.m.insert("asset".into(), json!(piece.id));
    made.m.insert("volume".into(), json!(volume));
    made
}

/// Puts the music's track where its track was before; else right after the picture, so that the tracks read picture,
/// sound, titles.
fn put_track(draft: &mut Draft, before: Option<usize>, track: Track) {
    let behind_picture = draft.t.iter().rposition(|track| track.tt == VIDEO).map_or(0, |at| at + 1);
    draft.t.retain(|track| track.tt != AUDIO);
    let at = before.unwrap_or(behind_picture).min(draft.t.len());
    draft.t.insert(at, track);
}

/// Whether a clip on the timeline has a sound of its own that is heard.
fn own_sound(state: &State) -> bool {
    let draft = state.timeline();
    let clips = draft.t.iter().filter(|track| track.tt == VIDEO).flat_map(|track| &track.sg);
    clips.filter(|clip| clip.volume() != Some(0.0)).any(|clip| {
        let medium = state.medium_of(clip);
        medium.is_some_and(|medium| medium.m.get("has_sound") == Some(&json!(true)))
    })
}

/// Keeps a part of the music, of several pieces in turn as of one: its start on the timeline stays, later notes come
/// earlier. Gives the length before and after in ms, or nothing where there is no music or nothing would be left or cut.
pub fn trim_music(state: &mut State, mut part: impl FnMut(i64) -> Option<(i64, i64)>) -> Option<(i64, i64)> {
    with_draft(state, |draft| {
        let track = draft.t.iter_mut().find(|track| track.tt == AUDIO)?;
        let there: Vec<(i64, Segment)> = track.placed().map(|placed| (placed.start, placed.segment.clone())).collect();
        let start = there.iter().map(|(from, _)| *from).min()?;
        let before = there.iter().map(|(from, segment)| from + segment.d).max()? - start;
        let (from, to) = part(before)?;
        let kept = there.iter().filter_map(|(at, old)| excerpt(old, *at, (start + from, start + to)));
        track.sg = kept
            .map(|mut segment| {
                let place = segment.start().unwrap_or(0) - from;
                segment.m.insert("start".into(), json!(place));
                segment
            })
            .collect();
        Some((before, to - from))
    })
}

/// Lets the music begin or end softly; tells whether there is any.
pub fn fade_music(state: &mut State, in_ms: Option<i64>, out_ms: Option<i64>) -> bool {
    with_draft(state, |draft| {
        let mut any = false;
        for track in draft.t.iter_mut().filter(|track| track.tt == AUDIO) {
            if let (Some(length), Some(first)) = (in_ms, track.sg.first_mut()) {
                first.m.insert("fade_in".into(), json!(length.clamp(0, first.d)));
            }
            if let (Some(length), Some(last)) = (out_ms, track.sg.last_mut()) {
                last.m.insert("fade_out".into(), json!(length.clamp(0, last.d)));
            }
            any |= !track.sg.is_empty();
        }
        any
    })
}

/// Sets the music's volume from what it was; tells before and after, or nothing where there is no music.
pub fn set_music_volume(state: &mut State, change: impl Fn(f64) -> f64) -> Option<(f64, f64)> {
    with_draft(state, |draft| {
        let mut told = None;
        for track in draft.t.iter_mut().filter(|track| track.tt == AUDIO) {
            for segment in &mut track.sg {
                let before = segment.volume().unwrap_or(ALONE);
                let after = change(before).clamp(0.0, 4.0);
                segment.m.insert("volume".into(), json!(after));
                told.get_or_insert((before, after));
            }
        }
        told
    })
}
