//! The errand of a message to the agent, from the state before it to the answer after it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::line::{Ended, Line, Recovered, differs};
use super::speak::speak;
use super::states::{replace_lost_session, see, state_before};
use super::transcript::Transcript;
use crate::director::advice::{Fault, Note, Outage, Sent, Situation, next, note};
use crate::director::progress::Step;
use crate::director::trouble::of_api;
use crate::director::wording::say;
use crate::director::work::{Errand, Job, Payer, Stop, Went};
use crate::director::{balance, changes};
use crate::nemovideo::{ApiError, Seen, Unclear};
use bedtrack_wire::credits::{Balance, cost_of_message};
use bedtrack_wire::state::State;

/// A message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message(pub String);

/// How far a message is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    /// It may have been sent.
    Sent {
        /// The state before it. A large draft is held once, however long the turn takes.
        before: Arc<State>,
        /// The balance before it, in all.
        balance: Option<i64>,
    },
}

/// What is known once a turn is over.
struct Outcome {
    transcript: Transcript,
    seen: Option<Seen>,
    /// A remark about how the outcome was found.
    remark: Option<Note<'static>>,
    fault: Option<Fault>,
}

impl Errand for Message {
    const NAME: &'static str = "message";
    /// The studio has to be told, and the cloud's turn goes on.
    const ENDS_ITSELF: bool = true;

    /// Sends the message and works up what became of it; after a restart it only finds out what became of it.
    async fn run(self, job: &mut Job) -> Result<Went, Stop> {
        let _turn = job.my_turn().await;
        let payer = job.pays();
        let Some(Stage::Sent { before, balance }) = job.take_stage() else {
            return send(job, &self.0, &payer).await;
        };
        job.say(Step::words(say("resuming", &[], &job.record.language)));
        let recovered = Line::of(job).recover_after_restart(&before).await;
        let outcome = after_recovery(recovered, Transcript::default(), Note::Resumed, Outage::Cut);
        work_up(job, outcome, &before, balance, &payer).await
    }
}

async fn send(job: &mut Job, words: &str, payer: &Payer) -> Result<Went, Stop> {
    job.open().await?;
    let mut renewed = false;
    let mut warned = false;
    loop {
        let before = Arc::new(state_before(job, &mut renewed).await?);
        let balance = balance_now(job).await;
        warned = warned || warn_of(job, balance.as_ref(), &before);
        let spendable = balance.filter(|balance| !balance.unlimited).map(|balance| balance.total);
        job.save(&Stage::Sent { before: Arc::clone(&before), balance: spendable }).await?;
        job.say(Step::words(say("sending", &[], &job.record.language)));
        let (transcript, ended) = Line::of(job).follow(words).await;
        if let Ended::Refused(error) = &ended
            && error.is_session_lost()
            && !renewed
        {
            renewed = true;
            replace_lost_session(job).await?;
            continue;
        }
        let outcome = outcome(job, transcript, ended, &before).await;
        return work_up(job, outcome, &before, spendable, payer).await;
    }
}

/// The balance; none where it cannot be read, which is no reason to stop.
async fn balance_now(job: &Job) -> Option<Balance> {
    job.services.client.balance(&job.attribution).await.ok()
}

/// Warns, in the progress and in the answer, where the balance does not cover what the message usually costs. The
/// backend decides: the costs are rough.
fn warn_of(job: &mut Job, balance: Option<&Balance>, before: &State) -> bool {
    let Some(balance) = balance.filter(|balance| !balance.unlimited) else { return false };
    let needed = cost_of_message(before.timeline().has_segments());
    let short = balance.available < needed;
    if short {
        let words = note(Note::LowBalance { needed, available: balance.available }, &job.record.language);
        job.say(Step::words(words.clone()));
        job.tell(&words);
    }
    short
}

/// What the end of the stream means, with the state after it.
async fn outcome(job: &Job, transcript: Transcript, ended: Ended, before: &State) -> Outcome {
    let line = Line::of(job);
    match ended {
        Ended::Closed => {
            let fault = transcript.only_apology().map(|reason| Fault::TurnFailed { reason });
            let seen = line.settled().await;
            // An apology beside a change is no failure.
            let changed = seen.as_ref().is_some_and(|seen| differs(before, &seen.state));
            let silent_and_unseen = seen.is_none() && !transcript.has_text();
            let unseen = || Fault::BackendDown { outage: Outage::Cut, sent: Sent::Unclear };
            let fault = fault.filter(|_| !changed).or_else(|| silent_and_unseen.then(unseen));
            Outcome { transcript, seen, remark: None, fault }
        }
        Ended::Failed(reason) => {
            let seen = line.settled().await;
            Outcome { transcript, seen, remark: None, fault: Some(Fault::TurnFailed { reason }) }
        }
        Ended::Stalled(quiet) => {
            let recovered = line.look_once(before).await;
            let stalled = Fault::TurnStalled { quiet_seconds: quiet.as_secs() };
            let fault = (!recovered.changed).then_some(stalled);
            let remark = recovered.changed.then_some(Note::Recovered);
            Outcome { transcript, seen: recovered.seen, remark, fault }
        }
        Ended::Lost(why) => {
            job.say(Step::words(say("recovering", &[], &job.record.language)));
            let outage = match &why {
                ApiError::Unclear { how: Unclear::Status(status), .. } => Outage::Status(*status),
                ApiError::Unclear { how: Unclear::TimedOut, .. } => Outage::TimedOut,
                _ => Outage::Cut,
            };
            let recovered = line.recover(before, &why).await;
            let remark = if transcript.has_text() { Note::Incomplete } else { Note::Recovered };
            after_recovery(recovered, transcript, remark, outage)
        }
        Ended::Broken(error) => {
            let seen = line.settled().await;
            Outcome { transcript, seen, remark: None, fault: Some(of_api(&error, None)) }
        }
        Ended::Refused(error) => Outcome { transcript, seen: None, remark: None, fault: Some(of_api(&error, None)) },
        Ended::Cancelled => {
            let seen = line.settled().await;
            Outcome { transcript, seen, remark: None, fault: Some(Fault::Cancelled) }
        }
    }
}

/// Turns what is known into the answer.
async fn work_up(
    job: &mut Job,
    outcome: Outcome,
    before: &State,
    balance: Option<i64>,
    payer: &Payer,
) -> Result<Went, Stop> {
    let language = job.record.language.clone();
    let Outcome { transcript, seen, remark, fault } = outcome;
    let after = seen.as_ref().map(|seen| &seen.state);
    let changed = after.map(|after| changes::between(before, after)).unwrap_or_default();
    let balance_after = balance_now(job).await;
    note_credits(job, balance.filter(|_| payer.alone()), balance_after.as_ref());

    // The user may have asked for the file already.
    let exports_next = job.record.exports_later();
    let spoken = speak(&transcript.text(), &language, balance_after.as_ref(), after, exports_next);
    offer(&mut job.record.answer.next, spoken.offered);
    job.tell(&spoken.content);
    let silent = spoken.content.is_empty();
    let remark = match remark {
        None if silent && !changed.is_empty() => Some(Note::DoneSilently),
        None if silent && spoken.instead.is_empty() => Some(Note::Unchanged),
        remark => remark,
    };
    if let Some(remark) = remark.filter(|_| fault.is_none()) {
        job.tell(&format!("{} {}", note(remark, &language), sentences(&changed)));
    }
    job.tell(&spoken.instead);
    if is_two_staged(transcript.tools()) {
        job.tell(&format!("{} {}", note(Note::TwoStages, &language), sentences(&changed)));
    }

    let asked = changed.is_empty() && fault.is_none() && is_question(&spoken.content);
    job.record.answer.changes.extend(changed);
    if let Some(seen) = seen {
        see(job, before, &seen).await;
    }
    if let Some(fault) = fault {
        return Err(fault.into());
    }
    suggest(job, asked);
    Ok(if asked { Went::Asked } else { Went::On })
}

/// Credits in the answer; what this call spent where both balances are known and no other turn was paid meanwhile.
fn note_credits(job: &mut Job, before: Option<i64>, after: Option<&Balance>) {
    let Some(after) = after else { return };
    let credits = &mut job.record.answer.credits;
    balance::fill(credits, after);
    if let Some(before) = before.filter(|_| !after.unlimited) {
        let spent = before.saturating_sub(after.total).max(0);
        credits.spent = Some(credits.spent.unwrap_or(0).saturating_add(spent));
    }
}

/// Adds what is not offered yet.
fn offer(next: &mut Vec<String>, steps: Vec<String>) {
    let fresh: Vec<String> = steps.into_iter().filter(|step| !next.contains(step)).collect();
    next.extend(fresh);
}

fn suggest(job: &mut Job, asked: bool) {
    let situation = if asked {
        Situation::NeedsAnswer
    } else if job.record.answer.media.iter().any(|medium| medium.kind == "music") {
        let picture = job.record.answer.timeline.tracks.iter().any(|track| track.kind == "Video");
        Situation::MusicMade { picture }
    } else {
        Situation::Edited
    };
    let mut steps = next(situation, &job.skill, &job.record.language);
    let offered = std::mem::take(&mut job.record.answer.next);
    steps.retain(|step| !offered.contains(step));
    job.record.answer.next = offered.into_iter().chain(steps).take(3).collect();
}

fn after_recovery(recovered: Recovered, transcript: Transcript, remark: Note<'static>, outage: Outage) -> Outcome {
    let unchanged = Fault::BackendDown { outage, sent: Sent::UnclearAndUnchanged };
    let unseen = Fault::BackendDown { outage, sent: Sent::Unclear };
    let fault = match (recovered.changed, &recovered.seen) {
        (true, _) => None,
        (false, Some(_)) => Some(unchanged),
        (false, None) => Some(unseen),
    };
    Outcome { transcript, seen: recovered.seen, remark: fault.is_none().then_some(remark), fault }
}

/// Changes as running text.
fn sentences(changes: &[String]) -> String {
    changes.iter().map(|change| format!("{change}.")).collect::<Vec<_>>().join(" ")
}

/// Whether the reply ends by asking something.
fn is_question(text: &str) -> bool {
    let closing = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ')' | '”' | '’' | '」' | '）' | '*' | '_');
    text.trim_end_matches(closing).ends_with(['?', '？'])
}

/// Whether a clip was generated and something was put on it afterwards.
fn is_two_staged(tools: &[String]) -> bool {
    let generated = tools.iter().position(|tool| tool.contains("generate") && tool.contains("video"));
    let later = generated.and_then(|at| tools.get(at + 1..)).unwrap_or_default();
    later.iter().any(|tool| ["bgm", "music", "title", "text", "effect", "audio"].iter().any(|word| tool.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_that_ends_by_asking_is_a_question() {
        for text in ["Which mood?", "好的。要多长时间？", "Shall I (or not?)", "\"Really?\" "] {
            assert!(is_question(text), "{text}");
        }
        for text in ["Why not? I added it.", "", "Done."] {
            assert!(!is_question(text), "{text}");
        }
    }

    #[test]
    fn generation_has_two_stages_only_where_something_follows_the_clip() {
        let tools = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert!(is_two_staged(&tools(&["generate_video", "add_bgm"])));
        assert!(!is_two_staged(&tools(&["add_bgm", "generate_video"])));
        assert!(!is_two_staged(&tools(&["add_title"])));
    }
}
