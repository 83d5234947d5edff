use super::super::brief::Brief;
use super::super::key::{Key, Mode};
use super::super::revision::Revision;
use super::super::score::{Ending, Note, Part, Score, Stem};
use super::super::tests::{faults, faults_in_any_time};
use super::super::{Remark, compose, genres};

const GENRES: [&str; 6] = ["lo-fi", "house", "pop", "cinematic", "jazz", "rock"];

fn brief(genre: &str, seconds: f64) -> Brief {
    Brief::new(genre, seconds, 5)
}

fn revised(brief: &Brief, revisions: &[Revision]) -> Score {
    let mut brief = brief.clone();
    revisions.iter().for_each(|revision| brief.revise(revision.clone()));
    let score = compose(&brief).unwrap().score;
    // Where a moment is to be met the tempo gives on the way to it; everywhere else it is one tempo.
    let bends = revisions.iter().any(|r| matches!(r, Revision::Drop { .. } | Revision::EndAt { .. }));
    let found = if bends { faults_in_any_time(&score) } else { faults(&score) };
    assert_eq!(found, Vec::<String>::new(), "{} {revisions:?}", brief.genre);
    score
}

/// What differs between a part and itself in another score, if anything.
fn difference(new: Option<&Part>, old: &Part) -> Option<String> {
    let Some(new) = new else { return Some(format!("{} is gone", old.instrument)) };
    let note = new.notes.iter().zip(&old.notes).find(|(a, b)| a != b);
    (new != old).then(|| {
        let (new, old) = (Part { notes: Vec::new(), ..new.clone() }, Part { notes: Vec::new(), ..old.clone() });
        format!("{note:?} {new:?} {old:?}")
    })
}

fn plain(brief: &Brief) -> Score {
    revised(brief, &[])
}

/// Parts by stem and instrument.
fn part<'a>(score: &'a Score, like: &Part) -> Option<&'a Part> {
    score.parts.iter().find(|part| part.instrument == like.instrument && part.stem == like.stem)
}

fn loudness(score: &Score, from: f64, to: f64) -> f64 {
    let notes = score.parts.iter().filter(|p| p.stem != Stem::Texture).flat_map(|part| &part.notes);
    notes
        .filter(|n| n.start < to && n.start + n.duration > from)
        .map(|n| {
            let over = (n.start + n.duration).min(to) - n.start.max(from);
            over.max(0.0) * (f64::from(n.velocity) / 127.0).powi(2)
        })
        .sum::<f64>()
        / (to - from)
}

/// Onsets in beats, rounded to a 48th, with their keys: what stays when only the tempo changes.
fn in_beats(score: &Score, part: &Part, bars: usize) -> Vec<(i64, u8)> {
    let end = score.bars.get(bars).copied().unwrap_or(score.duration) - 0.04;
    let beat = 60.0 / score.bpm;
    part.notes.iter().filter(|n| n.start < end).map(|n| ((n.start / beat * 12.0).round() as i64, n.key)).collect()
}

#[test]
fn without_revisions_nothing_changes_and_with_them_the_same_comes_out_again() {
    let base = brief("lo-fi", 60.0);
    assert_eq!(compose(&base).unwrap(), compose(&base).unwrap());
    let list =
        [Revision::Tempo { bpm: 92.0 }, Revision::Drop { at: 40.0 }, Revision::Mood { id: "tense".into(), by: 1.0 }];
    assert_eq!(revised(&base, &list), revised(&base, &list));
}

#[test]
fn revisions_survive_json() {
    let mut base = brief("lo-fi", 60.0);
    base.revise(Revision::Build { at: 20.0, until: None });
    base.revise(Revision::Swap { out: vec!["piano".into()], with: "synth_lead".into() });
    let text = serde_json::to_string(&base).unwrap();
    assert_eq!(serde_json::from_str::<Brief>(&text).unwrap(), base);
    let old = r#"{"genre":"lo-fi","duration_seconds":30,"seed":1}"#;
    assert_eq!(serde_json::from_str::<Brief>(old).unwrap(), Brief::new("lo-fi", 30.0, 1));
}

#[test]
fn no_drums_takes_the_drums_out_and_leaves_every_other_note() {
    for genre in GENRES {
        let base = brief(genre, 60.0);
        let before = plain(&base);
        let after = revised(&base, &[Revision::Without { id: "drums".into() }]);
        assert!(after.parts.iter().all(|part| part.stem != Stem::Drums));
        for old in before.parts.iter().filter(|part| part.stem != Stem::Drums) {
            let new = part(&after, old).unwrap_or_else(|| panic!("{genre}: {} went", old.instrument));
            assert!(old.notes.iter().all(|note| new.notes.contains(note)), "{genre} {}", old.instrument);
        }
        assert_eq!((after.bpm, after.key, &after.chords), (before.bpm, before.key, &before.chords));
    }
}

#[test]
fn an_instrument_hands_its_notes_over_and_nobody_else_changes() {
    for genre in GENRES {
        let base = brief(genre, 45.0);
        let before = plain(&base);
        let melody = before.parts.iter().find(|p| p.stem == Stem::Harmony).unwrap();
        let out = vec![melody.instrument.clone()];
        let after = revised(&base, &[Revision::Swap { out: out.clone(), with: "supersaw".into() }]);
        let new = after.parts.iter().find(|p| p.instrument == "supersaw").unwrap();
        assert_eq!(new.notes.len(), melody.notes.len(), "{genre}");
        assert!(new.notes.iter().zip(&melody.notes).all(|(a, b)| a.start == b.start && a.key % 12 == b.key % 12));
        for old in before.parts.iter().filter(|p| !super::names::means(&out[0], p) && p.instrument != "supersaw") {
            assert_eq!(part(&after, old).map(|p| &p.notes), Some(&old.notes), "{genre} {}", old.instrument);
        }
    }
}

#[test]
fn an_instrument_joins_and_nobody_else_changes() {
    for genre in GENRES {
        let base = brief(genre, 45.0);
        let before = plain(&base);
        let joins = if before.parts.iter().any(|p| p.instrument == "vibraphone") { "flute" } else { "vibraphone" };
        let after = revised(&base, &[Revision::With { id: joins.into() }]);
        assert!(after.parts.iter().any(|p| p.instrument == joins && p.notes.len() > 4), "{genre}");
        for old in &before.parts {
            assert_eq!(difference(part(&after, old), old), None, "{genre}");
        }
        assert_eq!(after.parts.len(), before.parts.len() + 1, "{genre}");
    }
}

#[test]
fn only_these_play_and_those_that_played_before_play_the_same() {
    for genre in GENRES {
        let base = brief(genre, 45.0);
        let before = plain(&base);
        let ids = vec!["piano".to_owned(), "strings".to_owned()];
        let after = revised(&base, &[Revision::Only { ids: ids.clone() }]);
        let allowed = |p: &Part| ids.iter().any(|id| super::names::means(id, p));
        assert!(after.parts.iter().all(allowed), "{genre}");
        for old in before.parts.iter().filter(|p| allowed(p)) {
            assert_eq!(difference(part(&after, old), old), None, "{genre}");
        }
        assert!(after.parts.iter().any(|p| super::names::means("strings", p)), "{genre}");
    }
}

#[test]
fn another_tempo_keeps_every_note_in_its_place_of_the_bar_and_the_length() {
    for genre in GENRES {
        let base = brief(genre, 60.0);
        let before = plain(&base);
        for by in [10.0, -10.0] {
            let bpm = before.bpm + by;
            let after = revised(&base, &[Revision::Tempo { bpm }]);
            assert!((after.bpm / bpm - 1.0).abs() < 0.005, "{genre} {}", after.bpm);
            assert_eq!(after.duration, 60.0);
            for old in before.parts.iter().filter(|p| p.stem != Stem::Texture) {
                let new = part(&after, old).unwrap_or_else(|| panic!("{genre} {}", old.instrument));
                // Up to the first bar that was left out, or came again.
                let (was, is) = (in_beats(&before, old, 4), in_beats(&after, new, 4));
                assert_eq!(was, is, "{genre} {} {by}", old.instrument);
            }
        }
    }
}

#[test]
fn another_key_keeps_the_rhythm_and_the_drums() {
    for genre in GENRES {
        let base = brief(genre, 45.0);
        let before = plain(&base);
        let key = Key { tonic: 2, mode: if before.key.mode.is_minor() { Mode::Major } else { Mode::Minor } };
        let after = revised(&base, &[Revision::Key { key }]);
        assert_eq!(after.key, key);
        assert_eq!(after.parts.len(), before.parts.len());
        for (old, new) in before.parts.iter().zip(&after.parts) {
            // Two tones of a chord may have become one.
            let near = |one: &Note, part: &Part| part.notes.iter().any(|two| (one.start - two.start).abs() < 0.031);
            assert!(old.notes.iter().all(|note| near(note, new)), "{genre} {}", old.instrument);
            assert!(new.notes.iter().all(|note| old.notes.iter().any(|was| was.start == note.start)), "{genre}");
            if matches!(old.stem, Stem::Drums | Stem::Texture) {
                assert_eq!(old, new, "{genre}");
            }
        }
        // Most of what sounds belongs to the new scale.
        let scale: Vec<i32> = key.mode.degrees().iter().map(|d| (d + 2) % 12).collect();
        let pitched =
            after.parts.iter().filter(|p| !matches!(p.stem, Stem::Drums | Stem::Texture)).flat_map(|p| &p.notes);
        let (inside, all) = pitched.fold((0, 0), |(inside, all), note| {
            (inside + usize::from(scale.contains(&(i32::from(note.key) % 12))), all + 1)
        });
        assert!(inside * 100 >= all * 78, "{genre}: {inside} of {all}");
    }
}

#[test]
fn a_transposed_piece_is_the_same_piece_with_other_names() {
    let base = brief("jazz", 45.0);
    let before = plain(&base);
    let key = Key { tonic: (before.key.tonic + 3) % 12, mode: before.key.mode };
    let after = revised(&base, &[Revision::Key { key }]);
    for (old, new) in before.chords.iter().zip(&after.chords) {
        assert_eq!(old.keys.iter().map(|k| k + 3).collect::<Vec<_>>(), new.keys);
        let tail = |symbol: &str| {
            symbol.split('/').next().unwrap().trim_start_matches(|c: char| "ABCDEFG#b".contains(c)).to_owned()
        };
        assert_eq!(tail(&old.symbol), tail(&new.symbol));
    }
}

#[test]
fn brighter_and_darker_move_the_colour_and_no_note() {
    for genre in GENRES {
        let base = brief(genre, 45.0);
        let before = plain(&base);
        let bright = revised(&base, &[Revision::Mood { id: "bright".into(), by: 1.0 }]);
        let dark = revised(&base, &[Revision::Mood { id: "dark".into(), by: 1.0 }]);
        assert!(bright.mix.air_db > before.mix.air_db && before.mix.air_db > dark.mix.air_db, "{genre}");
        for old in &before.parts {
            assert_eq!(part(&dark, old).map(|p| &p.notes), Some(&old.notes), "{genre} {}", old.instrument);
        }
        let drums = |score: &Score| score.parts.iter().filter(|p| p.stem == Stem::Drums).cloned().collect::<Vec<_>>();
        for (new, old) in drums(&bright).iter().zip(drums(&before)) {
            let differ: Vec<_> = new.notes.iter().zip(&old.notes).filter(|(a, b)| a != b).collect();
            assert_eq!((differ, new.notes.len()), (vec![], old.notes.len()), "{genre}");
        }
    }
}

#[test]
fn more_tense_adds_what_rubs_and_leaves_what_was_there() {
    // Pairs of tones a semitone or a tritone apart that sound together, per second.
    let roughness = |score: &Score| {
        let mut all: Vec<Note> = score
            .parts
            .iter()
            .filter(|p| !matches!(p.stem, Stem::Drums | Stem::Texture))
            .flat_map(|p| p.notes.clone())
            .collect();
        all.sort_by(|a, b| a.start.total_cmp(&b.start));
        let mut rough = 0.0;
        for (index, one) in all.iter().enumerate() {
            for two in all[index + 1..].iter().take_while(|two| two.start < one.start + one.duration) {
                if matches!((i32::from(one.key) - i32::from(two.key)).rem_euclid(12), 1 | 6 | 11) {
                    rough += (one.start + one.duration).min(two.start + two.duration) - two.start;
                }
            }
        }
        rough
    };
    for genre in GENRES {
        let base = brief(genre, 45.0);
        let before = plain(&base);
        let tense = Revision::Mood { id: "tense".into(), by: 1.0 };
        let after = revised(&base, std::slice::from_ref(&tense));
        for old in &before.parts {
            assert!(after.parts.iter().any(|p| p.notes == old.notes), "{genre} {}", old.instrument);
        }
        assert!(roughness(&after) > roughness(&before) * 1.3, "{genre}: {} {}", roughness(&before), roughness(&after));
        let less = revised(&base, &[tense, Revision::Mood { id: "tense".into(), by: -1.0 }]);
        for (new, old) in less.parts.iter().zip(&before.parts) {
            assert_eq!(difference(Some(new), old), None, "{genre}: less takes back more");
        }
        assert_eq!(less.parts.len(), before.parts.len());
    }
}

#[test]
fn energy_and_density_move_velocities_and_the_number_of_notes() {
    let count = |score: &Score| score.parts.iter().map(|p| p.notes.len()).sum::<usize>();
    for genre in GENRES {
        let base = brief(genre, 45.0);
        let before = plain(&base);
        let more = revised(&base, &[Revision::Energy { by: 1.0 }]);
        let less = revised(&base, &[Revision::Energy { by: -1.0 }]);
        let all = |score: &Score| loudness(score, 0.0, 45.0);
        assert!(all(&more) > all(&before) * 1.2 && all(&less) < all(&before) * 0.85, "{genre}");
        let simple = revised(&base, &[Revision::Density { by: -1.0 }]);
        assert!(count(&simple) < count(&before), "{genre}");
        assert_eq!(simple.chords, before.chords);
    }
}

#[test]
fn more_melodic_lets_the_tune_sing_more_and_leaves_bass_and_drums() {
    for genre in ["lo-fi", "pop", "house"] {
        let base = brief(genre, 60.0);
        let before = plain(&base);
        let Some(lead) = super::character::lead(&before) else { continue };
        let after = revised(&base, &[Revision::Tune { by: 1.0 }]);
        let (old, new) = (&before.parts[lead], part(&after, &before.parts[lead]).unwrap());
        assert!(new.notes.len() >= old.notes.len() && new.gain_db > old.gain_db, "{genre}");
        for same in before.parts.iter().filter(|p| matches!(p.stem, Stem::Drums | Stem::Bass)) {
            assert_eq!(difference(part(&after, same), same), None, "{genre}");
        }
    }
}

#[test]
fn a_drop_falls_on_its_moment_and_is_fuller_than_what_comes_before() {
    for genre in GENRES {
        for at in [12.0, 31.3, 45.0] {
            let base = brief(genre, 60.0);
            let after = revised(&base, &[Revision::Drop { at }]);
            let bar = after.bars.iter().map(|bar| (bar - at).abs()).fold(f64::MAX, f64::min);
            assert!(bar < 0.02, "{genre} {at}: {bar}");
            assert_eq!(after.duration, 60.0);
            assert!(loudness(&after, at, at + 4.0) > loudness(&after, at - 4.0, at) * 1.2, "{genre} {at}");
            let ring = after.duration - after.chords.last().unwrap().start;
            assert!((0.5..9.0).contains(&ring), "{genre} {at}: {ring}");
        }
    }
}

#[test]
fn no_section_is_left_empty_wherever_a_drop_falls() {
    for genre in GENRES {
        for tenths in (3..290).step_by(17) {
            revised(&brief(genre, 30.0), &[Revision::Drop { at: f64::from(tenths) / 10.0 }]);
        }
    }
}

#[test]
fn a_build_rises_to_its_arrival_and_nothing_before_it_changes() {
    for genre in GENRES {
        let base = brief(genre, 60.0);
        let before = plain(&base);
        let after = revised(&base, &[Revision::Build { at: 20.0, until: Some(32.0) }]);
        let (first, last) = (loudness(&after, 20.0, 23.0), loudness(&after, 29.0, 32.0));
        assert!(last / first > loudness(&before, 29.0, 32.0) / loudness(&before, 20.0, 23.0) * 1.3, "{genre}");
        for old in &before.parts {
            let until = |part: &Part| part.notes.iter().filter(|n| n.start < 19.5).copied().collect::<Vec<_>>();
            let since = |part: &Part| part.notes.iter().filter(|n| n.start > 33.0).copied().collect::<Vec<_>>();
            let new = part(&after, old).unwrap();
            assert_eq!((until(old), since(old)), (until(new), since(new)), "{genre} {}", old.instrument);
        }
    }
}

#[test]
fn a_quiet_stretch_is_quieter_and_only_it() {
    for genre in GENRES {
        let base = brief(genre, 40.0);
        let before = plain(&base);
        let after = revised(&base, &[Revision::Level { from: 10.0, to: 18.0, by: -1.0 }]);
        assert!(loudness(&after, 10.5, 17.5) < loudness(&before, 10.5, 17.5) * 0.4, "{genre}");
        for old in &before.parts {
            let outside = |part: &Part| {
                let out = |n: &&Note| n.start + n.duration < 9.9 || n.start > 18.1;
                part.notes.iter().filter(out).copied().collect::<Vec<_>>()
            };
            assert_eq!(outside(old), outside(part(&after, old).unwrap()), "{genre} {}", old.instrument);
        }
    }
}

#[test]
fn a_rest_silences_what_it_names_for_its_time() {
    let base = brief("pop", 40.0);
    let after = revised(&base, &[Revision::Rest { from: 10.0, to: 18.0, ids: vec!["drums".into(), "bass".into()] }]);
    let sounding = |stem: Stem, from: f64, to: f64| {
        after
            .parts
            .iter()
            .filter(|p| p.stem == stem)
            .flat_map(|p| &p.notes)
            .filter(|n| n.start >= from && n.start < to)
            .count()
    };
    assert_eq!((sounding(Stem::Drums, 10.0, 17.9), sounding(Stem::Bass, 10.0, 17.9)), (0, 0));
    assert!(sounding(Stem::Drums, 20.0, 30.0) > 0);
}

#[test]
fn the_last_chord_falls_on_the_logo() {
    for genre in GENRES {
        for (seconds, at) in [(60.0, 57.0), (30.0, 26.4), (15.0, 13.0)] {
            let after = revised(&brief(genre, seconds), &[Revision::EndAt { at }]);
            let falls = after.chords.last().unwrap().start;
            assert!((falls - at).abs() < 0.02, "{genre} {seconds}: {falls}");
            assert_eq!(after.duration, seconds);
        }
        let both = revised(&brief(genre, 60.0), &[Revision::EndAt { at: 57.0 }, Revision::Drop { at: 30.0 }]);
        assert!((both.chords.last().unwrap().start - 57.0).abs() < 0.02, "{genre}");
        assert!(both.bars.iter().any(|bar| (bar - 30.0).abs() < 0.02), "{genre}");
    }
}

#[test]
fn a_drop_stays_on_its_moment_when_the_tempo_changes_later() {
    let base = brief("house", 60.0);
    let bpm = plain(&base).bpm + 6.0;
    let after = revised(&base, &[Revision::Drop { at: 32.0 }, Revision::Tempo { bpm }]);
    assert!(after.bars.iter().any(|bar| (bar - 32.0).abs() < 0.02));
}

#[test]
fn shorter_and_longer_versions_share_their_bars() {
    for genre in genres().iter().map(|genre| genre.id.as_str()) {
        let base = brief(genre, 60.0);
        let before = plain(&base);
        for seconds in [15.0, 30.0, 90.0] {
            let after = revised(&base, &[Revision::Length { seconds }]);
            assert_eq!(after.duration, seconds);
            assert!((after.bpm / before.bpm - 1.0).abs() < 0.021, "{genre} {seconds}: {} {}", before.bpm, after.bpm);
            let chords: Vec<&str> = before.chords.iter().map(|c| c.symbol.as_str()).collect();
            assert!(after.chords.iter().all(|c| chords.contains(&c.symbol.as_str())), "{genre}");
            if before.ending == Ending::Fade {
                let ends = after.parts.iter().flat_map(|p| &p.notes).map(|n| n.start + n.duration).fold(0.0, f64::max);
                assert!(ends > seconds - 1.6, "{genre} {seconds}: silent from {ends}");
                continue;
            }
            assert_eq!(after.chords.last().map(|c| &c.symbol), before.chords.last().map(|c| &c.symbol));
            let ring = after.duration - after.chords.last().unwrap().start;
            assert!((0.5..8.0).contains(&ring), "{genre} {seconds}: rings {ring}");
        }
    }
}

#[test]
fn a_soft_end_ends_softer() {
    for genre in GENRES {
        let base = brief(genre, 40.0);
        let (before, after) = (plain(&base), revised(&base, &[Revision::SoftEnd]));
        let end = before.chords.last().unwrap().start;
        assert!(loudness(&after, end - 3.0, end) < loudness(&before, end - 3.0, end) * 0.8, "{genre}");
        assert!((loudness(&after, 0.0, 12.0) - loudness(&before, 0.0, 12.0)).abs() < 1e-9, "{genre}");
    }
}

#[test]
fn a_moment_beyond_the_end_and_a_player_that_is_not_there_are_said() {
    let mut base = brief("pop", 30.0);
    base.revise(Revision::Drop { at: 45.0 });
    base.revise(Revision::Without { id: "bagpipes".into() });
    let remarks = compose(&base).unwrap().remarks;
    assert!(remarks.contains(&Remark::MomentOutside { at: 45.0, length: 30.0 }), "{remarks:?}");
    assert!(remarks.contains(&Remark::NotPlaying { id: "bagpipes".into() }), "{remarks:?}");
}

#[test]
fn bringing_back_what_went_gives_the_piece_as_it_was() {
    let base = brief("pop", 30.0);
    let mut there_and_back = base.clone();
    there_and_back.revise(Revision::Without { id: "drums".into() });
    there_and_back.revise(Revision::With { id: "drums".into() });
    assert_eq!(there_and_back, base);
}

#[test]
fn hostile_revisions_are_refused_or_give_faultless_scores() {
    let base = brief("lo-fi", 20.0);
    for revision in [
        Revision::Tempo { bpm: f64::NAN },
        Revision::Length { seconds: 1e9 },
        Revision::Drop { at: f64::INFINITY },
        Revision::With { id: "theremin".into() },
        Revision::Mood { id: "zany".into(), by: 1.0 },
    ] {
        let mut brief = base.clone();
        brief.revise(revision.clone());
        assert!(compose(&brief).is_err(), "{revision:?}");
    }
    for revision in [
        Revision::Build { at: -3.0, until: Some(-1.0) },
        Revision::Level { from: 12.0, to: 3.0, by: -1.0 },
        Revision::Mood { id: "tense".into(), by: 1e9 },
        Revision::Energy { by: -1e9 },
        Revision::EndAt { at: 0.1 },
        Revision::Drop { at: 0.3 },
        Revision::Build { at: 19.9, until: None },
    ] {
        revised(&base, &[revision]);
    }
}

fn stage(letter: &str, bars: impl Into<Option<u32>>) -> super::super::given::PlannedSection {
    super::super::given::PlannedSection { letter: letter.into(), bars: bars.into() }
}

fn tune(keys: &[u8]) -> super::super::given::Melody {
    use super::super::given::{Melody, MelodyNote};
    let notes = keys.iter().enumerate().map(|(n, key)| MelodyNote { at: n as f64, length: 1.0, key: *key }).collect();
    Melody::of(notes, None).unwrap()
}

#[test]
fn a_plan_is_followed_to_the_bar() {
    for genre in GENRES {
        let plan = vec![stage("intro", 4), stage("build", 8), stage("drop", 8), stage("outro", 4)];
        let mut base = brief(genre, 60.0);
        let tempo = &genres().get(genre).unwrap().tempo;
        base.duration_seconds = 24.0 * 4.0 * 60.0 / tempo.usual + 2.5;
        base.plan = plan.clone();
        let score = revised(&base, &[]);
        let bars: Vec<(String, usize)> = score
            .sections
            .iter()
            .map(|s| {
                let end = s.end.min(score.chords.last().unwrap().start);
                (s.name.clone(), score.bars.iter().filter(|b| **b >= s.start - 0.02 && **b < end - 0.02).count())
            })
            .collect();
        let asked: Vec<(String, usize)> = plan.iter().map(|s| (s.letter.clone(), s.bars.unwrap() as usize)).collect();
        assert_eq!(bars, asked, "{genre}");
        assert_eq!(score.duration, base.duration_seconds, "{genre}");
        let (build, drop) = (&score.sections[1], &score.sections[2]);
        assert!(
            loudness(&score, drop.start, drop.start + 4.0) > loudness(&score, build.start, build.start + 4.0),
            "{genre}"
        );
    }
}

#[test]
fn an_open_stage_takes_what_is_left() {
    let mut base = brief("house", 60.0);
    base.plan = vec![stage("intro", 4), stage("a", None), stage("outro", 4)];
    let score = revised(&base, &[]);
    assert_eq!(score.duration, 60.0);
    let names: Vec<&str> = score.sections.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["intro", "a", "outro"]);
    let bar = score.bars[1] - score.bars[0];
    assert!((score.sections[0].end - 4.0 * bar).abs() < 0.02);
}

#[test]
fn a_given_melody_is_stated_as_it_is_and_borne_by_the_chords() {
    // The first phrase of "Ode to Joy" (Beethoven, 1824).
    let ode = tune(&[64, 64, 65, 67, 67, 65, 64, 62, 60, 60, 62, 64, 64, 62, 62, 60]);
    assert_eq!(ode.key, Key { tonic: 0, mode: Mode::Major });
    for genre in ["pop", "lo-fi", "cinematic", "piano", "house"] {
        let mut base = brief(genre, 60.0);
        base.key = Some(ode.key);
        base.metre = Some((4, 4));
        base.melody = Some(ode.clone());
        let score = revised(&base, &[]);
        let lead = &score.parts[super::character::lead(&score).unwrap()];
        let steps: Vec<i32> = lead.notes.windows(2).map(|w| i32::from(w[1].key) - i32::from(w[0].key)).collect();
        let asked: Vec<i32> = ode.notes.windows(2).map(|w| i32::from(w[1].key) - i32::from(w[0].key)).collect();
        let (opening, _) = asked.split_at(6);
        let stated = steps.windows(asked.len()).filter(|w| *w == asked).count();
        let begun = steps.windows(opening.len()).filter(|w| *w == opening).count();
        assert!(stated >= 1 && begun >= 2, "{genre}: stated {stated} times, begun {begun} times");
        let (mut own, mut all) = (0.0, 0.0);
        for note in &lead.notes {
            let chord = score.chords.iter().rev().find(|c| c.start <= note.start + 0.02).unwrap();
            all += note.duration;
            own += if chord.keys.iter().any(|key| key % 12 == note.key % 12) { note.duration } else { 0.0 };
        }
        assert!(own / all > 0.6, "{genre}: {}", own / all);
    }
}

#[test]
fn a_given_melody_follows_the_piece_to_another_key() {
    let minor = tune(&[69, 72, 71, 69, 68, 69]);
    assert_eq!(minor.key, Key { tonic: 9, mode: Mode::Minor });
    let mut base = brief("cinematic", 45.0);
    base.key = Some(Key { tonic: 2, mode: Mode::Minor });
    base.melody = Some(minor);
    let score = revised(&base, &[]);
    let lead = &score.parts[super::character::lead(&score).unwrap()];
    let steps: Vec<i32> = lead.notes.windows(2).map(|w| i32::from(w[1].key) - i32::from(w[0].key)).collect();
    assert!(steps.windows(5).any(|w| w == [3, -1, -2, -1, 1]), "{steps:?}");
}
