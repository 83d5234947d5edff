//! What the backend's words turn out to be: of a clause, and of a whole text.

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

/// What a clause is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
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
