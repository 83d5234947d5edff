//! `bedtrack compose`: the same path as the tools, from a terminal, with a progress bar on stderr. The last line on
//! stdout is the absolute path written.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use indicatif::{ProgressBar, ProgressStyle};

use super::finished::finished;
use super::print::print;
use super::rooms::Rooms;
use super::signals;
use crate::cli::Compose;
use crate::config::Settings;
use crate::director::answer::Answer;
use crate::director::tools::export::ExportAsk;
use crate::director::tools::generate_music::GenerateAsk;
use crate::director::{Caller, Director, Progress, Step};

/// How often a long job says in words that it goes on.
const STILL_WORKING: Duration = Duration::from_secs(120);

/// Runs the request and the export.
pub async fn run(settings: Arc<Settings>, flags: Compose) -> anyhow::Result<ExitCode> {
    let shutdown = signals::shutdown();
    let rooms = Rooms::new(settings, shutdown.clone(), true);
    let made = tokio::select! {
        made = make(rooms.director(), &flags) => made,
        () = shutdown.cancelled() => Err(anyhow::anyhow!("ended; what was running goes on at the next start")),
    };
    rooms.close().await;
    made
}

async fn make(director: &Director, flags: &Compose) -> anyhow::Result<ExitCode> {
    // Checked before anything is made, so that a bad name costs nothing.
    let format = flags.out.as_deref().map(format_of).transpose()?;
    if let Some(taken) = flags.out.as_deref().filter(|out| out.symlink_metadata().is_ok_and(|meta| !meta.is_dir())) {
        bail!("{} exists already and was not touched; give --out another name", taken.display());
    }
    if let Some(out) = flags.out.as_deref().filter(|_| flags.extras) {
        super::extras::check(out)?;
    }
    let caller = Caller::owner(format!("compose-{}", std::process::id()));
    let bar = Bar::new();
    let ask = GenerateAsk {
        request: flags.request.clone(),
        session: "new".into(),
        skill: flags.skill.clone().unwrap_or_default(),
        files: flags.inputs.iter().map(|path| absolute(path)).collect::<Result<_, _>>()?,
        duration_seconds: flags.seconds,
        seed: flags.seed.map(i64::try_from).transpose().context("--seed is too large")?,
        ..GenerateAsk::default()
    };
    let answer = director.answer(&caller, ask, &bar).await;
    let answer = finished(director, &caller, answer, &bar).await?;
    bar.say_reply(&answer.reply);
    // The request's own words may have exported already.
    let already = (answer.action == "export").then(|| path_in(&answer)).flatten();
    let exported = if let (Some(_), None) = (&already, &flags.out) {
        answer
    } else {
        if let (Some(other), Some(out)) = (&already, &flags.out) {
            // The flag beats the words; what was made by then is not taken away.
            let (other, out) = (other.display(), out.display());
            bar.say_reply(&format!("The request itself asked for the export {other}; now --out={out} is written."));
        }
        let ask = ExportAsk {
            session: answer.session.clone(),
            format: format.unwrap_or_default(),
            output: flags.out.as_deref().map(absolute_out).transpose()?.unwrap_or_default(),
            overwrite: false,
            ..ExportAsk::default()
        };
        let started = director.answer(&caller, ask, &bar).await;
        finished(director, &caller, started, &bar).await?
    };
    let path = path_in(&exported).context("the export named no file")?;
    // The file is there, whatever becomes of what is asked beside it.
    let code = print(&format!("{}\n", path.display()))?;
    if flags.extras {
        super::extras::write(director, &caller, &exported.session, &path, &bar).await?;
    }
    bar.end();
    Ok(code)
}

/// The file that an export wrote.
fn path_in(answer: &Answer) -> Option<PathBuf> {
    answer.media.iter().map(|medium| PathBuf::from(&medium.path)).find(|path| path.is_absolute())
}

/// The format that a file's ending stands for; the director knows which there are.
fn format_of(path: &Path) -> anyhow::Result<String> {
    let ending = path.extension().and_then(OsStr::to_str).unwrap_or_default().to_ascii_lowercase();
    if ending.is_empty() {
        bail!("--out={} has no ending; the ending picks the format, such as .mp4, .wav or .mp3", path.display());
    }
    Ok(match ending.as_str() {
        "jpeg" => "jpg".to_owned(),
        "zip" => "stems".to_owned(),
        _ => ending,
    })
}

/// Files are named as the user sees them from where they stand; URLs stay.
fn absolute(input: &str) -> anyhow::Result<String> {
    if input.starts_with("https://") || input.starts_with("http://") {
        return Ok(input.to_owned());
    }
    absolute_out(Path::new(input))
}

fn absolute_out(path: &Path) -> anyhow::Result<String> {
    let path = std::path::absolute(path).with_context(|| path.display().to_string())?;
    path.into_os_string().into_string().ok().context("a path must be valid Unicode")
}

/// A progress bar; plain lines where stderr is no terminal.
pub struct Bar {
    bar: ProgressBar,
    begun: Instant,
    said: std::sync::Mutex<u32>,
}

impl Bar {
    fn new() -> Self {
        let bar = ProgressBar::new(1000);
        let style = ProgressStyle::with_template("{bar:30} {percent:>3}% {elapsed} {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, begun: Instant::now(), said: std::sync::Mutex::new(0) }
    }

    fn say_reply(&self, reply: &str) {
        self.bar.suspend(|| {
            // Nothing can be done about a stderr that is closed; the path on stdout is what counts.
            let _ = writeln!(std::io::stderr(), "{reply}");
        });
    }

    fn end(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn say(&self, step: &Step) {
        if let Some(fraction) = step.fraction {
            self.bar.set_position((fraction * 1000.0) as u64);
        }
        self.bar.set_message(step.words.clone());
        let elapsed = self.begun.elapsed();
        let due = u32::try_from(elapsed.as_secs() / STILL_WORKING.as_secs()).unwrap_or(u32::MAX);
        if let Ok(mut said) = self.said.lock()
            && due > *said
        {
            *said = due;
            let minutes = elapsed.as_secs() / 60;
            self.say_reply(&format!("⏳ Still working... {minutes} min so far"));
        }
    }
}
