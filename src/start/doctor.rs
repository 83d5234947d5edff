//! `bedtrack doctor`: what is found and what is missing, each with its mend.

use std::fmt::Write as _;
use std::path::Path;

use super::studio::open_store;
use crate::config::{Backend, Settings};
use crate::skills::Catalogue;
use bedtrack_film::Film;

/// What was found out.
pub struct Report {
    text: String,
    /// Whether the main job, music under a video, can be done.
    pub able: bool,
}

impl Report {
    /// The report for people, a finding a line.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn good(&mut self, what: &str, found: &str) {
        // Writing to a String cannot fail, here and below.
        let _ = writeln!(self.text, "ok       {what}: {found}");
    }

    fn note(&mut self, what: &str, found: &str, mend: &str) {
        let _ = writeln!(self.text, "warning  {what}: {found}\n         {mend}");
    }

    fn bad(&mut self, what: &str, found: &str, mend: &str) {
        self.able = false;
        let _ = writeln!(self.text, "missing  {what}: {found}\n         {mend}");
    }
}

/// Looks at everything that the main job needs.
pub async fn examine(settings: &Settings) -> Report {
    let mut report = Report { text: String::new(), able: true };
    report.good("version", env!("CARGO_PKG_VERSION"));
    backend(settings, &mut report);
    folder(&mut report, "data folder", &settings.folders.home, "BEDTRACK_HOME");
    folder(&mut report, "output folder", &settings.folders.output, "BEDTRACK_OUTPUT");
    store(settings, &mut report).await;
    ffmpeg(settings, &mut report).await;
    skills(settings, &mut report);
    report
}

fn backend(settings: &Settings, report: &mut Report) {
    match settings.backend {
        Backend::Local => report.good("backend", "the embedded studio; no account and no network needed"),
        Backend::Cloud => {
            report.good("backend", &format!("NemoVideo at {}", settings.cloud.api_url));
            match (&settings.cloud.token, &settings.cloud.client_id_file) {
                (Some(_), _) => report.good("token", "NEMO_TOKEN is set"),
                (None, Some(_)) => {
                    report.good("token", "none set; an anonymous one is fetched at the first request and kept")
                }
                (None, None) => report.bad(
                    "token",
                    "NEMO_TOKEN is not set and this user has no home folder to keep a client id in",
                    "Set NEMO_TOKEN, or NEMO_CLIENT_ID to a UUID.",
                ),
            }
        }
    }
}

/// A folder that files have to be written to; tried by writing one.
fn folder(report: &mut Report, what: &str, path: &Path, variable: &str) {
    let tried = std::fs::create_dir_all(path).and_then(|()| tempfile::tempfile_in(path));
    match tried {
        Ok(_) => report.good(what, &path.display().to_string()),
        Err(error) => report.bad(
            what,
            &format!("{} cannot be written to ({error})", path.display()),
            &format!("Make it writable for this user, or set {variable} to another folder."),
        ),
    }
}

async fn store(settings: &Settings, report: &mut Report) {
    match open_store(settings).await {
        Ok(store) => {
            store.close().await;
            report.good("store", "opens, and its schema is up to date");
        }
        Err(error) => report.bad("store", &error.to_string(), "Mend what is named, or choose another BEDTRACK_HOME."),
    }
}

async fn ffmpeg(settings: &Settings, report: &mut Report) {
    let status = Film::locate(settings.studio.ffmpeg.as_deref()).status().await;
    let missing = [status.missing_encoders.as_slice(), status.missing_filters.as_slice()].concat();
    match (status.ffmpeg.as_ref().filter(|_| status.is_usable()), settings.backend) {
        (Some(path), _) if missing.is_empty() => {
            let version = status.version.as_deref().unwrap_or("unknown");
            let fence = match status.is_sandboxed {
                true => "fenced: it reaches its own files alone",
                false => "without a fence, as this system has none for it",
            };
            report.good("ffmpeg", &format!("{version} at {}, {fence}", path.display()));
        }
        (Some(path), _) => report.note(
            "ffmpeg",
            &format!("{} lacks {}", path.display(), missing.join(", ")),
            "Some formats will not work; a full build of ffmpeg has them.",
        ),
        (None, Backend::Local) => report.note(
            "ffmpeg",
            "not found; H.264 in MP4 and MOV gets its music without it, as do wav, m4a, aac and flac",
            &format!(
                "{} Or set BEDTRACK_FFMPEG to its absolute path. Other clips, titles, cuts and formats need it.",
                status.install_hint
            ),
        ),
        (None, Backend::Cloud) => {
            report.note("ffmpeg", "not found", "The cloud does not need it; the embedded studio does.")
        }
    }
}

fn skills(settings: &Settings, report: &mut Report) {
    let (catalogue, problems) = Catalogue::load(settings.skills.extra.as_deref());
    report.good("skills", &format!("{} loaded", catalogue.all().len()));
    if catalogue.get(&settings.skills.default).is_none() {
        report.bad(
            "default skill",
            &format!("there is no skill named {}", settings.skills.default),
            "Set BEDTRACK_SKILL to one of the loaded skills.",
        );
    }
    for problem in problems {
        report.note("skill", &problem.to_string(), "Mend its SKILL.md, or take its folder away.");
    }
}
