//! What a tool is: what a client is told of it, what it takes, and what a call does.

use std::future::Future;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use schemars::generate::SchemaGenerator;
use schemars::{JsonSchema, Schema};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::director::advice::{Call, Fault};
use crate::director::answer::Answer;
use crate::director::reply::presentable;
use crate::director::voice::Voice;
use crate::director::work::Works;
use crate::director::{Caller, Progress};
use crate::skills::SessionLanguage;

/// What a tool takes. The structure is its input schema, so the field comments are written for agents; values arrive
/// unchecked, so that a bad one is an answer an agent can act on.
pub trait Ask: DeserializeOwned + JsonSchema + Send + 'static {
    /// The tool's name.
    const NAME: &'static str;
    /// What people read above it.
    const TITLE: &'static str;
    /// What agents are told of it.
    const DESCRIPTION: &'static str;
    /// What it does to the world.
    const EFFECT: Effect;
    /// `action` of an answer about a call that failed before anything was chosen.
    const ACTION: &'static str = "";

    /// The skill the call names, or nothing.
    fn skill(&self) -> &str {
        ""
    }

    /// The user's words in it, which tell the language of the answer.
    fn words(&self) -> &str {
        ""
    }

    /// Answers a call; the voice learns what is found out about who is spoken to.
    fn answer(
        self,
        works: &Works,
        caller: &Caller,
        progress: &dyn Progress,
        voice: &mut Voice,
    ) -> impl Future<Output = Result<Answer, Fault>> + Send;
}

/// What a tool does to the world, told truthfully.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effect {
    /// It changes nothing, spends nothing, writes nothing.
    pub read_only: bool,
    /// It can take something away.
    pub destructive: bool,
    /// Called twice it does no more than called once.
    pub idempotent: bool,
}

/// A tool, whatever it takes.
pub struct Tool {
    /// Its name.
    pub name: &'static str,
    /// What people read above it.
    pub title: &'static str,
    /// What agents are told of it.
    pub description: &'static str,
    /// What it does to the world.
    pub effect: Effect,
    /// The schema of what it takes.
    pub input: fn(SchemaGenerator) -> Schema,
    call: Called,
}

/// What a call leads to: its answer, once somebody waits for it.
pub type Calling<'a> = Result<BoxFuture<'a, Answer>, serde_json::Error>;

type Called = for<'a> fn(&'a Works, &'a Caller, Value, &'a dyn Progress) -> Calling<'a>;

impl Tool {
    /// The tool that takes an `A`.
    pub const fn of<A: Ask>() -> Self {
        Self {
            name: A::NAME,
            title: A::TITLE,
            description: A::DESCRIPTION,
            effect: A::EFFECT,
            input: |generator| generator.into_root_schema_for::<A>(),
            call: call::<A>,
        }
    }

    /// Calls it.
    ///
    /// # Errors
    /// Where the arguments are not what it takes.
    pub fn call<'a>(
        &self,
        works: &'a Works,
        caller: &'a Caller,
        arguments: Value,
        progress: &'a dyn Progress,
    ) -> Calling<'a> {
        (self.call)(works, caller, arguments, progress)
    }
}

fn call<'a, A: Ask>(works: &'a Works, caller: &'a Caller, arguments: Value, progress: &'a dyn Progress) -> Calling<'a> {
    let ask: A = serde_json::from_value(arguments)?;
    Ok(answer(works, caller, ask, progress).boxed())
}

/// Answers a call. Everything an agent can act on is an answer, never an error.
pub async fn answer<A: Ask>(works: &Works, caller: &Caller, ask: A, progress: &dyn Progress) -> Answer {
    let services = works.services();
    let mut voice = Voice::new(services, Call::of(A::NAME), ask.skill(), ask.words());
    match ask.answer(works, caller, progress, &mut voice).await {
        Ok(answer) => finished(answer, &voice),
        Err(fault) => voice.failed(services, &fault, Answer { action: A::ACTION.to_owned(), ..Answer::default() }),
    }
}

/// Replies are the backend's words in part: no control characters, and not endless.
fn finished(mut answer: Answer, voice: &Voice) -> Answer {
    // A call that named no words of its own is answered in those of the work it asks about.
    let of_reply = || SessionLanguage::Detect.tag(&answer.reply, None).unwrap_or_default();
    let language = if voice.language.is_empty() { of_reply() } else { voice.language.clone() };
    answer.reply = presentable(&answer.reply, &language);
    answer
}
