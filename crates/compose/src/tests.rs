//! What must hold for any brief.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::brief::{Brief, Energy, Fusion, FusionAspect};
use super::distance::distance;
use super::key::{Key, Mode};
use super::score::{Ending, Score, Stem};
use super::{ComposeError, Composition, Remark, compose, genres, instruments, moods};

fn brief(genre: &str, duration_seconds: f64) -> Brief {
    Brief::new(genre, duration_seconds, 1)
}

fn score(brief: &Brief) -> Score {
    compose(brief).unwrap().score
}

fn ids(score: &Score) -> BTreeSet<&str> {
    score.parts.iter().map(|p| p.instrument.as_str()).collect()
}

/// What is wrong with a score, whatever it was asked to be.
pub(super) fn faults(score: &Score) -> Vec<String> {
    let mut faults = faults_in_any_time(score);
    let lines: Vec<f64> = score.bars.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let full = 60.0 / score.quarters_per_minute() * 4.0 * f64::from(score.metre.0) / f64::from(score.metre.1);
    let odd = lines.iter().filter(|length| (**length - full).abs() > 1e-6).count();
    if odd > 1 {
        faults.push(format!("{odd} bars that are not {full:.3} s long"));
    }
    faults
}

/// What is wrong with a score whose tempo may give, so that a bar line falls on a moment.
pub(super) fn faults_in_any_time(score: &Score) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |bad: bool, what: String| {
        if bad {
            faults.push(what);
        }
    };
    let duration = score.duration;
    for part in &score.parts {
        let instrument = instruments().get(&part.instrument).unwrap();
        let (low, high) = instrument.range;
        fault(part.notes.is_empty(), format!("{} has nothing to play", part.instrument));
        fault(!part.notes.is_sorted_by(|a, b| a.start <= b.start), format!("{} is not in order", part.instrument));
        let mut ends = [0.0_f64; 128];
        for note in &part.notes {
            let what = format!("{} at {:.2}: {note:?}", part.instrument, note.start);
            fault(!(low..=high).contains(&note.key), format!("out of range: {what}"));
            fault(!(1..=127).contains(&note.velocity), format!("velocity: {what}"));
            fault(note.start < 0.0 || note.start + note.duration > duration + 1e-6, format!("outside: {what}"));
            fault(note.duration < 0.01, format!("too short: {what}"));
            fault(note.start < ends[usize::from(note.key)] - 1e-9, format!("struck while it sounds: {what}"));
            ends[usize::from(note.key)] = note.start + note.duration;
        }
        fault(!part.brightness.is_sorted_by(|a, b| a.0 <= b.0), format!("{}: brightness", part.instrument));
    }
    fault(score.sections.is_empty(), "no sections".to_owned());
    fault(score.sections.first().is_some_and(|s| s.start != 0.0), "starts late".to_owned());
    fault(score.sections.last().is_some_and(|s| (s.end - duration).abs() > 1e-6), "sections end early".to_owned());
    for pair in score.sections.windows(2) {
        fault((pair[0].end - pair[1].start).abs() > 1e-6, format!("gap before {}", pair[1].name));
    }
    for section in &score.sections {
        let inside = |start: f64| start >= section.start - 0.1 && start < section.end;
        let sounds =
            score.parts.iter().filter(|p| p.stem != Stem::Texture).flat_map(|p| &p.notes).any(|n| inside(n.start));
        fault(!sounds, format!("{} is empty", section.name));
        fault(section.end <= section.start, format!("{} has no length", section.name));
    }
    fault(!score.bars.is_sorted() || !score.beats.is_sorted(), "bars or beats out of order".to_owned());
    for bar in &score.bars {
        let on_beat = score.beats.iter().any(|b| (b - bar).abs() < 1e-6);
        fault(!on_beat, format!("bar line {bar} on no beat"));
    }
    for pair in score.chords.windows(2) {
        fault((pair[0].end - pair[1].start).abs() > 1e-6, format!("chords gap at {}", pair[0].end));
    }
    faults
}

#[test]
fn every_genre_makes_music_of_every_length() {
    for genre in genres().iter() {
        for duration in [3.0, 5.0, 8.25, 15.0, 30.0, 60.0, 187.0] {
            for seed in 0..4 {
                let score = score(&Brief { seed, ..brief(&genre.id, duration) });
                assert_eq!(faults(&score), Vec::<String>::new(), "{} {duration} s seed {seed}", genre.id);
                assert_eq!(score.duration, duration);
                assert_eq!(score.style, genre.name);
                let tempo = &genre.tempo;
                assert!((tempo.low..=tempo.high).contains(&score.bpm), "{} {duration} s: {}", genre.id, score.bpm);
            }
        }
    }
}

#[test]
fn twenty_minutes_are_written_without_fault() {
    let score = score(&brief("ambient", 1200.0));
    assert_eq!(faults(&score), Vec::<String>::new());
    assert!(score.sections.len() > 15);
}

#[test]
fn a_minute_has_five_to_eight_sections_of_differing_energy() {
    for genre in genres().iter() {
        let score = score(&brief(&genre.id, 60.0));
        assert!((4..=8).contains(&score.sections.len()), "{}: {}", genre.id, score.sections.len());
        let energies: Vec<f64> = score.sections.iter().map(|s| s.energy).collect();
        let spread = energies.iter().copied().fold(0.0, f64::max) - energies.iter().copied().fold(1.0, f64::min);
        assert!(spread > 0.25, "{}: {energies:?}", genre.id);
    }
}

#[test]
fn the_same_brief_gives_the_same_score_and_another_seed_another() {
    for genre in genres().iter() {
        let first = brief(&genre.id, 40.0);
        assert_eq!(score(&first), score(&first));
        let other = score(&Brief { seed: 2, ..first.clone() });
        assert_ne!(score(&first).parts, other.parts, "{}", genre.id);
    }
}

/// Keys in which a piece may end: its own, or where the genre lifts its last verse, the lifted one.
fn homes(score: &Score) -> Vec<&'static str> {
    let lifts = genres().get(&score.genre).unwrap().modulation.iter().filter(|m| m.stays).map(|m| m.by);
    let lifted = |by: i32| Key { tonic: (i32::from(score.key.tonic) + by).rem_euclid(12) as u8, ..score.key };
    lifts.chain([0]).map(|by| lifted(by).spell(i32::from(lifted(by).tonic))).collect()
}

#[test]
fn the_last_chord_is_home_and_rings_out_before_the_end() {
    for genre in genres().iter() {
        for seed in 0..6 {
            let score = score(&Brief { seed, ending: Some(Ending::Ring), ..brief(&genre.id, 45.0) });
            let last = score.chords.last().unwrap();
            let tail = score.duration - last.start;
            assert!(tail > 1.4 && tail < 9.0, "{}: {tail}", genre.id);
            let home = homes(&score).iter().any(|tonic| last.symbol.starts_with(tonic));
            assert!(home, "{}: {} in {}", genre.id, last.symbol, score.key.name());
            let sounding = score.parts.iter().flat_map(|p| &p.notes).map(|n| n.start + n.duration).fold(0.0, f64::max);
            assert!(sounding < score.duration - 0.1, "{}: {sounding}", genre.id);
            assert_eq!(score.ending, Ending::Ring);
        }
    }
}

#[test]
fn a_stop_is_short_a_sting_breathes_first_and_a_fade_plays_on_to_the_last_moment() {
    for genre in genres().iter() {
        for duration in [6.0, 30.0] {
            let ended = |ending| score(&Brief { ending: Some(ending), ..brief(&genre.id, duration) });
            let sounding = |score: &Score, at: f64| {
                let parts = score.parts.iter().filter(|p| !matches!(p.stem, Stem::Texture));
                let notes = parts.flat_map(|p| p.notes.iter().map(move |n| (p.instrument.clone(), *n)));
                notes.filter(|(_, n)| n.start <= at && n.start + n.duration > at).collect::<Vec<_>>()
            };
            let stop = ended(Ending::Stop);
            let last = stop.chords.last().unwrap();
            assert_eq!(faults(&stop), Vec::<String>::new(), "{}", genre.id);
            assert_eq!(sounding(&stop, last.start + 60.0 / stop.bpm), [], "{} stops at {}", genre.id, last.start);
            let sting = ended(Ending::Sting);
            let stroke = sting.chords.last().unwrap().start;
            assert_eq!(faults(&sting), Vec::<String>::new(), "{}", genre.id);
            if sting.bars.len() > 3 {
                assert_eq!(sounding(&sting, stroke - 0.12), [], "{} breathes before {stroke}", genre.id);
            }
            let fade = ended(Ending::Fade);
            assert_eq!(faults(&fade), Vec::<String>::new(), "{}", genre.id);
            let end = fade.parts.iter().flat_map(|p| &p.notes).map(|n| n.start + n.duration).fold(0.0, f64::max);
            assert!(end > duration - 1.6, "{} is silent from {end}", genre.id);
        }
    }
}

#[test]
fn an_asked_tempo_and_key_and_metre_are_kept() {
    for genre in genres().iter() {
        for (tempo, metre) in [(61.0, (3, 4)), (97.5, (6, 8)), (140.0, (4, 4)), (110.0, (5, 4)), (120.0, (7, 8))] {
            let key = Key { tonic: 6, mode: Mode::Phrygian };
            let asked = Brief { tempo_bpm: Some(tempo), metre: Some(metre), key: Some(key), ..brief(&genre.id, 33.0) };
            let Composition { score, remarks } = compose(&asked).unwrap();
            assert_eq!((score.bpm, score.metre, score.key), (tempo, metre, key), "{}", genre.id);
            assert_eq!(remarks, [], "{}", genre.id);
            assert_eq!(faults(&score), Vec::<String>::new(), "{} {metre:?}", genre.id);
        }
    }
}

#[test]
fn an_asked_tempo_range_holds() {
    let score = score(&Brief { tempo_range: Some((100.0, 104.0)), ..brief("lo-fi", 47.0) });
    assert!((100.0..=104.0).contains(&score.bpm), "{}", score.bpm);
}

#[test]
fn solo_piano_is_piano_alone_with_both_hands_and_a_tune() {
    for genre in genres().iter() {
        for duration in [4.0, 20.0, 90.0] {
            let asked = Brief { instruments: vec!["piano".into()], only_these: true, ..brief(&genre.id, duration) };
            let score = score(&asked);
            assert_eq!(ids(&score), BTreeSet::from(["piano"]), "{}", genre.id);
            assert_eq!(faults(&score), Vec::<String>::new());
            let keys: Vec<u8> = score.parts.iter().flat_map(|p| &p.notes).map(|n| n.key).collect();
            assert!(keys.iter().any(|k| *k < 52) && keys.iter().any(|k| *k > 64), "{} {duration}", genre.id);
            assert!(score.parts.iter().any(|p| p.stem == Stem::Melody), "{}", genre.id);
        }
    }
}

#[test]
fn instruments_asked_for_play_at_least_half_of_the_piece() {
    for id in ["violin", "koto", "electric_piano", "tuba", "taiko", "choir", "bass_808", "kalimba", "hand_percussion"] {
        for genre in ["lo-fi", "ambient", "edm", "piano"] {
            let score = score(&Brief { instruments: vec![id.into()], ..brief(genre, 40.0) });
            let part = score.parts.iter().filter(|p| p.instrument == id).max_by_key(|p| p.notes.len());
            let notes = &part.unwrap_or_else(|| panic!("no {id} in {genre}")).notes;
            let span = notes.last().unwrap().start - notes.first().unwrap().start;
            assert!(span > 15.0 && notes.len() > 5, "{id} in {genre}: {span} s, {} notes", notes.len());
        }
    }
}

#[test]
fn what_is_excluded_does_not_play() {
    for genre in genres().iter() {
        let without = vec!["drums".to_owned(), "piano".to_owned()];
        let asked = Brief { without, ..brief(&genre.id, 40.0) };
        let score = score(&asked);
        assert!(score.parts.iter().all(|p| p.stem != Stem::Drums && p.instrument != "piano"), "{}", genre.id);
    }
}

#[test]
fn contradictions_are_named() {
    let both = Brief { instruments: vec!["violin".into()], without: vec!["violin".into()], ..brief("pop", 20.0) };
    assert_eq!(compose(&both).unwrap().remarks, [Remark::AskedAndExcluded { instrument: "violin".into() }]);
    let tempo = Brief { tempo_bpm: Some(200.0), tempo_range: Some((80.0, 90.0)), ..brief("pop", 20.0) };
    assert_eq!(compose(&tempo).unwrap().remarks, [Remark::TempoOutsideRange { tempo: 200.0, range: (80.0, 90.0) }]);
    let metre = Brief { metre: Some((13, 7)), ..brief("pop", 20.0) };
    assert_eq!(compose(&metre).unwrap().remarks, [Remark::MetreReplaced { asked: (13, 7), played: (4, 4) }]);
    let mood =
        Brief { moods: vec!["sad".into()], key: Some(Key { tonic: 0, mode: Mode::Major }), ..brief("pop", 20.0) };
    assert_eq!(compose(&mood).unwrap().remarks, [Remark::KeyAgainstMood { mood: "sad".into() }]);
    let alone = Brief { instruments: vec!["vinyl".into()], only_these: true, ..brief("pop", 20.0) };
    assert_eq!(compose(&alone).unwrap().remarks, [Remark::NotAlone { instrument: "vinyl".into() }]);
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    assert_eq!(compose(&brief("polka", 20.0)).unwrap_err(), ComposeError::UnknownGenre("polka".into()));
    assert_eq!(compose(&brief("pop", 2.9)).unwrap_err(), ComposeError::Duration(2.9));
    assert!(matches!(compose(&brief("pop", f64::NAN)).unwrap_err(), ComposeError::Duration(_)));
    let tempo = Brief { tempo_bpm: Some(0.0), ..brief("pop", 20.0) };
    assert_eq!(compose(&tempo).unwrap_err(), ComposeError::Tempo(0.0));
    let unknown = Brief { instruments: vec!["theremin".into()], ..brief("pop", 20.0) };
    assert_eq!(compose(&unknown).unwrap_err(), ComposeError::UnknownInstrument("theremin".into()));
    let nothing = ["drums", "bass", "harmony", "melody"].map(str::to_owned).to_vec();
    let nothing = Brief { without: nothing, ..brief("pop", 20.0) };
    assert_eq!(compose(&nothing).unwrap_err(), ComposeError::NothingLeft);
}

#[test]
fn a_loop_ends_on_its_bar_line_with_no_closing_chord() {
    let score = score(&Brief { seamless_loop: true, ..brief("house", 30.0) });
    assert_eq!(score.ending, Ending::Loop);
    let bar = score.bars[1] - score.bars[0];
    assert!((score.bars.last().unwrap() + bar - 30.0).abs() < 1e-6);
    assert_eq!(faults(&score), Vec::<String>::new());
}

#[test]
fn energy_and_moods_are_heard_in_how_much_is_played() {
    let notes = |brief: &Brief| score(brief).parts.iter().map(|p| p.notes.len()).sum::<usize>();
    for genre in ["lo-fi", "cinematic", "house", "acoustic", "pop", "rock", "corporate"] {
        let of = |energy| notes(&Brief { energy: Some(energy), tempo_bpm: Some(100.0), ..brief(genre, 45.0) });
        assert!(of(Energy::Low) * 4 < of(Energy::High) * 3, "{genre}");
    }
    let sad = score(&Brief { moods: vec!["sad".into()], ..brief("pop", 30.0) });
    let happy = score(&Brief { moods: vec!["happy".into()], ..brief("pop", 30.0) });
    assert!(sad.key.mode.is_minor() && !happy.key.mode.is_minor());
    assert!(sad.bpm < happy.bpm);
}

/// Distances that any two genres keep from one seed, and any two seeds of one brief, played on one piano.
const GENRES_APART: (f64, f64, f64) = (0.5, 0.1, 0.1);
const SEEDS_APART: f64 = 0.15;

#[test]
fn any_two_genres_differ_in_chords_rhythm_and_form_from_one_seed() {
    for seed in [1, 2] {
        let scores: Vec<Score> = genres().iter().map(|g| score(&Brief { seed, ..brief(&g.id, 60.0) })).collect();
        for (nth, one) in scores.iter().enumerate() {
            for two in scores.iter().skip(nth + 1) {
                let apart = distance(one, two);
                let (chords, rhythm, form) = GENRES_APART;
                let far = apart.chords >= chords && apart.rhythm >= rhythm && apart.form >= form;
                assert!(far, "{} and {} from seed {seed}: {apart:?}", one.genre, two.genre);
            }
        }
    }
}

#[test]
fn two_seeds_of_one_brief_are_two_pieces() {
    for genre in genres().iter() {
        let scores: Vec<Score> = (1..=4).map(|seed| score(&Brief { seed, ..brief(&genre.id, 60.0) })).collect();
        for (nth, one) in scores.iter().enumerate() {
            for two in scores.iter().skip(nth + 1) {
                let apart = distance(one, two);
                let mean = (apart.chords + apart.rhythm + apart.form) / 3.0;
                assert!(mean >= SEEDS_APART, "{} seeds {} and {}: {apart:?}", one.genre, one.seed, two.seed);
            }
        }
    }
}

#[test]
fn a_fusion_takes_what_it_says_and_keeps_the_rest() {
    let fused = |aspects: Vec<FusionAspect>| {
        let fusion = Some(Fusion { genre: "trap".into(), aspects });
        score(&Brief { fusion, duration_seconds: 60.0, ..brief("jazz", 60.0) })
    };
    let (plain, drummed) = (score(&brief("jazz", 60.0)), fused(vec![FusionAspect::Drums]));
    assert_eq!(drummed.style, "Jazz × Trap");
    assert!(ids(&drummed).contains("kit_808") && !ids(&plain).contains("kit_808"));
    assert!(ids(&drummed).contains("double_bass"), "the bass stays");
    assert_eq!(drummed.key, plain.key);
    let instruments = fused(vec![FusionAspect::Instruments]);
    assert!(!ids(&instruments).contains("kit_808") && ids(&instruments).contains("double_bass"));
    let unknown = Brief { fusion: Some(Fusion { genre: "polka".into(), aspects: vec![] }), ..brief("jazz", 20.0) };
    assert_eq!(compose(&unknown).unwrap_err(), ComposeError::UnknownGenre("polka".into()));
}

#[test]
fn a_brief_from_before_fusions_and_endings_still_reads() {
    let old = r#"{"genre":"pop","duration_seconds":20.0,"seed":3}"#;
    let brief: Brief = serde_json::from_str(old).unwrap();
    assert_eq!((brief.ending, brief.fusion), (None, None));
}

#[test]
fn no_bar_is_played_twice_the_same() {
    for genre in genres().iter().filter(|g| !g.beatless) {
        let score = score(&brief(&genre.id, 60.0));
        let bar = |from: f64, to: f64| -> Vec<(usize, i64, u8, u8)> {
            let parts = score.parts.iter().enumerate();
            parts
                .flat_map(|(nth, p)| p.notes.iter().map(move |n| (nth, n)))
                .filter(|(_, n)| n.start >= from && n.start < to)
                .map(|(nth, n)| (nth, ((n.start - from) * 20.0).round() as i64, n.key, n.velocity / 16))
                .collect()
        };
        let bars: Vec<_> = score.bars.windows(2).map(|w| bar(w[0] - 0.02, w[1] - 0.02)).collect();
        for (nth, one) in bars.iter().enumerate() {
            for (other, two) in bars.iter().enumerate().skip(nth + 1) {
                assert!(one != two || one.len() < 6, "{}: bars {nth} and {other}", genre.id);
            }
        }
    }
}

#[test]
fn two_who_sing_are_both_heard_in_a_piece_of_one_section() {
    for seed in 0..12 {
        let instruments = vec!["violin".to_owned(), "soprano_sax".to_owned()];
        let moods = vec!["bittersweet".to_owned(), "emotional".to_owned()];
        let brief = Brief {
            moods,
            instruments,
            ending: Some(Ending::Fade),
            ..Brief::new("edm", 3.894_224_768_912_301_3, seed)
        };
        let score = compose(&brief).unwrap().score;
        assert!(brief.instruments.iter().all(|id| ids(&score).contains(id.as_str())), "{seed}: {:?}", ids(&score));
    }
}

fn any_brief() -> impl Strategy<Value = Brief> {
    let of = |ids: Vec<String>| proptest::sample::select(ids);
    let genre = of(genres().iter().map(|g| g.id.clone()).collect());
    let mood = proptest::collection::vec(of(moods().iter().map(|m| m.id.clone()).collect()), 0..3);
    let all: Vec<String> = instruments().iter().map(|i| i.id.clone()).collect();
    let asked = proptest::collection::vec(of(all.clone()), 0..4);
    let without =
        proptest::collection::vec(of([all, vec!["drums".into(), "bass".into(), "melody".into()]].concat()), 0..3);
    let tempo = proptest::option::of(30.0..260.0);
    let range = proptest::option::of((30.0..260.0, 30.0..260.0));
    let modes = [Mode::Major, Mode::Minor, Mode::Dorian, Mode::Phrygian, Mode::Lydian, Mode::Mixolydian];
    let key = proptest::option::of((0_u8..12, proptest::sample::select(modes.to_vec())));
    let metre = proptest::option::of((1_u8..20, proptest::sample::select(vec![2_u8, 3, 4, 8, 16])));
    let energy = proptest::option::of(proptest::sample::select(vec![Energy::Low, Energy::Medium, Energy::High]));
    let duration = prop_oneof![3 => 3.0..20.0, 3 => 20.0..200.0, 1 => 200.0..1200.0_f64];
    let endings = [Ending::Ring, Ending::Stop, Ending::Sting, Ending::Fade];
    let ending = proptest::option::of(proptest::sample::select(endings.to_vec()));
    let all = [
        FusionAspect::Drums,
        FusionAspect::Bass,
        FusionAspect::Harmony,
        FusionAspect::Melody,
        FusionAspect::Instruments,
        FusionAspect::Sound,
    ];
    let aspects = proptest::collection::vec(proptest::sample::select(all.to_vec()), 0..4);
    let fusion = proptest::option::of((genre.clone(), aspects));
    let brief = (genre, mood, asked, any::<bool>(), without, tempo, range, key, metre, energy, duration);
    let parts = (brief, ending, fusion);
    (parts, any::<(bool, u64)>()).prop_map(|((p, ending, fusion), (seamless_loop, seed))| Brief {
        genre: p.0,
        moods: p.1,
        instruments: p.2,
        only_these: p.3,
        without: p.4,
        tempo_bpm: p.5,
        tempo_range: p.6,
        key: p.7.map(|(tonic, mode)| Key { tonic, mode }),
        metre: p.8,
        energy: p.9,
        duration_seconds: p.10,
        seamless_loop,
        ending,
        fusion: fusion.map(|(genre, aspects)| Fusion { genre, aspects }),
        ..Brief::new("", 30.0, seed)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_brief_gives_a_faultless_score_or_a_named_refusal(brief in any_brief()) {
        match compose(&brief) {
            Ok(Composition { score, .. }) => {
                prop_assert_eq!(faults(&score), Vec::<String>::new());
                prop_assert_eq!(score.duration, brief.duration_seconds);
                if let (Some(tempo), false) = (brief.tempo_bpm, brief.seamless_loop) {
                    prop_assert!((score.bpm / tempo - 1.0).abs() < 0.005);
                }
                for id in &brief.instruments {
                    let texture = instruments().get(id).unwrap().stem == Stem::Texture;
                    let banned = brief.without.iter().any(|w| w == id || matches!(w.as_str(), "drums" | "bass" | "melody"));
                    prop_assert!(banned || texture || ids(&score).contains(id.as_str()), "no {}", id);
                }
            }
            Err(e) => prop_assert_eq!(e, ComposeError::NothingLeft),
        }
    }
}
