//! Memory of the last moments of a signal.

/// The last values of one channel; its size is a power of two.
#[derive(Debug, Clone)]
pub struct Delay {
    memory: Vec<f32>,
    mask: usize,
    at: usize,
}

impl Delay {
    /// Room for delays of up to `frames`.
    pub fn new(frames: usize) -> Self {
        let size = (frames + 4).next_power_of_two();
        Self { memory: vec![0.0; size], mask: size - 1, at: 0 }
    }

    /// Remembers `value` as the newest.
    #[inline]
    pub fn push(&mut self, value: f32) {
        self.at = (self.at + 1) & self.mask;
        if let Some(slot) = self.memory.get_mut(self.at) {
            *slot = value;
        }
    }

    /// The value `frames` before the newest.
    #[inline]
    pub fn tap(&self, frames: usize) -> f32 {
        self.memory.get(self.at.wrapping_sub(frames) & self.mask).copied().unwrap_or(0.0)
    }

    /// What lies `frames` before each of the next `out.len()` values; `frames` is at least as many as those.
    #[inline]
    pub fn read(&self, frames: usize, out: &mut [f32]) {
        let from = (self.at + 1).wrapping_sub(frames) & self.mask;
        let (first, second) = out.split_at_mut(out.len().min(self.memory.len() - from));
        for (out, start) in [(first, from), (second, 0)] {
            out.copy_from_slice(self.memory.get(start..start + out.len()).unwrap_or_default());
        }
    }

    /// Remembers `values`, the last as the newest.
    #[inline]
    pub fn write(&mut self, values: &[f32]) {
        let from = (self.at + 1) & self.mask;
        let (first, second) = values.split_at(values.len().min(self.memory.len() - from));
        for (values, start) in [(first, from), (second, 0)] {
            if let Some(slots) = self.memory.get_mut(start..start + values.len()) {
                slots.copy_from_slice(values);
            }
        }
        self.at = (self.at + values.len()) & self.mask;
    }

    /// The value `frames` before the newest, between frames by a cubic through four neighbours (Catmull-Rom), which
    /// keeps treble that a straight line would dull. `frames` is at least 1.
    #[inline]
    pub fn between(&self, frames: f32) -> f32 {
        let whole = frames as usize;
        let t = frames - whole as f32;
        let (a, b, c, d) =
            (self.tap(whole.saturating_sub(1)), self.tap(whole), self.tap(whole + 1), self.tap(whole + 2));
        let c1 = 0.5 * (c - a);
        let c2 = a - 2.5 * b + 2.0 * c - 0.5 * d;
        let c3 = 0.5 * (d - a) + 1.5 * (b - c);
        ((c3 * t + c2) * t + c1) * t + b
    }
}
