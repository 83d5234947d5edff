//! What a thing on the timeline was read from, and how a changed value gets back into it: all that was not changed, and
//! all that nobody here knows, stays as it came.

use bedtrack_wire::draft::{Object, Segment};
use bedtrack_wire::time::Ms;
use serde::de::DeserializeOwned;
use serde::{Deserialize as _, Serialize};
use serde_json::{Value, json};

use crate::id::Id;

/// The keys of a segment's metadata.
pub(crate) mod key {
    pub const NAME: &str = "name";
    pub const ASSET: &str = "asset";
    pub const START: &str = "start";
    pub const START_TOO: &str = "st";
    pub const IN: &str = "in";
    pub const SPEED: &str = "speed";
    pub const VOLUME: &str = "volume";
    pub const FADE_IN: &str = "fade_in";
    pub const FADE_OUT: &str = "fade_out";
    pub const PICTURE_FADE_IN: &str = "picture_fade_in";
    pub const PICTURE_FADE_OUT: &str = "picture_fade_out";
    pub const DUCK: &str = "duck";
    pub const TRANSITION: &str = "transition";
    pub const CAMERA: &str = "camera";
    pub const FIT: &str = "fit";
    pub const TEXT: &str = "text";
    pub const CONTENT: &str = "content";
    pub const STYLE: &str = "style";
    pub const POSITION: &str = "position";
    pub const ALIGN: &str = "align";
    pub const SIZE: &str = "size";
    pub const COLOUR: &str = "color";
    pub const BACKING: &str = "backing";
    pub const BACKING_COLOUR: &str = "backing_color";
    pub const BACKING_OPACITY: &str = "backing_opacity";
}

/// A segment as it came; nothing of what is new.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kept(Option<Object>);

impl Kept {
    pub(crate) fn of(segment: &Object) -> Self {
        Self(Some(segment.clone()))
    }

    /// It in the wire's types, which read what is odd as missing.
    pub(crate) fn segment(&self) -> Segment {
        self.0.as_ref().and_then(|kept| Segment::deserialize(&Value::Object(kept.clone())).ok()).unwrap_or_default()
    }

    /// It without its length, its name and some other keys of its metadata.
    pub(crate) fn without(&self, keys: &[&str]) -> Self {
        let mut left = self.clone();
        left.forget_name();
        if let Some(m) = left.m() {
            m.retain(|key, _| !keys.contains(&key.as_str()));
        }
        if let Some(segment) = &mut left.0 {
            segment.remove("d");
        }
        left
    }

    /// Nothing of it names this thing any more: it is a copy of another one.
    pub(crate) fn forget_name(&mut self) {
        if let Some(m) = self.m() {
            crate::id::strip(m);
        }
    }

    fn m(&mut self) -> Option<&mut Object> {
        self.0.as_mut()?.get_mut("m")?.as_object_mut()
    }
}

/// A segment that is being written: what it came as, with what was changed.
pub struct Written {
    segment: Object,
    m: Object,
    is_new: bool,
    touched: bool,
}

impl Written {
    pub fn over(kept: &Kept) -> Self {
        let segment = kept.0.clone().unwrap_or_default();
        let m = segment.get("m").and_then(Value::as_object).cloned().unwrap_or_default();
        Self { segment, m, is_new: kept.0.is_none(), touched: false }
    }

    pub fn length(&mut self, was: Ms, is: Ms) {
        if was != is || self.is_new {
            self.segment.insert("d".to_owned(), json!(is));
        }
    }

    /// Writes where it begins, if that is not where it would lie by itself, right behind what comes before it.
    pub fn start(&mut self, is: Ms, by_itself: Ms) {
        let own = Segment { m: self.m.clone(), ..Segment::default() }.start().map(Ms);
        if own.unwrap_or(by_itself) != is || self.is_new {
            self.m().remove(key::START_TOO);
            self.m().insert(key::START.to_owned(), json!(is));
        }
    }

    /// Writes one value where it was changed.
    pub fn put<T: Serialize + PartialEq>(&mut self, key: &str, was: &T, is: &T) {
        if was == is {
            return;
        }
        match json!(is) {
            Value::Null => self.m().remove(key),
            value => self.m().insert(key.to_owned(), value),
        };
    }

    pub fn id(&mut self, id: Id) {
        crate::id::write(self.m(), id);
    }

    pub fn has(&self, key: &str) -> bool {
        self.m.contains_key(key)
    }

    fn m(&mut self) -> &mut Object {
        self.touched = true;
        &mut self.m
    }

    pub fn into_value(mut self) -> Value {
        if self.touched {
            self.segment.insert("m".to_owned(), Value::Object(self.m));
        }
        Value::Object(self.segment)
    }
}

/// A value of a known shape; anything else reads as missing.
pub(crate) fn typed<T: DeserializeOwned>(m: &Object, key: &str) -> Option<T> {
    serde_json::from_value(m.get(key)?.clone()).ok()
}

/// A number, also one in words.
pub(crate) fn number(m: &Object, key: &str) -> Option<f64> {
    let value = m.get(key)?;
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|number| number.is_finite())
}

/// A time in ms.
pub(crate) fn ms(m: &Object, key: &str) -> Option<Ms> {
    m.get(key).and_then(bedtrack_wire::envelope::lenient_i64).map(Ms)
}
