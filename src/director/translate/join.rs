//! What stays of a text, put together again from the text itself.

use bedtrack_language::characters::in_simplified;

use super::judged::{Judged, changes, is_gone};
use super::lexicon::Lexicon;
use super::split::Sentence;
use super::verdict::Verdict;

/// The text without what goes.
pub fn join(text: &str, lexicon: &Lexicon, sentences: &[(Sentence, Vec<Judged>)]) -> String {
    let mut out = String::new();
    let mut tail = String::new();
    for (sentence, judged) in sentences {
        let rest = text.get(sentence.tail.clone()).unwrap_or_default();
        let said = said(text, lexicon, sentence, judged);
        if said.is_empty() {
            // The line break after a sentence that is gone still ends its line.
            if rest.matches('\n').count() > tail.matches('\n').count() {
                rest.clone_into(&mut tail);
            }
            continue;
        }
        if !out.is_empty() {
            out.push_str(&tail);
        }
        out.push_str(&said);
        rest.clone_into(&mut tail);
    }
    out.trim().to_owned()
}

/// What stays of a sentence.
fn said(text: &str, lexicon: &Lexicon, sentence: &Sentence, judged: &[Judged]) -> String {
    let whole = text.get(sentence.span.clone()).unwrap_or_default();
    if !judged.iter().any(changes) {
        return whole.to_owned();
    }
    if is_gone(judged) {
        return String::new();
    }
    let Some(first) = judged.first() else { return whole.to_owned() };
    let mut out = text.get(sentence.span.start..first.span.start).unwrap_or_default().to_owned();
    let mut before = first.span.start;
    let mut begun = false;
    for (index, clause) in judged.iter().enumerate() {
        let mark = text.get(before..clause.span.start).unwrap_or_default();
        before = clause.span.end;
        if clause.gone {
            continue;
        }
        let end = match clause.verdict {
            Verdict::Trim(at, _) => at.clamp(clause.span.start, clause.span.end),
            _ => clause.span.end,
        };
        let piece = text.get(clause.span.start..end).unwrap_or_default().trim_end();
        if begun {
            out.push_str(mark);
            out.push_str(piece);
        } else if index == 0 {
            out.push_str(piece);
        } else {
            out.push_str(&opening(piece, lexicon));
        }
        begun = true;
    }
    let last_stays = judged.last().is_some_and(|clause| !clause.gone);
    out.push_str(&ending(text.get(before..sentence.span.end).unwrap_or_default(), last_stays));
    balanced(&out)
}

/// A clause that now begins its sentence: without the word that joined it, with a capital letter.
fn opening(piece: &str, lexicon: &Lexicon) -> String {
    let piece = piece.trim_start();
    let simplified = in_simplified(piece).to_ascii_lowercase();
    let joining =
        lexicon.en.joining.iter().chain(&lexicon.zh.joining).find(|word| simplified.starts_with(word.as_str()));
    let bare = joining.and_then(|word| piece.get(word.len()..)).unwrap_or(piece);
    let mut chars = bare.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// The mark that ends the sentence: a question or an announcement ends as a statement when its last clause is gone.
fn ending(mark: &str, last_stays: bool) -> String {
    if last_stays {
        return mark.to_owned();
    }
    let mark = mark.trim_start();
    mark.chars()
        .map(|c| match c {
            '?' | ':' => '.',
            '？' | '：' => '。',
            other => other,
        })
        .collect()
}

/// Takes out brackets that lost their partner.
fn balanced(text: &str) -> String {
    let mut open: Vec<usize> = Vec::new();
    let mut lost: Vec<usize> = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '(' | '（' => open.push(at),
            ')' | '）' if open.pop().is_none() => lost.push(at),
            _ => {}
        }
    }
    lost.extend(open);
    let kept: String = text.char_indices().filter(|(at, _)| !lost.contains(at)).map(|(_, c)| c).collect();
    kept.replace(" .", ".").replace(" ,", ",").trim_end().to_owned()
}
