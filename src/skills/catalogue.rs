//! All skills there are: the built-in ones, and those of a further folder.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use super::read::{self, MAX_FILE_BYTES};
use super::skill::Skill;

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/skills");

const FILE: &str = "SKILL.md";

/// More than anyone keeps in a folder of skills; a wrong setting such as `/` ends here.
const MAX_FOLDERS: usize = 1_000;

/// The skills, sorted by name.
#[derive(Debug, Clone)]
pub struct Catalogue {
    skills: Vec<Skill>,
}

/// Something about a skill that its owner should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Whether the skill is missing because of it.
    pub severity: Severity,
    /// The file or folder.
    pub path: PathBuf,
    /// What about it, as a clause that follows the path.
    pub what: String,
}

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Worth knowing; the skill works.
    Note,
    /// The skill was skipped.
    Skipped,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.severity {
            Severity::Note => write!(f, "skill {}: {}", self.path.display(), self.what),
            Severity::Skipped => write!(f, "skill {} was skipped: {}", self.path.display(), self.what),
        }
    }
}

impl Catalogue {
    /// Loads the built-in skills and those in the folders of `extra`. What cannot be read is named and left out; the rest is there.
    pub fn load(extra: Option<&Path>) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut skills = built_in(&mut problems);
        if let Some(extra) = extra {
            add_folder(extra, &mut skills, &mut problems);
        }
        skills.sort_by(|a, b| a.name.cmp(&b.name));
        (Self { skills }, problems)
    }

    /// The skill of that name.
    pub fn get(&self, name: &str) -> Option<&Skill> {
        let name = name.trim();
        self.skills.iter().find(|skill| skill.name == name)
    }

    /// All skills, by name.
    pub fn all(&self) -> &[Skill] {
        &self.skills
    }

    /// All names, for a message that says what there is.
    pub fn names(&self) -> Vec<&str> {
        self.skills.iter().map(|skill| skill.name.as_str()).collect()
    }
}

fn built_in(problems: &mut Vec<Problem>) -> Vec<Skill> {
    let mut skills = Vec::new();
    for folder in BUILT_IN.dirs() {
        let path = folder.path().join(FILE);
        let read = match folder.get_file(&path).and_then(include_dir::File::contents_utf8) {
            Some(text) => read::skill(text, None).map_err(|error| error.to_string()),
            None => Err(format!("there is no {FILE} in UTF-8 in it")),
        };
        match read {
            Ok(skill) => skills.push(skill),
            Err(what) => problems.push(Problem { severity: Severity::Skipped, path, what }),
        }
    }
    skills
}

/// A skill's folder lies in `extra`, or is `extra` itself. Links are followed: installers make them, and the folder is its owner's choice.
fn add_folder(extra: &Path, skills: &mut Vec<Skill>, problems: &mut Vec<Problem>) {
    let folders = match skill_folders(extra) {
        Ok(folders) => folders,
        Err(error) => {
            let what = format!("the folder of further skills cannot be read: {error}");
            problems.push(Problem { severity: Severity::Skipped, path: extra.to_owned(), what });
            return;
        }
    };
    if folders.is_empty() {
        let what = format!("no folder with a {FILE} in it");
        problems.push(Problem { severity: Severity::Note, path: extra.to_owned(), what });
    }
    let mut added: Vec<String> = Vec::new();
    for folder in folders {
        let path = folder.join(FILE);
        let skill = match read_text(&path).and_then(|text| read::skill(&text, Some(folder)).map_err(|e| e.to_string()))
        {
            Ok(skill) => skill,
            Err(what) => {
                problems.push(Problem { severity: Severity::Skipped, path, what });
                continue;
            }
        };
        if added.contains(&skill.name) {
            let what = format!("another skill of this folder is called {:?} already", skill.name);
            problems.push(Problem { severity: Severity::Skipped, path, what });
            continue;
        }
        if let Some(at) = skills.iter().position(|known| known.name == skill.name) {
            skills.remove(at);
            let what = format!("it takes the place of the built-in skill {:?}", skill.name);
            problems.push(Problem { severity: Severity::Note, path, what });
        }
        added.push(skill.name.clone());
        skills.push(skill);
    }
}

/// The folders that hold a skill, by name. A folder without the file is no skill, and says nothing.
fn skill_folders(extra: &Path) -> io::Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    if extra.join(FILE).is_file() {
        folders.push(extra.to_owned());
    }
    for entry in fs::read_dir(extra)?.take(MAX_FOLDERS) {
        let path = entry?.path();
        if path.join(FILE).symlink_metadata().is_ok() {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}

/// A regular file's text. The kind is looked at first: opening a pipe would wait for a writer.
fn read_text(path: &Path) -> Result<String, String> {
    let told = |error: io::Error| format!("it cannot be read: {error}");
    let meta = fs::metadata(path).map_err(told)?;
    if !meta.is_file() {
        return Err("it is not a file".to_owned());
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)).map_err(told)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(format!("it is larger than {} KB", MAX_FILE_BYTES / 1024));
    }
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())
}
