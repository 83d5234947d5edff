//! From pieces to actions: what belongs together is joined (`parts`), each part becomes an action, music in `music`, and
//! what leads to nothing is said.

mod in_turn;
mod music;
mod parts;

use std::ops::Range;

use super::arrange::Found as Arranged;
use super::edits::{Edit, Problem, Reader};
use super::fields::Fields;
use super::lexicon::{Class, Lexicon, Sense};
use super::marks::Marked;
use super::piece::Intent;
use super::pieces::pieces;
use super::reading::{
    Action, Arrange, CaptionWish, Context, CurrentMusic, InTurn, Language, Level, Look, Reading, Target, Topic, Why,
};
use super::score::wishes::ScoreWishes;
use super::score::{is_husk, takes};
use super::sequence::Sequence;
use super::text::Kind;
use super::titles::card;
use super::wishes::{Wishes, add_one};
use bedtrack_language::captions::{Captions, Unfit};
use parts::{Part, gather, join, musical_new};

/// Most actions of one message; a turn that does more cannot be overlooked.
const MOST_ACTIONS: usize = 24;
/// Longest quotation of the user's words in an answer, in characters.
const LONGEST_QUOTE: usize = 160;
/// Most words named as unused.
const MOST_UNUSED: usize = 8;

/// A message on its way to a reading.
pub struct Plan<'a> {
    text: &'a Marked<'a>,
    // The words before those about the score were taken out.
    said: &'a str,
    lexicon: &'a Lexicon,
    about: &'a Context,
    fields: &'a Fields,
    reading: Reading,
    // The music as it will be after the actions so far, and its pieces where several play in turn.
    music: Option<CurrentMusic>,
    in_turn: Vec<InTurn>,
    // The numbers of those among them that the message means; none: all.
    meant: Vec<usize>,
    // New pieces in turn.
    sequence: Option<Sequence>,
    // Whether a song of the user lies on the draft by now.
    has_song: bool,
    fields_used: bool,
    length_used: bool,
    // Actions whose level the words name.
    levels_asked: Vec<usize>,
    titles: Context,
    // Captions that came with the message and were not placed yet.
    captions: Option<Result<Captions, Unfit>>,
}

impl<'a> Plan<'a> {
    /// Starts on a message.
    pub fn new(
        text: &'a Marked<'a>,
        said: &'a str,
        lexicon: &'a Lexicon,
        about: &'a Context,
        fields: &'a Fields,
    ) -> Self {
        Self {
            text,
            said,
            lexicon,
            about,
            fields,
            reading: Reading::default(),
            music: about.music.clone(),
            in_turn: about.in_turn.clone(),
            meant: Vec::new(),
            sequence: None,
            has_song: about.has_song,
            fields_used: false,
            length_used: false,
            levels_asked: Vec::new(),
            titles: about.clone(),
            captions: None,
        }
    }

    /// With captions that stood in the message.
    pub fn with_captions(mut self, captions: Option<Result<Captions, Unfit>>) -> Self {
        self.captions = captions;
        self
    }

    /// With pieces in turn that it asks for, and the numbers of those on the timeline that it means.
    pub fn with_sequence(mut self, sequence: Option<Sequence>, meant: Vec<usize>) -> Self {
        self.sequence = sequence;
        self.meant = meant;
        self
    }

    /// Reads it.
    pub fn reading(mut self, language: Language, mut arranged: Arranged, score: ScoreWishes) -> Reading {
        self.reading.language = language;
        let arranges = !arranged.actions.is_empty()
            || !arranged.cuts.is_empty()
            || arranged.needs_music
            || self.sequence.is_some();
        if let Some(action) = takes::action(self.text, self.about).filter(|_| !arranges) {
            self.reading.actions.push(action);
            return self.reading;
        }
        let cutdowns = score.cutdowns.clone();
        let pieces = pieces(self.text, self.lexicon, self.about);
        let is_number = |at: usize| self.text.token(at).is_some_and(|token| matches!(token.kind, Kind::Number(_)));
        let mut parts = join(pieces, self.about.music.is_some(), is_number);
        self.place_score(&mut parts, score);
        if arranges {
            parts.retain(|part| part.intent != Intent::Nothing || !is_husk(self.text, &part.at));
        }
        let named = self.fields.genre.is_some() || !self.fields.moods.is_empty();
        if named || parts.iter().any(|part| musical_new(part.intent) && part.wishes.describe_a_piece()) {
            arranged.prefer_described_music();
        }
        self.arrange(std::mem::take(&mut arranged.actions));
        self.reading.actions.extend(std::mem::take(&mut arranged.cuts).into_iter().map(Action::Cut));
        if let Some(sequence) = self.sequence.take() {
            self.play_in_turn(&sequence, &mut parts);
        } else if arranged.needs_music && !parts.iter().any(|part| musical_new(part.intent)) {
            parts.push(Part { at: 0..self.text.tokens.len(), intent: Intent::Make, wishes: Wishes::default() });
        }
        let acts = arranges
            || parts.iter().any(|part| !matches!(part.intent, Intent::Nothing | Intent::Talk(_) | Intent::Leave));
        // Fields alone are a wish as well.
        if !acts && self.fields.speak_of_music() && !parts.iter().any(|part| matches!(part.intent, Intent::Talk(_))) {
            parts = vec![Part { at: 0..self.text.tokens.len(), intent: Intent::Make, wishes: gather(parts) }];
        }
        let acts = arranges
            || parts.iter().any(|part| {
                !matches!(
                    part.intent,
                    Intent::Nothing | Intent::Talk(Topic::Hello | Topic::Thanks | Topic::Okay) | Intent::Leave
                )
            });
        for part in parts {
            if self.reading.actions.len() >= MOST_ACTIONS {
                let text = self.quoted(&part.at);
                self.reading.actions.push(Action::Unknown { text, why: Why::TooMany });
                break;
            }
            self.part(part, acts);
        }
        self.place_captions();
        self.cut_down(&cutdowns);
        self.raise_over_silence();
        self.lay_on_beats(arranged.after);
        if self.fields.speak_of_music() && !self.fields_used {
            self.leave_fields();
        }
        if self.reading.actions.is_empty() && self.reading.asks.is_none() {
            let text = self.quoted(&(0..self.text.tokens.len()));
            let action = if text.is_empty() {
                Action::Answer(Topic::Abilities)
            } else {
                Action::Unknown { text, why: Why::NotUnderstood }
            };
            self.reading.actions.push(action);
        }
        self.reading.remarks.extend(self.fields.ignored.iter().cloned());
        self.reading.unused.truncate(MOST_UNUSED);
        self.reading
    }

    /// What the message says about songs and pictures comes first: the rest may speak of it.
    fn arrange(&mut self, actions: Vec<Arrange>) {
        for action in actions {
            match &action {
                Arrange::Songs { songs: _, .. } | Arrange::ToBeats { songs: Some(_), .. } => {
                    self.has_song = true;
                    self.music = None;
                }
                Arrange::ToBeats { .. } => {}
            }
            let length = self.fields.duration_seconds.map(|seconds| (seconds * 1000.0).round() as u64);
            let action = match action {
                Arrange::ToBeats { songs, length_ms, style, still } => {
                    self.length_used = length.is_some();
                    Arrange::ToBeats { songs, length_ms: length.or(length_ms), style, still }
                }
                other => other,
            };
            self.reading.actions.push(Action::Arrange(action));
        }
    }

    /// What is said about the score belongs to the music of the message, or is a wish of its own.
    fn place_score(&self, parts: &mut Vec<Part>, score: ScoreWishes) {
        let only_lengths = ScoreWishes { cutdowns: Vec::new(), ..score.clone() }.is_empty();
        parts.retain(|part| score.is_empty() || part.intent != Intent::Nothing || !is_husk(self.text, &part.at));
        if only_lengths {
            parts.retain(|part| score.is_empty() || !is_husk(self.text, &part.at));
            return;
        }
        parts.retain(|part| part.intent != Intent::Nothing || !is_husk(self.text, &part.at));
        match parts.iter_mut().find(|part| musical_new(part.intent)) {
            Some(part) => part.wishes.score = score,
            None => {
                // Verbs that lost their object ("give it …") spoke of this.
                parts.retain(|part| !is_husk(self.text, &part.at));
                let wishes = Wishes { score, ..Wishes::default() };
                parts.push(Part { at: 0..self.text.tokens.len(), intent: Intent::Wish, wishes });
            }
        }
    }

    fn part(&mut self, part: Part, acts: bool) {
        match part.intent {
            Intent::Replace if self.text.has(&part.at, Class::OriginalSound) && self.about.has_picture => {
                // Music in place of the clip's own sound: that goes silent.
                self.reading.actions.push(Action::SetVolume { target: Target::OriginalSound, level: Level::To(0.0) });
                self.music(part);
            }
            Intent::Make | Intent::Wish | Intent::Replace | Intent::Again => self.music(part),
            Intent::Volume => self.edit(&part.at, |reader| reader.volume()),
            Intent::Fade => self.edit(&part.at, |reader| reader.fade()),
            Intent::Trim => self.edit(&part.at, |reader| reader.trim()),
            Intent::Remove => self.edit(&part.at, |reader| reader.remove()),
            Intent::Title => self.titles(&part.at),
            Intent::Undo => self.edit(&part.at, |reader| Ok(reader.undo())),
            Intent::Talk(topic) => {
                let small = matches!(topic, Topic::Hello | Topic::Thanks | Topic::Okay);
                let said = self.reading.actions.contains(&Action::Answer(topic));
                if !(acts && small || said) {
                    self.reading.actions.push(Action::Answer(topic));
                }
            }
            Intent::Leave => {
                if !acts {
                    let text = self.quoted(&part.at);
                    self.reading.actions.push(Action::Leave { text });
                }
            }
            Intent::Cannot => self.unknown(&part.at, Why::CannotDo),
            Intent::Nothing => {
                part.wishes.unused.into_iter().for_each(|word| add_one(&mut self.reading.unused, word));
                if !acts || self.is_imperative(&part.at) {
                    self.unknown(&part.at, Why::NotUnderstood);
                }
            }
        }
    }

    fn unknown(&mut self, at: &Range<usize>, why: Why) {
        let text = self.quoted(at);
        if !text.is_empty() {
            self.reading.actions.push(Action::Unknown { text, why });
        }
    }

    fn reader(&self, at: &Range<usize>) -> Reader<'_> {
        Reader {
            text: self.text,
            at: at.clone(),
            about: &self.titles,
            has_music: self.music.is_some() || self.has_song,
            captions: self.captions.as_ref().and_then(|captions| captions.as_ref().ok()),
        }
    }

    fn edit(&mut self, at: &Range<usize>, read: impl FnOnce(&Reader<'_>) -> Edit) {
        let edit = read(&self.reader(at));
        self.take(at, edit);
    }

    fn titles(&mut self, at: &Range<usize>) {
        let room = MOST_ACTIONS.saturating_sub(self.reading.actions.len());
        for edit in self.reader(at).titles().into_iter().take(room) {
            self.take(at, edit);
        }
    }

    fn take(&mut self, at: &Range<usize>, edit: Edit) {
        match edit {
            Ok(action) => {
                match &action {
                    Action::Remove { target: Target::Music | Target::Everything } => {
                        self.music = None;
                        self.has_song = false;
                    }
                    Action::AddTitle(title) => self.titles.titles.push(card(title)),
                    Action::AddCaptions(_) => self.captions = None,
                    _ => {}
                }
                let repeats = matches!(action, Action::SetVolume { level: Level::To(_), .. })
                    && self.reading.actions.last() == Some(&action);
                if !repeats {
                    self.reading.actions.push(action);
                }
            }
            Err(Problem::Ask(question)) => self.reading.asks = self.reading.asks.or(Some(question)),
            Err(Problem::No(why)) => self.unknown(at, why),
        }
    }

    /// Captions that no clause spoke of are put on the picture all the same.
    fn place_captions(&mut self) {
        match self.captions.take() {
            Some(Ok(captions)) => {
                self.reading
                    .actions
                    .retain(|action| !matches!(action, Action::Unknown { why: Why::NotUnderstood, .. }));
                self.reading.actions.push(Action::AddCaptions(CaptionWish { captions, look: Look::default() }));
            }
            Some(Err(unfit)) => self.reading.actions.push(Action::UnfitCaptions(unfit)),
            None => {}
        }
    }

    /// The user's words, cut where they go on and on.
    fn quoted(&self, at: &Range<usize>) -> String {
        let words = Some(self.text.written(at)).filter(|words| !words.is_empty()).unwrap_or(self.said.trim());
        match words.char_indices().nth(LONGEST_QUOTE) {
            Some((end, _)) => format!("{}…", words.get(..end).unwrap_or(words).trim_end()),
            None => words.to_owned(),
        }
    }

    /// Whether words that were not understood tell us to do something ("bake me a cake") rather than say how things are.
    fn is_imperative(&self, at: &Range<usize>) -> bool {
        let first = at
            .clone()
            .find(|index| !self.text.mark(*index).is_some_and(|mark| mark.is(Class::Polite) || mark.is(Class::Joiner)));
        let Some(first) = first else { return false };
        let asks_polite = first > at.start;
        let verb = self.text.token(first).is_some_and(|token| token.kind == Kind::Word)
            && self.text.mark(first).is_none_or(|mark| {
                mark.is_any(&[
                    Class::Make,
                    Class::Change,
                    Class::Add,
                    Class::Remove,
                    Class::Cannot,
                    Class::Trim,
                    Class::Turn,
                    Class::Score,
                ])
            });
        let object = self.text.token(first + 1).is_some_and(|token| {
            matches!(token.text.as_str(), "me" | "a" | "an" | "the" | "it" | "my" | "this" | "us" | "that")
        });
        let marked_object = self.text.mark(first + 1).is_some_and(|mark| mark.senses.contains(&Sense::Stop));
        verb && (object || asks_polite && marked_object)
    }
}
