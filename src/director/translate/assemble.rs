//! Judges every clause of a text and gives back what stays.

use std::ops::Range;

use bedtrack_language::characters::{in_simplified, is_han};
use bedtrack_language::tokens::{Token, Untouched, spaced};

use super::chinese::{self, MASK, Said};
use super::english;
use super::join::join;
use super::judged::{Judged, changes, hang, headings_go_with_their_lists, offers_of, steps_go_together};
use super::lexicon::{Lexicon, lexicon};
use super::split::{Sentence, sentences};
use super::verdict::{Offer, Translated, Verdict};

/// How many clauses back lyrics or a name may have begun.
const MOST_BEFORE: usize = 6;

/// How many lines a citation may have before its announcement is no longer looked for.
const MOST_CITED: usize = 40;

/// Translates a clean text.
pub fn assemble(text: &str) -> Translated {
    let Some(lexicon) = lexicon() else { return Translated { text: text.to_owned(), offers: Vec::new() } };
    let quoted = Untouched::of_a_reply(text);
    let simplified = in_simplified(text);
    let page = Page { text, masked: mask(&simplified, &quoted), simplified, quoted, lexicon };
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
    Translated { text: join(text, lexicon, &sentences), offers }
}

/// The text with what is needed to judge it.
struct Page<'a> {
    text: &'a str,
    simplified: String,
    // The simplified text with quotations masked.
    masked: String,
    quoted: Untouched,
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
            let purpose = purpose.map(|span| self.said(span)).unwrap_or_default();
            return self.chinese(&span, question).judge(purpose);
        }
        let (own, purpose) = (self.words(span), purpose.map(|span| self.words(span)).unwrap_or_default());
        self.english(&own, question).judge(&purpose)
    }

    fn words(&self, span: Range<usize>) -> Vec<Token> {
        spaced(self.text, span, &self.quoted)
    }

    fn said(&self, span: Range<usize>) -> Said<'_> {
        Said { simplified: &self.simplified, written: self.text }.get(span)
    }

    fn english<'w>(&'w self, words: &'w [Token], question: bool) -> english::Clause<'w> {
        english::Clause { text: self.text, words, lexicon: &self.lexicon.en, question }
    }

    fn chinese(&self, span: &Range<usize>, question: bool) -> chinese::Clause<'_> {
        chinese::Clause {
            masked: self.masked.get(span.clone()).unwrap_or_default(),
            open: self.said(span.clone()),
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
                let own = self.words(span.clone());
                self.english(&own, false).cut().and_then(|index| own.get(index)).map(|word| word.start)
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
            ask(&self.english(&self.words(span.clone()), false))
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
        self.english(&self.words(span.clone()), false).labels()
    }
}

/// The text with quotations masked, byte for byte.
fn mask(text: &str, quoted: &Untouched) -> String {
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
