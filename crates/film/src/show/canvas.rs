//! A still made ready for the camera: upright, in YUV, as large as the camera needs it, filling the frame's shape either
//! by losing its edges or over a blurred copy of itself. Transparent parts lie on that copy, too.

use bedtrack_wire::look::{Camera, Fit};
use image::{DynamicImage, Rgba, RgbaImage};

use super::camera::ROOM;
use super::planes::{Plane, Planes, yuv};
use super::resample::{Kernel, Slab, resample};

/// A still may lose this share of its area without being asked about it.
const AUTO_LOSS: f64 = 0.34;
/// The canvas of a cropped still keeps up to this much more than the frame along its longer way, for the camera.
const SPARE: f64 = 1.45;
/// Sides of the blurred copy before it is enlarged: small is what makes it blurred.
const BACKDROP_SIDE: usize = 40;

/// Makes the canvas of a still for a frame of `frame` samples.
pub(super) fn canvas(still: DynamicImage, frame: (usize, usize), fit: Fit, camera: Camera) -> Planes {
    let room = if camera == Camera::Still { 1.0 } else { ROOM };
    let even = |side: f64| (side / 2.0).round().max(1.0) as usize * 2;
    let full = (even(frame.0 as f64 * room), even(frame.1 as f64 * room));
    let shown = (still.width().max(1) as f64, still.height().max(1) as f64);
    let cover = (full.0 as f64 / shown.0).max(full.1 as f64 / shown.1);
    let loss = 1.0 - (full.0 * full.1) as f64 / (cover * shown.0 * cover * shown.1);
    let crops = match fit {
        Fit::Crop => true,
        Fit::Pad => loss < 0.004,
        Fit::Auto => loss <= AUTO_LOSS,
    };
    // Moved and not copied: a large photo is here once.
    let picture =
        if still.color().has_alpha() { Source::rgba(&still.into_rgba8()) } else { Source::rgb(&still.into_rgb8()) };
    if crops {
        let keep = |side: f64, full: usize| {
            let spare = if camera == Camera::Still { 1.0 } else { SPARE };
            even((side * cover).min(full as f64 * spare)).max(full)
        };
        let size = (keep(shown.0, full.0), keep(shown.1, full.1));
        return picture.scaled(size, 1.0 / cover);
    }
    let whole = (full.0 as f64 / shown.0).min(full.1 as f64 / shown.1);
    let size = ((even(shown.0 * whole)).min(full.0), (even(shown.1 * whole)).min(full.1));
    let mut canvas = picture.backdrop(full, cover);
    let front = picture.scaled(size, 1.0 / whole);
    let corner = (((full.0 - size.0) / 2) & !1, ((full.1 - size.1) / 2) & !1);
    lay(&mut canvas, &front, corner);
    canvas
}

/// A picture at its own size, in planes of full size.
struct Source {
    planes: [Plane; 3],
}

impl Source {
    fn rgb(picture: &image::RgbImage) -> Self {
        Self::of(picture.dimensions(), picture.pixels().map(|pixel| pixel.0))
    }

    /// Transparent parts show a dark or a light grey, whichever the picture stands out from better.
    fn rgba(picture: &RgbaImage) -> Self {
        let (mut light, mut weight) = (0_u64, 1_u64);
        for Rgba([r, g, b, alpha]) in picture.pixels() {
            let [y, ..] = yuv([*r, *g, *b]);
            light += u64::from(y) * u64::from(*alpha);
            weight += u64::from(*alpha);
        }
        let ground: u16 = if light / weight < 110 { 236 } else { 28 };
        let on_ground = |Rgba([r, g, b, alpha]): &Rgba<u8>| {
            let alpha = u16::from(*alpha);
            [*r, *g, *b].map(|level| ((u16::from(level) * alpha + ground * (255 - alpha) + 127) / 255) as u8)
        };
        Self::of(picture.dimensions(), picture.pixels().map(on_ground))
    }

    fn of((width, height): (u32, u32), pixels: impl Iterator<Item = [u8; 3]>) -> Self {
        let (width, height) = (width as usize, height as usize);
        let plane = || Plane { width, height, samples: Vec::with_capacity(width * height) };
        let mut planes = [plane(), plane(), plane()];
        let [luma, blue, red] = &mut planes;
        for pixel in pixels {
            let [y, u, v] = yuv(pixel);
            luma.samples.push(y);
            blue.samples.push(u);
            red.samples.push(v);
        }
        Self { planes }
    }

    /// Its middle at `step` own samples for one of the result, which is `size` large.
    fn scaled(&self, size: (usize, usize), step: f64) -> Planes {
        let mut made = Planes::black(size.0, size.1);
        let [Plane { width, height, .. }, ..] = &self.planes;
        let left = (*width as f64 - size.0 as f64 * step) / 2.0;
        let top = (*height as f64 - size.1 as f64 * step) / 2.0;
        let mut slab = Slab::default();
        for (nth, (from, to)) in self.planes.iter().zip(&mut made.planes).enumerate() {
            // Chroma: two luma columns apart, standing on the left one, and between two rows.
            let (x, y, step) = if nth == 0 {
                (left + step / 2.0 - 0.5, top + step / 2.0 - 0.5, step)
            } else {
                (left + step / 2.0 - 0.5, top + step - 0.5, 2.0 * step)
            };
            let across = Kernel::new(from.width, to.width, x, step);
            let down = Kernel::new(from.height, to.height, y, step);
            resample(from, &across, &down, to, &mut slab);
        }
        made
    }

    /// A blurred copy that fills `full`.
    fn backdrop(&self, full: (usize, usize), cover: f64) -> Planes {
        let shrink = BACKDROP_SIDE as f64 / full.0.min(full.1) as f64;
        let small = |side: usize| ((side as f64 * shrink / 2.0).ceil() as usize * 2).max(4);
        let mut tiny = self.scaled((small(full.0), small(full.1)), 1.0 / (cover * shrink));
        for _ in 0..2 {
            tiny.planes.iter_mut().for_each(soften);
        }
        let mut made = Planes::black(full.0, full.1);
        let mut slab = Slab::default();
        for (from, to) in tiny.planes.iter().zip(&mut made.planes) {
            let step = (from.width as f64 / to.width as f64, from.height as f64 / to.height as f64);
            let across = Kernel::new(from.width, to.width, step.0 / 2.0 - 0.5, step.0);
            let down = Kernel::new(from.height, to.height, step.1 / 2.0 - 0.5, step.1);
            resample(from, &across, &down, to, &mut slab);
        }
        made
    }
}

/// A small binomial blur in both directions.
fn soften(plane: &mut Plane) {
    let (width, height) = (plane.width, plane.height);
    for (step, length, lines, stride) in [(1, width, height, width), (width, height, width, 1)] {
        let before = plane.samples.clone();
        for line in 0..lines {
            let level = |at: usize| before.get(line * stride + at.min(length - 1) * step).map_or(0, |v| u16::from(*v));
            for at in 0..length {
                let sum = level(at.saturating_sub(2))
                    + 4 * level(at.saturating_sub(1))
                    + 6 * level(at)
                    + 4 * level(at + 1)
                    + level(at + 2);
                if let Some(out) = plane.samples.get_mut(line * stride + at * step) {
                    *out = ((sum + 8) / 16) as u8;
                }
            }
        }
    }
}

/// Puts `front` onto `canvas` with its corner at an even place.
fn lay(canvas: &mut Planes, front: &Planes, corner: (usize, usize)) {
    for (nth, (to, from)) in canvas.planes.iter_mut().zip(&front.planes).enumerate() {
        let (x, y) = if nth == 0 { corner } else { (corner.0 / 2, corner.1 / 2) };
        let width = to.width.max(1);
        for (to, from) in to.samples.chunks_exact_mut(width).skip(y).zip(from.rows()) {
            if let Some(to) = to.get_mut(x..x + from.len()) {
                to.copy_from_slice(from);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(width: u32, height: u32, colour: [u8; 4]) -> DynamicImage {
        DynamicImage::ImageRgba8(RgbaImage::from_pixel(width, height, Rgba(colour)))
    }

    fn luma(planes: &Planes, x: usize, y: usize) -> u8 {
        planes.planes[0].rows().nth(y).unwrap()[x]
    }

    /// Light, with dark stripes of a tenth of its height at top and bottom.
    fn striped(width: u32, height: u32) -> DynamicImage {
        let mut picture = flat(width, height, [200, 200, 200, 255]).into_rgba8();
        for (_, y, pixel) in picture.enumerate_pixels_mut() {
            if y < height / 10 || y >= height - height / 10 {
                *pixel = Rgba([0, 0, 0, 255]);
            }
        }
        DynamicImage::ImageRgba8(picture)
    }

    #[test]
    fn a_near_shape_is_cropped_and_a_far_one_is_shown_whole_over_a_blurred_copy() {
        let frame = (320, 180);
        let near = canvas(striped(400, 300), frame, Fit::Auto, Camera::Still);
        assert_eq!((luma(&near, 0, 2), luma(&near, 160, 90)), (188, 188), "the stripes are cut off");
        let far = canvas(striped(100, 300), frame, Fit::Auto, Camera::Still);
        assert_eq!((luma(&far, 160, 4), luma(&far, 160, 90), far.size()), (16, 188, frame), "the stripes are seen");
        assert!(luma(&far, 4, 90) > 150, "{}", luma(&far, 4, 90));
        let cropped = canvas(striped(100, 300), frame, Fit::Crop, Camera::Still);
        assert_eq!(luma(&cropped, 160, 4), 188);
    }

    #[test]
    fn transparent_parts_lie_on_a_ground_that_the_picture_stands_out_from() {
        for (ink, ground) in [([0, 0, 0], 219), ([255, 255, 255], 40)] {
            let mut picture = RgbaImage::from_pixel(160, 90, Rgba([9, 9, 9, 0]));
            (0..90).for_each(|y| (60..100).for_each(|x| picture.put_pixel(x, y, Rgba([ink[0], ink[1], ink[2], 255]))));
            let made = canvas(DynamicImage::ImageRgba8(picture), (160, 90), Fit::Auto, Camera::Still);
            assert!(luma(&made, 5, 45).abs_diff(ground) < 3, "{} {ink:?}", luma(&made, 5, 45));
        }
    }

    #[test]
    fn any_size_becomes_a_canvas_of_the_frame_s_size_or_larger() {
        for (width, height) in [(1, 1), (1, 500), (500, 1), (3, 2), (1000, 999)] {
            for fit in [Fit::Auto, Fit::Crop, Fit::Pad] {
                for camera in [Camera::Still, Camera::Left] {
                    let made = canvas(flat(width, height, [90, 120, 30, 255]), (108, 192), fit, camera);
                    let (w, h) = made.size();
                    assert!(w >= 108 && h >= 192 && w % 2 == 0 && h % 2 == 0 && w * h < 108 * 192 * 3, "{w}x{h}");
                }
            }
        }
    }
}
