//! Laying the user's songs and pictures on the timeline, as far as that needs the files themselves.

use super::analysis::AnalysisError;
use super::songs::{self, TimelineBeats};
use super::workshop::Workshop;
use bedtrack_agent::arranged::{Arranged, Refused};
use bedtrack_agent::beats::Grid;
use bedtrack_agent::done::{Deed, Done};
use bedtrack_agent::edit;
use bedtrack_agent::read::{Arrange, Songs, Stretch, Wish};
use bedtrack_film::{FilmError, Watch};
use bedtrack_timeline::{Timeline, clip_name};
use bedtrack_wire::state::Medium;
use bedtrack_wire::time::Ms;

/// How far from a beat a cut may lie and still be seen on it, in seconds.
const NEAR: f64 = 0.045;

/// Carries a wish out on a timeline; where it cannot be met, the timeline stays as it is.
///
/// # Errors
/// Cancelling only.
pub async fn carry_out(
    workshop: &Workshop,
    session: &str,
    timeline: &mut Timeline,
    wish: &Arrange,
    watch: &Watch,
) -> Result<Done, FilmError> {
    let mut next = timeline.clone();
    let done = match wish {
        Arrange::Songs { songs, volume, place } => lay_songs(&mut next, songs, *volume, *place),
        Arrange::ToBeats { songs, length_ms, style, still } => {
            let show = Show { length: length_ms.map(Ms::from), style: *style, still: *still };
            to_beats(workshop, session, &mut next, songs.as_ref(), show, watch).await?
        }
    };
    Ok(match done {
        Ok(arranged) => {
            next.history.forget();
            let done = Done::between(timeline, &next, Deed::Arranged(arranged));
            *timeline = next;
            done
        }
        Err(refused) => Deed::Refused(refused).into(),
    })
}

/// The songs that are meant.
fn find(timeline: &Timeline, songs: &Songs) -> Result<Vec<Medium>, Refused> {
    let all: Vec<&Medium> = timeline.uploaded().iter().filter(|medium| medium.is_song()).collect();
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
fn songs_on_timeline(timeline: &Timeline) -> Vec<Medium> {
    let media = timeline.sounds().map(|sound| timeline.medium_of(sound).filter(|medium| medium.is_song()).cloned());
    media.collect::<Option<Vec<Medium>>>().unwrap_or_default()
}

/// The names of what sounds beside the clips, in order.
fn sounding(timeline: &Timeline) -> Vec<String> {
    timeline.sounds().filter_map(|sound| sound.name.clone()).collect()
}

fn lay_songs(
    timeline: &mut Timeline,
    songs: &Songs,
    volume: Option<f64>,
    place: Option<Stretch>,
) -> Result<Arranged, Refused> {
    let songs = find(timeline, songs)?;
    if let Some(place) = place {
        return Ok(lay_on(timeline, &songs, volume, place));
    }
    let before = sounding(timeline).into_iter().next();
    let volume = edit::place_songs(timeline, &songs, volume);
    let names = sounding(timeline);
    let end = timeline.sound_end().unwrap_or_default();
    let picture_end = timeline.picture_end();
    let whole: Ms = songs.iter().filter_map(Medium::duration_ms).map(Ms).sum();
    let left = songs.iter().map(clip_name).skip(names.len()).collect();
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
fn lay_on(timeline: &mut Timeline, songs: &[Medium], volume: Option<f64>, place: Stretch) -> Arranged {
    let (mut names, mut rest, mut level) = (Vec::new(), place, volume);
    for song in songs {
        let length_ms = song.length_ms().min(rest.length_ms);
        if length_ms == 0 {
            break;
        }
        let own = Stretch { length_ms, ..rest };
        level = Some(edit::place_on(timeline, song, &clip_name(song), own, volume));
        names.push(clip_name(song));
        rest = Stretch { start_ms: own.end_ms(), length_ms: rest.length_ms - length_ms, opens: false };
    }
    let (from, to) = (Ms::from(place.start_ms), Ms::from(rest.start_ms));
    Arranged::SongsOn { names, volume: level.unwrap_or(1.0), from, to }
}

/// How a show is wanted.
#[derive(Clone, Copy)]
struct Show {
    length: Option<Ms>,
    style: Wish,
    still: bool,
}

async fn to_beats(
    workshop: &Workshop,
    session: &str,
    timeline: &mut Timeline,
    songs: Option<&Songs>,
    wish: Show,
    watch: &Watch,
) -> Result<Result<Arranged, Refused>, FilmError> {
    let before = timeline.picture_end();
    let named = match songs.map(|songs| find(timeline, songs)).transpose() {
        Ok(songs) => songs.unwrap_or_default(),
        Err(refused) => return Ok(Err(refused)),
    };
    edit::show_all(timeline);
    // A clip that only waited until now brings its sound as well.
    let heard_before = timeline.clips_sound();
    if timeline.clips().next().is_none() {
        return Ok(Err(Refused::NoPicture));
    }
    // Songs are whole again: the picture is cut to them now, not they to it.
    let whole = if named.is_empty() { songs_on_timeline(timeline) } else { named.clone() };
    if !whole.is_empty() {
        edit::play_songs(timeline, &whole);
    }
    let heard = match songs::on_timeline(workshop, session, timeline, watch).await {
        Ok(Some(heard)) => heard,
        Ok(None) => return Ok(Err(Refused::NoMusic)),
        Err(AnalysisError::Film(FilmError::Cancelled)) => return Err(FilmError::Cancelled),
        Err(fault) => {
            tracing::warn!(%fault, "music could not be listened to");
            return Ok(Err(Refused::NotHeard));
        }
    };
    let length = wish.length.unwrap_or(Ms::MAX).min(heard.end);
    let grid = Grid { beats: &heard.beats, downbeats: &heard.downbeats, sections: &heard.sections };
    let all = edit::pictures(timeline).len();
    let Some((shown, shots)) = edit::lay_on_beats(timeline, &grid, length, wish.style) else {
        return Ok(Err(Refused::NoPicture));
    };
    if wish.still {
        edit::rest_camera(timeline);
    }
    let fades = edit::end_with_picture(timeline);
    let cuts = edit::cuts(timeline);
    Ok(Ok(Arranged::OnBeats {
        pictures: (shown, all),
        shots,
        bpm: heard.bpm,
        cuts: (on_beats(&cuts, &heard), cuts.len()),
        length: (before, timeline.picture_end()),
        songs: named.iter().map(clip_name).collect(),
        fades,
        muted: heard_before && !timeline.clips_sound(),
    }))
}

/// How many cuts lie on a beat.
fn on_beats(cuts: &[u64], heard: &TimelineBeats) -> usize {
    let near = |cut: &&u64| heard.beats.iter().any(|beat| (beat - Ms::from(**cut).seconds()).abs() <= NEAR);
    cuts.iter().filter(near).count()
}
