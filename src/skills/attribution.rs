//! The three values that go with every request to the API, from the skill and the place it is installed in.

use std::path::{Component, Path};

use super::skill::Skill;

/// `X-Skill-Source`, `X-Skill-Version` and `X-Skill-Platform`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribution {
    /// The skill's name.
    pub skill: String,
    /// The skill's version.
    pub version: String,
    /// `clawhub`, `cursor`, `unknown`, or what the setting says.
    pub platform: String,
}

/// The values for a skill. The setting wins; else the skill's folder tells the platform, else the binary's path.
pub fn attribution(skill: &Skill, skill_source: Option<&str>, binary: Option<&Path>) -> Attribution {
    let set = skill_source.map(str::trim).filter(|word| fits_a_header(word));
    let platform = set
        .or_else(|| skill.folder.as_deref().and_then(platform_of))
        .or_else(|| binary.and_then(platform_of))
        .unwrap_or("unknown");
    Attribution { skill: skill.name.clone(), version: skill.version.clone(), platform: platform.to_owned() }
}

/// The platform that installs below such a path: `~/.clawhub/…` or `~/.cursor/skills/…`.
fn platform_of(path: &Path) -> Option<&'static str> {
    let names: Vec<&str> = path
        .components()
        .filter_map(|part| match part {
            Component::Normal(name) => name.to_str(),
            _ => None,
        })
        .collect();
    if names.contains(&".clawhub") {
        return Some("clawhub");
    }
    names.windows(2).any(|pair| pair == [".cursor", "skills"]).then_some("cursor")
}

fn fits_a_header(word: &str) -> bool {
    !word.is_empty() && word.len() <= 64 && word.bytes().all(|byte| byte.is_ascii_graphic())
}
