//! Laying the user's songs and pictures on the timeline, as far as that needs the files themselves.

use serde_json::Value;

use super::analysis::AnalysisError;
use super::songs::{self, Heard};
use super::workshop::Workshop;
use bedtrack_agent::arranged::{Arranged, Refused};
use bedtrack_agent::deeds::{self, Deed};
use bedtrack_agent::edit;
use bedtrack_agent::read::{Arrange, Songs, Stretch};
use bedtrack_film::show::{Grid, Wish};
use bedtrack_film::{FilmError, Watch};
use bedtrack_wire::draft::{AUDIO, Track, VIDEO};
use bedtrack_wire::state::{Medium, State};

/// How far from a beat a cut may lie and still be seen on it, in seconds.
const NEAR: f64 = 0.045;

/// Carries a wish out on a state; where it cannot be met, the state stays as it is.
///
/// # Errors
/// Cancelling only.
pub async fn carry_out(
    workshop: &Workshop,
    session: &str,
    state: &mut State,
    wish: &Arrange,
    watch: &Watch,
) -> Result<Deed, FilmError> {
    let mut next = state.clone();
    let done = match wish {
        Arrange::Songs { songs, volume, place } => lay_songs(&mut next, songs, *volume, *place),
        Arrange::ToBeats { songs, length_ms, style, still } => {
            let show = Show { length_ms: *length_ms, style: *style, still: *still };
            to_beats(workshop, session, &mut next, songs.as_ref(), show, watch).await?
        }
    };
    Ok(match done {
        Ok(arranged) => {
            deeds::forget_history(&mut next);
            *state = next;
            Deed::Arranged(arranged)
        }
        Err(refused) => Deed::Refused(refused),
    })
}

/// The songs that are meant.
fn find(state: &State, songs: &Songs) -> Result<Vec<Medium>, Refused> {
    let all: Vec<&Medium> = state.video_infos.iter().filter(|medium| medium.kind.as_deref() == Some("audio")).collect();
    match songs {
        Songs::Newest | Songs::Waiting => all.last().map(|song| vec![(*song).clone()]).ok_or(Refused::NoSong),
        Songs::All if all.is_empty() => Err(Refused::NoSong),
        Songs::All => Ok(all.into_iter().cloned().collect()),
        Songs::Named(names) => names
            .iter()
            .map(|name| {
                // Of two files of one name the newer one is meant.
                let found = all.iter().rev().find(|song| song.display_name() == Some(name.as_str()));
                let have = || all.iter().filter_map(|song| song.display_name().map(str::to_owned)).collect();
                found.map(|song| (*song).clone()).ok_or_else(|| Refused::NoFile(name.clone(), have()))
            })
            .collect(),
    }
}

/// The songs on the timeline, where nothing but songs of the user's own lies there.
fn songs_on_timeline(state: &State) -> Vec<Medium> {
    let draft = state.timeline();
    let segments = draft.t.iter().filter(|track| track.tt == AUDIO).flat_map(|track| &track.sg);
    let media = segments.map(|segment| state.medium_of(segment).cloned());
    let songs: Option<Vec<Medium>> =
        media.map(|song| song.filter(|song| song.kind.as_deref() == Some("audio"))).collect();
    songs.unwrap_or_default()
}

/// The names of what sounds beside the clips, in order.
fn sounding(state: &State) -> Vec<String> {
    let draft = state.timeline();
    let segments = draft.t.iter().filter(|track| track.tt == AUDIO).flat_map(|track| &track.sg);
    segments.filter_map(|segment| segment.name().map(str::to_owned)).collect()
}

fn lay_songs(
    state: &mut State,
    songs: &Songs,
    volume: Option<f64>,
    place: Option<Stretch>,
) -> Result<Arranged, Refused> {
    let songs = find(state, songs)?;
    if let Some(place) = place {
        return Ok(lay_on(state, &songs, volume, place));
    }
    let before = sounding(state).into_iter().next();
    let volume = edit::place_songs(state, &songs, volume);
    let draft = state.timeline();
    let names = sounding(state);
    let end = draft.t.iter().filter(|track| track.tt == AUDIO).flat_map(Track::placed).map(|placed| placed.end()).max();
    let picture_end = edit::picture_end(&draft);
    let whole: i64 = songs.iter().filter_map(Medium::duration_ms).sum();
    let left = songs.iter().map(edit::clip_name).skip(names.len()).collect();
    let end = end.unwrap_or(0);
    Ok(Arranged::Songs {
        left,
        before: before.filter(|name| !names.contains(name)),
        names,
        volume,
        end,
        picture_end,
        cut: whole > end,
    })
}

/// Lays songs on a stretch among other music, one after another as far as it reaches.
fn lay_on(state: &mut State, songs: &[Medium], volume: Option<f64>, place: Stretch) -> Arranged {
    let (mut names, mut rest, mut level) = (Vec::new(), place, volume);
    for song in songs {
        let length_ms = song.duration_ms().and_then(|ms| u64::try_from(ms).ok()).unwrap_or(0).min(rest.length_ms);
        if length_ms == 0 {
            break;
        }
        let own = Stretch { length_ms, ..rest };
        level = Some(edit::place_on(state, song, &edit::clip_name(song), own, volume));
        names.push(edit::clip_name(song));
        rest = Stretch { start_ms: own.end_ms(), length_ms: rest.length_ms - length_ms, opens: false };
    }
    Arranged::SongsOn { names, volume: level.unwrap_or(1.0), from: place.start_ms, to: rest.start_ms }
}

/// How a show is wanted.
#[derive(Clone, Copy)]
struct Show {
    length_ms: Option<u64>,
    style: Wish,
    still: bool,
}

async fn to_beats(
    workshop: &Workshop,
    session: &str,
    state: &mut State,
    songs: Option<&Songs>,
    wish: Show,
    watch: &Watch,
) -> Result<Result<Arranged, Refused>, FilmError> {
    let before = edit::picture_end(&state.timeline());
    let named = match songs.map(|songs| find(state, songs)).transpose() {
        Ok(songs) => songs.unwrap_or_default(),
        Err(refused) => return Ok(Err(refused)),
    };
    edit::show_all(state);
    // A clip that only waited until now brings its sound as well.
    let heard_before = clips_sound(state);
    if !edit::has(state, edit::Which::Picture) {
        return Ok(Err(Refused::NoPicture));
    }
    // Songs are whole again: the picture is cut to them now, not they to it.
    let whole = if named.is_empty() { songs_on_timeline(state) } else { named.clone() };
    if !whole.is_empty() {
        edit::play_songs(state, &whole);
    }
    let heard = match songs::on_timeline(workshop, session, state, watch).await {
        Ok(Some(heard)) => heard,
        Ok(None) => return Ok(Err(Refused::NoMusic)),
        Err(AnalysisError::Film(FilmError::Cancelled)) => return Err(FilmError::Cancelled),
        Err(fault) => {
            tracing::warn!(%fault, "music could not be listened to");
            return Ok(Err(Refused::NotHeard));
        }
    };
    let length = wish.length_ms.unwrap_or(u64::MAX).min(heard.end_ms);
    let grid = Grid { beats: &heard.beats, downbeats: &heard.downbeats, sections: &heard.sections };
    let all = edit::pictures(state).len();
    let Some((shown, shots)) = edit::lay_on_beats(state, &grid, length, wish.style) else {
        return Ok(Err(Refused::NoPicture));
    };
    if wish.still {
        edit::rest_camera(state);
    }
    let fades = edit::end_with_picture(state);
    let cuts = edit::cuts(state);
    Ok(Ok(Arranged::OnBeats {
        pictures: (shown, all),
        shots,
        bpm: heard.bpm,
        cuts: (on_beats(&cuts, &heard), cuts.len()),
        length: (before, edit::picture_end(&state.timeline())),
        songs: named.iter().map(edit::clip_name).collect(),
        fades,
        muted: heard_before && !clips_sound(state),
    }))
}

/// How many cuts lie on a beat.
fn on_beats(cuts: &[u64], heard: &Heard) -> usize {
    let near = |cut: &&u64| heard.beats.iter().any(|beat| (beat - **cut as f64 / 1000.0).abs() <= NEAR);
    cuts.iter().filter(near).count()
}

/// Whether a clip's own sound is heard.
fn clips_sound(state: &State) -> bool {
    let draft = state.timeline();
    let clips = draft.t.iter().filter(|track| track.tt == VIDEO).flat_map(|track| &track.sg);
    clips.filter(|clip| clip.volume() != Some(0.0)).any(|clip| {
        let medium = state.medium_of(clip);
        medium.is_some_and(|medium| medium.m.get("has_sound") == Some(&Value::Bool(true)))
    })
}
