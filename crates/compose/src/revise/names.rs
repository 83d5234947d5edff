//! What the names in a revision mean: an instrument by its id, or a stem.

use crate::instruments::{Instrument, instruments};
use crate::remark::ComposeError;
use crate::score::{Part, Stem};

/// The stem of this name.
pub fn stem(name: &str) -> Option<Stem> {
    Stem::ALL.into_iter().find(|stem| stem.name() == name)
}

/// The instrument of this id.
pub fn known(id: &str) -> Result<&'static Instrument, ComposeError> {
    instruments().get(id).ok_or_else(|| ComposeError::UnknownInstrument(id.to_owned()))
}

/// Whether a name (an instrument's id, or a stem) means this part.
pub fn means(id: &str, part: &Part) -> bool {
    if stem(id) == Some(part.stem) || part.instrument == id {
        return true;
    }
    match (instruments().get(id), instruments().get(&part.instrument)) {
        (Some(one), Some(two)) => one.is_like(two),
        _ => false,
    }
}
