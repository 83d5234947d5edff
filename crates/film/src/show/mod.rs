//! A show: photos and clips on the beats of a song. `cut` says which picture is seen when; `play` makes the frames, with
//! slow camera moves and transitions, and hands them to the encoder. Frames are made here and not by ffmpeg's filters:
//! those move in whole pixels, which jerks.

mod camera;
mod canvas;
mod cut;
mod planes;
mod play;
mod resample;
mod source;
mod style;

pub use cut::{Grid, Picture, Section, Shot, Wish, cut};
pub(super) use play::{is_show, play};
pub use style::{Camera, Fit, Transition, TransitionKind};
