//! The session and the skill that a call means.

use crate::director::Caller;
use crate::director::advice::{Fault, Thing};
use crate::director::notes::Notes;
use crate::director::sessions::Meant;
use crate::director::trouble::unknown;
use crate::director::voice::Voice;
use crate::director::work::Works;
use crate::skills::Skill;

/// What a call names of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Named<'a> {
    /// The session, or empty.
    pub session: &'a str,
    /// The skill, or empty.
    pub skill: &'a str,
    /// Whether the client's newest session is meant where the connection has none.
    pub falls_back: bool,
}

/// Finds both; the voice learns them.
pub async fn place<'w>(
    works: &'w Works,
    caller: &Caller,
    named: Named<'_>,
    voice: &mut Voice,
) -> Result<(Meant, &'w Skill), Fault> {
    let services = works.services();
    let skill = named.skill.trim();
    if !skill.is_empty() && services.skills.get(skill).is_none() {
        return Err(unknown(Thing::Skill, skill));
    }
    let meant = works.sessions().meant(caller, named.session, skill, named.falls_back).await?;
    if let Meant::Session(session) = &meant {
        let notes = Notes::of(session);
        if voice.language.is_empty() {
            voice.language.clone_from(&notes.language);
        }
        voice.bind = notes.bound().or_else(|| Some(session.task_id.clone()).filter(|id| !id.is_empty()));
        if skill.is_empty() {
            voice.skill.clone_from(&session.skill);
        }
    }
    if voice.language.is_empty() {
        voice.language = "en".into();
    }
    let skill = services.skill(&voice.skill).ok_or_else(|| unknown(Thing::Skill, &voice.skill))?;
    Ok((meant, skill))
}
