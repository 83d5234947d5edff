//! What edits do to a timeline.

use serde_json::json;

use super::room::CUT_FADE;
use super::*;
use crate::read::{Look, NewTitle, Pick, Retitle, Stretch, When};
use bedtrack_timeline::{Clip, Item as _, Sound, Timeline};
use bedtrack_wire::draft::{AUDIO, TEXT, VIDEO};
use bedtrack_wire::state::{Medium, State};
use bedtrack_wire::time::Ms;

fn upload(id: &str, kind: &str, ms: i64, has_sound: bool) -> Medium {
    let m = json!({"has_sound": has_sound}).as_object().unwrap().clone();
    Medium {
        id: Some(id.into()),
        kind: Some(kind.into()),
        name: Some(format!("my_{id}.mp4")),
        d: Some(json!(ms)),
        m,
        ..Medium::default()
    }
}

fn piece(ms: i64) -> Medium {
    Medium { id: Some("m-1".into()), name: Some("Lo-fi".into()), d: Some(json!(ms)), ..Medium::default() }
}

fn uploaded(media: &[Medium]) -> Timeline {
    let mut timeline = Timeline::of(State::default());
    timeline.list_uploaded(media);
    timeline
}

fn with_clip(ms: i64, has_sound: bool) -> Timeline {
    let clip = upload("clip", "video", ms, has_sound);
    let mut timeline = uploaded(std::slice::from_ref(&clip));
    place_uploads(&mut timeline, &[clip]);
    timeline
}

fn lengths(timeline: &Timeline) -> Vec<(i64, i64, i64)> {
    let draft = timeline.clone().into_state().timeline();
    let placed = draft.t.iter().flat_map(|track| track.placed().map(|placed| (track.tt, placed.start, placed.end())));
    placed.collect()
}

fn clip(timeline: &Timeline, at: usize) -> Clip {
    timeline.clips().nth(at).unwrap().clone()
}

fn sound(timeline: &Timeline, at: usize) -> Sound {
    timeline.sounds().nth(at).unwrap().clone()
}

/// A clip of 20 s with a song of 8 s and one of 30 s in turn.
fn with_two_songs() -> Timeline {
    let mut state = with_clip(20_000, false);
    let songs = [upload("one", "audio", 8_000, true), upload("two", "audio", 30_000, true)];
    place_songs(&mut state, &songs, None);
    state
}

fn sounds(state: &Timeline) -> Vec<(i64, i64)> {
    lengths(state).into_iter().filter(|(tt, ..)| *tt == AUDIO).map(|(_, from, to)| (from, to)).collect()
}

#[test]
fn a_part_of_music_in_turn_is_kept_as_of_one_piece() {
    let mut state = with_two_songs();
    assert_eq!(sounds(&state), [(0, 8_000), (8_000, 20_000)]);
    assert_eq!(trim_music(&mut state, |length| Some((Ms(0), length.min(Ms(12_000))))), Some((Ms(20_000), Ms(12_000))));
    assert_eq!(sounds(&state), [(0, 8_000), (8_000, 12_000)]);
    assert_eq!(trim_music(&mut state, |length| Some((Ms(5_000), length))), Some((Ms(12_000), Ms(7_000))));
    assert_eq!(sounds(&state), [(0, 3_000), (3_000, 7_000)]);
    assert_eq!(sound(&state, 0).source_in, Ms(5_000), "it goes on where the cut is");
}

#[test]
fn a_piece_takes_a_stretch_and_the_music_around_it_stays() {
    let mut state = with_two_songs();
    let stretch = Stretch { start_ms: 6_000, length_ms: 4_000, opens: false };
    place_on(&mut state, &piece(4_000), "Lo-fi", stretch, None);
    assert_eq!(sounds(&state), [(0, 6_000), (6_000, 10_000), (10_000, 20_000)]);
    assert_eq!(sound(&state, 2).source_in, Ms(2_000), "the second song goes on as if it had played");
    assert_eq!(sound(&state, 1).volume, Some(1.0));
    place_on(&mut state, &piece(2_000), "Lo-fi", Stretch { length_ms: 2_000, ..stretch }, None);
    assert_eq!(sounds(&state), [(0, 6_000), (6_000, 8_000), (10_000, 20_000)], "it goes whole for a shorter one");
    place_on(&mut state, &piece(4_000), "Lo-fi", Stretch { opens: true, ..stretch }, None);
    assert_eq!(sounds(&state), [(6_000, 10_000)], "the first of new pieces takes the place of all");
}

#[test]
fn music_lies_at_35_percent_under_sound_and_in_full_without() {
    assert_eq!(place_music(&mut with_clip(10_000, true), &piece(10_000), None), 0.35);
    assert_eq!(place_music(&mut with_clip(10_000, false), &piece(10_000), None), 1.0);
    assert_eq!(place_music(&mut with_clip(10_000, true), &piece(10_000), Some(0.5)), 0.5);
    assert_eq!(place_music(&mut uploaded(&[]), &piece(10_000), None), 1.0);
    let mut muted = with_clip(10_000, true);
    set_own_volume(&mut muted, |_| 0.0);
    assert_eq!(place_music(&mut muted, &piece(10_000), None), 1.0);
}

#[test]
fn new_music_takes_the_place_and_the_volume_of_the_old() {
    let mut state = with_clip(10_000, true);
    place_music(&mut state, &piece(10_000), None);
    add_title(&mut state, &title("Hi", 0));
    assert_eq!(set_music_volume(&mut state, |volume| volume * 2.0), Some((0.35, 0.7)));
    assert_eq!(place_music(&mut state, &piece(10_000), None), 0.7);
    assert_eq!(lengths(&state), [(VIDEO, 0, 10_000), (AUDIO, 0, 10_000), (TEXT, 0, 3_000)]);
}

#[test]
fn music_longer_than_the_picture_is_cut_with_a_fade() {
    let mut state = with_clip(10_000, true);
    place_music(&mut state, &piece(60_000), None);
    assert_eq!(lengths(&state), [(VIDEO, 0, 10_000), (AUDIO, 0, 10_000)]);
    assert_eq!(sound(&state, 0).fade_out, Some(CUT_FADE));
}

#[test]
fn a_trim_keeps_the_middle_and_takes_titles_along() {
    let mut state = with_clip(10_000, true);
    place_music(&mut state, &piece(10_000), None);
    add_title(&mut state, &title("Hi", 4_000));
    assert_eq!(trim(&mut state, Ms(2_000), Ms(6_000)), Some((Ms(10_000), Ms(4_000))));
    assert_eq!(lengths(&state), [(VIDEO, 0, 4_000), (AUDIO, 0, 4_000), (TEXT, 2_000, 4_000)]);
    assert_eq!(clip(&state, 0).source_in, Ms(2_000));
    assert_eq!(trim(&mut state, Ms(3_000), Ms(3_000)), None);
}

#[test]
fn photos_follow_each_other_and_later_uploads_wait() {
    let mut state = uploaded(&[]);
    place_uploads(&mut state, &[upload("a", "image", 0, false), upload("b", "image", 0, false)]);
    place_uploads(&mut state, &[upload("c", "video", 5_000, true)]);
    assert_eq!(lengths(&state), [(VIDEO, 0, 4_000), (VIDEO, 4_000, 8_000)]);
    assert_eq!(clip(&state, 0).name.as_deref(), Some("my a"));
}

fn title(text: &str, start_ms: u64) -> NewTitle {
    NewTitle { text: text.into(), start_ms, duration_ms: 3_000, look: Look::default() }
}

#[test]
fn overlapping_titles_get_tracks_of_their_own() {
    let mut state = with_clip(10_000, false);
    for (text, start) in [("a", 5_000), ("b", 0), ("c", 1_000)] {
        assert!(add_title(&mut state, &title(text, start)).is_some());
    }
    assert_eq!(add_title(&mut state, &title("d", 10_000)), None);
    assert_eq!(lengths(&state), [(VIDEO, 0, 10_000), (TEXT, 0, 3_000), (TEXT, 5_000, 8_000), (TEXT, 1_000, 4_000)]);
    let when = When { duration_ms: Some(60_000), ..When::default() };
    let change = Retitle { text: Some("C!".into()), when, ..Retitle::default() };
    let changed = change_titles(&mut state, &change);
    assert_eq!((changed[0].before.text.as_str(), changed[0].after.text.as_str()), ("c", "C!"));
    assert_eq!((changed[0].before.span, changed[0].after.span), ((Ms(1_000), Ms(4_000)), (Ms(1_000), Ms(10_000))));
    assert_eq!(lengths(&state)[3], (TEXT, 1_000, 10_000));
    assert_eq!(remove_titles(&mut state, &Pick::Named("B".into())), ["b"]);
    assert_eq!(lengths(&state)[1], (TEXT, 5_000, 8_000));
    assert!(remove_titles(&mut state, &Pick::Named("nowhere".into())).is_empty());
    assert!(remove(&mut state, Which::Titles) && state.titles().next().is_none());
}

fn photo(id: &str) -> Medium {
    Medium { id: Some(id.into()), kind: Some("image".into()), name: Some(format!("{id}.jpg")), ..Medium::default() }
}

#[test]
fn photos_follow_the_beats_of_a_song_and_keep_doing_so() {
    use crate::beats::Grid;
    use crate::read::Wish;
    let photos: Vec<Medium> = ["a", "b", "c", "d", "e"].map(photo).into();
    let mut state = uploaded(&photos);
    place_uploads(&mut state, &photos);
    assert!(follows_music(&state), "as they were uploaded");
    let beats: Vec<f64> = (0..60).map(|beat| f64::from(beat) * 0.5).collect();
    let bars: Vec<f64> = beats.iter().step_by(4).copied().collect();
    let grid = Grid { beats: &beats, downbeats: &bars, sections: &[] };
    let (pictures, shots) = lay_on_beats(&mut state, &grid, Ms(30_000), Wish::Mixed).unwrap();
    let clips: Vec<Clip> = state.clips().cloned().collect();
    assert_eq!((pictures, state.tracks.len(), clips.len(), state.picture_end()), (5, 1, shots, Ms(30_000)));
    let mut end = Ms::ZERO;
    for (nth, clip) in clips.iter().enumerate() {
        assert_eq!(clip.start, end, "one after another");
        assert!(clip.source.is(&photos[nth % 5]));
        assert!(nth == 0 || clip.transition.is_some());
        end = clip.end();
    }
    assert!(follows_music(&state), "on beats already");
    lay_on_beats(&mut state, &grid, Ms(20_000), Wish::Mixed).unwrap();
    assert_eq!(state.picture_end(), Ms(20_000));
}

#[test]
fn what_was_timed_by_hand_and_moving_pictures_stay_where_they_are() {
    let photos: Vec<Medium> = ["a", "b"].map(photo).into();
    let mut state = uploaded(&photos);
    place_uploads(&mut state, &photos);
    trim(&mut state, Ms(0), Ms(6_500)).unwrap();
    assert!(!follows_music(&state));
    let clip = Medium { kind: Some("video".into()), d: Some(json!(3000)), ..photo("v") };
    let mut state = uploaded(&[photos[0].clone(), clip.clone()]);
    place_uploads(&mut state, &[photos[0].clone(), clip]);
    assert!(!follows_music(&state));
}
