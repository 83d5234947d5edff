//! Names of the things on a timeline, which stay theirs through every change: `c2` is a clip, `p1` a piece, `s1` a song,
//! `v1` a voice, `t1` a title. A number is given once; what comes later never takes the one of what is gone.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use bedtrack_wire::draft::Object;
use bedtrack_wire::envelope::lenient_i64;
use serde_json::{Value, json};

/// The draft's key for the highest numbers that were ever given, where what bore them is gone.
const GIVEN: &str = "bedtrack_ids";
/// A segment's key for its id, where its own one is no name of this kind.
const REF: &str = "bedtrack_id";

/// What an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A clip or a photo.
    Clip,
    /// A piece that was made here.
    Piece,
    /// A song that was brought.
    Song,
    /// A voice that was brought.
    Voice,
    /// A title or a caption.
    Title,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Clip, Self::Piece, Self::Song, Self::Voice, Self::Title];

    fn letter(self) -> &'static str {
        match self {
            Self::Clip => "c",
            Self::Piece => "p",
            Self::Song => "s",
            Self::Voice => "v",
            Self::Title => "t",
        }
    }

    /// What ids of this kind were called before they had a letter.
    fn word(self) -> &'static str {
        match self {
            Self::Clip => "clip",
            Self::Piece | Self::Song | Self::Voice => "music",
            Self::Title => "title",
        }
    }
}

/// The name of one thing on a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    /// What it is.
    pub kind: Kind,
    /// Its number among its kind, from 1; 0 until it has one.
    pub number: u64,
}

impl Id {
    /// The id of what is new: the timeline numbers it.
    pub const fn new(kind: Kind) -> Self {
        Self { kind, number: 0 }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}{}", self.kind.letter(), self.number)
    }
}

/// What is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoId;

impl fmt::Display for NoId {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an id is a letter and a number, such as c2 for a clip or t1 for a title")
    }
}

impl std::error::Error for NoId {}

impl FromStr for Id {
    type Err = NoId;

    fn from_str(text: &str) -> Result<Self, NoId> {
        let read = |kind: Kind| Some(Self { kind, number: number(text.strip_prefix(kind.letter())?)? });
        Kind::ALL.into_iter().find_map(read).ok_or(NoId)
    }
}

/// A number from 1, written as it would be written back.
fn number(text: &str) -> Option<u64> {
    text.parse::<u64>().ok().filter(|number| *number > 0 && number.to_string() == text)
}

/// The id that a segment bears, where it is one of these kinds.
pub(crate) fn borne(m: &Object, kinds: &[Kind]) -> Option<Id> {
    let text = |key: &str| m.get(key).and_then(Value::as_str);
    let read = |text: &str| text.parse::<Id>().ok().filter(|id| kinds.contains(&id.kind));
    text(REF).and_then(read).or_else(|| text("id").and_then(read))
}

/// The number that a segment bore before ids had letters.
pub(crate) fn former(m: &Object, kind: Kind) -> Option<u64> {
    number(m.get("id")?.as_str()?.strip_prefix(kind.word())?)
}

/// Takes off a segment what names another one, of which it is a copy.
pub(crate) fn strip(m: &mut Object) {
    m.remove("id");
    m.remove(REF);
}

/// Writes an id into a segment that does not bear it yet; what it is called elsewhere stays.
pub(crate) fn write(m: &mut Object, id: Id) {
    if borne(m, &[id.kind]) == Some(id) {
        return;
    }
    let key = if m.contains_key("id") && borne(m, &Kind::ALL).is_none() { REF } else { "id" };
    if key == "id" {
        m.remove(REF);
    }
    m.insert(key.to_owned(), json!(id.to_string()));
}

/// The numbers that were given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Numbers {
    taken: BTreeSet<Id>,
    highest: BTreeMap<Kind, u64>,
}

impl Numbers {
    /// Those that a draft remembers.
    pub fn read(draft: &Object) -> Self {
        let mut numbers = Self::default();
        for kind in Kind::ALL {
            let given = draft.get(GIVEN).and_then(|given| given.get(kind.letter())).and_then(lenient_i64);
            if let Some(given) = given.and_then(|given| u64::try_from(given).ok()) {
                numbers.highest.insert(kind, given);
            }
        }
        numbers
    }

    /// Begins to look again which are borne.
    pub fn forget_bearers(&mut self) {
        self.taken.clear();
    }

    /// Takes an id for one thing; tells whether nothing else has it.
    pub fn take(&mut self, id: Id) -> bool {
        let highest = self.highest.entry(id.kind).or_default();
        *highest = (*highest).max(id.number);
        id.number > 0 && self.taken.insert(id)
    }

    /// A new one.
    pub fn give(&mut self, kind: Kind) -> Id {
        let highest = self.highest.entry(kind).or_default();
        *highest = highest.saturating_add(1);
        let id = Id { kind, number: *highest };
        self.taken.insert(id);
        id
    }

    /// Keeps in the draft what its segments do not tell: numbers whose bearers are gone.
    pub fn write(&self, draft: &mut Object) {
        let borne = |kind: Kind| self.taken.iter().filter(|id| id.kind == kind).map(|id| id.number).max().unwrap_or(0);
        let gone = self.highest.iter().filter(|(kind, highest)| **highest > borne(**kind));
        let gone: Object = gone.map(|(kind, highest)| (kind.letter().to_owned(), json!(highest))).collect();
        if gone.is_empty() {
            if draft.get(GIVEN).is_some_and(Value::is_object) {
                draft.remove(GIVEN);
            }
        } else {
            draft.insert(GIVEN.to_owned(), Value::Object(gone));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_is_written_and_nothing_else_is_one() {
        for text in ["c1", "p12", "s3", "v4", "t500"] {
            assert_eq!(text.parse::<Id>().unwrap().to_string(), text);
        }
        for text in ["", "c", "c0", "c01", "c-1", "c+1", "clip1", "x1", "1", "c1 ", "t1.5", "c99999999999999999999"] {
            assert_eq!(text.parse::<Id>(), Err(NoId), "{text}");
        }
    }

    #[test]
    fn a_foreign_id_stays_beside_ours_and_a_draft_written_before_is_numbered_as_it_was() {
        let mut m = json!({"id": "5f2a"}).as_object().unwrap().clone();
        write(&mut m, Id { kind: Kind::Clip, number: 2 });
        assert_eq!(json!(m), json!({"id": "5f2a", "bedtrack_id": "c2"}));
        assert_eq!(borne(&m, &[Kind::Clip]), Some(Id { kind: Kind::Clip, number: 2 }));
        assert_eq!(borne(&m, &[Kind::Title]), None, "a clip's id names no title");
        let before = json!({"id": "title7"}).as_object().unwrap().clone();
        assert_eq!((former(&before, Kind::Title), former(&before, Kind::Clip)), (Some(7), None));
    }
}
