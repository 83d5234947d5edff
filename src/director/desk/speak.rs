//! The agent's words for the user: screen instructions gone, and what they meant carried out where it only reads, else
//! offered. Nothing is spent or written on the backend's word alone.

use super::fault::add;
use super::look::balance_words;
use super::record::Step;
use super::run::Job;
use crate::director::advice::{Note, note, offered};
use crate::director::timeline;
use crate::director::translate::{Offer, translate};
use bedtrack_wire::credits::Balance;
use bedtrack_wire::state::State;

/// The words of a turn, ready for the reply.
pub struct Spoken {
    /// What they say about the content; may be empty.
    pub content: String,
    /// What the instructions among them turned into; may be empty.
    pub instead: String,
}

impl Job {
    /// Takes the instructions out of a turn's words.
    pub fn speak(&mut self, text: &str, balance: Option<&Balance>, after: Option<&State>) -> Spoken {
        let language = self.record.language.clone();
        let translated = translate(text);
        let mut words = String::new();
        for offer in translated.offers {
            match (&offer, balance, after) {
                (Offer::ShowTimeline, _, Some(after)) => add(&mut words, &timeline::summary(after)),
                (Offer::ReadCredits, Some(balance), _) => add(&mut words, &balance_words(balance, &language)),
                // The user has asked for the file already: it comes next.
                (Offer::Export, ..) if self.exports_later() => {}
                (Offer::Export, ..) => {
                    add(&mut words, &note(Note::OfferExport, &language));
                    self.offer(&offer, &language);
                }
                _ => self.offer(&offer, &language),
            }
        }
        Spoken { content: translated.text, instead: words }
    }

    fn offer(&mut self, offer: &Offer, language: &str) {
        let next = &mut self.record.answer.next;
        let steps = offered(offer, language).into_iter().filter(|step| !next.contains(step)).collect::<Vec<_>>();
        next.extend(steps);
    }

    fn exports_later(&self) -> bool {
        let later = self.record.steps.get(self.record.at.saturating_add(1)..).unwrap_or_default();
        later.iter().any(|step| matches!(step, Step::Export(_)))
    }
}
