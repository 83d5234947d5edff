//! Media into the session, one by one, so that a bad one is named and the others are in.

use std::sync::Arc;

use super::record::Stage;
use super::run::{Job, Stop, Went};
use super::words::say;
use crate::director::advice::{Fault, Situation, next};
use crate::director::inputs::Source;
use crate::director::progress::Step;
use crate::director::trouble::of_api;
use crate::director::{changes, media, timeline};
use crate::nemovideo::{ApiError, LocalFile};
use bedtrack_wire::state::{Medium, State};

impl Job {
    /// Brings everything in that is not in yet. A file that is refused for what it is keeps no other one out.
    pub async fn bring(&mut self, sources: &[Source]) -> Result<Went, Stop> {
        let _turn = self.my_turn().await;
        let mut renewed = false;
        let (before, done, again) = match self.record.stage.clone() {
            Stage::Uploading { before, mut done, refused } => {
                // The file that was on its way may have arrived.
                let arrived = self.line().settled().await.map_or(0, |seen| arrived(&before, &seen.state));
                if arrived + refused.len() > done {
                    done += 1;
                }
                (before, done, refused)
            }
            _ => {
                self.open().await?;
                (Arc::new(self.state_before(&mut renewed).await?), 0, Vec::new())
            }
        };
        let mut refused = again.clone();
        let mut faults: Vec<Fault> = Vec::new();
        // What was refused before a restart is refused again at the end, which tells why.
        let order = (done..sources.len()).chain(again);
        for (place, index) in order.enumerate() {
            let Some(source) = sources.get(index) else { continue };
            let done = (done + place).min(sources.len());
            self.record.stage = Stage::Uploading { before: Arc::clone(&before), done, refused: refused.clone() };
            self.save().await?;
            let name = source.shown();
            self.say(Step::part(
                say("uploading", &[("name", &name)], &self.record.language),
                done as f64 / sources.len() as f64,
            ));
            let mut sent = self.upload(source).await;
            if sent.as_ref().is_err_and(ApiError::is_session_lost) && !renewed {
                renewed = true;
                self.replace_lost_session().await?;
                sent = self.upload(source).await;
            }
            let Err(error) = sent else { continue };
            if error.is_unclear() && self.has_arrived(&before, done, refused.len()).await {
                continue;
            }
            let fault = of_api(&error, Some(&name));
            let goes_on = is_about_the_file(&fault);
            if !refused.contains(&index) {
                refused.push(index);
            }
            faults.push(fault);
            if !goes_on {
                break;
            }
        }
        self.report(&before, faults).await
    }

    async fn upload(&self, source: &Source) -> Result<(), ApiError> {
        let client = &self.desk.inner.client;
        match source {
            Source::File { path, name, bytes } => {
                let file = LocalFile { path: path.clone(), name: name.clone(), bytes: *bytes };
                client.upload_file(&self.attribution, &self.session.sid, &file).await.map(drop)
            }
            Source::Url(url) => {
                client.upload_urls(&self.attribution, &self.session.sid, std::slice::from_ref(url)).await.map(drop)
            }
        }
    }

    async fn has_arrived(&self, before: &State, done: usize, refused: usize) -> bool {
        self.line().settled().await.is_some_and(|seen| arrived(before, &seen.state) + refused > done)
    }

    /// Says what is in now, and what is not; the last fault is the step's own.
    async fn report(&mut self, before: &State, mut faults: Vec<Fault>) -> Result<Went, Stop> {
        let language = self.record.language.clone();
        let fault = faults.pop();
        let Some(seen) = self.line().settled().await else {
            return match fault {
                Some(fault) => Err(fault.into()),
                None => Ok(Went::On),
            };
        };
        let arrived = media::fresh(before, &seen.state);
        let names: Vec<String> = arrived.iter().map(|medium| named(medium, &language)).collect();
        let fresh: Vec<_> = arrived.iter().map(|found| media::listed(found, None)).collect();
        if !names.is_empty() {
            self.tell(&say("uploaded", &[("names", &names.join(", "))], &language));
        } else if fault.is_none() {
            self.tell(&say("uploaded_none", &[], &language));
        }
        if before.draft != seen.state.draft {
            let line = timeline::summary(&seen.state);
            self.tell(&line);
        }
        self.record.answer.changes.extend(changes::between(before, &seen.state));
        self.see(before, &seen).await;
        for other in &faults {
            let words = self.desk.happened(&self.voice(), other);
            self.tell(&words);
        }
        if let Some(fault) = fault {
            return Err(fault.into());
        }
        let picture = media::has_picture(&fresh);
        self.record.answer.next = next(Situation::Uploaded { picture }, &self.skill, &language);
        Ok(Went::On)
    }
}

/// Whether another file may well be taken.
fn is_about_the_file(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::UnsupportedFile { .. }
            | Fault::FileTooLarge { .. }
            | Fault::FileUnreadable { .. }
            | Fault::UrlRefused { .. }
            | Fault::BackendError { .. }
    )
}

/// How many media have come in since.
fn arrived(before: &State, now: &State) -> usize {
    now.video_infos.len().saturating_sub(before.video_infos.len())
}

fn named(medium: &Medium, language: &str) -> String {
    let tenths = |seconds: f64| ((seconds * 10.0).round() / 10.0).to_string();
    let shown = media::listed(medium, None);
    let name = if shown.name.is_empty() { &shown.kind } else { &shown.name };
    match (media::cues(medium), shown.seconds) {
        (Some((count, first_ms)), Some(to)) => {
            let (count, from) = (count.to_string(), tenths(first_ms as f64 / 1000.0));
            let values = [("name", name.as_str()), ("count", &count), ("from", &from), ("to", &tenths(to))];
            say("uploaded_captions", &values, language)
        }
        (_, Some(seconds)) => format!("{name} ({} s)", tenths(seconds)),
        (_, None) => name.clone(),
    }
}
