//! Where a state stands among its revisions, which it keeps itself: a turn that takes something back can be followed by one
//! that brings it again.

use bedtrack_wire::draft::Object;
use serde_json::json;

use crate::kept::typed;

/// The revision that a state went back to.
const WENT_BACK_TO: &str = "went_back_to";
/// The revisions that were left by going back.
const UNDONE: &str = "undone";

/// Going back and forward.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// The revision that it went back to, if going back was the last thing that happened.
    pub went_back_to: Option<i64>,
    /// Revisions that were left by going back, the newest last.
    pub undone: Vec<i64>,
}

impl History {
    /// Something new was done: what was taken back comes no more.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    pub(crate) fn read(rest: &Object) -> Self {
        Self {
            went_back_to: rest.get(WENT_BACK_TO).and_then(serde_json::Value::as_i64),
            undone: typed(rest, UNDONE).unwrap_or_default(),
        }
    }

    pub(crate) fn write(&self, rest: &mut Object) {
        let was = Self::read(rest);
        if was.went_back_to != self.went_back_to {
            match self.went_back_to {
                Some(revision) => rest.insert(WENT_BACK_TO.to_owned(), json!(revision)),
                None => rest.remove(WENT_BACK_TO),
            };
        }
        if was.undone != self.undone {
            if self.undone.is_empty() {
                rest.remove(UNDONE)
            } else {
                rest.insert(UNDONE.to_owned(), json!(self.undone))
            };
        }
    }
}
