//! Which segment of the new draft is which of the old one. Ids come first where they are unique; then what a segment shows
//! and where it lies, from exact to loose. Each round is one pass over a hash map, so long drafts stay cheap.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::Hash;

use super::piece::Piece;
use bedtrack_wire::draft;

/// The pairs, by index into both lists, and what is left over on either side.
#[derive(Debug)]
pub struct Paired {
    pub pairs: Vec<(usize, usize)>,
    pub removed: Vec<usize>,
    pub added: Vec<usize>,
}

/// Pairs the segments of two drafts.
pub fn pair(old: &[Piece<'_>], new: &[Piece<'_>]) -> Paired {
    let mut rounds = Rounds { old, new, of_old: vec![None; old.len()], of_new: vec![None; new.len()] };
    let (old_ids, new_ids) = (unique_ids(old), unique_ids(new));
    rounds.round(|piece| {
        piece.id().filter(|id| old_ids.contains(id) && new_ids.contains(id)).map(|id| (piece.track_type, id))
    });
    // Only those without a usable id of their own on both sides may be paired by looks: a new id is a new segment.
    let ids_tell = !old_ids.is_empty() && old_ids.len() == old.len() && new_ids.len() == new.len();
    if !ids_tell || old_ids.is_disjoint(&new_ids) {
        rounds.round(|p| Some((p.track_type, p.content(), p.label.as_str(), p.start, p.end, p.source_in)));
        rounds.round(|p| Some((p.track_type, p.content(), p.source_in, p.duration())));
        rounds.round(|p| Some((p.track_type, p.content(), p.start)));
        rounds.round(|p| Some((p.track_type, p.content())));
        rounds.round(|p| Some((p.track_type, p.label.as_str())));
        let is_text = |p: &Piece<'_>| p.track_type == draft::TEXT;
        rounds.round(|p| is_text(p).then_some((p.start, p.end)));
        rounds.round(|p| is_text(p).then_some(p.start));
        rounds.round(|p| is_text(p).then_some((p.track, p.index, p.duration())));
    }
    rounds.end()
}

/// Ids that only one segment bears. Where several share one, it is their medium's.
fn unique_ids<'a>(pieces: &'a [Piece<'_>]) -> HashSet<&'a str> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for id in pieces.iter().filter_map(Piece::id) {
        *seen.entry(id).or_default() += 1;
    }
    seen.into_iter().filter(|(_, count)| *count == 1).map(|(id, _)| id).collect()
}

struct Rounds<'a, 'b> {
    old: &'a [Piece<'b>],
    new: &'a [Piece<'b>],
    of_old: Vec<Option<usize>>,
    of_new: Vec<Option<usize>>,
}

impl<'a, 'b> Rounds<'a, 'b> {
    /// Pairs what is still alone and has the same key, in order.
    fn round<K: Hash + Eq>(&mut self, key: impl Fn(&'a Piece<'b>) -> Option<K>) {
        let mut waiting: HashMap<K, VecDeque<usize>> = HashMap::new();
        for (index, piece) in self.old.iter().enumerate() {
            if self.of_old.get(index).is_some_and(Option::is_none)
                && let Some(key) = key(piece)
            {
                waiting.entry(key).or_default().push_back(index);
            }
        }
        for (index, piece) in self.new.iter().enumerate() {
            if self.of_new.get(index).is_some_and(Option::is_none)
                && let Some(key) = key(piece)
                && let Some(partner) = waiting.get_mut(&key).and_then(VecDeque::pop_front)
                && let (Some(old), Some(new)) = (self.of_old.get_mut(partner), self.of_new.get_mut(index))
            {
                *old = Some(index);
                *new = Some(partner);
            }
        }
    }

    fn end(self) -> Paired {
        let alone = |side: &[Option<usize>]| {
            side.iter().enumerate().filter(|(_, partner)| partner.is_none()).map(|(index, _)| index).collect()
        };
        Paired {
            pairs: self.of_new.iter().enumerate().filter_map(|(new, old)| Some(((*old)?, new))).collect(),
            removed: alone(&self.of_old),
            added: alone(&self.of_new),
        }
    }
}
