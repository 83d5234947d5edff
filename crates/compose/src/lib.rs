//! Brief → Score. Pure and seeded: no clock, no disk, no thread, no log. Genres, instruments, moods and forms are data
//! beside the code.
//!
//! `sketch` decides what all share (tempo and bars by `clock`, key, form, chords by `harmony`), `cast` who plays, and the
//! players write their parts: `drums`, `bass`, `chords`, `melody`, `counter`, `texture`. `perform` gives them their timing.

pub mod brief;
pub mod distance;
pub mod fit;
pub mod genre;
pub mod genres;
pub mod given;
pub mod instruments;
pub mod metre;
pub mod moods;
pub mod remark;
pub mod revise;
pub mod score;

mod bass;
mod cast;
mod check;
mod chords;
mod clock;
mod counter;
mod drums;
mod forms;
mod fusion;
mod grid;
mod harmony;
mod jury;
mod line;
mod melody;
mod motif;
mod perform;
mod plan;
mod rng;
mod sketch;
mod texture;
mod theory;
mod tune;
mod voicing;
mod write;

#[cfg(test)]
mod tests;

pub use brief::Brief;
pub use genres::genres;
pub use instruments::instruments;
pub use moods::moods;
pub use remark::{ComposeError, Remark};
pub use revise::Revision;
pub use score::Score;
pub use write::{Composition, compose};
