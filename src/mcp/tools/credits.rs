//! `credits`: the balance. Spends nothing and changes nothing.

use super::{Effect, Entry, describe};
use crate::director::ask::CreditsAsk;

pub(super) fn entry() -> Entry {
    let effect = Effect { read_only: true, destructive: false, idempotent: true };
    Entry {
        tool: describe::<CreditsAsk>("credits", "Credit balance", DESCRIPTION, effect),
        ask: |entry, desk, caller, given, _progress| Ok(desk.credits(caller, entry.read(given)?)),
    }
}

const DESCRIPTION: &str = "The balance: available, frozen, total, and what it buys. The local studio spends nothing.";
