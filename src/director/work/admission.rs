//! Taking work on: a repeated call finds the first one's work, the same call made twice joins it, anything else is
//! written down and begun.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::record::{Handle, KeptRequest, Planned, Record};
use super::works::Works;
use crate::director::advice::Fault;
use crate::director::answer::Answer;
use crate::director::sessions::Meant;
use crate::director::trouble::of_store;
use crate::director::{Caller, Reach};
use bedtrack_store::{Request, RequestKey, WORK_RUNNING, Work};

/// How long the same call counts as the same work.
const JOINED: Duration = Duration::from_secs(600);
/// Longest request id.
const MAX_REQUEST_ID: usize = 200;

/// What a tool wants done.
pub struct Wish {
    /// The tool's name.
    pub tool: &'static str,
    /// The skill.
    pub skill: String,
    /// Tag of the user's language.
    pub language: String,
    /// The language a session is to be opened in.
    pub session_language: Option<String>,
    /// What is to be done, in order.
    pub errands: Vec<Planned>,
    /// The session.
    pub meant: Meant,
    /// Digest of the call's arguments.
    pub digest: String,
    /// The client's id for the call, or empty.
    pub request_id: String,
}

/// Work that was taken on, or found.
pub struct Admitted {
    /// Its handle.
    pub handle: String,
    /// What kind of handle that is.
    pub kind: Handle,
    /// Whether this call began it.
    pub began: bool,
}

/// Digest of a call's arguments, the waiting and the id left out.
pub fn digest(tool: &str, arguments: &impl Serialize) -> String {
    let body = serde_json::to_string(arguments).unwrap_or_default();
    hex::encode(Sha256::digest(format!("{tool}\n{body}")))
}

impl Works {
    /// Takes a wish on.
    pub async fn admit(&self, caller: &Caller, wish: Wish) -> Result<Admitted, Fault> {
        let front = self.services().store().await?.front();
        let kind = self.inner.kinds.handle(&wish.errands);
        let id = Uuid::new_v4().simple().to_string();
        let handle = format!("{}-{}", kind.prefix(), id.get(..16).unwrap_or(&id));

        let request_id = wish.request_id.trim();
        let key = (!request_id.is_empty()).then(|| RequestKey {
            client: caller.client.clone(),
            tool: wish.tool.to_owned(),
            request_id: request_id.to_owned(),
            digest: wish.digest.clone(),
        });
        if let Some(key) = &key {
            if request_id.len() > MAX_REQUEST_ID {
                return Err(Fault::invalid(format!("request_id is longer than {MAX_REQUEST_ID} characters.")));
            }
            match front.request(key, &handle).await.map_err(|error| of_store(&error))? {
                Request::Claimed => {}
                Request::Running { work } => return Ok(Admitted { handle: work, kind, began: false }),
                Request::Mismatch => return Err(Fault::RequestIdReused { id: request_id.to_owned() }),
            }
        }
        let begun = self.begin(caller, wish, kind, &handle).await;
        if let (Err(_), Some(key)) = (&begun, &key)
            && let Err(error) = front.forget_request(key).await
        {
            tracing::warn!(%error, "a request id stays claimed");
        }
        begun
    }

    async fn begin(&self, caller: &Caller, wish: Wish, kind: Handle, handle: &str) -> Result<Admitted, Fault> {
        let store = self.services().store().await?;
        let front = store.front();
        let session = match &wish.meant {
            Meant::Session(session) => (**session).clone(),
            Meant::Fresh => self.sessions().mint(caller, &wish.skill, &wish.language).await?,
        };
        self.sessions().note_used(caller, &session);
        if wish.request_id.trim().is_empty() {
            let like = front.running_like(&caller.client, &session.id, &wish.digest, JOINED).await;
            if let Some(work) = like.map_err(|error| of_store(&error))? {
                return Ok(Admitted { handle: work.id, kind, began: false });
            }
        }
        let request = (!wish.request_id.trim().is_empty())
            .then(|| KeptRequest { id: wish.request_id.trim().to_owned(), digest: wish.digest.clone() });
        let record = Record {
            tool: wish.tool.to_owned(),
            skill: wish.skill,
            language: wish.language,
            session_language: wish.session_language,
            remote: caller.reach == Reach::Remote,
            errands: wish.errands,
            at: 0,
            stage: Value::Null,
            answer: Answer::default(),
            request,
        };
        let work = Work {
            id: handle.to_owned(),
            session: session.id.clone(),
            client: caller.client.clone(),
            kind: kind.word().to_owned(),
            status: WORK_RUNNING.to_owned(),
            digest: wish.digest,
            body: serde_json::to_value(&record).map_err(|error| Fault::Internal { reason: error.to_string() })?,
            owner: store.owner().to_owned(),
            ..Work::default()
        };
        let work = front.open_work(work, self.services().settings.lease).await.map_err(|error| of_store(&error))?;
        self.look_after();
        self.start(work, record, session);
        Ok(Admitted { handle: handle.to_owned(), kind, began: true })
    }
}
