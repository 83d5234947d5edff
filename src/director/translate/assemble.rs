//! Judges every clause with its neighbours and puts what stays together again.

use std::ops::Range;

use super::chinese::{self, MASK};
use super::clean::is_han;
use super::english;
use super::lexicon::{Lexicon, lexicon};
use super::split::{Sentence, sentences};
use super::words::{Quoted, words};
use super::{Offer, Translated, Verdict};

/// How many clauses back lyrics or a name may have begun.
const MOST_BEFORE: usize = 6;

/// How many lines a citation may have before its announcement is no longer looked for.
const MOST_CITED: usize = 40;

/// A clause with its judgement.
#[derive(Debug)]
struct Judged {
    span: Range<usize>,
    verdict: Verdict,
    /// Whether it goes.
    gone: bool,
}

/// Translates a clean text.
pub fn assemble(text: &str) -> Translated {
    let Some(lexicon) = lexicon() else { return Translated { text: text.to_owned(), offers: Vec::new() } };
    let quoted = Quoted::find(text);
    let page = Page { text, masked: mask(text, &quoted), quoted, lexicon };
    let mut sentences: Vec<(Sentence, Vec<Judged>)> = sentences(text, &page.quoted)
        .into_iter()
        .map(|sentence| {
            let judged = page.judge(&sentence);
            (sentence, judged)
        })
        .collect();
    steps_go_together(text, &mut sentences);
    headings_go_with_their_lists(text, &mut sentences);

    let mut offers: Vec<Offer> = Vec::new();
    for offer in sentences.iter().flat_map(|(_, judged)| judged).flat_map(offers_of) {
        if !offers.contains(offer) {
            offers.push(offer.clone());
        }
    }
    let untouched = sentences.iter().all(|(_, judged)| judged.iter().all(|clause| !changes(clause)));
    if untouched {
        return Translated { text: text.to_owned(), offers };
    }
    Translated { text: join(text, &sentences), offers }
}

fn changes(clause: &Judged) -> bool {
    clause.gone || matches!(clause.verdict, Verdict::Trim(..))
}

fn offers_of(clause: &Judged) -> &[Offer] {
    match &clause.verdict {
        Verdict::Drop(offers) | Verdict::KeepWith(offers) | Verdict::Trim(_, offers) => offers,
        Verdict::Keep | Verdict::Hang | Verdict::Soft | Verdict::Outcome => &[],
    }
}

/// The text with what is needed to judge it.
struct Page<'a> {
    text: &'a str,
    masked: String,
    quoted: Quoted,
    lexicon: &'a Lexicon,
}

impl Page<'_> {
    fn judge(&self, sentence: &Sentence) -> Vec<Judged> {
        let whole = self.text.get(sentence.span.clone()).unwrap_or_default();
        let question = whole.trim_end_matches(['*', '_', ')', ' ']).ends_with(['?', '？']);
        let mut spans = Vec::new();
        let mut labelled = self.is_cited(sentence.span.start);
        for (index, span) in sentence.clauses.iter().enumerate() {
            // After "Title added:" comes a title, whatever it says.
            labelled |= index > 0
                && self.colon_before(span.start)
                && sentence.clauses.get(index - 1).is_some_and(|label| self.labels(label));
            let before = sentence.clauses.get(index.saturating_sub(MOST_BEFORE)..index).unwrap_or_default();
            let sung = !before.is_empty() && self.goes_on(span, before);
            if labelled || sung {
                spans.push((span.clone(), false));
            } else {
                self.cut(span.clone(), &mut spans);
            }
        }
        let mut judged: Vec<Judged> = Vec::new();
        for (span, free) in spans {
            let purpose = judged.last().filter(|last| last.verdict == Verdict::Hang).map(|last| last.span.clone());
            let verdict = if free { self.verdict(span.clone(), purpose, question) } else { Verdict::Keep };
            judged.push(Judged { span, gone: matches!(verdict, Verdict::Drop(_)), verdict });
        }
        hang(&mut judged);
        judged
    }

    fn is_chinese(&self, span: &Range<usize>) -> bool {
        self.masked.get(span.clone()).is_some_and(|clause| clause.chars().any(is_han))
    }

    fn verdict(&self, span: Range<usize>, purpose: Option<Range<usize>>, question: bool) -> Verdict {
        if self.is_chinese(&span) {
            let purpose = purpose.and_then(|span| self.text.get(span)).unwrap_or_default();
            return self.chinese(&span, question).judge(purpose);
        }
        let own = words(self.text, span, &self.quoted);
        let purpose = purpose.map(|span| words(self.text, span, &self.quoted)).unwrap_or_default();
        english::Clause { words: &own, lexicon: &self.lexicon.en, question }.judge(&purpose)
    }

    fn chinese(&self, span: &Range<usize>, question: bool) -> chinese::Clause<'_> {
        chinese::Clause {
            masked: self.masked.get(span.clone()).unwrap_or_default(),
            open: self.text.get(span.clone()).unwrap_or_default(),
            lexicon: &self.lexicon.zh,
            question,
        }
    }

    /// Cuts a clause where an instruction begins inside it.
    fn cut(&self, mut span: Range<usize>, spans: &mut Vec<(Range<usize>, bool)>) {
        loop {
            let at = if self.is_chinese(&span) {
                self.chinese(&span, false).cut().map(|at| span.start + at)
            } else {
                let own = words(self.text, span.clone(), &self.quoted);
                let clause = english::Clause { words: &own, lexicon: &self.lexicon.en, question: false };
                clause.cut().and_then(|index| own.get(index)).map(|word| word.at.start)
            };
            let Some(at) = at.filter(|at| *at > span.start && *at < span.end) else { break };
            let left = self.text.get(span.start..at).unwrap_or_default().trim_end().len();
            spans.push((span.start..span.start + left, true));
            span = at..span.end;
        }
        spans.push((span, true));
    }

    fn colon_before(&self, at: usize) -> bool {
        self.text.get(..at).is_some_and(|before| before.trim_end().ends_with([':', '：']))
    }

    /// Whether a clause goes on with lyrics or with a name that the clauses before it began.
    fn goes_on(&self, span: &Range<usize>, before: &[Range<usize>]) -> bool {
        if self.is_chinese(span) {
            let chinese = self.chinese(span, false);
            return !chinese.speaks_of_screen() && before.iter().any(|span| self.chinese(span, false).is_verse());
        }
        let english = |span: &Range<usize>, ask: &dyn Fn(&english::Clause<'_>) -> bool| {
            let own = words(self.text, span.clone(), &self.quoted);
            ask(&english::Clause { words: &own, lexicon: &self.lexicon.en, question: false })
        };
        let scrap = english(span, &|clause| clause.is_scrap());
        !english(span, &|clause| clause.speaks_of_screen())
            && before.iter().any(|span| english(span, &|clause| clause.is_verse() || (scrap && clause.quotes())))
    }

    /// Whether a text lies on a line that cites ("> …") what the line before the citation announces, such as lyrics.
    fn is_cited(&self, at: usize) -> bool {
        let mut line = self.text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
        let cites = |from: usize| self.text.get(from..).is_some_and(|rest| rest.trim_start().starts_with('>'));
        if !cites(line) {
            return false;
        }
        // A citation of more lines than this is text from elsewhere, whoever announced it.
        for _ in 0..MOST_CITED {
            let Some(above) = self.text.get(..line.saturating_sub(1)).filter(|_| line > 0) else { return false };
            line = above.rfind('\n').map_or(0, |end| end + 1);
            let said = above.get(line..).unwrap_or_default().trim_end();
            if !cites(line) && !said.is_empty() {
                return said.ends_with([':', '：']) && self.labels(&(line..line + said.len()));
            }
        }
        true
    }

    fn labels(&self, span: &Range<usize>) -> bool {
        if self.is_chinese(span) {
            return self.chinese(span, false).labels();
        }
        let own = words(self.text, span.clone(), &self.quoted);
        english::Clause { words: &own, lexicon: &self.lexicon.en, question: false }.labels()
    }
}

/// The text with quotations masked, byte for byte.
fn mask(text: &str, quoted: &Quoted) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if quoted.at(at).is_some() {
            out.extend(std::iter::repeat_n(MASK, c.len_utf8()));
        } else {
            out.push(c);
        }
    }
    out
}

/// Inside a sentence: conditions go with what they belong to, steps with the instruction beside them, outcomes with the one before.
fn hang(judged: &mut [Judged]) {
    // A condition may hang on a step, which itself goes with the instruction behind it.
    for _ in 0..2 {
        hang_once(judged);
    }
}

fn hang_once(judged: &mut [Judged]) {
    for index in 0..judged.len() {
        let gone =
            |at: Option<usize>, judged: &[Judged]| at.and_then(|at| judged.get(at)).is_some_and(|clause| clause.gone);
        let goes = match judged.get(index).map(|clause| &clause.verdict) {
            Some(Verdict::Hang) => {
                let next = (index + 1..judged.len())
                    .find(|at| judged.get(*at).is_some_and(|clause| clause.verdict != Verdict::Hang));
                match next {
                    Some(next) if index == 0 || !gone(index.checked_sub(1), judged) => gone(Some(next), judged),
                    Some(_) | None => gone(index.checked_sub(1), judged),
                }
            }
            Some(Verdict::Soft) => gone(index.checked_sub(1), judged) || gone(Some(index + 1), judged),
            Some(Verdict::Outcome) => gone(index.checked_sub(1), judged),
            _ => continue,
        };
        if let Some(clause) = judged.get_mut(index) {
            clause.gone = goes;
        }
    }
}

fn is_gone(judged: &[Judged]) -> bool {
    !judged.is_empty() && judged.iter().all(|clause| clause.gone)
}

/// Steps of a list go with the instruction next to them: "1. Choose 1080p 2. Click Export".
fn steps_go_together(text: &str, sentences: &mut [(Sentence, Vec<Judged>)]) {
    for _ in 0..2 {
        for index in 0..sentences.len() {
            let beside = |at: Option<usize>, list_only: bool| {
                at.and_then(|at| sentences.get(at))
                    .is_some_and(|(sentence, judged)| is_gone(judged) && (sentence.is_item || !list_only))
            };
            let after_one = beside(index.checked_sub(1), false);
            let before_one = beside(Some(index + 1), true);
            let Some((sentence, judged)) = sentences.get(index) else { continue };
            // A question that only leads to the instruction after it.
            let leads_on = beside(Some(index + 1), false)
                && judged.iter().all(|clause| matches!(clause.verdict, Verdict::Hang | Verdict::KeepWith(_)))
                && text.get(sentence.span.clone()).is_some_and(|said| said.ends_with(['?', '？']));
            let goes = leads_on
                || (after_one || (before_one && sentence.is_item))
                    && judged.iter().all(|clause| {
                        clause.gone
                            || matches!(clause.verdict, Verdict::Soft | Verdict::Hang)
                            || (clause.verdict == Verdict::Outcome && after_one)
                    });
            if goes && let Some((_, judged)) = sentences.get_mut(index) {
                judged.iter_mut().for_each(|clause| clause.gone = true);
            }
        }
    }
}

/// A line that ends with a colon goes when all of what it announces is gone.
fn headings_go_with_their_lists(text: &str, sentences: &mut [(Sentence, Vec<Judged>)]) {
    for index in 0..sentences.len() {
        let Some((heading, judged)) = sentences.get(index) else { continue };
        let line = text.get(heading.span.clone()).unwrap_or_default().trim_end_matches(['*', '_']);
        if is_gone(judged) || !line.ends_with([':', '：']) {
            continue;
        }
        let (mut announced, mut kept) = (0, 0);
        for (sentence, judged) in sentences.get(index + 1..).unwrap_or_default() {
            announced += 1;
            kept += usize::from(!is_gone(judged));
            // An empty line ends the list.
            if text.get(sentence.tail.clone()).is_some_and(|tail| tail.matches('\n').count() > 1) {
                break;
            }
        }
        if announced > 0
            && kept == 0
            && let Some((_, judged)) = sentences.get_mut(index)
        {
            judged.iter_mut().for_each(|clause| clause.gone = true);
        }
    }
}

fn join(text: &str, sentences: &[(Sentence, Vec<Judged>)]) -> String {
    let mut out = String::new();
    let mut tail = String::new();
    for (sentence, judged) in sentences {
        let rest = text.get(sentence.tail.clone()).unwrap_or_default();
        let said = said(text, sentence, judged);
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
fn said(text: &str, sentence: &Sentence, judged: &[Judged]) -> String {
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
            out.push_str(&opening(piece));
        }
        begun = true;
    }
    let last_stays = judged.last().is_some_and(|clause| !clause.gone);
    out.push_str(&ending(text.get(before..sentence.span.end).unwrap_or_default(), last_stays));
    balanced(&out)
}

/// A clause that now begins its sentence: without the word that joined it, with a capital letter.
fn opening(piece: &str) -> String {
    const JOINING: [&str; 13] =
        ["and then ", "and ", "or ", "but ", "so ", "then ", "然后", "或者", "并且", "并", "或", "再", "也"];
    let piece = piece.trim_start();
    let bare = JOINING
        .iter()
        .find_map(|word| {
            piece
                .get(..word.len())
                .filter(|start| start.eq_ignore_ascii_case(word))
                .and_then(|_| piece.get(word.len()..))
        })
        .unwrap_or(piece);
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
