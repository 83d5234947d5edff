//! A plan in bars: "4 bars of intro, build for 8, drop, end soft", "前奏4小节，铺垫8小节，爆发，柔和结尾".

use std::ops::Range;
use std::sync::LazyLock;

use crate::studio::agent::read::marks::Marked;
use crate::studio::agent::read::numbers::number;
use crate::studio::agent::read::text::{Kind, tokens};
use crate::studio::agent::read::time::time;
use crate::studio::compose::given::{MOST_BARS, MOST_STAGES, Stage};

/// Names of stages, by the letter they are written as.
const STAGES: [(&str, &[&str]); 7] = [
    ("intro", &["intro", "introduction", "opening", "前奏", "引子", "开场", "开头"]),
    ("a", &["verse", "theme", "main theme", "main part", "主歌", "主题", "正歌"]),
    ("b", &["chorus", "hook", "refrain", "副歌"]),
    (
        "build",
        &[
            "build",
            "build up",
            "buildup",
            "builds",
            "build it up",
            "riser",
            "铺垫",
            "渐强",
            "推进",
            "递进",
            "积蓄",
            "导歌",
        ],
    ),
    ("drop", &["drop", "drops", "the drop", "climax", "peak", "爆发", "高潮", "爆点"]),
    ("break", &["break", "breakdown", "bridge", "interlude", "间奏", "过门", "桥段"]),
    ("outro", &["outro", "ending", "coda", "tail", "尾奏", "结尾", "尾声", "收尾"]),
];

/// A letter and its names, each as tokens.
type StageNames = (&'static str, Vec<Vec<String>>);

/// The names as tokens.
fn stages() -> &'static [StageNames] {
    static STAGES_BY_TOKEN: LazyLock<Vec<StageNames>> = LazyLock::new(|| {
        let words = |phrase: &&str| tokens(phrase).into_iter().map(|token| token.text).collect();
        STAGES.iter().map(|(name, phrases)| (*name, phrases.iter().map(words).collect())).collect()
    });
    &STAGES_BY_TOKEN
}

/// A stage and the tokens that name it.
struct Named {
    stage: Option<Stage>,
    soft: bool,
    at: Range<usize>,
}

/// The plan of a message, whether it ends softly, and the tokens that say so. A plan names two stages at least, and bars.
pub fn find(text: &Marked<'_>) -> (Vec<Stage>, bool, Vec<Range<usize>>) {
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

/// A clause that names a stage and hardly anything else.
fn named(text: &Marked<'_>, clause: &Range<usize>) -> Option<Named> {
    let word = |at: usize| text.token(at).map_or("", |token| token.text.as_str());
    if clause.len() > 9 || clause.clone().any(|at| time(text, at).is_some()) {
        return None;
    }
    let soft = (clause.clone())
        .any(|at| matches!(word(at), "soft" | "softly" | "gently" | "quietly" | "gentle" | "柔" | "轻"));
    let ends = (clause.clone()).any(|at| {
        matches!(word(at), "end" | "ends" | "ending" | "finish" | "outro")
            || (word(at) == "结" || word(at) == "收") && matches!(word(at + 1), "尾" | "束")
    });
    let mut letter = None;
    let mut used = vec![false; clause.len()];
    for (name, words) in stages() {
        for parts in words {
            let place = clause.clone().find(|at| {
                at + parts.len() <= clause.end
                    && parts.iter().enumerate().all(|(offset, part)| word(at + offset) == part)
            });
            let longer = |(_, length): &(&'static str, usize)| parts.len() > *length;
            if let Some(at) = place.filter(|_| letter.as_ref().is_none_or(longer)) {
                letter = Some((*name, parts.len()));
                used = vec![false; clause.len()];
                used.iter_mut().skip(at - clause.start).take(parts.len()).for_each(|slot| *slot = true);
            }
        }
    }
    if letter.is_none() && ends && soft {
        return Some(Named { stage: None, soft: true, at: clause.clone() });
    }
    let (letter, _) = letter?;
    let counts = clause.clone().any(|at| number(text, at).is_some() && !matches!(word(at), "a" | "an"));
    if letter == "outro" && soft && !counts {
        return Some(Named { stage: None, soft: true, at: clause.clone() });
    }
    let mut bars = None;
    let mut at = clause.start;
    while at < clause.end {
        let counted = number(text, at).filter(|(value, next)| {
            let unit = matches!(word(*next), "bar" | "bars" | "measures" | "measure")
                || word(*next) == "小" && word(next + 1) == "节";
            let told = at.checked_sub(1).is_some_and(|before| {
                matches!(word(before), "for" | "build" | "drop" | "intro" | "outro" | "verse" | "chorus" | "x")
            });
            value.fract() == 0.0 && *value >= 1.0 && (unit || told) && !matches!(word(at), "a" | "an")
        });
        if let Some((value, next)) = counted {
            bars = Some((value as u32).min(MOST_BARS));
            used.iter_mut().skip(at - clause.start).take(next - at).for_each(|slot| *slot = true);
            at = next;
            continue;
        }
        at += 1;
    }
    // Other words of content make it something else than a plan.
    let content = clause.clone().zip(&used).filter(|(at, used)| {
        let plain = matches!(
            word(*at),
            "bar"
                | "bars"
                | "measure"
                | "measures"
                | "of"
                | "a"
                | "an"
                | "the"
                | "for"
                | "with"
                | "by"
                | "it"
                | "soft"
                | "softly"
                | "gently"
                | "gentle"
                | "quietly"
                | "end"
                | "ends"
                | "up"
                | "to"
                | "long"
                | "short"
                | "big"
                | "小"
                | "节"
                | "个"
                | "的"
                | "柔"
                | "和"
                | "轻"
                | "结"
                | "尾"
                | "束"
                | "地"
                | "是"
                | "一"
                | "段"
                | "进"
                | "入"
                | "start"
                | "in"
                | "on"
                | "plan"
                | "form"
                | "structure"
        );
        !**used && !plain
    });
    (content.count() == 0).then_some(Named {
        stage: Some(Stage { letter: letter.to_owned(), bars }),
        soft: soft && (ends || letter == "outro"),
        at: clause.clone(),
    })
}
