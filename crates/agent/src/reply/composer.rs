//! What the composer could not do as asked, in words.

use super::wording::{Wording, fill};
use crate::read::plain;
use bedtrack_compose::Remark;

/// A remark of the composer as a sentence.
pub fn sentence(remark: &Remark, wording: &Wording) -> String {
    let say = |name: &str, gaps: &[(&str, &str)]| fill(&wording.composer, name, gaps);
    let range = |(low, high): (f64, f64)| {
        if (high - low).abs() < 0.01 { plain(low) } else { format!("{}-{}", plain(low), plain(high)) }
    };
    let metre = |(beats, unit): (u8, u8)| format!("{beats}/{unit}");
    match remark {
        Remark::TempoOutsideRange { tempo, range: asked } => {
            say("tempo_outside_range", &[("tempo", &plain(*tempo)), ("range", &range(*asked))])
        }
        Remark::TempoMoved { asked, played } => {
            say("tempo_moved", &[("asked", &range(*asked)), ("played", &plain(*played))])
        }
        Remark::MetreReplaced { asked, played } => {
            say("metre_replaced", &[("asked", &metre(*asked)), ("played", &metre(*played))])
        }
        Remark::AskedAndExcluded { instrument } => {
            say("asked_and_excluded", &[("name", &wording.instrument(instrument))])
        }
        Remark::NotAlone { instrument } => say("not_alone", &[("name", &wording.instrument(instrument))]),
        Remark::OnlyWithoutNames => say("only_without_names", &[]),
        Remark::Crowded { asked } => say("crowded", &[("n", &asked.to_string())]),
        Remark::KeyAgainstMood { mood } => say("key_against_mood", &[("mood", &wording.mood(mood))]),
        Remark::MomentOutside { at, length } => {
            say("moment_outside", &[("at", &wording.clock(*at)), ("length", &wording.seconds(*length))])
        }
        Remark::NotPlaying { id } => say("not_playing", &[("name", &wording.instrument(id))]),
        Remark::PlanOutgrows { planned, asked } => {
            say("plan_outgrows", &[("planned", &wording.seconds(planned.round())), ("asked", &wording.seconds(*asked))])
        }
        Remark::PlanFallsShort { planned, asked } => say(
            "plan_falls_short",
            &[("planned", &wording.seconds(planned.round())), ("asked", &wording.seconds(*asked))],
        ),
    }
}
