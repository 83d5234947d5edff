//! Every fault turned into what happened, what it cost or kept, and what to do next; and the next steps and notes that
//! go with what worked. The words are data: one table per language, and the skill's own wording where it has one.

mod fault;

pub use fault::{Fault, Limit, Outage, Refusal, Sent, Thing, Token};
