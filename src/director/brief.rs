//! The fields of a request, checked and written as the message's last line.

use crate::director::advice::Fault;
use crate::director::ask::GenerateAsk;
use crate::skills::primary_tag;
use bedtrack_wire::hint::Hint;

/// Longest request, in characters; what is longer is a document, not a wish.
pub const MAX_REQUEST: usize = 20_000;
/// Longest word or phrase in a field.
const MAX_WORDS: usize = 200;
/// Longest list of instruments.
const MAX_INSTRUMENTS: usize = 24;
/// Most files of one call.
pub const MAX_FILES: usize = 50;

/// Music has a beginning and an end; below 3 s there is room for neither. 20 minutes is the studio's limit.
const SECONDS: (f64, f64) = (3.0, 1_200.0);
/// Slower and faster than any music has a name for.
const TEMPO: (f64, f64) = (20.0, 400.0);
const ENERGIES: [&str; 3] = ["low", "medium", "high"];

/// Checks every field and gives the line they make.
///
/// # Errors
/// [`Fault::InvalidInput`] that names the field, its value and what is accepted.
pub fn hint(ask: &GenerateAsk) -> Result<Hint, Fault> {
    let mut hint = Hint::default();
    for (name, words) in [("genre", &ask.genre), ("mood", &ask.mood), ("key", &ask.key)] {
        if let Some(words) = phrase(name, words)? {
            hint.push(name, words);
        }
    }
    if let Some(bpm) = within("tempo_bpm", ask.tempo_bpm, TEMPO)? {
        hint.push("tempo_bpm", bpm);
    }
    if let Some(seconds) = within("duration_seconds", ask.duration_seconds, SECONDS)? {
        hint.push("duration_seconds", seconds);
    }
    if ask.instruments.len() > MAX_INSTRUMENTS {
        return Err(invalid(format!(
            "instruments has {} entries; up to {MAX_INSTRUMENTS} are accepted.",
            ask.instruments.len()
        )));
    }
    let instruments: Vec<&str> = ask
        .instruments
        .iter()
        .map(|name| phrase("instruments", name))
        .filter_map(Result::transpose)
        .collect::<Result<_, _>>()?;
    if !instruments.is_empty() {
        hint.push("instruments", instruments.join(", "));
    }
    let energy = ask.energy.trim().to_lowercase();
    if !energy.is_empty() {
        if !ENERGIES.contains(&energy.as_str()) {
            return Err(invalid(format!("energy is {:?}; accepted are low, medium and high.", shown(&ask.energy))));
        }
        hint.push("energy", energy);
    }
    if let Some(seed) = ask.seed {
        if seed < 0 {
            return Err(invalid(format!("seed is {seed}; accepted are whole numbers from 0.")));
        }
        hint.push("seed", seed);
    }
    if let Some(language) = language(&ask.language)? {
        hint.push("language", language);
    }
    Ok(hint)
}

/// The request's words, trimmed.
///
/// # Errors
/// [`Fault::InvalidInput`] where there are none and no files either, or too many.
pub fn request(ask: &GenerateAsk) -> Result<&str, Fault> {
    let words = ask.request.trim();
    if words.is_empty() && ask.files.iter().all(|file| file.trim().is_empty()) {
        return Err(invalid(
            "request is empty; say what to make or change, such as \"calm solo piano, 20 seconds\".".into(),
        ));
    }
    let length = words.chars().count();
    if length > MAX_REQUEST {
        // Times of cues, as SubRip and WebVTT write them.
        let mend = match words.contains("-->") {
            true => "Upload captions this long as an .srt or .vtt file, with upload or in files.",
            false => "Put the wish itself into it, in a few sentences.",
        };
        return Err(invalid(format!("request has {length} characters; up to {MAX_REQUEST} are accepted. {mend}")));
    }
    Ok(words)
}

/// The primary tag of a language field.
///
/// # Errors
/// [`Fault::InvalidInput`] where it is no tag.
pub fn language(field: &str) -> Result<Option<String>, Fault> {
    if field.trim().is_empty() {
        return Ok(None);
    }
    let tag = primary_tag(field)
        .ok_or_else(|| invalid(format!("language is {:?}; a tag such as en or zh is accepted.", shown(field))))?;
    Ok(Some(tag))
}

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
    Err(invalid(format!("{name} is {:?}; accepted are {}.", shown(value), accepted.join(", "))))
}

/// A fault that says which argument is wrong.
pub fn invalid(reason: String) -> Fault {
    Fault::InvalidInput { reason }
}

fn within(name: &str, value: Option<f64>, (least, most): (f64, f64)) -> Result<Option<f64>, Fault> {
    match value {
        Some(value) if !(least..=most).contains(&value) => {
            Err(invalid(format!("{name} is {value}; accepted is {least} to {most}.")))
        }
        value => Ok(value),
    }
}

fn phrase<'a>(name: &str, words: &'a str) -> Result<Option<&'a str>, Fault> {
    let words = words.trim();
    if words.chars().count() > MAX_WORDS {
        return Err(invalid(format!("{name} is longer than {MAX_WORDS} characters; a word or two are accepted.")));
    }
    Ok((!words.is_empty()).then_some(words))
}

fn shown(value: &str) -> String {
    value.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(ask: GenerateAsk) -> String {
        match hint(&ask) {
            Ok(hint) => hint.append_to("x"),
            Err(Fault::InvalidInput { reason }) => reason,
            Err(other) => format!("{other:?}"),
        }
    }

    #[test]
    fn captions_too_long_to_be_pasted_are_to_be_uploaded() {
        let refused = |request: String| match super::request(&GenerateAsk { request, ..GenerateAsk::default() }) {
            Err(Fault::InvalidInput { reason }) => reason,
            other => panic!("{other:?}"),
        };
        let cues = "1\n00:00:01,000 --> 00:00:02,000\nHello\n\n".repeat(1_000);
        assert!(refused(cues).contains(".srt"));
        assert!(!refused("piano ".repeat(10_000)).contains(".srt"));
    }

    #[test]
    fn fields_become_one_line_in_a_fixed_order_without_needless_zeros() {
        let ask = GenerateAsk {
            genre: "lo-fi".into(),
            tempo_bpm: Some(80.0),
            duration_seconds: Some(12.5),
            instruments: vec!["piano".into(), " bass ".into(), String::new()],
            energy: "Low".into(),
            seed: Some(7),
            language: "zh-CN".into(),
            ..GenerateAsk::default()
        };
        let line = "x\n[bedtrack: genre=lo-fi; tempo_bpm=80; duration_seconds=12.5; instruments=piano, bass; energy=low; seed=7; language=zh]";
        assert_eq!(told(ask), line);
    }

    #[test]
    fn absurd_values_are_refused_with_what_is_accepted() {
        let ask = GenerateAsk::default;
        for (ask, expected) in [
            (GenerateAsk { duration_seconds: Some(-5.0), ..ask() }, "duration_seconds is -5; accepted is 3 to 1200."),
            (
                GenerateAsk { duration_seconds: Some(1e9), ..ask() },
                "duration_seconds is 1000000000; accepted is 3 to 1200.",
            ),
            (GenerateAsk { tempo_bpm: Some(f64::NAN), ..ask() }, "tempo_bpm is NaN; accepted is 20 to 400."),
            (GenerateAsk { energy: "wild".into(), ..ask() }, "energy is \"wild\"; accepted are low, medium and high."),
            (GenerateAsk { seed: Some(-1), ..ask() }, "seed is -1; accepted are whole numbers from 0."),
            (GenerateAsk { language: "?".into(), ..ask() }, "language is \"?\"; a tag such as en or zh is accepted."),
        ] {
            assert_eq!(told(ask), expected);
        }
    }

    #[test]
    fn an_empty_request_needs_files_and_a_book_is_refused() {
        let with = |request: &str, files: &[&str]| GenerateAsk {
            request: request.into(),
            files: files.iter().map(|file| (*file).to_owned()).collect(),
            ..GenerateAsk::default()
        };
        assert!(request(&with(" \n", &[])).is_err());
        assert_eq!(request(&with(" ", &["a.mp4"])), Ok(""));
        assert!(request(&with(&"x".repeat(100_000), &[])).is_err());
        assert!(request(&with(&"音".repeat(20_000), &[])).is_ok());
    }
}
