//! What words can ask of the timeline's songs and pictures.

use super::music::Stretch;
use bedtrack_wire::look::TransitionKind;

/// A change to how the timeline's songs and pictures lie.
#[derive(Debug, Clone, PartialEq)]
pub enum Arrange {
    /// Songs of the user's own under the picture, one after another.
    Songs {
        /// Which.
        songs: Songs,
        /// Their level; by what else sounds where none is named.
        volume: Option<f64>,
        /// The stretch that they have among other music; `None`: they take the place of all music.
        place: Option<Stretch>,
    },
    /// The pictures on the beats of the music that lies on the timeline.
    ToBeats {
        /// Songs that become the music first.
        songs: Option<Songs>,
        /// How long the whole may be, in ms; as long as the music where none is named.
        length_ms: Option<u64>,
        /// How one picture gives way to the next.
        style: Wish,
        /// Whether the camera rests.
        still: bool,
    },
}

/// Which transitions are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Wish {
    /// What fits the music: crossfades where it is calm, cuts where it is lively, slides and zooms between.
    #[default]
    Mixed,
    /// One kind throughout.
    Only(TransitionKind),
}

/// Songs that were uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Songs {
    /// The newest one.
    Newest,
    /// The newest one, which nobody named: music that the message describes comes before it.
    Waiting,
    /// All of them, in the order in which they came.
    All,
    /// Those of these names, in this order; a name that nothing has is one too.
    Named(Vec<String>),
}

/// A file of the session, as words can name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name as it was uploaded.
    pub name: String,
    /// What it holds.
    pub kind: FileKind,
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A song, or another sound.
    Song,
    /// A moving picture.
    Clip,
    /// A still picture.
    Photo,
}
