//! Titles on the timeline: adding, changing and removing them. A new title says about its look all that can be said (size,
//! colour, fades), so that every later change has a before.

use bedtrack_timeline::{Id, Timeline, Title};
use bedtrack_wire::time::Ms;
use bedtrack_wire::title::{self, Align, Position, Rgb, SIZES, Style};

use super::room::fit_to_picture;
use crate::read::{Backing, Look, NewTitle, Pick, Retitle, Size, When};

/// The shortest a title stands.
const SHORTEST: Ms = Ms(100);

/// How a title stands and looks, for before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct Looks {
    /// Its words.
    pub text: String,
    /// Start and end.
    pub span: (Ms, Ms),
    /// How high it stands.
    pub position: Position,
    /// On which side.
    pub align: Align,
    /// In pixels.
    pub size: i64,
    /// Its colour.
    pub colour: Rgb,
    /// What kind of words.
    pub style: Style,
    /// What is behind it, and its colour.
    pub backing: (title::Backing, Option<Rgb>),
    /// How long it takes to come and to go.
    pub fades: (Ms, Ms),
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
    pub fn usual(style: Style) -> Self {
        Self::of(&made("", (Ms::ZERO, Ms::ZERO), &Look { style: Some(style), ..Look::default() }))
    }

    /// How a title stands and looks.
    pub fn of(title: &Title) -> Self {
        let style = title.kind();
        let usual_fade = Ms::from(style.usual_fade_ms());
        Self {
            text: title.words().to_owned(),
            span: (title.start, title.start + title.length.max(Ms::ZERO)),
            position: title.position.unwrap_or_default(),
            align: title.align.unwrap_or_default(),
            size: title.size.unwrap_or_else(|| f64::from(style.usual_size())) as i64,
            colour: title.colour.unwrap_or(Rgb::WHITE),
            style,
            backing: (title.backing.unwrap_or_default(), title.backing_colour),
            fades: (title.fade_in.unwrap_or(usual_fade), title.fade_out.unwrap_or(usual_fade)),
        }
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

/// A new title.
pub(super) fn made(text: &str, (start, length): (Ms, Ms), look: &Look) -> Title {
    let style = look.style.unwrap_or_default();
    let fade = Some(Ms::from(style.usual_fade_ms()));
    let mut title = Title {
        style: Some(style),
        position: Some(usual_position(style)),
        size: Some(f64::from(style.usual_size())),
        colour: Some(Rgb::WHITE),
        fade_in: fade,
        fade_out: fade,
        ..Title::of(text, start, length)
    };
    apply(&mut title, &Look { style: None, ..look.clone() });
    title
}

/// Gives a title a look; what it leaves open stays.
fn apply(title: &mut Title, look: &Look) {
    let before = Looks::of(title);
    if let Some(style) = look.style {
        // What was only the old style's habit becomes the new one's.
        let was = before.style;
        if before.size == was.usual_size() as i64 {
            title.size = Some(f64::from(style.usual_size()));
        }
        if before.fades == (Ms::from(was.usual_fade_ms()), Ms::from(was.usual_fade_ms())) {
            (title.fade_in, title.fade_out) =
                (Some(Ms::from(style.usual_fade_ms())), Some(Ms::from(style.usual_fade_ms())));
        }
        title.style = Some(style);
    }
    title.position = look.position.or(title.position);
    title.align = look.align.or(title.align);
    if let Some(size) = look.size {
        let usual = f64::from(look.style.unwrap_or(before.style).usual_size());
        let pixels = match size {
            Size::Pixels(pixels) => pixels,
            Size::Named(factor) => usual * factor,
            Size::By(factor) => before.size as f64 * factor,
        };
        title.size = Some(pixels.round().clamp(f64::from(SIZES.0), f64::from(SIZES.1)));
    }
    title.colour = look.colour.as_deref().and_then(colour).or(title.colour);
    if let Some(backing) = &look.backing {
        let (kind, named) = match backing {
            Backing::Shadow => (title::Backing::Shadow, None),
            Backing::Outline(named) => (title::Backing::Outline, named.as_deref()),
            Backing::Box(named) => (title::Backing::Box, named.as_deref()),
            Backing::Plain => (title::Backing::Plain, None),
        };
        // A box that is only named again keeps its colour.
        let kept = title.backing_colour.filter(|_| before.backing.0 == kind);
        title.backing = Some(kind);
        title.backing_colour = named.and_then(colour).or(kept);
    }
    title.fade_in = look.fade_in_ms.map(Ms::from).or(title.fade_in);
    title.fade_out = look.fade_out_ms.map(Ms::from).or(title.fade_out);
}

fn colour(hex: &str) -> Option<Rgb> {
    hex.parse().ok()
}

/// Adds a title, on a track where it overlaps no other. Gives how it looks; nothing where it would lie beyond the picture.
pub fn add_title(timeline: &mut Timeline, wish: &NewTitle) -> Option<Looks> {
    let start = Ms::from(wish.start_ms);
    let picture = timeline.picture_end();
    let room = if picture > Ms::ZERO { picture - start } else { Ms::MAX };
    let length = Ms::from(wish.duration_ms).min(room);
    if length <= Ms::ZERO {
        return None;
    }
    let title = made(&wish.text, (start, length), &wish.look);
    let looks = Looks::of(&title);
    timeline.add_title(title);
    timeline.settle();
    Some(looks)
}

/// Changes titles; gives them before and after, by their start. Empty where there are none of that kind.
pub fn change_titles(timeline: &mut Timeline, change: &Retitle) -> Vec<Changed> {
    let whole = timeline.end();
    let ids = find(timeline, &change.which);
    let mut changed = Vec::new();
    for id in &ids {
        let Some(title) = timeline.titles_mut().find(|title| title.id == *id) else { continue };
        let before = Looks::of(title);
        title.text = change.text.clone().or(title.text.take());
        (title.start, title.length) = moved(&change.when, (title.start, title.length), whole);
        apply(title, &change.look);
        changed.push(Changed { before, after: Looks::of(title) });
    }
    let end = timeline.picture_end();
    for Changed { after, .. } in changed.iter_mut().filter(|_| end > Ms::ZERO) {
        after.span.1 = after.span.1.min(end.max(after.span.0));
    }
    if let ([id], false) = (ids.as_slice(), change.when.is_empty()) {
        part(timeline, *id);
    }
    fit_to_picture(timeline);
    timeline.settle();
    changed
}

/// New start and length.
fn moved(when: &When, (start, length): (Ms, Ms), whole: Ms) -> (Ms, Ms) {
    let end = when.end_ms.map(Ms::from);
    let fixed = when.duration_ms.map(Ms::from);
    let mut begin = when.start_ms.map_or(start, Ms::from);
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
    long = (long + Ms(when.stretch_ms)).max(SHORTEST);
    if when.at_end {
        begin = whole - long;
    }
    ((begin + Ms(when.shift_ms)).max(Ms::ZERO), long)
}

/// Moves a title to another track where it overlaps its neighbours now.
fn part(timeline: &mut Timeline, id: Id) {
    let Some(title) = timeline.titles().find(|title| title.id == id).cloned() else { return };
    timeline.remove_titles(&[id]);
    timeline.add_title(title);
}

/// Takes titles off the timeline; gives their words.
pub fn remove_titles(timeline: &mut Timeline, which: &Pick) -> Vec<String> {
    let ids = find(timeline, which);
    let words = |id: &Id| timeline.titles().find(|title| title.id == *id).map(|title| title.words().to_owned());
    let words: Vec<String> = ids.iter().filter_map(words).collect();
    timeline.remove_titles(&ids);
    timeline.settle();
    words
}

/// The titles that are meant, by their start. Words are compared with case aside; the newest is the last one added.
fn find(timeline: &Timeline, which: &Pick) -> Vec<Id> {
    let mut titles: Vec<&Title> = timeline.titles().collect();
    titles.sort_by_key(|title| title.start);
    let found: Vec<&Title> = match which {
        Pick::All => titles,
        Pick::Captions => titles.into_iter().filter(|title| title.kind() == Style::Caption).collect(),
        Pick::Number(number) => titles.get(number.saturating_sub(1)).copied().into_iter().collect(),
        Pick::Last => titles.last().copied().into_iter().collect(),
        Pick::Named(words) => {
            let wanted = words.trim().to_lowercase();
            let named = titles.into_iter().find(|title| title.words().trim().to_lowercase() == wanted);
            named.into_iter().collect()
        }
        Pick::Newest => titles.into_iter().max_by_key(|title| title.id.number).into_iter().collect(),
    };
    found.into_iter().map(|title| title.id).collect()
}
