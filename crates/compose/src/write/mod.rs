//! Writing a piece. `outline` decides what all share (a `sketch`: tempo and bars by `clock`, key, form, chords by `harmony`),
//! `cast` who plays, and the players write their parts: `drums`, `bass`, `chords`, `melody`, `counter`, `texture`. `perform`
//! gives them their timing, and `take` gathers it all into a score.

mod bass;
mod cast;
mod chords;
mod clock;
mod counter;
mod drums;
mod form;
mod harmony;
mod line;
mod melody;
mod motif;
mod outline;
mod perform;
mod sketch;
mod take;
mod texture;
mod tune;
mod voicing;

pub use take::base_take;
