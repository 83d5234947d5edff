//! What the front door needs of the desk behind it: five questions, one kind of answer. A trait, so that the door's own
//! tests can put a scripted desk behind it.

use futures::FutureExt;
use futures::future::BoxFuture;

use crate::director::answer::Answer;
use crate::director::ask::{CreditsAsk, ExportAsk, GenerateAsk, StateAsk, UploadAsk};
use crate::director::{Caller, Director, Progress};

/// One method per tool. A call that is taken back fires [`Caller::cancelled`]; a dropped future means that nobody waits any more; the work itself may go on.
pub trait Desk: Send + Sync + 'static {
    /// `generate_music`.
    fn generate<'a>(
        &'a self,
        caller: &'a Caller,
        ask: GenerateAsk,
        progress: &'a dyn Progress,
    ) -> BoxFuture<'a, Answer>;

    /// `upload`.
    fn upload<'a>(&'a self, caller: &'a Caller, ask: UploadAsk, progress: &'a dyn Progress) -> BoxFuture<'a, Answer>;

    /// `credits`.
    fn credits<'a>(&'a self, caller: &'a Caller, ask: CreditsAsk) -> BoxFuture<'a, Answer>;

    /// `state`.
    fn state<'a>(&'a self, caller: &'a Caller, ask: StateAsk, progress: &'a dyn Progress) -> BoxFuture<'a, Answer>;

    /// `export`.
    fn export<'a>(&'a self, caller: &'a Caller, ask: ExportAsk, progress: &'a dyn Progress) -> BoxFuture<'a, Answer>;
}

impl Desk for Director {
    fn generate<'a>(
        &'a self,
        caller: &'a Caller,
        ask: GenerateAsk,
        progress: &'a dyn Progress,
    ) -> BoxFuture<'a, Answer> {
        Director::generate(self, caller, ask, progress).boxed()
    }

    fn upload<'a>(&'a self, caller: &'a Caller, ask: UploadAsk, progress: &'a dyn Progress) -> BoxFuture<'a, Answer> {
        Director::upload(self, caller, ask, progress).boxed()
    }

    fn credits<'a>(&'a self, caller: &'a Caller, ask: CreditsAsk) -> BoxFuture<'a, Answer> {
        Director::credits(self, caller, ask).boxed()
    }

    fn state<'a>(&'a self, caller: &'a Caller, ask: StateAsk, progress: &'a dyn Progress) -> BoxFuture<'a, Answer> {
        Director::state(self, caller, ask, progress).boxed()
    }

    fn export<'a>(&'a self, caller: &'a Caller, ask: ExportAsk, progress: &'a dyn Progress) -> BoxFuture<'a, Answer> {
        Director::export(self, caller, ask, progress).boxed()
    }
}
