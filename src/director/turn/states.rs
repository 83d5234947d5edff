//! The session's state before something is changed, and after it: read, compared, and kept in mind.

use std::path::PathBuf;

use crate::director::advice::{Fault, Note, note};
use crate::director::notes::Notes;
use crate::director::trouble::of_api;
use crate::director::work::{Job, Stop};
use crate::director::{keep, media, timeline};
use crate::nemovideo::{Bind, Seen};
use bedtrack_wire::state::{Medium, State};

/// The state before anything is sent. A session that was lost is replaced, once.
pub async fn state_before(job: &mut Job, renewed: &mut bool) -> Result<State, Stop> {
    loop {
        return match job.services.client.state(&job.attribution, &job.session.sid).await {
            Ok(seen) => {
                note_bind(job, seen.bind).await;
                Ok(seen.state)
            }
            // A session without any state yet; a lost one shows when the message is refused.
            Err(error) if error.is_session_lost() && !Notes::of(&job.session).seen => Ok(State::default()),
            Err(error) if error.is_session_lost() && !*renewed => {
                *renewed = true;
                replace_lost_session(job).await?;
                continue;
            }
            Err(error) => Err(of_api(&error, None).into()),
        };
    }
}

/// Keeps what a registration is bound to, so that it is known if the work is refused.
async fn note_bind(job: &mut Job, bind: Option<Bind>) {
    let known = Notes::of(&job.session).bind;
    if Bind::best(bind.clone(), known.clone()) == known {
        return;
    }
    let noted = job.sessions.annotate(&job.session, move |notes| notes.bind = Bind::best(bind, notes.bind.take()));
    match noted.await {
        Ok(session) => job.session = session,
        Err(fault) => tracing::warn!(code = fault.code(), "what a registration is bound to is not kept"),
    }
}

/// Opens a session in place of one the backend no longer knows. Where the old one held something, the work ends here:
/// nothing that is paid is repeated on an empty timeline.
pub async fn replace_lost_session(job: &mut Job) -> Result<(), Stop> {
    let notes = Notes::of(&job.session);
    job.renew().await?;
    if notes.drafted || !notes.media.is_empty() {
        return Err(Fault::SessionLost { media: notes.media }.into());
    }
    let words = note(Note::SessionRenewed, &job.record.language);
    job.tell(&words);
    Ok(())
}

/// Takes the newest state into the answer and into what is kept with the session.
pub async fn see(job: &mut Job, before: &State, seen: &Seen) {
    job.record.answer.timeline = timeline::tracks(&seen.state);
    for medium in media::fresh(before, &seen.state).into_iter().filter(media::is_listed) {
        let path = copy(job, &medium).await;
        job.record.answer.media.push(media::listed(&medium, path));
    }
    let (state, bind, language) = (seen.state.clone(), seen.bind.clone(), job.record.language.clone());
    let annotated = job.sessions.annotate(&job.session, move |notes| {
        notes.see(&state);
        notes.bind = Bind::best(bind, notes.bind.take());
        notes.language = language;
    });
    match annotated.await {
        Ok(session) => job.session = session,
        Err(fault) => tracing::warn!(code = fault.code(), "what was seen of the session is not kept"),
    }
}

/// The path of a copy of music that was made. Without one the music is still there, so nothing fails.
async fn copy(job: &Job, medium: &Medium) -> Option<PathBuf> {
    let path = keep::place_for(job.record.reach(), &job.services.settings.media, &job.session.id, medium)?;
    match keep::fetch(&job.services.client, &job.attribution, medium, &path).await {
        Ok(()) => Some(path),
        Err(error) => {
            tracing::warn!(%error, "no copy of the music could be kept");
            None
        }
    }
}
