//! The catalogue of skills: one `SKILL.md` each, with front matter that drives the program (attribution, limits,
//! wordings, greeting) and a body for agents. Five are built in; a further folder may add more.

mod attribution;
mod catalogue;
mod language;
mod prompt;
mod read;
mod skill;
#[cfg(test)]
mod tests;

pub use attribution::{Attribution, attribution};
pub use catalogue::{Catalogue, Problem, Severity};
pub use language::SessionLanguage;
pub use skill::{Formats, Skill, Wording, Words, Workflow};
