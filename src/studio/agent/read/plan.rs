//! From pieces to actions: what belongs together is joined, each part becomes an action, and what leads to nothing is
//! said.

use std::ops::Range;

use super::arrange::Found as Arranged;
use super::edits::{Edit, Problem, Reader};
use super::fields::Fields;
use super::fusion;
use super::lexicon::{Class, Lexicon, Sense};
use super::marks::Marked;
use super::pieces::{Intent, Piece, pieces};
use super::reading::{
    Action, Arrange, Aspect, CaptionWish, Change, Context, CurrentMusic, Language, Level, Look, MakeMusic, Reading,
    Remark, Target, Topic, Way, Why,
};
use super::refine::refine;
use super::score::{ScoreWishes, is_husk, takes};
use super::settle::{LENGTH, Settling, energy_name, key_name, plain};
use super::tempo::TempoWish;
use super::text::Kind;
use super::titles::card;
use super::wishes::{Wishes, add_one};
use crate::studio::captions::{Captions, Unfit};
use crate::studio::compose::Revision;

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
    // The music as it will be after the actions so far.
    music: Option<CurrentMusic>,
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

/// Pieces that make one action.
#[derive(Debug, Clone)]
struct Part {
    at: Range<usize>,
    intent: Intent,
    wishes: Wishes,
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

    /// Reads it.
    pub fn reading(mut self, language: Language, mut arranged: Arranged, score: ScoreWishes) -> Reading {
        self.reading.language = language;
        let arranges = !arranged.actions.is_empty() || !arranged.cuts.is_empty() || arranged.needs_music;
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
        if arranged.needs_music && !parts.iter().any(|part| musical_new(part.intent)) {
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

    /// Pictures that shall follow the music of the message, once it is there; their own sound gives way to it.
    fn lay_on_beats(&mut self, after: Option<Arrange>) {
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
    fn cut_down(&mut self, lengths: &[f64]) {
        let Some(music) = &self.music else {
            if !lengths.is_empty() {
                self.unknown(&(0..self.text.tokens.len()), Why::NoMusic);
            }
            return;
        };
        for seconds in lengths.iter().map(|seconds| seconds.clamp(LENGTH.0, LENGTH.1)) {
            if (seconds - music.brief.seconds()).abs() < 0.0005 {
                continue;
            }
            let mut brief = music.brief.clone();
            brief.revise(Revision::Length { seconds });
            let changed = vec![Change::Length { to: seconds }];
            self.reading.actions.push(Action::MakeMusic(MakeMusic { brief, way: Way::CutDown, volume: None, changed }));
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

    fn music(&mut self, part: Part) {
        let mut wishes = part.wishes;
        fusion::find(self.text, &part.at, self.lexicon, &mut wishes);
        let no_fields = Fields::default();
        let fields = if self.fields_used { &no_fields } else { self.fields };
        let compares_only = is_comparison(&wishes);
        let present = self.music.clone();
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
        let Some(made) = made else {
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
        let asked = made.brief.asked();
        let bpm = asked.tempo_bpm.or(asked.tempo_range.map(|(low, high)| (low + high) / 2.0));
        let tempo = self
            .lexicon
            .vocabulary
            .genre(&made.brief.genre)
            .map_or(100.0, |genre| (genre.tempo.0 + genre.tempo.1) / 2.0);
        let key = asked.key.or(present.as_ref().map(|music| music.key)).unwrap_or(crate::studio::compose::brief::Key {
            tonic: 0,
            mode: crate::studio::compose::brief::Mode::Major,
        });
        self.music = Some(CurrentMusic {
            brief: made.brief.clone(),
            bpm: bpm.unwrap_or(tempo),
            key,
            players: present.map(|music| music.players).unwrap_or_default(),
            motif: None,
        });
        if wishes.volume.is_some() {
            self.levels_asked.push(self.reading.actions.len());
        }
        self.reading.remarks.extend(remarks);
        self.reading.actions.push(Action::MakeMusic(made));
    }

    /// Where the same message silences the clip, nothing is left for music to lie under.
    fn raise_over_silence(&mut self) {
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
    fn leave_fields(&mut self) {
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

/// Joins what belongs to one action.
fn join(pieces: Vec<Piece>, has_music: bool, is_number: impl Fn(usize) -> bool) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for piece in pieces {
        let Piece { at, intent, wishes, opens } = piece;
        let musical = |intent: Intent| matches!(intent, Intent::Make | Intent::Wish | Intent::Replace | Intent::Again);
        // The numbers of a list stand alone and mean nothing.
        if intent == Intent::Nothing && wishes == Wishes::default() && at.len() == 1 && is_number(at.start) {
            continue;
        }
        if let Some(last) = parts.last_mut() {
            let refines = last.intent == Intent::Wish && intent == Intent::Wish;
            let adds = matches!(last.intent, Intent::Make | Intent::Replace | Intent::Again)
                && matches!(intent, Intent::Wish | Intent::Make | Intent::Again);
            let becomes = last.intent == Intent::Wish && matches!(intent, Intent::Make | Intent::Again) && !has_music;
            // A title's "3 seconds, at the top" and a wish's "about cats" go with what they stand behind.
            let details = !opens
                && matches!(last.intent, Intent::Title | Intent::Trim)
                && (intent == Intent::Nothing
                    || wishes.is_only_length() && !matches!(intent, Intent::Title | Intent::Trim));
            let context = intent == Intent::Nothing && musical(last.intent) && !opens;
            if details || context && wishes.unused.is_empty() || refines || adds || becomes {
                last.at.end = at.end;
                last.wishes.merge(wishes);
                if becomes {
                    last.intent = Intent::Make;
                }
                continue;
            }
        }
        parts.push(Part { at, intent, wishes });
    }
    // "It's for my wedding. Make something soft." — what stands before belongs to it too.
    let uses: Vec<usize> =
        parts.iter().filter(|part| part.intent == Intent::Nothing).flat_map(|part| part.wishes.uses.clone()).collect();
    if let Some(made) = parts.iter_mut().find(|part| musical_new(part.intent)) {
        uses.into_iter().for_each(|index| add_one(&mut made.wishes.uses, index));
    }
    parts
}

fn musical_new(intent: Intent) -> bool {
    matches!(intent, Intent::Make | Intent::Replace | Intent::Again | Intent::Wish)
}

fn gather(parts: Vec<Part>) -> Wishes {
    let mut wishes = Wishes::default();
    parts.into_iter().for_each(|part| wishes.merge(part.wishes));
    wishes
}

/// Whether wishes only compare with music that has to be there: "slower", "without drums", "another take".
fn is_comparison(wishes: &Wishes) -> bool {
    let compares = !wishes.more_moods.is_empty()
        || !wishes.less_moods.is_empty()
        || wishes.energy_steps != 0
        || wishes.tempos.iter().any(|tempo| matches!(tempo, TempoWish::By(_) | TempoWish::Times(_)))
        || !wishes.without.is_empty()
        || wishes.length_times.is_some()
        || !wishes.score.is_empty();
    let describes = wishes.names_a_style()
        || wishes.score.describe()
        || !wishes.genres_by_the_way.is_empty()
        || !wishes.moods.is_empty()
        || !wishes.instruments.is_empty()
        || !wishes.keys.is_empty()
        || !wishes.uses.is_empty()
        || !wishes.energies.is_empty()
        || !wishes.impossible.is_empty()
        || wishes.tempos.iter().any(|tempo| !matches!(tempo, TempoWish::By(_) | TempoWish::Times(_)))
        || !wishes.lengths_ms.is_empty();
    compares && !describes
}
