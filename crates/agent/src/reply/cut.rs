//! Shots that were cut, in words: what, and what it was before.

use super::wording::{Wording, capital, fill, percent};
use crate::cut::{Bed, Cut, Named, Obstacle, What};
use crate::read::Faded;
use bedtrack_wire::look::{Aspect, Fit, TransitionKind};
use bedtrack_wire::time::Ms;

/// Rounding that is no other length.
const NEAR: Ms = Ms(1);

/// What was cut.
pub fn sentence(cut: &Cut, wording: &Wording) -> String {
    let mut told = vec![capital(what(&cut.what, wording))];
    let (before, after) = cut.length;
    if before.apart(after) > NEAR {
        told.push(say(wording, "length", &[("before", &length(before, wording)), ("after", &length(after, wording))]));
    }
    told.extend(cut.lost_titles.iter().map(|words| say(wording, "lost", &[("words", &wording.quoted(words))])));
    told.join(wording.gap())
}

fn what(what: &What, wording: &Wording) -> String {
    let say = |name: &str, gaps: &[(&str, &str)]| say(wording, name, gaps);
    let time = |time: Ms| length(time, wording);
    let shot = |named: &Named| self::shot(named, wording);
    let list = |shots: &[Named]| wording.list(&shots.iter().map(shot).collect::<Vec<_>>());
    match what {
        What::Out(of, (from, to)) => {
            let name = of.as_ref().map(shot).unwrap_or_default();
            let gaps = [("from", clock(*from, wording)), ("to", clock(*to, wording)), ("shot", name)];
            let gaps = gaps.each_ref().map(|(gap, value)| (*gap, value.as_str()));
            say("out", &[("part", &say(if of.is_some() { "of" } else { "whole" }, &gaps))])
        }
        What::Only(one, (before, after)) => {
            say("only", &[("shot", &shot(one)), ("before", &time(*before)), ("after", &time(*after))])
        }
        What::Split(one, at) => {
            let next = (one.number + 1).to_string();
            say("split", &[("shot", &shot(one)), ("at", &clock(*at, wording)), ("next", &next)])
        }
        What::Joined(one, pieces) => say("joined", &[("n", &pieces.to_string()), ("shot", &shot(one))]),
        What::Appended(names) => {
            let names: Vec<String> = names.iter().map(|name| wording.quoted(name)).collect();
            say("appended", &[("names", &wording.list(&names))])
        }
        What::Moved(one, to) => say("moved", &[("shot", &shot(one)), ("to", &to.to_string())]),
        What::Swapped(one, other) => say("swapped", &[("one", &shot(one)), ("other", &shot(other))]),
        What::Backwards(count) => say("backwards", &[("n", &count.to_string())]),
        What::Replaced(one, new) => say("replaced", &[("shot", &shot(one)), ("new", &wording.quoted(new))]),
        What::Dropped(shots) => say("dropped", &[("shots", &list(shots))]),
        What::Speed(one, (from, to)) => {
            let (from, to) = (format!("{from}%"), format!("{to}%"));
            let name = if one.is_some() { "speed" } else { "speed_all" };
            say(name, &[("shot", &one.as_ref().map(shot).unwrap_or_default()), ("from", &from), ("to", &to)])
        }
        What::Shown(one) => {
            let name = if one.is_some() { "shown" } else { "shown_all" };
            say(name, &[("shot", &one.as_ref().map(shot).unwrap_or_default())])
        }
        What::Level(one, (from, to)) => {
            let name = if *to == 0.0 { "muted" } else { "level" };
            say(name, &[("shot", &shot(one)), ("from", &percent(*from)), ("to", &percent(*to))])
        }
        What::Fade { of, shot: one, fade_in, fade_out } => {
            let name = match (of, one) {
                (Faded::Picture, None) => "fade_picture",
                (Faded::Picture, Some(_)) => "fade_picture_of",
                (Faded::Sound, None) => "fade_sound",
                (Faded::Sound, Some(_)) => "fade_sound_of",
            };
            let whose = say(name, &[("shot", &one.as_ref().map(shot).unwrap_or_default())]);
            let (rise, fall) = (fade_in.map(time).unwrap_or_default(), fade_out.map(time).unwrap_or_default());
            let name = match (fade_in, fade_out) {
                (Some(_), Some(_)) => "fade_both",
                (Some(_), None) => "fade_in",
                _ => "fade_out",
            };
            say(name, &[("what", &whose), ("in", &rise), ("out", &fall)])
        }
        What::Shape((from, to), fit) => {
            let fit = match (to, fit) {
                (Aspect::Source, _) => String::new(),
                (_, Fit::Crop) => say("fit_crop", &[]),
                (_, Fit::Pad) => say("fit_pad", &[]),
                (_, Fit::Auto) => say("fit_auto", &[]),
            };
            let name = if from == to { "shape_same" } else { "shape" };
            say(name, &[("from", &aspect(*from, wording)), ("to", &aspect(*to, wording)), ("fit", &fit)])
        }
        What::Enter(one, kind, count) => {
            let name = match kind {
                TransitionKind::Cut => "cut",
                TransitionKind::Crossfade => "crossfade",
                TransitionKind::Slide => "slide",
                TransitionKind::Zoom => "zoom",
            };
            match one {
                Some(one) => say("enter_one", &[("shot", &shot(one)), ("kind", &say(&format!("kind_{name}"), &[]))]),
                None => {
                    let kind = say(&format!("kinds_{name}"), &[]);
                    say("enter_all", &[("n", &count.to_string()), ("kind", &kind)])
                }
            }
        }
        What::OffTrack(number, target) => {
            say("off_track", &[("n", &number.to_string()), ("name", &wording.target(target))])
        }
    }
}

/// What became of the music.
pub fn music(bed: &Bed, wording: &Wording) -> String {
    let say = |name: &str, gaps: &[(&str, &str)]| say(wording, name, gaps);
    let time = |time: Ms| length(time, wording);
    match bed {
        Bed::Refitted(before, after) => say("refitted", &[("before", &time(*before)), ("after", &time(*after))]),
        Bed::Cut(after) => say("bed_cut", &[("after", &time(*after))]),
        Bed::Longer(after) => say("bed_longer", &[("after", &time(*after))]),
        Bed::Short(sound, picture) => {
            let seconds = picture.seconds().floor().to_string();
            say("bed_short", &[("sound", &time(*sound)), ("picture", &time(*picture)), ("seconds", &seconds)])
        }
    }
}

/// Why nothing was cut.
pub fn refusal(obstacle: &Obstacle, wording: &Wording) -> String {
    let say = |name: &str, gaps: &[(&str, &str)]| say(wording, name, gaps);
    let shot = |named: &Named| self::shot(named, wording);
    let names = |names: &[String]| wording.list(&names.iter().map(|name| wording.quoted(name)).collect::<Vec<_>>());
    let told = match obstacle {
        Obstacle::NoPicture => say("no_picture", &[]),
        Obstacle::WhichShot(have) => say("which_shot", &[("have", &have.to_string())]),
        Obstacle::NoShot(number, have) => say("no_shot", &[("n", &number.to_string()), ("have", &have.to_string())]),
        Obstacle::NoPhoto(number, have) => say("no_photo", &[("n", &number.to_string()), ("have", &have.to_string())]),
        Obstacle::NotShown(name, have) => say("not_shown", &[("name", &wording.quoted(name)), ("have", &names(have))]),
        Obstacle::NoFile(name, have) => say("no_file", &[("name", &wording.quoted(name)), ("have", &names(have))]),
        Obstacle::NothingWaits => say("nothing_waits", &[]),
        Obstacle::PastEnd(one, at, end) => {
            let name = if one.is_some() { "past_end_of" } else { "past_end" };
            let whose = one.as_ref().map(shot).unwrap_or_default();
            say(name, &[("shot", &whose), ("at", &clock(*at, wording)), ("length", &length(*end, wording))])
        }
        Obstacle::NothingLeft(None) => say("nothing_left", &[]),
        Obstacle::NothingLeft(Some(one)) => {
            say("nothing_left_of", &[("shot", &shot(one)), ("n", &one.number.to_string())])
        }
        Obstacle::AtEdge(_, at) => say("at_edge", &[("at", &clock(*at, wording))]),
        Obstacle::Already => say("already", &[]),
        Obstacle::NotOneRecording => say("not_one_recording", &[]),
        Obstacle::SpeedRange(low, high) => {
            say("speed_range", &[("low", &format!("{low}%")), ("high", &format!("{high}%"))])
        }
        Obstacle::NoSound(None) => say("no_sound", &[]),
        Obstacle::NoSound(Some(one)) => say("no_sound_of", &[("shot", &shot(one))]),
        Obstacle::OneShot => say("one_shot", &[]),
        Obstacle::NoTrack(number, have) => say("no_track", &[("n", &number.to_string()), ("have", &have.to_string())]),
    };
    capital(told)
}

fn say(wording: &Wording, name: &str, gaps: &[(&str, &str)]) -> String {
    fill(&wording.cut, name, gaps)
}

fn shot(named: &Named, wording: &Wording) -> String {
    say(wording, "shot", &[("n", &named.number.to_string()), ("name", &wording.quoted(&named.name))])
}

/// A length to the hundredth of a second.
fn length(time: Ms, wording: &Wording) -> String {
    wording.seconds((time.0 as f64 / 10.0).round() / 100.0)
}

fn clock(time: Ms, wording: &Wording) -> String {
    wording.clock(time.seconds())
}

fn aspect(aspect: Aspect, wording: &Wording) -> String {
    match aspect.ratio() {
        Some((across, down)) => format!("{across}:{down}"),
        None => say(wording, "shape_source", &[]),
    }
}
