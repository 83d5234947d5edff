use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::deeds;
use crate::edit::{place_music, place_uploads};
use crate::read::{Action, Faded, Level, Look, NewTitle, Speed};
use bedtrack_film::Aspect;
use bedtrack_film::show::{Fit, TransitionKind};
use bedtrack_wire::draft::{AUDIO, TEXT, Track, VIDEO};

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
fn film() -> State {
    let media = [medium("a", "video", 10.0, 30.0), medium("b", "video", 6.006, 29.97), medium("c", "image", 0.0, 0.0)];
    let mut state = State { video_infos: media.to_vec(), ..State::default() };
    place_uploads(&mut state, &media);
    let mut song = medium("song", "music", 20.006, 0.0);
    song.m.insert("brief".into(), json!({}));
    state.generated_media.push(song.clone());
    place_music(&mut state, &song, None);
    for (text, start) in [("On a", 4_000), ("On b", 12_000)] {
        let wish = NewTitle { text: text.into(), start_ms: start, duration_ms: 2_000, look: Look::default() };
        crate::edit::add_title(&mut state, &wish).unwrap();
    }
    state
}

fn spans(state: &State, tt: i64) -> Vec<(String, i64, i64)> {
    let draft = state.timeline();
    let named = |segment: &bedtrack_wire::draft::Segment| segment.text().or(segment.name()).unwrap_or("").to_owned();
    draft
        .t
        .iter()
        .filter(|track| track.tt == tt)
        .flat_map(Track::placed)
        .map(|placed| (named(placed.segment), placed.start, placed.end()))
        .collect()
}

fn ins(state: &State) -> Vec<i64> {
    let draft = state.timeline();
    let shots = draft.t.iter().filter(|track| track.tt == VIDEO).flat_map(|track| track.sg.clone());
    shots.map(|segment| segment.m.get("in").and_then(Value::as_i64).unwrap_or(0)).collect()
}

fn at(name: &str, from: i64, to: i64) -> (String, i64, i64) {
    (name.to_owned(), from, to)
}

#[test]
fn a_part_that_is_cut_out_takes_its_title_along_and_pulls_the_rest_up() {
    let mut state = film();
    let done = cut(&mut state, &Cutting::Out(None, Part::Between(3_000, 7_000))).unwrap();
    assert_eq!((done.length, done.lost_titles.as_slice()), ((20_006, 16_000), ["On a".to_owned()].as_slice()));
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
    assert_eq!(joined.what, What::Joined(Named { number: 1, name: "a".into() }, 2));
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
        (Cutting::Out(None, Part::Between(30_000, 40_000)), Obstacle::PastEnd(None, 30_000, 20_000)),
        (Cutting::Drop(vec![Shot::Number(7)]), Obstacle::NoShot(7, 3)),
        (Cutting::Drop(vec![Shot::Photo(2)]), Obstacle::NoPhoto(2, 1)),
        (Cutting::Drop((1..=3).map(Shot::Number).collect()), Obstacle::NothingLeft(None)),
        (Cutting::Split(None, Moment::At(0)), Obstacle::AtEdge(None, 0)),
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
    assert_eq!(cut(&mut State::default(), &Cutting::Backwards), Err(Obstacle::NoPicture));
}

#[test]
fn another_picture_takes_the_room_of_the_old_one() {
    let mut state = film();
    state.video_infos.push(medium("d", "video", 20.0, 30.0));
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
    assert_eq!(shape(&state), (Aspect::Tall, Fit::Crop));
    assert_eq!(state.timeline().t[0].sg[2].m[PICTURE_FADE_OUT], json!(4_000), "no longer than its shot");
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
fn check(state: &State) -> Result<(), TestCaseError> {
    let draft = state.timeline();
    let mut ids = Vec::new();
    let end = crate::edit::picture_end(&draft);
    for track in &draft.t {
        let mut last = 0;
        for placed in track.placed() {
            prop_assert!(placed.start >= last, "{:?} overlaps", placed.segment);
            prop_assert!(placed.segment.d > 0);
            prop_assert!(crate::edit::number(placed.segment, "in") >= 0);
            prop_assert!(end == 0 || placed.end() <= end, "{:?} goes on beyond {end}", placed.segment);
            if track.tt == VIDEO {
                prop_assert_eq!(placed.start, last, "a gap");
            }
            last = placed.end();
            ids.push(placed.segment.m.get("id").cloned());
        }
    }
    let count = ids.len();
    ids.sort_by_key(|id| format!("{id:?}"));
    ids.dedup();
    prop_assert_eq!(ids.len(), count, "ids are told apart");
    if let Some(reel) = Reel::of(state) {
        let mut frame = 0;
        for take in &reel.takes {
            let laid = take.segment.start().unwrap_or(-1);
            prop_assert!(take.was.is_some_and(|(from, _)| from == frame));
            frame += take.frames;
            prop_assert_eq!(laid + take.segment.d, reel.rate.ms(frame), "off the frames");
        }
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
        for wish in wishes {
            let before = state.clone();
            match deeds::apply(&mut state, &Action::Cut(wish)) {
                deeds::Deed::Cut(done) => {
                    check(&state)?;
                    let ends = crate::edit::picture_end;
                    prop_assert_eq!(done.length.1, ends(&state.timeline()));
                    states.push(state.clone());
                }
                _ => prop_assert_eq!(&state, &before, "what was not done changed something"),
            }
        }
        for (rev, earlier) in states.iter().enumerate().rev() {
            deeds::go_back(&mut state, earlier.clone(), rev as i64, rev as i64 + 1);
            prop_assert_eq!((&state.draft, &state.canvas_config), (&earlier.draft, &earlier.canvas_config));
        }
    }
}
