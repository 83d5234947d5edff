//! What a message led to: the read actions carried out on the draft, each with what `reply` needs to tell of it.

use std::sync::Arc;

use serde_json::json;

use super::arranged::{Arranged, Refused};
use super::cut::{Bed, Cut, Obstacle};
use super::edit::{self, Looks, Which};
use super::read::{Action, CaptionWish, Level, MakeMusic, Part, Pick, Target, Way, plain};
use super::titled::Titled;
use bedtrack_compose::Composition;
use bedtrack_wire::draft::{Segment, TEXT};
use bedtrack_wire::state::{Medium, State};

/// Where a state keeps the revision it went back to.
const WENT_BACK_TO: &str = "went_back_to";
/// Where a state keeps the revisions that were left by going back, the newest last.
pub const UNDONE: &str = "undone";

/// One thing that was done, or could not be.
#[derive(Debug, Clone)]
pub enum Deed {
    /// Music was made and placed.
    Made {
        /// As it was wished.
        wish: MakeMusic,
        /// The score and what the composer has to say.
        composition: Arc<Composition>,
        /// Its volume on the timeline, as a factor.
        volume: f64,
        /// How many of the picture's cuts fall on its beats, and how many there are.
        cuts: Option<(usize, usize)>,
        /// Whether someone speaks in the picture, for whom it makes way.
        makes_way: bool,
    },
    /// A volume changed.
    Volume {
        /// Of what.
        target: Target,
        /// Factor before.
        before: f64,
        /// Factor after.
        after: f64,
    },
    /// Something was cut.
    Trimmed {
        /// What.
        target: Target,
        /// Start and end in ms of what stayed.
        kept: (u64, u64),
        /// Its length before, in ms.
        before: u64,
    },
    /// Something was taken off the timeline.
    Removed {
        /// What.
        target: Target,
        /// The words of a title.
        words: Option<String>,
    },
    /// The music begins or ends softly now.
    Faded {
        /// Length of the rise in ms.
        in_ms: Option<u64>,
        /// Length of the fall in ms.
        out_ms: Option<u64>,
    },
    /// Titles or captions are others.
    Titled(Titled),
    /// The draft is as it was so many changes before.
    WentBack(u32),
    /// There was nothing to go back to.
    NothingToUndo,
    /// The draft is as it was before going back.
    WentForward,
    /// There was nothing to go forward to.
    NothingToRedo,
    /// An earlier take lies on the timeline; 1 is the first.
    TookUp(usize),
    /// Songs or pictures lie otherwise.
    Arranged(Arranged),
    /// They could not.
    Refused(Refused),
    /// The shots were cut.
    Cut(Cut),
    /// They could not be.
    Blocked(Obstacle),
    /// The music followed the picture's new length.
    Followed(Bed),
    /// Nothing was there that the action could have changed, or nothing would have been left.
    NotThere(Action),
    /// To be said, not done: answers, questions, what was not understood.
    Said(Action),
}

/// Whether the timeline or the media differ from before.
pub fn changed_anything(deeds: &[Deed]) -> bool {
    deeds.iter().any(|deed| {
        !matches!(
            deed,
            Deed::NothingToUndo
                | Deed::NothingToRedo
                | Deed::NotThere(_)
                | Deed::Said(_)
                | Deed::Refused(_)
                | Deed::Blocked(_)
        )
    })
}

/// Lists a piece and lays it under the picture; gives its volume.
pub fn place(state: &mut State, piece: &Medium, wish: &MakeMusic) -> f64 {
    if wish.way == Way::CutDown {
        // It stands beside the piece; what lies on the timeline stays there.
        let mut beside = piece.clone();
        let seconds = wish.brief.seconds();
        beside.name = Some(format!("{} ({} s)", piece.display_name().unwrap_or("Music"), plain(seconds)));
        state.generated_media.push(beside);
        return 1.0;
    }
    forget_history(state);
    state.generated_media.push(piece.clone());
    match wish.place {
        Some(stretch) => edit::place_on(state, piece, piece.display_name().unwrap_or("Music"), stretch, wish.volume),
        None => edit::place_music(state, piece, wish.volume),
    }
}

/// Carries out an action that needs nothing but the draft.
pub fn apply(state: &mut State, action: &Action) -> Deed {
    let done = match action {
        Action::SetVolume { target, level } => volume(state, target, *level),
        Action::Trim { target, part } => trim(state, target, *part),
        Action::Remove { target } => remove(state, target),
        Action::Fade { target, in_ms, out_ms } => fade(state, target, *in_ms, *out_ms),
        Action::AddTitle(title) => edit::add_title(state, title)
            .and_then(|(start, _)| newest(state).map(|title| Deed::Titled(Titled::Added(Looks::of(&title, start))))),
        Action::ChangeTitle(change) => Some(edit::change_titles(state, change))
            .filter(|changed| !changed.is_empty())
            .map(Titled::Changed)
            .map(Deed::Titled),
        Action::RemoveTitles { which } => Some(edit::remove_titles(state, which))
            .filter(|words| !words.is_empty())
            .map(Titled::Removed)
            .map(Deed::Titled),
        Action::AddCaptions(wish) => {
            let CaptionWish { captions, look } = wish;
            edit::add_captions(state, captions, look).map(|laid| {
                Deed::Titled(Titled::Captioned {
                    laid,
                    mended: captions.mended,
                    left_out: captions.left_out,
                    shortened: captions.shortened,
                })
            })
        }
        Action::UseTake { number } => take_up(state, *number),
        Action::Cut(wish) => match edit::cut(state, wish) {
            Ok(cut) => Some(Deed::Cut(cut)),
            Err(obstacle) => return Deed::Blocked(obstacle),
        },
        Action::MakeMusic(_)
        | Action::Arrange(_)
        | Action::Undo { .. }
        | Action::Redo
        | Action::Answer(_)
        | Action::Leave { .. }
        | Action::UnfitCaptions(_)
        | Action::Unknown { .. } => {
            return Deed::Said(action.clone());
        }
    };
    if done.is_some() {
        forget_history(state);
    }
    done.unwrap_or_else(|| Deed::NotThere(action.clone()))
}

/// Lays a take on the timeline; takes are counted among the pieces that were made.
fn take_up(state: &mut State, number: usize) -> Option<Deed> {
    let mut made = state.generated_media.iter().filter(|medium| medium.m.contains_key("brief"));
    let take = made.nth(number.checked_sub(1)?).cloned()?;
    edit::place_music(state, &take, None);
    Some(Deed::TookUp(number))
}

fn volume(state: &mut State, target: &Target, level: Level) -> Option<Deed> {
    let change = |present: f64| level.from_present(present);
    let told = match target {
        Target::Music => edit::set_music_volume(state, change),
        Target::OriginalSound | Target::Picture => edit::set_own_volume(state, change),
        Target::AllSound | Target::Everything => {
            let (music, own) = (edit::set_music_volume(state, change), edit::set_own_volume(state, change));
            music.or(own)
        }
        Target::Title(_) | Target::AllTitles => None,
    };
    told.map(|(before, after)| Deed::Volume { target: target.clone(), before, after })
}

fn trim(state: &mut State, target: &Target, part: Part) -> Option<Deed> {
    let kept = |length: i64| {
        let (from, to) = part.within(u64::try_from(length).ok()?)?;
        Some((signed(from), signed(to)))
    };
    let told = match target {
        Target::Picture | Target::Everything => {
            let length = edit::picture_end(&state.timeline());
            let (from, to) = kept(length)?;
            edit::trim(state, from, to).map(|(before, _)| ((from, to), before))
        }
        Target::Music | Target::AllSound => {
            let mut part = None;
            let (before, _) = edit::trim_music(state, |length| {
                part = kept(length);
                part
            })?;
            part.map(|part| (part, before))
        }
        Target::OriginalSound | Target::Title(_) | Target::AllTitles => None,
    };
    let ((from, to), before) = told?;
    let kept = (u64::try_from(from).ok()?, u64::try_from(to).ok()?);
    Some(Deed::Trimmed { target: target.clone(), kept, before: u64::try_from(before).unwrap_or(0) })
}

fn remove(state: &mut State, target: &Target) -> Option<Deed> {
    let mut words = None;
    let any = match target {
        Target::Music => edit::remove(state, Which::Music),
        Target::Picture => edit::remove(state, Which::Picture),
        Target::AllTitles => edit::remove(state, Which::Titles),
        Target::Everything => edit::remove(state, Which::Everything),
        Target::Title(which) => {
            let which = which.clone().map_or(Pick::Newest, Pick::Named);
            words = edit::remove_titles(state, &which).into_iter().next();
            words.is_some()
        }
        // The clip keeps its sound; it is only not heard any more.
        Target::OriginalSound => edit::set_own_volume(state, |_| 0.0).is_some(),
        Target::AllSound => {
            let music = edit::remove(state, Which::Music);
            edit::set_own_volume(state, |_| 0.0).is_some() || music
        }
    };
    any.then(|| Deed::Removed { target: target.clone(), words })
}

fn fade(state: &mut State, target: &Target, in_ms: Option<u64>, out_ms: Option<u64>) -> Option<Deed> {
    let sounds = matches!(target, Target::Music | Target::AllSound | Target::Everything);
    let faded = sounds && edit::fade_music(state, in_ms.map(signed), out_ms.map(signed));
    faded.then_some(Deed::Faded { in_ms, out_ms })
}

/// The revision that a state went back to, if going back was the last thing that happened to it.
pub fn place_in_history(state: &State) -> Option<i64> {
    state.rest.get(WENT_BACK_TO)?.as_i64()
}

/// Puts the timeline of an earlier state on this one; media stay listed, so that going forward again finds them.
pub fn go_back(state: &mut State, earlier: State, rev: i64, from: i64) {
    let mut undone = undone(state);
    undone.push(from);
    state.rest.insert(UNDONE.to_owned(), json!(undone));
    adopt(state, earlier, rev);
}

/// The revision that was left last by going back; it is forgotten.
pub fn take_undone(state: &mut State) -> Option<i64> {
    let mut undone = undone(state);
    let last = undone.pop();
    state.rest.insert(UNDONE.to_owned(), json!(undone));
    last
}

fn undone(state: &State) -> Vec<i64> {
    state.rest.get(UNDONE).and_then(|list| serde_json::from_value(list.clone()).ok()).unwrap_or_default()
}

/// Puts the timeline of another revision on this state.
pub fn adopt(state: &mut State, earlier: State, rev: i64) {
    state.draft = earlier.draft;
    state.canvas_config = earlier.canvas_config;
    state.rest.insert(WENT_BACK_TO.to_owned(), json!(rev));
}

/// Forgets what was taken back: something new was done.
pub fn forget_history(state: &mut State) {
    state.rest.remove(WENT_BACK_TO);
    state.rest.remove(UNDONE);
}

fn signed(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}

/// The title that was added last.
fn newest(state: &State) -> Option<Segment> {
    let draft = state.timeline();
    let titles = draft.t.iter().filter(|track| track.tt == TEXT).flat_map(|track| &track.sg);
    let number =
        |title: &Segment| title.m.get("id").and_then(|id| id.as_str()?.strip_prefix("title")?.parse::<u64>().ok());
    titles.max_by_key(|title| number(title)).cloned()
}
