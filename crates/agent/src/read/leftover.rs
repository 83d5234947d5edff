//! What reads as a musical wish and was not understood, so that the reply can name it: words right before music, style or
//! an instrument, words behind "make it" and "more", names behind "in the style of". Function words, praise and what the
//! video is about are not among them.

mod asides;

use std::ops::Range;

use super::lexicon::{Class, Sense};
use super::marks::Marked;
use super::reading::Impossible;
use super::wishes::{Wishes, add_one};
use bedtrack_language::tokens::Kind;

/// Adds to the wishes what was not understood.
pub fn leftover(text: &Marked<'_>, range: &Range<usize>, wishes: &mut Wishes) {
    let mut search = Search { text, range: range.clone(), wishes, seen: Vec::new() };
    search.somebody_elses();
    search.before_heads();
    search.behind_linking_words();
    search.between_commas();
    search.played_with();
    search.without_a_head();
    search.quotations();
}

/// How far back a noun's adjectives may stand.
const WINDOW: usize = 12;
/// Longest run of unknown words that is still one wish; more is a sentence about something else.
const LONGEST: usize = 6;

struct Search<'a> {
    text: &'a Marked<'a>,
    range: Range<usize>,
    wishes: &'a mut Wishes,
    seen: Vec<Range<usize>>,
}

impl Search<'_> {
    fn is_plain(&self, at: usize) -> bool {
        let token = self.text.token(at);
        let word = token.is_some_and(|token| match token.kind {
            Kind::Word => token.text.chars().count() > 1,
            Kind::Han => true,
            _ => false,
        });
        word && self.range.contains(&at) && self.text.mark(at).is_none()
    }

    /// "In the style of Somebody", "a cover of Something".
    fn somebody_elses(&mut self) {
        let marks: Vec<(usize, bool, bool)> = self
            .text
            .within(&self.range)
            .filter(|mark| mark.is_any(&[Class::LikeArtist, Class::Cover]))
            .map(|mark| (mark.at.end, mark.is(Class::Cover), mark.at.len() > 1))
            .collect();
        for (at, cover, strong) in marks {
            let Some(token) = self.text.token(at).filter(|_| at < self.range.end) else { continue };
            let name = if token.kind == Kind::Quote {
                token.unquoted(self.text.message).to_owned()
            } else if token.capital && !self.is_known_style(at) {
                let end = (at..self.range.end.min(at + LONGEST))
                    .take_while(|index| {
                        self.text.token(*index).is_some_and(|token| token.kind == Kind::Word && token.capital)
                    })
                    .last();
                end.map_or(String::new(), |last| self.text.written(&(at..last + 1)).to_owned())
            } else if strong && !cover && self.is_plain(at) {
                let group = self.group(at);
                self.seen.push(group.clone());
                add_one(&mut self.wishes.unknown_genres, (self.text.written(&group).to_owned(), Vec::new()));
                continue;
            } else {
                continue;
            };
            let already = self.wishes.impossible.iter().any(|(what, _)| match what {
                Impossible::Artist(known) | Impossible::Song(known) => {
                    known.contains(name.as_str()) || name.contains(known.as_str())
                }
                Impossible::Vocals => false,
            });
            if name.is_empty() || already {
                continue;
            }
            let what = if cover { Impossible::Song(name) } else { Impossible::Artist(name) };
            self.seen.push(at..(at + LONGEST).min(self.range.end));
            add_one(&mut self.wishes.impossible, (what, Vec::new()));
        }
    }

    fn is_known_style(&self, at: usize) -> bool {
        self.text.mark(at).is_some_and(|mark| {
            mark.is_musical() || mark.senses.iter().any(|sense| matches!(sense, Sense::Artist(_) | Sense::Work(_)))
        })
    }

    /// Unknown words right before music, a style, an instrument or a genre.
    fn before_heads(&mut self) {
        let heads: Vec<(usize, bool)> = self
            .text
            .within(&self.range)
            .filter(|mark| mark.is_any(&[Class::Music, Class::Style]) || mark.is_musical() && mark.mood().is_none())
            .map(|mark| (mark.at.start, mark.is_any(&[Class::Music, Class::Style])))
            .collect();
        for (head, of_music) in heads {
            let mut at = head;
            for _ in 0..WINDOW {
                let Some(before) = at.checked_sub(1).filter(|before| *before >= self.range.start) else { break };
                if self.is_plain(before) {
                    let group = self.group(before);
                    at = group.start;
                    self.judge(group, head, of_music);
                    continue;
                }
                if !self.reaches_over(before) {
                    break;
                }
                at = before;
            }
        }
    }

    /// Whether a noun's adjectives may stand on the far side of a word.
    fn reaches_over(&self, at: usize) -> bool {
        let Some(token) = self.text.token(at) else { return false };
        if token.kind == Kind::Pause || token.text == "的" {
            return true;
        }
        let Some(mark) = self.text.mark(at) else { return matches!(token.kind, Kind::Number(_)) };
        let ends = [
            Class::Make,
            Class::Score,
            Class::Add,
            Class::Remove,
            Class::Replace,
            Class::Change,
            Class::Keep,
            Class::Trim,
            Class::Subject,
            Class::LikeArtist,
            Class::Video,
            Class::Title,
            Class::Called,
            Class::Says,
            Class::At,
        ];
        let musical = mark.is_musical() || mark.purpose().is_some() || mark.senses.contains(&Sense::Neutral);
        if musical
            || mark.is_any(&[
                Class::Joiner,
                Class::Very,
                Class::Little,
                Class::Slow,
                Class::Fast,
                Class::Medium,
                Class::SecondUnit,
                Class::MinuteUnit,
                Class::Bpm,
            ])
        {
            return true;
        }
        !mark.is_any(&ends) && !mark.senses.contains(&Sense::Stop)
    }

    /// The run of unknown words around one, with what hyphens tie to it.
    fn group(&self, at: usize) -> Range<usize> {
        let han = self.text.token(at).is_some_and(|token| token.kind == Kind::Han);
        let same = |index: usize| self.text.token(index).is_some_and(|token| (token.kind == Kind::Han) == han);
        let tied =
            |index: usize| self.text.token(index).is_some_and(|token| token.glued && token.kind == Kind::Word) && !han;
        let mut start = at;
        while start > self.range.start
            && (same(start - 1) && self.is_plain(start - 1)
                || tied(start) && self.text.token(start - 1).is_some_and(|token| token.kind == Kind::Word))
        {
            start -= 1;
        }
        let mut end = at + 1;
        while end < self.range.end && (same(end) && self.is_plain(end) || tied(end)) {
            end += 1;
        }
        start..end
    }

    /// Files a run of unknown words before a head as an unknown genre, a word that could not be used, or neither.
    fn judge(&mut self, mut group: Range<usize>, head: usize, of_music: bool) {
        if self.seen.iter().any(|seen| seen.start <= group.start && group.end <= seen.end) {
            return;
        }
        self.seen.push(group.clone());
        let han = self.text.token(group.start).is_some_and(|token| token.kind == Kind::Han);
        if han && (group.len() < 2 || group.len() > LONGEST) || group.len() > LONGEST {
            return;
        }
        // "My hamster channel": the word belongs to the thing behind it.
        let belongs = self.text.mark(group.end).is_some_and(|mark| {
            (mark.senses.contains(&Sense::Subject) || mark.is(Class::Video) || mark.purpose().is_some())
                && !mark.is_any(&[Class::Music, Class::Style])
                && !mark.is_musical()
        });
        if belongs {
            return;
        }
        // "My hamster" and "我的猫" are the user's own.
        let mine = group
            .start
            .checked_sub(1)
            .and_then(|before| self.text.token(before))
            .is_some_and(|token| matches!(token.text.as_str(), "my" | "our" | "his" | "her" | "their"))
            || group
                .start
                .checked_sub(2)
                .is_some_and(|before| self.text.is_word(before, "我") && self.text.is_word(before + 1, "的"));
        if mine {
            return;
        }
        // A verb that opens the sentence is not what the music is like.
        let opens = group.start == 0 || self.text.token(group.start - 1).is_some_and(|token| token.kind == Kind::Stop);
        if opens && group.len() > 1 && !han && self.text.token(group.start + 1).is_some_and(|token| !token.glued) {
            group.start += 1;
        }
        let written = self.text.written(&group).to_owned();
        let nothing_else = self.wishes.genres.is_empty()
            && self.wishes.unknown_genres.is_empty()
            && self.wishes.genre_lists.is_empty();
        let tied_to_genre = self
            .text
            .within(&group)
            .any(|mark| mark.genre().is_some() || matches!(mark.senses.first(), Some(Sense::Near(_))));
        let direct = of_music && group.end == head;
        if tied_to_genre {
            self.wishes.unknown_genres.retain(|(known, _)| !written.to_lowercase().contains(&known.to_lowercase()));
            add_one(&mut self.wishes.unknown_genres, (written, Vec::new()));
        } else if direct && nothing_else && (han || !is_adjective(&written)) {
            add_one(&mut self.wishes.unknown_genres, (written, Vec::new()));
        } else {
            add_one(&mut self.wishes.unused, written);
        }
    }

    /// Unknown words behind "make it", "more", "something", or listed with a mood.
    fn behind_linking_words(&mut self) {
        let mut subject = false;
        let mut at = self.range.start;
        while at < self.range.end {
            if let Some(token) = self.text.token(at) {
                if matches!(token.kind, Kind::Stop | Kind::Pause) {
                    subject = false;
                } else if self.text.is(at, Class::Subject) {
                    subject = true;
                }
            }
            if !self.is_plain(at) || subject {
                at += 1;
                continue;
            }
            let group = self.group(at);
            at = group.end.max(at + 1);
            let known = self.seen.iter().any(|seen| seen.start <= group.start && group.end <= seen.end);
            let han = self.text.token(group.start).is_some_and(|token| token.kind == Kind::Han);
            let fitting = if han { (2..=4).contains(&group.len()) } else { group.len() <= 3 };
            if known || !fitting || !self.is_linked(&group) {
                continue;
            }
            self.seen.push(group.clone());
            add_one(&mut self.wishes.unused, self.text.written(&group).to_owned());
        }
    }

    fn is_linked(&self, group: &Range<usize>) -> bool {
        let Some(before) = group.start.checked_sub(1).filter(|before| *before >= self.range.start) else {
            return false;
        };
        let mark = self.text.mark(before);
        let degree =
            mark.is_some_and(|mark| mark.is_any(&[Class::More, Class::Less, Class::Too, Class::Very, Class::Little]));
        let changed = mark.is_some_and(|mark| mark.is(Class::Change) && mark.at.len() > 1);
        let closes = self.closes(group.end);
        // "A calm piano bagatelle".
        let trailing =
            mark.is_some_and(|mark| mark.is_musical()) && (closes || self.text.is(group.end, Class::Subject));
        let felt = self.text.token(before).is_some_and(|token| {
            matches!(token.text.as_str(), "feel" | "feels" | "feeling" | "sound" | "sounds" | "sounding" | "something")
        });
        let between = self.text.token(before).is_some_and(|token| token.kind == Kind::Pause)
            || mark.is_some_and(|mark| mark.is(Class::Joiner));
        let mood_before =
            before.checked_sub(1).and_then(|index| self.text.mark(index)).is_some_and(|mark| mark.mood().is_some());
        degree || changed || trailing || felt || between && mood_before && closes
    }

    fn closes(&self, end: usize) -> bool {
        end >= self.range.end
            || self.text.token(end).is_some_and(|token| token.kind == Kind::Pause)
            || self.text.is(end, Class::Joiner)
            || self.text.is(end, Class::Music)
    }
}

/// Whether an English word looks like an adjective rather than the name of a style.
fn is_adjective(word: &str) -> bool {
    let word = word.to_lowercase();
    [
        "y", "ish", "ful", "ous", "ive", "ing", "ed", "less", "able", "ible", "est", "er", "ant", "ent", "like", "al",
        "ic",
    ]
    .iter()
    .any(|ending| word.len() > ending.len() + 2 && word.ends_with(ending))
}
