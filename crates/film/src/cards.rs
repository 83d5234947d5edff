//! All that is drawn before ffmpeg starts: titles, captions and the cover. A few titles become overlays of their own, many
//! go onto reels.

use std::path::Path;

use bedtrack_wire::title::Position;

use super::FilmError;
use super::cover::{Painted, paint, store};
use super::graph::{Pixels, Raw};
use super::plan::FilmPlan;
use super::reel::{self, Packed, Reel};
use super::stage::Stage;
use super::titles::{Drawn, Pen, TitleCard};
use super::watch::Watch;

/// A film with more titles than this has them on reels: each overlay is an input and a filter of its own.
const MOST_OVERLAYS: usize = 12;
/// Most titles that are shown at the same time; more cover the picture and each other.
const MOST_AT_ONCE: usize = 6;
/// Characters named as missing, at most.
const MOST_NAMED: usize = 20;

/// A title, drawn.
#[derive(Debug)]
pub(super) struct Card {
    pub raw: Raw,
    pub x: u32,
    pub y: u32,
    pub start_ms: i64,
    pub duration_ms: u64,
    /// How long it takes to come and to go.
    pub fades_ms: (u64, u64),
}

/// What was drawn.
#[derive(Debug, Default)]
pub(super) struct Drawings {
    pub cards: Vec<Card>,
    pub reels: Vec<Reel>,
    pub cover: Option<Painted>,
    pub notes: Vec<String>,
}

/// Where and when a title stands already.
#[derive(Debug, Clone, Copy)]
struct Taken {
    top: u32,
    bottom: u32,
    start_ms: i64,
    end_ms: i64,
}

/// Draws titles and cover.
pub(super) fn draw(plan: &FilmPlan, stage: Stage, folder: &Path, watch: &Watch) -> Result<Drawings, FilmError> {
    let mut drawings = Drawings::default();
    if plan.titles.is_empty() && (plan.cover.is_none() || !plan.clips.is_empty()) {
        return Ok(drawings);
    }
    let mut pen = Pen::new();
    let mut missing = std::collections::BTreeSet::new();
    if let (Some(cover), true) = (&plan.cover, plan.clips.is_empty()) {
        let painted =
            paint(&mut pen, &cover.title, plan.sound.as_deref().map(|wav| (wav, plan.duration_ms)), stage, folder)?;
        missing.extend(painted.title.missing.iter().copied());
        drawings.cover = Some(painted);
        drawings.notes.push(
            "There is no picture, so the film shows a plain cover: the title and the sound's waveform.".to_owned(),
        );
    }
    let film_end = i64::try_from(plan.duration_ms).unwrap_or(i64::MAX);
    let shown = |title: &&TitleCard| {
        let end = title.start_ms.saturating_add_unsigned(title.duration_ms);
        title.duration_ms > 0 && end > 0 && title.start_ms < film_end
    };
    let titles: Vec<&TitleCard> = plan.titles.iter().filter(shown).collect();
    let many = titles.len() > MOST_OVERLAYS;
    let (mut taken, mut packed): (Vec<Taken>, Vec<Packed>) = (Vec::new(), Vec::new());
    let (mut cut, mut crowded) = (0_usize, 0_usize);
    for title in titles {
        // Thousands take their time; nobody may be waiting any more.
        watch.check()?;
        let end = title.start_ms.saturating_add_unsigned(title.duration_ms);
        let together: Vec<Taken> =
            taken.iter().filter(|there| there.start_ms < end && title.start_ms < there.end_ms).copied().collect();
        if together.len() >= MOST_AT_ONCE {
            crowded += 1;
            continue;
        }
        let Some(drawn) = pen.draw(title, (stage.width, stage.height))? else { continue };
        missing.extend(drawn.missing.iter().copied());
        cut += usize::from(drawn.cut);
        if drawn.rgba.is_empty() {
            continue;
        }
        let y = clear_of(&together, title, &drawn, stage);
        taken.push(Taken { top: y, bottom: y.saturating_add(drawn.height), start_ms: title.start_ms, end_ms: end });
        let fades_ms = fades(title);
        if many {
            let span = (u64::try_from(title.start_ms).unwrap_or(0), u64::try_from(end.min(film_end)).unwrap_or(0));
            // What began before the film is there already when it starts.
            let rise = if title.start_ms < 0 { 0 } else { fades_ms.0 };
            let fall = if end > film_end { 0 } else { fades_ms.1 };
            packed.push(Packed::new(&drawn, y, span, (rise, fall))?);
            continue;
        }
        drawings.cards.push(Card {
            raw: store(&drawn.rgba, (drawn.width, drawn.height), Pixels::Rgba, folder)?,
            x: drawn.x,
            y,
            start_ms: title.start_ms,
            duration_ms: title.duration_ms,
            fades_ms,
        });
    }
    drawings.reels = reel::reels(packed, stage, folder, watch)?;
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    if !missing.is_empty() {
        let shown: Vec<String> = missing.iter().take(MOST_NAMED).map(char::to_string).collect();
        let more = if missing.len() > MOST_NAMED { " and more" } else { "" };
        drawings.notes.push(format!(
            "The built-in fonts have no shape for {}{more}, so it was left out of the title.",
            shown.join(" ")
        ));
    }
    if cut > 0 {
        drawings
            .notes
            .push(format!("{cut} title{} had more words than the frame holds; the end was left out.", plural(cut)));
    }
    if crowded > 0 {
        drawings.notes.push(format!(
            "{crowded} title{} would have been shown with {MOST_AT_ONCE} others at the same time and were left out.",
            plural(crowded)
        ));
    }
    Ok(drawings)
}

/// How long a title comes and goes; together never longer than it stands.
fn fades(title: &TitleCard) -> (u64, u64) {
    let usual = title.style.usual_fade_ms().min(title.duration_ms / 3);
    let most = title.duration_ms / 2;
    (title.look.fade_in.unwrap_or(usual).min(most), title.look.fade_out.unwrap_or(usual).min(most))
}

/// Where a title has to stand so that it covers none that is shown at the same time: above it, or below it where it hangs
/// from the top, as long as there is room.
fn clear_of(together: &[Taken], title: &TitleCard, drawn: &Drawn, stage: Stage) -> u32 {
    let mut y = drawn.y;
    // Each round moves it past one card, so this ends.
    for _ in 0..together.len() {
        let covered = together.iter().find(|there| y < there.bottom && there.top < y.saturating_add(drawn.height));
        let next = covered.and_then(|there| match title.position {
            Position::Top => Some(there.bottom).filter(|y| y.saturating_add(drawn.height) <= stage.height),
            _ => there.top.checked_sub(drawn.height),
        });
        match next {
            Some(free) => y = free,
            None => break,
        }
    }
    y
}
