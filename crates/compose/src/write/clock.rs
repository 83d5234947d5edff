//! Bars and tempo, chosen together so that the piece is exactly as long as asked: whole bars, then a last chord that rings
//! out. Where the tempo is given the tail (and at need a part bar before it) takes up the rest.

use crate::metre::Metre;
use crate::remark::Remark;
use crate::score::Ending;

/// A bar. Positions are in quarter notes from the start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// Where it starts.
    pub at: f64,
    /// How long it is.
    pub length: f64,
}

impl Bar {
    /// Its length in sixteenths.
    pub fn steps(self) -> usize {
        (self.length * 4.0).round() as usize
    }
}

/// The bars of a piece and how fast they go.
#[derive(Debug, Clone, PartialEq)]
pub struct Clock {
    /// Beats a minute, as people tap them.
    pub bpm: f64,
    /// Quarter notes a minute.
    pub quarters_per_minute: f64,
    /// The metre.
    pub metre: Metre,
    /// All bars before the last chord.
    pub bars: Vec<Bar>,
    /// Where the last chord falls (or, in a loop, where it comes round), in quarter notes.
    pub end: f64,
    /// Length of the piece in seconds.
    pub duration: f64,
}

/// What the tempo may be.
#[derive(Debug, Clone, Copy)]
pub struct TempoBounds {
    /// Asked for exactly.
    pub fixed: Option<f64>,
    /// Where it should lie.
    pub best: f64,
    /// Lowest.
    pub low: f64,
    /// Highest.
    pub high: f64,
    /// Whether a range was asked for.
    pub asked_range: bool,
    /// Seconds the last chord needs to ring out.
    pub ring: f64,
    /// How it ends: a loop fills its length with whole bars, a fade plays on to the last moment, all else rings.
    pub ending: Ending,
}

impl Clock {
    /// The best fit of bars, tempo and tail into `duration` seconds.
    pub fn fit(duration: f64, metre: Metre, wish: &TempoBounds) -> (Self, Option<Remark>) {
        match wish.ending {
            Ending::Loop => Self::fit_loop(duration, metre, wish),
            Ending::Fade => (Self::fit_fade(duration, metre, wish), None),
            _ => Self::fit_ring(duration, metre, wish),
        }
    }

    fn fit_ring(duration: f64, metre: Metre, wish: &TempoBounds) -> (Self, Option<Remark>) {
        let ring = wish.ring.min(duration * 0.42);
        let tempos: Vec<f64> = match wish.fixed {
            Some(bpm) => vec![bpm],
            None => {
                let (low, high) = (wish.low.ceil(), wish.high.floor());
                let whole = (0..=(high - low).max(-1.0) as i64).map(|n| low + n as f64);
                let mut tempos: Vec<f64> = if high >= low { whole.collect() } else { Vec::new() };
                if tempos.is_empty() {
                    tempos.push((wish.low + wish.high) / 2.0);
                }
                tempos
            }
        };
        let mut best: Option<(f64, f64, usize, usize)> = None;
        for bpm in tempos {
            let step = 60.0 / (bpm * metre.beat()) / 4.0;
            let (bar, beat) = (step * metre.steps() as f64, step * 4.0 * metre.beat());
            let most = ((duration - ring) / bar).floor().max(0.0) as usize;
            for bars in most.saturating_sub(1)..=most {
                for part in 0..part_bars(metre) {
                    let tail = duration - bars as f64 * bar - part as f64 * beat;
                    if tail < ring - 1e-9 || bars + part == 0 {
                        continue;
                    }
                    let off = (bpm - wish.best).abs() / (wish.high - wish.low).max(8.0);
                    let odd = match bars {
                        0..8 => 0.0,
                        _ if bars.is_multiple_of(4) => 0.0,
                        _ if bars.is_multiple_of(2) => 0.1,
                        _ => 0.4,
                    };
                    let broken = if part == 0 { 0.0 } else { 0.25 + 0.25 * (bars.min(8) as f64 / 8.0) };
                    // A tail a little longer than it must be is natural; one much longer is dead air.
                    let slack = (tail - ring) / 2.0;
                    let score = off + odd + broken + slack * slack * 0.6 + slack * 0.08;
                    if best.is_none_or(|(least, ..)| score < least) {
                        best = Some((score, bpm, bars, part));
                    }
                }
            }
        }
        // So short and slow that not one beat fits before the ring: the last chord is the piece.
        let (_, bpm, bars, part) = best.unwrap_or((0.0, wish.fixed.unwrap_or(wish.best), 0, 1));
        (Self::lay(bpm, metre, bars, part, duration), None)
    }

    fn fit_loop(duration: f64, metre: Metre, wish: &TempoBounds) -> (Self, Option<Remark>) {
        let target = wish.fixed.unwrap_or(wish.best);
        let beats_per_bar = metre.quarters() / metre.beat();
        let ideal = duration * target / 60.0 / beats_per_bar;
        let mut best: Option<(f64, f64, usize)> = None;
        for bars in 1..=(ideal.ceil() as usize + 4) {
            let bpm = bars as f64 * beats_per_bar * 60.0 / duration;
            let off = (bpm / target).ln().abs() * if wish.fixed.is_some() { 60.0 } else { 8.0 };
            let outside = if bpm < wish.low || bpm > wish.high { 2.0 } else { 0.0 };
            let odd = [0.0, 0.5, 0.2, 0.5].get(bars % 4).copied().unwrap_or(0.0);
            let score = off + outside + odd;
            if best.is_none_or(|(least, ..)| score < least) {
                best = Some((score, bpm, bars));
            }
        }
        let (_, bpm, bars) = best.unwrap_or((0.0, target, 1));
        let asked = match wish.fixed {
            Some(fixed) => Some((fixed * 0.995, fixed * 1.005, (fixed, fixed))),
            None if wish.asked_range => Some((wish.low * 0.995, wish.high * 1.005, (wish.low, wish.high))),
            None => None,
        };
        let moved = asked.filter(|(low, high, _)| bpm < *low || bpm > *high);
        (Self::lay(bpm, metre, bars, 0, duration), moved.map(|(_, _, asked)| Remark::TempoMoved { asked, played: bpm }))
    }

    /// Bars to the end and a little over: the fade takes the last ones away.
    fn fit_fade(duration: f64, metre: Metre, wish: &TempoBounds) -> Self {
        let bpm = wish.fixed.unwrap_or_else(|| wish.best.round().clamp(wish.low, wish.high));
        let bar = 60.0 / (bpm * metre.beat()) * metre.quarters();
        let bars = (duration / bar - 1e-6).ceil().max(1.0) as usize;
        Self::lay(bpm, metre, bars, 0, duration)
    }

    fn lay(bpm: f64, metre: Metre, bars: usize, part_beats: usize, duration: f64) -> Self {
        let length = metre.quarters();
        let mut laid: Vec<Bar> = (0..bars).map(|n| Bar { at: n as f64 * length, length }).collect();
        let mut end = bars as f64 * length;
        if part_beats > 0 {
            let part = part_beats as f64 * metre.beat();
            laid.push(Bar { at: end, length: part });
            end += part;
        }
        Self { bpm, quarters_per_minute: bpm * metre.beat(), metre, bars: laid, end, duration }
    }

    /// Seconds at a position.
    pub fn seconds(&self, at: f64) -> f64 {
        at * 60.0 / self.quarters_per_minute
    }

    /// Bar lines in seconds, the last chord's included, to the end of the piece.
    pub fn bar_lines(&self) -> Vec<f64> {
        let mut lines: Vec<f64> =
            self.bars.iter().map(|b| self.seconds(b.at)).filter(|at| *at < self.duration - 1e-6).collect();
        let mut at = self.end;
        while self.seconds(at) < self.duration - 1e-6 {
            lines.push(self.seconds(at));
            at += self.metre.quarters();
        }
        lines
    }

    /// Beats in seconds, to the end of the piece.
    pub fn beats(&self) -> Vec<f64> {
        let bars = self.bars.iter().copied();
        let after =
            (0..).map(|n| Bar { at: self.end + f64::from(n) * self.metre.quarters(), length: self.metre.quarters() });
        let mut beats = Vec::new();
        for bar in bars.chain(after) {
            let mut at = 0.0;
            while at < bar.length - 1e-9 {
                let second = self.seconds(bar.at + at);
                if second >= self.duration - 1e-6 {
                    return beats;
                }
                beats.push(second);
                at += self.metre.beat();
            }
        }
        beats
    }
}

/// Lengths a part bar can have, in beats, none included.
fn part_bars(metre: Metre) -> usize {
    if metre.is_even() { ((metre.quarters() / metre.beat()) as usize).max(1) } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::{Clock, TempoBounds};
    use crate::metre::{COMMON, Metre};
    use crate::score::Ending;

    fn wish(fixed: Option<f64>) -> TempoBounds {
        TempoBounds { fixed, best: 85.0, low: 70.0, high: 95.0, asked_range: false, ring: 2.0, ending: Ending::Ring }
    }

    #[test]
    fn bars_and_tail_fill_the_length_and_the_tail_rings_long_enough() {
        for duration in [3.0, 5.5, 15.0, 30.0, 60.0, 187.0, 1200.0] {
            let (clock, _) = Clock::fit(duration, COMMON, &wish(None));
            let tail = duration - clock.seconds(clock.end);
            assert!(tail >= 2.0_f64.min(duration * 0.42) - 1e-6 && tail < 5.0, "{duration}: {tail}");
            assert!((70.0..=95.0).contains(&clock.bpm), "{duration}: {}", clock.bpm);
            assert!(clock.beats().is_sorted() && clock.bar_lines().is_sorted());
        }
    }

    #[test]
    fn an_asked_tempo_is_kept_to_the_beat() {
        for bpm in [40.0, 61.0, 128.0, 173.0] {
            for duration in [3.0, 10.0, 33.3, 187.0] {
                let (clock, remark) = Clock::fit(duration, COMMON, &wish(Some(bpm)));
                assert_eq!((clock.bpm, remark), (bpm, None));
            }
        }
    }

    #[test]
    fn a_loop_is_whole_bars_and_says_when_the_tempo_had_to_move() {
        let seamless = TempoBounds { ending: Ending::Loop, ..wish(Some(90.0)) };
        let (clock, remark) = Clock::fit(10.0, COMMON, &seamless);
        assert!((clock.seconds(clock.end) - 10.0).abs() < 1e-9);
        assert!(remark.is_some());
        let (clock, remark) = Clock::fit(32.0, COMMON, &seamless);
        assert_eq!((clock.bars.len(), remark), (12, None));
    }

    #[test]
    fn a_fade_has_bars_to_its_last_moment() {
        for duration in [3.0, 17.3, 60.0] {
            let (clock, _) = Clock::fit(duration, COMMON, &TempoBounds { ending: Ending::Fade, ..wish(None) });
            let over = clock.seconds(clock.end) - duration;
            assert!((-1e-6..3.5).contains(&over), "{duration}: {over}");
            assert!(clock.beats().iter().chain(&clock.bar_lines()).all(|at| *at < duration));
        }
    }

    #[test]
    fn six_eight_is_tapped_in_dotted_quarters() {
        let metre = Metre::new(6, 8).unwrap();
        let (clock, _) =
            Clock::fit(30.0, metre, &TempoBounds { best: 60.0, low: 50.0, high: 70.0, ..wish(Some(60.0)) });
        assert_eq!(clock.quarters_per_minute, 90.0);
        let beats = clock.beats();
        assert!((beats[1] - beats[0] - 1.0).abs() < 1e-9);
    }
}
