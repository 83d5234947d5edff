//! Wishes that stand beside the noun: between commas, behind "with", without any noun, and in quotation marks.

use super::{Search, is_adjective};
use crate::read::lexicon::{Class, Sense};
use crate::read::marks::Mark;
use crate::read::wishes::add_one;
use bedtrack_language::tokens::Kind;

impl Search<'_> {
    /// "Lo-fi, dusty, 80 bpm": a word that fills the room between two commas is a wish like its neighbours.
    pub(super) fn between_commas(&mut self) {
        let wished = !self.wishes.is_empty();
        let pause = |at: usize| self.text.token(at).is_some_and(|token| token.kind == Kind::Pause);
        let mut at = self.range.start;
        while at < self.range.end {
            if !self.is_plain(at) {
                at += 1;
                continue;
            }
            let group = self.group(at);
            at = group.end.max(at + 1);
            let opens = group.start == self.range.start;
            let framed = (opens || group.start.checked_sub(1).is_some_and(pause))
                && (group.end >= self.range.end || pause(group.end) || self.text.is(group.end, Class::Joiner));
            let known = self.seen.iter().any(|seen| seen.start <= group.start && group.end <= seen.end);
            let name = !opens && self.text.token(group.start).is_some_and(|token| token.capital);
            let han = self.text.token(group.start).is_some_and(|token| token.kind == Kind::Han);
            if !framed || known || name || !wished || group.len() > if han { 4 } else { 2 } || han && group.len() < 2 {
                continue;
            }
            let written = self.text.written(&group).to_owned();
            self.seen.push(group);
            if opens && !self.wishes.names_a_style() && !is_adjective(&written) {
                add_one(&mut self.wishes.unknown_genres, (written, Vec::new()));
            } else {
                add_one(&mut self.wishes.unused, written);
            }
        }
    }

    /// "With a kazoo": unknown players, unless they belong to what the video shows.
    pub(super) fn played_with(&mut self) {
        for at in self.range.clone() {
            let with = self.text.token(at).is_some_and(|token| {
                matches!(token.text.as_str(), "with" | "featuring" | "feat" | "using") && token.kind == Kind::Word
            });
            let start = if self.is_article(at + 1) { at + 2 } else { at + 1 };
            if !with || start >= self.range.end || !self.is_plain(start) || self.of_the_video(at) {
                continue;
            }
            let group = self.group(start);
            let known = self.seen.iter().any(|seen| seen.start <= group.start && group.end <= seen.end);
            if !known && group.len() <= 3 && self.closes(group.end) {
                let written = self.text.written(&group).to_owned();
                self.seen.push(group);
                add_one(&mut self.wishes.unused, written);
            }
        }
    }

    /// Whether the last noun before a word is the video or its subject.
    fn of_the_video(&self, at: usize) -> bool {
        let range = self.range.start..at;
        let before = self.text.within(&range).filter(|mark| {
            mark.is_any(&[Class::Video, Class::Music, Class::Style])
                || mark.is_musical()
                || mark.purpose().is_some()
                || mark.senses.contains(&Sense::Subject)
        });
        before.last().is_some_and(|mark| !mark.is_any(&[Class::Music, Class::Style]) && !mark.is_musical())
    }

    /// "A grindwave", "a merry flurb for my vlog": what is asked for is named by an unknown word alone.
    pub(super) fn without_a_head(&mut self) {
        let named = !self.wishes.genres.is_empty()
            || !self.wishes.unknown_genres.is_empty()
            || self.text.within(&self.range).any(|mark| mark.is_any(&[Class::Music, Class::Style]));
        let Some(article) = self.range.clone().find(|at| self.is_article(*at)).filter(|_| !named) else { return };
        let opens = article == self.range.start
            || article
                .checked_sub(1)
                .and_then(|before| self.text.mark(before))
                .is_some_and(|mark| mark.is(Class::Make));
        let over_moods = |at: usize| self.text.mark(at).is_some_and(|mark| mark.mood().is_some());
        let Some(noun) = (article + 1..self.range.end).find(|at| !over_moods(*at)) else { return };
        if !opens || !self.is_plain(noun) {
            return;
        }
        let group = self.group(noun);
        let tail = |word: &str| self.text.is_word(group.end, word);
        if group.len() <= 3 && (self.closes(group.end) || ["with", "for", "to", "in", "at"].into_iter().any(tail)) {
            let written = self.text.written(&group).to_owned();
            self.wishes.unused.retain(|known| !written.contains(known.as_str()));
            self.seen.push(group);
            add_one(&mut self.wishes.unknown_genres, (written, Vec::new()));
        }
    }

    fn is_article(&self, at: usize) -> bool {
        self.text.token(at).is_some_and(|token| matches!(token.text.as_str(), "a" | "an" | "some" | "the"))
    }

    /// Quoted words that name nothing: they are content, so they are not followed, and that is said.
    pub(super) fn quotations(&mut self) {
        let quotes: Vec<usize> = self.text.quotes(&self.range).collect();
        for at in quotes {
            let before = self.text.before(at);
            let names = before.is_some_and(|mark: &Mark<'_>| {
                mark.is_any(&[
                    Class::Called,
                    Class::Says,
                    Class::Title,
                    Class::Cover,
                    Class::Music,
                    Class::LikeArtist,
                    Class::Video,
                ])
            });
            let colon =
                at.checked_sub(1).and_then(|before| self.text.token(before)).is_some_and(|token| token.text == ":");
            if names || colon {
                continue;
            }
            if let Some(token) = self.text.token(at) {
                add_one(&mut self.wishes.unused, token.unquoted(self.text.message).to_owned());
            }
        }
    }
}
