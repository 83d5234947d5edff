//! An answer as a tool result: a short plain text that stands alone, and the same facts as structured content. Many
//! clients show a model only one of the two, so neither may hold what the other lacks.

use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::Value;

use crate::director::answer::{Answer, Credits, Fault, Media, Status};

/// The result of a call that came to an answer.
#[must_use]
pub fn of(answer: &Answer) -> CallToolResult {
    let failed = answer.status == Status::Failed || !answer.error.code.is_empty();
    let content = vec![ContentBlock::text(text(answer))];
    let mut result = if failed { CallToolResult::error(content) } else { CallToolResult::success(content) };
    // An answer always serialises: its keys are strings and its numbers are checked by the types.
    result.structured_content = serde_json::to_value(answer).ok();
    result
}

/// The answer to arguments that could not be read.
#[must_use]
pub fn invalid_input(tool: &str, what: &str) -> Answer {
    Answer {
        status: Status::Failed,
        reply: format!("{tool} could not read its arguments: {what}. Nothing was started and nothing was charged."),
        next: vec!["Call again with the argument corrected.".to_owned()],
        error: Fault { code: "invalid_input".to_owned(), retryable: false, retry_after_seconds: None },
        ..Answer::default()
    }
}

/// The whole answer in lines of plain text.
#[must_use]
pub fn text(answer: &Answer) -> String {
    let mut lines = Lines { reply: answer.reply.trim(), lines: Vec::new() };
    if !lines.reply.is_empty() {
        lines.lines.push(lines.reply.to_owned());
    }
    for change in &answer.changes {
        lines.add(change, format!("- {change}"));
    }
    lines.add(&answer.timeline.summary, answer.timeline.summary.clone());
    for medium in &answer.media {
        let place = if medium.path.is_empty() { &medium.url } else { &medium.path };
        let line = media_line(medium, place);
        lines.add(if place.is_empty() { &medium.name } else { place }, line);
    }
    if let Some(line) = credits_line(&answer.credits) {
        lines.lines.push(line);
    }
    lines.add(&answer.project_url, format!("Project: {}", answer.project_url));
    if !answer.error.code.is_empty() {
        lines.lines.push(error_line(&answer.error));
    }
    if let Some(line) = handles_line(answer) {
        lines.lines.push(line);
    }
    if !answer.next.is_empty() {
        lines.lines.push(format!("Next: {}", answer.next.join(" | ")));
    }
    if lines.lines.is_empty() {
        lines.lines.push(status_word(answer.status).to_owned());
    }
    lines.lines.join("\n")
}

struct Lines<'a> {
    reply: &'a str,
    lines: Vec<String>,
}

impl Lines<'_> {
    /// Adds a line unless there is nothing to say or the reply says it already.
    fn add(&mut self, fact: &str, line: String) {
        if !fact.is_empty() && !self.reply.contains(fact) {
            self.lines.push(line);
        }
    }
}

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Done => "Done.",
        Status::Running => "Still running.",
        Status::NeedsAnswer => "An answer is needed.",
        Status::Failed => "It failed.",
        Status::Cancelled => "Cancelled; the draft is as it was.",
    }
}

/// `music Lo-fi (20s, 82 bpm, A minor, -14 LUFS, seed 7): /path`.
fn media_line(medium: &Media, place: &str) -> String {
    let mut facts = Vec::new();
    facts.extend(medium.seconds.map(|seconds| format!("{}s", short(seconds))));
    facts.extend(medium.bpm.map(|bpm| format!("{} bpm", short(bpm))));
    facts.extend((!medium.key.is_empty()).then(|| medium.key.clone()));
    facts.extend(medium.lufs.map(|lufs| format!("{} LUFS", short(lufs))));
    facts.extend(medium.seed.map(|seed| format!("seed {seed}")));
    facts.extend((!medium.licence.is_empty()).then(|| medium.licence.clone()));
    let mut line = format!("{} {}", medium.kind, medium.name).trim().to_owned();
    if !facts.is_empty() {
        line.push_str(&format!(" ({})", facts.join(", ")));
    }
    if !place.is_empty() {
        line.push_str(&format!(": {place}"));
    }
    line
}

fn credits_line(credits: &Credits) -> Option<String> {
    let mut parts = Vec::new();
    match credits.unlimited {
        Some(true) => parts.push("unlimited".to_owned()),
        _ => {
            parts.extend(credits.available.map(|n| format!("{n} available")));
            parts.extend(credits.frozen.map(|n| format!("{n} frozen")));
            parts.extend(credits.total.map(|n| format!("{n} total")));
        }
    }
    parts.extend(credits.spent.map(|n| format!("{n} spent by this call")));
    (!parts.is_empty()).then(|| format!("Credits: {}", parts.join(", ")))
}

fn error_line(fault: &Fault) -> String {
    let again = match (fault.retryable, fault.retry_after_seconds) {
        (true, Some(seconds)) => format!("the same call may work after {seconds}s"),
        (true, None) => "the same call may work later".to_owned(),
        (false, _) => "the same call will fail again".to_owned(),
    };
    format!("Error: {} ({again})", fault.code)
}

/// The handles, for clients that show text only; a running piece says how to wait for it.
fn handles_line(answer: &Answer) -> Option<String> {
    let handles: Vec<String> = [("session", &answer.session), ("turn", &answer.turn), ("export", &answer.export)]
        .iter()
        .filter(|(_, handle)| !handle.is_empty())
        .map(|(name, handle)| format!("{name} {handle}"))
        .collect();
    if handles.is_empty() {
        return None;
    }
    let wait = match (answer.status, answer.turn.is_empty(), answer.export.is_empty()) {
        (Status::Running, false, _) => format!("; running: call state with turn \"{}\" to wait for it", answer.turn),
        (Status::Running, true, false) => {
            format!("; running: call state with export \"{}\" to wait for it", answer.export)
        }
        _ => String::new(),
    };
    Some(format!("[{}{wait}]", handles.join(", ")))
}

/// At most one decimal, none where it is zero.
fn short(number: f64) -> String {
    let rounded = (number * 10.0).round() / 10.0;
    if rounded.fract() == 0.0 { format!("{rounded:.0}") } else { format!("{rounded:.1}") }
}

/// The answer as JSON, for resources.
#[must_use]
pub fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).map(|value: Value| value.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::director::answer::Timeline;

    fn scored() -> Answer {
        Answer {
            session: "s1".to_owned(),
            turn: "t1".to_owned(),
            reply: "I put lo-fi under your clip.".to_owned(),
            changes: vec!["BGM added: Lo-fi (0-20s, 35%)".to_owned()],
            timeline: Timeline { summary: "Timeline (1 track): 1. BGM: Lo-fi (0-20s, 35%)".to_owned(), tracks: vec![] },
            media: vec![Media {
                kind: "music".to_owned(),
                name: "Lo-fi".to_owned(),
                path: "/tmp/lo-fi.wav".to_owned(),
                seconds: Some(20.0),
                bpm: Some(82.0),
                lufs: Some(-14.04),
                ..Media::default()
            }],
            next: vec!["Export it.".to_owned(), "Ask for a change.".to_owned()],
            ..Answer::default()
        }
    }

    #[test]
    fn the_text_alone_tells_everything() {
        insta::assert_snapshot!(text(&scored()), @r#"
        I put lo-fi under your clip.
        - BGM added: Lo-fi (0-20s, 35%)
        Timeline (1 track): 1. BGM: Lo-fi (0-20s, 35%)
        music Lo-fi (20s, 82 bpm, -14 LUFS): /tmp/lo-fi.wav
        [session s1, turn t1]
        Next: Export it. | Ask for a change.
        "#);
    }

    #[test]
    fn what_the_reply_says_is_not_said_twice() {
        let mut answer = scored();
        answer.reply = format!("Exported to /tmp/lo-fi.wav. {}", answer.timeline.summary);
        let text = text(&answer);
        assert_eq!(text.matches("/tmp/lo-fi.wav").count(), 1);
        assert_eq!(text.matches("Timeline (").count(), 1);
    }

    #[test]
    fn running_work_says_how_to_wait() {
        let answer = Answer { status: Status::Running, ..scored() };
        assert!(text(&answer).contains("call state with turn \"t1\""));
        assert_eq!(of(&answer).is_error, Some(false));
    }

    #[test]
    fn a_failure_is_an_error_result_with_its_code_in_both_halves() {
        let result = of(&invalid_input("export", "`format` must be one of mp4, wav"));
        assert_eq!(result.is_error, Some(true));
        let structured = result.structured_content.unwrap();
        assert_eq!(structured["error"]["code"], "invalid_input");
        assert_eq!(structured["status"], "failed");
        let text = result.content[0].as_text().unwrap().text.clone();
        assert!(text.contains("`format`") && text.contains("invalid_input") && text.contains("Nothing was started"));
    }

    #[test]
    fn an_empty_answer_still_says_something() {
        assert_eq!(text(&Answer::default()), "Done.");
    }
}
