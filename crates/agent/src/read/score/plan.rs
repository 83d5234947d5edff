//! A plan in bars: "4 bars of intro, build for 8, drop, end soft", "前奏4小节，铺垫8小节，爆发，柔和结尾".

use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::read::marks::Marked;
use crate::read::numbers::number;
use crate::read::phrases::Phrases;
use crate::read::text::Kind;
use crate::read::time::time;
use bedtrack_compose::given::{MOST_BARS, MOST_STAGES, PlannedSection};

/// A class of `../../lexicon/plan.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Intro,
    A,
    B,
    Build,
    Drop,
    Break,
    Outro,
    Bar,
    Soft,
    End,
    Counts,
    Filler,
}

impl Word {
    /// The letter of a stage.
    fn letter(self) -> Option<&'static str> {
        Some(match self {
            Self::Intro => "intro",
            Self::A => "a",
            Self::B => "b",
            Self::Build => "build",
            Self::Drop => "drop",
            Self::Break => "break",
            Self::Outro => "outro",
            Self::Bar | Self::Soft | Self::End | Self::Counts | Self::Filler => return None,
        })
    }
}

fn phrases() -> &'static Phrases<Word> {
    static PHRASES: LazyLock<Phrases<Word>> =
        LazyLock::new(|| Phrases::built_in(include_str!("../../lexicon/plan.toml")));
    &PHRASES
}

/// Longest clause of a plan, in tokens.
const LONGEST: usize = 9;

/// A stage and the tokens that name it.
struct Named {
    stage: Option<PlannedSection>,
    soft: bool,
    at: Range<usize>,
}

/// The plan of a message, whether it ends softly, and the tokens that say so. A plan names two stages at least, and bars.
pub fn find(text: &Marked<'_>) -> (Vec<PlannedSection>, bool, Vec<Range<usize>>) {
    let mut best: Vec<Named> = Vec::new();
    let mut run: Vec<Named> = Vec::new();
    for clause in clauses(text) {
        match named(text, &clause) {
            Some(named) => run.push(named),
            None => {
                if worth(&run) > worth(&best) {
                    best = std::mem::take(&mut run);
                }
                run.clear();
            }
        }
    }
    if worth(&run) > worth(&best) {
        best = run;
    }
    if worth(&best) == 0 {
        return (Vec::new(), false, Vec::new());
    }
    let soft = best.iter().any(|named| named.soft);
    let ranges = best.iter().map(|named| named.at.clone()).collect();
    (best.into_iter().filter_map(|named| named.stage).take(MOST_STAGES).collect(), soft, ranges)
}

/// How many stages a run names; 0 where it is no plan.
fn worth(run: &[Named]) -> usize {
    let stages = run.iter().filter_map(|named| named.stage.as_ref());
    let counted = stages.clone().filter(|stage| stage.bars.is_some()).count();
    let all = stages.count();
    if all + usize::from(run.iter().any(|n| n.soft)) >= 2 && counted >= 1 { all } else { 0 }
}

fn clauses(text: &Marked<'_>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(token) = text.token(at) {
        let joins = matches!(token.text.as_str(), "and" | "then" | "with" | "into" | "followed" | "再" | "接" | "+")
            || token.text == "然" && text.is_word(at + 1, "后");
        if matches!(token.kind, Kind::Stop | Kind::Pause) || token.text == ":" || joins {
            if start < at {
                found.push(start..at);
            }
            start = at + if token.text == "然" { 2 } else { 1 };
        }
        at += 1;
    }
    if start < at {
        found.push(start..at);
    }
    found
}

/// A clause that names a stage and nothing else but how long it is.
fn named(text: &Marked<'_>, clause: &Range<usize>) -> Option<Named> {
    if clause.len() > LONGEST || clause.clone().any(|at| time(text, at).is_some()) {
        return None;
    }
    let mut stages: Vec<(&'static str, usize)> = Vec::new();
    let (mut bars, mut counts, mut soft, mut ends) = (None, false, false, false);
    let mut others = 0;
    let mut before: &[Word] = &[];
    let mut at = clause.start;
    while at < clause.end {
        let article = text.is_word(at, "a") || text.is_word(at, "an");
        if let Some((value, next)) = number(text, at).filter(|_| !article) {
            counts = true;
            let unit = phrases().at(text, next).is_some_and(|(words, _)| words.contains(&Word::Bar));
            if value.fract() == 0.0 && value >= 1.0 && (unit || before.contains(&Word::Counts)) {
                bars = Some((value as u32).min(MOST_BARS));
                (before, at) = (&[], next);
                continue;
            }
        }
        match phrases().at(text, at).filter(|(_, next)| *next <= clause.end) {
            Some((words, next)) => {
                stages.extend(words.iter().find_map(|word| word.letter()).map(|letter| (letter, next - at)));
                soft |= words.contains(&Word::Soft);
                ends |= words.contains(&Word::End);
                (before, at) = (words, next);
            }
            None => {
                others += 1;
                (before, at) = (&[], at + 1);
            }
        }
    }
    // Of two phrases the longer one names the stage.
    let stage = stages.iter().rev().max_by_key(|(_, length)| *length).map(|(letter, _)| *letter);
    let soft_end = || Some(Named { stage: None, soft: true, at: clause.clone() });
    let Some(letter) = stage else { return if ends && soft { soft_end() } else { None } };
    if letter == "outro" && soft && !counts {
        return soft_end();
    }
    // Other words of content make it something else than a plan.
    (others == 0 && stages.len() == 1).then(|| Named {
        stage: Some(PlannedSection { letter: letter.to_owned(), bars }),
        soft: soft && (ends || letter == "outro"),
        at: clause.clone(),
    })
}
