//! The music that is there, with a change. Changes are revisions of the score, so that what was not named stays note for
//! note; only what no score can be bent to (another metre, a loop, another take) is composed anew, in the same tempo and key.

use super::reading::{Change, CurrentMusic, MakeMusic, Way};
use super::settle::{Settling, next_seed};
use super::tempo::TempoWish;
use super::wishes::{Wishes, add_one};
use bedtrack_compose::brief::Energy;
use bedtrack_compose::limits::{FASTEST_TAPPED_BPM, LONGEST_SECONDS, SHORTEST_SECONDS, SLOWEST_TAPPED_BPM};
use bedtrack_compose::{Brief, Revision};

/// The same music with the wishes applied; `None` where they change nothing.
pub fn refine(settling: &mut Settling<'_>, wishes: &Wishes, present: &CurrentMusic) -> Option<MakeMusic> {
    let now = present.brief.asked();
    let mut brief = present.brief.clone();
    let mut changed = Vec::new();
    let length = brief.seconds();

    let seed = settling.fields.seed.or(wishes.seed).filter(|seed| *seed != brief.seed);
    let seed = seed.or_else(|| wishes.again.then(|| next_seed(brief.seed)));
    let metre = wishes.metre.filter(|metre| brief.metre != Some(*metre));
    let looping = wishes.looping && !brief.seamless_loop;
    if seed.is_some() || metre.is_some() || looping {
        // A piece that chose its own tempo and key keeps them when it is composed anew.
        brief.revisions.retain(|revision| !matches!(revision, Revision::Tempo { .. } | Revision::Key { .. }));
        (brief.tempo_bpm, brief.tempo_range, brief.key) = (Some(present.bpm), None, Some(present.key));
    }
    tempo(settling, wishes, present, &now, &mut brief, &mut changed);
    if let Some(key) = settling.key(wishes).filter(|key| *key != present.key) {
        brief.revise(Revision::Key { key });
        changed.push(Change::Key { to: key });
    }
    if let Some(metre) = metre {
        brief.metre = Some(metre);
        changed.push(Change::Metre { to: metre });
    }
    moods(settling, wishes, &now, &mut brief, &mut changed);
    energy(settling, wishes, &now, &mut brief, &mut changed);
    players(settling, wishes, present, &now, &mut brief, &mut changed);
    let asked = settling.asked_length(wishes);
    let scaled = wishes.length_times.map(|times| (length * times).clamp(SHORTEST_SECONDS, LONGEST_SECONDS));
    if let Some(seconds) = asked.or(scaled).filter(|seconds| (seconds - length).abs() > 0.0005) {
        brief.revise(Revision::Length { seconds });
        changed.push(Change::Length { to: seconds });
    }
    if looping {
        brief.seamless_loop = true;
        changed.push(Change::Loop);
    }
    settling.score(wishes, &mut brief, &mut changed);
    if let Some(seed) = seed {
        brief.seed = seed;
        changed.push(Change::Seed { to: seed });
    }
    if changed.is_empty() && wishes.volume.is_none() {
        return None;
    }
    settling.kept_out(wishes);
    let way = if wishes.again { Way::Another } else { Way::Refine };
    Some(MakeMusic { brief, way, volume: wishes.volume.map(|level| level.clamp(0.0, 2.0)), changed, place: None })
}

fn tempo(
    settling: &mut Settling<'_>,
    wishes: &Wishes,
    present: &CurrentMusic,
    now: &Brief,
    brief: &mut Brief,
    changed: &mut Vec<Change>,
) {
    // "Slow it down by 10 BPM" says how far.
    let says_how_far =
        |tempo: &&TempoWish| matches!(tempo, TempoWish::By(_) | TempoWish::Exact(_) | TempoWish::Between(..));
    let numbered = wishes.tempos.iter().any(|tempo| says_how_far(&tempo));
    let counted: Vec<TempoWish> =
        wishes.tempos.iter().filter(|tempo| !numbered || says_how_far(tempo)).copied().collect();
    let field = settling.fields.tempo_bpm.map(TempoWish::Exact);
    let mut from = present.bpm;
    for tempo in counted.into_iter().chain(field) {
        let to = match tempo {
            TempoWish::Exact(bpm) => bpm,
            TempoWish::Between(low, high) => from.clamp(low, high),
            TempoWish::By(bpm) => from + bpm,
            TempoWish::Times(factor) => (from * factor).round(),
            TempoWish::Slow | TempoWish::Medium | TempoWish::Fast => {
                let only = Wishes { tempos: vec![tempo], ..Wishes::default() };
                let (low, high) = settling.tempo(&only, &now.genre).1.unwrap_or((from, from));
                from.clamp(low.min(high), high.max(low))
            }
        };
        let to = to.clamp(SLOWEST_TAPPED_BPM, FASTEST_TAPPED_BPM);
        if (to - from).abs() > 0.01 {
            brief.revise(Revision::Tempo { bpm: to });
            changed.push(Change::Tempo { from, to });
            from = to;
        }
    }
}

/// More and less of moods: the newest wish counts, and asking again for what is there asks for more of it.
fn moods(settling: &Settling<'_>, wishes: &Wishes, now: &Brief, brief: &mut Brief, changed: &mut Vec<Change>) {
    let bridges = &settling.lexicon.bridges;
    let by = wishes.degree.unwrap_or(1.0);
    let mut incoming: Vec<String> = Vec::new();
    for id in settling.fields.moods.iter().chain(&wishes.more_moods).chain(&wishes.moods) {
        // What leads already is there; only "more" of it is a change.
        if now.moods.first() != Some(id) || wishes.more_moods.contains(id) {
            add_one(&mut incoming, id.clone());
        }
    }
    let mut outgoing: Vec<String> = wishes.no_moods.iter().map(|(id, _)| id.clone()).collect();
    for id in &wishes.less_moods {
        if now.moods.contains(id) {
            add_one(&mut outgoing, id.clone());
        } else if let Some(opposite) = bridges.opposite.get(id) {
            add_one(&mut incoming, opposite.clone());
        }
    }
    for id in &incoming {
        outgoing.extend(bridges.instead_of.get(id).into_iter().flatten().cloned());
    }
    outgoing.retain(|id| !incoming.contains(id) && now.moods.contains(id));
    outgoing.dedup();
    for id in outgoing {
        brief.revise(Revision::Mood { id: id.clone(), by: -by });
        changed.push(Change::NoMood { id });
    }
    for id in incoming.into_iter().rev() {
        brief.revise(Revision::Mood { id: id.clone(), by });
        changed.push(Change::Mood { id });
    }
}

fn energy(settling: &Settling<'_>, wishes: &Wishes, now: &Brief, brief: &mut Brief, changed: &mut Vec<Change>) {
    let levels = [Energy::Low, Energy::Medium, Energy::High];
    let place = |energy: Option<Energy>| levels.iter().position(|level| Some(*level) == energy).unwrap_or(1) as f64;
    let asked = settling.fields.energy.or(wishes.energies.last().copied());
    let steps = match asked {
        Some(to) => place(Some(to)) - place(now.energy),
        None => f64::from(wishes.energy_steps.signum()),
    };
    if steps == 0.0 {
        return;
    }
    let to = levels.get((place(now.energy) + steps).clamp(0.0, 2.0) as usize).copied().unwrap_or(Energy::High);
    let by = if asked.is_some() { steps } else { steps * wishes.degree.unwrap_or(1.0) };
    brief.revise(Revision::Energy { by });
    changed.push(Change::Energy { to });
}

fn players(
    settling: &Settling<'_>,
    wishes: &Wishes,
    present: &CurrentMusic,
    now: &Brief,
    brief: &mut Brief,
    changed: &mut Vec<Change>,
) {
    let fields = settling.fields;
    let mut with: Vec<String> = fields.instruments.clone();
    wishes.instruments.iter().for_each(|id| add_one(&mut with, id.clone()));
    let mut without: Vec<String> = fields.without.clone();
    wishes.without.iter().for_each(|id| add_one(&mut without, id.clone()));
    with.retain(|id| !without.contains(id));
    // "No guitar" means the guitar that plays.
    let playing: Vec<String> = without.iter().filter(|id| present.players.contains(id)).cloned().collect();
    if let (true, Some(into)) = (wishes.swap && !without.is_empty(), with.first().cloned()) {
        let out = without.first().cloned().unwrap_or_default();
        let shown = playing.first().cloned().unwrap_or(out);
        brief.revise(Revision::Swap { out: without, with: into.clone() });
        changed.push(Change::Swap { out: shown, id: into });
        without = Vec::new();
        with.remove(0);
    }
    if (wishes.only || fields.only) && !with.is_empty() {
        if !now.only_these || now.instruments != with {
            brief.revise(Revision::Only { ids: with.clone() });
            changed.push(Change::Only { ids: with });
        }
    } else {
        for id in with.into_iter().filter(|id| !now.instruments.contains(id) || now.without.contains(id)) {
            brief.revise(Revision::With { id: id.clone() });
            changed.push(Change::With { id });
        }
    }
    let without = if playing.is_empty() || wishes.swap { without } else { playing };
    for id in without.into_iter().filter(|id| !now.without.contains(id)) {
        brief.revise(Revision::Without { id: id.clone() });
        changed.push(Change::Without { id });
    }
}
