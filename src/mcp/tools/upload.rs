//! `upload`: media into the session. Not idempotent: the same file twice is two clips.

use super::{Effect, Entry, describe};
use crate::director::ask::UploadAsk;

pub(super) fn entry() -> Entry {
    let effect = Effect { read_only: false, destructive: false, idempotent: false };
    Entry {
        tool: describe::<UploadAsk>("upload", "Bring media into the session", DESCRIPTION, effect),
        ask: |entry, desk, caller, given, progress| Ok(desk.upload(caller, entry.read(given)?, progress)),
    }
}

const DESCRIPTION: &str = "Bring video, images or audio into the session, from paths or https URLs. Upload a clip before asking for music for it.";
