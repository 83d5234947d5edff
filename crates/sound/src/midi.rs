//! A score as a standard MIDI file (format 1): one track for tempo, metre and sections, one for each part.

use midly::num::{u4, u7, u15, u24, u28};
use midly::{Format, Header, MetaMessage, MidiMessage, Smf, Timing, TrackEvent, TrackEventKind};

use bedtrack_compose::score::{Part, Stem};
use bedtrack_compose::{Score, instruments};

/// Ticks in a quarter.
const TICKS: u16 = 960;
/// The channel that General MIDI gives to drums.
const DRUMS: u8 = 9;

/// The bytes of the file. The tempo is the score's, which is even, so ticks and seconds agree.
pub fn write(score: &Score) -> Vec<u8> {
    let tempo = score.quarters_per_minute();
    let tempo = if tempo.is_finite() { tempo.clamp(10.0, 600.0) } else { 120.0 };
    let ticks = |seconds: f64| (seconds.max(0.0) * tempo / 60.0 * f64::from(TICKS)).round() as u32;
    let names: Vec<(u32, &[u8])> =
        score.sections.iter().map(|section| (ticks(section.start), section.name.as_bytes())).collect();

    let mut smf = Smf::new(Header::new(Format::Parallel, Timing::Metrical(u15::from(TICKS))));
    let mut first = vec![
        (0, meta(MetaMessage::TrackName(score.style.as_bytes()))),
        (0, meta(MetaMessage::Tempo(u24::from((60e6 / tempo).round() as u32)))),
        (0, meta(MetaMessage::TimeSignature(score.metre.0, score.metre.1.max(1).ilog2() as u8, 24, 8))),
    ];
    first.extend(names.iter().map(|(at, name)| (*at, meta(MetaMessage::Marker(name)))));
    smf.tracks.push(track(first, ticks(score.duration)));
    let mut melodic = (0..16_u8).filter(|channel| *channel != DRUMS).cycle();
    for part in &score.parts {
        let (program, is_kit) = program(part);
        let channel = if is_kit { DRUMS } else { melodic.next().unwrap_or(0) };
        let midi = |message| TrackEventKind::Midi { channel: u4::from(channel), message };
        let pan = ((part.pan.clamp(-1.0, 1.0) + 1.0) * 63.5) as u8;
        let mut events = vec![
            (0, meta(MetaMessage::TrackName(part.instrument.as_bytes()))),
            (0, midi(MidiMessage::ProgramChange { program: u7::from(program) })),
            (0, midi(MidiMessage::Controller { controller: u7::from(10), value: u7::from(pan) })),
        ];
        for note in &part.notes {
            let key = u7::from(note.key.min(127));
            let start = ticks(note.start);
            let end = ticks(note.start + note.duration).max(start + 1);
            let vel = u7::from(note.velocity.clamp(1, 127));
            events.push((start, midi(MidiMessage::NoteOn { key, vel })));
            events.push((end, midi(MidiMessage::NoteOff { key, vel: u7::from(0) })));
        }
        smf.tracks.push(track(events, ticks(score.duration)));
    }
    let mut bytes = Vec::new();
    // Writing into memory does not fail.
    let _ = smf.write_std(&mut bytes);
    bytes
}

fn meta(message: MetaMessage<'_>) -> TrackEventKind<'_> {
    TrackEventKind::Meta(message)
}

/// Events at absolute ticks as a track; releases come first where ticks are equal, and the end not before `end`.
fn track(mut events: Vec<(u32, TrackEventKind<'_>)>, end: u32) -> Vec<TrackEvent<'_>> {
    let order = |kind: &TrackEventKind<'_>| match kind {
        TrackEventKind::Midi { message: MidiMessage::NoteOff { .. }, .. } => 1,
        TrackEventKind::Midi { message: MidiMessage::NoteOn { .. }, .. } => 2,
        _ => 0,
    };
    events.sort_by_key(|(at, kind)| (*at, order(kind)));
    let last = events.last().map_or(0, |(at, _)| *at).max(end);
    events.push((last, meta(MetaMessage::EndOfTrack)));
    let mut before = 0;
    events
        .into_iter()
        .map(|(at, kind)| {
            let delta = u28::from((at - before).min(0x0FFF_FFFF));
            before = at;
            TrackEvent { delta, kind }
        })
        .collect()
}

/// The General MIDI program of `part`, and whether its keys are drums.
fn program(part: &Part) -> (u8, bool) {
    match instruments().get(&part.instrument) {
        Some(instrument) => (instrument.kit.or(instrument.program).unwrap_or(0), instrument.kit.is_some()),
        None => (0, part.stem == Stem::Drums),
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::score;

    #[test]
    fn the_file_reads_back_with_every_note_at_its_time() {
        reads_back(&score());
    }

    #[test]
    fn in_six_eight_the_file_states_quarters_and_times_still_agree() {
        let mut score = score();
        (score.metre, score.bpm) = ((6, 8), 80.0);
        assert_eq!(score.quarters_per_minute(), 120.0);
        reads_back(&score);
    }

    /// Every note is there at its time, by the tempo that the file itself states.
    fn reads_back(score: &bedtrack_compose::Score) {
        let bytes = super::write(score);
        let smf = midly::Smf::parse(&bytes).expect("a MIDI file");
        assert_eq!(smf.tracks.len(), score.parts.len() + 1);
        let tempo = smf.tracks[0].iter().find_map(|event| match event.kind {
            midly::TrackEventKind::Meta(midly::MetaMessage::Tempo(micros)) => Some(f64::from(micros.as_int())),
            _ => None,
        });
        let quarter = tempo.expect("a tempo") / 1e6;
        for (part, track) in score.parts.iter().zip(smf.tracks.iter().skip(1)) {
            let mut at = 0.0;
            let mut starts = Vec::new();
            for event in track {
                at += f64::from(event.delta.as_int());
                if let midly::TrackEventKind::Midi { message: midly::MidiMessage::NoteOn { .. }, .. } = event.kind {
                    starts.push(at / 960.0 * quarter);
                }
            }
            let mut written: Vec<f64> = part.notes.iter().map(|note| note.start).collect();
            written.sort_by(f64::total_cmp);
            assert_eq!(starts.len(), written.len());
            assert!(starts.iter().zip(&written).all(|(a, b)| (a - b).abs() < 0.001));
        }
    }
}
