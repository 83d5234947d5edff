//! A state read into what lies on its timeline, and written back: once, when all is done. What nobody here knows stays as
//! it came.

use bedtrack_wire::state::State;
use serde_json::Value;

use crate::history::History;
use crate::id::{Id, Kind, Numbers, former};
use crate::kept::Kept;
use crate::shape::Shape;
use crate::sound::kind_of;
use crate::track::Track;

/// The draft's key for its tracks.
const TRACKS: &str = "t";

/// A timeline with its media.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// Its tracks, in order.
    pub tracks: Vec<Track>,
    /// The shape of its film.
    pub shape: Shape,
    /// Where it stands among its revisions.
    pub history: History,
    numbers: Numbers,
    /// As it came, with the media as they are now.
    pub(crate) state: State,
}

impl Timeline {
    /// Reads a state.
    pub fn of(state: State) -> Self {
        let draft = state.draft.as_object();
        let list = draft.and_then(|draft| draft.get(TRACKS)?.as_array());
        let mut timeline = Self {
            tracks: list.into_iter().flatten().map(Track::read).collect(),
            shape: Shape::read(&state.canvas_config),
            history: History::read(&state.rest),
            numbers: draft.map(Numbers::read).unwrap_or_default(),
            state,
        };
        timeline.know_sounds();
        timeline.name_all(|_| {});
        timeline
    }

    /// The state that it is now. Where nothing was changed that is the one it was read from.
    pub fn into_state(mut self) -> State {
        if let Some(plain) = self.draft(false) {
            self.state.draft = self.draft(true).unwrap_or(plain);
        }
        self.shape.write(&mut self.state.canvas_config);
        self.history.write(&mut self.state.rest);
        self.state
    }

    /// The draft as it is now; none where it is as it came.
    fn draft(&self, with_ids: bool) -> Option<Value> {
        let tracks: Vec<Value> = self.tracks.iter().map(|track| track.write(with_ids)).collect();
        let mut draft = self.state.draft.as_object().cloned().unwrap_or_default();
        if !tracks.is_empty() || draft.get(TRACKS).is_some_and(Value::is_array) {
            draft.insert(TRACKS.to_owned(), Value::Array(tracks));
        }
        if with_ids {
            self.numbers.write(&mut draft);
        }
        let draft = if draft.is_empty() && !self.state.draft.is_object() {
            self.state.draft.clone()
        } else {
            Value::Object(draft)
        };
        (draft != self.state.draft).then_some(draft)
    }

    /// An id for something that is about to lie here. What gets none gets one in the end, in the order of the tracks.
    pub fn next_id(&mut self, kind: Kind) -> Id {
        self.numbers.give(kind)
    }

    /// Ends a change: tracks without anything go, and what is new gets its id.
    pub fn settle(&mut self) {
        self.tracks.retain(|track| !track.is_empty());
        self.numbers.forget_bearers();
        // Of two of one name one is a copy, and what it was called is not its own.
        self.name_all(Kept::forget_name);
    }

    /// What a sound is its id says, or else its medium.
    fn know_sounds(&mut self) {
        let media: Vec<Kind> = self.sounds().map(|sound| kind_of(self.medium_of(sound))).collect();
        for (sound, kind) in self.sounds_mut().zip(media) {
            if sound.id.number == 0 {
                sound.id.kind = kind;
            }
        }
    }

    /// Gives an id to each thing that has none, or one that is another's. Those that have one come first, then those of
    /// drafts from before ids had letters.
    fn name_all(&mut self, of_copy: impl Fn(&mut Kept)) {
        let Self { tracks, numbers, .. } = self;
        let mut each = |name: &mut dyn FnMut(&mut Id, &mut Kept)| {
            tracks.iter_mut().for_each(|track| track.name_each(name));
        };
        each(&mut |id, kept| {
            if id.number > 0 && !numbers.take(*id) {
                of_copy(kept);
                id.number = 0;
            }
        });
        each(&mut |id, kept| {
            if id.number == 0
                && let Some(number) = former(&kept.segment().m, id.kind)
                && numbers.take(Id { number, ..*id })
            {
                id.number = number;
            }
        });
        each(&mut |id, _| {
            if id.number == 0 {
                *id = numbers.give(id.kind);
            }
        });
    }

    /// Goes back to an earlier revision, `to`, from another one; media stay listed, so that going forward again finds them.
    pub fn go_back(&mut self, earlier: State, to: i64, from: i64) {
        self.history.undone.push(from);
        self.go_to(earlier, to);
    }

    /// Goes to another revision: its tracks and its shape come in place of these.
    pub fn go_to(&mut self, other: State, revision: i64) {
        let other = Self::of(State { draft: other.draft, canvas_config: other.canvas_config, ..self.state.clone() });
        let history = History { went_back_to: Some(revision), undone: std::mem::take(&mut self.history.undone) };
        *self = Self { history, ..other };
    }
}
