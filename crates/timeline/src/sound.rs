//! A sound beside the clips' own: a piece that was made here, a song or a voice that was brought.

use bedtrack_wire::draft::Segment;
use bedtrack_wire::state::Medium;
use bedtrack_wire::time::Ms;

use crate::id::{Id, Kind, borne};
use crate::item::{Item, Plays, Source};
use crate::kept::{Kept, Written, key, ms, typed};

/// A sound.
#[derive(Debug, Clone, PartialEq)]
pub struct Sound {
    /// Its name on this timeline; its kind says what it is.
    pub id: Id,
    /// Where it begins.
    pub start: Ms,
    /// How long it plays.
    pub length: Ms,
    /// Its name for people.
    pub name: Option<String>,
    /// What it plays.
    pub source: Source,
    /// Where in the file it begins.
    pub source_in: Ms,
    /// How loud it is, 1 is full; nothing said is full.
    pub volume: Option<f64>,
    /// Over how long it rises at its start.
    pub fade_in: Option<Ms>,
    /// Over how long it falls at its end.
    pub fade_out: Option<Ms>,
    /// Whether it makes way for speech, where that is said.
    pub duck: Option<bool>,
    /// What it came as, with all that nobody here knows.
    pub kept: Kept,
}

impl Sound {
    /// A medium, from its start on.
    pub fn of(medium: &Medium, name: &str, start: Ms, length: Ms, volume: f64) -> Self {
        Self {
            id: Id::new(kind_of(Some(medium))),
            length,
            name: Some(name.to_owned()),
            source: Source::of(medium),
            volume: Some(volume),
            ..Self::read(Kept::default(), &Segment::default(), start)
        }
    }

    /// How loud it plays.
    pub fn level(&self) -> f64 {
        self.volume.unwrap_or(1.0)
    }
}

/// What a sound is by its medium, where its id does not say.
pub(crate) fn kind_of(medium: Option<&Medium>) -> Kind {
    if medium.is_some_and(Medium::is_piece) { Kind::Piece } else { Kind::Song }
}

impl Item for Sound {
    const KINDS: &'static [Kind] = &[Kind::Piece, Kind::Song, Kind::Voice];

    fn read(kept: Kept, segment: &Segment, by_itself: Ms) -> Self {
        let m = &segment.m;
        Self {
            id: borne(m, Self::KINDS).unwrap_or(Id::new(Kind::Song)),
            start: segment.start().map_or(by_itself, Ms),
            length: Ms(segment.d),
            name: segment.name().map(str::to_owned),
            source: Source::read(segment),
            source_in: Ms(segment.source_in()),
            volume: segment.volume(),
            fade_in: ms(m, key::FADE_IN),
            fade_out: ms(m, key::FADE_OUT),
            duck: typed(m, key::DUCK),
            kept,
        }
    }

    fn start(&self) -> Ms {
        self.start
    }

    fn length(&self) -> Ms {
        self.length
    }

    fn id(&self) -> Option<Id> {
        Some(self.id)
    }

    fn kept(&self) -> &Kept {
        &self.kept
    }

    fn name_tag(&mut self) -> Option<(&mut Id, &mut Kept)> {
        Some((&mut self.id, &mut self.kept))
    }

    fn write(&self, to: &mut Written) {
        let was = Self::read(Kept::default(), &self.kept.segment(), Ms::ZERO);
        to.length(was.length, self.length);
        to.put(key::NAME, &was.name, &self.name);
        self.source.write(&was.source, to);
        to.put(key::IN, &was.source_in, &self.source_in);
        to.put(key::VOLUME, &was.volume, &self.volume);
        to.put(key::FADE_IN, &was.fade_in, &self.fade_in);
        to.put(key::FADE_OUT, &was.fade_out, &self.fade_out);
        to.put(key::DUCK, &was.duck, &self.duck);
    }
}

impl Plays for Sound {
    fn source(&self) -> &Source {
        &self.source
    }
}
