//! Brief → Score. Pure and seeded: no clock, no disk, no thread, no log. Genres, instruments, moods and forms are data
//! beside the code.
//!
//! What is asked for and what comes of it are values: `brief` (with `given`, `key`, `metre`, `revision`), `score`, `remark`.
//! The rules work on them: `composer` has several takes written (`write`), keeps the best (`jury`) and lets `revise` carry
//! out what was changed since. `genre`, `instruments`, `moods` and `forms` read the data.

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

mod check;
mod composer;
mod composition;
mod forms;
mod fusion;
mod grid;
mod incipit;
mod jury;
mod revise;
mod rng;
mod theory;
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
