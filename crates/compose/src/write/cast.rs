//! The cast: which instruments play which roles in which sections. Starts from the genre's layers, then does as the brief
//! asks: what must play gets a role it can play, what must not is replaced or left out, and nobody's absence leaves a hole.

use super::sketch::Sketch;
use crate::brief::Brief;
use crate::genre::Layer;
use crate::instruments::{Gesture, Instrument, Role, instruments};
use crate::remark::{ComposeError, Remark};
use crate::rng::Rng;
use crate::score::Stem;

/// An instrument in a role.
#[derive(Debug, Clone)]
pub struct Player {
    /// How the role is to be played.
    pub layer: Layer,
    /// The instrument.
    pub instrument: &'static Instrument,
    /// Whether it plays, by section.
    pub plays: Vec<bool>,
    /// Whether the brief asked for it.
    pub asked: bool,
    /// Keeps its dice apart from the others'.
    pub label: String,
}

impl Player {
    /// What it does.
    pub fn role(&self) -> Role {
        self.layer.role
    }

    /// The stem its notes belong to: a piano's left hand stays with the chords although it plays the bass.
    pub fn stem(&self) -> Stem {
        match self.role() {
            Role::Bass if self.instrument.polyphonic => Stem::Harmony,
            role => role.stem(),
        }
    }

    /// Lowest and highest key it may play here.
    pub fn keys(&self) -> (i32, i32) {
        let (low, high) = (i32::from(self.instrument.range.0), i32::from(self.instrument.range.1));
        match self.layer.keys {
            Some((from, to)) => {
                let (from, to) = (i32::from(from).max(low), i32::from(to).min(high));
                if to - from >= 11 { (from, to) } else { (low, high) }
            }
            None => (low, high),
        }
    }
}

/// The players of a piece.
pub fn call(brief: &Brief, sketch: &Sketch, remarks: &mut Vec<Remark>) -> Result<Vec<Player>, ComposeError> {
    let banned = Banned::read(brief)?;
    let mut wanted: Vec<&'static Instrument> = Vec::new();
    for id in &brief.instruments {
        let instrument = instruments().get(id).ok_or_else(|| ComposeError::UnknownInstrument(id.clone()))?;
        if banned.outright(instrument) {
            remarks.push(Remark::AskedAndExcluded { instrument: id.clone() });
        } else if !wanted.contains(&instrument) {
            wanted.push(instrument);
        }
    }
    let mut only = brief.only_these;
    if only && brief.instruments.is_empty() {
        remarks.push(Remark::OnlyWithoutNames);
        only = false;
    }
    if only && !wanted.is_empty() && wanted.iter().all(|i| !i.alone) {
        remarks.extend(wanted.iter().map(|i| Remark::NotAlone { instrument: i.id.clone() }));
        only = false;
    }
    let mut players = band(sketch, &banned, &wanted);
    for instrument in &wanted {
        assign(sketch, &mut players, instrument);
    }
    if only {
        players.retain(|p| p.asked);
        complete(&mut players, &wanted, &banned);
    }
    players.retain(|p| !banned.role(p.role()));
    if players.iter().all(|p| p.role() == Role::Texture) {
        return Err(ComposeError::NothingLeft);
    }
    if wanted.len() > 6 && brief.duration_seconds < 15.0 {
        remarks.push(Remark::Crowded { asked: wanted.len() });
    }
    seat(sketch, &mut players);
    Ok(players)
}

/// What must not play.
struct Banned {
    ids: Vec<String>,
    stems: Vec<Stem>,
}

impl Banned {
    fn read(brief: &Brief) -> Result<Self, ComposeError> {
        let mut banned = Self { ids: Vec::new(), stems: Vec::new() };
        for name in &brief.without {
            match name.as_str() {
                "drums" => banned.stems.push(Stem::Drums),
                "bass" => banned.stems.push(Stem::Bass),
                "harmony" => banned.stems.push(Stem::Harmony),
                "melody" => banned.stems.push(Stem::Melody),
                "texture" => banned.stems.push(Stem::Texture),
                id if instruments().get(id).is_some() => banned.ids.push(id.to_owned()),
                id => return Err(ComposeError::UnknownInstrument(id.to_owned())),
            }
        }
        Ok(banned)
    }

    /// Whether the brief excludes this very instrument, or all it can do.
    fn outright(&self, instrument: &Instrument) -> bool {
        self.ids.contains(&instrument.id) || instrument.roles.iter().all(|r| self.role(*r))
    }

    /// Whether an instrument nobody asked for had better stay out: "no piano" means no felt piano either.
    fn instrument(&self, instrument: &Instrument) -> bool {
        let same = |id: &String| instruments().get(id).is_some_and(|banned| banned.is_like(instrument));
        self.outright(instrument) || self.ids.iter().any(same)
    }

    fn role(&self, role: Role) -> bool {
        self.stems.contains(&role.stem())
    }
}

/// The first instrument of the table that is at home in a role.
fn understudy(role: Role, banned: &Banned) -> Option<&'static Instrument> {
    let free = |i: &&Instrument| !banned.instrument(i);
    let home = instruments().iter().filter(free).find(|i| i.roles.first() == Some(&role));
    home.or_else(|| instruments().iter().filter(free).find(|i| i.plays(role)))
}

/// The genre's own players, the excluded ones replaced by their understudies.
fn band(sketch: &Sketch, banned: &Banned, wanted: &[&Instrument]) -> Vec<Player> {
    let mut players: Vec<Player> = Vec::new();
    for (nth, layer) in sketch.genre.layer.iter().enumerate() {
        let label = format!("{} {nth}", layer.role.name());
        let mut rng = sketch.rng(&format!("cast {label}"));
        if banned.role(layer.role) || !rng.chance(layer.chance) {
            continue;
        }
        let known = layer.instruments.iter().filter_map(|id| instruments().get(id));
        let mut able: Vec<&'static Instrument> = known.filter(|i| !banned.instrument(i)).collect();
        if able.is_empty() {
            able.extend(understudy(layer.role, banned));
        }
        // One that the brief names is taken at once; else the first is likeliest.
        let asked = able.iter().copied().find(|i| wanted.contains(i) && players.iter().all(|p| p.instrument != *i));
        // Two players of one instrument blur; another colour is better where there is one.
        let taken = |i: &Instrument| players.iter().any(|p| p.instrument == i);
        let weigh = |rank: usize, i: &Instrument| 0.55_f64.powi(rank as i32) * if taken(i) { 0.02 } else { 1.0 };
        let weighed: Vec<(&'static Instrument, f64)> =
            able.iter().enumerate().map(|(rank, i)| (*i, weigh(rank, i))).collect();
        if let Some(instrument) = asked.or_else(|| rng.weigh(&weighed).copied()) {
            players.push(Player { layer: layer.clone(), instrument, plays: Vec::new(), asked: asked.is_some(), label });
        }
    }
    players
}

/// Gives an instrument that must play a role: its own if the genre has it, else the best it can take over, else a new one.
fn assign(sketch: &Sketch, players: &mut Vec<Player>, instrument: &'static Instrument) {
    if let Some(player) = players.iter_mut().find(|p| p.instrument == instrument) {
        player.asked = true;
        come_forward(player);
        return;
    }
    for role in &instrument.roles {
        if let Some(player) = players.iter_mut().find(|p| p.role() == *role && !p.asked && role != &Role::Texture) {
            player.instrument = instrument;
            player.asked = true;
            player.layer.keys = None;
            if !instrument.polyphonic {
                player.layer.voices = 1;
            }
            come_forward(player);
            return;
        }
    }
    if let Some(role) = instrument.roles.first() {
        let mut player = extra(instrument, *role, players.len());
        // Beside a band it answers rather than competes.
        if *role == Role::Melody && players.iter().any(|p| p.role() == Role::Melody && p.asked) {
            player.layer.role = instrument.roles.get(1).copied().unwrap_or(Role::Melody);
        }
        if sketch.genre.beatless && matches!(role, Role::Drums) {
            player.layer.gain = -4.0;
        }
        players.push(player);
    }
}

fn come_forward(player: &mut Player) {
    let layer = &mut player.layer;
    layer.from = layer.from.min(if matches!(layer.role, Role::Comp | Role::Pad | Role::Arp) { 0.0 } else { 0.32 });
    layer.until = 1.0;
    layer.gain += 1.0;
}

fn extra(instrument: &'static Instrument, role: Role, nth: usize) -> Player {
    let (gain, pan) = match role {
        Role::Drums | Role::Bass | Role::Melody => (0.0, 0.0),
        Role::Counter => (-3.0, -0.3),
        Role::Texture => (-6.0, 0.0),
        _ => (-3.0, if nth.is_multiple_of(2) { 0.25 } else { -0.25 }),
    };
    let layer = Layer {
        role,
        instruments: vec![instrument.id.clone()],
        from: 0.0,
        until: 1.0,
        sections: Vec::new(),
        except: Vec::new(),
        chance: 1.0,
        play: Vec::new(),
        keys: None,
        gain,
        pan,
        voices: if instrument.polyphonic { 4 } else { 1 },
        doubles: false,
    };
    Player { layer, instrument, plays: Vec::new(), asked: true, label: format!("{} extra {nth}", role.name()) }
}

/// Where only some instruments may play, they take over what is missing: a tune, chords, and a bass under them.
fn complete(players: &mut Vec<Player>, wanted: &[&'static Instrument], banned: &Banned) {
    let pitched = wanted.iter().any(|i| !i.is_kit() && !i.plays(Role::Texture) && i.stem != Stem::Drums);
    if !pitched {
        return;
    }
    let needs: [&[Role]; 3] = [&[Role::Comp, Role::Arp, Role::Pad], &[Role::Melody], &[Role::Bass]];
    for need in needs {
        let there = |players: &[Player]| players.iter().any(|p| need.contains(&p.role()));
        if there(players) || need.iter().all(|r| banned.role(*r)) {
            continue;
        }
        let able = need.iter().find_map(|role| {
            // Chords need many voices; a line may be taken by one who already plays chords, best by one who does not.
            let free = |i: &&&'static Instrument| {
                i.plays(*role) && (i.polyphonic || players.iter().all(|p| p.instrument != **i))
            };
            wanted.iter().find(free).map(|i| (*role, *i))
        });
        if let Some((role, instrument)) = able {
            let mut player = extra(instrument, role, players.len());
            player.layer.pan = 0.0;
            player.layer.gain = match role {
                Role::Melody => 0.0,
                _ => -2.0,
            };
            players.push(player);
        }
    }
}

/// Decides who plays in which section.
fn seat(sketch: &Sketch, players: &mut [Player]) {
    let peak = sketch.passages.iter().map(|p| p.energy).fold(0.0, f64::max);
    for player in players.iter_mut() {
        let layer = &mut player.layer;
        if player.asked {
            layer.from = layer.from.min(peak - 0.01);
        }
        let named = |names: &[String], passage: &super::sketch::Passage| {
            names.contains(&passage.letter) || names.contains(&passage.name)
        };
        let loud =
            |from: f64, passage: &super::sketch::Passage| passage.energy >= from && passage.energy <= layer.until;
        player.plays = sketch
            .passages
            .iter()
            .map(|p| {
                loud(layer.from, p)
                    && (layer.sections.is_empty() || named(&layer.sections, p))
                    && !named(&layer.except, p)
            })
            .collect();
        if player.asked && player.role() != Role::Texture {
            insist(sketch, player);
        }
    }
    for nth in 0..sketch.passages.len() {
        let sounds = |p: &Player| p.role() != Role::Texture && p.plays.get(nth) == Some(&true);
        if players.iter().any(sounds) {
            continue;
        }
        // Nobody would play here: whoever carries the harmony does, else anyone.
        let order =
            [Role::Pad, Role::Comp, Role::Arp, Role::Melody, Role::Bass, Role::Counter, Role::Drums, Role::Perc];
        let stand_in = order.iter().find_map(|role| players.iter().position(|p| p.role() == *role));
        if let Some(plays) = stand_in.and_then(|at| players.get_mut(at)).and_then(|p| p.plays.get_mut(nth)) {
            *plays = true;
        }
    }
}

/// An instrument asked for plays at least half of the piece, the fullest sections first.
fn insist(sketch: &Sketch, player: &mut Player) {
    let total: usize = sketch.passages.iter().map(|p| p.bars).sum();
    let mut order: Vec<usize> = (0..sketch.passages.len()).collect();
    let energy = |nth: &usize| sketch.passages.get(*nth).map_or(0.0, |p| p.energy);
    order.sort_by(|a, b| energy(b).total_cmp(&energy(a)));
    for nth in order {
        let heard: usize =
            sketch.passages.iter().zip(&player.plays).filter(|(_, plays)| **plays).map(|(p, _)| p.bars).sum();
        if heard * 2 >= total {
            break;
        }
        if let Some(plays) = player.plays.get_mut(nth) {
            *plays = true;
        }
    }
}

/// When a texture sounds; a bed where the table names none.
pub fn gesture(player: &Player) -> Gesture {
    player.instrument.gesture.unwrap_or(Gesture::Bed)
}

/// The dice of a player.
pub fn dice(sketch: &Sketch, player: &Player, what: &str) -> Rng {
    sketch.rng(&format!("{} {what}", player.label))
}
