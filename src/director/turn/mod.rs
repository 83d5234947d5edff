//! A turn with the backend's agent: `line` sends the message and follows it to its end, `transcript` keeps what was
//! said, `states` reads the session before and after it, `speak` makes the agent's words fit to be passed on, and `message`
//! is the errand that puts it all together.

mod line;
mod message;
mod speak;
mod states;
mod transcript;

pub use line::Line;
pub use message::Message;
pub use states::{replace_lost_session, see, state_before};
