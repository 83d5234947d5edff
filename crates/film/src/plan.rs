//! What a film is to be made of: the caller's side of a render.

use std::path::PathBuf;

use bedtrack_wire::look::{Aspect, Camera, Fit, RECORDED_SPEED, Transition};
use serde::{Deserialize, Serialize};

use super::FilmError;
use super::limits::LIMITS;
use super::media::MediaKind;
use super::titles::TitleCard;

/// A film to make. Times are ms on the film's own clock.
#[derive(Debug, Clone, PartialEq)]
pub struct FilmPlan {
    /// Pictures, one after another; where two overlap the later one wins, and gaps are black.
    pub clips: Vec<Clip>,
    /// Words over the picture.
    pub titles: Vec<TitleCard>,
    /// The finished programme: WAV, 48 kHz, stereo, at its loudness. None for a silent film.
    pub sound: Option<PathBuf>,
    /// What to show where there is no picture at all.
    pub cover: Option<Cover>,
    /// The film's length. A picture that is copied keeps its own to the frame.
    pub duration_ms: u64,
    /// The shape of the picture.
    pub aspect: Aspect,
    /// What kind of file comes out.
    pub format: FilmFormat,
    /// How much effort and size.
    pub quality: Quality,
}

/// A stretch of a video, or a still that is shown for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clip {
    /// The file.
    pub path: PathBuf,
    /// Video or image.
    pub kind: MediaKind,
    /// Where in the file it begins.
    pub in_ms: u64,
    /// How long it is shown.
    pub duration_ms: u64,
    /// When in the film it begins.
    pub start_ms: u64,
    /// How it comes in over what is shown before it.
    pub enter: Option<Transition>,
    /// How the camera moves over it, where it is a still.
    pub camera: Camera,
    /// What becomes of it where the film has another shape.
    pub fit: Fit,
    /// How fast a video plays, in percent of how it was recorded.
    pub speed: u32,
    /// Over how long it comes out of black, in ms.
    pub fade_in_ms: u64,
    /// Over how long it goes into black at its end, in ms.
    pub fade_out_ms: u64,
}

impl Clip {
    /// A clip that comes in with a hard cut and is looked at without a move.
    pub fn new(path: PathBuf, kind: MediaKind, in_ms: u64, duration_ms: u64, start_ms: u64) -> Self {
        Self {
            path,
            kind,
            in_ms,
            duration_ms,
            start_ms,
            enter: None,
            camera: Camera::Still,
            fit: Fit::Auto,
            speed: RECORDED_SPEED,
            fade_in_ms: 0,
            fade_out_ms: 0,
        }
    }
}

/// What stands for a picture where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    /// The words on it.
    pub title: String,
}

/// Files with a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FilmFormat {
    /// H.264 and AAC in MP4.
    Mp4,
    /// The same in QuickTime.
    Mov,
    /// VP9 and Opus in WebM.
    Webm,
    /// At most 480 pixels and 15 s, silent.
    Gif,
    /// A still of one third in.
    Jpg,
    /// The same without loss.
    Png,
}

/// Files with sound alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SoundFormat {
    /// MP3 with a gapless header.
    Mp3,
    /// AAC in MP4.
    M4a,
    /// AAC in ADTS: a bare stream, without exact ends.
    Aac,
    /// FLAC of 24 bits.
    Flac,
    /// WAV of 24 bits.
    Wav,
}

/// How much effort and size; the numbers are in `quality.toml`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quality {
    /// Quick and small, to look at.
    Draft,
    /// To publish.
    #[default]
    Standard,
    /// To keep.
    High,
}

/// A finished film.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// Its size.
    pub bytes: u64,
    /// Its length; 0 for a still.
    pub duration_ms: u64,
    /// What the user should know, a sentence each: why the picture was re-encoded, what was left out.
    pub notes: Vec<String>,
    /// Whether the picture is the source's, bit for bit.
    pub picture_copied: bool,
    /// Loudness of the encoded sound in LUFS, where it has sound.
    pub lufs: Option<f64>,
    /// Its highest true peak in dBTP.
    pub true_peak_db: Option<f64>,
}

impl FilmPlan {
    /// Refuses what no film can be made of.
    pub(super) fn check(&self) -> Result<(), FilmError> {
        let bad = |why: &str| Err(FilmError::BadPlan(why.to_owned()));
        if self.duration_ms == 0 {
            return bad("the film has no length");
        }
        if self.duration_ms > LIMITS.media_seconds * 1000 {
            let (seconds, limit) = (self.duration_ms.div_ceil(1000), LIMITS.media_seconds);
            return bad(&format!("the film is {seconds} s long; at most {limit} s are supported"));
        }
        if self
            .clips
            .iter()
            .any(|clip| clip.duration_ms == 0 || !matches!(clip.kind, MediaKind::Video | MediaKind::Image))
        {
            return bad("a clip has no picture or no length");
        }
        if self.clips.is_empty() && self.cover.is_none() {
            return bad("there is no picture, and no cover to stand for one");
        }
        Ok(())
    }

    /// The part of the film from `from` on for `length`, as a film of its own without sound.
    pub(super) fn window(&self, from: u64, length: u64) -> Self {
        let to = from.saturating_add(length).min(self.duration_ms);
        let clips = self.clips.iter().filter_map(|clip| {
            let (start, end) = (clip.start_ms.max(from), clip.start_ms.saturating_add(clip.duration_ms).min(to));
            (start < end).then(|| Clip {
                in_ms: clip.in_ms.saturating_add(
                    (start - clip.start_ms).saturating_mul(u64::from(clip.speed)) / u64::from(RECORDED_SPEED),
                ),
                duration_ms: end - start,
                start_ms: start - from,
                // What began before the window has come in already.
                enter: clip.enter.filter(|_| clip.start_ms >= from),
                camera: if clip.start_ms >= from { clip.camera } else { Camera::Still },
                fade_in_ms: if clip.start_ms >= from { clip.fade_in_ms } else { 0 },
                fade_out_ms: if end == clip.start_ms.saturating_add(clip.duration_ms) { clip.fade_out_ms } else { 0 },
                ..clip.clone()
            })
        });
        let shift = i64::try_from(from).unwrap_or(i64::MAX);
        let titles = self.titles.iter().map(|title| TitleCard { start_ms: title.start_ms - shift, ..title.clone() });
        Self {
            clips: clips.collect(),
            titles: titles.collect(),
            duration_ms: to.saturating_sub(from).max(1),
            cover: self.cover.clone(),
            sound: self.sound.clone(),
            ..*self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::titles::TitleLook;
    use bedtrack_wire::title::{Position, Style};

    #[test]
    fn a_window_keeps_what_is_seen_in_it() {
        let clip = |start_ms| Clip::new("a".into(), MediaKind::Video, 500, 4000, start_ms);
        let title = TitleCard {
            text: "t".into(),
            start_ms: 0,
            duration_ms: 3000,
            position: Position::Center,
            style: Style::Title,
            look: TitleLook::default(),
        };
        let plan = FilmPlan {
            clips: vec![clip(0), clip(4000)],
            titles: vec![title],
            sound: None,
            cover: None,
            duration_ms: 8000,
            aspect: Aspect::Source,
            format: FilmFormat::Png,
            quality: Quality::Standard,
        };
        plan.check().unwrap();
        let seen = plan.window(2666, 40);
        assert_eq!((seen.clips.len(), seen.clips[0].in_ms, seen.clips[0].start_ms), (1, 3166, 0));
        assert_eq!((seen.clips[0].duration_ms, seen.titles[0].start_ms, seen.duration_ms), (40, -2666, 40));
        assert!(FilmPlan { duration_ms: 0, ..plan }.check().is_err());
    }
}
