//! Cuts among the frames: where much changes at once that no motion explains, far more than around it, and does not come
//! back as after a flash. A fade through black counts as one cut, at its darkest.

use super::found::{Cut, Pace};
use super::glance::Glance;

/// Change (mean of 255, light and colour) from which a cut is possible, and how far above the frames around it.
const LEAST: f32 = 9.0;
const ABOVE: f32 = 2.8;
/// Change that is a cut whatever the frames around it do.
const CERTAIN: f32 = 60.0;
/// Frames to either side that a change is compared with.
const AROUND: usize = 8;
/// Longest flash in seconds.
const FLASH: f64 = 0.25;
/// Light of black (video range, where black is 16), and of what can be seen.
const BLACK: f32 = 22.0;
const SEEN: f32 = 32.0;
/// Seconds that motion is told for, and its scale.
const STEP_MS: u64 = 500;
const BUSY: f32 = 14.0;

/// A frame beside the one before.
#[derive(Debug, Clone, Copy)]
struct FrameChange {
    change: f32,
    difference: f32,
    palette: f32,
    light: f32,
    /// Whether what stood before came back soon after.
    passes: bool,
}

/// Looks at frames one by one.
pub struct Watching {
    rate: f64,
    before: Option<Glance>,
    steps: Vec<FrameChange>,
    /// Frames before sudden changes, with the number of the changed frame, for as long as a flash may last.
    pending: Vec<(usize, Glance)>,
}

impl Watching {
    /// Frames come `rate` a second.
    pub fn new(rate: f64) -> Self {
        Self { rate: rate.max(0.1), before: None, steps: Vec::new(), pending: Vec::new() }
    }

    /// Time of the newest frame in ms.
    pub fn at_ms(&self) -> u64 {
        self.ms(self.steps.len())
    }

    fn ms(&self, frame: usize) -> u64 {
        (frame as f64 * 1000.0 / self.rate).round() as u64
    }

    /// Takes the next frame.
    pub fn see(&mut self, frame: &[u8]) {
        let now = Glance::new(frame);
        let number = self.steps.len();
        let longest = (FLASH * self.rate).ceil() as usize;
        self.pending.retain(|(since, _)| number - since <= longest);
        for (since, old) in &self.pending {
            if let Some(step) = self.steps.get_mut(*since)
                && old.change(&now) < 0.35 * step.change
            {
                step.passes = true;
            }
        }
        let mut step = FrameChange { change: 0.0, difference: 0.0, palette: 0.0, light: now.light, passes: false };
        if let Some(before) = &self.before {
            step.difference = before.difference(&now);
            // Most frames hardly differ; looking for where their blocks went would tell nothing.
            step.change = if step.difference < 2.0 { step.difference } else { before.change(&now) };
            step.palette = before.palette(&now);
            if step.change >= LEAST {
                self.pending.push((number, before.clone()));
            }
        }
        self.steps.push(step);
        self.before = Some(now);
    }

    /// What was seen.
    pub fn finish(self) -> Pace {
        let mut pace = Pace::default();
        let mut sudden = vec![false; self.steps.len()];
        let mut flash_until = 0;
        for (number, step) in self.steps.iter().enumerate() {
            if !self.stands_out(number) {
                continue;
            }
            if let Some(sudden) = sudden.get_mut(number) {
                *sudden = true;
            }
            if step.passes {
                pace.flashes.push(self.ms(number));
                flash_until = number + (FLASH * self.rate).ceil() as usize;
            } else if number > flash_until {
                pace.cuts.push(Cut { at_ms: self.ms(number), strength: (step.change / CERTAIN).clamp(0.05, 1.0) });
            }
        }
        self.through_black(&mut pace.cuts);
        pace.cuts.sort_by_key(|cut| cut.at_ms);
        // No shot is shorter than two tenths of a second.
        pace.cuts.dedup_by(|later, kept| later.at_ms - kept.at_ms < 200);
        pace.cuts.retain(|cut| cut.at_ms >= 200);
        pace.motion = self.motion(&sudden);
        pace
    }

    fn stands_out(&self, number: usize) -> bool {
        let Some(step) = self.steps.get(number) else { return false };
        if step.change < LEAST || number == 0 {
            return false;
        }
        if step.change > CERTAIN && step.palette > 0.25 {
            return true;
        }
        let around = number.saturating_sub(AROUND)..(number + AROUND + 1).min(self.steps.len());
        let mut others: Vec<f32> = around
            .filter(|at| *at != number && *at != 0)
            .filter_map(|at| self.steps.get(at))
            .map(|step| step.change)
            .collect();
        others.sort_by(f32::total_cmp);
        // The second largest, so that a flash or another cut nearby hides nothing.
        let busy = others.iter().rev().nth(1).copied().unwrap_or(0.0);
        step.change > ABOVE * busy + 3.0 && (step.palette > 0.04 || step.change > 2.0 * LEAST)
    }

    fn through_black(&self, cuts: &mut Vec<Cut>) {
        let mut at = 0;
        while at < self.steps.len() {
            let dark = |step: &FrameChange| step.light < BLACK;
            let Some(from) = self.steps.iter().skip(at).position(dark).map(|skip| at + skip) else { break };
            let to = self.steps.iter().skip(from).position(|step| !dark(step)).map(|skip| from + skip);
            let Some(to) = to else { break };
            at = to + 1;
            // A third of a second of picture on both sides: flashes in the dark are no shots.
            let lit = |range: std::ops::Range<usize>| {
                let range = range.start..range.end.min(self.steps.len());
                let seen = self.steps.get(range).unwrap_or_default().iter().filter(|step| step.light > SEEN).count();
                seen as f64 > self.rate / 3.0
            };
            let second = self.rate.ceil() as usize;
            let (start, end) = (self.ms(from), self.ms(to));
            let is_known = cuts.iter().any(|cut| cut.at_ms + 300 >= start && cut.at_ms <= end + 300);
            if from > 0
                && end - start <= 2_000
                && lit(from.saturating_sub(second)..from)
                && lit(to..to + second)
                && !is_known
            {
                cuts.push(Cut { at_ms: (start + end) / 2, strength: 0.5 });
            }
        }
    }

    fn motion(&self, sudden: &[bool]) -> Vec<(u64, f32)> {
        let count = ((STEP_MS as f64 / 1000.0) * self.rate).round().max(1.0) as usize;
        let stretches = self.steps.chunks(count).zip(sudden.chunks(count)).enumerate();
        stretches
            .map(|(number, (steps, sudden))| {
                let calm: Vec<f32> =
                    steps.iter().zip(sudden).filter(|(_, sudden)| !**sudden).map(|(step, _)| step.difference).collect();
                let mean = calm.iter().sum::<f32>() / calm.len().max(1) as f32;
                // A film at half the frames moves twice as far from one to the next.
                let speed = mean * self.rate as f32 / 25.0;
                (self.ms(number * count), 1.0 - (-speed / BUSY).exp())
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::glance::{BYTES, HIGH, WIDE};
    use super::*;

    /// A shot: stripes of its own that move.
    fn frame(shot: usize, number: usize) -> Vec<u8> {
        let mut planes = vec![128_u8; BYTES];
        for row in 0..HIGH {
            for column in 0..WIDE {
                let wave = ((column + number) / (3 + shot) + row / (2 + shot * 2)) % 2;
                planes[row * WIDE + column] = (40 + wave * 120 + shot * 20) as u8;
            }
        }
        planes
    }

    fn watch(frames: impl IntoIterator<Item = Vec<u8>>) -> Pace {
        let mut watching = Watching::new(25.0);
        frames.into_iter().for_each(|frame| watching.see(&frame));
        watching.finish()
    }

    #[test]
    fn cuts_are_found_to_the_frame_and_motion_is_none() {
        let pace = watch((0..150).map(|number| frame(number / 50, number)));
        let cuts: Vec<u64> = pace.cuts.iter().map(|cut| cut.at_ms).collect();
        assert_eq!((cuts, pace.flashes.len()), (vec![2_000, 4_000], 0));
        assert!(pace.motion.iter().all(|(_, motion)| *motion > 0.3), "{:?}", pace.motion);
    }

    #[test]
    fn a_flash_is_no_cut() {
        let pace =
            watch((0..100).map(|number| if (40..43).contains(&number) { vec![235; BYTES] } else { frame(1, 0) }));
        assert_eq!(pace.cuts, []);
        assert_eq!(pace.flashes, [1_600]);
    }

    #[test]
    fn a_fade_through_black_is_one_cut_at_its_darkest() {
        let fade = |number: usize| {
            let light = (number as f32 - 50.0).abs() / 30.0;
            let mut one = frame(usize::from(number > 50), 0);
            one.iter_mut().take(WIDE * HIGH).for_each(|pixel| {
                *pixel = 16 + (f32::from(pixel.saturating_sub(16)) * (light - 0.1).clamp(0.0, 1.0)) as u8;
            });
            one
        };
        let pace = watch((0..100).map(fade));
        assert_eq!(pace.cuts.len(), 1, "{:?}", pace.cuts);
        assert!(pace.cuts[0].at_ms.abs_diff(2_000) < 120, "{:?}", pace.cuts);
    }

    #[test]
    fn a_still_has_neither_cuts_nor_motion() {
        let pace = watch((0..60).map(|_| frame(2, 0)));
        assert_eq!((pace.cuts.len(), pace.flashes.len()), (0, 0));
        assert!(pace.motion.iter().all(|(_, motion)| *motion < 0.01));
        assert_eq!(watch([]), Pace::default());
    }
}
