//! What is quoted in a text: content, never an order, however long it is. One pass, linear in the length of the text.
//!
//! Marks that open and close alike, and apostrophes, are told apart by what they touch: an apostrophe within or behind a word
//! (`don't`, `the singers'`), before a decade (`'90s`) or an elided word (`'til`) opens nothing, nor do inches (`a 12" mix`).

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::characters::{fold, is_letter};

/// A quotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quotation {
    /// Its bytes, marks included.
    pub at: Range<usize>,
    /// What stands between the marks.
    pub inside: Range<usize>,
}

/// The quotations of a text, in order; none overlap, and none is empty.
#[derive(Debug, Default)]
pub struct Quotations {
    found: Vec<Quotation>,
}

/// Marks that open and close differently.
const PAIRS: [(char, char); 6] = [('“', '”'), ('「', '」'), ('『', '』'), ('《', '》'), ('«', '»'), ('｢', '｣')];

impl Quotations {
    /// The quotations in what a person wrote.
    pub fn of(text: &str) -> Self {
        Finder::new(text, false).find()
    }

    /// Those in a reply that came from elsewhere: `code` is quoted as well, and no quotation goes over the end of a line,
    /// since whoever writes replies closes its marks.
    pub fn of_a_reply(text: &str) -> Self {
        Finder::new(text, true).find()
    }

    /// The quotation that a byte lies in.
    pub fn at(&self, byte: usize) -> Option<&Quotation> {
        let index = self.found.partition_point(|quotation| quotation.at.end <= byte);
        self.found.get(index).filter(|quotation| quotation.at.contains(&byte))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Quotation> {
        self.found.iter()
    }

    /// A text without its quotations.
    pub fn left_out_of(&self, text: &str) -> String {
        let mut rest = String::with_capacity(text.len());
        let mut from = 0;
        for quotation in &self.found {
            rest.push_str(text.get(from..quotation.at.start).unwrap_or_default());
            rest.push(' ');
            from = quotation.at.end;
        }
        rest.push_str(text.get(from..).unwrap_or_default());
        rest
    }
}

struct Finder {
    chars: Vec<(usize, char)>,
    length: usize,
    is_reply: bool,
    // For each mark of a pair that opens differently, where its partner stands.
    partners: Vec<Option<usize>>,
    // Where the marks stand that close what opens alike.
    doubles: Vec<usize>,
    singles: Vec<usize>,
    codes: Vec<usize>,
    line_ends: Vec<usize>,
}

impl Finder {
    fn new(text: &str, is_reply: bool) -> Self {
        let chars: Vec<(usize, char)> = text.char_indices().collect();
        let mut finder = Self {
            length: text.len(),
            is_reply,
            partners: vec![None; chars.len()],
            doubles: Vec::new(),
            singles: Vec::new(),
            codes: Vec::new(),
            line_ends: Vec::new(),
            chars,
        };
        finder.pair();
        finder
    }

    fn char(&self, at: usize) -> Option<char> {
        self.chars.get(at).map(|(_, c)| *c)
    }

    fn before(&self, at: usize) -> Option<char> {
        self.char(at.checked_sub(1)?)
    }

    /// Notes every mark and finds the partners of those that open differently than they close.
    fn pair(&mut self) {
        let mut open: [Vec<usize>; PAIRS.len()] = Default::default();
        let mut lost = Vec::new();
        let marks: Vec<(usize, char)> = self.chars.iter().map(|(_, c)| *c).enumerate().collect();
        for (at, c) in marks {
            match c {
                '"' | '＂' => self.doubles.push(at),
                '\'' | '’' | '＇' if self.closes_single(at) => self.singles.push(at),
                '`' => self.codes.push(at),
                '\n' => self.line_ends.push(at),
                _ => {}
            }
            for ((opens, closes), waiting) in PAIRS.iter().zip(&mut open) {
                if c == *opens {
                    waiting.push(at);
                } else if c == *closes {
                    match waiting.pop() {
                        Some(from) => {
                            if let Some(slot) = self.partners.get_mut(from) {
                                *slot = Some(at);
                            }
                        }
                        None if c == '”' && !self.is_measure(at) => lost.push(at),
                        None => {}
                    }
                }
            }
        }
        // “Like this“ or ”like this”: the wrong one of two marks was typed.
        let [curly, ..] = &open;
        lost.extend(curly);
        lost.sort_unstable();
        for pair in lost.chunks_exact(2) {
            if let [from, to] = pair
                && let Some(slot) = self.partners.get_mut(*from)
            {
                *slot = Some(*to);
            }
        }
    }

    fn find(self) -> Quotations {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.chars.len() {
            let Some(close) = self.close(at).filter(|close| self.is_in_line(at, *close)) else {
                at += 1;
                continue;
            };
            let byte = |at: usize| self.chars.get(at).map_or(self.length, |(byte, _)| *byte);
            if close > at + 1 {
                found.push(Quotation { at: byte(at)..byte(close + 1), inside: byte(at + 1)..byte(close) });
            }
            at = close + 1;
        }
        Quotations { found }
    }

    /// Where a quotation ends that begins here.
    fn close(&self, at: usize) -> Option<usize> {
        let next_of = |marks: &[usize], from: usize| marks.get(marks.partition_point(|mark| *mark < from)).copied();
        match self.char(at)? {
            '"' | '＂' if !self.is_measure(at) => next_of(&self.doubles, at + 1),
            '\'' | '‘' | '’' | '＇' if self.opens_single(at) => next_of(&self.singles, at + 2),
            '`' if self.is_reply && !self.before(at).is_some_and(is_letter) => next_of(&self.codes, at + 1),
            _ => *self.partners.get(at)?,
        }
    }

    fn is_in_line(&self, from: usize, to: usize) -> bool {
        !self.is_reply
            || self.line_ends.get(self.line_ends.partition_point(|end| *end < from)).is_none_or(|end| *end > to)
    }

    /// `12"`: inches, or the seconds of an angle.
    fn is_measure(&self, at: usize) -> bool {
        self.before(at).is_some_and(|c| c.is_ascii_digit()) && !self.char(at + 1).is_some_and(char::is_alphanumeric)
    }

    /// An apostrophe opens a quotation only before a word and not behind one.
    fn opens_single(&self, at: usize) -> bool {
        let touches = |c: char| is_letter(c) || c == '&';
        !self.before(at).is_some_and(touches)
            && self.char(at + 1).is_some_and(|c| !c.is_whitespace() && (fold(c) != '\'' || self.is_elision(at + 2)))
            && !self.is_elision(at + 1)
    }

    /// It closes one only behind something and not before a letter.
    fn closes_single(&self, at: usize) -> bool {
        !self.char(at + 1).is_some_and(is_letter) && !self.before(at).is_none_or(char::is_whitespace)
    }

    /// `'90s`, `'til`: an apostrophe that stands for what was left out.
    fn is_elision(&self, from: usize) -> bool {
        let word: String = (from..)
            .map_while(|at| self.char(at))
            .map(fold)
            .take_while(|c| is_letter(*c))
            .take(LONGEST_ELIDED)
            .collect();
        let decade = word
            .strip_suffix('s')
            .is_some_and(|digits| matches!(digits.len(), 2 | 4) && digits.bytes().all(|byte| byte.is_ascii_digit()));
        decade || ELIDED.contains(&word)
    }
}

/// Longer words are not elided; it also bounds the look ahead.
const LONGEST_ELIDED: usize = 8;

static ELIDED: LazyLock<HashSet<String>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        elided: HashSet<String>,
    }
    crate::built_in::<File>(include_str!("quotations/elisions.toml")).elided
});

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn inside(text: &str) -> Vec<&str> {
        Quotations::of(text).iter().map(|quotation| &text[quotation.inside.clone()]).collect()
    }

    #[test]
    fn every_kind_of_mark_quotes_a_text_of_any_length() {
        let long = "export it, don't stop; 导出视频。 ".repeat(400);
        let long = long.trim();
        for (open, close) in [
            ("\"", "\""),
            ("'", "'"),
            ("‘", "’"),
            ("“", "”"),
            ("«", "»"),
            ("「", "」"),
            ("『", "』"),
            ("《", "》"),
            ("＂", "＂"),
        ] {
            let text = format!("add a title {open}{long}{close}, then go");
            assert_eq!(inside(&text), [long], "{open}{close}");
        }
    }

    #[test]
    fn apostrophes_decades_and_inches_open_nothing() {
        for text in [
            "don't add '90s drums, the singers' part isn't 'til the end",
            "it’s ’80s music, don’t you think, and the dancers’ steps",
            "a 12\" mix and a 7\" edit, 5'10\" tall",
            "rock 'n' roll",
            "an unclosed \" mark, and “ another",
            "\"\" and '' and “”",
            "stray ' marks ' with space",
        ] {
            assert_eq!(inside(text), Vec::<&str>::new(), "{text}");
        }
    }

    #[test]
    fn an_apostrophe_within_a_quotation_does_not_end_it() {
        assert_eq!(inside("title 'don't stop', then 'it's over'"), ["don't stop", "it's over"]);
        assert_eq!(inside("title ''90s forever' now"), ["'90s forever"]);
        assert_eq!(inside("标题‘don’t stop’再导出"), ["don’t stop"]);
        assert_eq!(inside("标题'导出'再加'x'"), ["导出", "x"]);
    }

    #[test]
    fn quotations_within_quotations_belong_to_the_outer_one() {
        assert_eq!(inside("字幕「他说「导出」然后走」完"), ["他说「导出」然后走"]);
        assert_eq!(inside("“he said ‘go’ and “left””"), ["he said ‘go’ and “left”"]);
    }

    #[test]
    fn a_mark_of_the_wrong_direction_still_quotes() {
        assert_eq!(inside("标题“导出视频“，居中"), ["导出视频"]);
        assert_eq!(inside("字幕”状态”和“积分”"), ["状态", "积分"]);
    }

    #[test]
    fn in_a_reply_code_is_quoted_and_a_stray_mark_ends_with_its_line() {
        let reply = "The \"Export\nbutton \"Play\" and `code`";
        let found: Vec<&str> =
            Quotations::of_a_reply(reply).iter().map(|quotation| &reply[quotation.inside.clone()]).collect();
        assert_eq!(found, ["Play", "code"]);
    }

    #[test]
    fn a_text_without_its_quotations_keeps_the_rest() {
        let text = "add “生日快乐” now";
        assert_eq!(Quotations::of(text).left_out_of(text), "add   now");
    }

    proptest! {
        #[test]
        fn quotations_lie_apart_on_the_borders_of_characters(text in "([\"'“”‘’「」《》`\\n ]|[a-z]|[0-9]|音){0,80}") {
            let quotations = Quotations::of(&text);
            let mut end = 0;
            for quotation in quotations.iter() {
                prop_assert!(quotation.at.start >= end && !text[quotation.inside.clone()].is_empty());
                prop_assert!(text.get(quotation.at.clone()).is_some());
                prop_assert_eq!(quotations.at(quotation.at.start), Some(quotation));
                end = quotation.at.end;
            }
        }
    }
}
