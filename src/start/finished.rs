//! Waiting until a piece of work is over, however long it takes.

use anyhow::bail;

use crate::director::answer::{Answer, Status};
use crate::director::tools::state::StateAsk;
use crate::director::{Caller, Director, Progress};

/// Waits until the work is over; a failure becomes an error in the answer's own words.
pub async fn finished(
    director: &Director,
    caller: &Caller,
    mut answer: Answer,
    progress: &dyn Progress,
) -> anyhow::Result<Answer> {
    loop {
        match answer.status {
            Status::Done => return Ok(answer),
            Status::Running => {
                let ask = StateAsk {
                    session: answer.session.clone(),
                    turn: answer.turn.clone(),
                    export: answer.export.clone(),
                    ..StateAsk::default()
                };
                answer = director.answer(caller, ask, progress).await;
            }
            Status::NeedsAnswer | Status::Failed | Status::Cancelled => {
                let next = answer.next.iter().map(|step| format!("\n- {step}")).collect::<String>();
                bail!("{}{next}", answer.reply);
            }
        }
    }
}
