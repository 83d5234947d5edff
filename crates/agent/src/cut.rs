//! What came of a wish to cut the shots on the timeline: the facts that `reply` words. Places count from 1.

use super::read::{Faded, Target};
use bedtrack_timeline::Id;
use bedtrack_wire::look::{Aspect, Fit, TransitionKind};
use bedtrack_wire::time::Ms;

/// A change that was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Cut {
    /// What was done.
    pub what: What,
    /// Length of the picture before and after.
    pub length: (Ms, Ms),
    /// Words of the titles that went with the picture under them.
    pub lost_titles: Vec<String>,
}

/// A shot as people know it: its place and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name that it keeps through all changes.
    pub id: Id,
    /// Its place.
    pub number: usize,
    /// Its name.
    pub name: String,
}

/// What was done to the shots.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A part went, of the whole or of a shot.
    Out(Option<Named>, (Ms, Ms)),
    /// A part of a shot is all that stayed of it; with its length before and after.
    Only(Named, (Ms, Ms)),
    /// A shot became two, at a moment of the timeline.
    Split(Named, Ms),
    /// So many pieces of a recording became one shot again.
    Joined(Named, usize),
    /// Pictures that waited were put at the end.
    Appended(Vec<String>),
    /// A shot went to another place.
    Moved(Named, usize),
    /// Two shots changed places.
    Swapped(Named, Named),
    /// The order was turned round; so many shots.
    Backwards(usize),
    /// Another picture took the place of a shot.
    Replaced(Named, String),
    /// Shots went.
    Dropped(Vec<Named>),
    /// A shot, or all, plays at another speed, in percent before and after.
    Speed(Option<Named>, (u32, u32)),
    /// A photo, or all, is shown for longer or shorter.
    Shown(Option<Named>),
    /// The own sound of a shot has another level, before and after.
    Level(Named, (f64, f64)),
    /// A soft beginning or end.
    Fade {
        /// Picture or sound.
        of: Faded,
        /// Whose.
        shot: Option<Named>,
        /// Length of the rise.
        fade_in: Option<Ms>,
        /// Length of the fall.
        fade_out: Option<Ms>,
    },
    /// The film has another shape, before and after, and its pictures fill it so.
    Shape((Aspect, Aspect), Fit),
    /// So many shots come in otherwise; the one where it is one alone.
    Enter(Option<Named>, TransitionKind, usize),
    /// A track went.
    OffTrack(usize, Target),
}

impl What {
    /// The shots that it is about, by name; none where it is about all of them, or about something else.
    pub fn shots(&self) -> Vec<&Named> {
        match self {
            Self::Out(Some(shot), _)
            | Self::Only(shot, _)
            | Self::Split(shot, _)
            | Self::Joined(shot, _)
            | Self::Moved(shot, _)
            | Self::Replaced(shot, _)
            | Self::Speed(Some(shot), _)
            | Self::Shown(Some(shot))
            | Self::Level(shot, _)
            | Self::Fade { shot: Some(shot), .. }
            | Self::Enter(Some(shot), ..) => vec![shot],
            Self::Swapped(one, other) => vec![one, other],
            Self::Dropped(shots) => shots.iter().collect(),
            _ => Vec::new(),
        }
    }

    /// The part of the timeline that it is about where it names no shot.
    pub fn target(&self) -> Target {
        match self {
            Self::OffTrack(_, target) => target.clone(),
            _ => Target::Picture,
        }
    }
}

/// Why nothing was changed.
#[derive(Debug, Clone, PartialEq)]
pub enum Obstacle {
    /// There is no picture.
    NoPicture,
    /// There is no shot of this place; so many there are.
    NoShot(usize, usize),
    /// Nothing says which of so many is meant.
    WhichShot(usize),
    /// There is no photo of this place; so many there are.
    NoPhoto(usize, usize),
    /// No shot shows this file; these are shown.
    NotShown(String, Vec<String>),
    /// No picture has this name; these are there.
    NoFile(String, Vec<String>),
    /// Nothing that was uploaded waits to be shown.
    NothingWaits,
    /// A time lies beyond the end of the timeline, or of a shot.
    PastEnd(Option<Named>, Ms, Ms),
    /// Nothing of the picture, or of a shot, would be left.
    NothingLeft(Option<Named>),
    /// At an edge there is nothing to split.
    AtEdge(Option<Named>, Ms),
    /// It is so already.
    Already,
    /// Shots that are no neighbouring pieces of one recording already play on from each other.
    NotOneRecording,
    /// The slowest and fastest speeds, in percent.
    SpeedRange(u32, u32),
    /// A shot has no sound of its own; none where no shot has.
    NoSound(Option<Named>),
    /// There is but one shot.
    OneShot,
    /// There is no track of this number; so many there are.
    NoTrack(usize, usize),
}

/// What became of the music when the picture's length changed.
#[derive(Debug, Clone, PartialEq)]
pub enum Bed {
    /// It was made anew for the new length: before and after.
    Refitted(Ms, Ms),
    /// It is cut to the picture and fades out.
    Cut(Ms),
    /// A song goes on for longer now.
    Longer(Ms),
    /// It ends before the picture does.
    Short(Ms, Ms),
}
