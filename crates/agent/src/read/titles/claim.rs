//! Which pieces of a message are about titles: those that name one, those that go on about the one just named ("…, in red,
//! and fade it out"), and with titles on the draft those that can be about nothing else ("move it to the top left").

use std::ops::Range;

use super::text::is_look;
use super::words::{Found, Term, Word, phrase_at, scan};
use crate::read::lexicon::{Class, Sense};
use crate::read::marks::Marked;
use crate::read::piece::{Intent, Piece};
use crate::read::reading::Context;
use crate::read::text::{Kind, unquoted};
use crate::read::time::time;

/// Gives pieces to titles, and joins what goes on about one.
pub fn claim(text: &Marked<'_>, about: &Context, pieces: Vec<Piece>) -> Vec<Piece> {
    let mut claimed: Vec<Piece> = Vec::new();
    let mut titles = !about.titles.is_empty();
    for mut piece in pieces {
        let judge = Judge { text, about, at: piece.at.clone(), found: scan(text, &piece.at) };
        let goes_on = claimed.last().is_some_and(|last| last.intent == Intent::Title);
        if judge.is_settled(&piece) {
            claimed.push(piece);
            continue;
        }
        if piece.intent != Intent::Title && (judge.names_a_title() || titles && judge.can_only_be_a_title(&piece)) {
            piece.intent = Intent::Title;
        }
        if goes_on && (piece.intent == Intent::Title || judge.goes_on(&piece)) {
            piece.intent = Intent::Title;
            let own = judge.has_own_noun() || judge.has_quote();
            if !own && let Some(last) = claimed.last_mut() {
                last.at.end = piece.at.end;
                continue;
            }
        }
        titles |= piece.intent == Intent::Title;
        // "在底部加字幕", "at 0:03, add a title": where and when may stand in front.
        if piece.intent == Intent::Title
            && !piece.opens
            && let Some(last) = claimed.last_mut().filter(|last| stands_in_front(text, about, last))
        {
            (last.at.end, last.intent, last.wishes) = (piece.at.end, Intent::Title, piece.wishes);
            continue;
        }
        claimed.push(piece);
    }
    claimed
}

/// Whether a piece says nothing but where and when, and so belongs to what follows it.
fn stands_in_front(text: &Marked<'_>, about: &Context, piece: &Piece) -> bool {
    let other = matches!(piece.intent, Intent::Fade | Intent::Trim | Intent::Volume | Intent::Remove | Intent::Undo);
    !other
        && piece.intent != Intent::Title
        && Judge { text, about, at: piece.at.clone(), found: scan(text, &piece.at) }.is_only_look(false)
}

struct Judge<'a> {
    text: &'a Marked<'a>,
    about: &'a Context,
    at: Range<usize>,
    found: Vec<Found>,
}

impl Judge<'_> {
    fn has_quote(&self) -> bool {
        self.text.quotes(&self.at).next().is_some()
    }

    fn has(&self, word: Word) -> bool {
        self.found.iter().any(|phrase| phrase.is(word))
    }

    /// Whether the piece is something else for certain.
    fn is_settled(&self, piece: &Piece) -> bool {
        matches!(piece.intent, Intent::Undo | Intent::Talk(_))
            || self.text.has(&self.at, Class::NotATitle)
            || piece.intent != Intent::Title && self.sounds() && !self.has_noun()
    }

    /// Whether something that sounds is named.
    fn sounds(&self) -> bool {
        self.text.has_any(&self.at, &[Class::Music, Class::OriginalSound, Class::Volume, Class::Vocals, Class::Cannot])
            || self.text.within(&self.at).any(|mark| mark.is_musical() && !is_plain(mark.senses))
    }

    fn has_noun(&self) -> bool {
        // "文字" means all kinds of writing; next to a quotation it is that on the picture.
        let quoted = self.has_quote();
        self.text.within(&self.at).any(|mark| {
            mark.is(Class::Title) && (quoted || !mark.senses.contains(&Sense::Phrase)) && mark.purpose().is_none()
        })
    }

    /// A noun that begins something new, rather than one of its sizes and colours.
    fn has_own_noun(&self) -> bool {
        self.text.within(&self.at).any(|mark| {
            mark.is(Class::Title)
                && mark.purpose().is_none()
                && phrase_at(&self.found, mark.at.start).is_none_or(|phrase| {
                    !phrase.is_any(&[Word::SizeNoun, Word::ColourNoun, Word::FadeIn, Word::FadeOut, Word::FadeBoth])
                        && !self.text.is_word(mark.at.end - 1, "体")
                })
        })
    }

    fn says_how(&self) -> bool {
        self.found.iter().any(is_look) || self.at.clone().any(|at| time(self.text, at).is_some())
    }

    /// "Could the title be red?", "show "Hello" on screen in blue".
    fn names_a_title(&self) -> bool {
        if self.text.has_any(&self.at, &[Class::Score, Class::Called]) || self.sounds() {
            return false;
        }
        let known = self
            .text
            .quotes(&self.at)
            .filter_map(|at| self.text.token(at))
            .any(|token| self.about.titles.iter().any(|title| title.text == unquoted(self.text.message, token)));
        let shows = self.at.clone().any(|at| {
            self.text.token(at).is_some_and(|token| {
                matches!(
                    token.text.as_str(),
                    "add" | "put" | "write" | "show" | "display" | "place" | "overlay" | "insert"
                )
            }) || self.text.is(at, Class::Add)
                || self.text.is(at, Class::Says) && self.text.token(at).is_some_and(|token| token.kind == Kind::Han)
        });
        let kinds = [Word::StyleTitle, Word::StyleSubtitle, Word::StyleCaption];
        let restyles = self.found.iter().filter(|phrase| phrase.is_any(&kinds)).count() > 1;
        self.has_noun() && (self.says_how() || restyles || self.has_quote())
            || self.has_quote() && self.says_how() && (shows || known)
    }

    /// Whether a piece goes on about the title before it: nothing in it is about anything else.
    fn goes_on(&self, piece: &Piece) -> bool {
        !piece.opens && self.is_only_look(true) || piece.opens && self.is_only_look(false) && self.has_pronoun()
    }

    /// With titles on the draft: a piece about look or place alone. What could also be said of music is left to it, where
    /// there is any.
    fn can_only_be_a_title(&self, piece: &Piece) -> bool {
        if piece.intent == Intent::Title || !self.is_only_look(false) {
            return false;
        }
        let strong = self.found.iter().any(|phrase| {
            phrase.colour().is_some()
                || phrase.is_any(&[
                    Word::CornerTopLeft,
                    Word::CornerTopRight,
                    Word::CornerBottomLeft,
                    Word::CornerBottomRight,
                    Word::PlaceLower,
                    Word::Pixels,
                    Word::Outline,
                ])
                || phrase.is_any(&[
                    Word::PlaceTop,
                    Word::PlaceCentre,
                    Word::PlaceBottom,
                    Word::SideLeft,
                    Word::SideRight,
                    Word::Box,
                ]) && (phrase.at.len() > 1 || self.has_pronoun())
        });
        let sized = self
            .found
            .iter()
            .any(|phrase| phrase.terms.iter().any(|term| matches!(term, Term::Size(_) | Term::Resize(_))));
        strong || sized && !self.about.has_music() && self.has_pronoun()
    }

    fn has_pronoun(&self) -> bool {
        self.at.clone().any(|at| {
            self.text.token(at).is_some_and(|token| {
                matches!(token.text.as_str(), "it" | "its" | "them" | "they" | "both" | "all" | "它" | "们" | "都")
            })
        })
    }

    /// Whether every word is about look, place and time, and there is one at least; quotations count where they may.
    fn is_only_look(&self, quotes: bool) -> bool {
        let mut any = false;
        let mut at = self.at.start;
        while at < self.at.end {
            if let Some((_, next)) = time(self.text, at) {
                (at, any) = (next, true);
                continue;
            }
            if let Some(phrase) = phrase_at(&self.found, at) {
                any |= is_look(phrase) || phrase.is(Word::All);
                at = phrase.at.end;
                continue;
            }
            let Some(token) = self.text.token(at) else { break };
            let passes = match token.kind {
                Kind::Quote => quotes,
                Kind::Pause | Kind::Number(_) | Kind::Sign => true,
                _ => self
                    .text
                    .mark(at)
                    .is_some_and(|mark| mark.is_any(&[Class::Polite, Class::Joiner, Class::Change, Class::Little])),
            };
            if !passes {
                return false;
            }
            any |= token.kind == Kind::Quote;
            at += 1;
        }
        any && !self.text.has_any(&self.at, &[Class::Music, Class::OriginalSound])
            && (!self.has(Word::Verb) || self.at.len() > 1)
    }
}

/// Words such as "gold" or "soft" can be moods by the way; only names of styles and players are about sound.
fn is_plain(senses: &[Sense]) -> bool {
    !senses.iter().any(|sense| {
        matches!(sense, Sense::Genre(_) | Sense::Instrument(_) | Sense::Near(_) | Sense::Ensemble(_) | Sense::Metre(..))
    })
}
