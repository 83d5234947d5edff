//! A skill as a prompt: its greeting, what to try, how to work with it, and the user's wish.

use super::skill::Skill;

/// Longest wish that goes into a prompt, in characters.
const MAX_WISH_CHARS: usize = 4_000;

impl Skill {
    /// The prompt's text. Without a wish it greets; with one it goes to work. The language is the wish's.
    pub fn prompt(&self, wish: Option<&str>) -> String {
        let wish: Option<String> = wish
            .map(|text| text.chars().filter(|c| !c.is_control() || *c == '\n').take(MAX_WISH_CHARS).collect::<String>())
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty());
        let language =
            super::SessionLanguage::Detect.tag(wish.as_deref().unwrap_or_default(), None).unwrap_or_default();
        let mut parts = vec![format!("# {}", self.display_name), self.description.clone()];
        if !self.greeting.is_empty() {
            parts.push(format!("Greet the user with: {}", self.greeting.in_language(&language)));
        }
        if !self.try_it.is_empty() {
            let things: Vec<String> =
                self.try_it.iter().map(|thing| format!("- {}", thing.in_language(&language))).collect();
            parts.push(format!("Three things to try:\n{}", things.join("\n")));
        }
        if !self.workflows.is_empty() {
            let ways: Vec<String> =
                self.workflows.iter().map(|way| format!("- **{}**: {}", way.name, way.steps)).collect();
            parts.push(format!("Ways to work:\n{}", ways.join("\n")));
        }
        if !self.body.is_empty() {
            parts.push(self.body.clone());
        }
        parts.push(self.facts(&language));
        parts.push(format!("Name `skill: \"{}\"` in the first call.", self.name));
        match wish {
            Some(wish) => parts.push(format!("The user's wish:\n\n{wish}")),
            None => {
                parts.push("The user has not said yet what they want: greet them and offer the things to try.".into())
            }
        }
        parts.retain(|part| !part.is_empty());
        parts.join("\n\n")
    }

    /// Limits, formats and advice, a line each.
    fn facts(&self, language: &str) -> String {
        let mut lines = vec![format!("- Files up to {} MB.", self.size_limit_bytes >> 20)];
        if !self.formats.best.is_empty() {
            let slow = match self.formats.slow.as_slice() {
                [] => String::new(),
                slow => format!("; {} take longer", slow.join(", ")),
            };
            lines.push(format!("- Works best with {}{slow}.", self.formats.best.join(", ")));
        }
        if !self.usual_time.is_empty() {
            lines.push(format!("- Usually takes {}.", self.usual_time.en));
        }
        for words in [&self.wording.shorter, &self.wording.note, &self.wording.export] {
            if !words.is_empty() {
                lines.push(format!("- {}", words.in_language(language)));
            }
        }
        format!("Good to know:\n{}", lines.join("\n"))
    }
}
