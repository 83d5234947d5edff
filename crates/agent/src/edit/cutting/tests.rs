use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::apply::apply;
use crate::done::Deed;
use crate::edit::{place_music, place_uploads};
use crate::read::{Action, Context, Faded, Level, Look, NewTitle, Pick, Speed};
use bedtrack_timeline::{Id, Item as _, Shape, Track};
use bedtrack_wire::draft::{AUDIO, TEXT, VIDEO};
use bedtrack_wire::look::{Aspect, Fit, TransitionKind};
use bedtrack_wire::state::State;

fn medium(id: &str, kind: &str, seconds: f64, fps: f64) -> Medium {
    Medium {
        id: Some(id.into()),
        kind: Some(kind.into()),
        name: Some(format!("{id}.{}", if kind == "image" { "jpg" } else { "mp4" })),
        d: Some(json!((seconds * 1000.0).round() as i64)),
        m: json!({"has_sound": kind == "video", "fps": fps}).as_object().cloned().unwrap_or_default(),
        ..Medium::default()
    }
}

/// Clips `a` of 10 s at 30 frames a second and `b` of 6.006 s at 29.97, photo `c`, music under all of it, and a title on
/// each of the clips.
fn film() -> Timeline {
    let media = [medium("a", "video", 10.0, 30.0), medium("b", "video", 6.006, 29.97), medium("c", "image", 0.0, 0.0)];
    let mut state = Timeline::of(State { video_infos: media.to_vec(), ..State::default() });
    place_uploads(&mut state, &media);
    let mut song = medium("song", "music", 20.006, 0.0);
    song.m.insert("brief".into(), json!({}));
    state.list_made(song.clone());
    place_music(&mut state, &song, None);
    for (text, start) in [("On a", 4_000), ("On b", 12_000)] {
        let wish = NewTitle { text: text.into(), start_ms: start, duration_ms: 2_000, look: Look::default() };
        crate::edit::add_title(&mut state, &wish).unwrap();
    }
    state
}

fn spans(state: &Timeline, tt: i64) -> Vec<(String, i64, i64)> {
    let draft = state.clone().into_state().timeline();
    let named = |segment: &bedtrack_wire::draft::Segment| segment.text().or(segment.name()).unwrap_or("").to_owned();
    draft
        .t
        .iter()
        .filter(|track| track.tt == tt)
        .flat_map(bedtrack_wire::draft::Track::placed)
        .map(|placed| (named(placed.segment), placed.start, placed.end()))
        .collect()
}

fn ins(state: &Timeline) -> Vec<i64> {
    state.clips().map(|clip| clip.source_in.0).collect()
}

fn at(name: &str, from: i64, to: i64) -> (String, i64, i64) {
    (name.to_owned(), from, to)
}

#[test]
fn a_part_that_is_cut_out_takes_its_title_along_and_pulls_the_rest_up() {
    let mut state = film();
    let done = cut(&mut state, &Cutting::Out(None, Part::Between(3_000, 7_000))).unwrap();
    assert_eq!((done.length, done.lost_titles.as_slice()), ((Ms(20_006), Ms(16_000)), ["On a".to_owned()].as_slice()));
    assert_eq!(
        spans(&state, VIDEO),
        [at("a", 0, 3_000), at("a", 3_000, 6_000), at("b", 6_000, 12_000), at("c", 12_000, 16_000)]
    );
    assert_eq!(ins(&state), [0, 7_000, 0, 0]);
    assert_eq!(spans(&state, TEXT), [at("On b", 8_000, 10_000)]);
    assert_eq!(spans(&state, AUDIO), [at("song.mp4", 0, 16_000)]);
}

#[test]
fn titles_go_where_their_picture_goes_and_a_split_is_joined_again() {
    let mut state = film();
    cut(&mut state, &Cutting::Move(Shot::Number(2), Place::Number(1))).unwrap();
    // The film has the rate of its first video now, 29.97: 10 s of it are 300 frames.
    assert_eq!(spans(&state, TEXT)[0].0, "On b");
    assert!((spans(&state, TEXT)[0].1 - 2_000).abs() <= 10, "{:?}", spans(&state, TEXT));
    assert!((spans(&state, TEXT)[1].1 - 10_006).abs() <= 10, "{:?}", spans(&state, TEXT));
    let mut state = film();
    let before = spans(&state, TEXT);
    cut(&mut state, &Cutting::Split(None, Moment::At(5_000))).unwrap();
    assert_eq!(spans(&state, VIDEO)[..2], [at("a", 0, 5_000), at("a", 5_000, 10_000)]);
    assert_eq!(spans(&state, TEXT), before);
    let joined = cut(&mut state, &Cutting::Join(Vec::new())).unwrap();
    assert_eq!(joined.what, What::Joined(Named { id: "c1".parse().unwrap(), number: 1, name: "a".into() }, 2));
    assert_eq!(spans(&state, VIDEO)[0], at("a", 0, 10_000));
}

#[test]
fn a_speed_changes_the_length_the_titles_and_later_cuts() {
    let mut state = film();
    cut(&mut state, &Cutting::Speed(Some(Shot::Number(1)), Speed::To(200))).unwrap();
    assert_eq!(spans(&state, VIDEO)[0], at("a", 0, 5_000));
    assert_eq!(spans(&state, TEXT)[0], at("On a", 2_000, 3_000));
    cut(&mut state, &Cutting::Split(Some(Shot::Number(1)), Moment::Middle)).unwrap();
    assert_eq!(ins(&state)[..2], [0, 5_000]);
    let faster = cut(&mut state, &Cutting::Speed(None, Speed::To(1_000)));
    assert_eq!(faster, Err(Obstacle::SpeedRange(25, 400)));
}

#[test]
fn what_cannot_be_done_is_named_and_changes_nothing() {
    let whole = film();
    let cases = [
        (Cutting::Out(None, Part::Between(30_000, 40_000)), Obstacle::PastEnd(None, Ms(30_000), Ms(20_000))),
        (Cutting::Drop(vec![Shot::Number(7)]), Obstacle::NoShot(7, 3)),
        (Cutting::Drop(vec![Shot::Photo(2)]), Obstacle::NoPhoto(2, 1)),
        (Cutting::Drop((1..=3).map(Shot::Number).collect()), Obstacle::NothingLeft(None)),
        (Cutting::Split(None, Moment::At(0)), Obstacle::AtEdge(None, Ms(0))),
        (Cutting::Join(Vec::new()), Obstacle::NotOneRecording),
        (Cutting::Replace(Some(Shot::Number(1)), None), Obstacle::NothingWaits),
        (Cutting::Swap(Shot::Number(1), Shot::Named("a.mp4".into())), Obstacle::Already),
        (Cutting::OffTrack(9), Obstacle::NoTrack(9, 3)),
        (Cutting::Enter(None, TransitionKind::Cut), Obstacle::Already),
    ];
    for (wish, obstacle) in cases {
        let mut state = whole.clone();
        assert_eq!(cut(&mut state, &wish), Err(obstacle), "{wish:?}");
        assert_eq!(state, whole, "{wish:?}");
    }
    assert_eq!(cut(&mut Timeline::of(State::default()), &Cutting::Backwards), Err(Obstacle::NoPicture));
}

#[test]
fn another_picture_takes_the_room_of_the_old_one() {
    let mut state = film();
    state.list_uploaded(&[medium("d", "video", 20.0, 30.0)]);
    cut(&mut state, &Cutting::Replace(Some(Shot::Number(1)), None)).unwrap();
    assert_eq!(spans(&state, VIDEO)[0], at("d", 0, 10_000));
    assert_eq!(spans(&state, TEXT)[0], at("On a", 4_000, 6_000));
}

#[test]
fn a_change_of_looks_leaves_every_time_alone() {
    let before = film();
    let mut state = before.clone();
    for wish in [
        Cutting::Level(Shot::Number(2), Level::To(0.5)),
        Cutting::Fade { of: Faded::Picture, shot: None, in_ms: Some(1_000), out_ms: Some(9_000) },
        Cutting::Shape(Some(Aspect::Tall), Some(Fit::Crop)),
        Cutting::Enter(None, TransitionKind::Crossfade),
    ] {
        cut(&mut state, &wish).unwrap();
    }
    for tt in [VIDEO, AUDIO, TEXT] {
        assert_eq!(spans(&state, tt), spans(&before, tt));
    }
    assert_eq!(state.shape, Shape { aspect: Aspect::Tall, fit: Fit::Crop });
    assert_eq!(state.clips().nth(2).unwrap().picture_fade_out, Some(Ms(4_000)), "no longer than its shot");
}

#[test]
fn what_was_done_names_what_it_is_about_and_what_followed() {
    let mut state = film();
    let ids = |names: &[&str]| -> Vec<Id> { names.iter().map(|name| name.parse().unwrap()).collect() };
    let part = Cutting::Out(Some(Shot::Number(1)), Part::Between(3_000, 7_000));
    let done = apply(&mut state, &Action::Cut(part), &Context::default());
    assert_eq!(done.targets, ids(&["c1"]));
    // The rest of the clip, the clips behind it, the music, and both titles: one moved, one went.
    assert_eq!(done.follows, ids(&["c4", "c2", "c3", "p1", "t2", "t1"]));
    let title = NewTitle { text: "New".into(), start_ms: 0, duration_ms: 2_000, look: Look::default() };
    let added = apply(&mut state, &Action::AddTitle(title.clone()), &Context::default());
    let removed = apply(&mut state, &Action::RemoveTitles { which: Pick::Newest }, &Context::default());
    let again = apply(&mut state, &Action::AddTitle(title), &Context::default());
    assert_eq!((added.targets, removed.targets, again.targets), (ids(&["t3"]), ids(&["t3"]), ids(&["t4"])));
    let nothing = apply(&mut state, &Action::Cut(Cutting::OffTrack(9)), &Context::default());
    assert_eq!((nothing.targets, nothing.follows), (Vec::new(), Vec::new()));
}

fn shots() -> impl Strategy<Value = Shot> {
    prop_oneof![
        (1_usize..6).prop_map(Shot::Number),
        Just(Shot::Last),
        (1_usize..3).prop_map(Shot::Photo),
        prop_oneof![Just("a.mp4"), Just("b.mp4"), Just("c.jpg")].prop_map(|name: &str| Shot::Named(name.into())),
    ]
}

fn part() -> impl Strategy<Value = Part> {
    (0_u64..12_000, 0_u64..12_000, 0..5).prop_map(|(one, other, kind)| match kind {
        0 => Part::First(one),
        1 => Part::Last(one),
        2 => Part::WithoutFirst(one),
        3 => Part::WithoutLast(one),
        _ => Part::Between(one.min(other), one.max(other)),
    })
}

fn wish() -> impl Strategy<Value = Cutting> {
    let place = || {
        prop_oneof![
            (1_usize..6).prop_map(Place::Number),
            Just(Place::End),
            shots().prop_map(Place::Before),
            shots().prop_map(Place::After),
            (-2_i64..3).prop_map(Place::By),
        ]
    };
    let maybe = || prop::option::of(shots());
    prop_oneof![
        (maybe(), part()).prop_map(|(shot, part)| Cutting::Out(shot, part)),
        (shots(), part()).prop_map(|(shot, part)| Cutting::Only(shot, part)),
        (maybe(), 0_u64..25_000).prop_map(|(shot, ms)| Cutting::Split(shot, Moment::At(ms))),
        maybe().prop_map(|shot| Cutting::Split(shot, Moment::Middle)),
        prop::collection::vec(shots(), 0..3).prop_map(Cutting::Join),
        (shots(), place()).prop_map(|(shot, place)| Cutting::Move(shot, place)),
        (shots(), shots()).prop_map(|(one, other)| Cutting::Swap(one, other)),
        Just(Cutting::Backwards),
        (maybe(), prop::option::of(Just("b.mp4".to_owned()))).prop_map(|(shot, with)| Cutting::Replace(shot, with)),
        prop::collection::vec(shots(), 1..3).prop_map(Cutting::Drop),
        (maybe(), 10_u32..500).prop_map(|(shot, speed)| Cutting::Speed(shot, Speed::By(speed))),
        (maybe(), 10_u32..500).prop_map(|(shot, speed)| Cutting::Speed(shot, Speed::To(speed))),
        (shots(), 0.0_f64..2.0).prop_map(|(shot, level)| Cutting::Level(shot, Level::To(level))),
        (maybe(), 0_u64..9_000).prop_map(|(shot, ms)| Cutting::Fade {
            of: Faded::Picture,
            shot,
            in_ms: Some(ms),
            out_ms: Some(ms),
        }),
        maybe().prop_map(|shot| Cutting::Enter(shot, TransitionKind::Crossfade)),
        (1_usize..5).prop_map(Cutting::OffTrack),
    ]
}

/// What holds for every draft: nothing before the start, nothing over another, every shot on the film's frames and without
/// a gap, nothing read or heard beyond the picture, every id once.
fn check(state: &Timeline) -> Result<(), TestCaseError> {
    let end = state.picture_end();
    for track in &state.tracks {
        match track {
            Track::Picture(lane) => {
                for pair in lane.items.windows(2) {
                    prop_assert_eq!(pair[0].end(), pair[1].start, "a gap");
                }
                check_lane(&lane.items, end)?;
                prop_assert!(lane.items.first().is_none_or(|clip| clip.start == Ms::ZERO), "a gap at the start");
                prop_assert!(lane.items.iter().all(|clip| clip.source_in >= Ms::ZERO));
            }
            Track::Sound(lane) => {
                check_lane(&lane.items, end)?;
                prop_assert!(lane.items.iter().all(|sound| sound.source_in >= Ms::ZERO));
            }
            Track::Titles(lane) => check_lane(&lane.items, end)?,
            other => prop_assert!(false, "{:?}", other),
        }
    }
    let mut ids: Vec<String> = state.clips().map(|clip| clip.id.to_string()).collect();
    ids.extend(
        state.sounds().map(|sound| sound.id.to_string()).chain(state.titles().map(|title| title.id.to_string())),
    );
    let count = ids.len();
    ids.sort();
    ids.dedup();
    prop_assert_eq!(ids.len(), count, "ids are told apart");
    if let Some(reel) = Reel::of(state) {
        let mut frame = 0;
        for take in &reel.takes {
            prop_assert!(take.was.is_some_and(|(from, _)| from == frame));
            frame += take.frames;
            prop_assert_eq!(take.clip.end(), reel.rate.time(frame), "off the frames");
        }
    }
    Ok(())
}

fn check_lane<T: bedtrack_timeline::Item + std::fmt::Debug>(items: &[T], end: Ms) -> Result<(), TestCaseError> {
    let mut last = Ms::ZERO;
    for item in items {
        prop_assert!(item.start() >= last, "{:?} overlaps", item);
        prop_assert!(item.length() > Ms::ZERO);
        prop_assert!(end == Ms::ZERO || item.end() <= end, "{:?} goes on beyond {:?}", item, end);
        last = item.end();
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_cuts_leave_a_draft_that_holds_and_going_back_gives_the_one_before(
        wishes in prop::collection::vec(wish(), 1..14)
    ) {
        let mut state = film();
        // The grid is that of the first cut on: a clip's length as it was uploaded need not lie on it.
        let _ = cut(&mut state, &Cutting::Backwards);
        let mut states = vec![state.clone()];
        let mut known = names(&state);
        for wish in wishes {
            let before = state.clone();
            let done = apply(&mut state, &Action::Cut(wish), &Context::default());
            match &done.deed {
                Deed::Cut(cut) => {
                    check(&state)?;
                    prop_assert_eq!(cut.length.1, state.picture_end());
                    // An id is the name of one recording's part for good, also through a restart.
                    let again = Timeline::of(state.clone().into_state());
                    prop_assert_eq!(names(&again), names(&state), "ids are kept");
                    for (id, what) in names(&again) {
                        prop_assert_eq!(known.entry(id.clone()).or_insert(what.clone()), &what, "{} is another", id);
                    }
                    let told: Vec<_> = done.targets.iter().chain(&done.follows).copied().collect();
                    prop_assert_eq!(told.len(), state.differing(&before).len());
                    states.push(state.clone());
                }
                _ => prop_assert_eq!(&state, &before, "what was not done changed something"),
            }
        }
        for (rev, earlier) in states.iter().enumerate().rev() {
            let earlier = earlier.clone().into_state();
            state.go_back(earlier.clone(), rev as i64, rev as i64 + 1);
            let now = state.clone().into_state();
            prop_assert_eq!((&now.draft, &now.canvas_config), (&earlier.draft, &earlier.canvas_config));
        }
    }
}

/// What bears each id: the file of a clip or a sound, the words of a title.
fn names(timeline: &Timeline) -> std::collections::BTreeMap<String, String> {
    let clips = timeline.clips().map(|clip| (clip.id.to_string(), clip.name.clone().unwrap_or_default()));
    let sounds = timeline.sounds().map(|sound| (sound.id.to_string(), sound.name.clone().unwrap_or_default()));
    let titles = timeline.titles().map(|title| (title.id.to_string(), title.words().to_owned()));
    clips.chain(sounds).chain(titles).collect()
}
