//! Everything that a reply says.

use crate::done::Done;
use crate::read::{Language, Question, Reading, Remark};

/// Everything a reply says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// The language to say it in.
    pub language: Language,
    /// What was done, in order.
    pub done: Vec<Done>,
    /// What has to be said about how the message was understood.
    pub remarks: Vec<Remark>,
    /// Words that could not be used.
    pub unused: Vec<String>,
    /// A question back.
    pub asks: Option<Question>,
}

impl Report {
    /// What was read, and what came of it.
    pub fn of(reading: &Reading, done: Vec<Done>) -> Self {
        Self {
            language: reading.language,
            done,
            remarks: reading.remarks.clone(),
            unused: reading.unused.clone(),
            asks: reading.asks,
        }
    }
}
