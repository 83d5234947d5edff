//! A picture as YUV planes (BT.709, limited range, 4:2:0, chroma on the left as H.264 has it), and what is done with
//! whole frames of it.

/// One plane of samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plane {
    pub width: usize,
    pub height: usize,
    pub samples: Vec<u8>,
}

/// A picture of even size: luma, then the two chroma planes of half its size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Planes {
    pub planes: [Plane; 3],
}

/// Black, and grey chroma.
const BLACK: [u8; 3] = [16, 128, 128];

impl Plane {
    pub fn new(width: usize, height: usize, level: u8) -> Self {
        Self { width, height, samples: vec![level; width * height] }
    }

    pub fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.samples.chunks_exact(self.width.max(1))
    }
}

impl Planes {
    pub fn black(width: usize, height: usize) -> Self {
        let [y, u, v] = BLACK;
        let (w, h) = (width / 2, height / 2);
        Self { planes: [Plane::new(width, height, y), Plane::new(w, h, u), Plane::new(w, h, v)] }
    }

    pub fn size(&self) -> (usize, usize) {
        let [luma, ..] = &self.planes;
        (luma.width, luma.height)
    }

    /// Bytes of all three planes.
    pub fn bytes(&self) -> usize {
        self.planes.iter().map(|plane| plane.samples.len()).sum()
    }

    /// Takes over `frame`: the three planes one after another.
    pub fn load(&mut self, frame: &[u8]) {
        let mut rest = frame;
        for plane in &mut self.planes {
            let (head, tail) = rest.split_at(plane.samples.len().min(rest.len()));
            if head.len() == plane.samples.len() {
                plane.samples.copy_from_slice(head);
            }
            rest = tail;
        }
    }

    /// Writes the three planes one after another into `frame`.
    pub fn save(&self, frame: &mut Vec<u8>) {
        frame.clear();
        self.planes.iter().for_each(|plane| frame.extend_from_slice(&plane.samples));
    }

    /// Takes over another picture of the same size.
    pub fn copy(&mut self, other: &Self) {
        for (to, from) in self.planes.iter_mut().zip(&other.planes) {
            if to.samples.len() == from.samples.len() {
                to.samples.copy_from_slice(&from.samples);
            }
        }
    }

    /// Lets `over` shine through: 0 leaves this picture as it is, 256 shows `over` alone.
    pub fn blend(&mut self, over: &Self, share: u16) {
        let share = share.min(256);
        for (to, from) in self.planes.iter_mut().zip(&over.planes) {
            for (to, from) in to.samples.iter_mut().zip(&from.samples) {
                let sum = u16::from(*to) * (256 - share) + u16::from(*from) * share;
                // At most 255 * 256 + 128 before the shift.
                *to = ((sum + 128) >> 8) as u8;
            }
        }
    }

    /// Moves this picture out to the left by `by` luma columns, and `next` in behind it.
    pub fn push_left(&mut self, next: &Self, by: usize) {
        let whole = self.size().0;
        let by = by.min(whole) & !1;
        for (to, from) in self.planes.iter_mut().zip(&next.planes) {
            let by = if to.width == whole { by } else { by / 2 };
            let width = to.width.max(1);
            for (to, from) in to.samples.chunks_exact_mut(width).zip(from.samples.chunks_exact(width)) {
                to.copy_within(by.., 0);
                if let (Some(to), Some(from)) = (to.get_mut(width - by..), from.get(..by)) {
                    to.copy_from_slice(from);
                }
            }
        }
    }
}

/// Luma and both chroma of an RGB pixel (ITU-R BT.709, 8 bits, limited range), in steps of 1/65536.
#[inline]
pub(super) fn yuv([r, g, b]: [u8; 3]) -> [u8; 3] {
    let (r, g, b) = (i32::from(r), i32::from(g), i32::from(b));
    let y = 11_966 * r + 40_254 * g + 4_064 * b;
    let u = -6_596 * r - 22_189 * g + 28_784 * b;
    let v = 28_784 * r - 26_145 * g - 2_639 * b;
    let level = |sum: i32, zero: i32| (((sum + 32_768) >> 16) + zero).clamp(0, 255) as u8;
    [level(y, 16), level(u, 128), level(v, 128)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(plane: &Plane, y: usize) -> &[u8] {
        plane.rows().nth(y).unwrap()
    }

    #[test]
    fn colours_are_those_of_bt709() {
        for (rgb, expected) in [
            ([255, 255, 255], [235, 128, 128]),
            ([0, 0, 0], [16, 128, 128]),
            ([255, 0, 0], [63, 102, 240]),
            ([0, 255, 0], [173, 42, 26]),
            ([0, 0, 255], [32, 240, 118]),
        ] {
            let got = yuv(rgb);
            assert!(got.iter().zip(expected).all(|(got, expected)| got.abs_diff(expected) <= 1), "{rgb:?} {got:?}");
        }
    }

    #[test]
    fn a_slide_shows_the_old_picture_the_new_one_and_nothing_else() {
        let (mut old, mut new) = (Planes::black(8, 2), Planes::black(8, 2));
        old.planes[0].samples.iter_mut().enumerate().for_each(|(at, level)| *level = at as u8 % 8);
        new.planes[0].samples.iter_mut().enumerate().for_each(|(at, level)| *level = 100 + at as u8 % 8);
        old.push_left(&new, 3);
        assert_eq!(row(&old.planes[0], 1), [2, 3, 4, 5, 6, 7, 100, 101]);
        old.push_left(&new, 99);
        assert_eq!(old, new);
    }

    #[test]
    fn a_blend_reaches_both_ends_exactly() {
        let (black, mut white) = (Planes::black(4, 2), Planes::black(4, 2));
        white.planes[0].samples.fill(255);
        for (share, level) in [(0, 16), (256, 255), (128, 136)] {
            let mut mixed = black.clone();
            mixed.blend(&white, share);
            assert_eq!(mixed.planes[0].samples[0], level);
        }
    }
}
