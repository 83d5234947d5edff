//! How the message was understood, in words: assumptions, contradictions, what is unknown and what is impossible.

use super::wording::{Wording, fill};
use crate::read::{Aspect, Because, Impossible, Remark};
use bedtrack_compose::key::{Key, Mode};
use bedtrack_compose::limits::{FASTEST_TAPPED_BPM, LONGEST_SECONDS, SHORTEST_SECONDS, SLOWEST_TAPPED_BPM};

/// A remark as a sentence.
pub fn sentence(remark: &Remark, wording: &Wording) -> String {
    let say = |name: &str, gaps: &[(&str, &str)]| fill(&wording.remarks, name, gaps);
    match remark {
        Remark::Contradiction { aspect: Aspect::Instruments, words, .. } => {
            say("contradiction_without", &[("words", &wording.instrument(words))])
        }
        Remark::Contradiction { aspect, words, field } => {
            let (words, field) = (value(*aspect, words, wording), value(*aspect, field, wording));
            say("contradiction", &[("words", &words), ("field", &field), ("aspect", &wording.aspect(name(*aspect)))])
        }
        Remark::OneOfTwo { aspect, used, left } => {
            let (used, left) = (value(*aspect, used, wording), value(*aspect, left, wording));
            let kind = if *aspect == Aspect::Genre { "one_of_two_genres" } else { "one_of_two" };
            say(kind, &[("used", &used), ("left", &left), ("aspect", &wording.aspect(name(*aspect)))])
        }
        Remark::UnknownGenre { asked, used } => {
            say("unknown_genre", &[("asked", &wording.quoted(asked)), ("used", &wording.genre(used))])
        }
        Remark::IgnoredField { aspect, value } => {
            say("ignored", &[("value", &wording.quoted(value)), ("aspect", &wording.aspect(name(*aspect)))])
        }
        Remark::Bounded { aspect: Aspect::Tempo, asked, used } => {
            let (slowest, fastest) = (SLOWEST_TAPPED_BPM.to_string(), FASTEST_TAPPED_BPM.to_string());
            say("bounded_tempo", &[("asked", asked), ("used", used), ("slowest", &slowest), ("fastest", &fastest)])
        }
        Remark::Bounded { aspect, asked, used } => {
            let (asked, used) = (value(*aspect, asked, wording), value(*aspect, used, wording));
            let (shortest, longest) = (SHORTEST_SECONDS.to_string(), (LONGEST_SECONDS / 60.0).to_string());
            let said = [("asked", asked.as_str()), ("used", &used), ("shortest", &shortest), ("longest", &longest)];
            say("bounded_duration", &said)
        }
        Remark::Impossible { what, instead } => {
            let instead = wording.genre(instead);
            match what {
                Impossible::Vocals => say("vocals", &[("instead", &instead)]),
                Impossible::Artist(name) => say("artist", &[("name", name), ("instead", &instead)]),
                Impossible::Song(name) => say("song", &[("name", &wording.quoted(name)), ("instead", &instead)]),
            }
        }
        Remark::KeptOut { word } => say("kept_out", &[("word", &wording.quoted(word))]),
        Remark::Assumed { aspect, value: chosen, because } => {
            let what = if *aspect == Aspect::Duration { "duration" } else { "genre" };
            let (why, name) = match because {
                Because::Use(id) => ("use", wording.purpose(id)),
                Because::Mood(id) => ("mood", wording.mood(id)),
                Because::Instrument(id) => ("instrument", wording.instrument(id)),
                Because::Picture => ("picture", String::new()),
                Because::CurrentMusic => ("current", String::new()),
                Because::Default => ("default", String::new()),
            };
            say(&format!("{what}_by_{why}"), &[("value", &value(*aspect, chosen, wording)), ("name", &name)])
        }
    }
}

fn name(aspect: Aspect) -> &'static str {
    match aspect {
        Aspect::Genre => "genre",
        Aspect::Mood => "mood",
        Aspect::Tempo => "tempo",
        Aspect::Key => "key",
        Aspect::Duration => "duration",
        Aspect::Instruments => "instruments",
        Aspect::Energy => "energy",
        Aspect::Seed => "seed",
    }
}

/// A remark's value as people say it.
fn value(aspect: Aspect, value: &str, wording: &Wording) -> String {
    match aspect {
        Aspect::Genre => wording.genre(value),
        Aspect::Mood => wording.mood(value),
        Aspect::Tempo => format!("{value} BPM"),
        Aspect::Key => key(value).map_or_else(|| value.to_owned(), |key| wording.key(key)),
        Aspect::Duration => value.parse().map_or_else(|_| value.to_owned(), |seconds| wording.seconds(seconds)),
        Aspect::Instruments => wording.instrument(value),
        Aspect::Energy => wording.energy(value),
        Aspect::Seed => value.to_owned(),
    }
}

/// `D minor`, as remarks carry keys.
fn key(text: &str) -> Option<Key> {
    let (tonic, mode) = text.split_once(' ')?;
    let (letter, sign) = tonic.split_at_checked(1)?;
    let place = [("C", 0), ("D", 2), ("E", 4), ("F", 5), ("G", 7), ("A", 9), ("B", 11)]
        .into_iter()
        .find(|(name, _)| *name == letter)?
        .1;
    let tonic: i8 = place
        + match sign {
            "#" => 1,
            "b" => -1,
            _ => 0,
        };
    let mode = match mode {
        "major" => Mode::Major,
        "minor" => Mode::Minor,
        "dorian" => Mode::Dorian,
        "phrygian" => Mode::Phrygian,
        "lydian" => Mode::Lydian,
        "mixolydian" => Mode::Mixolydian,
        _ => return None,
    };
    Some(Key { tonic: tonic.rem_euclid(12) as u8, mode })
}
