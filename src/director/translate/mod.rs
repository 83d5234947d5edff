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
mod verdict;

pub use clean::{MOST_CHARS, capped, clean};
pub use verdict::{Offer, Translated};

/// Translates a text: control characters go, screen instructions turn into offers, and what remains is capped.
pub fn translate(text: &str) -> Translated {
    let (text, was_longer) = clean::bounded(text);
    let mut translated = assemble::assemble(&text);
    if was_longer {
        translated.text = clean::with_note(&translated.text);
    }
    translated
}
