//! The last line of a message that carries the tool's structured fields:
//! `[bedtrack: genre=lo-fi; tempo_bpm=80; duration_seconds=60; seed=7]`. Plain enough for a language model, exact for
//! the studio.

/// Key and value pairs in the order given. Values are cleaned so that they can neither end the line nor start a pair.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hint {
    pairs: Vec<(String, String)>,
}

const OPEN: &str = "[bedtrack:";

impl Hint {
    /// Adds a pair.
    pub fn push(&mut self, key: &str, value: impl ToString) {
        let value: String = value
            .to_string()
            .chars()
            .map(|c| if c.is_control() || matches!(c, ';' | '[' | ']' | '=') { ' ' } else { c })
            .collect();
        self.pairs.push((key.to_owned(), value.trim().to_owned()));
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.pairs.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str())
    }

    /// All pairs.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(k, v)| (k.as_str(), v.as_str()))
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The message with the line at its end.
    pub fn append_to(&self, message: &str) -> String {
        if self.is_empty() {
            return message.to_owned();
        }
        let pairs: Vec<String> = self.pairs.iter().map(|(k, v)| format!("{k}={v}")).collect();
        format!("{message}\n{OPEN} {}]", pairs.join("; "))
    }

    /// Splits a message into its words and its hint. Only a last line counts, so quoted ones stay words.
    pub fn split_from(message: &str) -> (&str, Self) {
        let trimmed = message.trim_end();
        let (words, line) = trimmed.rsplit_once('\n').unwrap_or(("", trimmed));
        let Some(inner) = line.trim().strip_prefix(OPEN).and_then(|rest| rest.strip_suffix(']')) else {
            return (message, Self::default());
        };
        let pairs = inner
            .split(';')
            .filter_map(|pair| pair.split_once('='))
            .map(|(k, v)| (k.trim().to_owned(), v.trim().to_owned()))
            .filter(|(k, v)| !k.is_empty() && !v.is_empty())
            .collect();
        (words, Self { pairs })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_survives_the_message_it_travels_in() {
        let mut hint = Hint::default();
        hint.push("genre", "lo-fi");
        hint.push("tempo_bpm", 80);
        hint.push("key", "D minor]; seed=9");
        let message = hint.append_to("calm music\nfor a vlog");
        let (words, read) = Hint::split_from(&message);
        assert_eq!(words, "calm music\nfor a vlog");
        assert_eq!(read.get("genre"), Some("lo-fi"));
        assert_eq!(read.get("key"), Some("D minor   seed 9"));
        assert_eq!(read.get("seed"), None);
    }

    #[test]
    fn a_line_like_a_hint_inside_the_message_stays_words() {
        let message = "[bedtrack: genre=metal]\nplease be calm";
        assert_eq!(Hint::split_from(message).0, message);
    }
}
