//! Memory of the last moments of a signal, written and read a row at a time.

use super::BLOCK;

/// Frames around a point between frames that are needed on top of those in a row.
const AROUND: usize = 3;

/// The last values of one channel; its size is a power of two.
#[derive(Debug, Clone)]
pub struct Delay {
    memory: Vec<f32>,
    mask: usize,
    /// Where the next value goes.
    next: usize,
}

impl Delay {
    /// Room for delays of up to `frames`, behind a row of up to [`BLOCK`].
    pub fn new(frames: usize) -> Self {
        let size = (frames + BLOCK + AROUND).next_power_of_two();
        Self { memory: vec![0.0; size], mask: size - 1, next: 0 }
    }

    /// Remembers `values`, the last as the newest.
    #[inline]
    pub fn write<const N: usize>(&mut self, values: &[f32; N]) {
        let place = self.next;
        self.next = (place + N) & self.mask;
        // A slot of known size is copied without a call.
        if let Some(slots) = self.memory.get_mut(place..).and_then(|rest| rest.first_chunk_mut()) {
            *slots = *values;
            return;
        }
        let (first, second) = values.split_at(N.min(self.memory.len() - place));
        for (values, start) in [(first, place), (second, 0)] {
            if let Some(slots) = self.memory.get_mut(start..start + values.len()) {
                slots.copy_from_slice(values);
            }
        }
    }

    /// What lies `frames` before each of the next `N` values; `frames` is at least `N`.
    #[inline]
    pub fn read<const N: usize>(&self, frames: usize) -> [f32; N] {
        let place = self.next.wrapping_sub(frames) & self.mask;
        if let Some(values) = self.memory.get(place..).and_then(|rest| rest.first_chunk()) {
            return *values;
        }
        let mut values = [0.0; N];
        self.copy(place, &mut values);
        values
    }

    /// What lies `frames` before each of the last `N` values, `frames` growing by `step` with each, between frames by a
    /// cubic through four neighbours (Catmull-Rom), which keeps treble that a straight line would dull. `frames` stays at
    /// least 1; `N` is at most [`BLOCK`].
    pub fn glide<const N: usize>(&self, frames: f32, step: f32) -> [f32; N] {
        let mut out = [0.0; N];
        let mut heard = [0.0; BLOCK + AROUND];
        let mut done = 0;
        while let Some(rest) = out.get_mut(done..).filter(|rest| !rest.is_empty()) {
            let now = frames + done as f32 * step;
            let whole = now as usize;
            let part = now - whole as f32;
            // As far as the four neighbours move on evenly.
            let even = if step > 0.0 { ((1.0 - part) / step).ceil() } else { (part / -step).floor() + 1.0 };
            let count = (even as usize).clamp(1, rest.len());
            let Some(heard) = heard.get_mut(..count + AROUND) else { break };
            self.copy(self.next.wrapping_sub(N - done + whole + 2), heard);
            for ((number, out), neighbours) in rest.iter_mut().enumerate().zip(heard.windows(4)) {
                let &[d, c, b, a] = neighbours else { continue };
                let t = part + number as f32 * step;
                let c1 = 0.5 * (c - a);
                let c2 = a - 2.5 * b + 2.0 * c - 0.5 * d;
                let c3 = 0.5 * (d - a) + 1.5 * (b - c);
                *out = ((c3 * t + c2) * t + c1) * t + b;
            }
            done += count;
        }
        out
    }

    /// Copies what lies from `place` on.
    fn copy(&self, place: usize, out: &mut [f32]) {
        let place = place & self.mask;
        let (first, second) = out.split_at_mut(out.len().min(self.memory.len() - place));
        for (out, start) in [(first, place), (second, 0)] {
            if let Some(values) = self.memory.get(start..start + out.len()) {
                out.copy_from_slice(values);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_comes_back_after_its_delay_wherever_it_lies_in_memory() {
        let mut delay = Delay::new(100);
        for row in 0..50 {
            let expected: [f32; 32] = std::array::from_fn(|at| (row * 32 + at) as f32 - 100.0);
            let heard: [f32; 32] = delay.read(100);
            assert_eq!(heard, expected.map(|value| value.max(0.0)));
            delay.write::<32>(&std::array::from_fn(|at| (row * 32 + at) as f32));
        }
    }

    #[test]
    fn a_gliding_delay_finds_the_points_between_frames() {
        // Through a parabola the cubic is exact.
        let wave = |at: f64| 0.001 * at * at - 0.3 * at;
        for (from, step) in [(40.5_f32, 0.0_f32), (40.5, 0.013), (60.25, -0.031), (41.0, 0.5), (200.0, -0.7)] {
            let mut delay = Delay::new(300);
            for row in 0..8 {
                delay.write::<128>(&std::array::from_fn(|at| wave((row * 128 + at) as f64) as f32));
                if row < 3 {
                    continue;
                }
                let heard: [f32; 128] = delay.glide(from, step);
                for (at, value) in heard.iter().enumerate() {
                    let frames = f64::from(from) + at as f64 * f64::from(step);
                    let wanted = wave((row * 128 + at) as f64 - frames);
                    assert!((f64::from(*value) - wanted).abs() < 2e-3, "{from} {step} {row} {at}: {value} {wanted}");
                }
            }
        }
    }
}
