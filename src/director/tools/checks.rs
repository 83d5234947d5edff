//! Checks of what more than one tool takes, or more than one field: each names the field, its value and what is accepted.

use crate::director::advice::Fault;

/// One of a list of words, in lower case.
///
/// # Errors
/// [`Fault::InvalidInput`] that lists what is accepted.
pub fn one_of(name: &str, value: &str, accepted: &[&str]) -> Result<Option<String>, Fault> {
    let word = value.trim().trim_start_matches('.').to_lowercase();
    if word.is_empty() {
        return Ok(None);
    }
    if accepted.contains(&word.as_str()) {
        return Ok(Some(word));
    }
    Err(Fault::invalid(format!("{name} is {:?}; accepted are {}.", shown(value), accepted.join(", "))))
}

/// A number within its bounds, where there is one.
///
/// # Errors
/// [`Fault::InvalidInput`] that names the bounds.
pub fn within(name: &str, value: Option<f64>, (least, most): (f64, f64)) -> Result<Option<f64>, Fault> {
    match value {
        Some(value) if !(least..=most).contains(&value) => {
            Err(Fault::invalid(format!("{name} is {value}; accepted is {least} to {most}.")))
        }
        value => Ok(value),
    }
}

/// A word or two, trimmed, where there are any.
///
/// # Errors
/// [`Fault::InvalidInput`] where there are too many.
pub fn phrase<'a>(name: &str, words: &'a str) -> Result<Option<&'a str>, Fault> {
    /// Longest word or phrase in a field.
    const MOST: usize = 200;
    let words = words.trim();
    if words.chars().count() > MOST {
        return Err(Fault::invalid(format!("{name} is longer than {MOST} characters; a word or two are accepted.")));
    }
    Ok((!words.is_empty()).then_some(words))
}

/// As much of a bad value as a refusal repeats.
pub fn shown(value: &str) -> String {
    value.chars().take(60).collect()
}
