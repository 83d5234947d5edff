//! What an English instruction turns into: one of our actions, or an edit in the backend's words.

use bedtrack_language::tokens::Token;

use super::english::Clause;
use super::lexicon::{Aim, Prose, Verbs};
use super::verdict::Offer;

impl<'a> Clause<'a> {
    /// What an instruction turns into.
    pub fn offers(&self, verb: &Verbs<Prose>, rest: &'a [Token], words: &'a [Token], purpose: &[Token]) -> Vec<Offer> {
        let lexicon = self.lexicon;
        match verb.offer {
            Aim::None => Vec::new(),
            Aim::Show => vec![Offer::ShowTimeline],
            Aim::Export => vec![Offer::Export],
            Aim::Upload => vec![Offer::Upload],
            Aim::Words => match self.action(words).or_else(|| self.action(purpose)) {
                Some(offer) => vec![offer],
                None => self.by_words(words, self.wish(rest, purpose).into_iter().collect()),
            },
            Aim::WordsOrShow => self.by_words(words, vec![Offer::ShowTimeline]),
            Aim::Edit if lexicon.upload.any_in(words) => vec![Offer::Upload],
            Aim::Edit => {
                let control = rest.iter().take(5).any(|word| lexicon.controls.has(&word.text));
                let wish = if control { self.wish(rest, purpose) } else { None };
                let own = || {
                    let head = self.strip_leads(words);
                    self.told(head).map(Offer::SendEdit)
                };
                // "Use the Export button": the control is one of our actions.
                let using =
                    matches!(self.strip_leads(words).first().map(|word| word.text.as_str()), Some("use" | "using"));
                if using && wish.is_none() {
                    return self.by_words(words, Vec::new());
                }
                wish.or_else(own).into_iter().collect()
            }
        }
    }

    /// The first of our actions that words name.
    fn action(&self, words: &[Token]) -> Option<Offer> {
        let lexicon = self.lexicon;
        // What comes before or after the action is not what it is about.
        let end = words.iter().skip(1).position(|word| matches!(word.text.as_str(), "before" | "after"));
        let words = words.get(..end.map_or(words.len(), |end| end + 1)).unwrap_or_default();
        if lexicon.undo.any_in(words) {
            return Some(Offer::SendEdit("undo".to_owned()));
        }
        let actions = [
            (&lexicon.export, Offer::Export),
            (&lexicon.credits, Offer::ReadCredits),
            (&lexicon.upload, Offer::Upload),
        ];
        let named = actions.into_iter().filter_map(|(list, offer)| Some((list.first_in(words)?, offer)));
        named.min_by_key(|(at, _)| *at).map(|(_, offer)| offer)
    }

    /// What words are about: one of our actions, else what is given, else what they show.
    pub fn by_words(&self, words: &[Token], otherwise: Vec<Offer>) -> Vec<Offer> {
        match self.action(words) {
            Some(offer) => vec![offer],
            None if !otherwise.is_empty() => otherwise,
            None if self.lexicon.show.any_in(words) => vec![Offer::ShowTimeline],
            None => Vec::new(),
        }
    }

    /// The edit that a clause is for: "… to lower the volume".
    fn wish(&self, rest: &'a [Token], purpose: &[Token]) -> Option<Offer> {
        let after_to = |words: &'a [Token]| {
            let at = (0..words.len()).find(|at| {
                words.get(*at).is_some_and(|word| word.text == "to")
                    && self.lexicon.edits.at_start(words.get(at + 1..).unwrap_or_default()) > 0
            })?;
            self.told(words.get(at + 1..)?)
        };
        let before = || {
            let at = (0..purpose.len())
                .find(|at| self.lexicon.edits.at_start(purpose.get(*at..).unwrap_or_default()) > 0)?;
            self.told(purpose.get(at..)?)
        };
        after_to(rest).or_else(before).map(Offer::SendEdit)
    }

    /// Words as a message, without where on the screen it is done.
    fn told(&self, words: &[Token]) -> Option<String> {
        let end = (1..words.len())
            .find(|at| {
                let rest = words.get(*at..).unwrap_or_default();
                let inner = rest.get(1..).unwrap_or_default();
                self.lexicon.means.at_start(rest) > 0
                    && self
                        .lexicon
                        .strict
                        .first_in(inner)
                        .or_else(|| self.lexicon.means_of_control.first_in(inner))
                        .is_some_and(|near| near <= 4)
            })
            .unwrap_or(words.len());
        let words = words.get(..end)?;
        let text =
            words.iter().map(|word| word.written(self.text).trim_matches(['*', '_'])).collect::<Vec<_>>().join(" ");
        let text = text.trim_end_matches([',', '.', ';', ':', '!']).trim().to_owned();
        (!text.is_empty()).then_some(text)
    }
}
