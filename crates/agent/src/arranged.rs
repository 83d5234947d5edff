//! What came of a wish for other songs or pictures on the timeline: the facts that `reply` words.

use bedtrack_wire::time::Ms;

/// Something that was arranged.
#[derive(Debug, Clone, PartialEq)]
pub enum Arranged {
    /// Songs of the user's own lie under the picture.
    Songs {
        /// Their names, in order.
        names: Vec<String>,
        /// Those that found no room.
        left: Vec<String>,
        /// The name of what lay there before.
        before: Option<String>,
        /// Their level, 1 is full.
        volume: f64,
        /// Where the last of them ends.
        end: Ms,
        /// Where the picture ends; 0 without one.
        picture_end: Ms,
        /// Whether the last one was cut to the picture.
        cut: bool,
    },
    /// Songs of the user's own have a stretch among other music.
    SongsOn {
        /// Their names, in order.
        names: Vec<String>,
        /// Their level, 1 is full.
        volume: f64,
        /// Where the first begins.
        from: Ms,
        /// Where the last ends.
        to: Ms,
    },
    /// Pictures lie on the beats of the music.
    OnBeats {
        /// How many pictures are shown, and how many there are.
        pictures: (usize, usize),
        /// In how many shots.
        shots: usize,
        /// The tempo; none where no steady beat was heard.
        bpm: Option<f64>,
        /// How many of the cuts fall on beats, and how many there are.
        cuts: (usize, usize),
        /// Length before and after.
        length: (Ms, Ms),
        /// Names of the songs that became the music for it.
        songs: Vec<String>,
        /// Whether the music goes on longer, and fades out.
        fades: bool,
        /// Whether clips lost their own sound to it.
        muted: bool,
    },
}

/// Why nothing was arranged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// No song was uploaded.
    NoSong,
    /// No file has this name; these are there.
    NoFile(String, Vec<String>),
    /// There is nothing to look at.
    NoPicture,
    /// There is no music to follow.
    NoMusic,
    /// The music cannot be listened to.
    NotHeard,
}
