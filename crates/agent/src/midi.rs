//! The melody of an uploaded MIDI file: the voice that sounds most like a tune, its top line, its first bars.

use std::collections::BTreeMap;

use midly::{MetaMessage, MidiMessage, Smf, Timing, TrackEventKind};

use bedtrack_compose::given::{MOST_NOTES, Melody, MelodyNote};

/// Largest file that is looked into; a melody is a few kilobytes.
const LARGEST: usize = 4 << 20;
/// How much of a voice is taken, in quarter notes: eight bars of four.
const LONGEST: f64 = 32.0;
/// The channel of General MIDI percussion.
const DRUMS: u8 = 9;

/// One channel of one track.
#[derive(Default)]
struct Voice {
    name: String,
    notes: Vec<MelodyNote>,
}

/// The melody of a file; none where it holds none.
pub fn melody(bytes: &[u8]) -> Option<Melody> {
    if bytes.len() > LARGEST {
        return None;
    }
    let file = Smf::parse(bytes).ok()?;
    let Timing::Metrical(ticks) = file.header.timing else { return None };
    let quarter = f64::from(ticks.as_int()).max(1.0);
    let mut voices: Vec<Voice> = Vec::new();
    for track in &file.tracks {
        let mut name = String::new();
        let mut channels: BTreeMap<u8, Voice> = BTreeMap::new();
        let mut open: BTreeMap<(u8, u8), f64> = BTreeMap::new();
        let mut at = 0.0;
        for event in track {
            at += f64::from(event.delta.as_int()) / quarter;
            match event.kind {
                TrackEventKind::Meta(MetaMessage::TrackName(text)) => {
                    name = String::from_utf8_lossy(text).to_lowercase()
                }
                TrackEventKind::Midi { channel, message } if channel.as_int() != DRUMS => {
                    let (key, starts) = match message {
                        MidiMessage::NoteOn { key, vel } => (key.as_int(), vel.as_int() > 0),
                        MidiMessage::NoteOff { key, .. } => (key.as_int(), false),
                        _ => continue,
                    };
                    let slot = (channel.as_int(), key);
                    if let Some(start) = open.remove(&slot) {
                        let note = MelodyNote { at: start, length: (at - start).max(0.05), key };
                        channels.entry(channel.as_int()).or_default().notes.push(note);
                    }
                    if starts {
                        open.insert(slot, at);
                    }
                }
                _ => {}
            }
        }
        voices.extend(channels.into_values().map(|voice| Voice { name: name.clone(), ..voice }));
    }
    let best =
        voices.into_iter().filter(|voice| voice.notes.len() >= 2).max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    Melody::of(line(best.notes), None)
}

/// How much a voice is like a tune: it says so, it is high, it sings one note at a time.
fn likeness(voice: &Voice) -> f64 {
    let told = ["melody", "lead", "vocal", "tune", "voice", "solo"].iter().any(|word| voice.name.contains(word));
    let count = voice.notes.len() as f64;
    let height = voice.notes.iter().map(|note| f64::from(note.key)).sum::<f64>() / count;
    let mut starts: Vec<i64> = voice.notes.iter().map(|note| (note.at * 24.0).round() as i64).collect();
    starts.sort_unstable();
    starts.dedup();
    let alone = starts.len() as f64 / count;
    height + 40.0 * alone + if told { 100.0 } else { 0.0 } + count.min(16.0)
}

/// The top line on sixteenths (triplets kept), from the bar in which it begins.
fn line(mut notes: Vec<MelodyNote>) -> Vec<MelodyNote> {
    notes.sort_by(|a, b| a.at.total_cmp(&b.at).then(b.key.cmp(&a.key)));
    let first = notes.first().map_or(0.0, |note| (note.at / 4.0).floor() * 4.0);
    let grid = |value: f64| (value * 12.0).round() / 12.0;
    let mut top: Vec<MelodyNote> = Vec::new();
    for note in notes {
        let at = grid(note.at - first);
        if at >= LONGEST || top.len() >= MOST_NOTES {
            break;
        }
        match top.last_mut() {
            // Of what starts together the highest sings; it comes first.
            Some(last) if at - last.at < 0.06 => continue,
            Some(last) => last.length = last.length.min(at - last.at),
            None => {}
        }
        top.push(MelodyNote { at, length: grid(note.length).max(1.0 / 12.0), key: note.key });
    }
    top
}

#[cfg(test)]
mod tests {
    use midly::{Format, Header, MetaMessage, MidiMessage, Smf, Timing, TrackEvent, TrackEventKind};

    use super::melody;

    /// A track's name, its channel, and chords of a quarter each.
    type Track<'a> = (&'a [u8], u8, &'a [&'a [u8]]);

    fn file(tracks: &[Track<'_>]) -> Vec<u8> {
        let mut smf = Smf::new(Header::new(Format::Parallel, Timing::Metrical(96.into())));
        for (name, channel, chords) in tracks {
            let mut track =
                vec![TrackEvent { delta: 0.into(), kind: TrackEventKind::Meta(MetaMessage::TrackName(name)) }];
            let mut say = |delta: u32, message| {
                let kind = TrackEventKind::Midi { channel: (*channel).into(), message };
                track.push(TrackEvent { delta: delta.into(), kind });
            };
            for chord in *chords {
                for key in *chord {
                    say(0, MidiMessage::NoteOn { key: (*key).into(), vel: 90.into() });
                }
                for (nth, key) in chord.iter().enumerate() {
                    let delta = if nth == 0 { 96 } else { 0 };
                    say(delta, MidiMessage::NoteOn { key: (*key).into(), vel: 0.into() });
                }
            }
            track.push(TrackEvent { delta: 0.into(), kind: TrackEventKind::Meta(MetaMessage::EndOfTrack) });
            smf.tracks.push(track);
        }
        let mut bytes = Vec::new();
        smf.write_std(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn what_is_no_midi_has_no_melody() {
        assert_eq!(melody(b""), None);
        assert_eq!(melody(b"MThd\0\0\0\x06\0\0\0\x01\0\x60"), None);
        assert_eq!(melody(&[0xff; 64]), None);
    }

    #[test]
    fn the_tune_is_found_among_bass_chords_and_drums() {
        let bytes = file(&[
            (b"Bass", 0, &[&[36], &[36], &[43], &[43]]),
            (b"Keys", 1, &[&[60, 64, 67], &[60, 64, 67], &[59, 62, 67]]),
            (b"Drums", 9, &[&[36], &[38], &[36], &[38], &[42], &[42]]),
            (b"Tune", 2, &[&[72], &[76], &[79], &[77], &[72]]),
        ]);
        let found = melody(&bytes).unwrap();
        assert_eq!(found.notes.iter().map(|note| note.key).collect::<Vec<_>>(), [72, 76, 79, 77, 72]);
        assert!(found.notes.iter().all(|note| (note.length - 1.0).abs() < 1e-9));
    }

    #[test]
    fn a_voice_of_chords_gives_its_top_line() {
        let found = melody(&file(&[(b"", 0, &[&[60, 64, 67], &[62, 65, 69], &[59, 62, 67]])])).unwrap();
        assert_eq!(found.notes.iter().map(|note| note.key).collect::<Vec<_>>(), [67, 69, 67]);
    }
}
