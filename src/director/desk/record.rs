//! A piece of work as it is kept on disk: what is to be done, how far it is, and what it has brought so far. Everything
//! that must not be done twice is written here before it is done.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::director::answer::Answer;
use crate::director::caller::Reach;
use crate::director::delivery::Kept;
use crate::director::inputs::Source;
use crate::director::outputs::Target;
use bedtrack_wire::state::State;

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
    pub steps: Vec<Step>,
    /// The step that is being done.
    pub at: usize,
    /// How far it is.
    pub stage: Stage,
    /// What the steps before have brought, and this one so far.
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

/// One action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Media come in.
    Upload(Vec<Source>),
    /// A message to the agent.
    Message(String),
    /// The timeline goes out as a file.
    Export(Spec),
    /// The balance is read.
    Credits,
    /// The state is read.
    State,
}

impl Step {
    /// Its name, as `action` gives it.
    pub fn action(&self) -> &'static str {
        match self {
            Self::Upload(_) => "upload",
            Self::Message(_) => "message",
            Self::Export(_) => "export",
            Self::Credits => "credits",
            Self::State => "state",
        }
    }
}

/// The file that is wanted; what is left open depends on the timeline.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spec {
    /// One of the formats.
    pub format: Option<String>,
    /// One of the qualities.
    pub quality: Option<String>,
    /// One of the aspects.
    pub aspect: Option<String>,
    /// A path, or empty.
    pub output: String,
    /// Whether a file may be replaced.
    pub overwrite: bool,
}

/// How far a step is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nothing of it has left this machine.
    #[default]
    Fresh,
    /// The message may have been sent.
    Sent {
        /// The state before it.
        before: Arc<State>,
        /// The balance before it, in all.
        balance: Option<i64>,
    },
    /// Files up to this one may have been sent.
    Uploading {
        /// The state before the first.
        before: Arc<State>,
        /// How many were tried before the one that is on its way.
        done: usize,
        /// Which of those were refused.
        #[serde(default)]
        refused: Vec<usize>,
    },
    /// The render may have been submitted.
    Rendering {
        /// The render.
        kept: Kept,
        /// The format, now that it is known.
        format: String,
        /// Where the file goes.
        target: Target,
    },
}

impl Record {
    /// Whether paths mean anything to the caller.
    pub fn reach(&self) -> Reach {
        if self.remote { Reach::Remote } else { Reach::Local }
    }

    /// `turn` or `export`: what the handle is called.
    pub fn kind(steps: &[Step]) -> &'static str {
        match steps.first() {
            Some(Step::Export(_)) => "export",
            _ => "turn",
        }
    }

    /// The name of the step that is being done.
    pub fn action(&self) -> &'static str {
        self.steps.get(self.at).or(self.steps.last()).map_or("", Step::action)
    }
}
