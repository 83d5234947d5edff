//! Brief → Score. Pure and seeded: no clock, no disk, no thread, no log. Genres and instruments are data beside the code.

pub mod brief;
pub mod score;

pub use brief::Brief;
pub use score::Score;
