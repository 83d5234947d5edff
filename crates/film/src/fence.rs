//! What a child may touch. Where the system has Landlock (Linux 5.13 and later), a child reads the media it is given and
//! writes its one output, and reaches no other file of the user and no network, whatever a hostile file makes it do.
//! The rules name open files and not paths: a file that took another's name after it was checked is not readable.
//!
//! Landlock binds a thread and what it starts. So each child is started by a thread of its own, which ends with that;
//! nothing has to run between fork and exec, and the rest of this process keeps its rights.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde::Deserialize;
use tokio::process::{Child, Command};

use super::FilmError;
use super::open::Seal;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    read: Vec<PathBuf>,
    write: Vec<PathBuf>,
    environment: Vec<String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| toml::from_str(include_str!("fence.toml")).unwrap_or_default());

/// The files of one child, open for as long as it takes to start it.
#[derive(Debug, Default)]
pub(super) struct Gate {
    reads: Vec<File>,
    writes: Vec<File>,
}

impl Gate {
    /// Lets a medium through. It is opened without following links, and has to be the one that was checked before.
    pub fn read(&mut self, path: &Path, seal: Option<&Seal>) -> Result<(), FilmError> {
        let (file, _) = super::open::open(path)?;
        if let Some(seal) = seal
            && Seal::of(&file).is_some_and(|now| now != *seal)
        {
            return Err(FilmError::Changed(super::error::name_of(path)));
        }
        self.reads.push(file);
        Ok(())
    }

    /// Lets an output through, which is made here where it does not exist yet.
    pub fn write(&mut self, path: &Path) -> Result<(), FilmError> {
        let file = super::open::open_output(path).map_err(|fault| FilmError::writing(path, &fault))?;
        self.writes.push(file);
        Ok(())
    }
}

/// A command that knows nothing of our environment but where libraries are.
pub(super) fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("AV_LOG_FORCE_NOCOLOR", "1").kill_on_drop(true);
    for name in &TABLE.environment {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

/// Starts a child behind the fence.
#[cfg(target_os = "linux")]
pub(super) async fn spawn(mut command: Command, gate: Gate) -> std::io::Result<Child> {
    let (send, started) = tokio::sync::oneshot::channel();
    let runtime = tokio::runtime::Handle::current();
    std::thread::Builder::new().name("fence".to_owned()).spawn(move || {
        let _inside = runtime.enter();
        let program = PathBuf::from(command.as_std().get_program());
        let child = linux::enclose(&program, &gate).and_then(|()| command.spawn());
        // A caller that went away takes the child with it.
        drop(send.send(child));
    })?;
    started.await.unwrap_or_else(|_| Err(std::io::Error::other("no thread to start it")))
}

#[cfg(not(target_os = "linux"))]
pub(super) async fn spawn(mut command: Command, gate: Gate) -> std::io::Result<Child> {
    let child = command.spawn();
    drop(gate);
    child
}

/// Whether this system has a fence at all.
#[cfg(target_os = "linux")]
pub(super) fn exists() -> bool {
    linux::exists()
}

#[cfg(not(target_os = "linux"))]
pub(super) fn exists() -> bool {
    false
}

#[cfg(target_os = "linux")]
mod linux {
    use std::io::Error;
    use std::path::Path;

    use landlock::{
        ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, PathBeneath, Ruleset, RulesetAttr,
        RulesetCreatedAttr, RulesetStatus, Scope, path_beneath_rules,
    };

    use super::{Gate, TABLE};

    /// The newest set of rights that is asked for; what the system does not know of them is left out.
    const RIGHTS: ABI = ABI::V6;

    /// Takes all rights from this thread but those to the gate's files and to what programs need to run.
    pub fn enclose(program: &Path, gate: &Gate) -> std::io::Result<()> {
        rules(program, gate).map(drop).map_err(|fault| Error::other(fault.to_string()))
    }

    /// Tries it on a thread of its own.
    pub fn exists() -> bool {
        let tried = std::thread::spawn(|| {
            rules(Path::new("/usr/bin/ffmpeg"), &Gate::default())
                .is_ok_and(|status| status != RulesetStatus::NotEnforced)
        });
        tried.join().unwrap_or(false)
    }

    fn rules(program: &Path, gate: &Gate) -> Result<RulesetStatus, landlock::RulesetError> {
        let look = AccessFs::from_read(RIGHTS);
        let take = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::Truncate;
        let home = program.canonicalize().ok().and_then(|program| program.parent().map(Path::to_owned));
        let mut rules = Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(RIGHTS))?
            .handle_access(AccessNet::from_all(RIGHTS))?
            .scope(Scope::from_all(RIGHTS))?
            .create()?
            .add_rules(path_beneath_rules(TABLE.read.iter().chain(&home), look))?
            .add_rules(path_beneath_rules(&TABLE.write, take))?;
        for file in &gate.reads {
            rules = rules.add_rule(PathBeneath::new(file, AccessFs::ReadFile))?;
        }
        for file in &gate.writes {
            rules = rules.add_rule(PathBeneath::new(file, take))?;
        }
        Ok(rules.restrict_self()?.ruleset)
    }
}

#[cfg(test)]
mod tests {
    use std::process::Stdio;

    use super::*;

    async fn cat(path: &Path, gate: Gate) -> Vec<u8> {
        let mut command = command(Path::new("/bin/cat"));
        command.arg(path).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let child = if exists() { spawn(command, gate).await.unwrap() } else { command.spawn().unwrap() };
        child.wait_with_output().await.unwrap().stdout
    }

    #[tokio::test]
    #[cfg(unix)]
    async fn a_child_reads_what_it_is_given_and_nothing_else_and_we_keep_our_rights() {
        let folder = tempfile::tempdir().unwrap();
        let (given, secret) = (folder.path().join("given"), folder.path().join("secret"));
        std::fs::write(&given, "given").unwrap();
        std::fs::write(&secret, "secret").unwrap();
        let gate = || {
            let mut gate = Gate::default();
            gate.read(&given, None).unwrap();
            gate
        };
        assert_eq!(cat(&given, gate()).await, b"given");
        if exists() {
            assert_eq!(cat(&secret, gate()).await, b"");
            // Another file under the name that was let through.
            let through = gate();
            std::fs::rename(&secret, &given).unwrap();
            assert_eq!(cat(&given, through).await, b"");
        }
        assert!(std::fs::read(&given).is_ok());
    }

    #[test]
    #[cfg(unix)]
    fn a_file_that_took_another_s_name_is_not_let_through() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "one").unwrap();
        let seal = Seal::of(&File::open(&path).unwrap());
        Gate::default().read(&path, seal.as_ref()).unwrap();
        std::fs::write(folder.path().join("b"), "two").unwrap();
        std::fs::rename(folder.path().join("b"), &path).unwrap();
        assert!(matches!(Gate::default().read(&path, seal.as_ref()), Err(FilmError::Changed(_))));
        std::os::unix::fs::symlink("a", folder.path().join("c")).unwrap();
        assert!(matches!(Gate::default().read(&folder.path().join("c"), None), Err(FilmError::Link { .. })));
        assert!(Gate::default().write(&folder.path().join("c")).is_err());
    }
}
