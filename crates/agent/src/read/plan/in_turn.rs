//! Pieces in turn: new ones on their stretches of the timeline, and changes to those that lie there.

use super::super::fields::Fields;
use super::super::piece::Intent;
use super::super::reading::{Action, Arrange, CurrentMusic, InTurn, Stretch, Way, Why};
use super::super::sequence::{SHORTEST_MS, Sequence, What};
use super::super::settle::Settling;
use super::super::wishes::{Wishes, add_one};
use super::Plan;
use super::parts::{Part, gather, musical_new};
use bedtrack_compose::limits::SHORTEST_SECONDS;

impl Plan<'_> {
    /// Makes the pieces of a sequence; what else the message says about music holds for all of them.
    pub(super) fn play_in_turn(&mut self, sequence: &Sequence, parts: &mut Vec<Part>) {
        let (musical, others) = std::mem::take(parts).into_iter().partition(|part| musical_new(part.intent));
        *parts = others;
        let mut general: Wishes = gather(musical);
        let length = std::mem::take(&mut general.lengths_ms).last().map(|(ms, _)| *ms);
        let field = self.fields.duration_seconds.map(|seconds| (seconds * 1000.0).round() as u64);
        let replaces = self.music.is_some() || self.has_song;
        let alone = sequence.turns.len() == 1;
        if !alone {
            (self.music, self.has_song, self.in_turn) = (None, false, Vec::new());
        }
        self.length_used = field.is_some();
        // One alone finds its place in what is there.
        let there = Some(self.about.length_ms).filter(|ms| alone && *ms > 0);
        let places = sequence.places(field.or(length).or(self.about.picture_ms).or(there));
        for (index, (turn, place)) in sequence.turns.iter().zip(places).enumerate() {
            let Some(place) = place else {
                self.reading.actions.push(Action::Unknown { text: turn.words.clone(), why: Why::BeyondPicture });
                continue;
            };
            match &turn.what {
                What::Silence => {}
                What::Songs(songs) => {
                    self.has_song = true;
                    let songs = Arrange::Songs { songs: songs.clone(), volume: general.volume, place: Some(place) };
                    self.reading.actions.push(Action::Arrange(songs));
                }
                What::Music(wishes) => {
                    let first = place.opens || alone;
                    self.new_piece(index, with_general(wishes, &general, first), place, replaces);
                }
            }
        }
        self.music = self.music.take().or_else(|| self.in_turn.first().map(|piece| piece.music.clone()));
    }

    fn new_piece(&mut self, index: usize, mut wishes: Wishes, place: Stretch, replaces: bool) {
        let fields = on_stretch(&mut wishes, self.fields, place);
        let mut remarks = Vec::new();
        let mut settling =
            Settling { lexicon: self.lexicon, about: self.about, fields: &fields, remarks: &mut remarks };
        let mut made = settling.new_music(&wishes, None);
        remarks.into_iter().for_each(|remark| add_one(&mut self.reading.remarks, remark));
        wishes.unused.iter().for_each(|word| add_one(&mut self.reading.unused, word.clone()));
        made.way = Way::InTurn;
        made.place = Some(place);
        if replaces && wishes.volume.is_none() {
            made.volume = None;
        }
        self.fields_used = true;
        let music = self.expected(&made, None);
        self.in_turn.push(InTurn { index, place: Stretch { opens: false, ..place }, music });
        self.reading.actions.push(Action::MakeMusic(made));
    }

    /// The pieces in turn that a wish changes one by one: those that the message names, or all where it changes what is
    /// there. Nothing where it takes the place of all music.
    pub(super) fn pieces_meant(&self, part: &Part) -> Vec<InTurn> {
        let named = |piece: &&InTurn| self.meant.contains(&piece.index);
        if !self.meant.is_empty() {
            let length = part.wishes.lengths_ms.last().map(|(ms, _)| *ms);
            let meant = self.in_turn.iter().filter(named).cloned();
            return meant
                .map(|piece| {
                    let length_ms = length.unwrap_or(piece.place.length_ms);
                    InTurn { place: Stretch { length_ms, ..piece.place }, ..piece }
                })
                .collect();
        }
        let wishes = &part.wishes;
        let describes = wishes.names_a_style() || wishes.score.describe() || self.fields.genre.is_some();
        if describes || wishes.score.sibling || !matches!(part.intent, Intent::Wish | Intent::Again) {
            return Vec::new();
        }
        let field = self.fields.duration_seconds.map(|seconds| (seconds * 1000.0).round() as u64);
        let Some(total) = field.or(wishes.lengths_ms.last().map(|(ms, _)| *ms)) else { return self.in_turn.clone() };
        // "Make it 30 seconds": the last piece fills what there is.
        let Some(last) = self.in_turn.last().filter(|last| total >= last.place.start_ms + SHORTEST_MS) else {
            return Vec::new();
        };
        let (length_ms, index) = (total - last.place.start_ms, last.index);
        let last = InTurn { place: Stretch { length_ms, ..last.place }, ..last.clone() };
        // "Calmer, 30 seconds": what else is said holds for all.
        let others = self.in_turn.iter().filter(|piece| piece.index != index && !self.says_only_a_length(wishes));
        others.cloned().chain([last]).collect()
    }

    fn says_only_a_length(&self, wishes: &Wishes) -> bool {
        let no_length = Fields { duration_seconds: None, ..self.fields.clone() };
        Wishes { lengths_ms: Vec::new(), ..wishes.clone() }.is_empty() && !no_length.speak_of_music()
    }

    /// Remembers how a piece among others will be.
    pub(super) fn changed(&mut self, piece: InTurn, music: CurrentMusic) {
        if let Some(there) = self.in_turn.iter_mut().find(|there| there.index == piece.index) {
            *there = InTurn { music, ..piece };
        }
        self.music = self.in_turn.first().map(|piece| piece.music.clone());
    }
}

/// Wishes for a piece on a stretch: it is as long as that, and moments of the timeline are counted from its start. Gives
/// the fields without the length, which is that of the whole.
pub(super) fn on_stretch(wishes: &mut Wishes, fields: &Fields, place: Stretch) -> Fields {
    wishes.lengths_ms = vec![(place.length_ms.max((SHORTEST_SECONDS * 1000.0) as u64), false)];
    wishes.score.revisions = wishes.score.within(place.start_ms as f64 / 1000.0, place.end_ms() as f64 / 1000.0);
    Fields { duration_seconds: None, ..fields.clone() }
}

/// A piece's own wishes, and those that hold for all where it says nothing else.
fn with_general(own: &Wishes, general: &Wishes, first: bool) -> Wishes {
    let mut all = general.clone();
    all.genres.clear();
    all.genres_by_the_way.clear();
    all.genre_lists.clear();
    all.unknown_genres.clear();
    if !own.tempos.is_empty() {
        all.tempos.clear();
    }
    if !own.keys.is_empty() {
        all.keys.clear();
    }
    // Words that led to nothing, and a given melody, are said and played once.
    if !first {
        all.unused.clear();
        all.score.melody = None;
        all.score.plan.clear();
    }
    all.merge(own.clone());
    all
}
