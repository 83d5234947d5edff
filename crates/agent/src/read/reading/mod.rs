//! What a message was understood to ask for.

mod action;
mod amount;
mod arrange;
mod context;
mod cutting;
mod music;
mod remark;
mod talk;
mod titles;

pub use action::{Action, Reading, Target, Why};
pub use amount::{Level, Part};
pub use arrange::{Arrange, File, FileKind, Songs, Wish};
pub use bedtrack_wire::title::{Align, Position, Style};
pub use context::{Context, CurrentMusic, InTurn, Take, TitleCard};
pub use cutting::{Cutting, Faded, Moment, Place, Shot, Speed};
pub use music::{Change, MakeMusic, Stretch, Way};
pub use remark::{Aspect, Because, Impossible, Remark};
pub use talk::{Language, Question, Topic};
pub use titles::{Backing, CaptionWish, Look, NewTitle, Pick, Retitle, Size, When};
