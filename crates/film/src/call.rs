//! One call of ffmpeg or ffprobe, built like a table of flags and values. Every call carries the same guards: no
//! standard input, local files only, a single named demuxer for each input (so that no playlist or manifest is ever
//! opened), a limit on pixels, threads and output size. `child` runs it.

use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::FilmError;
use super::error::name_of;
use super::fence::Gate;
use super::limits::LIMITS;
use super::open::Seal;

/// Which of the two programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tool {
    Ffmpeg,
    Ffprobe,
}

impl Tool {
    pub fn name(self) -> &'static str {
        match self {
            Self::Ffmpeg => "ffmpeg",
            Self::Ffprobe => "ffprobe",
        }
    }

    pub fn file_name(self) -> String {
        format!("{}{}", self.name(), std::env::consts::EXE_SUFFIX)
    }
}

/// One call.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub tool: Tool,
    /// What it is for, in words: "reading the sound".
    pub task: &'static str,
    pub args: Vec<OsString>,
    /// The media it works on, for the time limit.
    pub media_ms: u64,
    pub output_bytes: u64,
    /// Memory for its data.
    pub data_bytes: u64,
    inputs: usize,
    /// The files that it reads.
    reads: Vec<PathBuf>,
    /// The file that it writes.
    writes: Option<PathBuf>,
    /// What the files were when they were looked into.
    seals: Vec<(PathBuf, Seal)>,
}

impl Call {
    /// A call without input and output, to ask the tool about itself.
    pub fn bare(tool: Tool, task: &'static str) -> Self {
        let args = vec!["-hide_banner".into()];
        Self {
            tool,
            task,
            args,
            media_ms: 0,
            output_bytes: LIMITS.output_bytes,
            data_bytes: LIMITS.child_data_bytes,
            inputs: 0,
            reads: Vec::new(),
            writes: None,
            seals: Vec::new(),
        }
    }

    /// An ffmpeg call that works on `media_ms` of media and reports its progress.
    pub fn ffmpeg(task: &'static str, media_ms: u64) -> Self {
        Self { media_ms, ..Self::bare(Tool::Ffmpeg, task) }
            .flag("-nostdin")
            .flag("-y")
            .set("-loglevel", "error")
            .flag("-nostats")
            .set("-filter_threads", LIMITS.child_threads.to_string())
            .set("-filter_complex_threads", LIMITS.child_threads.to_string())
    }

    /// An ffprobe call about one file.
    pub fn ffprobe(task: &'static str, path: &Path, demuxer: &'static str, media_ms: u64) -> Self {
        let call = Self { media_ms, ..Self::bare(Tool::Ffprobe, task) };
        call.set("-loglevel", "error").input(path, demuxer, &[]).lean(0)
    }

    /// Adds a flag without value.
    #[must_use]
    pub fn flag(mut self, flag: &str) -> Self {
        self.args.push(flag.into());
        self
    }

    /// Adds a flag and its value.
    #[must_use]
    pub fn set(mut self, flag: &str, value: impl AsRef<OsStr>) -> Self {
        self.args.push(flag.into());
        self.args.push(value.as_ref().to_owned());
        self
    }

    /// Adds flags and values.
    #[must_use]
    pub fn sets<'a>(self, table: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        table.into_iter().fold(self, |call, (flag, value)| call.set(flag, value))
    }

    /// Adds an input that is opened by this one demuxer alone, with flags that go before it. Returns with the input's
    /// number being [`Call::inputs`] before the call.
    #[must_use]
    pub fn input(self, path: &Path, demuxer: &'static str, before: &[(&str, &str)]) -> Self {
        let mut call = self
            .set("-protocol_whitelist", "file")
            .set("-format_whitelist", demuxer)
            .set("-f", demuxer)
            .set("-max_pixels", LIMITS.video_pixels.max(LIMITS.image_pixels).to_string())
            .set("-threads", LIMITS.child_threads.to_string())
            .sets(before.iter().copied())
            .set("-i", file_url(path));
        call.inputs += 1;
        call.reads.push(path.to_owned());
        call
    }

    /// Adds raw pictures that come through our pipe as its input.
    #[must_use]
    pub fn input_pipe(self, before: &[(&str, &str)]) -> Self {
        let mut call = self
            .set("-protocol_whitelist", "pipe")
            .set("-format_whitelist", "rawvideo")
            .set("-f", "rawvideo")
            .sets(before.iter().copied())
            .set("-i", "pipe:0");
        call.inputs += 1;
        call
    }

    /// Allows its output this many bytes only.
    #[must_use]
    pub fn capped(self, output_bytes: u64) -> Self {
        Self { output_bytes, ..self }
    }

    /// Gives it only the memory that reading frames of so many pixels takes.
    #[must_use]
    pub fn lean(self, pixels: u64) -> Self {
        let enough = pixels <= LIMITS.reader_pixels;
        let data_bytes = if enough { LIMITS.reader_data_bytes } else { LIMITS.child_data_bytes };
        Self { data_bytes, ..self }
    }

    /// Insists that a file is still the one that was looked into.
    #[must_use]
    pub fn sealed(mut self, path: &Path, seal: Option<&Seal>) -> Self {
        self.seals.extend(seal.map(|seal| (path.to_owned(), seal.clone())));
        self
    }

    /// Opens all that it reads and writes.
    pub fn gate(&self) -> Result<Gate, FilmError> {
        let mut gate = Gate::default();
        for path in &self.reads {
            gate.read(path, self.seals.iter().find(|(sealed, _)| sealed == path).map(|(_, seal)| seal))?;
        }
        self.writes.iter().try_for_each(|path| gate.write(path))?;
        Ok(gate)
    }

    /// How many inputs it has so far.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Writes to a file, with a muxer.
    #[must_use]
    pub fn into_file(self, path: &Path, muxer: &str) -> Self {
        let limit = self.output_bytes.to_string();
        let mut call = self.set("-threads", LIMITS.child_threads.to_string()).set("-fs", limit).set("-f", muxer);
        call.args.push(file_url(path));
        call.writes = Some(path.to_owned());
        call.reporting()
    }

    /// Writes to nowhere: the work itself is what counts.
    #[must_use]
    pub fn into_nowhere(self) -> Self {
        let mut call = self.set("-f", "null");
        call.args.push("-".into());
        call.reporting()
    }

    /// Writes to our pipe, with a muxer.
    #[must_use]
    pub fn into_pipe(mut self, muxer: &str) -> Self {
        self = self.set("-f", muxer);
        self.args.push("pipe:1".into());
        self
    }

    fn reporting(self) -> Self {
        self.set("-progress", "pipe:1")
    }

    /// The whole command for the log, without folders.
    pub fn shown(&self) -> String {
        let mut shown = self.tool.name().to_owned();
        for arg in &self.args {
            let arg = arg.to_string_lossy();
            let plain = arg.chars().all(|c| c.is_ascii_alphanumeric() || "-_=:,./+%[]".contains(c)) && !arg.is_empty();
            // Writing to a string cannot fail.
            let _ = if plain { write!(shown, " {arg}") } else { write!(shown, " {arg:?}") };
        }
        self.without_folders(&shown)
    }

    /// Replaces every full path of this call by its last part.
    pub fn without_folders(&self, text: &str) -> String {
        self.reads.iter().chain(&self.writes).fold(text.to_owned(), |text, path| match path.parent() {
            Some(folder) if folder.parent().is_some() => {
                let full = absolute(path);
                let text = text.replace(&*full.to_string_lossy(), &name_of(path));
                full.parent().map_or(text.clone(), |folder| text.replace(&*folder.to_string_lossy(), "…"))
            }
            _ => text,
        })
    }
}

/// µs as the seconds that ffmpeg takes.
pub(super) fn seconds(micros: u64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

/// `file:/absolute/path`: the `file:` keeps ffmpeg from reading a protocol or an option out of a name.
fn file_url(path: &Path) -> OsString {
    let mut url = OsString::from("file:");
    url.push(absolute(path));
    url
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(call: &Call) -> String {
        call.args.iter().map(|arg| arg.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_input_carries_its_guards_and_is_absolute() {
        let call = Call::ffmpeg("t", 0).input(Path::new("-i x%d.mp4"), "mov", &[("-ss", "1")]).into_nowhere();
        let shown = text(&call);
        for part in ["-nostdin", "-protocol_whitelist file -format_whitelist mov -f mov -max_pixels", "-ss 1 -i file:/"]
        {
            assert!(shown.contains(part), "{part} in {shown}");
        }
        assert_eq!(call.inputs(), 1);
    }

    #[test]
    fn a_shown_command_names_files_and_no_folders() {
        let call = Call::ffmpeg("t", 0).input(Path::new("/home/ann/private/clip one.mp4"), "mov", &[]);
        let call = call.into_file(Path::new("/srv/data/out.mp4"), "mp4");
        assert!(
            !call.shown().contains("/home")
                && !call.shown().contains("private")
                && call.shown().contains("clip one.mp4")
                && call.shown().contains("out.mp4")
        );
        assert_eq!(call.without_folders("/home/ann/private/x: bad"), "…/x: bad");
    }
}
