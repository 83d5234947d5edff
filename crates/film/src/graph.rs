//! The filter graph of a re-encoded film. It holds numbers only: no word of a user and no path is ever part of it.

use std::fmt::Write as _;
use std::path::PathBuf;

use bedtrack_wire::look::RECORDED_SPEED;

use super::call::{Call, seconds};
use super::media::VideoInfo;
use super::open::Seal;
use super::stage::{FrameSpan, Stage, frame_rate};

/// A picture that was drawn here: raw pixels in a file.
#[derive(Debug)]
pub(super) struct Raw {
    pub path: tempfile::TempPath,
    pub width: u32,
    pub height: u32,
    pub pixels: Pixels,
}

/// How the pixels of a [`Raw`] lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pixels {
    Grey,
    Rgb,
    Rgba,
}

impl Pixels {
    fn name(self) -> &'static str {
        match self {
            Self::Grey => "gray",
            Self::Rgb => "rgb24",
            Self::Rgba => "rgba",
        }
    }
}

/// What fills a stretch.
#[derive(Debug)]
pub(super) enum Fill<'a> {
    Black,
    Still(&'a Raw),
    /// Raw frames of the stage's own size and rate, which come through our pipe.
    Piped,
    Video {
        path: PathBuf,
        demuxer: &'static str,
        /// Where reading begins.
        from_us: u64,
        /// How much later it begins to be seen.
        lead_us: u64,
        video: &'a VideoInfo,
        seal: Option<&'a Seal>,
        crop: bool,
        /// In percent.
        speed: u32,
    },
}

/// A drawn picture that lies over the film for a while.
#[derive(Debug)]
pub(super) struct Overlay<'a> {
    pub raw: &'a Raw,
    pub x: u32,
    pub y: u32,
    /// May lie before the film's start.
    pub start_ms: i64,
    pub duration_ms: u64,
    /// How long it takes to come and to go.
    pub fades_ms: (u64, u64),
}

/// Builds the call and its graph side by side, so that inputs and their numbers stay in step.
#[derive(Debug)]
pub(super) struct Graph {
    call: Call,
    text: String,
    stage: Stage,
    joined: usize,
    layers: usize,
    /// Whether HDR can be brought to SDR here.
    tone_map: bool,
    blur: bool,
}

impl Graph {
    pub fn new(call: Call, stage: Stage, tone_map: bool, blur: bool) -> Self {
        Self { call, text: String::new(), stage, joined: 0, layers: 0, tone_map, blur }
    }

    /// Adds one stretch after the ones before.
    pub fn stretch(&mut self, stretch: &FrameSpan, fill: &Fill) {
        let (frames, number) = (stretch.frames(), self.joined);
        let Stage { width, height, rate: (over, under) } = self.stage;
        let exact =
            format!("tpad=stop_mode=clone:stop=-1,trim=end_frame={frames},setpts=PTS-STARTPTS,setsar=1[s{number}];");
        match fill {
            Fill::Black => self.add(&format!(
                "color=c=black:s={width}x{height}:r={over}/{under},format=yuv420p,trim=end_frame={frames},setsar=1[s{number}];"
            )),
            Fill::Still(raw) => {
                let input = self.raw(raw);
                self.add(&format!("[{input}:v]setsar=1,"));
                self.fitted((raw.width, raw.height), &Colour::Converted(""), false, &format!("s{number}p"));
                self.add(&format!("[s{number}p]loop=loop=-1:size=1:start=0,setpts=N*{under}/({over}*TB),{exact}"));
            }
            Fill::Piped => {
                let input = self.call.inputs();
                let (size, rate) = (format!("{width}x{height}"), format!("{over}/{under}"));
                let call = std::mem::replace(&mut self.call, Call::ffmpeg("", 0));
                self.call = call.input_pipe(&[("-pixel_format", "yuv420p"), ("-video_size", &size), ("-framerate", &rate)]);
                self.add(&format!("[{input}:v]trim=end_frame={frames},setpts=PTS-STARTPTS,setsar=1[s{number}];"));
            }
            Fill::Video { path, demuxer, from_us, lead_us, video, seal, crop, speed } => {
                let from = seconds(*from_us);
                let recorded = self.stage.micros_of(frames).saturating_mul(u64::from(*speed)) / u64::from(RECORDED_SPEED);
                let length = seconds(recorded + *lead_us + 1_000_000);
                let seek: &[(&str, &str)] = if *from_us > 0 { &[("-ss", &from)] } else { &[] };
                let input = self.call.inputs();
                let call = std::mem::replace(&mut self.call, Call::ffmpeg("", 0));
                self.call = call.input(path, demuxer, &[seek, &[("-t", length.as_str())]].concat()).sealed(path, *seal);
                self.add(&format!("[{input}:{}]", video.index));
                if *lead_us > 0 {
                    let (over, under) = frame_rate(video);
                    self.add(&format!("fps={over}/{under}:start_time={},setpts=PTS-STARTPTS,", seconds(*lead_us)));
                }
                if *speed != RECORDED_SPEED {
                    // On a clock in which every frame falls on a whole number at both speeds, so that none is off by one.
                    let (over, under) = frame_rate(video);
                    self.add(&format!(
                        "fps={over}/{under}:start_time=0,settb={under}/{},setpts=PTS*{RECORDED_SPEED}/{speed},",
                        u64::from(over) * u64::from(*speed)
                    ));
                }
                self.add(&format!("fps={over}/{under}:start_time=0,"));
                self.fitted(video.shown(), &Colour::of(video), *crop, &format!("s{number}p"));
                let light = match (video.is_hdr(), self.tone_map) {
                    (true, true) => {
                        "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,\
                         zscale=t=bt709:m=bt709:r=tv,format=yuv420p,"
                    }
                    _ => "",
                };
                self.add(&format!("[s{number}p]{light}{exact}"));
            }
        }
        self.joined += 1;
    }

    /// Scales what the open chain carries onto the stage: cropped, or whole over a blurred copy of itself where it does
    /// not fill.
    fn fitted(&mut self, shown: (u32, u32), colour: &Colour, crop: bool, label: &str) {
        let Stage { width, height, .. } = self.stage;
        let (wide, high) = self.stage.fit(shown);
        let (colour, format) = match colour {
            Colour::Hdr => (String::new(), "yuv420p10le"),
            // A scaler that is told nothing of colours hands a picture of the right size on as it is.
            Colour::OfTheStage => (String::new(), "yuv420p"),
            Colour::Converted(from) => (format!("{from}:out_color_matrix=bt709:out_range=tv"), "yuv420p"),
        };
        let scale = |w: u32, h: u32, how: &str| format!("scale={w}:{h}:flags={how}{colour},setsar=1,format={format}");
        if (wide, high) == (width, height) {
            self.add(&format!("{}[{label}];", scale(width, height, "bicubic")));
        } else if crop {
            let cover = self.stage_cover(shown, width, height);
            self.add(&format!("{},crop={width}:{height}[{label}];", scale(cover.0, cover.1, "bicubic")));
        } else if self.blur {
            let small = |pixels: u32| (pixels / 8).max(16) & !1;
            let (w, h) = (small(width), small(height));
            let cover = self.stage_cover(shown, w, h);
            self.add(&format!(
                "split[{label}a][{label}b];[{label}a]{},crop={w}:{h},gblur=sigma=5,scale={width}:{height}:flags=bilinear[{label}c];\
                 [{label}b]{}[{label}d];[{label}c][{label}d]overlay=x=(W-w)/2:y=(H-h)/2:format={}[{label}];",
                scale(cover.0, cover.1, "bilinear"),
                scale(wide, high, "bicubic"),
                if format == "yuv420p" { "yuv420" } else { "yuv420p10" },
            ));
        } else {
            self.add(&format!(
                "{},pad={width}:{height}:(ow-iw)/2:(oh-ih)/2:black[{label}];",
                scale(wide, high, "bicubic")
            ));
        }
    }

    /// The size at which a picture covers `w` by `h` whole.
    fn stage_cover(&self, shown: (u32, u32), w: u32, h: u32) -> (u32, u32) {
        let (wide, high) = (u64::from(shown.0.max(1)), u64::from(shown.1.max(1)));
        let (w, h) = (u64::from(w), u64::from(h));
        // Twice a side at most of what shows: the rest of a banner is cropped unseen, and need not be exact.
        let most = 64 * w.max(h);
        let size = if wide * h >= high * w { ((wide * h).div_ceil(high), h) } else { (w, (high * w).div_ceil(wide)) };
        let pixels = |side: u64| u32::try_from((side.min(most) + 1) & !1).unwrap_or(2);
        (pixels(size.0), pixels(size.1))
    }

    /// Joins the stretches.
    pub fn join(&mut self) {
        let labels: String = (0..self.joined).map(|number| format!("[s{number}]")).collect();
        self.add(&format!("{labels}concat=n={}:v=1:a=0[l0];", self.joined));
    }

    /// Lays a picture over all that is there so far.
    pub fn lay(&mut self, over: &Overlay) {
        let input = self.raw(over.raw);
        let (rate, under) = self.stage.rate;
        let (layer, next) = (self.layers, self.layers + 1);
        let from = over.start_ms as f64 / 1000.0;
        let length = over.duration_ms as f64 / 1000.0;
        let (rise, fall) = (over.fades_ms.0 as f64 / 1000.0, over.fades_ms.1 as f64 / 1000.0);
        let frames = self.stage.frame_at(over.duration_ms).max(1);
        let mut fades = String::new();
        if over.fades_ms.0 > 0 {
            fades.push_str(&format!("fade=t=in:st=0:d={rise:.3}:alpha=1,"));
        }
        if over.fades_ms.1 > 0 {
            fades.push_str(&format!("fade=t=out:st={:.3}:d={fall:.3}:alpha=1,", length - fall));
        }
        self.add(&format!(
            "[{input}:v]scale=out_color_matrix=bt709:out_range=tv,format=yuva420p,loop=loop=-1:size=1:start=0,\
             setpts=N*{under}/({rate}*TB),trim=end_frame={frames},{fades}setpts=PTS+({from:.3})/TB[t{next}];\
             [l{layer}][t{next}]overlay=x={}:y={}:eof_action=pass:enable='between(t,{:.3},{:.3})'[l{next}];",
            over.x,
            over.y,
            from.max(0.0),
            from + length,
        ));
        self.layers = next;
    }

    /// Lays a reel of pictures, which brings its own times, over all that is there so far.
    pub fn play(&mut self, path: &std::path::Path, x: u32, y: u32) {
        let input = self.call.inputs();
        self.input(path, "matroska");
        let (layer, next) = (self.layers, self.layers + 1);
        self.add(&format!(
            "[{input}:v]scale=out_color_matrix=bt709:out_range=tv,format=yuva420p[t{next}];\
             [l{layer}][t{next}]overlay=x={x}:y={y}:eof_action=repeat[l{next}];"
        ));
        self.layers = next;
    }

    /// Uncovers a picture from left to right over the whole film. `curtain` is twice as wide as the picture, white in
    /// its left half and black in its right, and slides.
    pub fn uncover(&mut self, raw: &Raw, curtain: &Raw, (x, y): (u32, u32), frames: u64) {
        let (picture, curtain) = (self.raw(raw), self.raw(curtain));
        let (rate, under) = self.stage.rate;
        let (layer, next) = (self.layers, self.layers + 1);
        let still = format!("loop=loop=-1:size=1:start=0,setpts=N*{under}/({rate}*TB),trim=end_frame={frames}");
        let (w, h) = (raw.width, raw.height);
        self.add(&format!(
            "[{picture}:v]scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,{still}[u{next}];\
             [{curtain}:v]{still},crop={w}:{h}:{w}*(1-n/{frames}):0[c{next}];\
             [u{next}][c{next}]alphamerge[p{next}];[l{layer}][p{next}]overlay=x={x}:y={y}:eof_action=repeat[l{next}];"
        ));
        self.layers = next;
    }

    /// Lets frames `from..from + frames` come out of black, or go into it.
    pub fn fade(&mut self, from: u64, frames: u64, into: bool) {
        let (layer, next) = (self.layers, self.layers + 1);
        let kind = if into { "out" } else { "in" };
        // The first frame of a rise and the last one of a fall are black.
        let (steps, last) = (frames.saturating_sub(1).max(1), from + frames.saturating_sub(1));
        self.add(&format!("[l{layer}]fade=t={kind}:s={from}:n={steps}:enable='between(n,{from},{last})'[l{next}];"));
        self.layers = next;
    }

    /// Ends the graph with a last chain that turns the stage's picture into the output's, and maps it.
    pub fn end(mut self, last: &str) -> Call {
        let layer = self.layers;
        self.add(&format!("[l{layer}]{last}[v]"));
        self.call.set("-filter_complex", self.text).set("-map", "[v]")
    }

    /// How many inputs the call has so far.
    pub fn inputs(&self) -> usize {
        self.call.inputs()
    }

    /// Adds a further input to the call.
    pub fn input(&mut self, path: &std::path::Path, demuxer: &'static str) {
        let call = std::mem::replace(&mut self.call, Call::ffmpeg("", 0));
        self.call = call.input(path, demuxer, &[]);
    }

    fn raw(&mut self, raw: &Raw) -> usize {
        let input = self.call.inputs();
        let size = format!("{}x{}", raw.width, raw.height);
        let rate = format!("{}/{}", self.stage.rate.0, self.stage.rate.1);
        let before =
            [("-pixel_format", raw.pixels.name()), ("-video_size", size.as_str()), ("-framerate", rate.as_str())];
        let call = std::mem::replace(&mut self.call, Call::ffmpeg("", 0));
        self.call = call.input(&raw.path, "rawvideo", &before);
        input
    }

    fn add(&mut self, text: &str) {
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{text}");
    }
}

/// How a picture's colours come onto the stage, which is bt709 in limited range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Colour {
    /// They keep their depth and matrix until they are tone-mapped.
    Hdr,
    /// They are the stage's already.
    OfTheStage,
    /// They are read in this way, which is an option of the scaler, and converted.
    Converted(&'static str),
}

impl Colour {
    /// Read as the picture says, else by the habit of its size.
    fn of(video: &VideoInfo) -> Self {
        if video.is_hdr() {
            return Self::Hdr;
        }
        let is_rgb = ["rgb", "bgr", "gbr", "pal8", "argb", "abgr"].iter().any(|start| video.pix_fmt.starts_with(start));
        let matrix = match video.matrix.as_str() {
            _ if is_rgb => "",
            "bt709" => ":in_color_matrix=bt709",
            "smpte170m" | "bt470bg" => ":in_color_matrix=bt601",
            "bt2020nc" | "bt2020c" => ":in_color_matrix=bt2020",
            "smpte240m" => ":in_color_matrix=smpte240m",
            _ if video.height >= 720 || video.width >= 1280 => ":in_color_matrix=bt709",
            _ => ":in_color_matrix=bt601",
        };
        // ffmpeg has a pixel format of its own, yuvj420p, for H.264 in full range.
        let is_limited = video.codec == "h264" && video.pix_fmt == "yuv420p";
        if is_limited && matrix == ":in_color_matrix=bt709" { Self::OfTheStage } else { Self::Converted(matrix) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_h264_in_the_stage_s_own_colours_is_handed_on_as_it_is() {
        let colour = |codec: &str, pix_fmt: &str, matrix: &str, transfer: &str| {
            let text = |text: &str| text.to_owned();
            let (codec, pix_fmt) = (text(codec), text(pix_fmt));
            let (matrix, transfer) = (text(matrix), text(transfer));
            Colour::of(&VideoInfo {
                codec,
                pix_fmt,
                matrix,
                transfer,
                width: 1920,
                height: 1080,
                ..VideoInfo::default()
            })
        };
        assert_eq!(colour("h264", "yuv420p", "bt709", ""), Colour::OfTheStage);
        assert_eq!(colour("h264", "yuv420p", "", ""), Colour::OfTheStage);
        assert_eq!(colour("h264", "yuvj420p", "bt709", ""), Colour::Converted(":in_color_matrix=bt709"));
        assert_eq!(colour("vp9", "yuv420p", "bt709", ""), Colour::Converted(":in_color_matrix=bt709"));
        assert_eq!(colour("h264", "yuv420p", "smpte170m", ""), Colour::Converted(":in_color_matrix=bt601"));
        assert_eq!(colour("h264", "gbrp", "gbr", ""), Colour::Converted(""));
        assert_eq!(colour("hevc", "yuv420p10le", "bt2020nc", "arib-std-b67"), Colour::Hdr);
    }
}
