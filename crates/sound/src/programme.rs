//! The sound of a whole programme: a video's own sound, music and whatever else lies on the timeline, added up and set to
//! one loudness. Everything streams.

use super::ducker::Ducker;
use super::master::{Aim, Mastering, Spool};
use super::pcm::read_full;
use super::{Frame, Measured, PcmSource, SoundError};

/// A stretch of sound on the timeline.
pub struct Track {
    /// What is heard, from its first frame.
    pub source: Box<dyn PcmSource>,
    /// Frame of the programme at which it starts.
    pub start_frame: u64,
    /// Frames of it that are used; a source that ends sooner is silent for the rest.
    pub frames: u64,
    /// Factor.
    pub gain: f32,
    /// Frames over which it fades in.
    pub fade_in_frames: u64,
    /// Frames over which it fades out, before its end.
    pub fade_out_frames: u64,
    /// What it makes way for.
    pub duck: Option<Ducker>,
}

/// Tracks added up.
pub struct Mix {
    tracks: Vec<Playing>,
    at: u64,
    total: u64,
    work: Vec<Frame>,
}

struct Playing {
    track: Track,
    done: u64,
}

/// The sum of `tracks`, exactly `total_frames` long.
pub fn mix(tracks: Vec<Track>, total_frames: u64) -> Mix {
    let tracks = tracks.into_iter().map(|track| Playing { track, done: 0 }).collect();
    Mix { tracks, at: 0, total: total_frames, work: Vec::new() }
}

/// Gain of a fade at frame `at` of `frames`, along a quarter of a sine: two such fades that cross keep the power.
fn fade(at: u64, frames: u64) -> f32 {
    if at >= frames {
        return 1.0;
    }
    (std::f32::consts::FRAC_PI_2 * (at as f32 + 0.5) / frames as f32).sin()
}

impl PcmSource for Mix {
    fn read(&mut self, out: &mut [Frame]) -> Result<usize, SoundError> {
        let count = (out.len() as u64).min(self.total - self.at) as usize;
        let out = out.get_mut(..count).unwrap_or_default();
        out.fill([0.0; 2]);
        for playing in &mut self.tracks {
            let Playing { track, done } = playing;
            let skip = track.start_frame.saturating_sub(self.at);
            if skip >= count as u64 || *done >= track.frames {
                continue;
            }
            let part = out.get_mut(skip as usize..).unwrap_or_default();
            let wanted = (part.len() as u64).min(track.frames - *done) as usize;
            self.work.clear();
            self.work.resize(wanted, [0.0; 2]);
            let read = read_full(&mut track.source, &mut self.work)?;
            for (number, (to, from)) in part.iter_mut().zip(self.work.iter().take(read)).enumerate() {
                let at = *done + number as u64;
                let duck = track.duck.as_mut().map_or(1.0, |duck| duck.gain(track.start_frame + at));
                let gain = track.gain
                    * duck
                    * fade(at, track.fade_in_frames)
                    * fade(track.frames.saturating_sub(at + 1), track.fade_out_frames);
                to[0] += from[0] * gain;
                to[1] += from[1] * gain;
            }
            *done = if read < wanted { track.frames } else { *done + wanted as u64 };
        }
        self.at += count as u64;
        Ok(count)
    }

    fn frames_left(&self) -> Option<u64> {
        Some(self.total - self.at)
    }
}

/// Sets all of `input` to `target_lufs`, at most -1 dBTP, and gives it to `sink`. `spool` holds it in between, eight bytes
/// a frame. `watch` hears of progress, 0 to 1, and may say stop.
pub fn set_loudness(
    input: &mut dyn PcmSource,
    spool: &mut dyn Spool,
    target_lufs: f64,
    sink: &mut dyn FnMut(&[Frame]) -> Result<(), SoundError>,
    watch: &mut dyn FnMut(f32) -> bool,
) -> Result<Measured, SoundError> {
    let mut mastering = Mastering::new(spool, Aim { lufs: target_lufs, ..Aim::default() });
    let mut block = vec![[0.0; 2]; 4096];
    let frames = input.frames_left();
    let mut done = 0_u64;
    loop {
        let count = read_full(input, &mut block)?;
        if count == 0 {
            break;
        }
        mastering.push(block.get(..count).unwrap_or_default())?;
        done += count as u64;
        let way = frames.map_or(0.0, |frames| (done as f32 / frames.max(1) as f32).min(1.0));
        if !watch(way * 0.5) {
            return Err(SoundError::Stopped);
        }
    }
    mastering.finish(sink, &mut |done| watch(0.5 + done * 0.5))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Samples;

    fn constant(frames: usize, value: f32) -> Box<dyn PcmSource> {
        Box::new(Samples::new(vec![[value; 2]; frames]))
    }

    fn all(mut mix: Mix) -> Vec<Frame> {
        let mut out = Vec::new();
        // An odd size, so that tracks start and end inside blocks.
        let mut block = vec![[0.0; 2]; 77];
        loop {
            let count = mix.read(&mut block).expect("memory does not fail");
            if count == 0 {
                return out;
            }
            out.extend_from_slice(&block[..count]);
        }
    }

    #[test]
    fn tracks_lie_where_they_were_put_and_the_length_is_exact() {
        let track = |start_frame, frames, gain, source| Track {
            source,
            start_frame,
            frames,
            gain,
            fade_in_frames: 0,
            fade_out_frames: 0,
            duck: None,
        };
        let out =
            all(mix(vec![track(100, 200, 0.5, constant(1000, 1.0)), track(250, 500, 1.0, constant(100, 0.25))], 1001));
        assert_eq!(out.len(), 1001);
        assert_eq!((out[99][0], out[100][0], out[249][0]), (0.0, 0.5, 0.5));
        assert_eq!((out[250][0], out[299][0], out[300][0]), (0.75, 0.75, 0.25));
        // The second source ends before its stretch does.
        assert_eq!((out[349][0], out[350][0], out[1000][0]), (0.25, 0.0, 0.0));
    }

    #[test]
    fn fades_start_and_end_at_nothing() {
        let track = Track {
            source: constant(1000, 1.0),
            start_frame: 0,
            frames: 1000,
            gain: 1.0,
            fade_in_frames: 100,
            fade_out_frames: 300,
            duck: None,
        };
        let out = all(mix(vec![track], 1000));
        assert!(out[0][0] < 0.01 && out[999][0] < 0.01);
        assert_eq!(out[500][0], 1.0);
        assert!(out.windows(2).take(100).all(|pair| pair[1][0] >= pair[0][0]));
    }
}
