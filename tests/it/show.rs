//! A music video out of photos and clips, against the real ffmpeg: what is seen when, in finished files.

use std::path::{Path, PathBuf};
use std::process::Command;

use bedtrack_agent::beats::{self, Grid, Picture, Section};
use bedtrack_agent::read::Wish;
use bedtrack_film::{Clip, Film, FilmFormat, FilmPlan, MediaKind, Quality, Watch};
use bedtrack_wire::look::{Aspect, Camera, Fit, Transition, TransitionKind};

use crate::harness::media;

const RATE: f64 = 30.0;

fn plan(clips: Vec<Clip>, duration_ms: u64, aspect: Aspect) -> FilmPlan {
    FilmPlan {
        clips,
        titles: Vec::new(),
        sound: None,
        cover: None,
        duration_ms,
        aspect,
        format: FilmFormat::Mp4,
        quality: Quality::Draft,
    }
}

/// A photo of one grey.
fn photo(folder: &Path, level: u8) -> PathBuf {
    let path = folder.join(format!("grey{level}.png"));
    let colour = format!("color=0x{level:02x}{level:02x}{level:02x}:s=320x180");
    media::ffmpeg(&["-f", "lavfi", "-i", &colour, "-frames:v", "1", "-update", "1"], &path);
    path
}

async fn render(film: &Film, plan: &FilmPlan, out: &Path) {
    let work = tempfile::tempdir().unwrap();
    film.render(plan, work.path(), out, &Watch::default()).await.unwrap();
    assert_eq!(work.path().read_dir().unwrap().count(), 0, "nothing is left behind");
}

/// Every frame in grey, `width` by `height`.
fn frames(film: &Path, (width, height): (usize, usize)) -> Vec<Vec<u8>> {
    let done = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(film)
        .args(["-vf", &format!("scale={width}:{height}:flags=area,format=gray"), "-f", "rawvideo", "-"])
        .output()
        .unwrap();
    done.stdout.chunks_exact(width * height).map(<[u8]>::to_vec).collect()
}

fn mean(frame: &[u8]) -> f64 {
    frame.iter().map(|level| f64::from(*level)).sum::<f64>() / frame.len() as f64
}

#[tokio::test]
async fn cuts_in_the_finished_film_lie_on_beats_and_every_photo_comes_once_before_any_comes_again() {
    let folder = tempfile::tempdir().unwrap();
    let film = Film::locate(None);
    let levels = [40_u8, 200, 90, 250, 140];
    let photos: Vec<PathBuf> = levels.iter().map(|level| photo(folder.path(), *level)).collect();
    // Swung, and a little off any whole number of frames.
    let beats: Vec<f64> =
        (0..50).map(|n| 0.211 + 0.483 * f64::from(n) + if n % 2 == 1 { 0.031 } else { 0.0 }).collect();
    let bars: Vec<f64> = beats.iter().step_by(4).copied().collect();
    let sections = [Section { start: 0.0, end: 10.0, energy: 0.2 }, Section { start: 10.0, end: 24.0, energy: 0.9 }];
    let grid = Grid { beats: &beats, downbeats: &bars, sections: &sections };
    for kind in [TransitionKind::Cut, TransitionKind::Crossfade, TransitionKind::Slide, TransitionKind::Zoom] {
        let shots = beats::cut(&[Picture { clip_ms: None }; 5], &grid, 24_000, Wish::Only(kind));
        let clips = shots.iter().map(|shot| Clip {
            enter: shot.enter,
            camera: shot.camera,
            ..Clip::new(photos[shot.picture].clone(), MediaKind::Image, 0, shot.duration_ms, shot.start_ms)
        });
        let out = folder.path().join(format!("{kind:?}.mp4"));
        render(&film, &plan(clips.collect(), 24_000, Aspect::Wide), &out).await;
        let seen: Vec<f64> = frames(&out, (16, 9)).iter().map(|frame| mean(frame)).collect();
        assert_eq!(seen.len(), 720);
        let mut on_beat = 0;
        for pair in shots.windows(2) {
            let (before, after) = (f64::from(levels[pair[0].picture]), f64::from(levels[pair[1].picture]));
            // In a crossfade the middle is what counts, in everything else the start.
            let share = if kind == TransitionKind::Crossfade { 0.5 } else { 0.02 };
            let edge = before + (after - before) * share;
            let from = (pair[1].start_ms as f64 / 1000.0 * RATE) as usize;
            let passed = (from.saturating_sub(6)..(from + 45).min(720))
                .find(|at| if after > before { seen[*at] > edge } else { seen[*at] < edge })
                .unwrap();
            let at = passed as f64 / RATE;
            on_beat += usize::from(beats.iter().any(|beat| (beat - at).abs() <= 0.045));
        }
        let cuts = shots.len() - 1;
        assert!(on_beat * 100 >= cuts * 95, "{kind:?}: {on_beat} of {cuts}");
        let order: Vec<usize> = shots.iter().map(|shot| shot.picture).collect();
        assert!(order.iter().enumerate().all(|(nth, picture)| *picture == nth % 5), "{order:?}");
        // The greys come out as they went in: a camera over an even wall sees an even wall.
        let middle = (shots[1].start_ms + shots[1].duration_ms) as f64 / 1000.0 * RATE - 3.0;
        assert!((seen[middle as usize] - 200.0).abs() < 2.5, "{}", seen[middle as usize]);
    }
}

#[tokio::test]
async fn the_camera_moves_evenly_and_never_back() {
    let folder = tempfile::tempdir().unwrap();
    let film = Film::locate(None);
    let path = folder.path().join("edge.png");
    // One dark edge on light, which the camera passes.
    media::ffmpeg(
        &[
            "-f",
            "lavfi",
            "-i",
            "color=white:s=960x540,drawbox=x=600:w=360:h=540:t=fill:c=black",
            "-frames:v",
            "1",
            "-update",
            "1",
        ],
        &path,
    );
    for camera in [Camera::Right, Camera::Left, Camera::In, Camera::Out] {
        let clip = Clip { camera, ..Clip::new(path.clone(), MediaKind::Image, 0, 4_000, 0) };
        let out = folder.path().join(format!("{camera:?}.mp4"));
        render(&film, &FilmPlan { quality: Quality::High, ..plan(vec![clip], 4_000, Aspect::Wide) }, &out).await;
        // Where the edge stands, to fractions of a pixel: where the row passes the middle grey.
        let place = |row: &Vec<u8>| {
            let at = row.iter().position(|level| *level < 128).unwrap();
            let (light, dark) = (f64::from(row[at - 1]), f64::from(row[at]));
            at as f64 + (light - 128.0) / (light - dark)
        };
        let places: Vec<f64> = frames(&out, (960, 1)).iter().map(place).collect();
        let steps: Vec<f64> = places.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let way: f64 = steps.iter().sum();
        assert!(way.abs() > 5.0, "{camera:?}: {way}");
        // A tenth of a pixel is what a key frame of the encoder moves an edge by; a jerk is a whole pixel.
        let back = steps.iter().filter(|step| **step * way.signum() < -0.15).count();
        assert_eq!(back, 0, "{camera:?}: {steps:?}");
        let mean = way / steps.len() as f64;
        let jitter = (steps.iter().map(|step| (step - mean).powi(2)).sum::<f64>() / steps.len() as f64).sqrt();
        assert!(jitter < 0.12, "{camera:?}: {jitter} around {mean}");
    }
}

#[tokio::test]
async fn animations_move_clips_play_and_holes_are_filled_in_every_shape() {
    let folder = tempfile::tempdir().unwrap();
    let film = Film::locate(None);
    let path = |name: &str| folder.path().join(name);
    let moving = "color=black:s=120x120:r=10:d=1,drawbox=x=20:y=20:w=80:h=80:t=fill:c=white:enable='gte(t,0.5)'";
    media::ffmpeg(&["-f", "lavfi", "-i", moving], &path("a.gif"));
    media::ffmpeg(
        &["-f", "lavfi", "-i", moving, "-c:v", "libwebp_anim", "-lossless", "1", "-loop", "0"],
        &path("a.webp"),
    );
    let hole = "color=white:s=300x100,format=rgba,geq=r=255:g=255:b=255:a='if(between(X,100,199),255,0)'";
    media::ffmpeg(&["-f", "lavfi", "-i", hole, "-frames:v", "1", "-update", "1"], &path("hole.png"));
    let clip = media::clip(folder.path(), "clip.mp4", 2, false);
    let slow = Some(Transition { kind: TransitionKind::Crossfade, duration_ms: 400 });
    let at =
        |name: &str, start_ms: u64| Clip { enter: slow, ..Clip::new(path(name), MediaKind::Image, 0, 2_000, start_ms) };
    let clips = vec![
        at("a.gif", 0),
        at("a.webp", 2_000),
        Clip { camera: Camera::In, fit: Fit::Pad, ..at("hole.png", 4_000) },
        Clip { enter: slow, ..Clip::new(clip, MediaKind::Video, 0, 2_000, 6_000) },
    ];
    for (aspect, (width, height)) in [
        (Aspect::Wide, (320, 180)),
        (Aspect::Tall, (180, 320)),
        (Aspect::Square, (200, 200)),
        (Aspect::Portrait, (200, 250)),
    ] {
        let out = path(&format!("{width}x{height}.mp4"));
        render(&film, &plan(clips.clone(), 8_000, aspect), &out).await;
        let info = film.probe(&out).await.unwrap();
        let video = info.video.unwrap();
        let ratio = f64::from(video.width) / f64::from(video.height);
        assert!((ratio - width as f64 / height as f64).abs() < 0.02, "{aspect:?}: {video:?}");
        assert_eq!((info.duration_ms, video.frames), (8_000, 240));
        let seen = frames(&out, (width, height));
        let middle = |at: usize| f64::from(seen[at][height / 2 * width + width / 2]);
        // The square comes after half a second, and again in every round.
        for at in [(4, 20), (34, 50), (76, 80), (95, 110)] {
            let (dark, light) = at;
            if dark != 76 {
                assert!(
                    middle(dark) < 60.0 && middle(light) > 190.0,
                    "{aspect:?} {at:?}: {} {}",
                    middle(dark),
                    middle(light)
                );
            }
        }
        assert!(middle(150) > 190.0, "the white of the picture with holes");
        let clip_moves = seen[200].iter().zip(&seen[230]).filter(|(a, b)| a.abs_diff(**b) > 20).count();
        assert!(clip_moves > 50, "{aspect:?}: the clip plays");
    }
}
