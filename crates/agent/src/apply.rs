//! What a message asks for, carried out on the timeline, as far as that needs nothing else.

use super::done::{Deed, Done};
use super::edit::{self, Which};
use super::read::{Action, CaptionWish, Context, Level, MakeMusic, Part, Pick, Target, Topic, Way, Why, plain};
use super::titled::Titled;
use bedtrack_timeline::Timeline;
use bedtrack_wire::state::Medium;
use bedtrack_wire::time::Ms;

/// Lists a piece and lays it under the picture; gives its volume.
pub fn place(timeline: &mut Timeline, piece: &Medium, wish: &MakeMusic) -> f64 {
    if wish.way == Way::CutDown {
        // It stands beside the piece; what lies on the timeline stays there.
        let mut beside = piece.clone();
        let seconds = wish.brief.seconds();
        beside.name = Some(format!("{} ({} s)", piece.display_name().unwrap_or("Music"), plain(seconds)));
        timeline.list_made(beside);
        return 1.0;
    }
    timeline.history.forget();
    timeline.list_made(piece.clone());
    match wish.place {
        Some(stretch) => edit::place_on(timeline, piece, piece.display_name().unwrap_or("Music"), stretch, wish.volume),
        None => edit::place_music(timeline, piece, wish.volume),
    }
}

/// Carries out an action that needs nothing but the timeline. `context` is what the message was read with.
pub fn apply(timeline: &mut Timeline, action: &Action, context: &Context) -> Done {
    let before = timeline.clone();
    let deed = deed(timeline, action, context);
    if !deed.changes() {
        return deed.into();
    }
    timeline.history.forget();
    Done::between(&before, timeline, deed)
}

fn deed(timeline: &mut Timeline, action: &Action, context: &Context) -> Deed {
    let done = match action {
        Action::SetVolume { target, level } => volume(timeline, target, *level),
        Action::Trim { target, part } => trim(timeline, target, *part),
        Action::Remove { target } => remove(timeline, target),
        Action::Fade { target, in_ms, out_ms } => fade(timeline, target, *in_ms, *out_ms),
        Action::AddTitle(title) => edit::add_title(timeline, title).map(|looks| Deed::Titled(Titled::Added(looks))),
        Action::ChangeTitle(change) => Some(edit::change_titles(timeline, change))
            .filter(|changed| !changed.is_empty())
            .map(|changed| Deed::Titled(Titled::Changed(changed))),
        Action::RemoveTitles { which } => Some(edit::remove_titles(timeline, which))
            .filter(|words| !words.is_empty())
            .map(|words| Deed::Titled(Titled::Removed(words))),
        Action::AddCaptions(CaptionWish { captions, look }) => {
            edit::add_captions(timeline, captions, look).map(|laid| {
                Deed::Titled(Titled::Captioned {
                    laid,
                    mended: captions.mended,
                    left_out: captions.left_out,
                    shortened: captions.shortened,
                })
            })
        }
        Action::UseTake { number } => take_up(timeline, *number, context),
        Action::Cut(wish) => Some(edit::cut(timeline, wish).map_or_else(Deed::Blocked, Deed::Cut)),
        Action::Answer(Topic::Takes) => Some(Deed::Takes(context.takes.clone())),
        Action::Answer(topic) => Some(Deed::Answered(*topic, None)),
        Action::Leave { text } => Some(Deed::Left(text.clone())),
        Action::Unknown { text, why } => Some(Deed::Nothing { text: text.clone(), why: *why }),
        Action::UnfitCaptions(unfit) => Some(Deed::UnfitCaptions(*unfit)),
        Action::MakeMusic(_) | Action::Arrange(_) | Action::Undo { .. } | Action::Redo => {
            Some(Deed::Nothing { text: String::new(), why: Why::NotUnderstood })
        }
    };
    done.unwrap_or_else(|| match action {
        Action::UseTake { .. } => Deed::Takes(context.takes.clone()),
        _ => Deed::Nothing { text: String::new(), why: why(action, context) },
    })
}

/// Why an edit met nothing: what it speaks of is not there, or it would have left nothing.
fn why(action: &Action, context: &Context) -> Why {
    let target = match action {
        Action::SetVolume { target, .. }
        | Action::Trim { target, .. }
        | Action::Remove { target }
        | Action::Fade { target, .. } => target,
        Action::ChangeTitle(_) | Action::RemoveTitles { .. } => return Why::NoTitle,
        Action::AddTitle(_) | Action::AddCaptions(_) => return Why::BeyondPicture,
        _ => return Why::CannotDo,
    };
    match target {
        Target::Music | Target::AllSound if !context.has_music() => Why::NoMusic,
        Target::Picture | Target::OriginalSound if !context.has_picture => Why::NoPicture,
        Target::Title(_) | Target::AllTitles => Why::NoTitle,
        _ => Why::CannotDo,
    }
}

/// Lays a take on the timeline; takes are counted among the pieces that were made.
fn take_up(timeline: &mut Timeline, number: usize, context: &Context) -> Option<Deed> {
    let at = number.checked_sub(1)?;
    let take = timeline.made().iter().filter(|medium| medium.has_brief()).nth(at).cloned()?;
    edit::place_music(timeline, &take, None);
    Some(Deed::TookUp(number, context.takes.get(at).cloned()))
}

fn volume(timeline: &mut Timeline, target: &Target, level: Level) -> Option<Deed> {
    let change = |present: f64| level.from_present(present);
    let told = match target {
        Target::Music => edit::set_music_volume(timeline, change),
        Target::OriginalSound | Target::Picture => edit::set_own_volume(timeline, change),
        Target::AllSound | Target::Everything => {
            let (music, own) = (edit::set_music_volume(timeline, change), edit::set_own_volume(timeline, change));
            music.or(own)
        }
        Target::Title(_) | Target::AllTitles => None,
    };
    told.map(|(from, to)| Deed::Volume { target: target.clone(), from, to })
}

fn trim(timeline: &mut Timeline, target: &Target, part: Part) -> Option<Deed> {
    let kept = |length: Ms| {
        let (from, to) = part.within(length.whole())?;
        Some((Ms::from(from), Ms::from(to)))
    };
    let told = match target {
        Target::Picture | Target::Everything => {
            let (from, to) = kept(timeline.picture_end())?;
            edit::trim(timeline, from, to).map(|(before, _)| ((from, to), before))
        }
        Target::Music | Target::AllSound => {
            let mut part = None;
            let (before, _) = edit::trim_music(timeline, |length| {
                part = kept(length);
                part
            })?;
            part.map(|part| (part, before))
        }
        Target::OriginalSound | Target::Title(_) | Target::AllTitles => None,
    };
    told.map(|(kept, before)| Deed::Trimmed { target: target.clone(), kept, before })
}

fn remove(timeline: &mut Timeline, target: &Target) -> Option<Deed> {
    let mut name = None;
    let any = match target {
        Target::Music => edit::remove(timeline, Which::Music),
        Target::Picture => edit::remove(timeline, Which::Picture),
        Target::AllTitles => edit::remove(timeline, Which::Titles),
        Target::Everything => edit::remove(timeline, Which::Everything),
        Target::Title(which) => {
            let which = which.clone().map_or(Pick::Newest, Pick::Named);
            name = edit::remove_titles(timeline, &which).into_iter().next();
            name.is_some()
        }
        // The clip keeps its sound; it is only not heard any more.
        Target::OriginalSound => edit::set_own_volume(timeline, |_| 0.0).is_some(),
        Target::AllSound => {
            let music = edit::remove(timeline, Which::Music);
            edit::set_own_volume(timeline, |_| 0.0).is_some() || music
        }
    };
    any.then(|| Deed::Removed { target: target.clone(), name })
}

fn fade(timeline: &mut Timeline, target: &Target, in_ms: Option<u64>, out_ms: Option<u64>) -> Option<Deed> {
    let (fade_in, fade_out) = (in_ms.map(Ms::from), out_ms.map(Ms::from));
    let sounds = matches!(target, Target::Music | Target::AllSound | Target::Everything);
    let faded = sounds && edit::fade_music(timeline, fade_in, fade_out);
    faded.then_some(Deed::Faded { target: Target::Music, fade_in, fade_out })
}
