//! Music that makes way for speech: down just before someone speaks, down through their pauses, and back up slowly.

use super::RATE;
use super::hear::speech::Span;

/// How far it goes down, in dB. Six are heard as a courtesy, twelve as an absence.
const DEPTH_DB: f64 = 9.0;
/// Seconds that it takes to go down before the first word, and to come back after the last.
const ATTACK: f64 = 0.2;
const RELEASE: f64 = 0.7;
/// Seconds that it stays down after the last word.
const HANGOVER: f64 = 0.1;
/// Pauses shorter than this are bridged; music that rushes into each would pump.
const BRIDGE: f64 = 0.8;

/// A curve of gain over a programme.
#[derive(Debug, Clone)]
pub struct Ducker {
    /// Stretches of speech in seconds, in order, apart by more than [`BRIDGE`].
    stretches: Vec<(f64, f64)>,
    /// The stretch that the last asked frame belongs to.
    near: usize,
}

impl Ducker {
    /// Makes way for `speech`, whose times count from the programme's start; they may overlap and be in any order.
    pub fn new(speech: &[Span]) -> Self {
        let mut spans: Vec<(f64, f64)> =
            speech.iter().map(|span| (span.start_ms as f64 / 1000.0, span.end_ms as f64 / 1000.0)).collect();
        spans.retain(|(start, end)| end > start);
        spans.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut stretches: Vec<(f64, f64)> = Vec::new();
        for (start, end) in spans {
            match stretches.last_mut() {
                Some(last) if start - last.1 < BRIDGE => last.1 = last.1.max(end),
                _ => stretches.push((start, end)),
            }
        }
        Self { stretches, near: 0 }
    }

    /// The factor at a frame of the programme. Frames are asked for in order.
    pub fn gain(&mut self, frame: u64) -> f32 {
        let now = frame as f64 / f64::from(RATE);
        while self.stretches.get(self.near + 1).is_some_and(|next| now > next.0 - ATTACK) {
            self.near += 1;
        }
        let depth = |at: Option<usize>| at.and_then(|at| self.stretches.get(at)).map_or(0.0, |span| depth(*span, now));
        // The one before may still be on its way up.
        let deepest = depth(Some(self.near)).max(depth(self.near.checked_sub(1)));
        if deepest > 0.0 { 10_f64.powf(-DEPTH_DB * deepest / 20.0) as f32 } else { 1.0 }
    }
}

/// How far down it is for one stretch, 0 to 1, along halves of a cosine: no corner is heard.
fn depth((start, end): (f64, f64), now: f64) -> f64 {
    let way = if now < start { (now - start + ATTACK) / ATTACK } else { 1.0 - (now - end - HANGOVER) / RELEASE };
    0.5 - 0.5 * (std::f64::consts::PI * way.clamp(0.0, 1.0)).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decibels(spans: &[(u64, u64)], seconds: f64) -> Vec<f64> {
        let spans: Vec<Span> = spans.iter().map(|&(start_ms, end_ms)| Span { start_ms, end_ms }).collect();
        let mut ducker = Ducker::new(&spans);
        let frames = (seconds * f64::from(RATE)) as u64;
        (0..frames).step_by(48).map(|frame| 20.0 * f64::from(ducker.gain(frame)).log10()).collect()
    }

    #[test]
    fn music_is_down_when_the_first_word_falls_and_back_up_after_the_last() {
        let curve = decibels(&[(2_000, 4_000)], 8.0);
        assert_eq!(curve[1_790], 0.0);
        assert!((curve[2_000] + 9.0).abs() < 0.01 && (curve[4_050] + 9.0).abs() < 0.01);
        assert!(curve[4_400] < -1.0 && curve[4_810] > -0.01);
    }

    #[test]
    fn short_pauses_are_bridged_and_long_ones_are_not() {
        let curve = decibels(&[(1_000, 2_000), (2_700, 3_500), (6_000, 7_000)], 10.0);
        assert!(curve[1_000..3_500].iter().all(|level| *level < -8.99));
        assert!(curve[5_000] > -0.01);
    }

    #[test]
    fn the_curve_has_no_steps_even_where_it_turns_on_its_way_up() {
        let curve = decibels(&[(1_000, 2_000), (2_850, 3_500), (3_000, 3_200)], 6.0);
        assert!(curve.windows(2).all(|pair| (pair[1] - pair[0]).abs() < 0.12), "a millisecond moves it that far only");
        assert!(curve.iter().all(|level| (-9.01..=0.0).contains(level)));
    }
}
