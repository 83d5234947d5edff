//! Where the pictures of a show come from: stills are made ready once and kept, animations run beside the show one
//! frame ahead, and clips are decoded by a child at the frame's size.

use std::path::PathBuf;
use std::sync::Arc;

use bedtrack_wire::look::{Camera, Fit};
use tokio::sync::mpsc;

use super::canvas::canvas;
use super::planes::Planes;
use crate::FilmError;
use crate::blocking::run_blocking;
use crate::child::Reading;
use crate::stills;

/// Bytes of canvases that are kept for a second showing.
const KEPT_BYTES: usize = 96 << 20;
/// No frame of an animation is shown shorter than this; players do the same.
const SHORTEST_MS: u64 = 20;

/// Canvases by what they were made from, the newest last.
#[derive(Debug, Default)]
pub(super) struct Canvases {
    kept: Vec<(Key, Arc<Planes>)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    path: PathBuf,
    fit: Fit,
    moves: bool,
}

impl Canvases {
    /// The canvas of a still, made now or before.
    pub async fn of(
        &mut self,
        path: &std::path::Path,
        frame: (usize, usize),
        fit: Fit,
        camera: Camera,
    ) -> Result<Arc<Planes>, FilmError> {
        let key = Key { path: path.to_owned(), fit, moves: camera != Camera::Still };
        if let Some((_, canvas)) = self.kept.iter().find(|(known, _)| *known == key) {
            return Ok(Arc::clone(canvas));
        }
        let path = key.path.clone();
        let made = run_blocking(move || Ok(canvas(stills::upright(&path)?, frame, fit, camera))).await?;
        let made = Arc::new(made);
        self.kept.push((key, Arc::clone(&made)));
        while self.kept.len() > 1 && self.kept.iter().map(|(_, canvas)| canvas.bytes()).sum::<usize>() > KEPT_BYTES {
            self.kept.remove(0);
        }
        Ok(made)
    }
}

/// A running animation.
#[derive(Debug)]
pub(super) struct Animation {
    frames: mpsc::Receiver<Result<(Planes, u64), FilmError>>,
    now: Arc<Planes>,
    /// When the present frame ends, in ms from the shot's start.
    until_ms: u64,
}

impl Animation {
    /// Starts it; it is repeated for as long as it is looked at.
    pub fn start(path: PathBuf, frame: (usize, usize), fit: Fit) -> Self {
        let (send, frames) = mpsc::channel(1);
        tokio::task::spawn_blocking(move || {
            loop {
                let sent = stills::animate(&path, &mut |still, ms| {
                    send.blocking_send(Ok((canvas(still, frame, fit, Camera::Still), ms.max(SHORTEST_MS)))).is_ok()
                });
                match sent {
                    Ok(true) => {}
                    Ok(false) => return,
                    Err(fault) => {
                        // Nobody listens any more where this fails.
                        let _ = send.blocking_send(Err(fault));
                        return;
                    }
                }
            }
        });
        Self { frames, now: Arc::new(Planes::black(frame.0, frame.1)), until_ms: 0 }
    }

    /// What it shows so many ms after its start.
    pub async fn at(&mut self, ms: u64) -> Result<Arc<Planes>, FilmError> {
        while self.until_ms <= ms {
            match self.frames.recv().await {
                Some(Ok((planes, length))) => {
                    self.now = Arc::new(planes);
                    self.until_ms += length;
                }
                Some(Err(fault)) => return Err(fault),
                None => return Err(FilmError::BadResult("an animation stopped".to_owned())),
            }
        }
        Ok(Arc::clone(&self.now))
    }
}

/// A clip as it is decoded, frame by frame.
#[derive(Debug)]
pub(super) struct Decoded {
    child: Reading,
    bytes: Vec<u8>,
    size: (usize, usize),
}

impl Decoded {
    /// Takes the output of a child that writes raw frames of this size.
    pub fn of(child: Reading, (width, height): (usize, usize)) -> Self {
        let mut bytes = Vec::new();
        Planes::black(width, height).save(&mut bytes);
        Self { child, bytes, size: (width, height) }
    }

    /// The next frame, its planes one after another; the last one again where the clip is over.
    pub async fn next(&mut self) -> Result<&[u8], FilmError> {
        self.child.fill(&mut self.bytes).await?;
        Ok(&self.bytes)
    }

    /// The next frame as a picture.
    pub async fn picture(&mut self) -> Result<Arc<Planes>, FilmError> {
        let mut planes = Planes::black(self.size.0, self.size.1);
        planes.load(self.next().await?);
        Ok(Arc::new(planes))
    }
}
