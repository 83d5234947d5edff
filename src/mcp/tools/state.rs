//! `state`: how things stand. Changes nothing, so it may be asked again and again.

use super::{Effect, Entry, describe};
use crate::director::ask::StateAsk;

pub(super) fn entry() -> Entry {
    let effect = Effect { read_only: true, destructive: false, idempotent: true };
    Entry {
        tool: describe::<StateAsk>("state", "Timeline and progress", DESCRIPTION, effect),
        ask: |entry, desk, caller, given, progress| Ok(desk.state(caller, entry.read(given)?, progress)),
    }
}

const DESCRIPTION: &str = "The timeline, the media, and how a turn or export is getting on; given one, it waits for it. Without a session it also lists recent ones.";
