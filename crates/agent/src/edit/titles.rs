//! Titles on the timeline: adding, changing and removing them. What a segment says about a title is written out in full
//! (size, colour, fades), so that every later change has a before.

use serde_json::{Value, json};

use super::{fit_to_picture, free_id, picture_end, segment, with_draft};
use crate::read::{Backing, Look, NewTitle, Pick, Position, Retitle, Size, Style, When};
use bedtrack_film::{Rgb, SIZES, TitleStyle, usual_fade_ms, usual_size};
use bedtrack_wire::draft::{Draft, Segment, TEXT, Track};
use bedtrack_wire::envelope::lenient_i64;
use bedtrack_wire::state::State;

/// The shortest a title stands.
const SHORTEST_MS: i64 = 100;

/// How a title stands and looks, for before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct Looks {
    /// Its words.
    pub text: String,
    /// Start and end in ms.
    pub span_ms: (i64, i64),
    /// `top`, `center`, `lower` or `bottom`.
    pub position: String,
    /// `left`, `center` or `right`.
    pub align: String,
    /// In pixels.
    pub size: i64,
    /// As `#rrggbb`.
    pub colour: String,
    /// `title`, `subtitle` or `caption`.
    pub style: String,
    /// `shadow`, `outline`, `box` or `plain`, and its colour.
    pub backing: (String, Option<String>),
    /// How long it takes to come and to go, in ms.
    pub fades_ms: (i64, i64),
}

/// A title before and after a change.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// As it was.
    pub before: Looks,
    /// As it is.
    pub after: Looks,
}

impl Looks {
    /// What a style looks like where nothing is said.
    pub fn usual(style: &str) -> Self {
        let style =
            [Style::Subtitle, Style::Caption].into_iter().find(|known| known.name() == style).unwrap_or_default();
        Self::of(&made("", "", (0, 0), &Look { style: Some(style), ..Look::default() }), 0)
    }

    /// How a segment stands and looks.
    pub fn of(segment: &Segment, start: i64) -> Self {
        let word = |key: &str| segment.m.get(key).and_then(Value::as_str).map(str::to_owned);
        let number = |key: &str| segment.m.get(key).and_then(lenient_i64);
        let style = word("style").unwrap_or_else(|| "title".to_owned());
        let drawn = drawn_style(&style);
        let usual_fade = i64::try_from(usual_fade_ms(drawn)).unwrap_or(0);
        Self {
            text: segment.text().unwrap_or_default().to_owned(),
            span_ms: (start, start.saturating_add(segment.d.max(0))),
            position: word("position").unwrap_or_else(|| "center".to_owned()),
            align: word("align").unwrap_or_else(|| "center".to_owned()),
            size: number("size").unwrap_or(usual_size(drawn) as i64),
            colour: word("color").unwrap_or_else(|| Rgb::WHITE.to_string()),
            style,
            backing: (word("backing").unwrap_or_else(|| "shadow".to_owned()), word("backing_color")),
            fades_ms: (number("fade_in").unwrap_or(usual_fade), number("fade_out").unwrap_or(usual_fade)),
        }
    }
}

fn drawn_style(name: &str) -> TitleStyle {
    match name {
        "subtitle" => TitleStyle::Subtitle,
        "caption" => TitleStyle::Caption,
        _ => TitleStyle::Title,
    }
}

/// Where a style stands where nothing is said.
fn usual_position(style: Style) -> Position {
    match style {
        Style::Title => Position::Center,
        Style::Subtitle => Position::Lower,
        Style::Caption => Position::Bottom,
    }
}

/// A new title's segment.
pub(super) fn made(id: &str, text: &str, (start, length): (i64, i64), look: &Look) -> Segment {
    let style = look.style.unwrap_or_default();
    let drawn = drawn_style(style.name());
    let mut title = segment(id, start, length);
    title.m.insert("text".into(), json!(text));
    title.m.insert("style".into(), json!(style.name()));
    title.m.insert("position".into(), json!(usual_position(style).name()));
    title.m.insert("size".into(), json!(usual_size(drawn) as i64));
    title.m.insert("color".into(), json!(Rgb::WHITE.to_string()));
    title.m.insert("fade_in".into(), json!(usual_fade_ms(drawn)));
    title.m.insert("fade_out".into(), json!(usual_fade_ms(drawn)));
    apply(&mut title, &Look { style: None, ..look.clone() });
    title
}

/// Writes a look into a segment; what it leaves open stays.
fn apply(title: &mut Segment, look: &Look) {
    let before = Looks::of(title, 0);
    let m = &mut title.m;
    if let Some(style) = look.style {
        // What was only the old style's habit becomes the new one's.
        let (was, is) = (drawn_style(&before.style), drawn_style(style.name()));
        if before.size == usual_size(was) as i64 {
            m.insert("size".into(), json!(usual_size(is) as i64));
        }
        if before.fades_ms.0 == usual_fade_ms(was) as i64 && before.fades_ms.1 == usual_fade_ms(was) as i64 {
            m.insert("fade_in".into(), json!(usual_fade_ms(is)));
            m.insert("fade_out".into(), json!(usual_fade_ms(is)));
        }
        m.insert("style".into(), json!(style.name()));
    }
    if let Some(position) = look.position {
        m.insert("position".into(), json!(position.name()));
    }
    if let Some(align) = look.align {
        m.insert("align".into(), json!(align.name()));
    }
    if let Some(size) = look.size {
        let style = look.style.map_or(before.style.as_str(), |style| style.name());
        let usual = f64::from(usual_size(drawn_style(style)));
        let pixels = match size {
            Size::Pixels(pixels) => pixels,
            Size::Named(factor) => usual * factor,
            Size::By(factor) => before.size as f64 * factor,
        };
        let pixels = pixels.round().clamp(f64::from(SIZES.0), f64::from(SIZES.1));
        m.insert("size".into(), json!(pixels as i64));
    }
    if let Some(colour) = &look.colour {
        m.insert("color".into(), json!(colour));
    }
    if let Some(backing) = &look.backing {
        let (name, colour) = match backing {
            Backing::Shadow => ("shadow", None),
            Backing::Outline(colour) => ("outline", colour.clone()),
            Backing::Box(colour) => ("box", colour.clone()),
            Backing::Plain => ("plain", None),
        };
        m.insert("backing".into(), json!(name));
        match colour {
            Some(colour) => {
                m.insert("backing_color".into(), json!(colour));
            }
            // A box that is only named again keeps its colour.
            None if before.backing.0 == name => {}
            None => {
                m.remove("backing_color");
            }
        }
    }
    if let Some(ms) = look.fade_in_ms {
        m.insert("fade_in".into(), json!(ms));
    }
    if let Some(ms) = look.fade_out_ms {
        m.insert("fade_out".into(), json!(ms));
    }
}

/// Adds a title, on a track where it overlaps no other. Gives its start and end in ms; nothing where it would lie beyond
/// the picture.
pub fn add_title(state: &mut State, wish: &NewTitle) -> Option<(i64, i64)> {
    with_draft(state, |draft| {
        let start = signed(wish.start_ms);
        let picture = picture_end(draft);
        let room = if picture > 0 { picture - start } else { i64::MAX };
        let length = signed(wish.duration_ms).min(room);
        if length <= 0 {
            return None;
        }
        let title = made(&free_id(draft, "title"), &wish.text, (start, length), &wish.look);
        lay(draft, title, start);
        Some((start, start.saturating_add(length)))
    })
}

/// Puts a title on the first track of texts where it overlaps none, or on one of its own.
fn lay(draft: &mut Draft, title: Segment, start: i64) {
    let end = start.saturating_add(title.d);
    let overlaps = |track: &Track| track.placed().any(|placed| placed.start < end && start < placed.end());
    match draft.t.iter_mut().find(|track| track.tt == TEXT && !overlaps(track)) {
        Some(track) => {
            pin(track);
            track.sg.push(title);
            track.sg.sort_by_key(|segment| segment.start().unwrap_or(0));
        }
        None => draft.t.push(Track { tt: TEXT, sg: vec![title], ..Track::default() }),
    }
}

/// Makes starts explicit, before the order changes.
fn pin(track: &mut Track) {
    let starts: Vec<i64> = track.placed().map(|placed| placed.start).collect();
    for (segment, start) in track.sg.iter_mut().zip(starts) {
        segment.m.insert("start".into(), json!(start));
    }
}

/// Changes titles; gives them before and after, by their start. Empty where there are none of that kind.
pub fn change_titles(state: &mut State, change: &Retitle) -> Vec<Changed> {
    with_draft(state, |draft| {
        let whole = draft.end();
        let places = find(draft, &change.which);
        for track in draft.t.iter_mut().filter(|track| track.tt == TEXT) {
            pin(track);
        }
        let mut changed = Vec::new();
        for (track, at) in &places {
            let Some(title) = draft.t.get_mut(*track).and_then(|track| track.sg.get_mut(*at)) else { continue };
            let start = title.start().unwrap_or(0);
            let before = Looks::of(title, start);
            if let Some(text) = &change.text {
                let content = title.m.contains_key("content") && !title.m.contains_key("text");
                title.m.insert(if content { "content" } else { "text" }.into(), json!(text));
            }
            let (start, length) = moved(&change.when, (start, title.d), whole);
            title.m.insert("start".into(), json!(start));
            title.d = length;
            apply(title, &change.look);
            changed.push((*track, *at, before));
        }
        let after: Vec<Changed> = changed
            .into_iter()
            .filter_map(|(track, at, before)| {
                let title = draft.t.get(track)?.sg.get(at)?;
                let mut after = Looks::of(title, title.start().unwrap_or(0));
                let end = picture_end(draft);
                if end > 0 {
                    after.span_ms.1 = after.span_ms.1.min(end.max(after.span_ms.0));
                }
                Some(Changed { before, after })
            })
            .collect();
        if let ([(track, at)], false) = (places.as_slice(), change.when.is_empty()) {
            part(draft, *track, *at);
        }
        fit_to_picture(draft);
        after
    })
}

/// New start and length.
fn moved(when: &When, (start, length): (i64, i64), whole: i64) -> (i64, i64) {
    let end = when.end_ms.map(signed);
    let fixed = when.duration_ms.map(signed);
    let mut begin = when.start_ms.map_or(start, signed);
    let mut long = match (fixed, end) {
        (Some(fixed), _) => fixed,
        (None, Some(end)) if end > begin => end - begin,
        _ => length,
    };
    match end {
        // It cannot end before it starts, so it is moved.
        Some(end) if when.start_ms.is_none() && (end <= begin || fixed.is_some()) => begin = end - long,
        _ => {}
    }
    long = long.saturating_add(when.stretch_ms).max(SHORTEST_MS);
    if when.at_end {
        begin = whole - long;
    }
    (begin.saturating_add(when.shift_ms).max(0), long)
}

/// Moves a title to another track where it overlaps its neighbours now.
fn part(draft: &mut Draft, track: usize, at: usize) {
    let Some(there) = draft.t.get_mut(track).filter(|track| at < track.sg.len()) else { return };
    let title = there.sg.remove(at);
    let start = title.start().unwrap_or(0);
    lay(draft, title, start);
}

/// Takes titles off the timeline; gives their words.
pub fn remove_titles(state: &mut State, which: &Pick) -> Vec<String> {
    with_draft(state, |draft| {
        let mut places = find(draft, which);
        // The titles behind one must not move up.
        draft.t.iter_mut().filter(|track| track.tt == TEXT).for_each(pin);
        let words = |(track, at): &(usize, usize)| {
            Some(draft.t.get(*track)?.sg.get(*at)?.text().unwrap_or_default().to_owned())
        };
        let words: Vec<String> = places.iter().filter_map(words).collect();
        places.sort_unstable_by(|a, b| b.cmp(a));
        for (track, at) in places {
            if let Some(track) = draft.t.get_mut(track).filter(|track| at < track.sg.len()) {
                track.sg.remove(at);
            }
        }
        words
    })
}

/// Track and place of titles, by their start. Words are compared with case aside; the newest is the last one added.
fn find(draft: &Draft, which: &Pick) -> Vec<(usize, usize)> {
    let tracks = draft.t.iter().enumerate().filter(|(_, track)| track.tt == TEXT);
    let mut titles: Vec<(i64, usize, usize, &Segment)> = tracks
        .flat_map(|(t, track)| track.placed().enumerate().map(move |(s, placed)| (placed.start, t, s, placed.segment)))
        .collect();
    titles.sort_by_key(|(start, t, s, _)| (*start, *t, *s));
    let found: Vec<&(i64, usize, usize, &Segment)> = match which {
        Pick::All => titles.iter().collect(),
        Pick::Captions => titles.iter().filter(|(.., title)| is_caption(title)).collect(),
        Pick::Number(number) => titles.get(number.saturating_sub(1)).into_iter().collect(),
        Pick::Last => titles.last().into_iter().collect(),
        Pick::Named(words) => {
            let wanted = words.trim().to_lowercase();
            let named =
                titles.iter().find(|(.., title)| title.text().is_some_and(|text| text.trim().to_lowercase() == wanted));
            named.into_iter().collect()
        }
        Pick::Newest => {
            let number = |title: &Segment| {
                title.m.get("id").and_then(|id| id.as_str()?.strip_prefix("title")?.parse::<u64>().ok())
            };
            titles.iter().max_by_key(|(_, t, s, title)| (number(title), *t, *s)).into_iter().collect()
        }
    };
    found.into_iter().map(|(_, t, s, _)| (*t, *s)).collect()
}

fn is_caption(title: &Segment) -> bool {
    title.m.get("style").and_then(Value::as_str) == Some("caption")
}

fn signed(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}
