//! The studio's agent: `read` understands a message, `edit` changes the timeline, `apply` carries out what was read and
//! tells it as `done`, and `reply` puts that into words. Making music and undoing need files and history; the studio's jobs
//! do those between the two.

pub mod apply;
pub mod arranged;
pub mod beats;
pub mod context;
pub mod cut;
pub mod done;
pub mod edit;
pub mod made;
pub mod midi;
pub mod read;
pub mod reply;
pub mod titled;
