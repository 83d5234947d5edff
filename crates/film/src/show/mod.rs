//! A show: photos and clips with slow camera moves and transitions. `play` makes the frames and hands them to the encoder.
//! Frames are made here and not by ffmpeg's filters: those move in whole pixels, which jerks.

mod camera;
mod canvas;
mod planes;
mod play;
mod resample;
mod source;

pub(crate) use play::{is_show, play};
