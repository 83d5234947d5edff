//! The beats along a tempo: of all ways to tap through a song, the one that meets most onsets and stays closest to the
//! tempo (Ellis, "Beat tracking by dynamic programming", 2007).

use super::tempo::Pace;

/// What leaving the tempo costs, in parts of an onset of usual strength.
const TIGHT: f32 = 180.0;

/// Moments of the beats, in order.
pub fn beats(curve: &[f32], pace: &Pace) -> Vec<f64> {
    let logs: Vec<f32> = (0..1024).map(|gap| (gap.max(1) as f32).ln()).collect();
    let mut totals: Vec<f32> = Vec::with_capacity(curve.len());
    let mut before: Vec<Option<usize>> = Vec::with_capacity(curve.len());
    for (now, onset) in curve.iter().enumerate() {
        let period = pace.at(now as f64) as f32;
        let (nearest, farthest) = ((period * 0.6) as usize, (period * 1.6) as usize);
        let log_period = period.ln();
        let (mut best, mut from) = (0.0_f32, None);
        for gap in nearest.max(1)..=farthest.min(1023) {
            let Some(then) = now.checked_sub(gap) else { break };
            let off = logs.get(gap).copied().unwrap_or(0.0) - log_period;
            let total = totals.get(then).copied().unwrap_or(0.0) - TIGHT * off * off;
            if total > best {
                (best, from) = (total, Some(then));
            }
        }
        totals.push(best + onset);
        before.push(from);
    }
    let last_beat = curve.len().saturating_sub(pace.at(curve.len() as f64) as usize);
    let end = totals.iter().enumerate().skip(last_beat).max_by(|a, b| a.1.total_cmp(b.1)).map(|(at, _)| at);
    let mut moments = Vec::new();
    let mut at = end;
    while let Some(now) = at {
        moments.push(now as f64);
        at = before.get(now).copied().flatten();
    }
    moments.reverse();
    moments
}

/// The beats that lie `share` of a beat after these: what would be tapped by someone who takes the off-beat for the beat.
pub fn shifted(curve: &[f32], pace: &Pace, beats: &[f64], share: f64) -> Vec<f64> {
    let mut masked = vec![0.0_f32; curve.len()];
    let first = beats.first().map(|first| first - pace.at(*first));
    for beat in first.iter().chain(beats) {
        let period = pace.at(*beat);
        let (middle, width) = (beat + share * period, 0.13 * period);
        let (from, to) = ((middle - 2.0 * width).max(0.0) as usize, (middle + 2.0 * width).max(0.0) as usize);
        for at in from..=to {
            let far = (at as f64 - middle) / width;
            let weight = (-0.5 * far * far).exp() as f32;
            if let (Some(to), Some(from)) = (masked.get_mut(at), curve.get(at)) {
                // A little of everything, so that a quiet stretch is tapped through the middle too.
                *to = to.max((from + 0.3) * weight);
            }
        }
    }
    self::beats(&masked, pace)
}
