//! Songs and pictures that lie otherwise, in words: what, and what it was before.

use super::wording::{Wording, fill, percent};
use crate::arranged::{Arranged, Refused};
use crate::read::plain;
use bedtrack_wire::time::Ms;

/// What was arranged.
pub fn sentence(arranged: &Arranged, wording: &Wording) -> String {
    let say = |name: &str, gaps: &[(&str, &str)]| fill(&wording.arranged, name, gaps);
    let length = |time: Ms| wording.time(time);
    let mut told = Vec::new();
    match arranged {
        Arranged::Songs { names, left, before, volume, end, picture_end, cut } => {
            let many = if names.len() > 1 { "songs" } else { "song" };
            let name = if *picture_end > Ms::ZERO { many.to_owned() } else { format!("{many}_alone") };
            told.push(say(&name, &[("names", &quoted(names, wording)), ("level", &percent(*volume))]));
            if let Some(before) = before {
                told.push(say("instead", &[("before", &wording.quoted(before))]));
            }
            if *cut {
                told.push(say("song_cut", &[("length", &length(*picture_end))]));
            } else if *end < *picture_end {
                told.push(say("song_short", &[("end", &length(*end)), ("length", &length(*picture_end))]));
            }
            if !left.is_empty() {
                told.push(say("left_songs", &[("names", &quoted(left, wording))]));
            }
        }
        Arranged::SongsOn { names, volume, from, to } => {
            let gaps = [("names", quoted(names, wording)), ("level", percent(*volume))];
            let gaps: Vec<(&str, &str)> = gaps.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let name = if names.len() > 1 { "songs_on" } else { "song_on" };
            told.push(wording.on_stretch(*from, *to, &say(name, &gaps)));
        }
        Arranged::OnBeats { pictures, shots, bpm, cuts, length: (before, after), songs, fades, muted } => {
            let count =
                |n: usize, one: &str, many: &str| say(if n == 1 { one } else { many }, &[("n", &n.to_string())]);
            let music = if songs.is_empty() {
                say("the_music", &[])
            } else {
                say("your_songs", &[("names", &quoted(songs, wording))])
            };
            let name = match (bpm, *before) {
                (Some(_), Ms::ZERO) => "on_beats_new",
                (Some(_), _) => "on_beats",
                (None, Ms::ZERO) => "evenly_new",
                (None, _) => "evenly",
            };
            told.push(say(
                name,
                &[
                    ("pictures", &count(pictures.0, "picture", "pictures")),
                    ("shots", &count(*shots, "shot", "shots")),
                    ("music", &music),
                    ("length", &length(*after)),
                    ("before", &length(*before)),
                    ("on", &cuts.0.to_string()),
                    ("of", &cuts.1.to_string()),
                    ("bpm", &bpm.map_or_else(String::new, |bpm| plain(tenths(bpm)))),
                ],
            ));
            if *fades {
                told.push(say("fades", &[]));
            }
            if *muted {
                told.push(say("muted", &[]));
            }
            if pictures.0 < pictures.1 {
                told.push(say("left_pictures", &[("n", &(pictures.1 - pictures.0).to_string())]));
            }
        }
    }
    told.join(wording.gap())
}

/// Why nothing was arranged.
pub fn refusal(refused: &Refused, wording: &Wording) -> String {
    let say = |name: &str, gaps: &[(&str, &str)]| fill(&wording.arranged, name, gaps);
    match refused {
        Refused::NoSong => say("no_song", &[]),
        Refused::NoFile(name, have) if have.is_empty() => say("no_file_at_all", &[("name", &wording.quoted(name))]),
        Refused::NoFile(name, have) => {
            say("no_file", &[("name", &wording.quoted(name)), ("have", &quoted(have, wording))])
        }
        Refused::NoPicture => say("no_picture", &[]),
        Refused::NoMusic => say("no_music", &[]),
        Refused::NotHeard => say("not_heard", &[]),
    }
}

fn quoted(names: &[String], wording: &Wording) -> String {
    wording.list(&names.iter().map(|name| wording.quoted(name)).collect::<Vec<_>>())
}

/// A heard tempo is no truer than this.
fn tenths(bpm: f64) -> f64 {
    (bpm * 10.0).round() / 10.0
}
