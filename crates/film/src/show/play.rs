//! Playing a show: frame by frame, what the cameras see of one picture or of two that give way to each other, handed to
//! the encoder as raw YUV.

use std::collections::BTreeMap;
use std::sync::Arc;

use bedtrack_wire::look::{Camera, Transition, TransitionKind};
use tokio::io::AsyncWriteExt;
use tokio::process::ChildStdin;

use super::camera::View;
use super::planes::Planes;
use super::resample::Slab;
use super::source::{Animation, Canvases, Decoded};
use crate::FilmError;
use crate::blocking::run_blocking;
use crate::call::Call;
use crate::graph::Graph;
use crate::inspected::Inspected;
use crate::media::MediaKind;
use crate::plan::Clip;
use crate::scene::{Scene, moving};
use crate::stage::FrameSpan;
use crate::tools::Tools;
use crate::watch::Watch;

/// How near the camera comes at the end of a zoom.
const ZOOM: f64 = 1.6;

/// One stretch of the film with its transition, in frames.
#[derive(Debug, Clone, Copy)]
struct Scheduled {
    stretch: FrameSpan,
    /// Frames for which the picture before shares the screen, and how.
    enter: (u64, TransitionKind),
    /// Frames for which it is held under the next picture.
    held: u64,
}

/// A picture that is on show.
enum Source {
    Black(Arc<Planes>),
    Still(Arc<Planes>),
    Moving(Animation),
    Clip(Box<Decoded>),
}

/// What is seen in one frame.
struct Look {
    picture: Arc<Planes>,
    view: View,
}

/// What painting needs from frame to frame.
struct Painter {
    front: Planes,
    back: Planes,
    slab: Slab,
    bytes: Vec<u8>,
}

/// Whether a plan has to be played: it has stills, or more than one shot. One child that shows all shots would hold a
/// decoder with its frames for each of them from start to end.
pub(crate) fn is_show(clips: &[Clip]) -> bool {
    clips.len() > 1 || clips.iter().any(|clip| clip.kind == MediaKind::Image)
}

/// Plays a scene into the encoder's input.
pub(crate) async fn play(
    tools: &Tools,
    scene: &Scene<'_>,
    stretches: &[FrameSpan],
    mut encoder: ChildStdin,
    watch: &Watch,
) -> Result<(), FilmError> {
    let size = (scene.stage.width as usize, scene.stage.height as usize);
    let schedule = schedule(scene, stretches);
    let mut painter = Painter {
        front: Planes::black(size.0, size.1),
        back: Planes::black(size.0, size.1),
        slab: Slab::default(),
        bytes: Vec::new(),
    };
    let mut hall = Hall { tools, scene, size, canvases: Canvases::default(), shown: BTreeMap::new() };
    for (nth, now) in schedule.iter().enumerate() {
        for at in 0..now.stretch.frames() {
            watch.check()?;
            let (frames, kind) = now.enter;
            let before = nth.checked_sub(1).filter(|_| at < frames);
            let leaving = match before.and_then(|before| Some((before, schedule.get(before)?))) {
                Some((number, before)) => Some(hall.look(number, before, before.stretch.frames() + at).await?),
                None => {
                    hall.shown.retain(|number, _| *number >= nth);
                    None
                }
            };
            // A clip alone is already as the encoder wants it.
            if leaving.is_none()
                && let Some(frame) = hall.frame(nth, now).await?
            {
                if encoder.write_all(frame).await.is_err() {
                    return Ok(());
                }
                continue;
            }
            let look = hall.look(nth, now, at).await?;
            let share = (at as f64 + 1.0) / (frames as f64 + 1.0);
            painter = run_blocking(move || {
                painter.paint(&look, leaving.as_ref(), kind, share);
                Ok(painter)
            })
            .await?;
            // An encoder that is gone says itself why.
            if encoder.write_all(&painter.bytes).await.is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Turns transitions into frames. No transition is longer than the pictures that it joins.
fn schedule(scene: &Scene, stretches: &[FrameSpan]) -> Vec<Scheduled> {
    let clip = |stretch: &FrameSpan| stretch.clip.and_then(|at| scene.plan.clips.get(at));
    let mut schedule: Vec<Scheduled> = Vec::with_capacity(stretches.len());
    for stretch in stretches {
        let enter = clip(stretch).and_then(|clip| clip.enter);
        let enter = enter.filter(|enter| enter.kind != TransitionKind::Cut);
        let (mut frames, kind) = match enter {
            Some(Transition { kind, duration_ms }) => (scene.stage.frame_at(duration_ms), kind),
            None => (0, TransitionKind::Cut),
        };
        frames = frames.min(stretch.frames());
        match schedule.last_mut() {
            Some(before) => before.held = frames,
            None => frames = 0,
        }
        schedule.push(Scheduled { stretch: *stretch, enter: (frames, kind), held: 0 });
    }
    schedule
}

/// The pictures that are on show, and those that may come again.
struct Hall<'a> {
    tools: &'a Tools,
    scene: &'a Scene<'a>,
    size: (usize, usize),
    canvases: Canvases,
    shown: BTreeMap<usize, Source>,
}

impl Hall<'_> {
    /// The next frame of a stretch that shows a clip.
    async fn frame(&mut self, number: usize, now: &Scheduled) -> Result<Option<&[u8]>, FilmError> {
        match self.source(number, now).await? {
            Source::Clip(clip) => clip.next().await.map(Some),
            _ => Ok(None),
        }
    }

    /// What is seen of a stretch `at` frames after it began.
    async fn look(&mut self, number: usize, now: &Scheduled, at: u64) -> Result<Look, FilmError> {
        let whole = now.stretch.frames() + now.held;
        let stage = self.scene.stage;
        let moves =
            now.stretch.clip.and_then(|at| self.scene.plan.clips.get(at)).map_or(Camera::Still, |clip| clip.camera);
        let (picture, camera) = match self.source(number, now).await? {
            Source::Black(picture) => (Arc::clone(picture), Camera::Still),
            Source::Still(picture) => (Arc::clone(picture), moves),
            Source::Moving(animation) => (animation.at(stage.micros_of(at) / 1000).await?, Camera::Still),
            Source::Clip(clip) => (clip.picture().await?, Camera::Still),
        };
        let seconds = stage.micros_of(whole) as f64 / 1e6;
        let share = at as f64 / whole.saturating_sub(1).max(1) as f64;
        let view = View::at(camera, picture.size(), self.size, seconds, share.min(1.0));
        Ok(Look { picture, view })
    }

    /// What a stretch shows, opened when it is first looked at.
    async fn source(&mut self, number: usize, now: &Scheduled) -> Result<&mut Source, FilmError> {
        if !self.shown.contains_key(&number) {
            let source = self.open(now).await?;
            self.shown.insert(number, source);
        }
        self.shown.get_mut(&number).ok_or_else(|| FilmError::BadResult("a picture went away".to_owned()))
    }

    async fn open(&mut self, now: &Scheduled) -> Result<Source, FilmError> {
        let clip = now.stretch.clip.and_then(|at| Some((self.scene.plan.clips.get(at)?, self.scene.clips.get(at)?)));
        let Some((clip, seen)) = clip else {
            return Ok(Source::Black(Arc::new(Planes::black(self.size.0, self.size.1))));
        };
        if clip.kind != MediaKind::Image {
            return self.decode(clip, seen, now).await.map(|decoded| Source::Clip(Box::new(decoded)));
        }
        if seen.info.video.as_ref().is_some_and(|video| video.frames > 1) {
            return Ok(Source::Moving(Animation::start(clip.path.clone(), self.size, clip.fit)));
        }
        Ok(Source::Still(self.canvases.of(&clip.path, self.size, clip.fit, clip.camera).await?))
    }

    /// Starts a child that decodes a clip at the frame's size and rate.
    async fn decode(&self, clip: &Clip, seen: &Inspected, now: &Scheduled) -> Result<Decoded, FilmError> {
        let stage = self.scene.stage;
        let blur = self.tools.has_filters(&["gblur"]).await?;
        let tone_map = self.tools.has_filters(&["zscale", "tonemap"]).await?;
        let stretch = FrameSpan { to: now.stretch.to + now.held, ..now.stretch };
        let length_ms = stage.micros_of(stretch.frames()) / 1000;
        // The clip waits for the show, which waits for the encoder: its time is the whole film's.
        let call = Call::ffmpeg("reading a clip", length_ms.max(self.scene.plan.duration_ms));
        let mut graph = Graph::new(call, stage, tone_map, blur);
        graph.stretch(&stretch, &moving(clip, seen, tone_map, &mut Vec::new())?);
        graph.join();
        let child = graph.end("format=yuv420p").into_pipe("rawvideo").read(self.tools).await?;
        Ok(Decoded::of(child, self.size))
    }
}

impl Painter {
    /// Paints one frame; `share` says how far a transition has come.
    fn paint(&mut self, look: &Look, leaving: Option<&Look>, kind: TransitionKind, share: f64) {
        let Some(leaving) = leaving else {
            look.view.draw(&look.picture, &mut self.front, &mut self.slab);
            self.front.save(&mut self.bytes);
            return;
        };
        // Slow at both ends.
        let eased = share * share * (3.0 - 2.0 * share);
        look.view.draw(&look.picture, &mut self.back, &mut self.slab);
        match kind {
            TransitionKind::Zoom => {
                let view = leaving.view.nearer(ZOOM.powf(share * share));
                view.draw(&leaving.picture, &mut self.front, &mut self.slab);
                self.front.blend(&self.back, (eased * 256.0) as u16);
            }
            TransitionKind::Slide => {
                leaving.view.draw(&leaving.picture, &mut self.front, &mut self.slab);
                // Fast first, so that the eye sees it begin on the beat.
                let way = 1.0 - (1.0 - share).powi(3);
                let by = (way * self.front.size().0 as f64) as usize;
                self.front.push_left(&self.back, by);
            }
            TransitionKind::Crossfade | TransitionKind::Cut => {
                leaving.view.draw(&leaving.picture, &mut self.front, &mut self.slab);
                self.front.blend(&self.back, (eased * 256.0) as u16);
            }
        }
        self.front.save(&mut self.bytes);
    }
}
