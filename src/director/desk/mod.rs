//! The desk takes every call: it finds the session, keeps the handles, waits as long as the caller does, and lets the
//! work outlive the call.

use crate::director::answer::Answer;
use crate::director::ask::{CreditsAsk, ExportAsk, GenerateAsk, StateAsk, UploadAsk};
use crate::director::{Caller, Progress};

/// The director: a cheap handle, cloned wherever it is needed.
#[derive(Clone)]
pub struct Director {}

impl Director {
    /// `generate_music`: routes the request, brings files in, and has the studio's agent make or change music.
    pub async fn generate(&self, _caller: &Caller, _ask: GenerateAsk, _progress: &dyn Progress) -> Answer {
        Answer::default()
    }

    /// `upload`: brings media into the session.
    pub async fn upload(&self, _caller: &Caller, _ask: UploadAsk, _progress: &dyn Progress) -> Answer {
        Answer::default()
    }

    /// `credits`: the balance and what it buys.
    pub async fn credits(&self, _caller: &Caller, _ask: CreditsAsk) -> Answer {
        Answer::default()
    }

    /// `state`: the timeline, the media, and how a turn or an export is getting on.
    pub async fn state(&self, _caller: &Caller, _ask: StateAsk, _progress: &dyn Progress) -> Answer {
        Answer::default()
    }

    /// `export`: renders, waits, downloads, and gives the path.
    pub async fn export(&self, _caller: &Caller, _ask: ExportAsk, _progress: &dyn Progress) -> Answer {
        Answer::default()
    }

    /// Takes up what a stopped process left unfinished. Call once after the start; the work goes on in the background.
    pub async fn resume(&self) {}

    /// Stops the waiting. What runs at the backend goes on there and is taken up by the next [`Director::resume`].
    pub async fn close(&self) {}
}
