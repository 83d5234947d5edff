//! Work that goes on after the call that began it: taken on once, written down before each thing that must not be done
//! twice, done errand by errand, waited for, and taken up again by the next process. It knows no tool: what an errand
//! does is its tool's.

mod admission;
mod errand;
mod job;
mod live;
mod order;
mod record;
mod resume;
mod run;
mod start;
mod wait;
mod works;

pub use admission::{Admitted, Wish, digest};
pub use errand::{Errand, Kind};
pub use job::{Job, Stop, Went};
pub use order::Payer;
pub use record::{Handle, Planned};
pub use wait::{elapsed, patience};
pub use works::Works;
