//! What was done, in one shape: an edit gives it back, and `reply` words it.

use super::arranged::{Arranged, Refused};
use super::cut::{Bed, Cut, Obstacle};
use super::made::Made;
use super::read::{Take, Target, Topic, Why};
use super::titled::Titled;
use bedtrack_language::captions::Unfit;
use bedtrack_timeline::{Id, Kind, Timeline};
use bedtrack_wire::time::Ms;

/// One step of a turn, as it was carried out.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// What was done, with all values that were asked for or chosen.
    pub deed: Deed,
    /// Ids of what it changed, came with or took away, in the order of the timeline.
    pub targets: Vec<Id>,
    /// Ids of what had to follow: titles that went with their clip, music that was cut with the picture.
    pub follows: Vec<Id>,
}

impl From<Deed> for Done {
    /// A deed that is told and touches nothing.
    fn from(deed: Deed) -> Self {
        Self { deed, targets: Vec::new(), follows: Vec::new() }
    }
}

impl Done {
    /// A deed between two timelines: what differs is what was meant where the deed is about things of its kind, and else
    /// what followed.
    pub fn between(before: &Timeline, after: &Timeline, deed: Deed) -> Self {
        let (targets, follows) = after.differing(before).into_iter().partition(|id| deed.means(*id));
        Self { deed, targets, follows }
    }
}

/// One thing that was done, or could not be, with what has to be known of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// Music was made.
    Made(Made),
    /// A level changed. Factors; 1 is full.
    Volume {
        /// Of what.
        target: Target,
        /// Before.
        from: f64,
        /// After.
        to: f64,
    },
    /// A part was kept.
    Trimmed {
        /// Of what.
        target: Target,
        /// From and to on what it was.
        kept: (Ms, Ms),
        /// Its length before.
        before: Ms,
    },
    /// Something was taken off.
    Removed {
        /// What.
        target: Target,
        /// Its name on the timeline, where it has one.
        name: Option<String>,
    },
    /// A soft beginning or end was set.
    Faded {
        /// Of what.
        target: Target,
        /// Rise.
        fade_in: Option<Ms>,
        /// Fall.
        fade_out: Option<Ms>,
    },
    /// Titles or captions are others.
    Titled(Titled),
    /// Captions came that cannot be read.
    UnfitCaptions(Unfit),
    /// So many steps were taken back; 0: there was nothing.
    Undone(u32),
    /// What was taken back came again, or nothing had been taken back.
    Redone(bool),
    /// An earlier take lies on the timeline; 1 is the first.
    TookUp(usize, Option<Take>),
    /// Which takes there are.
    Takes(Vec<Take>),
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
    /// A question was answered, or a greeting returned; with the music where it is about it.
    Answered(Topic, Option<Made>),
    /// Something was left as it was.
    Left(String),
    /// Words that led to nothing.
    Nothing {
        /// The user's words.
        text: String,
        /// What is wrong with them.
        why: Why,
    },
}

impl Deed {
    /// Whether it changed anything.
    pub fn changes(&self) -> bool {
        !matches!(
            self,
            Self::Undone(0)
                | Self::Redone(false)
                | Self::Refused(_)
                | Self::Blocked(_)
                | Self::Takes(_)
                | Self::Answered(..)
                | Self::Left(_)
                | Self::UnfitCaptions(_)
                | Self::Nothing { .. }
        )
    }

    /// Whether it cut the picture.
    pub fn cuts_picture(&self) -> bool {
        matches!(self, Self::Cut(_) | Self::Trimmed { target: Target::Picture | Target::Everything, .. })
    }

    /// Whether a thing of the timeline is what it means, and not what only follows.
    fn means(&self, id: Id) -> bool {
        match self {
            Self::Made(_) | Self::TookUp(..) | Self::Followed(_) => holds(&Target::Music, id),
            Self::Volume { target, .. }
            | Self::Trimmed { target, .. }
            | Self::Removed { target, .. }
            | Self::Faded { target, .. } => holds(target, id),
            Self::Titled(_) => holds(&Target::AllTitles, id),
            Self::Arranged(Arranged::OnBeats { .. }) => holds(&Target::Picture, id),
            Self::Arranged(_) => holds(&Target::Music, id),
            Self::Cut(cut) => {
                let shots = cut.what.shots();
                if shots.is_empty() { holds(&cut.what.target(), id) } else { shots.iter().any(|shot| shot.id == id) }
            }
            // What was taken back or brought again is all of it.
            _ => true,
        }
    }
}

/// Whether a thing is of a part of the timeline.
fn holds(target: &Target, id: Id) -> bool {
    let (is_clip, is_title) = (id.kind == Kind::Clip, id.kind == Kind::Title);
    match target {
        Target::Music => !is_clip && !is_title,
        Target::OriginalSound | Target::Picture => is_clip,
        Target::AllSound => !is_title,
        Target::Title(_) | Target::AllTitles => is_title,
        Target::Everything => true,
    }
}
