//! What was done with titles, in words: each change with what was before.

use super::wording::{Wording, fill};
use crate::edit::{Changed, Laid, Looks};
use crate::read::{Language, colour_name, plain};
use crate::titled::Titled;
use bedtrack_language::captions::{MOST_BYTES, MOST_CUES, Unfit};
use bedtrack_wire::time::Ms;
use bedtrack_wire::title::Rgb;

/// Longest words of a title that an answer repeats, in characters.
const LONGEST: usize = 120;
/// Most titles that an answer lists.
const LISTED: usize = 5;

/// What was done to titles and captions.
pub fn titled(titled: &Titled, wording: &Wording) -> String {
    match titled {
        Titled::Added(looks) => added(looks, wording),
        Titled::Changed(all) => changed(all, wording),
        Titled::Removed(words) => removed(words, wording),
        Titled::Captioned { laid, mended, left_out, shortened } => {
            captioned(*laid, (*mended, *left_out, *shortened), wording)
        }
    }
}

fn say(wording: &Wording, name: &str, gaps: &[(&str, &str)]) -> String {
    fill(&wording.titles, name, gaps)
}

/// A title's words as an answer shows them: on one line, and not too long.
fn quoted(words: &str, wording: &Wording) -> String {
    let one_line: String = words.split_whitespace().collect::<Vec<_>>().join(" ");
    match one_line.char_indices().nth(LONGEST) {
        Some((end, _)) => wording.quoted(&format!("{}…", one_line.get(..end).unwrap_or_default().trim_end())),
        None => wording.quoted(&one_line),
    }
}

fn span((start, end): (Ms, Ms), wording: &Wording) -> (String, String) {
    (plain(start.max(Ms::ZERO).seconds()), wording.time(end))
}

/// The words for a value of the draft, such as `bottom`.
fn named(prefix: &str, value: &str, wording: &Wording) -> String {
    say(wording, &format!("{prefix}_{value}"), &[])
}

fn colour(colour: Rgb, wording: &Wording) -> String {
    let (hex, zh) = (colour.to_string(), wording.language() == Language::Zh);
    colour_name(&hex, zh).map_or(hex.clone(), str::to_owned)
}

fn pixels(size: i64, wording: &Wording) -> String {
    say(wording, "pixels", &[("n", &size.to_string())])
}

fn backing(looks: &Looks, wording: &Wording) -> String {
    let name = named("backing", looks.backing.0.name(), wording);
    match looks.backing.1 {
        Some(own) => say(wording, "backing_coloured", &[("colour", &colour(own, wording)), ("backing", &name)]),
        None => name,
    }
}

fn fades((rise, fall): (Ms, Ms), wording: &Wording) -> String {
    if rise <= Ms::ZERO && fall <= Ms::ZERO {
        return say(wording, "no_fades", &[]);
    }
    say(wording, "fades", &[("in", &wording.time(rise)), ("out", &wording.time(fall))])
}

/// A title that was added, with what is not as usual about it.
fn added(looks: &Looks, wording: &Wording) -> String {
    let usual = Looks::usual(looks.style);
    let mut said = Vec::new();
    if looks.position != usual.position {
        said.push(named("at", looks.position.name(), wording));
    }
    if looks.align != usual.align {
        said.push(named("side", looks.align.name(), wording));
    }
    if looks.colour != usual.colour {
        said.push(colour(looks.colour, wording));
    }
    if looks.size != usual.size {
        said.push(pixels(looks.size, wording));
    }
    if looks.backing != usual.backing {
        said.push(say(wording, "with", &[("backing", &backing(looks, wording))]));
    }
    if looks.fades != usual.fades {
        said.push(fades(looks.fades, wording));
    }
    let looks_said = said.iter().map(|said| say(wording, "and_look", &[("look", said)])).collect::<String>();
    let (from, to) = span(looks.span, wording);
    let gaps = [
        ("kind", named("kind", looks.style.name(), wording)),
        ("text", quoted(&looks.text, wording)),
        ("from", from),
        ("to", to),
        ("looks", looks_said),
    ];
    say(wording, "added", &gaps.each_ref().map(|(name, value)| (*name, value.as_str())))
}

/// What differs, each with before and after.
fn turns(Changed { before, after }: &Changed, wording: &Wording) -> Vec<String> {
    let mut said = Vec::new();
    let mut turn = |name: &str, was: String, is: String| {
        if was != is {
            said.push(say(wording, name, &[("before", &was), ("after", &is)]));
        }
    };
    let times = |looks: &Looks| {
        let (from, to) = span(looks.span, wording);
        format!("{from}–{to}")
    };
    turn("turn_text", quoted(&before.text, wording), quoted(&after.text, wording));
    turn("turn_time", times(before), times(after));
    turn(
        "turn_position",
        named("place", before.position.name(), wording),
        named("place", after.position.name(), wording),
    );
    turn("turn_align", named("align", before.align.name(), wording), named("align", after.align.name(), wording));
    turn("turn_size", pixels(before.size, wording), pixels(after.size, wording));
    turn("turn_colour", colour(before.colour, wording), colour(after.colour, wording));
    turn("turn_style", named("kind", before.style.name(), wording), named("kind", after.style.name(), wording));
    turn("turn_backing", backing(before, wording), backing(after, wording));
    turn("turn_fades", fades(before.fades, wording), fades(after.fades, wording));
    said
}

/// Titles that were changed. Where there are several, the first one stands for all.
fn changed(changed: &[Changed], wording: &Wording) -> String {
    let Some(first) = changed.iter().find(|changed| changed.before != changed.after) else {
        let text = changed.first().map_or_else(String::new, |changed| quoted(&changed.after.text, wording));
        return say(wording, "same", &[("text", &text)]);
    };
    let turns = turns(first, wording).join(&say(wording, "turn_gap", &[]));
    let text = quoted(&first.before.text, wording);
    match changed.len() {
        1 => {
            let kind = named("kind", first.before.style.name(), wording);
            say(wording, "changed", &[("kind", &kind), ("text", &text), ("turns", &turns)])
        }
        n => say(wording, "changed_many", &[("n", &n.to_string()), ("text", &text), ("turns", &turns)]),
    }
}

/// Titles that were taken off.
fn removed(words: &[String], wording: &Wording) -> String {
    let listed: Vec<String> = words.iter().take(LISTED).map(|words| quoted(words, wording)).collect();
    let list = wording.list(&listed);
    match words.len() {
        0..=LISTED => say(wording, "removed", &[("list", &list)]),
        n => {
            say(wording, "removed_many", &[("n", &n.to_string()), ("first", listed.first().map_or("", String::as_str))])
        }
    }
}

/// Captions that lie on the timeline now, and what had to be done to them.
fn captioned(laid: Laid, (mended, left_out, shortened): (usize, usize, usize), wording: &Wording) -> String {
    let (from, to) = span(laid.span, wording);
    let one = if laid.count == 1 { "captioned_one" } else { "captioned" };
    let mut said = vec![say(wording, one, &[("n", &laid.count.to_string()), ("from", &from), ("to", &to)])];
    for (count, name) in [(laid.beyond, "beyond"), (mended, "mended"), (left_out, "left_out"), (shortened, "shortened")]
    {
        if count > 0 {
            said.push(say(wording, name, &[("n", &count.to_string())]));
        }
    }
    said.join(wording.gap())
}

/// Why captions were not taken.
pub fn unfit(unfit: Unfit, wording: &Wording) -> String {
    let why = match unfit {
        Unfit::TooLarge => say(wording, "unfit_too_large", &[("mb", &(MOST_BYTES >> 20).to_string())]),
        Unfit::Encoding => say(wording, "unfit_encoding", &[]),
        Unfit::NoCues => say(wording, "unfit_no_cues", &[]),
        Unfit::TooMany => say(wording, "unfit_too_many", &[("most", &MOST_CUES.to_string())]),
    };
    say(wording, "unfit", &[("why", &why)])
}
