//! From what was done to the words for it: deeds become the facts that `reply` knows how to say.

use super::deeds::Deed;
use super::read::{Action, Context, Reading, Target, Topic, Why};
use super::reply::{self, Done, Made, Report};

/// The reply to a message: what was read and what came of it.
pub fn tell(reading: &Reading, deeds: &[Deed], context: &Context) -> String {
    reply::reply(&Report {
        language: reading.language,
        done: deeds.iter().map(|deed| done(deed, context)).collect(),
        remarks: reading.remarks.clone(),
        unused: reading.unused.clone(),
        asks: reading.asks,
    })
}

fn done(deed: &Deed, context: &Context) -> Done {
    match deed {
        Deed::Made { wish, composition, volume, cuts, makes_way } => {
            let score = &composition.score;
            let mut instruments: Vec<String> = score.parts.iter().map(|part| part.instrument.clone()).collect();
            instruments.dedup();
            Done::Made(Made {
                way: wish.way,
                genre: score.genre.clone(),
                bpm: Some(score.bpm),
                key: score.key,
                seconds: score.duration,
                instruments,
                seed: score.seed,
                volume: *volume,
                place: wish.place,
                has_picture: context.has_picture,
                under_sound: context.picture_has_sound,
                loops: wish.brief.seamless_loop,
                changed: wish.changed.clone(),
                remarks: composition.remarks.clone(),
                cuts: *cuts,
                makes_way: *makes_way,
            })
        }
        Deed::Volume { target, before, after } => {
            Done::Volume { target: target.clone(), from: Some(*before), to: *after }
        }
        Deed::Trimmed { target, kept, before } => {
            Done::Trimmed { target: target.clone(), kept: Some(*kept), before: *before }
        }
        Deed::Removed { target, words } => Done::Removed { target: target.clone(), name: words.clone() },
        Deed::Faded { in_ms, out_ms } => Done::Faded { target: Target::Music, in_ms: *in_ms, out_ms: *out_ms },
        Deed::Titled(titled) => Done::Titled(titled.clone()),
        Deed::WentBack(steps) => Done::Undone(*steps),
        Deed::NothingToUndo => Done::Undone(0),
        Deed::WentForward => Done::Redone(true),
        Deed::NothingToRedo => Done::Redone(false),
        Deed::TookUp(number) => Done::TookUp(*number, context.takes.get(number.saturating_sub(1)).cloned()),
        Deed::Arranged(arranged) => Done::Arranged(arranged.clone()),
        Deed::Refused(refused) => Done::Refused(refused.clone()),
        Deed::Cut(cut) => Done::Cut(cut.clone()),
        Deed::Blocked(obstacle) => Done::Blocked(obstacle.clone()),
        Deed::Followed(bed) => Done::Followed(bed.clone()),
        Deed::NotThere(Action::UseTake { .. }) => Done::Takes(context.takes.clone()),
        Deed::NotThere(action) => Done::Nothing { text: String::new(), why: why(action, context) },
        Deed::Said(Action::Answer(Topic::Takes)) => Done::Takes(context.takes.clone()),
        Deed::Said(Action::Answer(topic)) => Done::Answered(*topic, None),
        Deed::Said(Action::Leave { text }) => Done::Left(text.clone()),
        Deed::Said(Action::Unknown { text, why }) => Done::Nothing { text: text.clone(), why: *why },
        Deed::Said(Action::UnfitCaptions(unfit)) => Done::UnfitCaptions(*unfit),
        Deed::Said(_) => Done::Nothing { text: String::new(), why: Why::NotUnderstood },
    }
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
