//! Thins a SoundFont 3 before it is decoded: Ogg Vorbis costs time, so only samples that a part strikes are kept. Chunks
//! and records as in the SoundFont 2.04 specification, sections 4 to 8; a compressed sample's start and end are bytes.

use std::collections::{BTreeMap, BTreeSet};

/// Keys with the velocities at which they are struck.
pub type Strikes = BTreeSet<(u8, u8)>;

const KEY_RANGE: u16 = 43;
const VELOCITY_RANGE: u16 = 44;
const INSTRUMENT: u16 = 41;
const SAMPLE: u16 = 53;
/// Offsets into a sample, meaningless once a zone points to another one.
const OFFSETS: [u16; 8] = [0, 1, 2, 3, 4, 12, 45, 50];
/// The bit in a sample's type that says Ogg Vorbis.
const COMPRESSED: u16 = 0x10;

/// Whether `bytes` begin as a SoundFont does.
pub fn is_bank(bytes: &[u8]) -> bool {
    bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"sfbk")
}

/// The bank in `bytes` with only the samples that `program` of `bank` plays for `strikes`. `None` where there is nothing
/// to gain: samples that are not compressed, a program that is missing, a file that is not what it seems.
pub fn thin(bytes: &[u8], program: u16, bank: u16, strikes: &Strikes) -> Option<Vec<u8>> {
    if !is_bank(bytes) {
        return None;
    }
    let lists = chunks(bytes.get(12..)?);
    let list = |kind: &[u8]| lists.iter().find_map(|(_, body)| body.strip_prefix(kind));
    let (info, sdta, pdta) = (list(b"INFO")?, list(b"sdta")?, list(b"pdta")?);
    let data = chunks(sdta).into_iter().find(|(id, _)| id == b"smpl")?.1;
    let records = chunks(pdta);
    let table = |id: &[u8; 4]| records.iter().find(|(name, _)| name == id).map(|(_, body)| *body);
    let (presets, samples) = (table(b"phdr")?, table(b"shdr")?);
    let preset_zones = Zones { bags: table(b"pbag")?, generators: table(b"pgen")? };
    let instrument_zones = Zones { bags: table(b"ibag")?, generators: table(b"igen")? };
    let instruments = table(b"inst")?;

    let mut used: BTreeMap<u16, u16> = BTreeMap::new();
    let mut zones_used = Vec::new();
    let preset = (0..presets.len() / 38).find(|&at| {
        let at = at * 38;
        word(presets, at + 20) == Some(program) && word(presets, at + 22) == Some(bank)
    })?;
    for (zone, _) in preset_zones.of(word(presets, preset * 38 + 24)?, word(presets, preset * 38 + 62)?, INSTRUMENT) {
        let at = usize::from(zone.target) * 22;
        for (inner, index) in instrument_zones.of(word(instruments, at + 20)?, word(instruments, at + 42)?, SAMPLE) {
            if strikes.iter().any(|&strike| zone.takes(strike) && inner.takes(strike)) {
                used.insert(inner.target, 0);
                zones_used.push(index);
            }
        }
    }
    if used.is_empty() {
        return None;
    }

    let (mut new_data, mut new_samples) = (Vec::new(), Vec::new());
    for (position, (sample, place)) in used.iter_mut().enumerate() {
        *place = u16::try_from(position).ok()?;
        let record = samples.get(usize::from(*sample) * 46..usize::from(*sample) * 46 + 46)?;
        if word(record, 44)? & COMPRESSED == 0 {
            return None;
        }
        let (start, end) = (long(record, 20)?, long(record, 24)?);
        let stream = data.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)?;
        let new_start = u32::try_from(new_data.len()).ok()?;
        new_data.extend_from_slice(stream);
        let new_end = u32::try_from(new_data.len()).ok()?;
        new_samples.extend_from_slice(record.get(..20)?);
        new_samples.extend_from_slice(&new_start.to_le_bytes());
        new_samples.extend_from_slice(&new_end.to_le_bytes());
        new_samples.extend_from_slice(record.get(28..)?);
    }
    new_samples.extend_from_slice(samples.get(samples.len().checked_sub(46)?..)?);
    let generators = redirect(&instrument_zones, &used, &zones_used);

    let mut tables = Vec::new();
    for (id, body) in &records {
        match id {
            b"shdr" => chunk(&mut tables, id, &new_samples),
            b"igen" => chunk(&mut tables, id, &generators),
            _ => chunk(&mut tables, id, body),
        }
    }
    let mut data_list = b"sdta".to_vec();
    chunk(&mut data_list, b"smpl", &new_data);
    let mut form = b"sfbk".to_vec();
    chunk(&mut form, b"LIST", &[b"INFO", info].concat());
    chunk(&mut form, b"LIST", &data_list);
    chunk(&mut form, b"LIST", &[b"pdta".as_slice(), &tables].concat());
    let mut whole = Vec::new();
    chunk(&mut whole, b"RIFF", &form);
    Some(whole)
}

/// The generators, with every zone pointing to a sample that is still there.
fn redirect(zones: &Zones<'_>, used: &BTreeMap<u16, u16>, zones_used: &[usize]) -> Vec<u8> {
    let mut generators = zones.generators.to_vec();
    for zone in 0..(zones.bags.len() / 4).saturating_sub(1) {
        let Some((from, to)) = zones.range(zone) else { continue };
        let kept = zones_used.contains(&zone);
        for record in generators.get_mut(from * 4..to * 4).into_iter().flat_map(|part| part.chunks_exact_mut(4)) {
            let [a, b, low, high] = record else { continue };
            let kind = u16::from_le_bytes([*a, *b]);
            if kind == SAMPLE {
                let target = used.get(&u16::from_le_bytes([*low, *high])).copied().unwrap_or(0);
                [*low, *high] = target.to_le_bytes();
            } else if !kept && OFFSETS.contains(&kind) {
                [*low, *high] = [0, 0];
            }
        }
    }
    generators
}

struct Zones<'a> {
    bags: &'a [u8],
    generators: &'a [u8],
}

#[derive(Clone, Copy)]
struct Zone {
    keys: (u8, u8),
    velocities: (u8, u8),
    target: u16,
}

impl Zone {
    fn takes(&self, (key, velocity): (u8, u8)) -> bool {
        (self.keys.0..=self.keys.1).contains(&key) && (self.velocities.0..=self.velocities.1).contains(&velocity)
    }
}

impl Zones<'_> {
    fn range(&self, zone: usize) -> Option<(usize, usize)> {
        Some((usize::from(word(self.bags, zone * 4)?), usize::from(word(self.bags, zone * 4 + 4)?)))
    }

    /// The zones `from` to `to` that end in a generator of the kind `target`, with their numbers.
    fn of(&self, from: u16, to: u16, target: u16) -> Vec<(Zone, usize)> {
        let whole = Zone { keys: (0, 127), velocities: (0, 127), target: 0 };
        let mut default = whole;
        let mut found = Vec::new();
        for number in usize::from(from)..usize::from(to) {
            let Some((first, last)) = self.range(number) else { break };
            let mut zone = default;
            let mut ends = false;
            for record in self.generators.get(first * 4..last * 4).unwrap_or_default().chunks_exact(4) {
                let &[a, b, low, high] = record else { continue };
                match u16::from_le_bytes([a, b]) {
                    KEY_RANGE => zone.keys = (low, high),
                    VELOCITY_RANGE => zone.velocities = (low, high),
                    kind if kind == target => {
                        zone.target = u16::from_le_bytes([low, high]);
                        ends = true;
                    }
                    _ => {}
                }
            }
            if ends {
                found.push((zone, number));
            } else if number == usize::from(from) {
                // A first zone without a target holds what the others start from.
                default = zone;
            }
        }
        found
    }
}

fn chunks(mut bytes: &[u8]) -> Vec<([u8; 4], &[u8])> {
    let mut found = Vec::new();
    while let (Some(&[a, b, c, d]), Some(size)) = (bytes.get(..4), long(bytes, 4)) {
        let size = size as usize;
        let Some(body) = bytes.get(8..8_usize.saturating_add(size)) else { break };
        found.push(([a, b, c, d], body));
        bytes = bytes.get(8 + size..).unwrap_or_default();
        // A chunk of odd size is padded with a zero, though not by every writer.
        if size % 2 == 1 {
            bytes = bytes.strip_prefix(b"\0").unwrap_or(bytes);
        }
    }
    found
}

fn chunk(out: &mut Vec<u8>, id: &[u8; 4], body: &[u8]) {
    out.extend_from_slice(id);
    out.extend_from_slice(&(body.len() as u32).to_le_bytes());
    out.extend_from_slice(body);
    if body.len() % 2 == 1 {
        out.push(0);
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_struck_is_kept_and_nonsense_is_left_alone() {
        let whole = include_bytes!("../../assets/bank/piano.sf3");
        let one = thin(whole, 0, 0, &[(60, 90)].into()).expect("thinner");
        let two = thin(whole, 0, 0, &[(60, 90), (80, 120)].into()).expect("thinner");
        assert!(one.len() < two.len() && two.len() * 4 < whole.len());
        assert!(thin(whole, 99, 0, &[(60, 90)].into()).is_none());
        assert!(thin(whole, 0, 0, &Strikes::new()).is_none());
        for cut in [0, 3, 11, 12, 40, 5000, whole.len() / 2, whole.len() - 7] {
            // Any answer will do, as long as there is one.
            let _ = thin(&whole[..cut], 0, 0, &[(60, 90)].into());
        }
    }
}
