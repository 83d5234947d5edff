//! The music that is there, with a change: what was not named stays, the tempo, the key and the seed included.

use super::reading::{Change, CurrentMusic, MakeMusic, Way};
use super::settle::{Settling, TEMPO, next_seed};
use super::tempo::TempoWish;
use super::wishes::{Wishes, add_one};
use crate::studio::compose::{self, brief::Energy};

/// The same music with the wishes applied; `None` where they change nothing.
pub fn refine(settling: &mut Settling<'_>, wishes: &Wishes, present: &CurrentMusic) -> Option<MakeMusic> {
    let mut brief = present.brief.clone();
    // A piece that chose its own tempo and key keeps them.
    brief.tempo_bpm = Some(present.bpm);
    brief.tempo_range = None;
    brief.key = Some(present.key);
    let mut changed = Vec::new();

    // "Slow it down by 10 BPM" says how far.
    let numbered = wishes.tempos.iter().any(|tempo| matches!(tempo, TempoWish::By(_) | TempoWish::Exact(_) | TempoWish::Between(..)));
    let counted = wishes.tempos.iter().filter(|tempo| !(numbered && matches!(tempo, TempoWish::Times(_))));
    for tempo in counted.chain(settling.fields.tempo_bpm.map(TempoWish::Exact).iter()) {
        let from = brief.tempo_bpm.unwrap_or(present.bpm);
        let to = match tempo {
            TempoWish::Exact(bpm) => *bpm,
            TempoWish::Between(low, high) => from.clamp(*low, *high),
            TempoWish::By(bpm) => from + bpm,
            TempoWish::Times(factor) => (from * factor).round(),
            TempoWish::Slow | TempoWish::Medium | TempoWish::Fast => {
                let only = Wishes { tempos: vec![*tempo], ..Wishes::default() };
                let (low, high) = settling.tempo(&only, &brief.genre).1.unwrap_or((from, from));
                from.clamp(low.min(high), high.max(low))
            }
        };
        let to = to.clamp(TEMPO.0, TEMPO.1);
        if (to - from).abs() > 0.01 {
            brief.tempo_bpm = Some(to);
            changed.push(Change::Tempo { from, to });
        }
    }
    if let Some(key) = settling.key(wishes).filter(|key| *key != present.key) {
        brief.key = Some(key);
        changed.push(Change::Key { to: key });
    }
    if let Some(metre) = wishes.metre.filter(|metre| brief.metre != Some(*metre)) {
        brief.metre = Some(metre);
        changed.push(Change::Metre { to: metre });
    }
    let stronger = moods(settling, wishes, &mut brief.moods, &mut changed);
    let mut steps = wishes.energy_steps;
    // A mood that leads already can only be had more of by what it does to tempo and energy.
    for mood in stronger.iter().filter_map(|id| compose::moods().get(id)) {
        let from = brief.tempo_bpm.unwrap_or(present.bpm);
        let to = (from * (1.0 + 0.2 * mood.tempo)).round().clamp(TEMPO.0, TEMPO.1);
        if wishes.tempos.is_empty() && (to - from).abs() > 0.5 {
            brief.tempo_bpm = Some(to);
            changed.push(Change::Tempo { from, to });
        }
        if mood.energy.abs() >= 0.1 {
            steps = steps.saturating_add(if mood.energy > 0.0 { 1 } else { -1 });
        }
    }
    energy(settling, wishes, steps, &mut brief.energy, &mut changed);
    players(settling, wishes, &mut brief, &mut changed);
    if let Some(seconds) = settling.asked_length(wishes).filter(|seconds| (seconds - brief.duration_seconds).abs() > 0.0005) {
        brief.duration_seconds = seconds;
        changed.push(Change::Length { to: seconds });
    }
    if wishes.looping && !brief.seamless_loop {
        brief.seamless_loop = true;
        changed.push(Change::Loop);
    }
    let asked_seed = settling.fields.seed.or(wishes.seed).filter(|seed| *seed != brief.seed);
    let seed = asked_seed.or_else(|| wishes.again.then(|| next_seed(brief.seed)));
    if let Some(seed) = seed {
        brief.seed = seed;
        changed.push(Change::Seed { to: seed });
    }
    if changed.is_empty() && wishes.volume.is_none() {
        return None;
    }
    settling.kept_out(wishes);
    let way = if wishes.again { Way::Another } else { Way::Refine };
    Some(MakeMusic { brief, way, volume: wishes.volume.map(|level| level.clamp(0.0, 2.0)), changed })
}

/// Changes the moods; gives those more of which is wanted although they lead already.
fn moods(settling: &Settling<'_>, wishes: &Wishes, moods: &mut Vec<String>, changed: &mut Vec<Change>) -> Vec<String> {
    let bridges = &settling.lexicon.bridges;
    let mut incoming: Vec<String> = Vec::new();
    for id in settling.fields.moods.iter().chain(&wishes.more_moods).chain(&wishes.moods) {
        add_one(&mut incoming, id.clone());
    }
    let mut outgoing: Vec<String> = wishes.no_moods.iter().map(|(id, _)| id.clone()).collect();
    for id in &wishes.less_moods {
        if moods.contains(id) {
            add_one(&mut outgoing, id.clone());
        } else if let Some(opposite) = bridges.opposite.get(id) {
            add_one(&mut incoming, opposite.clone());
        }
    }
    for id in &incoming {
        outgoing.extend(bridges.instead_of.get(id).into_iter().flatten().cloned());
    }
    outgoing.retain(|id| !incoming.contains(id));
    for id in outgoing.iter().filter(|id| moods.contains(id)) {
        changed.push(Change::NoMood { id: id.clone() });
    }
    moods.retain(|id| !outgoing.contains(id));
    let stronger = incoming.iter().filter(|id| wishes.more_moods.contains(id) && moods.first() == Some(id)).cloned().collect();
    // The newest wish counts most, and asking again for what is there brings it to the front.
    for id in incoming.into_iter().rev() {
        if moods.first() != Some(&id) {
            moods.retain(|known| *known != id);
            moods.insert(0, id.clone());
            changed.push(Change::Mood { id });
        }
    }
    stronger
}

fn energy(settling: &Settling<'_>, wishes: &Wishes, steps: i8, energy: &mut Option<Energy>, changed: &mut Vec<Change>) {
    let levels = [Energy::Low, Energy::Medium, Energy::High];
    let present = levels.iter().position(|level| Some(*level) == *energy).unwrap_or(1);
    let stepped = (steps != 0).then(|| {
        let step = isize::from(steps.signum());
        levels.get(present.saturating_add_signed(step)).copied().unwrap_or(Energy::High)
    });
    let to = settling.fields.energy.or(wishes.energies.last().copied()).or(stepped);
    if let Some(to) = to.filter(|to| Some(*to) != *energy) {
        *energy = Some(to);
        changed.push(Change::Energy { to });
    }
}

fn players(settling: &Settling<'_>, wishes: &Wishes, brief: &mut crate::studio::compose::Brief, changed: &mut Vec<Change>) {
    let fields = settling.fields;
    let mut with: Vec<String> = fields.instruments.clone();
    wishes.instruments.iter().for_each(|id| add_one(&mut with, id.clone()));
    let mut without: Vec<String> = fields.without.clone();
    wishes.without.iter().for_each(|id| add_one(&mut without, id.clone()));
    with.retain(|id| !without.contains(id));
    if (wishes.only || fields.only) && !with.is_empty() {
        if !brief.only_these || brief.instruments != with {
            changed.push(Change::Only { ids: with.clone() });
        }
        brief.without.retain(|id| !with.contains(id));
        brief.instruments = with;
        brief.only_these = true;
    } else {
        for id in with.iter().filter(|id| !brief.instruments.contains(id)).cloned().collect::<Vec<_>>() {
            brief.instruments.push(id.clone());
            changed.push(Change::With { id });
        }
        brief.without.retain(|id| !with.contains(id));
    }
    for id in without {
        if !brief.without.contains(&id) {
            brief.without.push(id.clone());
            changed.push(Change::Without { id });
        }
    }
    brief.instruments.retain(|id| !brief.without.contains(id));
    brief.only_these &= !brief.instruments.is_empty();
}
