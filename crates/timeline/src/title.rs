//! A title or a caption: words over the picture.

use bedtrack_wire::draft::{Object, Segment};
use bedtrack_wire::time::Ms;
use bedtrack_wire::title::{Align, BOX_OPACITY, Backing, Position, Rgb, SIZES, Style};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::id::{Id, Kind, borne};
use crate::item::Item;
use crate::kept::{Kept, Written, key, number};

/// A fade of words is never longer than this.
const LONGEST_FADE: Ms = Ms(60_000);

/// A title. How it looks is as its style has it where nothing is said, and where a foreign draft says what makes no sense.
#[derive(Debug, Clone, PartialEq)]
pub struct Title {
    /// Its name on this timeline.
    pub id: Id,
    /// When it comes.
    pub start: Ms,
    /// How long it stays.
    pub length: Ms,
    /// Its words.
    pub text: Option<String>,
    /// What kind of words.
    pub style: Option<Style>,
    /// How high they stand.
    pub position: Option<Position>,
    /// On which side.
    pub align: Option<Align>,
    /// Their size, in pixels on a frame whose short side has 1080.
    pub size: Option<f64>,
    /// Their colour.
    pub colour: Option<Rgb>,
    /// What is behind them.
    pub backing: Option<Backing>,
    /// Its colour.
    pub backing_colour: Option<Rgb>,
    /// How much of the picture a box covers, 0 to 1.
    pub backing_opacity: Option<f64>,
    /// Over how long they come.
    pub fade_in: Option<Ms>,
    /// Over how long they go.
    pub fade_out: Option<Ms>,
    /// What it came as, with all that nobody here knows.
    pub kept: Kept,
}

impl Title {
    /// New words that say nothing about their look.
    pub fn of(text: &str, start: Ms, length: Ms) -> Self {
        let text = Some(text.to_owned());
        Self { length, text, ..Self::read(Kept::default(), &Segment::default(), start) }
    }

    /// What kind of words they are.
    pub fn kind(&self) -> Style {
        self.style.unwrap_or_default()
    }

    /// Its words, or none.
    pub fn words(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    /// How much of the picture its box covers.
    pub fn opacity(&self) -> f32 {
        self.backing_opacity.map_or(BOX_OPACITY, |share| share as f32)
    }
}

impl Item for Title {
    const KINDS: &'static [Kind] = &[Kind::Title];

    fn read(kept: Kept, segment: &Segment, by_itself: Ms) -> Self {
        let m = &segment.m;
        let fade = |key: &str| number(m, key).map(|ms| Ms(ms as i64).clamp(Ms::ZERO, LONGEST_FADE));
        let size = number(m, key::SIZE).filter(|size| *size > 0.0);
        Self {
            id: borne(m, Self::KINDS).unwrap_or(Id::new(Kind::Title)),
            start: segment.start().map_or(by_itself, Ms),
            length: Ms(segment.d),
            text: segment.text().map(str::to_owned),
            style: word(m, key::STYLE),
            position: word(m, key::POSITION),
            align: word(m, key::ALIGN),
            size: size.map(|size| size.clamp(f64::from(SIZES.0), f64::from(SIZES.1))),
            colour: word(m, key::COLOUR),
            backing: word(m, key::BACKING),
            backing_colour: word(m, key::BACKING_COLOUR),
            backing_opacity: number(m, key::BACKING_OPACITY).map(|share| share.clamp(0.0, 1.0)),
            fade_in: fade(key::FADE_IN),
            fade_out: fade(key::FADE_OUT),
            kept,
        }
    }

    fn start(&self) -> Ms {
        self.start
    }

    fn length(&self) -> Ms {
        self.length
    }

    fn id(&self) -> Option<Id> {
        Some(self.id)
    }

    fn kept(&self) -> &Kept {
        &self.kept
    }

    fn name_tag(&mut self) -> Option<(&mut Id, &mut Kept)> {
        Some((&mut self.id, &mut self.kept))
    }

    fn write(&self, to: &mut Written) {
        let was = Self::read(Kept::default(), &self.kept.segment(), Ms::ZERO);
        to.length(was.length, self.length);
        // Words stay under the key that they came under.
        let words = if to.has(key::CONTENT) && !to.has(key::TEXT) { key::CONTENT } else { key::TEXT };
        to.put(words, &was.text, &self.text);
        to.put(key::STYLE, &was.style, &self.style);
        to.put(key::POSITION, &was.position, &self.position);
        to.put(key::ALIGN, &was.align, &self.align);
        let whole = |size: Option<f64>| size.map(|size| size.round() as i64);
        if was.size != self.size {
            to.put(key::SIZE, &None, &whole(self.size));
        }
        to.put(key::COLOUR, &was.colour, &self.colour);
        to.put(key::BACKING, &was.backing, &self.backing);
        to.put(key::BACKING_COLOUR, &was.backing_colour, &self.backing_colour);
        to.put(key::BACKING_OPACITY, &was.backing_opacity, &self.backing_opacity);
        to.put(key::FADE_IN, &was.fade_in, &self.fade_in);
        to.put(key::FADE_OUT, &was.fade_out, &self.fade_out);
    }
}

/// A word of a known list.
fn word<T: DeserializeOwned>(m: &Object, key: &str) -> Option<T> {
    let word = m.get(key)?.as_str()?.trim();
    serde_json::from_value(Value::String(word.to_owned())).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(m: Value) -> Title {
        let segment = Segment { m: m.as_object().unwrap().clone(), ..Segment::default() };
        Title::read(Kept::default(), &segment, Ms::ZERO)
    }

    #[test]
    fn a_foreign_draft_with_senseless_values_looks_as_the_style_has_it() {
        assert_eq!(
            read(json!({"color": "mauve;movie=/etc/passwd", "size": -4, "align": 7, "backing": [], "fade_in": "x"})),
            read(json!({}))
        );
        let odd = read(json!({"size": 1e300, "fade_in": -5}));
        assert_eq!((odd.size, odd.fade_in), (Some(f64::from(SIZES.1)), Some(Ms::ZERO)));
    }

    #[test]
    fn what_our_own_edits_write_is_read_back() {
        let title = read(json!({"color": "#ffd400", "size": 48, "align": "left", "backing": "box", "backing_color":
            "#102030", "fade_in": 500, "fade_out": 0}));
        assert_eq!((title.colour, title.size, title.align), (Some(Rgb([255, 212, 0])), Some(48.0), Some(Align::Left)));
        assert_eq!((title.backing, title.backing_colour), (Some(Backing::Box), Some(Rgb([16, 32, 48]))));
        assert_eq!((title.opacity(), title.fade_in, title.fade_out), (BOX_OPACITY, Some(Ms(500)), Some(Ms::ZERO)));
        // And written as it was read.
        let again = Title { text: Some("New".into()), ..read(json!({})) };
        let again = Title { colour: title.colour, size: title.size, backing: title.backing, ..again };
        let written = again.segment(Ms::ZERO, false);
        assert_eq!(
            written,
            json!({"d": 0, "m": {"start": 0, "text": "New", "size": 48, "color": "#ffd400", "backing": "box"}})
        );
    }
}
