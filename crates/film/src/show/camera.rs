//! The path of the camera over a canvas: which rectangle of it is seen at which moment of a shot. Speed is constant, so
//! that nothing stands still, jerks or comes back.

use bedtrack_wire::look::Camera;

use super::planes::{Plane, Planes};
use super::resample::{Kernel, Slab, resample};

/// How much larger than the frame a canvas is that the camera moves over.
pub(super) const ROOM: f64 = 1.14;
/// How fast the camera moves: the share of the picture's size that it gains or crosses in a second.
const SPEED: f64 = 0.024;

/// What the camera sees of a canvas, in the canvas' samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct View {
    /// The middle.
    pub x: f64,
    pub y: f64,
    /// Samples of the canvas for one of the frame.
    pub scale: f64,
}

impl View {
    /// What is seen at `at` (0 to 1) of a shot of `seconds`.
    pub fn at(camera: Camera, canvas: (usize, usize), frame: (usize, usize), seconds: f64, at: f64) -> Self {
        let (wide, high) = (canvas.0 as f64, canvas.1 as f64);
        let most = (wide / frame.0 as f64).min(high / frame.1 as f64);
        let way = (SPEED * seconds).min(0.13);
        let (mut x, mut y, mut scale) = (0.5, 0.5, most);
        match camera {
            Camera::Still => {}
            // The size that is seen grows by the same factor each frame: that is what looks even.
            Camera::In => scale = most * (1.0 - way).powf(at),
            Camera::Out => scale = most * (1.0 - way).powf(1.0 - at),
            Camera::Left | Camera::Right => {
                scale = most / ROOM;
                let (free_x, free_y) = (wide - scale * frame.0 as f64, high - scale * frame.1 as f64);
                let along = if camera == Camera::Right { at } else { 1.0 - at };
                // The camera goes where the picture has more to show.
                let (free, size, place) =
                    if free_x >= free_y { (free_x, wide, &mut x) } else { (free_y, high, &mut y) };
                let path = (way * size).min(free) / size;
                *place = 0.5 + path * (along - 0.5);
            }
        }
        Self { x: x * wide, y: y * high, scale }
    }

    /// The same view from nearer by a factor.
    pub fn nearer(self, factor: f64) -> Self {
        Self { scale: self.scale / factor, ..self }
    }

    /// Draws what is seen into `out`.
    pub fn draw(&self, canvas: &Planes, out: &mut Planes, slab: &mut Slab) {
        let (wide, high) = out.size();
        if canvas.size() == out.size() && (self.scale - 1.0).abs() < 1e-9 {
            out.copy(canvas);
            return;
        }
        // Edges of the view; a sample's centre lies half a sample inside.
        let left = self.x - self.scale * wide as f64 / 2.0;
        let top = self.y - self.scale * high as f64 / 2.0;
        let half = self.scale / 2.0;
        let luma = (left + half - 0.5, top + half - 0.5);
        // Chroma stands on the left of each pair of luma samples, and between the two rows.
        let chroma = ((left + half - 0.5) / 2.0, (top + self.scale) / 2.0 - 0.5);
        for (nth, (from, to)) in canvas.planes.iter().zip(&mut out.planes).enumerate() {
            let (x, y) = if nth == 0 { luma } else { chroma };
            self.plane(from, to, (x, y), slab);
        }
    }

    fn plane(&self, from: &Plane, to: &mut Plane, (x, y): (f64, f64), slab: &mut Slab) {
        let across = Kernel::new(from.width, to.width, x, self.scale);
        let down = Kernel::new(from.height, to.height, y, self.scale);
        resample(from, &across, &down, to, slab);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANVAS: (usize, usize) = (2188, 1232);
    const FRAME: (usize, usize) = (1920, 1080);

    #[test]
    fn every_move_stays_on_the_canvas_and_never_goes_back() {
        for camera in [Camera::In, Camera::Out, Camera::Left, Camera::Right, Camera::Still] {
            let views: Vec<View> =
                (0..=180).map(|n| View::at(camera, CANVAS, FRAME, 6.0, f64::from(n) / 180.0)).collect();
            for view in &views {
                let (w, h) = (view.scale * FRAME.0 as f64 / 2.0, view.scale * FRAME.1 as f64 / 2.0);
                assert!(view.x - w > -0.01 && view.x + w < CANVAS.0 as f64 + 0.01, "{camera:?} {view:?}");
                assert!(view.y - h > -0.01 && view.y + h < CANVAS.1 as f64 + 0.01, "{camera:?} {view:?}");
            }
            // Where a point of the canvas stands in the frame, frame by frame: even steps in one direction.
            let place = |view: &View| (300.0 - view.x) / view.scale;
            let steps: Vec<f64> = views.windows(2).map(|pair| place(&pair[1]) - place(&pair[0])).collect();
            let (least, most) = steps.iter().fold((f64::MAX, f64::MIN), |(l, m), step| (l.min(*step), m.max(*step)));
            assert!(least * most >= 0.0, "{camera:?}: back and forth, {least} to {most}");
            assert!((most - least).abs() <= 0.16 * most.abs().max(least.abs()) + 1e-9, "{camera:?}: {least} {most}");
        }
    }

    #[test]
    fn a_view_of_the_whole_canvas_is_the_canvas() {
        let mut canvas = Planes::black(64, 48);
        canvas.planes[0].samples.iter_mut().enumerate().for_each(|(at, level)| *level = (at * 31 % 251) as u8);
        let mut out = Planes::black(64, 48);
        View::at(Camera::Still, (64, 48), (64, 48), 2.0, 0.3).draw(&canvas, &mut out, &mut Slab::default());
        assert_eq!(out, canvas);
    }
}
