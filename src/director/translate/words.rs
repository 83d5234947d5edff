//! Text in pieces: what is quoted and so untouchable, and the words of a clause.

use std::ops::Range;

/// Longest quotation, in bytes; beyond it a stray quotation mark is taken for what it is.
const LONGEST_QUOTE: usize = 400;

/// Pairs of marks that quote.
const QUOTES: [(char, char); 8] =
    [('"', '"'), ('“', '”'), ('‘', '’'), ('「', '」'), ('『', '』'), ('《', '》'), ('`', '`'), ('\'', '\'')];

/// Endings that make a word a file's name.
const FILE_ENDINGS: [&str; 22] = [
    "mp4", "mov", "avi", "webm", "mkv", "jpg", "jpeg", "png", "gif", "webp", "mp3", "wav", "m4a", "aac", "flac", "ogg",
    "mid", "srt", "zip", "txt", "pdf", "json",
];

/// Spans that are never looked into for instructions: quotations, URLs, file names.
#[derive(Debug)]
pub struct Quoted {
    spans: Vec<Range<usize>>,
}

impl Quoted {
    pub fn find(text: &str) -> Self {
        let mut spans: Vec<Range<usize>> = Vec::new();
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let length = quotation(text, at).or_else(|| name(text, at));
            match length {
                Some(length) => {
                    spans.push(at..at + length);
                    at += length;
                }
                None => at += rest.chars().next().map_or(1, char::len_utf8),
            }
        }
        Self { spans }
    }

    /// The span that a byte lies in.
    pub fn at(&self, byte: usize) -> Option<&Range<usize>> {
        let index = self.spans.partition_point(|span| span.end <= byte);
        self.spans.get(index).filter(|span| span.contains(&byte))
    }
}

/// Length of a quotation that begins here.
fn quotation(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let open = rest.chars().next()?;
    let (_, close) = QUOTES.into_iter().find(|(mark, _)| *mark == open)?;
    // An apostrophe inside a word opens nothing.
    let before = text.get(..at)?.chars().next_back();
    if open == close && before.is_some_and(char::is_alphanumeric) && open != '"' {
        return None;
    }
    let inside = rest.get(open.len_utf8()..)?;
    let reach =
        inside.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= LONGEST_QUOTE).last()?;
    let mut found = None;
    for (index, _) in inside.get(..reach)?.match_indices(close) {
        let after = inside.get(index + close.len_utf8()..)?.chars().next();
        let closes = !matches!(close, '\'' | '’') || !after.is_some_and(char::is_alphanumeric);
        if closes && index > 0 {
            found = Some(index);
            break;
        }
    }
    let end = found?;
    (!inside.get(..end)?.contains('\n')).then_some(open.len_utf8() + end + close.len_utf8())
}

/// Length of a URL or a file name that begins here, at the start of a word.
fn name(text: &str, at: usize) -> Option<usize> {
    let before = text.get(..at)?.chars().next_back();
    if before.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '/' | '-' | '_' | '@')) {
        return None;
    }
    let rest = text.get(at..)?;
    let word: &str =
        rest.split(|c: char| c.is_whitespace() || !c.is_ascii() || matches!(c, '"' | '<' | '>' | '(' | ')')).next()?;
    let word = word.trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '\'', ']']);
    if word.contains("://") || word.starts_with("www.") {
        return Some(word.len());
    }
    let (stem, ending) = word.rsplit_once('.')?;
    let is_file =
        stem.chars().any(char::is_alphanumeric) && FILE_ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known));
    is_file.then_some(word.len())
}

/// One word of a clause.
#[derive(Debug, Clone)]
pub struct Word<'a> {
    /// As it stands.
    pub text: &'a str,
    /// Lower case, without marks around it; a quotation's inside for a quotation.
    pub plain: String,
    /// Where it stands in the whole text.
    pub at: Range<usize>,
    /// Whether it is a quotation, a URL or a file name.
    pub quoted: bool,
}

impl Word<'_> {
    /// Whether it is written like a name.
    pub fn is_capitalised(&self) -> bool {
        self.text.chars().find(|c| c.is_alphanumeric()).is_some_and(char::is_uppercase)
    }

    pub fn is_url(&self) -> bool {
        self.quoted && (self.text.contains("://") || self.text.starts_with("www."))
    }
}

/// The words of a span. Marks alone (bullets, emoji, dashes) are none.
pub fn words<'a>(text: &'a str, span: Range<usize>, quoted: &Quoted) -> Vec<Word<'a>> {
    let mut words = Vec::new();
    let mut start = None;
    let mut at = span.start;
    let close = |from: Option<usize>, to: usize, words: &mut Vec<Word<'a>>| {
        if let Some(piece) = from.and_then(|from| text.get(from..to)) {
            let plain = plain(piece);
            if !plain.is_empty() {
                words.push(Word { text: piece, plain, at: from.unwrap_or(to)..to, quoted: false });
            }
        }
    };
    while at < span.end {
        if let Some(quote) = quoted.at(at).filter(|quote| quote.start >= span.start && quote.end <= span.end) {
            close(start.take(), at, &mut words);
            if let Some(piece) = text.get(quote.clone()) {
                words.push(Word { text: piece, plain: plain(piece), at: quote.clone(), quoted: true });
            }
            at = quote.end;
            continue;
        }
        let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else { break };
        if c.is_whitespace() {
            close(start.take(), at, &mut words);
        } else if start.is_none() {
            start = Some(at);
        }
        at += c.len_utf8();
    }
    close(start, span.end.min(text.len()), &mut words);
    words
}

fn plain(word: &str) -> String {
    let trimmed = word.trim_matches(|c: char| !c.is_alphanumeric());
    trimmed.replace('’', "'").to_lowercase()
}
