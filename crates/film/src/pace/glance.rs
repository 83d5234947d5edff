//! A frame at a glance: small, in light and colour, and how it differs from another when things have moved a little.

/// Size of a frame.
pub const WIDE: usize = 64;
pub const HIGH: usize = 36;
const PIXELS: usize = WIDE * HIGH;
/// Bytes of a frame: light, and two planes of colour.
pub const BYTES: usize = PIXELS * 3;

/// Blocks that may have moved, and how far each way.
const BLOCK: usize = 8;
const ROWS: usize = 9;
const REACH: isize = 3;
/// Levels of a histogram.
const LEVELS: usize = 16;

/// A frame.
#[derive(Debug, Clone)]
pub struct Glance {
    planes: Vec<u8>,
    histogram: [f32; LEVELS * 3],
    /// Mean light, 0 to 255.
    pub light: f32,
}

impl Glance {
    /// Keeps a frame of [`BYTES`] bytes.
    pub fn new(frame: &[u8]) -> Self {
        let mut histogram = [0.0_f32; LEVELS * 3];
        for (plane, pixels) in frame.chunks(PIXELS).take(3).enumerate() {
            for pixel in pixels {
                let level = plane * LEVELS + usize::from(*pixel) * LEVELS / 256;
                if let Some(count) = histogram.get_mut(level) {
                    *count += 1.0 / PIXELS as f32;
                }
            }
        }
        let light = frame.iter().take(PIXELS).map(|pixel| f32::from(*pixel)).sum::<f32>() / PIXELS as f32;
        Self { planes: frame.to_vec(), histogram, light }
    }

    /// Mean difference of the pixels as they lie, 0 to 255.
    pub fn difference(&self, other: &Self) -> f32 {
        let sum: u64 = self.planes.iter().zip(&other.planes).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        sum as f32 / PIXELS as f32
    }

    /// Mean difference that no small move explains: each block of the other frame is laid where it fits best.
    pub fn change(&self, other: &Self) -> f32 {
        let mut sum = 0_u32;
        for top in (0..HIGH).step_by(ROWS) {
            for left in (0..WIDE).step_by(BLOCK) {
                let mut least = self.block(other, left, top, 0, 0, u32::MAX);
                for down in -REACH..=REACH {
                    for right in -REACH..=REACH {
                        if least > 0 && (down, right) != (0, 0) {
                            least = least.min(self.block(other, left, top, right, down, least));
                        }
                    }
                }
                sum += least;
            }
        }
        sum as f32 / PIXELS as f32
    }

    /// Difference of one block, laid `right` and `down` in the other frame; given up once it reaches `limit`.
    fn block(&self, other: &Self, left: usize, top: usize, right: isize, down: isize, limit: u32) -> u32 {
        let (Some(far_left), Some(far_top)) = (left.checked_add_signed(right), top.checked_add_signed(down)) else {
            return u32::MAX;
        };
        if far_left + BLOCK > WIDE || far_top + ROWS > HIGH {
            return u32::MAX;
        }
        let mut sum = 0_u32;
        for plane in 0..3 {
            for row in 0..ROWS {
                let (here, there) =
                    (plane * PIXELS + (top + row) * WIDE + left, plane * PIXELS + (far_top + row) * WIDE + far_left);
                let one = self.planes.get(here..here + BLOCK).unwrap_or_default();
                let two = other.planes.get(there..there + BLOCK).unwrap_or_default();
                sum += one.iter().zip(two).map(|(a, b)| u32::from(a.abs_diff(*b))).sum::<u32>();
            }
            if sum >= limit {
                return sum;
            }
        }
        sum
    }

    /// How differently light and colour are spread, 0 to 1.
    pub fn palette(&self, other: &Self) -> f32 {
        self.histogram.iter().zip(&other.histogram).map(|(a, b)| (a - b).abs()).sum::<f32>() / 6.0
    }
}
