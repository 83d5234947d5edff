//! A message to the agent, from the state before it to the answer after it.

use std::path::PathBuf;
use std::sync::Arc;

use super::live::Payer;
use super::record::Stage;
use super::run::{Job, Stop, Went};
use super::sessions::Notes;
use super::words::say;
use crate::director::advice::{Fault, Note, Outage, Sent, Situation, next, note};
use crate::director::progress::Step;
use crate::director::transcript::Transcript;
use crate::director::trouble::of_api;
use crate::director::turn::{Ended, Recovered};
use crate::director::{changes, keep, media, timeline};
use crate::nemovideo::{ApiError, Bind, Seen, Unclear};
use bedtrack_wire::credits::{Balance, cost_of_message};
use bedtrack_wire::state::{Medium, State};

/// What is known once a turn is over.
struct Outcome {
    transcript: Transcript,
    seen: Option<Seen>,
    /// A remark about how the outcome was found.
    remark: Option<Note<'static>>,
    fault: Option<Fault>,
}

impl Job {
    /// Sends a message and works up what became of it; after a restart it only finds out what became of it.
    pub async fn message(&mut self, words: &str) -> Result<Went, Stop> {
        let _turn = self.my_turn().await;
        let payer = self.desk.inner.payers.enter();
        let Stage::Sent { before, balance } = self.record.stage.clone() else {
            return self.send(words, &payer).await;
        };
        self.say(Step::words(say("resuming", &[], &self.record.language)));
        let recovered = self.line().recover_after_restart(&before).await;
        let outcome = after_recovery(recovered, Transcript::default(), Note::Resumed, Outage::Cut);
        self.work_up(outcome, &before, balance, &payer).await
    }

    async fn send(&mut self, words: &str, payer: &Payer) -> Result<Went, Stop> {
        self.open().await?;
        let mut renewed = false;
        let mut warned = false;
        loop {
            // A large draft is held once, however long the turn takes.
            let before = Arc::new(self.state_before(&mut renewed).await?);
            let balance = self.balance().await;
            warned = warned || self.warn_of(balance.as_ref(), &before);
            let spendable = balance.filter(|balance| !balance.unlimited).map(|balance| balance.total);
            self.record.stage = Stage::Sent { before: Arc::clone(&before), balance: spendable };
            self.save().await?;
            self.say(Step::words(say("sending", &[], &self.record.language)));
            let (transcript, ended) = self.line().follow(words).await;
            if let Ended::Refused(error) = &ended
                && error.is_session_lost()
                && !renewed
            {
                renewed = true;
                self.record.stage = Stage::Fresh;
                self.replace_lost_session().await?;
                continue;
            }
            let outcome = self.outcome(transcript, ended, &before).await;
            return self.work_up(outcome, &before, spendable, payer).await;
        }
    }

    /// The state before anything is sent. A session that was lost is replaced, once.
    pub async fn state_before(&mut self, renewed: &mut bool) -> Result<State, Stop> {
        loop {
            return match self.desk.inner.client.state(&self.attribution, &self.session.sid).await {
                Ok(seen) => {
                    self.note_bind(seen.bind).await;
                    Ok(seen.state)
                }
                // A session without any state yet; a lost one shows when the message is refused.
                Err(error) if error.is_session_lost() && !Notes::of(&self.session).seen => Ok(State::default()),
                Err(error) if error.is_session_lost() && !*renewed => {
                    *renewed = true;
                    self.replace_lost_session().await?;
                    continue;
                }
                Err(error) => Err(of_api(&error, None).into()),
            };
        }
    }

    /// Keeps what a registration is bound to, so that it is known if the work is refused.
    async fn note_bind(&mut self, bind: Option<Bind>) {
        let known = Notes::of(&self.session).bind;
        if Bind::best(bind.clone(), known.clone()) == known {
            return;
        }
        match self.desk.annotate(&self.session, move |notes| notes.bind = Bind::best(bind, notes.bind.take())).await {
            Ok(session) => self.session = session,
            Err(fault) => tracing::warn!(code = fault.code(), "what a registration is bound to is not kept"),
        }
    }

    /// Opens a session in place of one the backend no longer knows. Where the old one held something, the work ends
    /// here: nothing that is paid is repeated on an empty timeline.
    pub async fn replace_lost_session(&mut self) -> Result<(), Stop> {
        let notes = Notes::of(&self.session);
        self.renew().await?;
        if notes.drafted || !notes.media.is_empty() {
            return Err(Fault::SessionLost { media: notes.media }.into());
        }
        let words = note(Note::SessionRenewed, &self.record.language);
        self.tell(&words);
        Ok(())
    }

    /// The balance; none where it cannot be read, which is no reason to stop.
    async fn balance(&self) -> Option<Balance> {
        self.desk.inner.client.balance(&self.attribution).await.ok()
    }

    /// Warns, in the progress and in the answer, where the balance does not cover what the message usually costs. The
    /// backend decides: the costs are rough.
    fn warn_of(&mut self, balance: Option<&Balance>, before: &State) -> bool {
        let Some(balance) = balance.filter(|balance| !balance.unlimited) else { return false };
        let needed = cost_of_message(before.timeline().has_segments());
        let short = balance.available < needed;
        if short {
            let words = note(Note::LowBalance { needed, available: balance.available }, &self.record.language);
            self.say(Step::words(words.clone()));
            self.tell(&words);
        }
        short
    }

    /// What the end of the stream means, with the state after it.
    async fn outcome(&mut self, transcript: Transcript, ended: Ended, before: &State) -> Outcome {
        let line = self.line();
        match ended {
            Ended::Closed => {
                let fault = transcript.only_apology().map(|reason| Fault::TurnFailed { reason });
                let seen = line.settled().await;
                // An apology beside a change is no failure.
                let changed = seen.as_ref().is_some_and(|seen| crate::director::turn::differs(before, &seen.state));
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
                self.say(Step::words(say("recovering", &[], &self.record.language)));
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
            Ended::Refused(error) => {
                Outcome { transcript, seen: None, remark: None, fault: Some(of_api(&error, None)) }
            }
            Ended::Cancelled => {
                let seen = line.settled().await;
                Outcome { transcript, seen, remark: None, fault: Some(Fault::Cancelled) }
            }
        }
    }

    /// Turns what is known into the answer.
    async fn work_up(
        &mut self,
        outcome: Outcome,
        before: &State,
        balance: Option<i64>,
        payer: &Payer,
    ) -> Result<Went, Stop> {
        let language = self.record.language.clone();
        let Outcome { transcript, seen, remark, fault } = outcome;
        let after = seen.as_ref().map(|seen| &seen.state);
        let changed = after.map(|after| changes::between(before, after)).unwrap_or_default();
        let balance_after = self.balance().await;
        self.note_credits(balance.filter(|_| payer.alone()), balance_after.as_ref());

        let spoken = self.speak(&transcript.text(), balance_after.as_ref(), after);
        self.tell(&spoken.content);
        let silent = spoken.content.is_empty();
        let remark = match remark {
            None if silent && !changed.is_empty() => Some(Note::DoneSilently),
            None if silent && spoken.instead.is_empty() => Some(Note::Unchanged),
            remark => remark,
        };
        if let Some(remark) = remark.filter(|_| fault.is_none()) {
            self.tell(&format!("{} {}", note(remark, &language), sentences(&changed)));
        }
        self.tell(&spoken.instead);
        if is_two_staged(transcript.tools()) {
            self.tell(&format!("{} {}", note(Note::TwoStages, &language), sentences(&changed)));
        }

        let asked = changed.is_empty() && fault.is_none() && is_question(&spoken.content);
        self.record.answer.changes.extend(changed);
        if let Some(seen) = seen {
            self.see(before, &seen).await;
        }
        if let Some(fault) = fault {
            return Err(fault.into());
        }
        self.suggest(asked);
        Ok(if asked { Went::Asked } else { Went::On })
    }

    /// Takes the newest state into the answer and into what is kept with the session.
    pub async fn see(&mut self, before: &State, seen: &Seen) {
        self.record.answer.timeline = timeline::tracks(&seen.state);
        for medium in media::fresh(before, &seen.state).into_iter().filter(media::is_listed) {
            let path = self.keep(&medium).await;
            self.record.answer.media.push(media::listed(&medium, path));
        }
        let (state, bind, language) = (seen.state.clone(), seen.bind.clone(), self.record.language.clone());
        let annotated = self.desk.annotate(&self.session, move |notes| {
            notes.see(&state);
            notes.bind = Bind::best(bind, notes.bind.take());
            notes.language = language;
        });
        match annotated.await {
            Ok(session) => self.session = session,
            Err(fault) => tracing::warn!(code = fault.code(), "what was seen of the session is not kept"),
        }
    }

    /// The path of a copy of music that was made. Without one the music is still there, so nothing fails.
    async fn keep(&self, medium: &Medium) -> Option<PathBuf> {
        let path = self.desk.kept(&self.session, medium, self.record.reach())?;
        match keep::fetch(&self.desk.inner.client, &self.attribution, medium, &path).await {
            Ok(()) => Some(path),
            Err(error) => {
                tracing::warn!(%error, "no copy of the music could be kept");
                None
            }
        }
    }

    /// Credits in the answer; what this call spent where both balances are known and no other turn was paid meanwhile.
    fn note_credits(&mut self, before: Option<i64>, after: Option<&Balance>) {
        let Some(after) = after else { return };
        let credits = &mut self.record.answer.credits;
        super::look::fill(credits, after);
        if let Some(before) = before.filter(|_| !after.unlimited) {
            let spent = before.saturating_sub(after.total).max(0);
            credits.spent = Some(credits.spent.unwrap_or(0).saturating_add(spent));
        }
    }

    fn suggest(&mut self, asked: bool) {
        let situation = if asked {
            Situation::NeedsAnswer
        } else if self.record.answer.media.iter().any(|medium| medium.kind == "music") {
            let picture = self.record.answer.timeline.tracks.iter().any(|track| track.kind == "Video");
            Situation::MusicMade { picture }
        } else {
            Situation::Edited
        };
        let mut steps = next(situation, &self.skill, &self.record.language);
        let offered = std::mem::take(&mut self.record.answer.next);
        steps.retain(|step| !offered.contains(step));
        self.record.answer.next = offered.into_iter().chain(steps).take(3).collect();
    }
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
