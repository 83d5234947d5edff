//! The engine that works jobs off. It knows ids, leases, attempts, events and outcomes; what a job does it is told from
//! outside, by the kinds that are registered with it.

mod attempt;
mod control;
mod kind;
mod registry;
mod runner;
mod settings;

pub use control::JobControl;
pub use kind::{Handler, JobKind};
pub use registry::Registry;
pub use runner::Runner;
pub use settings::RunnerSettings;
