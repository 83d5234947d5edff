//! What a clause asks for, from its words and what they point at.

use super::parts::{Parts, Unit};
use super::words::{Item, Word};
use crate::read::reading::{Context, Cutting, Faded, Level, Moment, Part, Place, Shot, Speed};
use bedtrack_wire::look::{Aspect, Fit, TransitionKind};

/// A fade of the picture where no length is named, in ms.
const USUAL_FADE_MS: u64 = 1_000;
/// 3 dB, a step of louder or quieter.
const STEP: f64 = 1.412_537_544_622_754_4;
/// Faster and slower where no factor is named, in percent.
const FASTER: u32 = 150;
const SLOWER: u32 = 50;

const SHAPES: [(Word, Aspect); 5] = [
    (Word::Vertical, Aspect::Tall),
    (Word::Wide, Aspect::Wide),
    (Word::Square, Aspect::Square),
    (Word::FourFive, Aspect::Portrait),
    (Word::SourceShape, Aspect::Source),
];
const ENTRIES: [(Word, TransitionKind); 4] = [
    (Word::HardCut, TransitionKind::Cut),
    (Word::Crossfade, TransitionKind::Crossfade),
    (Word::Slide, TransitionKind::Slide),
    (Word::Zoom, TransitionKind::Zoom),
];
const FACTORS: [(Word, f64); 5] =
    [(Word::Quadruple, 4.0), (Word::Triple, 3.0), (Word::Quarter, 0.25), (Word::Half, 0.5), (Word::Double, 2.0)];

/// Reads a clause whose words are all known.
pub fn read(clause: &[Item], about: &Context) -> Option<Vec<Cutting>> {
    let parts = Parts::of(clause);
    let one = |cutting: Option<Cutting>| cutting.map(|cutting| vec![cutting]);
    one(track(&parts))
        .or_else(|| one(shape(&parts)))
        .or_else(|| one(enter(&parts)))
        .or_else(|| fade(&parts))
        .or_else(|| speed(&parts, about))
        .or_else(|| level(&parts))
        .or_else(|| one(order(&parts)))
        .or_else(|| split(&parts))
        .or_else(|| one(join(&parts)))
        .or_else(|| out(&parts))
        .or_else(|| one(trim(&parts)))
}

/// "Remove track 2".
fn track(parts: &Parts<'_>) -> Option<Cutting> {
    if !parts.has(Word::Track) || !parts.has(Word::Out) {
        return None;
    }
    let by_shot = parts.shots().into_iter().find_map(|shot| if let Shot::Number(n) = shot { Some(n) } else { None });
    let number = by_shot.or_else(|| parts.count().and_then(|(_, count)| whole(count)))?;
    Some(Cutting::OffTrack(number))
}

/// "Make it vertical", "9:16 with a blurred background", "裁成方形".
fn shape(parts: &Parts<'_>) -> Option<Cutting> {
    let named = SHAPES.iter().find(|(word, _)| parts.has(*word)).map(|(_, aspect)| *aspect);
    let busy = !parts.shots().is_empty() || parts.part().is_some() || !parts.times().is_empty();
    let other = [Word::FadeIn, Word::FadeOut, Word::Fade, Word::Faster, Word::Slower, Word::Split, Word::Join];
    if busy || parts.has_any(&other) || named.is_none() && parts.has(Word::Blur) {
        return None;
    }
    // "Without cropping" holds "crop" no longer: it is one phrase of the other kind.
    let fit = if parts.has(Word::Pad) {
        Some(Fit::Pad)
    } else if parts.has(Word::Crop) {
        Some(Fit::Crop)
    } else {
        None
    };
    (named.is_some() || fit.is_some()).then_some(Cutting::Shape(named, fit))
}

/// "Crossfades between the clips", "hard cuts", "片段之间用叠化".
fn enter(parts: &Parts<'_>) -> Option<Cutting> {
    let (word, kind) = ENTRIES.iter().find(|(word, _)| parts.has(*word))?;
    let alone =
        |word: Word| parts.0.iter().any(|unit| matches!(unit, Unit::Word(item) if item.is(word) && item.at.len() == 1));
    let vague = matches!(kind, TransitionKind::Slide | TransitionKind::Zoom) && alone(*word);
    if vague && !parts.has(Word::Transition) || parts.has_any(&[Word::FadeIn, Word::FadeOut]) {
        return None;
    }
    // Between two shots it is the later one that comes in.
    let shot = parts.shots().into_iter().max_by_key(|shot| match shot {
        Shot::Number(n) | Shot::Photo(n) => *n,
        Shot::Last | Shot::LastPhoto => usize::MAX,
        Shot::Named(_) => 0,
    });
    Some(Cutting::Enter(shot, *kind))
}

/// "Fade in from black", "fade the second clip's sound out over 2 seconds".
fn fade(parts: &Parts<'_>) -> Option<Vec<Cutting>> {
    if !parts.has_any(&[Word::FadeIn, Word::FadeOut, Word::Fade]) {
        return None;
    }
    let shots = parts.shots();
    let seen = parts.has_any(&[Word::Picture, Word::Black, Word::Clip, Word::Photo]) || !shots.is_empty();
    let of = match (parts.has(Word::Sound), seen) {
        (true, _) => Faded::Sound,
        (false, true) => Faded::Picture,
        // What fades without a name is the music.
        (false, false) => return None,
    };
    let (says_in, says_out) = (parts.has(Word::FadeIn), parts.has(Word::FadeOut));
    let bare = parts.has(Word::Fade);
    let only = |word: Word| parts.has(word) && (bare || word == Word::OnlyOut && says_in);
    let (mut rise, mut fall) = (says_in || only(Word::OnlyIn), says_out || only(Word::OnlyOut));
    if !rise && !fall {
        (rise, fall) = (true, true);
    }
    // A part says where: "fade out the last 2 seconds".
    let length = parts.times().first().copied().or_else(|| match parts.part() {
        Some(Part::First(ms) | Part::Last(ms)) => Some(ms),
        _ => None,
    });
    let length = length.unwrap_or(USUAL_FADE_MS);
    let (in_ms, out_ms) = (rise.then_some(length), fall.then_some(length));
    let make = |shot: Option<Shot>| Cutting::Fade { of, shot, in_ms, out_ms };
    Some(if shots.is_empty() { vec![make(None)] } else { shots.into_iter().map(|shot| make(Some(shot))).collect() })
}

/// "Twice as fast", "slow the second clip to half speed", "第二段放慢一倍".
fn speed(parts: &Parts<'_>, about: &Context) -> Option<Vec<Cutting>> {
    let (faster, slower) = (parts.has(Word::Faster), parts.has(Word::Slower));
    let says_speed = parts.has(Word::Speed);
    if !(faster || slower || says_speed) || parts.has_any(&[Word::Sound, Word::Louder, Word::Quieter, Word::Out]) {
        return None;
    }
    let shots = parts.shots();
    let of_picture = !shots.is_empty() || parts.has_any(&[Word::Clip, Word::Photo, Word::Picture]);
    let factor = FACTORS.iter().any(|(word, _)| parts.has(*word)) || parts.count().or(parts.percent()).is_some();
    if !of_picture && (about.has_music() || !factor) {
        return None;
    }
    let named = FACTORS.iter().find(|(word, _)| parts.has(*word)).map(|(_, factor)| *factor);
    let counted = parts.count().filter(|_| says_speed || faster || slower).map(|(_, count)| count);
    let aims = parts.has_aim();
    let speed = if let Some((at, share)) = parts.percent() {
        match (faster, slower) {
            _ if parts.aims(at) || !(faster || slower) => Speed::To(hundredths(share)),
            (true, _) => Speed::By(hundredths(1.0 + share)),
            _ => Speed::By(hundredths((1.0 - share).max(0.0))),
        }
    } else if let Some(factor) = counted.or(named) {
        match slower {
            true if factor > 1.0 && !aims => Speed::By(hundredths(1.0 / factor)),
            _ if (faster || slower) && !aims => Speed::By(hundredths(factor)),
            _ => Speed::To(hundredths(factor)),
        }
    } else if parts.has(Word::Normal) {
        Speed::To(100)
    } else if faster && !slower {
        Speed::By(FASTER)
    } else if slower {
        Speed::By(SLOWER)
    } else {
        return None;
    };
    Some(if shots.is_empty() {
        vec![Cutting::Speed(None, speed)]
    } else {
        shots.into_iter().map(|shot| Cutting::Speed(Some(shot), speed)).collect()
    })
}

/// "Mute clip 2", "make the last clip louder", "第二段音量50%".
fn level(parts: &Parts<'_>) -> Option<Vec<Cutting>> {
    let shots = parts.shots();
    let (louder, quieter) = (parts.has(Word::Louder), parts.has(Word::Quieter));
    let speaks = louder || quieter || parts.has_any(&[Word::Mute, Word::Unmute, Word::Sound]);
    if shots.is_empty() || !speaks || parts.has_any(&[Word::Split, Word::Join, Word::Swap, Word::Replace]) {
        return None;
    }
    let level = if parts.has(Word::Unmute) {
        Level::To(1.0)
    } else if parts.has(Word::Mute) || parts.has(Word::Out) {
        Level::To(0.0)
    } else if let Some((at, share)) = parts.percent() {
        match (louder, quieter) {
            _ if parts.aims(at) || !(louder || quieter) => Level::To(share.clamp(0.0, 2.0)),
            (true, _) => Level::By(1.0 + share),
            _ => Level::By((1.0 - share).max(0.0)),
        }
    } else if parts.has(Word::Half) {
        Level::By(0.5)
    } else if parts.has(Word::Double) {
        Level::By(2.0)
    } else if louder {
        Level::By(STEP)
    } else if quieter {
        Level::By(1.0 / STEP)
    } else {
        return None;
    };
    Some(shots.into_iter().map(|shot| Cutting::Level(shot, level)).collect())
}

/// What goes where, and what takes whose place.
fn order(parts: &Parts<'_>) -> Option<Cutting> {
    let shots = parts.shots();
    if parts.has(Word::Backwards) {
        return Some(Cutting::Backwards);
    }
    let file = shots.iter().any(|shot| matches!(shot, Shot::Named(_))) || parts.has(Word::Newest);
    if parts.has(Word::Replace) && file {
        return replace(parts, &shots);
    }
    if parts.has(Word::Swap) {
        return match shots.as_slice() {
            [first, second] => Some(Cutting::Swap(first.clone(), second.clone())),
            [] if parts.has(Word::Together) || parts.has(Word::Clip) && two(parts) => {
                Some(Cutting::Swap(Shot::Number(1), Shot::Number(2)))
            }
            _ => None,
        };
    }
    let moves = parts.has_any(&[Word::Move, Word::Earlier, Word::Later]);
    let [shot, rest @ ..] = shots.as_slice() else { return None };
    if !moves && !parts.has(Word::ToFront) && !parts.has(Word::ToEnd)
        || parts.has_any(&[Word::Out, Word::Keep, Word::Trim, Word::Join, Word::Split])
        || !parts.times().is_empty()
    {
        return None;
    }
    let place = match rest {
        [other] if parts.has(Word::Before) => Place::Before(other.clone()),
        [other] if parts.has(Word::After) => Place::After(other.clone()),
        // "Move clip 3 to number 1", "把第三段移到第一个": the second shot names a place.
        [Shot::Number(number)] => Place::Number(*number),
        [Shot::Last] => Place::End,
        [] if parts.has(Word::Earlier) => Place::By(-1),
        [] if parts.has(Word::Later) => Place::By(1),
        [] if parts.count().is_some() => Place::Number(whole(parts.count()?.1)?),
        [] if parts.has(Word::ToFront) => Place::Number(1),
        [] if parts.has(Word::ToEnd) => Place::End,
        [] if parts.has(Word::Second) => Place::Number(2),
        [] if parts.has(Word::Third) => Place::Number(3),
        [] if parts.has(Word::Fourth) => Place::Number(4),
        _ => return None,
    };
    Some(Cutting::Move(shot.clone(), place))
}

/// "Replace clip 2 with b.mp4", "use b.mp4 instead of the second clip", "用b.mp4替换第二段".
fn replace(parts: &Parts<'_>, shots: &[Shot]) -> Option<Cutting> {
    let named: Vec<(usize, &str)> = shots
        .iter()
        .enumerate()
        .filter_map(|(at, shot)| if let Shot::Named(name) = shot { Some((at, name.as_str())) } else { None })
        .collect();
    let verb = parts.place(Word::Replace)?;
    let file_first = parts.0.iter().position(|unit| matches!(unit, Unit::Shot(Shot::Named(_))));
    let shot_behind = parts.0.iter().rposition(|unit| matches!(unit, Unit::Shot(_)));
    // The new one stands before the verb in "use b.mp4 instead of …" and "用b.mp4替换…".
    let new_first = file_first.is_some_and(|file| file < verb) && shot_behind.is_some_and(|shot| shot > verb);
    let (at, with) = match named.as_slice() {
        [] => return Some(Cutting::Replace(shots.first().cloned(), None)),
        [only] => *only,
        [first, ..] if new_first => *first,
        [.., last] => *last,
    };
    let shot = shots.iter().enumerate().find(|(other, _)| *other != at).map(|(_, shot)| shot.clone());
    Some(Cutting::Replace(shot, Some(with.to_owned())))
}

/// "Split at 0:10", "split the second clip in half".
fn split(parts: &Parts<'_>) -> Option<Vec<Cutting>> {
    // "Cut it in half" splits as well.
    let halves = parts.has(Word::Trim) && parts.has(Word::Middle) && parts.times().is_empty() && parts.part().is_none();
    if !parts.has(Word::Split) && !halves {
        return None;
    }
    let shot = parts.shots().into_iter().next();
    let mut times = parts.times();
    if let Some(Part::First(ms)) = parts.part() {
        times.push(ms);
    }
    if times.is_empty() {
        let halves = parts.has(Word::Middle) || parts.has(Word::Half);
        let says = halves
            || parts.0.iter().any(|unit| matches!(unit, Unit::Word(item) if item.is(Word::Split) && item.at.len() > 2));
        return says.then(|| vec![Cutting::Split(shot, Moment::Middle)]);
    }
    // The last one first, so that the times of the others stay what they were.
    times.sort_unstable_by_key(|ms| std::cmp::Reverse(*ms));
    Some(times.into_iter().map(|ms| Cutting::Split(shot.clone(), Moment::At(ms))).collect())
}

/// "Join the two clips", "把第一段和第二段合并".
fn join(parts: &Parts<'_>) -> Option<Cutting> {
    let shots = parts.shots();
    let named = !shots.is_empty() || parts.has_any(&[Word::Clip, Word::Photo, Word::Together, Word::Whole]);
    (parts.has(Word::Join) && named && parts.times().is_empty()).then_some(Cutting::Join(shots))
}

/// "Cut out 0:05 to 0:08", "remove the second clip", "cut 2 seconds off the end of clip 1".
fn out(parts: &Parts<'_>) -> Option<Vec<Cutting>> {
    if !parts.has(Word::Out) || parts.has(Word::Keep) || parts.has_any(&[Word::Sound, Word::Transition]) {
        return None;
    }
    let mut shots = parts.shots();
    match (parts.part(), parts.times().as_slice()) {
        (Some(_), _) if shots.len() > 1 => None,
        (Some(Part::Between(from, to)), _) => {
            // "Cut to 0:05-0:08" keeps.
            let trims = parts.has(Word::Trim) && parts.aims(parts.0.iter().position(|u| matches!(u, Unit::Span(..)))?);
            (!trims).then(|| vec![Cutting::Out(shots.pop(), Part::Between(from, to))])
        }
        // The first or last seconds of the whole are read as a trim.
        (Some(part), _) => shots.pop().map(|shot| vec![Cutting::Out(Some(shot), part)]),
        (None, [ms]) => {
            let part = if parts.has_any(&[Word::First, Word::ToFront]) { Part::First(*ms) } else { Part::Last(*ms) };
            let aims = parts.has(Word::Trim) && parts.has_aim();
            let shot = shots.pop()?;
            Some(vec![if aims { Cutting::Only(shot, Part::First(*ms)) } else { Cutting::Out(Some(shot), part) }])
        }
        (None, []) if !shots.is_empty() && parts.count().is_none() && parts.percent().is_none() => {
            Some(vec![Cutting::Drop(shots)])
        }
        _ => None,
    }
}

/// "Trim the second clip to 3 seconds", "show the first photo for 6 seconds", "第二段只保留前3秒".
fn trim(parts: &Parts<'_>) -> Option<Cutting> {
    let [shot] = parts.shots().try_into().ok()?;
    let (keeps, trims) = (parts.has(Word::Keep), parts.has(Word::Trim));
    if parts.has_any(&[Word::Sound, Word::Move, Word::Transition]) && !keeps && !trims {
        return None;
    }
    match (parts.part(), parts.times().as_slice()) {
        (Some(part), _) if keeps || matches!(part, Part::Between(..)) && trims => Some(Cutting::Only(shot, part)),
        (Some(part), _) if trims && parts.has_aim() => Some(Cutting::Only(shot, part)),
        (Some(part), _) if trims => Some(Cutting::Out(Some(shot), part)),
        (None, [ms]) => {
            let by = parts
                .0
                .iter()
                .any(|unit| matches!(unit, Unit::Word(item) if item.is(Word::With) && !item.is(Word::Range)));
            let by = by && trims && !parts.has_any(&[Word::Keep]) && !parts.has(Word::Range);
            let end = parts.has_any(&[Word::ToEnd, Word::Last]);
            Some(if trims && (by || end) {
                Cutting::Out(Some(shot), Part::Last(*ms))
            } else {
                Cutting::Only(shot, Part::First(*ms))
            })
        }
        _ => None,
    }
}

/// Whether exactly two are spoken of.
fn two(parts: &Parts<'_>) -> bool {
    parts.count().is_some_and(|(_, count)| count == 2.0)
}

fn hundredths(factor: f64) -> u32 {
    (factor * 100.0).round().clamp(0.0, 100_000.0) as u32
}

fn whole(count: f64) -> Option<usize> {
    (count.fract() == 0.0 && (1.0..=9999.0).contains(&count)).then_some(count as usize)
}
