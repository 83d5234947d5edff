//! Text into sentences and sentences into clauses, as ranges of bytes, so that what stays is never rewritten.

use std::ops::Range;

use bedtrack_language::tokens::Untouched;

/// A sentence, a list item or a line.
#[derive(Debug)]
pub struct Sentence {
    /// From its first letter or bullet to its last mark.
    pub span: Range<usize>,
    /// White space after it.
    pub tail: Range<usize>,
    /// Its clauses, without the marks between them.
    pub clauses: Vec<Range<usize>>,
    /// Whether a bullet or a number opens it.
    pub is_item: bool,
}

/// Abbreviations whose full stop ends nothing.
const ABBREVIATIONS: [&str; 14] =
    ["e.g", "i.e", "vs", "etc", "mr", "mrs", "dr", "no", "approx", "min", "sec", "feat", "ft", "st"];

/// Cuts a text into sentences.
pub fn sentences(text: &str, quoted: &Untouched) -> Vec<Sentence> {
    let mut found = Vec::new();
    let mut start = skip_space(text, 0);
    let mut at = start;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        if let Some(quote) = quoted.at(at) {
            at = quote.end;
            if !quote_ends_sentence(text, quote) {
                continue;
            }
        } else if c == '\n' {
            // The line break belongs to the tail.
        } else if ends_sentence(text, at, c) {
            at = closing_marks(text, at + c.len_utf8(), quoted);
        } else {
            at += c.len_utf8();
            continue;
        }
        let next = skip_space(text, at);
        push(text, start..at, at..next, quoted, &mut found);
        start = next;
        at = next;
    }
    push(text, start..text.len(), text.len()..text.len(), quoted, &mut found);
    found
}

fn push(text: &str, span: Range<usize>, tail: Range<usize>, quoted: &Untouched, found: &mut Vec<Sentence>) {
    let trimmed = trim(text, span);
    if trimmed.is_empty() {
        return;
    }
    let marker = marker(text.get(trimmed.clone()).unwrap_or_default());
    let clauses = clauses(text, trimmed.start + marker..trimmed.end, quoted);
    found.push(Sentence { tail: trimmed.end..tail.end, span: trimmed, clauses, is_item: marker > 0 });
}

/// Length of a bullet or a number at the start of a line.
fn marker(line: &str) -> usize {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let after = line.get(digits..).unwrap_or_default();
    let mark = if digits > 0 && digits < 4 {
        ['.', ')', '、', '．'].into_iter().find(|mark| after.starts_with(*mark)).map(|mark| digits + mark.len_utf8())
    } else {
        ['-', '*', '•', '·', '–', '>', '#'].into_iter().find(|mark| line.starts_with(*mark)).map(char::len_utf8)
    };
    let Some(length) = mark else { return 0 };
    let rest = line.get(length..).unwrap_or_default();
    // "**bold" is no bullet, nor is "1.5 s" a number of a list.
    let is_marker =
        rest.starts_with(char::is_whitespace) || (digits > 0 && !rest.starts_with(|c: char| c.is_ascii_digit()));
    if is_marker { length + (rest.len() - rest.trim_start().len()) } else { 0 }
}

fn skip_space(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + (rest.len() - rest.trim_start().len())
}

fn trim(text: &str, span: Range<usize>) -> Range<usize> {
    let piece = text.get(span.clone()).unwrap_or_default();
    let start = span.start + (piece.len() - piece.trim_start().len());
    start..(span.start + piece.trim_end().len()).max(start)
}

fn ends_sentence(text: &str, at: usize, c: char) -> bool {
    match c {
        '。' | '！' | '？' | '…' => true,
        '!' | '?' => true,
        '.' => {
            let after = text.get(at + 1..).and_then(|rest| rest.chars().next());
            let before = text.get(..at).unwrap_or_default();
            let line = before.rsplit('\n').next().unwrap_or_default().trim_start();
            let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default().to_lowercase();
            let is_number_of_list = !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit());
            after.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, ',' | '/'))
                && !is_number_of_list
                && !ABBREVIATIONS.contains(&word.as_str())
        }
        _ => false,
    }
}

/// Marks that still belong to the sentence: more full stops, closing brackets and stars, a smiley.
fn closing_marks(text: &str, mut at: usize, quoted: &Untouched) -> usize {
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let closes = matches!(
            c,
            '.' | '!' | '?' | '。' | '！' | '？' | '…' | ')' | ']' | '）' | '】' | '*' | '_' | '"' | '”' | '\'' | '’'
        );
        if !closes || quoted.at(at).is_some_and(|quote| quote.start == at) {
            break;
        }
        at += c.len_utf8();
    }
    at + smiley(text.get(at..).unwrap_or_default())
}

/// Length of the smileys behind a sentence, with the space before them; what points at the next one is none of it.
fn smiley(rest: &str) -> usize {
    let spaces = rest.len() - rest.trim_start_matches(' ').len();
    let after = rest.get(spaces..).unwrap_or_default();
    let drawn = after.len() - after.trim_start_matches(is_drawn).len();
    let behind = after.get(drawn..).unwrap_or_default();
    let own = drawn > 0 && (behind.is_empty() || behind.starts_with(char::is_whitespace));
    if own && !after.starts_with(['👉', '👇', '👆', '➡', '⬇', '▶', '📥', '⏬']) {
        spaces + drawn
    } else {
        0
    }
}

fn is_drawn(c: char) -> bool {
    matches!(c, '\u{1F000}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}' | '\u{FE0F}' | '\u{200D}')
}

/// `The title says "Click Here." Now …`: the full stop inside ends the sentence outside.
fn quote_ends_sentence(text: &str, quote: &Range<usize>) -> bool {
    let inside = text.get(quote.clone()).unwrap_or_default();
    let mut back = inside.chars().rev();
    back.next();
    let stop = back.next().is_some_and(|c| matches!(c, '.' | '!' | '?' | '。' | '！' | '？'));
    let after = text.get(quote.end..).unwrap_or_default();
    stop && (after.trim_start().starts_with(char::is_uppercase) && after.starts_with(char::is_whitespace))
}

/// Cuts a sentence at its commas, colons, dashes and brackets.
fn clauses(text: &str, span: Range<usize>, quoted: &Untouched) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = span.start;
    let mut at = span.start;
    let mut keep = |from: usize, to: usize| {
        let clause = without_end(text, trim(text, from..to));
        if !clause.is_empty() {
            found.push(clause);
        }
    };
    while at < span.end {
        if let Some(quote) = quoted.at(at) {
            at = quote.end.max(at + 1);
            continue;
        }
        let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else { break };
        if parts(text, at, c) {
            keep(start, at);
            start = at + c.len_utf8();
        }
        at += c.len_utf8();
    }
    keep(start, span.end);
    found
}

fn parts(text: &str, at: usize, c: char) -> bool {
    let after = text.get(at + c.len_utf8()..).and_then(|rest| rest.chars().next());
    let before = text.get(..at).and_then(|rest| rest.chars().next_back());
    match c {
        '，' | '；' | '：' | '(' | ')' | '（' | '）' | '—' | '→' => true,
        ',' | ';' => !after.is_some_and(|c| c.is_ascii_digit()),
        ':' => after.is_none_or(char::is_whitespace),
        '–' | '-' => before.is_some_and(char::is_whitespace) && after.is_some_and(char::is_whitespace),
        _ => false,
    }
}

/// A clause without the full stop that ends its sentence.
fn without_end(text: &str, span: Range<usize>) -> Range<usize> {
    let piece = text.get(span.clone()).unwrap_or_default();
    let kept = piece.trim_end_matches(['.', '!', '?', '。', '！', '？', '…', ':', '：']);
    // Stars that close a bold text stay outside as well, so that "**Click Export.**" is words and marks.
    let kept = if kept.len() == piece.len() { piece.trim_end_matches(['*', '_']) } else { kept };
    let kept = kept.trim_end_matches(['.', '!', '?', '。', '！', '？', '…']);
    span.start..span.start + kept.trim_end().len()
}
