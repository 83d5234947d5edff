//! Short remarks that go with an answer: set-up, long work, what was recovered, what was left out.

use super::words::{Values, clean, fill, table};

/// A remark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note<'a> {
    /// The connection is being set up.
    Connecting,
    /// It is set up.
    Ready,
    /// Work has run for more than two minutes.
    StillWorking {
        /// Seconds so far.
        seconds: u64,
    },
    /// Text was received before a cut and may break off.
    Incomplete,
    /// The outcome of a cut turn was read from the state.
    Recovered,
    /// The outcome of a turn that a restart interrupted was read from the state.
    Resumed,
    /// A turn ended without text, and the changes follow.
    DoneSilently,
    /// A turn ended without text and without a change.
    Unchanged,
    /// A reply was cut to its bound.
    Capped,
    /// An expired session that held nothing was replaced.
    SessionRenewed,
    /// The balance will not cover what is asked.
    LowBalance {
        /// Roughly needed.
        needed: i64,
        /// There.
        available: i64,
    },
    /// The second render worked.
    SecondRender,
    /// A generation came in its two stages.
    TwoStages,
    /// A field and the words of the request disagree; the field wins.
    Contradiction {
        /// The field.
        field: &'a str,
        /// Its value.
        used: &'a str,
        /// What the words say.
        said: &'a str,
    },
    /// The backend spoke of an export that nobody has asked for yet.
    OfferExport,
}

/// The remark in the language of the tag.
pub fn note(note: Note<'_>, language: &str) -> String {
    let mut values = Values::new();
    let key = match note {
        Note::Connecting => "connecting",
        Note::Ready => "ready",
        Note::StillWorking { seconds } => {
            values.insert("elapsed", span(seconds, language));
            "still_working"
        }
        Note::Incomplete => "incomplete",
        Note::Recovered => "recovered",
        Note::Resumed => "resumed",
        Note::DoneSilently => "done_silently",
        Note::Unchanged => "unchanged",
        Note::Capped => "capped",
        Note::SessionRenewed => "session_renewed",
        Note::LowBalance { needed, available } => {
            values.extend([("needed", needed.to_string()), ("available", available.to_string())]);
            "low_balance"
        }
        Note::SecondRender => "second_render",
        Note::TwoStages => "two_stages",
        Note::Contradiction { field, used, said } => {
            values.extend([("field", clean(field)), ("used", clean(used)), ("said", clean(said))]);
            "contradiction"
        }
        Note::OfferExport => "offer_export",
    };
    say(key, &values, language)
}

/// A span of time, such as `2 min 5 s`.
pub fn span(seconds: u64, language: &str) -> String {
    let (minutes, rest) = (seconds / 60, seconds % 60);
    let key = if minutes == 0 { "elapsed_seconds" } else { "elapsed_minutes" };
    say(key, &Values::from([("m", minutes.to_string()), ("s", rest.to_string())]), language)
}

fn say(key: &str, values: &Values, language: &str) -> String {
    let template = table(language).and_then(|table| table.note.get(key)).map(String::as_str).unwrap_or_default();
    fill(template, values)
}
