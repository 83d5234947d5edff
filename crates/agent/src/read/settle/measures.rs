//! Tempo, key, players and length: what can be counted or named.

use super::{Settling, USUAL_LENGTH, key_name, plain};
use crate::read::reading::{Aspect, Because, Remark};
use crate::read::tempo::TempoWish;
use crate::read::wishes::{Wishes, add_one};
use bedtrack_compose::Brief;
use bedtrack_compose::key::Key;
use bedtrack_compose::limits::{FASTEST_TAPPED_BPM, LONGEST_SECONDS, SHORTEST_SECONDS, SLOWEST_TAPPED_BPM};

impl Settling<'_> {
    /// A tempo, or a range of them.
    pub fn tempo(&mut self, wishes: &Wishes, genre: &str) -> (Option<f64>, Option<(f64, f64)>) {
        let words = wishes.tempos.last().copied();
        if let Some(field) = self.fields.tempo_bpm {
            let said = match words {
                Some(TempoWish::Exact(bpm)) if (bpm - field).abs() > 0.05 => Some(plain(bpm)),
                Some(TempoWish::Between(low, high)) if !(low..=high).contains(&field) => {
                    Some(format!("{}-{}", plain(low), plain(high)))
                }
                _ => None,
            };
            if let Some(words) = said {
                self.remarks.push(Remark::Contradiction { aspect: Aspect::Tempo, words, field: plain(field) });
            }
            return (Some(self.bounded_tempo(field)), None);
        }
        if let (Some(TempoWish::Exact(first)), Some(TempoWish::Exact(last))) = (wishes.tempos.first(), words)
            && (first - last).abs() > 0.05
        {
            self.remarks.push(Remark::OneOfTwo { aspect: Aspect::Tempo, used: plain(last), left: plain(*first) });
        }
        // A number says more than "slow".
        let exact = wishes
            .tempos
            .iter()
            .rev()
            .find(|wish| matches!(wish, TempoWish::Exact(_) | TempoWish::Between(..)))
            .copied();
        let (low, high) = self.lexicon.vocabulary.genre(genre).map_or((70.0, 130.0), |entry| entry.tempo);
        let width = high - low;
        let range = |from: f64, to: f64| {
            (
                None,
                Some((
                    from.clamp(SLOWEST_TAPPED_BPM, FASTEST_TAPPED_BPM).round(),
                    to.clamp(SLOWEST_TAPPED_BPM, FASTEST_TAPPED_BPM).round(),
                )),
            )
        };
        match exact.or(words) {
            Some(TempoWish::Exact(bpm)) => (Some(self.bounded_tempo(bpm)), None),
            Some(TempoWish::Between(from, to)) => (None, Some((self.bounded_tempo(from), self.bounded_tempo(to)))),
            Some(TempoWish::Slow) => range(low * 0.85, low + width * 0.25),
            Some(TempoWish::Medium) => range(low + width * 0.3, high - width * 0.3),
            Some(TempoWish::Fast) => range(high - width * 0.25, high * 1.15),
            Some(TempoWish::Times(factor) | TempoWish::By(factor)) => {
                let slower = factor < 0.0 || matches!(exact.or(words), Some(TempoWish::Times(times)) if times < 1.0);
                if slower { range(low * 0.85, low + width * 0.25) } else { range(high - width * 0.25, high * 1.15) }
            }
            None => (None, None),
        }
    }

    pub(super) fn bounded_tempo(&mut self, bpm: f64) -> f64 {
        let used = bpm.clamp(SLOWEST_TAPPED_BPM, FASTEST_TAPPED_BPM);
        if (used - bpm).abs() > 0.001 {
            self.remarks.push(Remark::Bounded { aspect: Aspect::Tempo, asked: plain(bpm), used: plain(used) });
        }
        used
    }

    /// The key asked for.
    pub fn key(&mut self, wishes: &Wishes) -> Option<Key> {
        let words = wishes.keys.last().copied();
        if let (Some(field), Some(words)) = (self.fields.key, words)
            && field != words
        {
            self.remarks.push(Remark::Contradiction {
                aspect: Aspect::Key,
                words: key_name(words),
                field: key_name(field),
            });
        } else if let (Some(first), Some(last), None) = (wishes.keys.first(), words, self.fields.key)
            && *first != last
        {
            self.remarks.push(Remark::OneOfTwo { aspect: Aspect::Key, used: key_name(last), left: key_name(*first) });
        }
        self.fields.key.or(words)
    }

    pub(super) fn instruments(&mut self, wishes: &Wishes) -> (Vec<String>, Vec<String>) {
        let mut instruments = self.fields.instruments.clone();
        let mut without = self.fields.without.clone();
        for id in &wishes.without {
            if self.fields.instruments.contains(id) {
                self.remarks.push(Remark::Contradiction {
                    aspect: Aspect::Instruments,
                    words: id.clone(),
                    field: id.clone(),
                });
            } else {
                add_one(&mut without, id.clone());
            }
        }
        wishes.instruments.iter().for_each(|id| add_one(&mut instruments, id.clone()));
        instruments.retain(|id| !without.contains(id));
        (instruments, without)
    }

    /// The length that words or the field ask for, in seconds.
    pub fn asked_length(&mut self, wishes: &Wishes) -> Option<f64> {
        let of_music = wishes.lengths_ms.iter().rev().find(|(_, of_picture)| !of_picture);
        let words = of_music.or(wishes.lengths_ms.last()).map(|(ms, _)| *ms as f64 / 1000.0);
        let others = wishes.lengths_ms.iter().filter(|(_, of_picture)| !of_picture).map(|(ms, _)| *ms as f64 / 1000.0);
        if let (Some(used), None) = (words, self.fields.duration_seconds) {
            for left in others.filter(|left| (left - used).abs() > 0.05) {
                self.remarks.push(Remark::OneOfTwo { aspect: Aspect::Duration, used: plain(used), left: plain(left) });
            }
        }
        if let (Some(field), Some(words)) = (self.fields.duration_seconds, words)
            && (field - words).abs() > 0.05
        {
            self.remarks.push(Remark::Contradiction {
                aspect: Aspect::Duration,
                words: plain(words),
                field: plain(field),
            });
        }
        let asked = self.fields.duration_seconds.or(words)?;
        let used = asked.clamp(SHORTEST_SECONDS, LONGEST_SECONDS);
        if (used - asked).abs() > 0.0005 {
            self.remarks.push(Remark::Bounded { aspect: Aspect::Duration, asked: plain(asked), used: plain(used) });
        }
        Some(used)
    }

    pub(super) fn length(&mut self, wishes: &Wishes, present: Option<&Brief>, genre: &str) -> f64 {
        if let Some(asked) = self.asked_length(wishes) {
            return asked;
        }
        let has_picture = self.about.picture_ms.is_some_and(|ms| ms > 0);
        if let Some(planned) = self.planned_length(wishes, genre).filter(|_| !has_picture) {
            return planned;
        }
        let uses = wishes.uses.iter().filter_map(|index| self.lexicon.uses.get(*index));
        let by_use = uses.filter_map(|one| Some((one.seconds?, Because::Use(one.id.clone())))).next();
        let picture = self.about.picture_ms.filter(|ms| *ms > 0).map(|ms| (ms as f64 / 1000.0, Because::Picture));
        let current = present.map(|brief| (brief.seconds(), Because::CurrentMusic));
        let (seconds, because) = picture.or(current).or(by_use).unwrap_or((USUAL_LENGTH, Because::Default));
        let used = seconds.clamp(SHORTEST_SECONDS, LONGEST_SECONDS);
        self.remarks.push(Remark::Assumed { aspect: Aspect::Duration, value: plain(used), because });
        used
    }
}
