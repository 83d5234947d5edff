//! GUI-speak into action. The backend believes that a person looks at a screen; what it says about the content stays, its
//! instructions for the screen go, clause by clause, and what they meant is offered.
//!
//! Text is cut into sentences and clauses (`split`), each clause is judged by its grammar with the words of `lexicon.toml`
//! (`english`, `chinese`) and with its neighbours (`judged`), and what remains is put together again from the text itself
//! (`join`). Quotations, file names and URLs are never looked into.

mod aims;
mod assemble;
mod chinese;
mod clean;
mod english;
mod join;
mod judged;
mod lexicon;
mod split;
#[cfg(test)]
mod tests;

pub use clean::{MOST_CHARS, capped, clean};

/// What the backend's instructions meant, for the director to do or to offer. Nothing of it is done on the backend's word
/// alone where it spends credits or writes files.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offer {
    /// Export the timeline.
    Export,
    /// Show the timeline line.
    ShowTimeline,
    /// Read the balance and say it.
    ReadCredits,
    /// Bring media in.
    Upload,
    /// An edit that could be sent as a message, in the backend's words.
    SendEdit(String),
}

/// The backend's text for somebody without a screen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Translated {
    /// What it says about the content. May be empty.
    pub text: String,
    /// What its instructions meant, each once, in order.
    pub offers: Vec<Offer>,
}

/// Translates a text: control characters go, screen instructions turn into offers, and what remains is capped.
pub fn translate(text: &str) -> Translated {
    let (text, was_longer) = clean::bounded(text);
    let mut translated = assemble::assemble(&text);
    if was_longer {
        translated.text = clean::with_note(&translated.text);
    }
    translated
}

/// What a clause is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    /// Content.
    Keep,
    /// Content that means an action as well.
    KeepWith(Vec<Offer>),
    /// Content up to this byte of the text, then where on the screen it is.
    Trim(usize, Vec<Offer>),
    /// An instruction.
    Drop(Vec<Offer>),
    /// A condition or a purpose: goes with the clause it belongs to.
    Hang,
    /// A step that only makes sense beside an instruction.
    Soft,
    /// What comes of an instruction: goes with the one before.
    Outcome,
}
