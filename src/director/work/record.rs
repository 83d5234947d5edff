//! A piece of work as it is kept on disk: what is to be done, how far it is, and what it has brought so far. Everything
//! that must not be done twice is written here before it is done.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::director::advice::Thing;
use crate::director::answer::Answer;
use crate::director::caller::Reach;

/// A piece of work.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    /// The tool that was called.
    pub tool: String,
    /// The call's skill.
    pub skill: String,
    /// Tag of the user's language.
    pub language: String,
    /// The language a session is to be opened in, where one has to be.
    pub session_language: Option<String>,
    /// Whether local paths mean anything to the caller.
    pub remote: bool,
    /// What is to be done, in order.
    #[serde(rename = "steps")]
    pub errands: Vec<Planned>,
    /// The errand that is being done.
    pub at: usize,
    /// How far it is; only the errand itself can read it.
    pub stage: Value,
    /// What the errands before have brought, and this one so far.
    pub answer: Answer,
    /// The request id to free where nothing was begun.
    pub request: Option<KeptRequest>,
}

/// A claimed request id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptRequest {
    /// The client's id for the call.
    pub id: String,
    /// Digest of the call's arguments.
    pub digest: String,
}

/// One errand as it is kept: its name, and what is wanted, which only the errand itself can read. On disk it is
/// `{"NAME": WISH}`, or the name alone where nothing more is wanted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "Value", try_from = "Value")]
pub struct Planned {
    /// The errand's name.
    pub errand: String,
    /// What is wanted.
    pub wish: Value,
}

impl From<Planned> for Value {
    fn from(planned: Planned) -> Self {
        match planned.wish {
            Self::Null => Self::String(planned.errand),
            wish => Self::Object(Map::from_iter([(planned.errand, wish)])),
        }
    }
}

impl TryFrom<Value> for Planned {
    type Error = &'static str;

    fn try_from(kept: Value) -> Result<Self, Self::Error> {
        match kept {
            Value::String(errand) => Ok(Self { errand, wish: Value::Null }),
            Value::Object(kept) if kept.len() == 1 => {
                kept.into_iter().next().map(|(errand, wish)| Self { errand, wish }).ok_or("an errand without a name")
            }
            _ => Err("an errand is a name, or one name with what is wanted"),
        }
    }
}

/// What a piece of work is called by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handle {
    /// A turn.
    Turn,
    /// An export.
    Export,
}

impl Handle {
    /// The word that the store keeps; for an export, the errand's name as well.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Turn => "turn",
            Self::Export => "export",
        }
    }

    /// The one the store's word means.
    pub fn of(word: &str) -> Self {
        if word == Self::Export.word() { Self::Export } else { Self::Turn }
    }

    /// What begins a handle of this kind.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Turn => "t",
            Self::Export => "e",
        }
    }

    /// What is missing where there is no such work.
    pub fn thing(self) -> Thing {
        match self {
            Self::Turn => Thing::Turn,
            Self::Export => Thing::Export,
        }
    }

    /// Puts a handle into an answer.
    pub fn put(self, answer: &mut Answer, handle: &str) {
        match self {
            Self::Turn => handle.clone_into(&mut answer.turn),
            Self::Export => handle.clone_into(&mut answer.export),
        }
    }
}

impl Record {
    /// Whether paths mean anything to the caller.
    pub fn reach(&self) -> Reach {
        if self.remote { Reach::Remote } else { Reach::Local }
    }

    /// The errand that is being done, or was done last.
    pub fn current(&self) -> Option<&Planned> {
        self.errands.get(self.at).or(self.errands.last())
    }

    /// Whether an export comes later.
    pub fn exports_later(&self) -> bool {
        let later = self.errands.get(self.at.saturating_add(1)..).unwrap_or_default();
        later.iter().any(|planned| planned.errand == Handle::Export.word())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn errands_are_kept_by_name_and_come_back_as_they_were() {
        for (kept, errand, wish) in [
            (json!({"message": "calm piano"}), "message", json!("calm piano")),
            (json!({"export": {"format": "gif"}}), "export", json!({"format": "gif"})),
            (json!("credits"), "credits", Value::Null),
        ] {
            let read: Planned = serde_json::from_value(kept.clone()).unwrap();
            assert_eq!(read, Planned { errand: errand.to_owned(), wish });
            assert_eq!(serde_json::to_value(read).unwrap(), kept);
        }
        for damaged in [json!(null), json!({}), json!({"a": 1, "b": 2}), json!(["message"])] {
            assert!(serde_json::from_value::<Planned>(damaged).is_err());
        }
    }
}
