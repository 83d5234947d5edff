//! Our own secrets in the backend's words: a refusal that repeats the bearer, an echo in a text or a draft. They are
//! hidden where an answer enters the house, so that nothing behind it can show, log or keep them.

use std::sync::{PoisonError, RwLock};

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

/// What stands in a secret's place.
const HIDDEN: &str = "[hidden]";
/// A shorter token would be found in ordinary words.
const SHORTEST: usize = 8;
/// Renewed tokens that are still remembered.
const KEPT: usize = 8;
/// What every token of the backend's begins with.
const PREFIX: &str = "nmv_usr_";

/// The secrets that went out with requests.
#[derive(Debug, Default)]
pub struct Secrets {
    known: RwLock<Vec<SecretString>>,
}

impl Secrets {
    /// Remembers a secret.
    pub fn learn(&self, secret: &SecretString) {
        let text = secret.expose_secret();
        let is_known = |known: &[SecretString]| known.iter().any(|one| one.expose_secret() == text);
        if text.len() < SHORTEST || is_known(&self.known.read().unwrap_or_else(PoisonError::into_inner)) {
            return;
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if !is_known(&known) {
            if known.len() >= KEPT {
                known.remove(0);
            }
            known.push(secret.clone());
        }
    }

    /// Hides every secret in a text.
    pub fn hide(&self, text: &mut String) {
        for secret in self.known.read().unwrap_or_else(PoisonError::into_inner).iter() {
            if text.contains(secret.expose_secret()) {
                *text = text.replace(secret.expose_secret(), HIDDEN);
            }
        }
        // Tokens of the backend's that this process has not sent, such as one in a refusal of another.
        if text.contains(PREFIX) {
            *text = without_tokens(text);
        }
    }

    /// Hides every secret in a JSON value, keys included.
    pub fn hide_in(&self, value: &mut Value) {
        match value {
            Value::String(text) => self.hide(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.hide_in(item)),
            Value::Object(fields) => {
                if fields.keys().any(|key| self.holds(key)) {
                    let hidden = std::mem::take(fields).into_iter().map(|(mut key, value)| {
                        self.hide(&mut key);
                        (key, value)
                    });
                    *fields = hidden.collect();
                }
                fields.iter_mut().for_each(|(_, item)| self.hide_in(item));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn holds(&self, text: &str) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        text.contains(PREFIX) || known.iter().any(|secret| text.contains(secret.expose_secret()))
    }
}

/// A text with every token of the backend's hidden. One pass: what is hidden may be as long as an answer gets.
fn without_tokens(text: &str) -> String {
    let in_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let mut pieces = text.split(PREFIX);
    let mut out = pieces.next().unwrap_or_default().to_owned();
    let mut in_one = false;
    for piece in pieces {
        // A prefix that stands within a token belongs to that token.
        if !in_one {
            out.push_str(HIDDEN);
        }
        let rest = piece.trim_start_matches(in_token);
        out.push_str(rest);
        in_one = rest.is_empty();
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_hidden_in_texts_values_and_keys_and_nothing_else_is() {
        let secrets = Secrets::default();
        secrets.learn(&"sentinel-7f3a".to_owned().into());
        secrets.learn(&"short".to_owned().into());
        let mut value =
            json!({"a sentinel-7f3a": [{"b": "Bearer sentinel-7f3a!"}, 5, null], "c": "a short nmv_usr_x-1.y, 音"});
        secrets.hide_in(&mut value);
        assert_eq!(value, json!({"a [hidden]": [{"b": "Bearer [hidden]!"}, 5, null], "c": "a short [hidden], 音"}));
    }

    #[test]
    fn a_text_of_nothing_but_tokens_is_read_once() {
        let secrets = Secrets::default();
        // Two million tokens: a pass over the rest for each of them would never end.
        let mut text = "nmv_usr_ ".repeat(2_000_000);
        secrets.hide(&mut text);
        assert_eq!(text, "[hidden] ".repeat(2_000_000));
        let mut text = "nmv_usr_nmv_usr_a.nmv_usr_音nmv_usr_x!".to_owned();
        secrets.hide(&mut text);
        assert_eq!(text, "[hidden]音[hidden]!");
    }

    #[test]
    fn renewed_tokens_are_remembered_and_not_without_end() {
        let secrets = Secrets::default();
        (0..20).for_each(|n| secrets.learn(&format!("secret-number-{n:02}").into()));
        let mut text = "secret-number-19 secret-number-12 secret-number-01".to_owned();
        secrets.hide(&mut text);
        assert_eq!(text, "[hidden] [hidden] secret-number-01");
    }
}
