//! Tracks: things of one kind, one behind another, and what else stands there.

use bedtrack_wire::draft::{AUDIO, Object, Segment, TEXT, Track as WireTrack, VIDEO};
use bedtrack_wire::time::Ms;
use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::clip::Clip;
use crate::id::Id;
use crate::item::Item;
use crate::kept::Kept;
use crate::sound::Sound;
use crate::title::Title;
use crate::unknown::Unknown;

/// The key of a track's segments.
const SEGMENTS: &str = "sg";

/// One track.
#[derive(Debug, Clone, PartialEq)]
pub enum Track {
    /// What is seen.
    Picture(Lane<Clip>),
    /// What is heard beside it.
    Sound(Lane<Sound>),
    /// Words over it.
    Titles(Lane<Title>),
    /// What nobody here knows, but how long it goes on.
    Other(Lane<Unknown>),
    /// What is no track at all.
    Odd(Value),
}

/// The things of a track, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Lane<T> {
    /// They.
    pub items: Vec<T>,
    /// All else that the track says.
    kept: Object,
    /// Whether it had a list of segments.
    had_list: bool,
    /// What stands among the segments and is none, each at its place.
    odd: Vec<(usize, Value)>,
}

impl<T: Item> Lane<T> {
    /// A new track of these.
    pub(crate) fn new(track_type: i64, items: Vec<T>) -> Self {
        let kept = json!({"tt": track_type}).as_object().cloned().unwrap_or_default();
        Self { items, kept, had_list: false, odd: Vec::new() }
    }

    fn read(mut kept: Object) -> Self {
        let (mut items, mut odd, mut next) = (Vec::new(), Vec::new(), Ms::ZERO);
        let list = kept.get_mut(SEGMENTS).filter(|list| list.is_array()).map(Value::take);
        let had_list = list.is_some();
        for (at, value) in list.iter().flat_map(|list| list.as_array()).flatten().enumerate() {
            match (value, Segment::deserialize(value)) {
                (Value::Object(object), Ok(segment)) => {
                    let item = T::read(Kept::of(object), &segment, next);
                    next = item.end();
                    items.push(item);
                }
                _ => odd.push((at, value.clone())),
            }
        }
        Self { items, kept, had_list, odd }
    }

    fn write(&self, with_ids: bool) -> Value {
        let (mut list, mut next) = (Vec::new(), Ms::ZERO);
        for item in &self.items {
            list.push(item.segment(next, with_ids));
            next = item.end();
        }
        for (at, value) in &self.odd {
            list.insert((*at).min(list.len()), value.clone());
        }
        let mut track = self.kept.clone();
        if self.had_list || !list.is_empty() {
            track.insert(SEGMENTS.to_owned(), Value::Array(list));
        }
        Value::Object(track)
    }

    /// Where the last of them ends.
    pub fn end(&self) -> Ms {
        self.items.iter().map(Item::end).max().unwrap_or_default()
    }

    /// Whether any of them is there at some time between two.
    pub fn overlaps(&self, from: Ms, to: Ms) -> bool {
        self.items.iter().any(|item| item.start() < to && from < item.end())
    }

    /// Adds one where it belongs by its start.
    pub fn add(&mut self, item: T) {
        self.items.push(item);
        self.sort();
    }

    /// Puts them in the order of their starts.
    pub fn sort(&mut self) {
        self.items.sort_by_key(Item::start);
    }

    fn name_each(&mut self, name: &mut dyn FnMut(&mut Id, &mut Kept)) {
        self.items.iter_mut().filter_map(Item::name_tag).for_each(|(id, kept)| name(id, kept));
    }
}

impl Track {
    pub(crate) fn read(value: &Value) -> Self {
        let (Value::Object(object), Ok(track)) = (value, WireTrack::deserialize(value)) else {
            return Self::Odd(value.clone());
        };
        match track.tt {
            VIDEO => Self::Picture(Lane::read(object.clone())),
            AUDIO => Self::Sound(Lane::read(object.clone())),
            TEXT => Self::Titles(Lane::read(object.clone())),
            _ => Self::Other(Lane::read(object.clone())),
        }
    }

    pub(crate) fn write(&self, with_ids: bool) -> Value {
        match self {
            Self::Picture(lane) => lane.write(with_ids),
            Self::Sound(lane) => lane.write(with_ids),
            Self::Titles(lane) => lane.write(with_ids),
            Self::Other(lane) => lane.write(with_ids),
            Self::Odd(value) => value.clone(),
        }
    }

    /// Whether nothing is on it.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Picture(lane) => lane.items.is_empty(),
            Self::Sound(lane) => lane.items.is_empty(),
            Self::Titles(lane) => lane.items.is_empty(),
            Self::Other(lane) => lane.items.is_empty(),
            Self::Odd(_) => true,
        }
    }

    /// Where the last thing on it ends.
    pub fn end(&self) -> Ms {
        match self {
            Self::Picture(lane) => lane.end(),
            Self::Sound(lane) => lane.end(),
            Self::Titles(lane) => lane.end(),
            Self::Other(lane) => lane.end(),
            Self::Odd(_) => Ms::ZERO,
        }
    }

    /// Goes through the ids of all that has one.
    pub(crate) fn name_each(&mut self, name: &mut dyn FnMut(&mut Id, &mut Kept)) {
        match self {
            Self::Picture(lane) => lane.name_each(name),
            Self::Sound(lane) => lane.name_each(name),
            Self::Titles(lane) => lane.name_each(name),
            Self::Other(_) | Self::Odd(_) => {}
        }
    }
}
