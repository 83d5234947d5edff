//! Clauses with their judgement, and which of them go with their neighbours.

use std::ops::Range;

use super::split::Sentence;
use super::verdict::{Offer, Verdict};

/// A clause with its judgement.
#[derive(Debug)]
pub struct Judged {
    pub span: Range<usize>,
    pub verdict: Verdict,
    /// Whether it goes.
    pub gone: bool,
}

/// Whether a clause does not stay as it is.
pub fn changes(clause: &Judged) -> bool {
    clause.gone || matches!(clause.verdict, Verdict::Trim(..))
}

/// What a clause meant.
pub fn offers_of(clause: &Judged) -> &[Offer] {
    match &clause.verdict {
        Verdict::Drop(offers) | Verdict::KeepWith(offers) | Verdict::Trim(_, offers) => offers,
        Verdict::Keep | Verdict::Hang | Verdict::Soft | Verdict::Outcome => &[],
    }
}

/// Inside a sentence: conditions go with what they belong to, steps with the instruction beside them, outcomes with the one before.
pub fn hang(judged: &mut [Judged]) {
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

/// Whether nothing stays of a sentence.
pub fn is_gone(judged: &[Judged]) -> bool {
    !judged.is_empty() && judged.iter().all(|clause| clause.gone)
}

/// Steps of a list go with the instruction next to them: "1. Choose 1080p 2. Click Export".
pub fn steps_go_together(text: &str, sentences: &mut [(Sentence, Vec<Judged>)]) {
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
pub fn headings_go_with_their_lists(text: &str, sentences: &mut [(Sentence, Vec<Judged>)]) {
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
