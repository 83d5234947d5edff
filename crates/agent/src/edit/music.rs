//! Music on the timeline.

use bedtrack_timeline::{Sound, Timeline, clip_name};
use bedtrack_wire::state::Medium;
use bedtrack_wire::time::Ms;

use super::room::{CUT_FADE, fit_to_picture};
use crate::read::Stretch;

/// Volume of music under existing sound, as a factor on the amplitude.
pub const UNDER_SOUND: f64 = 0.35;
/// Rise of music that starts in its middle.
const CUT_RISE: Ms = Ms(200);
/// Volume of music that stands alone.
pub const ALONE: f64 = 1.0;

/// Lays a piece under the picture from its start, in place of the music before it. Without a wish it plays at 35% under
/// existing sound and in full where there is none; music that is replaced hands its volume on. Gives the volume.
pub fn place_music(timeline: &mut Timeline, piece: &Medium, wish: Option<f64>) -> f64 {
    place_in_turn(timeline, &[(piece, piece.display_name().unwrap_or("Music").to_owned())], wish, true)
}

/// Lays songs of the user's own under the picture in turn, as [`place_music`] does with a piece. Gives the volume.
pub fn place_songs(timeline: &mut Timeline, songs: &[Medium], wish: Option<f64>) -> f64 {
    let named: Vec<(&Medium, String)> = songs.iter().map(|song| (song, clip_name(song))).collect();
    place_in_turn(timeline, &named, wish, true)
}

/// Lays songs as [`place_songs`] does, in full and whole: the picture is going to follow them.
pub fn play_songs(timeline: &mut Timeline, songs: &[Medium]) {
    let named: Vec<(&Medium, String)> = songs.iter().map(|song| (song, clip_name(song))).collect();
    place_in_turn(timeline, &named, Some(ALONE), false);
}

/// Lays a piece or song on a stretch of its own among the other music, which keeps what lies outside; what begins where
/// it does goes whole. Where it opens a row of new pieces, all music before it goes. It is as loud as what it takes the
/// place of, or as the music beside it. What is longer than its stretch fades out. Gives the volume.
pub fn place_on(timeline: &mut Timeline, piece: &Medium, name: &str, stretch: Stretch, wish: Option<f64>) -> f64 {
    let has_sound = timeline.clips_sound();
    let (start, end) = (Ms::from(stretch.start_ms), Ms::from(stretch.end_ms()));
    let there: Vec<Sound> = timeline.sounds().cloned().collect();
    let under = there.iter().find(|old| old.start < end && old.start + old.length > start).or(there.first());
    let volume = volume_for(wish, under.and_then(|old| old.volume), has_sound);
    let whole = Ms(piece.duration_ms().unwrap_or(0));
    let mut made = Sound::of(piece, name, start, whole.min(end - start), volume);
    if whole > made.length {
        made.fade_out = Some(CUT_FADE.min(made.length));
    }
    let mut sounds = Vec::new();
    if !stretch.opens {
        // What begins where it does gives way whole, also where it was longer.
        let others = there.iter().filter(|old| old.start != start);
        sounds.extend(others.flat_map(|old| outside(old, start, end)));
    }
    sounds.push(made);
    sounds.sort_by_key(|sound| sound.start);
    timeline.set_sounds(sounds);
    fit_to_picture(timeline);
    timeline.settle();
    volume
}

/// What a sound plays before and behind a stretch that something else takes.
fn outside(old: &Sound, start: Ms, end: Ms) -> impl Iterator<Item = Sound> + use<> {
    [excerpt(old, (old.start, start)), excerpt(old, (end, old.start + old.length))].into_iter().flatten()
}

/// What a sound plays within a stretch, faded where that cuts it; nothing where they do not meet.
fn excerpt(old: &Sound, (start, end): (Ms, Ms)) -> Option<Sound> {
    let old_end = old.start + old.length;
    let (start, end) = (start.max(old.start), end.min(old_end));
    if end <= start {
        return None;
    }
    let mut part = Sound { start, length: end - start, ..old.clone() };
    part.source_in += start - old.start;
    if start > old.start {
        part.fade_in = Some(CUT_RISE.min(part.length));
    }
    // A cut that is not faded clicks.
    if end < old_end {
        part.fade_out = Some(CUT_FADE.min(part.length));
    }
    Some(part)
}

fn place_in_turn(timeline: &mut Timeline, pieces: &[(&Medium, String)], wish: Option<f64>, fits: bool) -> f64 {
    let has_sound = timeline.clips_sound();
    let before = timeline.sounds().next().and_then(|sound| sound.volume);
    let volume = volume_for(wish, before, has_sound);
    let (mut sounds, mut start) = (Vec::new(), Ms::ZERO);
    for (piece, name) in pieces {
        let length = Ms(piece.duration_ms().unwrap_or(0));
        sounds.push(Sound::of(piece, name, start, length, volume));
        start += length.max(Ms::ZERO);
    }
    timeline.set_sounds(sounds);
    if fits {
        fit_to_picture(timeline);
    }
    timeline.settle();
    volume
}

/// The volume wished for, or that of the music before, or what suits the clips' own sound.
fn volume_for(wish: Option<f64>, before: Option<f64>, has_sound: bool) -> f64 {
    wish.or(before).unwrap_or(if has_sound { UNDER_SOUND } else { ALONE })
}

/// Keeps a part of the music, of several pieces in turn as of one: its start on the timeline stays, later notes come
/// earlier. Gives the length before and after, or nothing where there is no music or nothing would be left or cut.
pub fn trim_music(timeline: &mut Timeline, mut part: impl FnMut(Ms) -> Option<(Ms, Ms)>) -> Option<(Ms, Ms)> {
    let lane = timeline.sound_lanes_mut().next()?;
    let start = lane.items.iter().map(|sound| sound.start).min()?;
    let before = lane.items.iter().map(|sound| sound.start + sound.length).max()? - start;
    let (from, to) = part(before)?;
    let kept = lane.items.iter().filter_map(|old| excerpt(old, (start + from, start + to)));
    lane.items = kept.map(|sound| Sound { start: sound.start - from, ..sound }).collect();
    timeline.settle();
    Some((before, to - from))
}

/// Lets the music begin or end softly; tells whether there is any.
pub fn fade_music(timeline: &mut Timeline, fade_in: Option<Ms>, fade_out: Option<Ms>) -> bool {
    let mut any = false;
    for lane in timeline.sound_lanes_mut() {
        if let (Some(length), Some(first)) = (fade_in, lane.items.first_mut()) {
            first.fade_in = Some(length.clamp(Ms::ZERO, first.length.max(Ms::ZERO)));
        }
        if let (Some(length), Some(last)) = (fade_out, lane.items.last_mut()) {
            last.fade_out = Some(length.clamp(Ms::ZERO, last.length.max(Ms::ZERO)));
        }
        any |= !lane.items.is_empty();
    }
    timeline.settle();
    any
}

/// Sets the music's volume from what it was; tells before and after, or nothing where there is no music.
pub fn set_music_volume(timeline: &mut Timeline, change: impl Fn(f64) -> f64) -> Option<(f64, f64)> {
    let mut told = None;
    for sound in timeline.sounds_mut() {
        let before = sound.level();
        let after = change(before).clamp(0.0, 4.0);
        sound.volume = Some(after);
        told.get_or_insert((before, after));
    }
    timeline.settle();
    told
}
