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
pub mod key;
pub mod limits;
pub mod metre;
pub mod moods;
pub mod remark;
pub mod revision;
pub mod score;

mod bass;
mod cast;
mod check;
mod chords;
mod clock;
mod composer;
mod composition;
mod counter;
mod drums;
mod forms;
mod fusion;
mod grid;
mod harmony;
mod incipit;
mod jury;
mod line;
mod melody;
mod motif;
mod outline;
mod perform;
mod plan;
mod revise;
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
pub use composer::compose;
pub use composition::Composition;
pub use genres::genres;
pub use incipit::incipit;
pub use instruments::instruments;
pub use moods::moods;
pub use remark::{ComposeError, Remark};
pub use revision::Revision;
pub use score::Score;
