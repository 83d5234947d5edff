//! What was done → words, in the user's language. The wordings are data in `../wording`; facts come in as a typed report,
//! so that a reply can say nothing that was not done. No word of panels, buttons or screens: nobody looks at one.

mod arranged;
mod composer;
mod cut;
mod remarks;
mod report;
mod titles;
mod wording;

#[cfg(test)]
mod tests;

pub use report::Report;

use super::done::{Deed, Done};
use super::made::Made;
use super::read::{Change, Take, Topic, Way, Why, energy_name, lexicon, plain};
use bedtrack_compose::given::PlannedSection;
use bedtrack_wire::time::Ms;
use wording::{Wording, capital, fill, percent, wording};

/// A brief reply: what was done, what was chosen or left out and why, and a question where one is open.
pub fn reply(report: &Report) -> String {
    let wording = wording(report.language);
    let mut sentences: Vec<String> = report.done.iter().map(|done| sentence(&done.deed, wording)).collect();
    sentences.extend(report.remarks.iter().map(|remark| remarks::sentence(remark, wording)));
    if !report.unused.is_empty() {
        let words: Vec<String> = report.unused.iter().map(|word| wording.quoted(word)).collect();
        sentences.push(fill(&wording.remarks, "unused", &[("words", &wording.list(&words))]));
    }
    let lost = |done: &Done| matches!(done.deed, Deed::Nothing { why: Why::NotUnderstood | Why::CannotDo, .. });
    if report.done.iter().any(lost) {
        sentences.push(fill(&wording.why, "can", &[]));
    }
    if let Some(question) = report.asks {
        sentences.push(fill(&wording.asks, question.name(), &[]));
    }
    sentences.retain(|sentence| !sentence.is_empty());
    sentences.join(wording.gap())
}

fn sentence(deed: &Deed, wording: &Wording) -> String {
    let say = |name: &str, gaps: &[(&str, &str)]| capital(fill(&wording.done, name, gaps));
    match deed {
        Deed::Made(made) => self::made(made, wording),
        Deed::Volume { target, from, to } => {
            let (name, level) = (wording.target(target), percent(*to));
            match percent(*from) {
                from if from == level => say("volume_same", &[("name", &name), ("to", &level)]),
                _ if *to == 0.0 => say("muted", &[("name", &name)]),
                from => say("volume", &[("name", &name), ("to", &level), ("from", &from)]),
            }
        }
        Deed::Trimmed { target, kept: (from, to), before } => {
            let length = wording.time(*to - *from);
            say(
                "trimmed",
                &[
                    ("name", &wording.target(target)),
                    ("from", &plain(from.seconds())),
                    ("to", &wording.time(*to)),
                    ("length", &length),
                    ("before", &wording.time(*before)),
                ],
            )
        }
        Deed::Removed { target, name } => {
            let own = name.as_ref().map(|name| wording.quoted(name));
            let what = match (target, own) {
                (super::read::Target::Title(_), Some(own)) => {
                    format!("{} {own}", wording.target(&super::read::Target::Title(None)))
                }
                _ => wording.target(target),
            };
            say("removed", &[("name", &what)])
        }
        Deed::Faded { target, fade_in, fade_out } => {
            let name = wording.target(target);
            let (rise, fall) = (fade_in.map(|time| wording.time(time)), fade_out.map(|time| wording.time(time)));
            match (rise, fall) {
                (Some(rise), Some(fall)) => say("fade_both", &[("name", &name), ("in", &rise), ("out", &fall)]),
                (Some(rise), None) => say("fade_in", &[("name", &name), ("in", &rise)]),
                (None, Some(fall)) => say("fade_out", &[("name", &name), ("out", &fall)]),
                (None, None) => String::new(),
            }
        }
        Deed::Titled(titled) => titles::titled(titled, wording),
        Deed::UnfitCaptions(unfit) => titles::unfit(*unfit, wording),
        Deed::Undone(0) => say("nothing_to_undo", &[]),
        Deed::Undone(1) => say("undone", &[]),
        Deed::Undone(steps) => say("undone_many", &[("n", &steps.to_string())]),
        Deed::Redone(true) => say("redone", &[]),
        Deed::Redone(false) => say("nothing_to_redo", &[]),
        Deed::TookUp(number, take) => {
            let facts = take.as_ref().map_or_else(String::new, |take| self::take(take, wording));
            say("took_up", &[("n", &number.to_string()), ("facts", &facts)])
        }
        Deed::Takes(takes) if takes.is_empty() => say("no_takes", &[]),
        Deed::Takes(takes) => {
            let one = |(index, take): (usize, &Take)| {
                let name = if take.current { "take_current" } else { "take" };
                let facts = self::take(take, wording);
                fill(&wording.done, name, &[("n", &(index + 1).to_string()), ("facts", &facts)])
            };
            let list: Vec<String> = takes.iter().enumerate().map(one).collect();
            say(
                "takes",
                &[("count", &takes.len().to_string()), ("list", &list.join(&fill(&wording.done, "take_gap", &[])))],
            )
        }
        Deed::Arranged(arranged) => self::arranged::sentence(arranged, wording),
        Deed::Refused(refused) => self::arranged::refusal(refused, wording),
        Deed::Cut(cut) => self::cut::sentence(cut, wording),
        Deed::Blocked(obstacle) => self::cut::refusal(obstacle, wording),
        Deed::Followed(bed) => self::cut::music(bed, wording),
        Deed::Answered(topic, music) => answer(*topic, music.as_ref(), wording),
        Deed::Left(text) => say("left", &[("text", &wording.quoted(text))]),
        Deed::Nothing { text, why } => {
            let name = match why {
                Why::NotUnderstood => "not_understood",
                Why::CannotDo => "cannot_do",
                Why::Already => "already",
                Why::NoMusic => "no_music",
                Why::NoPicture => "no_picture",
                Why::NoTitle => "no_title",
                Why::BeyondPicture => "beyond_picture",
                Why::TooMany => "too_many",
            };
            fill(&wording.why, name, &[("text", &wording.quoted(text))])
        }
    }
}

fn made(made: &Made, wording: &Wording) -> String {
    let changes: Vec<String> = made
        .changed
        .iter()
        .filter(|change| !(made.way == Way::Another && matches!(change, Change::Seed { .. })))
        .map(|change| self::change(change, wording))
        .collect();
    let name = match made.way {
        Way::New => "new",
        Way::Replace => "replace",
        Way::Refine => "refine",
        Way::Another if changes.is_empty() => "another",
        Way::Another => "another_changed",
        Way::Sibling => "sibling",
        Way::CutDown => "cut_down",
        Way::InTurn => "in_turn",
    };
    let seed = made.seed.to_string();
    let mut gaps = facts(made, wording);
    gaps.push(("changes", wording.list(&changes)));
    gaps.push(("seed", seed));
    let gaps: Vec<(&str, &str)> = gaps.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut first = without_bare_bpm(fill(&wording.made, name, &gaps), made, wording);
    if let Some(place) = made.place {
        first = wording.on_stretch(Ms::from(place.start_ms), Ms::from(place.end_ms()), &first);
    }
    let mut sentences = vec![first];
    if matches!(made.way, Way::New | Way::Replace | Way::Sibling | Way::InTurn) && !changes.is_empty() {
        sentences.push(fill(&wording.made, "as_asked", &[("changes", &wording.list(&changes))]));
    }
    sentences.extend(made.remarks.iter().map(|remark| composer::sentence(remark, wording)));
    if made.loops {
        sentences.push(fill(&wording.made, "loops", &[]));
    }
    // A refinement stays where it lies; that needs no words. Of several pieces in turn the first speaks for all.
    let opens = made.way == Way::InTurn && made.place.is_some_and(|place| place.opens);
    if matches!(made.way, Way::New | Way::Replace) || opens {
        let under = match (opens, made.under_sound, made.has_picture) {
            (false, true, _) => "under_sound",
            (false, false, true) => "under_picture",
            (true, true, _) => "in_turn_under_sound",
            (true, false, true) => "in_turn_under_picture",
            (_, false, false) => "",
        };
        sentences.push(fill(&wording.made, under, &[("level", &percent(made.volume))]));
        if made.makes_way {
            sentences.push(fill(&wording.made, "makes_way", &[]));
        }
    }
    sentences.push(cuts(made, wording));
    sentences.retain(|sentence| !sentence.is_empty());
    sentences.join(wording.gap())
}

/// How many of the picture's cuts fall on beats: a count, also where it is small. A refinement that leaves the tempo
/// alone leaves the cuts where they were.
fn cuts(made: &Made, wording: &Wording) -> String {
    let is_new = made.way != Way::Refine || made.changed.iter().any(|change| matches!(change, Change::Tempo { .. }));
    let (Some((on, of)), Some(bpm)) = (made.cuts.filter(|_| is_new), made.bpm) else { return String::new() };
    let name = match (on, of) {
        (0, _) => "cuts_none",
        (1, 1) => "cut_one",
        (on, of) if on == of => "cuts_all",
        _ => "cuts_some",
    };
    fill(&wording.made, name, &[("on", &on.to_string()), ("of", &of.to_string()), ("bpm", &plain(bpm))])
}

fn facts(made: &Made, wording: &Wording) -> Vec<(&'static str, String)> {
    let players: Vec<String> = made.instruments.iter().map(|id| wording.instrument(id)).collect();
    vec![
        ("seconds", wording.seconds(made.seconds)),
        ("style", wording.genre(&made.genre)),
        ("bpm", made.bpm.map_or_else(String::new, plain)),
        ("key", wording.key(made.key)),
        ("players", wording.list(&players)),
        ("level", percent(made.volume)),
        ("seed", made.seed.to_string()),
    ]
}

/// Music without a beat has no beats a minute.
fn without_bare_bpm(sentence: String, made: &Made, wording: &Wording) -> String {
    match made.bpm {
        Some(_) => sentence,
        None => {
            sentence.replacen(" BPM", wording.made.get("beatless").map_or("", String::as_str), 1).replace(":  ", ": ")
        }
    }
}

fn change(change: &Change, wording: &Wording) -> String {
    let say = |name: &str, gaps: &[(&str, &str)]| fill(&wording.changes, name, gaps);
    match change {
        Change::Tempo { from, to } => say("tempo", &[("from", &plain(*from)), ("to", &plain(*to))]),
        Change::Key { to } => say("key", &[("to", &wording.key(*to))]),
        Change::Metre { to } => say("metre", &[("beats", &to.0.to_string()), ("unit", &to.1.to_string())]),
        Change::Mood { id } => say("mood", &[("name", &wording.mood(id))]),
        Change::NoMood { id } => say("no_mood", &[("name", &wording.mood(id))]),
        Change::Energy { to } => say("energy", &[("to", &wording.energy(energy_name(*to)))]),
        Change::With { id } => say("with", &[("name", &wording.instrument(id))]),
        Change::Without { id } => say("without", &[("name", &wording.instrument(id))]),
        Change::Only { ids } => {
            let names: Vec<String> = ids.iter().map(|id| wording.instrument(id)).collect();
            say("only", &[("names", &wording.list(&names))])
        }
        Change::Length { to } => say("length", &[("to", &wording.seconds(*to))]),
        Change::Loop => say("loop", &[]),
        Change::Swap { out, id } => {
            say("swap", &[("out", &wording.instrument(out)), ("name", &wording.instrument(id))])
        }
        Change::Density { more } => say(if *more { "busier" } else { "simpler" }, &[]),
        Change::Tune { more } => say(if *more { "melodic" } else { "less_melodic" }, &[]),
        Change::Build { at } => say("build", &[("at", &wording.clock(*at))]),
        Change::Drop { at } => say("drop", &[("at", &wording.clock(*at))]),
        Change::Level { from, to, more } => {
            let name = if *more { "stronger" } else { "softer" };
            say(name, &[("from", &wording.clock(*from)), ("to", &wording.clock(*to))])
        }
        Change::Rest { from, to, ids } => {
            let names: Vec<String> = ids.iter().take(1).map(|id| wording.instrument(id)).collect();
            say(
                "rest",
                &[("names", &wording.list(&names)), ("from", &wording.clock(*from)), ("to", &wording.clock(*to))],
            )
        }
        Change::EndAt { at } => say("end_at", &[("at", &wording.clock(*at))]),
        Change::SoftEnd => say("soft_end", &[]),
        Change::Melody { notes } => say("melody", &[("n", &notes.to_string())]),
        Change::Plan { stages } => {
            let stage = |stage: &PlannedSection| {
                let name = wording.stage(&stage.letter);
                match stage.bars {
                    Some(bars) => say("stage", &[("name", &name), ("n", &bars.to_string())]),
                    None => name,
                }
            };
            say("plan", &[("stages", &wording.list(&stages.iter().map(stage).collect::<Vec<_>>()))])
        }
        Change::Seed { to } => say("seed", &[("to", &to.to_string())]),
    }
}

/// A take in a few words: what it is, and what was changed in it.
fn take(take: &Take, wording: &Wording) -> String {
    let revised = take.brief.revisions.iter().filter_map(Change::of);
    let asked = take.brief.asked();
    let players = asked.without.iter().map(|id| Change::Without { id: id.clone() });
    let moods = asked.moods.iter().map(|id| Change::Mood { id: id.clone() });
    let changes: Vec<String> =
        moods.chain(players).chain(revised).take(6).map(|change| self::change(&change, wording)).collect();
    let mut facts = vec![
        wording.seconds(take.seconds),
        wording.genre(&take.brief.genre),
        format!("{} BPM", plain(take.bpm)),
        wording.key(take.key),
        fill(&wording.changes, "seed", &[("to", &take.brief.seed.to_string())]),
    ];
    facts.extend(changes);
    facts.join(wording.comma())
}

fn answer(topic: Topic, music: Option<&Made>, wording: &Wording) -> String {
    let vocabulary = &lexicon().vocabulary;
    let (name, list) = match topic {
        Topic::Hello => ("hello", Vec::new()),
        Topic::Thanks => ("thanks", Vec::new()),
        Topic::Okay => ("okay", Vec::new()),
        Topic::Abilities => ("abilities", Vec::new()),
        Topic::Genres => ("genres", vocabulary.genres.iter().map(|entry| wording.genre(&entry.id)).collect()),
        Topic::Instruments => {
            ("instruments", vocabulary.instruments.iter().map(|entry| wording.instrument(&entry.id)).collect())
        }
        Topic::Moods => ("moods", vocabulary.moods.iter().map(|entry| wording.mood(&entry.id)).collect()),
        Topic::CurrentMusic => {
            let Some(made) = music else { return fill(&wording.topics, "no_music", &[]) };
            let facts = facts(made, wording);
            let gaps: Vec<(&str, &str)> = facts.iter().map(|(name, value)| (*name, value.as_str())).collect();
            return without_bare_bpm(fill(&wording.topics, "current_music", &gaps), made, wording);
        }
        Topic::Takes => return String::new(),
        Topic::Licence => ("licence", Vec::new()),
        Topic::Export => ("export", Vec::new()),
    };
    fill(&wording.topics, name, &[("list", &wording.list(&list))])
}
