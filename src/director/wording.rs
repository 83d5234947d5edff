//! What the director itself says where nothing failed, per language.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::template::fill;

type Table = HashMap<String, String>;

static EN: LazyLock<Table> = LazyLock::new(|| toml::from_str(include_str!("wording/en.toml")).unwrap_or_default());
static ZH: LazyLock<Table> = LazyLock::new(|| toml::from_str(include_str!("wording/zh.toml")).unwrap_or_default());

/// The sentence under a key, filled. A part in `[brackets]` goes where one of its values is empty.
pub fn say(key: &str, values: &[(&str, &str)], language: &str) -> String {
    let table = if language.starts_with("zh") { &ZH } else { &EN };
    let template = table.get(key).map(String::as_str).unwrap_or_default();
    fill(template, |wanted| values.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value))
}

/// A size for people.
pub fn size(bytes: u64) -> String {
    const MB: f64 = 1_048_576.0;
    let megabytes = bytes as f64 / MB;
    if megabytes < 1.0 { format!("{} KB", bytes.div_ceil(1024)) } else { format!("{megabytes:.1} MB") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_tables_have_the_same_keys() {
        let keys = |table: &Table| {
            let mut keys: Vec<String> = table.keys().cloned().collect();
            keys.sort();
            keys
        };
        assert!(!EN.is_empty());
        assert_eq!(keys(&EN), keys(&ZH));
    }

    #[test]
    fn parts_without_a_value_go_and_braces_in_values_stay() {
        let values = [("available", "100"), ("frozen", ""), ("total", "100")];
        assert!(say("credits", &values, "en").starts_with("100 credits are available, 100 in total."));
        assert_eq!(say("uploaded", &[("names", "{x}.mp4")], "zh"), "已上传：{x}.mp4。");
    }
}
