//! A plan that was given, followed to the bar: each stage takes its bars from the section of the piece that is most like
//! it, and the tempo gives so that the plan fills the length.

use super::moments::{build, drop_at};
use super::timeline::{bar_lines, bend, cadence, lay, tidy};
use crate::brief::Brief;
use crate::genres::genres;
use crate::given::{MOST_BARS, MOST_STAGES, PlannedSection};
use crate::remark::Remark;
use crate::score::{Ending, Score, Section};

/// How many bars lead to the last chord.
const CLOSE: usize = 2;

/// Lays the piece out as planned.
pub fn apply(score: &mut Score, brief: &Brief, remarks: &mut Vec<Remark>) {
    let plan: Vec<&PlannedSection> = brief.plan.iter().take(MOST_STAGES).collect();
    let lines = bar_lines(score);
    let have = lines.len().saturating_sub(1);
    if plan.is_empty() || have == 0 {
        return;
    }
    let fixed: usize = plan.iter().filter_map(|stage| stage.bars).map(|bars| bars.clamp(1, MOST_BARS) as usize).sum();
    let open = plan.iter().filter(|stage| stage.bars.is_none()).count();
    // What is left is shared in phrases of four bars; an open stage has two bars at least.
    let left = have.saturating_sub(fixed);
    let share = left.checked_div(open).map_or(0, |each| (each / 4 * 4).max(each.clamp(2, 4)));
    let mut extra = if open == 0 { 0 } else { left.saturating_sub(share * open) };
    let mut lengths: Vec<usize> = Vec::new();
    for stage in &plan {
        lengths.push(match stage.bars {
            Some(bars) => bars.clamp(1, MOST_BARS) as usize,
            None => share + std::mem::take(&mut extra),
        });
    }
    let mut taken: Vec<(f64, f64)> = Vec::new();
    for (index, (stage, bars)) in plan.iter().zip(&lengths).enumerate() {
        let source = source(score, &lines, &stage.letter);
        let last = index + 1 == plan.len();
        for nth in 0..*bars {
            // The last two bars are the piece's own, which lead to its last chord.
            let back = bars.saturating_sub(nth);
            let bar = if last && back <= CLOSE.min(have) && (stage.letter == "outro" || *bars > CLOSE) {
                Some(have - back)
            } else {
                source.get(nth % source.len().max(1)).copied()
            };
            if let Some(bar) = bar
                && let (Some(from), Some(to)) = (lines.get(bar), lines.get(bar + 1))
            {
                taken.push((*from, *to));
            }
        }
    }
    let whole = score.duration;
    let end = cadence(score);
    if score.ending == Ending::Ring || end < whole {
        taken.push((end, whole));
    }
    *score = lay(score, &taken);
    tidy(score);
    fill(score, brief, whole, whole - end, remarks);
    name(score, &plan, &lengths);
    let starts: Vec<(String, f64, f64)> = score
        .sections
        .iter()
        .map(|s| (s.name.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned(), s.start, s.end))
        .collect();
    for (letter, start, stop) in starts {
        match letter.as_str() {
            "build" => build(score, brief, start, stop.min(cadence(score))),
            "drop" if start > 4.0 => drop_at(score, brief, start),
            _ => {}
        }
    }
    // Builds and drops name their stretch; the plan's names and borders are what was asked for.
    name(score, &plan, &lengths);
    tidy(score);
}

/// Bars of the section that is most like a stage.
fn source(score: &Score, lines: &[f64], letter: &str) -> Vec<usize> {
    let like: &[&str] = match letter {
        "intro" => &["intro", "a"],
        "a" => &["a", "verse", "b"],
        "b" => &["b", "hook", "drop", "a"],
        "build" => &["build", "pre", "b", "a"],
        "drop" => &["drop", "hook"],
        "break" => &["break", "intro"],
        "outro" => &["outro", "a"],
        _ => &["a"],
    };
    let bars = |section: &Section| -> Vec<usize> {
        let inside = |bar: &usize| {
            let middle = lines.get(*bar).zip(lines.get(bar + 1)).map_or(0.0, |(from, to)| (from + to) / 2.0);
            middle >= section.start && middle < section.end
        };
        (0..lines.len().saturating_sub(1)).filter(inside).collect()
    };
    let letter_of = |section: &Section| section.name.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
    for wanted in like {
        let found = score.sections.iter().find(|s| letter_of(s) == *wanted).map(bars).filter(|bars| !bars.is_empty());
        if let Some(found) = found {
            return found;
        }
    }
    // A drop is the fullest there is, anything else the first.
    let fullest = score.sections.iter().max_by(|a, b| a.energy.total_cmp(&b.energy));
    let section = if letter == "drop" { fullest } else { score.sections.first() };
    section.map(bars).filter(|bars| !bars.is_empty()).unwrap_or_else(|| vec![0])
}

/// Fills the length: by the tempo as far as the genre (or the tempo asked for) lets it, then by the tail.
fn fill(score: &mut Score, brief: &Brief, target: f64, ring: f64, remarks: &mut Vec<Remark>) {
    let (end, whole) = (cadence(score), score.duration);
    let wanted = (target - ring).max(target * 0.5);
    let needed = end / wanted * score.bpm;
    let (low, high) = match brief.tempo_bpm {
        Some(bpm) => (bpm, bpm),
        None => {
            genres().get(&brief.genre).map_or((60.0, 180.0), |genre| (genre.tempo.low * 0.9, genre.tempo.high * 1.1))
        }
    };
    let bpm = needed.clamp(low.min(score.bpm), high.max(score.bpm));
    let lands = end * score.bpm / bpm;
    if lands > target - 0.3 {
        // The plan is longer than the piece may be: it is said, and the length follows the plan.
        remarks.push(Remark::PlanOutgrows { planned: lands + ring, asked: target });
    }
    bend(score, &[(0.0, 0.0), (end, lands), (whole, lands + whole - end)]);
    score.bpm = bpm;
    if lands <= target - 0.3 {
        if target - lands > ring + 4.0 {
            remarks.push(Remark::PlanFallsShort { planned: lands + ring, asked: target });
        } else {
            super::span::set_end(score, target);
        }
    }
    tidy(score);
}

/// Names the sections by the plan.
fn name(score: &mut Score, plan: &[&PlannedSection], lengths: &[usize]) {
    let lines = bar_lines(score);
    let mut sections: Vec<Section> = Vec::new();
    let mut bar = 0;
    for (stage, bars) in plan.iter().zip(lengths) {
        let (Some(start), Some(end)) = (lines.get(bar), lines.get((bar + bars).min(lines.len().saturating_sub(1))))
        else {
            break;
        };
        let energy = match stage.letter.as_str() {
            "intro" => 0.3,
            "build" => 0.6,
            "drop" => 0.95,
            "b" => 0.7,
            "break" => 0.25,
            "outro" => 0.3,
            _ => 0.5,
        };
        let turn =
            sections.iter().filter(|s| s.name.trim_end_matches(|c: char| c.is_ascii_digit()) == stage.letter).count();
        let name = if turn == 0 { stage.letter.clone() } else { format!("{}{}", stage.letter, turn + 1) };
        sections.push(Section { name, start: *start, end: *end, energy });
        bar += bars;
    }
    if let Some(last) = sections.last_mut() {
        last.end = score.duration;
    }
    score.sections = sections;
}
