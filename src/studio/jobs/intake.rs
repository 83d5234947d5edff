//! Taking media in: a file is looked into, kept, listed in the session, and a first picture is laid on the timeline.

use std::path::{Path, PathBuf};

use serde_json::json;
use tokio::io::AsyncReadExt as _;
use uuid::Uuid;

use super::workshop::{Workshop, media_key, media_url};
use bedtrack_agent::read::Look;
use bedtrack_agent::{edit, midi};
use bedtrack_compose::given::Melody;
use bedtrack_film::{FilmError, MediaInfo, MediaKind, Watch};
use bedtrack_language::captions::{self, Captions};
use bedtrack_store::StoreError;
use bedtrack_timeline::Timeline;
use bedtrack_wire::facts::UploadFacts;
use bedtrack_wire::state::Medium;

/// A file that came in, still in the scratch folder.
pub struct Arrival {
    /// Where it lies, under the name it came with, made plain.
    pub path: PathBuf,
}

/// Why a file was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The file cannot be used.
    #[error("{0}")]
    Unusable(String),
    /// ffmpeg, or a part of it, is missing.
    #[error("{0}")]
    Tool(String),
    /// No room was left while looking into it.
    #[error("the disk is full")]
    DiskFull,
    /// It could not be looked into, for no fault of its own.
    #[error("{0}")]
    Broken(String),
    /// It could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Bytes of a file's name: every file system takes as many, with room for what is put around it.
const LONGEST_NAME: usize = 200;
/// Bytes up to which what follows the last dot is an ending.
const LONGEST_ENDING: usize = 16;

/// A file name without folders and control characters, at most 200 bytes long, its ending kept; never empty.
pub fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !c.is_control()).collect();
    let plain = plain.trim().trim_start_matches('.');
    if plain.is_empty() {
        return "upload".to_owned();
    }
    let short = |text: &str, bytes: usize| text.split_at(text.floor_char_boundary(bytes)).0.trim_end().to_owned();
    match plain.rsplit_once('.').filter(|(_, ending)| ending.len() <= LONGEST_ENDING) {
        Some((stem, ending)) => format!("{}.{ending}", short(stem, LONGEST_NAME - LONGEST_ENDING - 1)),
        None => short(plain, LONGEST_NAME),
    }
}

/// What a file turned out to be.
enum Recognised {
    /// Pictures, sound or notes, and how loud a song is.
    Medium(Box<MediaInfo>, Option<f64>),
    /// Captions, which go straight onto the timeline.
    Captions(Captions),
}

/// Takes files in, all or none of them.
pub async fn take_in(workshop: &Workshop, session: &str, arrivals: Vec<Arrival>) -> Result<Vec<Medium>, IntakeError> {
    let mut looked_into = Vec::new();
    for arrival in arrivals {
        if let Some(captions) = captions_in(&arrival.path).await? {
            looked_into.push((arrival, Recognised::Captions(captions)));
            continue;
        }
        let info = workshop.film.probe(&arrival.path).await.map_err(|error| match error {
            FilmError::ToolMissing { .. } | FilmError::PartMissing { .. } => IntakeError::Tool(error.to_string()),
            FilmError::DiskFull => IntakeError::DiskFull,
            error if error.is_bad_input() => IntakeError::Unusable(error.to_string()),
            error => IntakeError::Broken(error.to_string()),
        })?;
        // A song of the user's own is brought to the level of our masters before its volume counts.
        let lufs = match info.kind {
            MediaKind::Audio => workshop.film.loudness(&arrival.path, &Watch::default()).await.ok().flatten(),
            _ => None,
        };
        looked_into.push((arrival, Recognised::Medium(Box::new(info), lufs)));
    }
    let (mut media, mut captions) = (Vec::new(), Vec::new());
    for (arrival, seen) in looked_into {
        let id = format!("u-{}", Uuid::new_v4().simple());
        let (info, lufs) = match seen {
            Recognised::Medium(info, lufs) => (info, lufs),
            Recognised::Captions(cues) => {
                media.push(keep_captions(workshop, session, id, &arrival.path, &cues).await?);
                captions.push(cues);
                continue;
            }
        };
        let name = format!("{id}.{}", info.container);
        let melody = match info.kind {
            // A MIDI file is small; what it sings is read once, here.
            MediaKind::Midi => tokio::fs::read(&arrival.path).await.ok().and_then(|bytes| midi::melody(&bytes)),
            _ => None,
        };
        workshop.store.blobs().put_file(&media_key(session, &name), &arrival.path).await?;
        let came_as = arrival.path.file_name().unwrap_or_default().to_string_lossy();
        let heard = Heard { melody, lufs: lufs.map(|lufs| (lufs * 10.0).round() / 10.0) };
        media.push(medium(id, &came_as, media_url(session, &name), &info, heard));
    }
    workshop
        .change_state::<StoreError>(session, |state| {
            let mut timeline = Timeline::of(state);
            timeline.list_uploaded(&media);
            edit::place_uploads(&mut timeline, &media);
            for cues in &captions {
                edit::add_captions(&mut timeline, cues, &Look::default());
            }
            Ok(timeline.into_state())
        })
        .await?;
    Ok(media)
}

/// The captions of a file that begins as a caption file; none where it is something else.
async fn captions_in(path: &Path) -> Result<Option<Captions>, IntakeError> {
    let broken = |error: std::io::Error| IntakeError::Broken(error.to_string());
    let mut file = tokio::fs::File::open(path).await.map_err(broken)?;
    let mut bytes = Vec::with_capacity(captions::HEAD);
    (&mut file).take(captions::HEAD as u64).read_to_end(&mut bytes).await.map_err(broken)?;
    if !captions::looks_like_captions(&bytes) {
        return Ok(None);
    }
    // One byte more than is accepted tells that there is too much.
    let rest = captions::MOST_BYTES.saturating_add(1).saturating_sub(bytes.len() as u64);
    file.take(rest).read_to_end(&mut bytes).await.map_err(broken)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let read = tokio::task::spawn_blocking(move || captions::read(&bytes)).await;
    match read {
        Ok(Ok(cues)) => Ok(Some(cues)),
        Ok(Err(unfit)) => Err(IntakeError::Unusable(format!("{name} looks like a caption file, but {unfit}"))),
        Err(_) => Err(IntakeError::Broken(format!("{name} could not be read"))),
    }
}

/// Keeps a caption file beside the media; its cues lie on the timeline.
async fn keep_captions(
    workshop: &Workshop,
    session: &str,
    id: String,
    path: &Path,
    cues: &Captions,
) -> Result<Medium, IntakeError> {
    let name = format!("{id}.captions");
    workshop.store.blobs().put_file(&media_key(session, &name), path).await?;
    let came_as = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (start_ms, end_ms) = cues.span_ms();
    let facts = UploadFacts::<()> {
        file_name: came_as.clone(),
        cues: Some(cues.cues.len()),
        first_ms: Some(start_ms),
        ..UploadFacts::default()
    };
    Ok(Medium {
        id: Some(id),
        kind: Some("captions".to_owned()),
        name: Some(came_as),
        url: Some(media_url(session, &name)),
        d: Some(json!(end_ms)),
        m: facts.object(),
        ..Medium::default()
    })
}

/// What was heard in a file.
struct Heard {
    /// What a MIDI file sings.
    melody: Option<Melody>,
    /// How loud a song is, in LUFS.
    lufs: Option<f64>,
}

fn medium(id: String, name: &str, url: String, info: &MediaInfo, heard: Heard) -> Medium {
    let kind = match info.kind {
        MediaKind::Video => "video",
        MediaKind::Image => "image",
        MediaKind::Audio => "audio",
        MediaKind::Midi => "midi",
    };
    let facts = UploadFacts {
        file_name: name.to_owned(),
        has_sound: info.has_sound,
        width: info.video.as_ref().map(|video| video.width),
        height: info.video.as_ref().map(|video| video.height),
        fps: info.video.as_ref().map(|video| video.fps),
        melody: heard.melody,
        lufs: heard.lufs,
        cues: None,
        first_ms: None,
    };
    Medium {
        id: Some(id),
        kind: Some(kind.to_owned()),
        name: Some(name.to_owned()),
        url: Some(url),
        d: Some(json!(info.duration_ms)),
        m: facts.object(),
        ..Medium::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_loses_its_folders_and_control_characters() {
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name("C:\\clips\\a\nb.mp4"), "ab.mp4");
        assert_eq!(plain_name("..."), "upload");
        assert_eq!(plain_name("夏天.mp4"), "夏天.mp4");
        assert_eq!(plain_name("Mr. Smith goes to Washington"), "Mr. Smith goes to Washington");
    }

    #[test]
    fn a_long_name_keeps_its_ending_and_fits_every_file_system() {
        assert_eq!(plain_name(&format!("{}.mp4", "x".repeat(300))), format!("{}.mp4", "x".repeat(183)));
        // Three bytes each: 120 of them are more than a file system takes.
        for name in ["夏".repeat(120) + ".mp4", "夏".repeat(120), format!("a.{}", "夏".repeat(120))] {
            let plain = plain_name(&name);
            assert!(plain.len() <= LONGEST_NAME && plain.ends_with(".mp4") == name.ends_with(".mp4"), "{plain}");
        }
    }
}
