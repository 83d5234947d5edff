//! `export`: the finished file. Destructive: told to, it overwrites one.

use super::{Effect, Entry, describe};
use crate::director::ask::ExportAsk;

pub(super) fn entry() -> Entry {
    let effect = Effect { read_only: false, destructive: true, idempotent: false };
    Entry {
        tool: describe::<ExportAsk>("export", "Export the finished file", DESCRIPTION, effect),
        ask: |entry, desk, caller, given, progress| Ok(desk.export(caller, entry.read(given)?, progress)),
    }
}

const DESCRIPTION: &str = "Render the draft to a file and answer with its absolute path: video (mp4 by default), audio, a still, stems, or the project. Overwrites only with overwrite: true.";
