//! How the finished file is wanted: format, aspect and quality, in the contract's words.

use bedtrack_language::phrases::Phrases;
use bedtrack_language::tokens::{Kind, Token};

use super::lexicon::Lexicon;

/// What a request says about the file it wants; what it leaves open is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportWish {
    /// `mp4`, `mov`, `webm`, `gif`, `jpg`, `png`, `wav`, `mp3`, `m4a`, `aac`, `flac`, `stems` or `project`.
    pub format: Option<String>,
    /// `16:9`, `9:16`, `1:1` or `4:5`.
    pub aspect: Option<String>,
    /// `draft`, `standard` or `high`.
    pub quality: Option<String>,
}

impl ExportWish {
    /// Takes what it does not say itself from another.
    pub fn fill_from(&mut self, more: Self) {
        self.format = self.format.take().or(more.format);
        self.aspect = self.aspect.take().or(more.aspect);
        self.quality = self.quality.take().or(more.quality);
    }
}

/// Reads the wish out of a clause.
pub fn read(lexicon: &Lexicon, words: &[Token]) -> ExportWish {
    let first = |named: &[(String, Phrases)]| {
        named.iter().find(|(_, patterns)| patterns.within(words)).map(|(name, _)| name.clone())
    };
    // "Save it as final.webm".
    let ending = |token: &Token| token.text.rsplit_once('.').map(|(_, ending)| ending.to_owned());
    let by_name = words.iter().filter(|token| token.kind == Kind::File).filter_map(ending).next_back();
    let known = by_name.filter(|ending| lexicon.formats.iter().any(|(name, _)| name == ending));
    let by_word = || words.iter().find(|word| lexicon.formats.iter().any(|(name, _)| *name == word.text));
    let known = known.or_else(|| by_word().map(|word| word.text.clone()));
    ExportWish {
        format: known.or_else(|| first(&lexicon.formats)).filter(|name| !name.is_empty()),
        aspect: first(&lexicon.aspects),
        quality: first(&lexicon.qualities),
    }
}
