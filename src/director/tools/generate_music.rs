//! `generate_music`: music and edits, asked for in words. The words are routed to actions, files come in first, and the
//! fields go with the first message to the studio's agent. Not destructive: every edit can be undone.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::checks::{phrase, shown, within};
use super::export::Export;
use super::place::{Named, place};
use super::tool::{Ask, Effect};
use super::upload::{Upload, look};
use super::{credits, state};
use crate::director::advice::Fault;
use crate::director::answer::{Answer, Credits};
use crate::director::inputs::Source;
use crate::director::reply::add;
use crate::director::route::{self, Action, Routed};
use crate::director::sessions::Meant;
use crate::director::turn::Message;
use crate::director::voice::Voice;
use crate::director::work::{Errand, Planned, Wish, Works, digest, patience};
use crate::director::{Caller, Progress};
use crate::skills::primary_tag;
use bedtrack_wire::hint::Hint;
use bedtrack_wire::limits::{DURATION_SECONDS, MESSAGE_CHARS, TEMPO_BPM};

/// Longest list of instruments.
const MAX_INSTRUMENTS: usize = 24;
const ENERGIES: [&str; 3] = ["low", "medium", "high"];

/// Input of `generate_music`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GenerateAsk {
    /// What to make or change, in the user's own words, any language.
    pub request: String,
    /// Session handle; left out: the newest one of this connection; "new": a fresh one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub session: String,
    /// Skill name (the prompts list them).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub skill: String,
    /// Paths or https URLs of media to bring in first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// Length of the music, 3 to 1200; left out: the picture's length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64")]
    pub duration_seconds: Option<f64>,
    /// Such as lo-fi, cinematic, house.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub genre: String,
    /// Such as calm, tense, bright.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub mood: String,
    /// Tempo, 20 to 400.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64")]
    pub tempo_bpm: Option<f64>,
    /// Such as "D minor".
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// Instruments it must have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instruments: Vec<String>,
    /// How driving it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(extend("enum" = ENERGIES))]
    pub energy: String,
    /// The same brief and seed give the same music.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "i64")]
    pub seed: Option<i64>,
    /// Language of the answers, such as en or zh.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// Your own id: repeating the call with it spends nothing twice.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub request_id: String,
    /// How long to wait for the result, 0 to 50, default 45; after that a handle is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64")]
    pub wait_seconds: Option<f64>,
}

impl Ask for GenerateAsk {
    const NAME: &'static str = "generate_music";
    const TITLE: &'static str = "Make or edit music for video";
    const DESCRIPTION: &'static str = "Make original music under the session's video, or edit the draft in words: volume, trim, replace, titles. Pass on what the user said of genre, mood, tempo, instruments, length. If it is still running, wait with state; export gives the finished file.";
    const EFFECT: Effect = Effect { read_only: false, destructive: false, idempotent: false };

    fn skill(&self) -> &str {
        &self.skill
    }

    fn words(&self) -> &str {
        &self.request
    }

    async fn answer(
        self,
        works: &Works,
        caller: &Caller,
        progress: &dyn Progress,
        voice: &mut Voice,
    ) -> Result<Answer, Fault> {
        let words = self.checked_words()?.to_owned();
        let asked_language = self.checked_language()?;
        if let Some(language) = &asked_language {
            voice.language.clone_from(language);
        }
        let hint = self.hint(asked_language.as_deref())?;
        let admission = works.admission(caller).await;
        let named = Named { session: &self.session, skill: &self.skill, falls_back: false };
        let (meant, skill) = place(works, caller, named, voice).await?;
        let sources = look(works.services(), caller, &self.files, skill).await?;
        let actions = route::actions(&words, !sources.is_empty());
        if actions.iter().all(|routed| matches!(routed.action, Action::Credits | Action::State)) {
            drop(admission);
            return read_only(works, caller, &actions, &meant, voice).await;
        }
        let (request_id, patience) = (self.request_id.clone(), patience(self.wait_seconds));
        let wish = Wish {
            tool: Self::NAME,
            skill: skill.name.clone(),
            language: voice.language.clone(),
            session_language: skill.language.tag(&words, asked_language.as_deref()),
            errands: errands(actions, sources, &hint)?,
            meant,
            digest: digest(Self::NAME, &Self { request_id: String::new(), wait_seconds: None, ..self }),
            request_id,
        };
        let admitted = works.admit(caller, wish).await?;
        drop(admission);
        works.wait(caller, &admitted, patience, progress).await
    }
}

impl GenerateAsk {
    /// The request's words, trimmed.
    ///
    /// # Errors
    /// [`Fault::InvalidInput`] where there are none and no files either, or too many.
    fn checked_words(&self) -> Result<&str, Fault> {
        let words = self.request.trim();
        if words.is_empty() && self.files.iter().all(|file| file.trim().is_empty()) {
            return Err(Fault::invalid(
                "request is empty; say what to make or change, such as \"calm solo piano, 20 seconds\".",
            ));
        }
        let length = words.chars().count();
        if length > MESSAGE_CHARS {
            // Times of cues, as SubRip and WebVTT write them.
            let mend = match words.contains("-->") {
                true => "Upload captions this long as an .srt or .vtt file, with upload or in files.",
                false => "Put the wish itself into it, in a few sentences.",
            };
            return Err(Fault::invalid(format!(
                "request has {length} characters; up to {MESSAGE_CHARS} are accepted. {mend}"
            )));
        }
        Ok(words)
    }

    /// The primary tag of a language field.
    ///
    /// # Errors
    /// [`Fault::InvalidInput`] where it is no tag.
    fn checked_language(&self) -> Result<Option<String>, Fault> {
        let field = &self.language;
        if field.trim().is_empty() {
            return Ok(None);
        }
        let tag = primary_tag(field).ok_or_else(|| {
            Fault::invalid(format!("language is {:?}; a tag such as en or zh is accepted.", shown(field)))
        })?;
        Ok(Some(tag))
    }

    /// Checks every field and gives the line they make.
    ///
    /// # Errors
    /// [`Fault::InvalidInput`] that names the field, its value and what is accepted.
    fn hint(&self, language: Option<&str>) -> Result<Hint, Fault> {
        let mut hint = Hint::default();
        for (name, words) in [("genre", &self.genre), ("mood", &self.mood), ("key", &self.key)] {
            if let Some(words) = phrase(name, words)? {
                hint.push(name, words);
            }
        }
        if let Some(bpm) = within("tempo_bpm", self.tempo_bpm, TEMPO_BPM)? {
            hint.push("tempo_bpm", bpm);
        }
        if let Some(seconds) = within("duration_seconds", self.duration_seconds, DURATION_SECONDS)? {
            hint.push("duration_seconds", seconds);
        }
        if self.instruments.len() > MAX_INSTRUMENTS {
            return Err(Fault::invalid(format!(
                "instruments has {} entries; up to {MAX_INSTRUMENTS} are accepted.",
                self.instruments.len()
            )));
        }
        let instruments: Vec<&str> = self
            .instruments
            .iter()
            .map(|name| phrase("instruments", name))
            .filter_map(Result::transpose)
            .collect::<Result<_, _>>()?;
        if !instruments.is_empty() {
            hint.push("instruments", instruments.join(", "));
        }
        let energy = self.energy.trim().to_lowercase();
        if !energy.is_empty() {
            if !ENERGIES.contains(&energy.as_str()) {
                return Err(Fault::invalid(format!(
                    "energy is {:?}; accepted are low, medium and high.",
                    shown(&self.energy)
                )));
            }
            hint.push("energy", energy);
        }
        if let Some(seed) = self.seed {
            if seed < 0 {
                return Err(Fault::invalid(format!("seed is {seed}; accepted are whole numbers from 0.")));
            }
            hint.push("seed", seed);
        }
        if let Some(language) = language {
            hint.push("language", language);
        }
        Ok(hint)
    }
}

/// The actions of a request as errands; the fields go with its first message.
fn errands(actions: Vec<Routed>, sources: Vec<Source>, hint: &Hint) -> Result<Vec<Planned>, Fault> {
    let mut sources = Some(sources);
    let mut hint = Some(hint);
    actions
        .into_iter()
        .map(|routed| match routed.action {
            Action::Upload => match sources.take().filter(|sources| !sources.is_empty()) {
                Some(sources) => Upload(sources).planned(),
                None => {
                    Err(Fault::invalid("The request asks to upload, but files is empty; name paths or URLs there."))
                }
            },
            Action::Message => Message(match hint.take() {
                Some(hint) => hint.append_to(&routed.text),
                None => routed.text,
            })
            .planned(),
            Action::Export(wish) => {
                let (format, quality, aspect) = (wish.format, wish.quality, wish.aspect);
                Export { format, quality, aspect, ..Export::default() }.planned()
            }
            Action::Credits => credits::ReadCredits.planned(),
            Action::State => state::ReadState.planned(),
        })
        .collect()
}

/// Requests that only read: the balance, the state, or both.
async fn read_only(
    works: &Works,
    caller: &Caller,
    actions: &[Routed],
    meant: &Meant,
    voice: &Voice,
) -> Result<Answer, Fault> {
    let mut answer = Answer::default();
    for routed in actions {
        let read = match routed.action {
            Action::Credits => credits::read(works.services(), voice).await?,
            _ => {
                let session = match meant {
                    Meant::Session(session) => session.id.as_str(),
                    Meant::Fresh => "",
                };
                state::read(works, caller, session, &mut voice.clone()).await?
            }
        };
        let before = std::mem::replace(&mut answer, read);
        if answer.credits == Credits::default() {
            answer.credits = before.credits;
        }
        if answer.timeline.summary.is_empty() {
            answer.timeline = before.timeline;
        }
        let later = std::mem::replace(&mut answer.reply, before.reply);
        add(&mut answer.reply, &later);
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(ask: GenerateAsk) -> String {
        match ask.checked_language().and_then(|language| ask.hint(language.as_deref())) {
            Ok(hint) => hint.append_to("x"),
            Err(Fault::InvalidInput { reason }) => reason,
            Err(other) => format!("{other:?}"),
        }
    }

    #[test]
    fn captions_too_long_to_be_pasted_are_to_be_uploaded() {
        let refused = |request: String| match (GenerateAsk { request, ..GenerateAsk::default() }).checked_words() {
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
        assert!(with(" \n", &[]).checked_words().is_err());
        assert_eq!(with(" ", &["a.mp4"]).checked_words(), Ok(""));
        assert!(with(&"x".repeat(100_000), &[]).checked_words().is_err());
        assert!(with(&"音".repeat(20_000), &[]).checked_words().is_ok());
    }

    #[test]
    fn the_fields_say_the_limits_that_are_checked() {
        let schema = schemars::schema_for!(GenerateAsk).to_value();
        let says = |field: &str| schema["properties"][field]["description"].as_str().unwrap().to_owned();
        for (field, (least, most)) in [("duration_seconds", DURATION_SECONDS), ("tempo_bpm", TEMPO_BPM)] {
            assert!(says(field).contains(&format!("{least} to {most}")), "{}", says(field));
        }
    }
}
