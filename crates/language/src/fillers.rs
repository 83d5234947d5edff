//! Words that ask for nothing, by class. They are data in `fillers.toml`; phrases name a class as `@small`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The classes with their words, English and Chinese; each is a single word.
pub fn classes() -> &'static BTreeMap<String, Vec<String>> {
    static CLASSES: LazyLock<BTreeMap<String, Vec<String>>> =
        LazyLock::new(|| crate::built_in(include_str!("fillers.toml")));
    &CLASSES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_filler_is_a_single_folded_word_and_stated_once_in_its_class() {
        for (class, words) in classes() {
            let mut seen = std::collections::HashSet::new();
            for word in words {
                assert!(!word.contains(' ') && crate::characters::folded(word) == *word, "{class}: {word}");
                assert!(seen.insert(word), "{class}: {word}");
            }
        }
    }
}
