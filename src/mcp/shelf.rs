//! What recent answers named, per client: sessions and their media. Lists and completions come from here, so that a
//! client that lists resources at start wakes neither the director nor a studio.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::director::answer::{Answer, Media};

/// Sessions kept, over all clients.
const SESSIONS: usize = 64;
/// Media kept of one session.
const MEDIA: usize = 64;

/// One session, newest answer first.
#[derive(Debug, Clone)]
pub struct Shelved {
    client: String,
    /// Handle of the session.
    pub session: String,
    /// Its timeline in one line, where one was told.
    pub summary: String,
    /// Media that answers named.
    pub media: Vec<Media>,
}

/// The shelf.
#[derive(Debug, Default)]
pub struct Shelf {
    sessions: Mutex<VecDeque<Shelved>>,
}

impl Shelf {
    /// Keeps what an answer names.
    pub fn remember(&self, client: &str, answer: &Answer) {
        if answer.session.is_empty() {
            return;
        }
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let known = sessions.iter().position(|kept| kept.client == client && kept.session == answer.session);
        let mut kept = known.and_then(|at| sessions.remove(at)).unwrap_or_else(|| Shelved {
            client: client.to_owned(),
            session: answer.session.clone(),
            summary: String::new(),
            media: Vec::new(),
        });
        if !answer.timeline.summary.is_empty() {
            kept.summary.clone_from(&answer.timeline.summary);
        }
        for medium in &answer.media {
            kept.media.retain(|known| known.name != medium.name);
            kept.media.push(medium.clone());
        }
        let over = kept.media.len().saturating_sub(MEDIA);
        kept.media.drain(..over);
        sessions.push_front(kept);
        sessions.truncate(SESSIONS);
    }

    /// The client's sessions, the newest first.
    #[must_use]
    pub fn of(&self, client: &str) -> Vec<Shelved> {
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.iter().filter(|kept| kept.client == client).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(session: &str, medium: &str) -> Answer {
        let media = vec![Media { name: medium.to_owned(), ..Media::default() }];
        Answer { session: session.to_owned(), media, ..Answer::default() }
    }

    #[test]
    fn a_client_sees_its_own_sessions_the_newest_first() {
        let shelf = Shelf::default();
        shelf.remember("a", &answer("s1", "one"));
        shelf.remember("b", &answer("s2", "two"));
        shelf.remember("a", &answer("s3", "three"));
        shelf.remember("a", &answer("s1", "four"));
        let seen: Vec<String> = shelf.of("a").into_iter().map(|kept| kept.session).collect();
        assert_eq!(seen, ["s1", "s3"]);
        assert_eq!(shelf.of("a")[0].media.len(), 2);
    }

    #[test]
    fn the_shelf_has_an_end() {
        let shelf = Shelf::default();
        (0..200).for_each(|n| shelf.remember("a", &answer(&format!("s{n}"), "m")));
        (0..200).for_each(|n| shelf.remember("a", &answer("s", &format!("m{n}"))));
        assert_eq!(shelf.of("a").len(), SESSIONS);
        assert_eq!(shelf.of("a")[0].media.len(), MEDIA);
    }
}
