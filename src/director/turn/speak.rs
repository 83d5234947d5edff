//! The agent's words for the user: screen instructions gone, and what they meant carried out where it only reads, else
//! offered. Nothing is spent or written on the backend's word alone.

use crate::director::advice::{Note, Offered, note, offered};
use crate::director::reply::add;
use crate::director::translate::{Offer, translate};
use crate::director::{balance, timeline};
use bedtrack_wire::credits::Balance;
use bedtrack_wire::state::State;

/// The words of a turn, ready for the reply.
pub struct Spoken {
    /// What they say about the content; may be empty.
    pub content: String,
    /// What the instructions among them turned into; may be empty.
    pub instead: String,
    /// Next steps that the other instructions turned into.
    pub offered: Vec<String>,
}

/// Takes the instructions out of a turn's words. An export that comes next anyway is not offered.
pub fn speak(
    text: &str,
    language: &str,
    balance: Option<&Balance>,
    after: Option<&State>,
    exports_next: bool,
) -> Spoken {
    let translated = translate(text);
    let mut spoken = Spoken { content: translated.text, instead: String::new(), offered: Vec::new() };
    for offer in translated.offers {
        match (&offer, balance, after) {
            (Offer::ShowTimeline, _, Some(after)) => add(&mut spoken.instead, &timeline::summary(after)),
            (Offer::ReadCredits, Some(balance), _) => add(&mut spoken.instead, &balance::words(balance, language)),
            (Offer::Export, ..) if exports_next => {}
            (Offer::Export, ..) => {
                add(&mut spoken.instead, &note(Note::OfferExport, language));
                spoken.offer(&offer, language);
            }
            _ => spoken.offer(&offer, language),
        }
    }
    spoken
}

impl Spoken {
    fn offer(&mut self, offer: &Offer, language: &str) {
        let step = match offer {
            Offer::Export => Offered::Export,
            Offer::ShowTimeline => Offered::State,
            Offer::ReadCredits => Offered::Credits,
            Offer::Upload => Offered::Upload,
            Offer::SendEdit(words) => Offered::Edit(words),
        };
        let known = &mut self.offered;
        let fresh: Vec<String> = offered(step, language).into_iter().filter(|step| !known.contains(step)).collect();
        known.extend(fresh);
    }
}
