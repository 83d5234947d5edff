//! Where an export goes: the place is checked before anything is rendered, and the finished file is put there in one
//! step, never over another unasked.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::director::advice::Fault;
use crate::director::inputs::{folder_within_roots, is_inside, link};
use crate::director::trouble::{plain, unwritable};
use crate::director::{DirectorSettings, Reach};

/// The formats of the `export` tool.
pub const FORMATS: [&str; 13] =
    ["mp4", "mov", "webm", "gif", "jpg", "png", "wav", "mp3", "m4a", "aac", "flac", "stems", "project"];

/// More files of one name than anyone keeps.
const MAX_COPIES: u32 = 10_000;
/// Longest name made up by us, in characters.
const MAX_NAME: usize = 60;

/// Where a file is to be put.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The folder; it exists.
    pub folder: PathBuf,
    /// The name without its ending.
    pub stem: String,
    /// The ending.
    pub ending: String,
    /// What to do about a file of that name.
    pub taken: Taken,
}

/// What to do about a file of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Taken {
    /// Take the next free name: nobody asked for this one.
    NextName,
    /// Leave it and say so.
    Refuse,
    /// Replace it.
    Replace,
}

/// The ending of a format's files.
pub fn ending(format: &str) -> &str {
    match format {
        "stems" | "project" => "zip",
        other => other,
    }
}

/// Finds the place for an export and makes sure that it can be written.
///
/// # Errors
/// A fault that names the path and what is wrong with it; nothing was written then.
pub fn place(
    output: &str,
    overwrite: bool,
    format: &str,
    title: &str,
    reach: Reach,
    settings: &DirectorSettings,
) -> Result<Target, Fault> {
    let ending = ending(format).to_owned();
    let output = output.trim();
    let stem = file_name(title);
    let target = if output.is_empty() {
        make_folder(&settings.output)?;
        Target { folder: settings.output.clone(), stem, ending, taken: Taken::NextName }
    } else {
        named(output, overwrite, ending, stem, reach, settings)?
    };
    writable(&target.folder)?;
    if target.taken == Taken::Refuse && target.path(1).symlink_metadata().is_ok() {
        return Err(Fault::OutputExists { path: target.path(1).display().to_string() });
    }
    Ok(target)
}

fn named(
    output: &str,
    overwrite: bool,
    ending: String,
    stem: String,
    reach: Reach,
    settings: &DirectorSettings,
) -> Result<Target, Fault> {
    if output.contains('\0') || output.starts_with('~') {
        return Err(Fault::invalid(format!(
            "output is {output:?}; an absolute path, or a name in the output folder, is accepted."
        )));
    }
    let path = if Path::new(output).is_absolute() { PathBuf::from(output) } else { settings.output.join(output) };
    let names_folder = path.is_dir() || output.ends_with(['/', '\\']);
    let parent = path.parent().unwrap_or(Path::new("/"));
    allowed(if names_folder { &path } else { parent }, &path, reach, settings)?;
    if names_folder {
        if path.starts_with(&settings.output) {
            make_folder(&path)?;
        }
        return Ok(Target { folder: folder(&path)?, stem, ending, taken: Taken::NextName });
    }
    if path.symlink_metadata().is_ok_and(|meta| meta.file_type().is_symlink()) {
        return Err(link(&path));
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.ok_or_else(|| Fault::invalid(format!("output is {output:?}, which names no file.")))?;
    if parent.starts_with(&settings.output) {
        make_folder(parent)?;
    }
    let suffix = format!(".{ending}");
    let stem = match name.len().checked_sub(suffix.len()).and_then(|at| name.split_at_checked(at)) {
        Some((stem, tail)) if !stem.is_empty() && tail.eq_ignore_ascii_case(&suffix) => stem.to_owned(),
        _ => match known_ending(&name) {
            Some(other) => {
                return Err(Fault::invalid(format!(
                    "output ends in .{other}, but the file will be .{ending}; change output, or set format to {other}."
                )));
            }
            None => name,
        },
    };
    let taken = if overwrite { Taken::Replace } else { Taken::Refuse };
    Ok(Target { folder: folder(parent)?, stem, ending, taken })
}

/// The format a name's ending stands for, where it is one of ours.
pub fn known_ending(name: &str) -> Option<&'static str> {
    let ending = name.rsplit_once('.')?.1.to_ascii_lowercase();
    FORMATS.into_iter().find(|format| *format == ending && !matches!(*format, "stems" | "project"))
}

/// Local callers write wherever they may, within the roots where there are any; remote ones also into the output folder.
/// `folder` is where the file is to lie, `path` what the caller named.
fn allowed(folder: &Path, path: &Path, reach: Reach, settings: &DirectorSettings) -> Result<(), Fault> {
    if is_inside(folder, &settings.output) {
        return Ok(());
    }
    folder_within_roots(folder, path, reach, settings)
}

fn folder(path: &Path) -> Result<PathBuf, Fault> {
    fs::canonicalize(path).map_err(|error| {
        let reason = match error.kind() {
            io::ErrorKind::NotFound => format!("there is no folder {}", path.display()),
            _ => plain(&error),
        };
        Fault::OutputUnwritable { path: path.display().to_string(), reason }
    })
}

fn make_folder(path: &Path) -> Result<(), Fault> {
    fs::create_dir_all(path).map_err(|error| unwritable(path, &error))
}

/// Tries it: rights, read-only mounts and full disks show in one attempt.
fn writable(folder: &Path) -> Result<(), Fault> {
    tempfile::Builder::new()
        .prefix(".bedtrack-")
        .tempfile_in(folder)
        .map(drop)
        .map_err(|error| unwritable(folder, &error))
}

impl Target {
    /// The path of the `n`th name, from 1.
    fn path(&self, n: u32) -> PathBuf {
        let name = if n == 1 {
            format!("{}.{}", self.stem, self.ending)
        } else {
            format!("{} ({n}).{}", self.stem, self.ending)
        };
        self.folder.join(name)
    }

    /// The path a download is written to first. It carries the export's handle, so that a restart finds and replaces it.
    pub fn part(&self, handle: &str) -> PathBuf {
        self.folder.join(format!(".bedtrack-{}.part", file_name(handle)))
    }

    /// Puts a finished file in its place in one step and gives the path. Where that fails the file is removed: a render
    /// can be fetched again, a hidden file would be forgotten.
    ///
    /// # Errors
    /// [`Fault::OutputExists`] where somebody else was faster, else what the system says.
    pub fn publish(&self, part: &Path) -> Result<PathBuf, Fault> {
        let mut file = tempfile::TempPath::try_from_path(part).map_err(|error| unwritable(part, &error))?;
        for n in 1..=MAX_COPIES {
            let path = self.path(n);
            if self.taken == Taken::Replace {
                return file.persist(&path).map(|()| path.clone()).map_err(|error| unwritable(&path, &error.error));
            }
            match file.persist_noclobber(&path) {
                Ok(()) => return Ok(path),
                Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                    if self.taken == Taken::Refuse {
                        return Err(Fault::OutputExists { path: path.display().to_string() });
                    }
                    file = error.path;
                }
                Err(error) => return Err(unwritable(&path, &error.error)),
            }
        }
        Err(Fault::OutputExists { path: self.path(1).display().to_string() })
    }
}

/// A title made into a name that every file system takes.
pub fn file_name(title: &str) -> String {
    let plain: String =
        title
            .chars()
            .map(|c| {
                if c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '(' | ')' | '&' | ',' | '\'') { c } else { ' ' }
            })
            .collect();
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = words.chars().take(MAX_NAME).collect();
    let short = short.trim_matches([' ', '-', ',']).to_owned();
    if short.is_empty() { "bedtrack".into() } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::director::Backend;

    fn publish(target: &Target, content: &str) -> Result<PathBuf, Fault> {
        let part = target.part("e-1");
        fs::write(&part, content).unwrap();
        target.publish(&part)
    }

    fn local(output: &str, overwrite: bool, format: &str, settings: &DirectorSettings) -> Result<Target, Fault> {
        place(output, overwrite, format, "city: timelapse/1", Reach::Local, settings)
    }

    #[test]
    fn files_nobody_named_get_free_names_and_nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let settings = DirectorSettings::new(Backend::Local, folder.path().join("Bedtrack"));
        let target = local("", false, "mp4", &settings).unwrap();
        let names: Vec<String> = (0..3)
            .map(|n| publish(&target, &n.to_string()).unwrap().file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(names, ["city timelapse 1.mp4", "city timelapse 1 (2).mp4", "city timelapse 1 (3).mp4"]);
        assert_eq!(fs::read_to_string(settings.output.join(&names[0])).unwrap(), "0");
    }

    #[test]
    fn a_named_file_is_replaced_only_when_asked() {
        let folder = tempfile::tempdir().unwrap();
        let settings = DirectorSettings::new(Backend::Local, folder.path());
        let path = folder.path().join("a.mp4").display().to_string();
        publish(&local(&path, false, "mp4", &settings).unwrap(), "1").unwrap();
        assert_eq!(local(&path, false, "mp4", &settings), Err(Fault::OutputExists { path: path.clone() }));
        publish(&local(&path, true, "mp4", &settings).unwrap(), "2").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "2");
    }

    #[test]
    fn the_ending_follows_the_format_and_a_wrong_one_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let settings = DirectorSettings::new(Backend::Local, folder.path());
        let made = |output: &str, format: &str| local(output, false, format, &settings).map(|target| target.path(1));
        let real = folder.path().canonicalize().unwrap();
        assert_eq!(made("sub/song", "mp3"), Ok(real.join("sub/song.mp3")));
        assert_eq!(made("v1.2", "wav"), Ok(real.join("v1.2.wav")));
        assert_eq!(made("all", "stems"), Ok(real.join("all.zip")));
        assert!(matches!(made("song.wav", "mp3"), Err(Fault::InvalidInput { .. })));
        assert_eq!(made(&format!("{}/", folder.path().display()), "mp4"), Ok(real.join("city timelapse 1.mp4")));
    }

    #[test]
    fn places_that_cannot_be_written_are_told_before_anything_is_rendered() {
        let folder = tempfile::tempdir().unwrap();
        let settings = DirectorSettings::new(Backend::Local, folder.path());
        fs::write(folder.path().join("file"), "x").unwrap();
        for output in ["/nowhere/at/all/x.mp4", "/proc/x.mp4"] {
            assert!(matches!(local(output, false, "mp4", &settings), Err(Fault::OutputUnwritable { .. })), "{output}");
        }
        assert!(matches!(local("file/x.mp4", false, "mp4", &settings), Err(Fault::OutputUnwritable { .. })));
        assert!(matches!(local("~/x.mp4", false, "mp4", &settings), Err(Fault::InvalidInput { .. })));
    }

    #[test]
    fn a_remote_caller_writes_only_into_the_output_folder_and_the_roots() {
        let folder = tempfile::tempdir().unwrap();
        let settings = DirectorSettings::new(Backend::Local, folder.path().join("out"));
        let remote = |output: &str| place(output, false, "mp4", "t", Reach::Remote, &settings);
        assert!(remote("").is_ok());
        assert!(remote("deep/x.mp4").is_ok());
        for output in ["../x.mp4", "deep/../../x.mp4", "/tmp/x.mp4", "/tmp/", "..", "../", "new/../../x.mp4"] {
            assert!(matches!(remote(output), Err(Fault::PathRefused { .. })), "{output}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_is_judged_by_where_it_lies_itself() {
        let folder = tempfile::tempdir().unwrap();
        let (root, outside) = (folder.path().join("media"), folder.path().join("outside"));
        fs::create_dir_all(root.join("sub")).unwrap();
        fs::create_dir(&outside).unwrap();
        std::os::unix::fs::symlink(&outside, root.join("link")).unwrap();
        let settings = DirectorSettings {
            roots: Some(vec![root.clone()]),
            ..DirectorSettings::new(Backend::Local, folder.path().join("out"))
        };
        let to = |output: &Path| local(&output.display().to_string(), false, "mp4", &settings);
        let real = root.canonicalize().unwrap();
        assert_eq!(to(&root).unwrap().folder, real, "the root itself");
        assert_eq!(to(&root.join("sub/")).unwrap().folder, real.join("sub"));
        for output in ["link", "link/", "link/x.mp4", "link/new/", ".."] {
            assert!(matches!(to(&root.join(output)), Err(Fault::PathRefused { .. })), "{output}");
        }
        fs::create_dir_all(&settings.output).unwrap();
        std::os::unix::fs::symlink(&outside, settings.output.join("away")).unwrap();
        assert!(matches!(local("away/new/x.mp4", false, "mp4", &settings), Err(Fault::PathRefused { .. })));
        assert!(!outside.join("new").exists(), "nothing was made there");
    }
}
