//! What words can mean: the lexicon's files and the composer's catalogues as one table of phrases.

mod files;
mod sense;
mod table;

use std::sync::LazyLock;

pub use sense::{Class, Sense};
pub use table::{Lexicon, Use};

use super::vocabulary::Vocabulary;

/// The lexicon over the composer's catalogues, read once.
pub fn lexicon() -> &'static Lexicon {
    static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
        #[expect(clippy::expect_used, reason = "the files are built in and read by the tests")]
        Lexicon::read(Vocabulary::of_the_composer()).expect("the lexicon is valid TOML")
    });
    &LEXICON
}
