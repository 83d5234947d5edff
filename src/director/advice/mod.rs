//! Every fault turned into what happened, what it cost or kept, and what to do next; and the next steps and notes that
//! go with what worked. The words are data: one table per language, and the skill's own wording where it has one.

mod context;
mod fault;
mod next;
mod notes;
#[cfg(test)]
mod tests;
mod words;

pub use context::{Account, Call, Charge, Context};
pub use fault::{Fault, Limit, Outage, Refusal, Sent, Thing, Token};
pub use next::{Offered, Situation, next, offered};
pub use notes::{Note, note, span};

use crate::director::answer;
use words::{Phrase, Table, Values, clean, fill};

/// File formats that the API takes.
pub const FORMATS: [&str; 13] =
    ["mp4", "mov", "avi", "webm", "mkv", "jpg", "png", "gif", "webp", "mp3", "wav", "m4a", "aac"];

/// Further ones that the embedded studio takes.
pub const LOCAL_FORMATS: [&str; 5] = ["flac", "ogg", "srt", "vtt", "mid"];

/// A fault in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Advice {
    /// For programs.
    pub error: answer::Fault,
    /// What happened, what it cost or kept, what to do: a few sentences.
    pub reply: String,
    /// Next steps, one to three.
    pub next: Vec<String>,
}

/// Puts a fault into words.
pub fn advise(fault: &Fault, about: &Context<'_>) -> Advice {
    let error = answer::Fault {
        code: fault.code().to_owned(),
        retryable: fault.retryable(),
        retry_after_seconds: fault.retry_after_seconds(),
    };
    let found = words::table(about.language)
        .and_then(|table| Some((table, table.phrase(fault.code(), variant(fault, about))?)));
    match found {
        Some((table, phrase)) => worded(fault, about, error, table, phrase),
        None => Advice { reply: format!("This failed: {}.", fault.code()), error, next: Vec::new() },
    }
}

fn worded(fault: &Fault, about: &Context<'_>, error: answer::Fault, table: &Table, phrase: &Phrase) -> Advice {
    let values = values(fault, about, table, phrase);
    let charge = match about.charge {
        // A plan is no matter of credits, whatever the account spent elsewhere.
        _ if *fault == Fault::PlanRequired => phrase.charge.as_deref(),
        Charge::AsTheFaultSays if about.call == Call::Export => phrase.charge.as_deref().map(|_| "free"),
        Charge::AsTheFaultSays => phrase.charge.as_deref(),
        Charge::Nothing | Charge::Spent(..=0) => phrase.charge.as_deref().map(|_| "nothing"),
        Charge::Spent(_) => Some("spent"),
    };
    let kept = match phrase.kept.as_deref() {
        Some("same") if about.changed => Some("changed"),
        other => other,
    };
    let sentences = [
        Some(phrase.happened.as_str()),
        charge.and_then(|key| table.charge.get(key)).map(String::as_str),
        kept.map(|key| table.kept.get(key).map_or(key, String::as_str)),
        phrase.then.as_deref(),
    ];
    let said = sentences.into_iter().flatten().map(|sentence| fill(sentence, &values).trim().to_owned());
    let next = phrase.next.iter().map(|step| fill(step, &values)).collect::<Vec<_>>();
    let next = if next.is_empty() { phrase.then.iter().map(|step| fill(step, &values)).collect() } else { next };
    Advice { error, reply: join(said), next }
}

/// Which of a fault's wordings holds.
fn variant(fault: &Fault, about: &Context<'_>) -> Option<&'static str> {
    Some(match fault {
        Fault::NotFound { what, .. } => match what {
            Thing::Session => "session",
            Thing::Turn => "turn",
            Thing::Export => "export",
            Thing::Skill => "skill",
            Thing::Medium => "medium",
        },
        Fault::NothingToExport { has_media } => {
            if *has_media {
                "media"
            } else {
                "empty"
            }
        }
        Fault::NoCredits { .. } => match about.account {
            Account::Anonymous { .. } => "anonymous",
            Account::Registered => "registered",
        },
        Fault::AuthExpired { token } => match token {
            Token::Anonymous => "anonymous",
            Token::Given => "given",
        },
        Fault::RateLimited { limit, .. } => match limit {
            Limit::Requests => "requests",
            Limit::AnonymousTokens => "anonymous_tokens",
        },
        Fault::BackendDown { sent, .. } => match sent {
            Sent::No => "no",
            Sent::Unclear => "unclear",
            Sent::UnclearAndUnchanged => "unchanged",
        },
        Fault::RenderFailed { twice, .. } => {
            if *twice {
                "twice"
            } else {
                "once"
            }
        }
        _ => return None,
    })
}

/// The values for the templates: the skill's, the account's and the fault's own, cleaned.
fn values(fault: &Fault, about: &Context<'_>, table: &Table, phrase: &Phrase) -> Values {
    let skill = about.skill;
    let own = |words: &crate::skills::Words| words.in_language(about.language).to_owned();
    let formats = FORMATS.into_iter().chain(LOCAL_FORMATS.into_iter().filter(|_| about.is_local));
    let formats: Vec<&str> = formats.collect();
    let mut values = Values::from([
        ("skill", skill.name.clone()),
        ("limit", size(skill.size_limit_bytes)),
        ("formats", formats.join(", ")),
        ("best", skill.formats.best.join(", ")),
        ("out_of_credits", own(&skill.wording.out_of_credits)),
        ("plan_required", own(&skill.wording.plan_required)),
        ("try", skill.try_it.first().map(own).unwrap_or_default()),
        ("web", about.web.to_owned()),
    ]);
    if let Account::Anonymous { register: Some(link) } = about.account {
        values.insert("register", link.to_owned());
    }
    if let Charge::Spent(credits) = about.charge {
        values.insert("credits", credits.to_string());
    }
    let mut put = |name, text: &str| {
        // A reason stands inside a sentence that has a full stop of its own.
        let text = clean(text);
        let text = if name == "reason" && !matches!(fault, Fault::InvalidInput { .. }) {
            text.trim_end_matches(['.', '。'])
        } else {
            &text
        };
        values.insert(name, text.to_owned());
    };
    match fault {
        Fault::InvalidInput { reason }
        | Fault::DownloadFailed { reason }
        | Fault::TurnFailed { reason }
        | Fault::RenderFailed { reason, .. }
        | Fault::Internal { reason } => put("reason", reason),
        Fault::UnsupportedFile { file, reason } | Fault::FileUnreadable { file, reason } => {
            put("file", file);
            put("reason", reason);
        }
        Fault::FileTooLarge { file, bytes } => {
            put("file", file);
            put("size", &bytes.map(size).unwrap_or_default());
        }
        Fault::PathRefused { path, reason } | Fault::OutputUnwritable { path, reason } => {
            put("path", path);
            put("reason", reason);
        }
        Fault::UrlRefused { url, reason } => {
            put("url", url);
            put("reason", reason);
        }
        Fault::OutputExists { path } | Fault::DiskFull { path } => put("path", path),
        Fault::NotFound { id, .. } | Fault::RequestIdReused { id } => put("id", &format!("{id:?}")),
        Fault::SessionLost { media } => put("media", &media.join(", ")),
        Fault::NoCredits { needed, available } => {
            put("needed", &needed.map(|n| n.to_string()).unwrap_or_default());
            put("available", &available.map(|n| n.to_string()).unwrap_or_default());
        }
        Fault::ScopeMissing { scope } => put("scope", scope.as_deref().unwrap_or(about.call.scope())),
        Fault::RateLimited { after_seconds, .. } => {
            let when = after_seconds.map(|seconds| when(seconds, table)).or_else(|| phrase.sometime.clone());
            put("when", &when.unwrap_or_default());
        }
        Fault::BackendDown { outage, .. } => {
            let (key, status) = match outage {
                Outage::Unreachable => ("unreachable", 0),
                Outage::Status(status) => ("status", *status),
                Outage::Cut => ("cut", 0),
                Outage::TimedOut => ("timed_out", 0),
            };
            let template = table.outage.get(key).map(String::as_str).unwrap_or_default();
            put("outage", &fill(template, &Values::from([("status", status.to_string())])));
        }
        Fault::BackendError { reason, code, http } => {
            put("reason", reason);
            put("code", &code.map(|code| code.to_string()).unwrap_or_default());
            put("http", &http.filter(|http| *http >= 400).map(|http| http.to_string()).unwrap_or_default());
        }
        Fault::TurnStalled { quiet_seconds } => put("quiet", &span(*quiet_seconds, about.language)),
        Fault::FfmpegMissing { hint } => put("hint", hint),
        Fault::NothingToExport { .. } | Fault::PlanRequired | Fault::AuthExpired { .. } | Fault::Cancelled => {}
    }
    values
}

/// A size for people; MB are 2^20 bytes.
fn size(bytes: u64) -> String {
    const MB: u64 = 1 << 20;
    match bytes {
        0..MB => format!("{} KB", bytes.div_ceil(1024)),
        _ if bytes.is_multiple_of(MB) => format!("{} MB", bytes / MB),
        // Rounded up, so that a file just over a limit does not read as the limit itself.
        _ => {
            let tenths = (u128::from(bytes) * 10).div_ceil(u128::from(MB));
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    }
}

/// A pause in the largest unit that is not too coarse, rounded up: trying too early would be refused again.
fn when(seconds: u64, table: &Table) -> String {
    let (key, n) = match seconds {
        0..120 => ("seconds", seconds.max(1)),
        120..7_200 => ("minutes", seconds.div_ceil(60)),
        7_200..172_800 => ("hours", seconds.div_ceil(3_600)),
        _ => ("days", seconds.div_ceil(86_400)),
    };
    let template = table.when.get(key).map(String::as_str).unwrap_or_default();
    let said = fill(template, &Values::from([("n", n.to_string())]));
    // "in 1 seconds" is the only count of one that can come up.
    if n == 1 { said.replace("1 seconds", "1 second") } else { said }
}

/// Sentences in a row; Chinese ones need no space between them.
fn join(sentences: impl Iterator<Item = String>) -> String {
    let mut out = String::new();
    for sentence in sentences.filter(|sentence| !sentence.is_empty()) {
        if !out.is_empty() && !out.ends_with(['。', '？', '！']) {
            out.push(' ');
        }
        out.push_str(&sentence);
    }
    out
}
