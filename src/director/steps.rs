//! What is being done, in words for people and in their language; the words are data.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::skills::Words;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    working: Words,
    rendering: Words,
    downloading: Words,
    tool: Vec<Tool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tool {
    words: Vec<String>,
    en: String,
    zh: String,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| toml::from_str(include_str!("steps.toml")).unwrap_or_default());

/// Nothing more is known than that work goes on.
pub fn working(language: &str) -> String {
    TABLE.working.in_language(language).to_owned()
}

/// A render is being made.
pub fn rendering(language: &str) -> String {
    TABLE.rendering.in_language(language).to_owned()
}

/// A file is on its way.
pub fn downloading(language: &str) -> String {
    TABLE.downloading.in_language(language).to_owned()
}

/// What a tool of the backend's is about: `edit_draft` and `editDraft` are "Editing the timeline".
pub fn tool(name: &str, language: &str) -> String {
    let parts = parts(name);
    let found = TABLE.tool.iter().find(|tool| tool.words.iter().any(|word| parts.contains(word)));
    match found {
        Some(tool) if language.starts_with("zh") => tool.zh.clone(),
        Some(tool) => tool.en.clone(),
        None => working(language),
    }
}

/// The words of a name in any case: camelCase, snake_case, kebab-case.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut after_lower = false;
    for c in name.chars().take(120) {
        if !c.is_alphanumeric() || (c.is_uppercase() && after_lower) {
            parts.push(String::new());
        }
        after_lower = c.is_lowercase();
        if let Some(part) = parts.last_mut().filter(|_| c.is_alphanumeric()) {
            part.extend(c.to_lowercase());
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let table: Table = toml::from_str(include_str!("steps.toml")).unwrap();
        assert!(table.tool.iter().all(|tool| !tool.words.is_empty() && !tool.en.is_empty() && !tool.zh.is_empty()));
        for words in [&table.working, &table.rendering, &table.downloading] {
            assert!(!words.en.is_empty() && !words.zh.is_empty());
        }
    }

    #[test]
    fn a_tools_name_is_told_as_what_it_is_about_in_both_languages() {
        for (name, en, zh) in [
            ("edit_draft", "Editing the timeline", "正在编辑时间线"),
            ("editDraft", "Editing the timeline", "正在编辑时间线"),
            ("add_bgm", "Working on the music", "正在处理音乐"),
            ("generate_video", "Generating the picture", "正在生成画面"),
            ("compose_music", "Composing", "正在作曲"),
            ("add-title", "Working on the titles", "正在处理字幕"),
            ("transfer_to_agent", "Working", "正在处理"),
            ("", "Working", "正在处理"),
        ] {
            assert_eq!((tool(name, "en").as_str(), tool(name, "zh-CN").as_str()), (en, zh), "{name}");
        }
    }
}
