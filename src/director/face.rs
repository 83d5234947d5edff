//! The director as others see it: it takes calls of tools, and looks after the work that goes on.

use std::sync::Arc;

use serde_json::Value;

use super::answer::Answer;
use super::caller::Caller;
use super::progress::Progress;
use super::services::{OpenStore, Services};
use super::settings::DirectorSettings;
use super::tools::{self, Ask, Calling, ERRANDS, Tool};
use super::work::Works;
use crate::nemovideo::Client;
use crate::skills::Catalogue;

/// The director: a cheap handle, cloned wherever it is needed.
#[derive(Clone)]
pub struct Director {
    works: Works,
}

impl Director {
    /// A director. Nothing is opened before the first call.
    pub fn new(settings: DirectorSettings, client: Client, skills: Arc<Catalogue>, open: OpenStore) -> Self {
        Self { works: Works::new(Services::new(settings, client, skills, open), &ERRANDS) }
    }

    /// Answers a call of the tool that takes an `A`. A call that is taken back fires [`Caller::cancelled`]; a dropped
    /// future means that nobody waits any more; the work itself may go on.
    pub async fn answer<A: Ask>(&self, caller: &Caller, ask: A, progress: &dyn Progress) -> Answer {
        tools::answer(&self.works, caller, ask, progress).await
    }

    /// The same for arguments as they came.
    ///
    /// # Errors
    /// Where they are not what the tool takes.
    pub fn call<'a>(
        &'a self,
        tool: &Tool,
        caller: &'a Caller,
        arguments: Value,
        progress: &'a dyn Progress,
    ) -> Calling<'a> {
        tool.call(&self.works, caller, arguments, progress)
    }

    /// Takes up what a stopped process left unfinished, now and as long as this process lives. Call once after the
    /// start; it returns at once, and the work goes on in the background.
    pub fn resume(&self) {
        self.works.look_after();
    }

    /// Stops the waiting. What runs at the backend goes on there and is taken up by the next [`Director::resume`].
    pub async fn close(&self) {
        self.works.close().await;
    }
}
