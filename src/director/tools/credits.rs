//! `credits`: the balance and what it buys. Spends nothing and changes nothing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::place::{Named, place};
use super::tool::{Ask, Effect};
use crate::director::advice::{Fault, Situation, next};
use crate::director::answer::{Answer, Credits};
use crate::director::services::Services;
use crate::director::trouble::of_api;
use crate::director::voice::Voice;
use crate::director::work::{Errand, Job, Stop, Went, Works};
use crate::director::{Caller, Progress, balance};
use bedtrack_wire::credits::GENERATION;

/// Input of `credits`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditsAsk {}

impl Ask for CreditsAsk {
    const NAME: &'static str = "credits";
    const TITLE: &'static str = "Credit balance";
    const DESCRIPTION: &'static str =
        "The balance: available, frozen, total, and what it buys. The local studio spends nothing.";
    const EFFECT: Effect = Effect { read_only: true, destructive: false, idempotent: true };
    const ACTION: &'static str = "credits";

    async fn answer(
        self,
        works: &Works,
        caller: &Caller,
        _: &dyn Progress,
        voice: &mut Voice,
    ) -> Result<Answer, Fault> {
        place(works, caller, Named { falls_back: true, ..Named::default() }, voice).await?;
        read(works.services(), voice).await
    }
}

/// The balance as an answer.
pub async fn read(services: &Services, voice: &Voice) -> Result<Answer, Fault> {
    let Some(skill) = services.skill(&voice.skill) else { return Ok(Answer::default()) };
    let attribution = services.attribution(skill);
    let balance = services.client.balance(&attribution).await.map_err(|error| of_api(&error, None))?;
    let situation = Situation::Credits { low: balance.available < GENERATION, unlimited: balance.unlimited };
    let mut answer = Answer {
        action: "credits".into(),
        reply: balance::words(&balance, &voice.language),
        next: next(situation, skill, &voice.language),
        ..Answer::default()
    };
    balance::fill(&mut answer.credits, &balance);
    Ok(answer)
}

/// The balance, as one of several actions of a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReadCredits;

impl Errand for ReadCredits {
    const NAME: &'static str = "credits";

    async fn run(self, job: &mut Job) -> Result<Went, Stop> {
        let read = read(&job.services, &job.voice()).await?;
        job.tell(&read.reply);
        let answer = &mut job.record.answer;
        answer.credits = Credits { spent: answer.credits.spent, ..read.credits };
        if answer.next.is_empty() {
            answer.next = read.next;
        }
        Ok(Went::On)
    }
}
