//! Sentences about pairs and leftovers.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::change::{BOOKKEEPING, Change, Weight, changed_keys};
use super::pair::Paired;
use super::piece::Piece;
use super::say;
use crate::director::timeline::{Kind, shown, span, whole_percent};
use bedtrack_wire::draft::Draft;

/// Segments of one track that come, go or move alike are told one by one up to this many, else together.
const ONE_BY_ONE: usize = 3;

/// Keys of a segment's metadata that have sentences of their own.
const TOLD: [&str; 16] = [
    "start",
    "st",
    "in",
    "volume",
    "name",
    "title",
    "file_name",
    "text",
    "content",
    "speed",
    "fade_in",
    "fade_out",
    "asset",
    "asset_id",
    "material_id",
    "url",
];

/// Compares every pair and names every leftover.
pub fn compare(old: &[Piece<'_>], new: &[Piece<'_>], paired: &Paired, changes: &mut Vec<Change>) {
    presence("added", new, &paired.added, changes);
    presence("removed", old, &paired.removed, changes);
    let homes = homes(old, new, paired);
    let mut shifts: BTreeMap<(usize, i64), Vec<(&Piece<'_>, &Piece<'_>)>> = BTreeMap::new();
    let mut volumes: BTreeMap<(usize, String), Vec<&Piece<'_>>> = BTreeMap::new();
    for (old_index, new_index) in &paired.pairs {
        let (Some(old), Some(new)) = (old.get(*old_index), new.get(*new_index)) else { continue };
        if old.segment != new.segment || old.start != new.start {
            content(old, new, changes);
            if old.start != new.start && old.duration() == new.duration() {
                shifts.entry((new.track, new.start.saturating_sub(old.start))).or_default().push((old, new));
            } else {
                timing(old, new, changes);
            }
            if old.segment.volume() != new.segment.volume() {
                let values = say::volumes(old.segment.volume(), new.segment.volume());
                volumes.entry((new.track, values)).or_default().push(new);
            }
            sound(old, new, changes);
            details(old, new, changes);
        }
        if homes.get(&old.track) != Some(&new.track) {
            let sentence = format!("Moved {} to track {}", new.label, new.track + 1);
            changes.push(Change { weight: Weight::Timing, sentence });
        }
    }
    moves(shifts, changes);
    for ((_, values), group) in volumes {
        match group.as_slice() {
            [first, rest @ ..] if group.len() > ONE_BY_ONE => {
                push(changes, Weight::Sound, format!("Volume of {} +{} more: {values}", first.label, rest.len()));
            }
            few => few
                .iter()
                .for_each(|piece| push(changes, Weight::Sound, format!("Volume of {}: {values}", piece.label))),
        }
    }
}

/// Where most of each old track's segments are now; a segment elsewhere has changed tracks.
fn homes(old: &[Piece<'_>], new: &[Piece<'_>], paired: &Paired) -> HashMap<usize, usize> {
    let mut votes: HashMap<(usize, usize), usize> = HashMap::new();
    for (old_index, new_index) in &paired.pairs {
        if let (Some(old), Some(new)) = (old.get(*old_index), new.get(*new_index)) {
            *votes.entry((old.track, new.track)).or_default() += 1;
        }
    }
    let mut best: HashMap<usize, (usize, usize)> = HashMap::new();
    for ((from, to), count) in votes {
        let entry = best.entry(from).or_insert((to, count));
        // Of equal shares the track that kept its place wins, then the first.
        if (count, to == from, std::cmp::Reverse(to)) > (entry.1, entry.0 == from, std::cmp::Reverse(entry.0)) {
            *entry = (to, count);
        }
    }
    best.into_iter().map(|(from, (to, _))| (from, to)).collect()
}

/// Segments that came or went. Many on one track are told together.
fn presence(verb: &str, pieces: &[Piece<'_>], indices: &[usize], changes: &mut Vec<Change>) {
    let mut tracks: BTreeMap<usize, Vec<&Piece<'_>>> = BTreeMap::new();
    for piece in indices.iter().filter_map(|index| pieces.get(*index)) {
        tracks.entry(piece.track).or_default().push(piece);
    }
    let mut tell = |group: &[&Piece<'_>]| {
        let Some(first) = group.iter().min_by_key(|piece| piece.start) else { return };
        let end = group.iter().map(|piece| piece.end).max().unwrap_or(first.end);
        let more = if group.len() > 1 { format!(" +{} more", group.len() - 1) } else { String::new() };
        let mut sentence = format!("{} {verb}: {}{more}", say::noun(first), first.label);
        // What is gone has no place any more.
        if verb == "added" {
            sentence.push_str(&format!(", {}", span(first.start, end)));
            let volume =
                first.segment.volume().filter(|_| group.len() == 1 && matches!(first.kind, Kind::Bgm | Kind::Audio));
            if let Some(volume) = volume {
                sentence.push_str(&format!(", {}", whole_percent(volume)));
            }
        } else if group.len() > 1 {
            sentence.push_str(&format!(", {}", span(first.start, end)));
        }
        changes.push(Change { weight: Weight::Presence, sentence });
    };
    for group in tracks.values() {
        if group.len() > ONE_BY_ONE {
            tell(group);
        } else {
            group.iter().for_each(|piece| tell(&[*piece]));
        }
    }
}

/// What a segment says or shows.
fn content(old: &Piece<'_>, new: &Piece<'_>, changes: &mut Vec<Change>) {
    if old.label == new.label {
        if old.content() != new.content() {
            push(changes, Weight::Content, format!("Replaced the medium of {}", new.label));
        }
        return;
    }
    let sentence = match new.kind {
        Kind::Title => format!("Title text: {} → {}", old.label, new.label),
        _ if old.content() == new.content() => format!("Renamed {} → {}", old.label, new.label),
        _ if refers(old) && refers(new) => format!("Replaced {} with {}", old.label, new.label),
        _ => format!("Renamed {} → {}", old.label, new.label),
    };
    push(changes, Weight::Content, sentence);
}

/// Whether a segment names its medium, so that another name means another medium.
fn refers(piece: &Piece<'_>) -> bool {
    piece.content() != piece.label
}

/// Length and place, where the length changed.
fn timing(old: &Piece<'_>, new: &Piece<'_>, changes: &mut Vec<Change>) {
    let (was, is) = ((old.start, old.end), (new.start, new.end));
    if was == is {
        if old.source_in != new.source_in {
            let times = say::times(old.source_in, new.source_in);
            push(changes, Weight::Timing, format!("Source start of {}: {times}", new.label));
        }
        return;
    }
    let one_edge = was.0 == is.0 || was.1 == is.1;
    let verb = match new.duration() < old.duration() {
        true if one_edge => "Trimmed",
        false if one_edge => "Extended",
        _ => "Re-timed",
    };
    push(changes, Weight::Timing, format!("{verb} {}: {}", new.label, say::spans(was, is)));
}

/// Segments that kept their length and changed their place. A run of a track that moved alike is one change: the ripple of a cut.
fn moves(shifts: BTreeMap<(usize, i64), Vec<(&Piece<'_>, &Piece<'_>)>>, changes: &mut Vec<Change>) {
    for ((_, by), group) in shifts {
        if group.len() > ONE_BY_ONE
            && let Some((_, first)) = group.iter().min_by_key(|(old, _)| old.start)
        {
            let sentence = format!("Moved {} +{} more: {}", first.label, group.len() - 1, say::shift(by));
            push(changes, Weight::Timing, sentence);
            continue;
        }
        for (old, new) in group {
            let spans = say::spans((old.start, old.end), (new.start, new.end));
            push(changes, Weight::Timing, format!("Moved {}: {spans}", new.label));
        }
    }
}

/// Speed and fades.
fn sound(old: &Piece<'_>, new: &Piece<'_>, changes: &mut Vec<Change>) {
    let number = |piece: &Piece<'_>, key: &str| piece.meta().get(key).and_then(Value::as_f64);
    let (was, is) = (number(old, "speed").unwrap_or(1.0), number(new, "speed").unwrap_or(1.0));
    if was != is {
        push(changes, Weight::Sound, format!("Speed of {}: {}x → {}x", new.label, say::number(was), say::number(is)));
    }
    for (key, name) in [("fade_in", "Fade-in"), ("fade_out", "Fade-out")] {
        let (was, is) = (number(old, key).unwrap_or(0.0), number(new, key).unwrap_or(0.0));
        if was != is {
            let times = say::times(was as i64, is as i64);
            push(changes, Weight::Sound, format!("{name} of {}: {times}", new.label));
        }
    }
}

/// Whatever else a segment carries: metadata and keys that nobody documented.
fn details(old: &Piece<'_>, new: &Piece<'_>, changes: &mut Vec<Change>) {
    let what = [(old.meta(), new.meta(), &TOLD[..]), (&old.segment.rest, &new.segment.rest, &[][..])];
    for (was, is, told) in what {
        for key in changed_keys(was, is).filter(|key| !told.contains(key) && !BOOKKEEPING.contains(key)) {
            push(changes, Weight::Detail, detail(key, &new.label, was.get(key), is.get(key)));
        }
    }
}

/// One undocumented value: before and after, where it is short enough to be said.
fn detail(key: &str, label: &str, was: Option<&Value>, is: Option<&Value>) -> String {
    let name = sentence_key(key);
    match (say::scalar(was), say::scalar(is)) {
        (Some(was), Some(is)) if was != is => format!("{name} of {label}: {was} → {is}"),
        _ => format!("{name} of {label} changed"),
    }
}

fn sentence_key(key: &str) -> String {
    let words = shown(key, 40).replace('_', " ");
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Changes of tracks that no segment tells: empty ones that came or went, and their own metadata.
pub fn tracks(old: &Draft, new: &Draft, changes: &mut Vec<Change>) {
    let empty = |draft: &Draft| draft.t.iter().filter(|track| track.sg.is_empty()).count();
    let (was, is) = (empty(old), empty(new));
    if is > was && new.t.len() > old.t.len() {
        push(changes, Weight::Detail, "Empty track added".to_owned());
    } else if is < was && new.t.len() < old.t.len() {
        push(changes, Weight::Detail, "Empty track removed".to_owned());
    }
    if old.t.len() != new.t.len() {
        return;
    }
    for (index, (was, is)) in old.t.iter().zip(&new.t).enumerate() {
        let label = format!("track {}", index + 1);
        for (a, b) in [(&was.m, &is.m), (&was.rest, &is.rest)] {
            for key in changed_keys(a, b).filter(|key| !BOOKKEEPING.contains(key)) {
                push(changes, Weight::Detail, detail(key, &label, a.get(key), b.get(key)));
            }
        }
    }
}

fn push(changes: &mut Vec<Change>, weight: Weight, sentence: String) {
    changes.push(Change { weight, sentence });
}
