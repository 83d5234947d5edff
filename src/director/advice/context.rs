//! What is known about a call when its fault is put into words.

use crate::skills::Skill;

/// The circumstances of a fault.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The call's skill: its limit, formats and wording.
    pub skill: &'a Skill,
    /// Who pays.
    pub account: Account<'a>,
    /// Which tool was called.
    pub call: Call,
    /// What it cost, where that is known better than the fault knows it.
    pub charge: Charge,
    /// Whether part of the work is on the timeline all the same.
    pub changed: bool,
    /// Tag of the user's language.
    pub language: &'a str,
    /// Base of the service's web pages, for tokens.
    pub web: &'a str,
    /// Whether the embedded studio does the work.
    pub is_local: bool,
}

/// Who pays for the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account<'a> {
    /// Nobody has registered yet.
    Anonymous {
        /// The link to register with, `…/register?bind=<id>`.
        register: Option<&'a str>,
    },
    /// A user with an account of their own, or the local studio's.
    Registered,
}

/// The tools, as far as the words differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// `generate_music`.
    Generate,
    /// `upload`.
    Upload,
    /// `credits`.
    Credits,
    /// `state`.
    State,
    /// `export`.
    Export,
}

impl Call {
    /// The tool of that name.
    pub fn of(tool: &str) -> Self {
        match tool {
            "upload" => Self::Upload,
            "credits" => Self::Credits,
            "state" => Self::State,
            "export" => Self::Export,
            _ => Self::Generate,
        }
    }

    /// The scope of a token that the call needs.
    pub(super) fn scope(self) -> &'static str {
        match self {
            Self::Generate | Self::Export => "write",
            Self::Upload => "upload",
            Self::Credits | Self::State => "read",
        }
    }
}

/// What a call cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charge {
    /// As usual for the fault.
    AsTheFaultSays,
    /// Nothing, for certain: the balance was compared, or nothing is ever charged here.
    Nothing,
    /// So many credits, for certain.
    Spent(i64),
}
