//! The typed timeline: a state of the NemoVideo protocol read into clips, sounds and titles, each with an id that stays its
//! own through every change, and written back once. Keys and values that nobody here knows stay as they came, so that
//! drafts from elsewhere survive; what was not changed is written as it was read.
//!
//! [`Timeline`] holds the tracks; [`Clip`], [`Sound`] and [`Title`] are what lies on them. The keys of a draft's segments
//! stand in this crate and in the wire's types alone.

mod clip;
mod history;
mod id;
mod item;
mod kept;
mod media;
mod shape;
mod sound;
mod things;
mod timeline;
mod title;
mod track;
mod unknown;

pub use clip::{Clip, SPEEDS, clip_name};
pub use history::History;
pub use id::{Id, Kind, NoId};
pub use item::{Item, Plays, Source};
pub use kept::Kept;
pub use shape::Shape;
pub use sound::Sound;
pub use timeline::Timeline;
pub use title::Title;
pub use track::{Lane, Track};
