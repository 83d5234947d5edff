//! What a message does with the music: new pieces, other versions and lengths, levels, and fields that found no use.

use super::super::fields::Fields;
use super::super::fusion;
use super::super::piece::Intent;
use super::super::reading::{
    Action, Arrange, Aspect, Change, CurrentMusic, InTurn, Level, MakeMusic, Remark, Target, Way, Why,
};
use super::super::refine::refine;
use super::super::settle::{Settling, energy_name, key_name, plain};
use super::super::wishes::{Wishes, add_one};
use super::Plan;
use super::in_turn::on_stretch;
use super::parts::{Part, is_comparison};
use bedtrack_compose::Revision;
use bedtrack_compose::key::{Key, Mode};
use bedtrack_compose::limits::{LONGEST_SECONDS, SHORTEST_SECONDS};

impl Plan<'_> {
    /// Pictures that shall follow the music of the message, once it is there; their own sound gives way to it.
    pub(super) fn lay_on_beats(&mut self, after: Option<Arrange>) {
        let Some(after) = after else { return };
        let mut makes = false;
        for (index, action) in self.reading.actions.iter_mut().enumerate() {
            if let Action::MakeMusic(made) = action
                && made.way != Way::CutDown
            {
                makes = true;
                if !self.levels_asked.contains(&index) {
                    made.volume = Some(1.0);
                }
            }
        }
        if makes {
            self.reading.actions.push(Action::Arrange(after));
        }
    }

    /// The same piece in other lengths.
    pub(super) fn cut_down(&mut self, lengths: &[f64]) {
        let Some(music) = &self.music else {
            if !lengths.is_empty() {
                self.unknown(&(0..self.text.tokens.len()), Why::NoMusic);
            }
            return;
        };
        for seconds in lengths.iter().map(|seconds| seconds.clamp(SHORTEST_SECONDS, LONGEST_SECONDS)) {
            if (seconds - music.brief.seconds()).abs() < 0.0005 {
                continue;
            }
            let mut brief = music.brief.clone();
            brief.revise(Revision::Length { seconds });
            let changed = vec![Change::Length { to: seconds }];
            self.reading.actions.push(Action::MakeMusic(MakeMusic {
                brief,
                way: Way::CutDown,
                volume: None,
                changed,
                place: None,
            }));
        }
    }

    /// Makes a new piece of a part's wishes, or another version of the present one; of several pieces in turn another
    /// version of each that is meant.
    pub(super) fn music(&mut self, part: Part) {
        let pieces = self.pieces_meant(&part);
        if pieces.is_empty() {
            return self.piece(part, None);
        }
        let used = self.fields_used;
        for piece in pieces {
            // The fields hold for each of them.
            self.fields_used = used;
            self.piece(part.clone(), Some(piece));
        }
    }

    /// Makes music of a part's wishes: in place of all music, or of a `piece` among others.
    fn piece(&mut self, part: Part, piece: Option<InTurn>) {
        let mut wishes = part.wishes;
        fusion::find(self.text, &part.at, self.lexicon, &mut wishes);
        let no_fields = Fields::default();
        let fields = if self.fields_used { &no_fields } else { self.fields };
        let compares_only = is_comparison(&wishes);
        let present = piece.as_ref().map(|piece| piece.music.clone()).or(self.music.clone());
        let own_fields = piece.as_ref().map(|piece| on_stretch(&mut wishes, fields, piece.place));
        let fields = own_fields.as_ref().unwrap_or(fields);
        let mut remarks = Vec::new();
        let mut settling = Settling { lexicon: self.lexicon, about: self.about, fields, remarks: &mut remarks };
        let made = match (&present, part.intent) {
            (Some(present), _) if wishes.score.sibling => Some(settling.sibling(&wishes, present)),
            (None, Intent::Wish) if compares_only && !fields.speak_of_music() => {
                self.unknown(&part.at, Why::NoMusic);
                return;
            }
            (Some(present), Intent::Again) => {
                let wishes = Wishes { again: true, ..wishes.clone() };
                if wishes.names_a_style() {
                    Some(settling.new_music(&wishes, Some(&present.brief)))
                } else {
                    refine(&mut settling, &wishes, present)
                }
            }
            (Some(present), Intent::Replace) if wishes.is_only_again() => {
                refine(&mut settling, &Wishes { again: true, ..wishes.clone() }, present)
            }
            (Some(present), Intent::Wish)
                if !wishes.names_a_style() && fields.genre.is_none() && !wishes.score.describe() =>
            {
                refine(&mut settling, &wishes, present)
            }
            (present, _) => Some(settling.new_music(&wishes, present.as_ref().map(|music| &music.brief))),
        };
        let unused = wishes.is_empty();
        wishes.unused.into_iter().for_each(|word| add_one(&mut self.reading.unused, word));
        let Some(mut made) = made else {
            for (what, _) in &wishes.impossible {
                let instead = present.as_ref().map_or_else(String::new, |music| music.brief.genre.clone());
                self.reading.remarks.push(Remark::Impossible { what: what.clone(), instead });
            }
            let unused = unused || !wishes.impossible.is_empty();
            self.unknown(&part.at, if unused { Why::NotUnderstood } else { Why::Already });
            return;
        };
        if made.way == Way::Refine || made.way == Way::Another {
            for (what, _) in &wishes.impossible {
                remarks.push(Remark::Impossible { what: what.clone(), instead: made.brief.genre.clone() });
            }
        }
        self.fields_used = true;
        let music = self.expected(&made, present);
        match piece {
            Some(piece) => {
                made.place = Some(piece.place);
                self.changed(piece, music);
            }
            None => {
                self.in_turn.clear();
                self.music = Some(music);
            }
        }
        if wishes.volume.is_some() {
            self.levels_asked.push(self.reading.actions.len());
        }
        remarks.into_iter().for_each(|remark| add_one(&mut self.reading.remarks, remark));
        self.reading.actions.push(Action::MakeMusic(made));
    }

    /// What music will be like, as far as that is known before it is made.
    pub(super) fn expected(&self, made: &MakeMusic, present: Option<CurrentMusic>) -> CurrentMusic {
        let asked = made.brief.asked();
        let bpm = asked.tempo_bpm.or(asked.tempo_range.map(|(low, high)| (low + high) / 2.0));
        let usual = self
            .lexicon
            .vocabulary
            .genre(&made.brief.genre)
            .map_or(100.0, |genre| (genre.tempo.0 + genre.tempo.1) / 2.0);
        let key = asked.key.or(present.as_ref().map(|music| music.key));
        CurrentMusic {
            brief: made.brief.clone(),
            bpm: bpm.unwrap_or(usual),
            key: key.unwrap_or(Key { tonic: 0, mode: Mode::Major }),
            players: present.map(|music| music.players).unwrap_or_default(),
            motif: None,
        }
    }

    /// Where the same message silences the clip, nothing is left for music to lie under.
    pub(super) fn raise_over_silence(&mut self) {
        let silent = Action::SetVolume { target: Target::OriginalSound, level: Level::To(0.0) };
        if !self.reading.actions.contains(&silent) {
            return;
        }
        for (index, action) in self.reading.actions.iter_mut().enumerate() {
            if let Action::MakeMusic(made) = action
                && made.way == Way::New
                && !self.levels_asked.contains(&index)
            {
                made.volume = Some(1.0);
            }
        }
    }

    /// Fields that came with a message in which no music is made.
    pub(super) fn leave_fields(&mut self) {
        let fields = self.fields;
        let mut leave = |aspect: Aspect, value: Option<String>| {
            if let Some(value) = value {
                self.reading.remarks.push(Remark::IgnoredField { aspect, value });
            }
        };
        leave(Aspect::Genre, fields.genre.clone().map(|genre| genre.unwrap_or_else(|(words, _)| words)));
        leave(Aspect::Mood, (!fields.moods.is_empty()).then(|| fields.moods.join(", ")));
        leave(Aspect::Tempo, fields.tempo_bpm.map(plain));
        leave(Aspect::Key, fields.key.map(key_name));
        leave(Aspect::Duration, fields.duration_seconds.filter(|_| !self.length_used).map(plain));
        leave(Aspect::Instruments, (!fields.instruments.is_empty()).then(|| fields.instruments.join(", ")));
        leave(Aspect::Energy, fields.energy.map(|energy| energy_name(energy).to_owned()));
        leave(Aspect::Seed, fields.seed.map(|seed| seed.to_string()));
    }
}
