//! `generate_music`: music and edits, asked for in words. Not destructive: every edit can be undone.

use super::{Effect, Entry, describe};
use crate::director::ask::GenerateAsk;

pub(super) fn entry() -> Entry {
    let effect = Effect { read_only: false, destructive: false, idempotent: false };
    Entry {
        tool: describe::<GenerateAsk>("generate_music", "Make or edit music for video", DESCRIPTION, effect),
        ask: |entry, desk, caller, given, progress| Ok(desk.generate(caller, entry.read(given)?, progress)),
    }
}

const DESCRIPTION: &str = "Make original music under the session's video, or edit the draft in words: volume, trim, replace, titles. Pass on what the user said of genre, mood, tempo, instruments, length. If it is still running, wait with state; export gives the finished file.";
