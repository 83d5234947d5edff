//! A turn: a message is read, carried out on the draft, and answered. The draft and the answer are kept in one step, so
//! that a turn that is run again after a kill does nothing twice.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::analysis::{self, OnTimeline};
use super::arrange;
use super::music::{self, MusicError, Recording};
use super::workshop::{KeptState, Workshop};
use bedtrack_agent::apply;
use bedtrack_agent::context;
use bedtrack_agent::cut::Bed;
use bedtrack_agent::done::{Deed, Done};
use bedtrack_agent::edit;
use bedtrack_agent::made::Made;
use bedtrack_agent::read::{self, Action, Arrange, Context, MakeMusic, Reading, Way, Wish};
use bedtrack_agent::reply::{Report, reply};
use bedtrack_compose::limits::LENGTH_SECONDS;
use bedtrack_compose::{Brief, Revision, fit};
use bedtrack_film::{FilmError, Watch};
use bedtrack_store::engine::{JobControl, JobKind};
use bedtrack_store::{Job, JobOutcome, StoreError};
use bedtrack_timeline::Timeline;
use bedtrack_wire::event::Outgoing;
use bedtrack_wire::state::State;
use bedtrack_wire::time::Ms;

/// Where the state keeps the last turn that changed it.
const LAST_TURN: &str = "last_turn";

/// A turn, as it is stored.
#[derive(Debug, Serialize, Deserialize)]
pub struct Turn {
    /// What the user says, with the tool's fields in its last line.
    pub message: String,
    /// The session's language; empty: the words decide.
    pub language: String,
}

/// The last turn that changed a state.
#[derive(Debug, Serialize, Deserialize)]
struct LastTurn {
    job: String,
    reply: String,
}

/// What a turn is about.
#[derive(Clone, Copy)]
struct About<'a> {
    /// What the message asks for.
    reading: &'a Reading,
    /// What it was read with.
    context: &'a Context,
    /// The revision that it speaks of.
    rev: i64,
}

/// Why a turn failed.
#[derive(Debug, thiserror::Error)]
enum TurnError {
    #[error(transparent)]
    Music(#[from] MusicError),
    #[error(transparent)]
    Film(#[from] FilmError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TurnError {
    /// Whether another try may succeed: a store that is busy or a disk that is full may not stay so.
    fn may_pass(&self) -> bool {
        matches!(self, Self::Store(_) | Self::Music(MusicError::Store(_) | MusicError::Stopped))
    }
}

/// What all turns share; those of one session run one after the other.
pub struct Turns {
    workshop: Arc<Workshop>,
    sessions: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl JobKind for Turn {
    const NAME: &'static str = "turn";
    const ATTEMPTS: u32 = 3;
    type Context = Turns;

    async fn run(self, turns: &Turns, job: &Job, control: &JobControl) -> JobOutcome {
        let in_order = turns.place_in_line(&job.session);
        let _turn = in_order.lock().await;
        let outcome = match turns.attempt(&self, job, control).await {
            Ok(changed) => JobOutcome::Done { result: Value::Null, charged: (!changed).then_some(0) },
            Err(_) if control.cancelled().is_cancelled() => JobOutcome::Cancelled,
            // What may pass by itself is tried again before anybody hears of it.
            Err(error) if error.may_pass() && job.attempt < job.max_attempts => {
                tracing::warn!(job = %job.id, "turn failed for now: {error}");
                JobOutcome::failed_for_now(json!({"error": error.to_string()}))
            }
            Err(error) => failed(&error.to_string(), job, control).await,
        };
        turns.leave_line(&job.session);
        outcome
    }

    async fn unreadable(error: serde_json::Error, job: &Job, control: &JobControl) -> JobOutcome {
        failed(&format!("the turn cannot be read: {error}"), job, control).await
    }
}

/// Ends a turn for good.
async fn failed(why: &str, job: &Job, control: &JobControl) -> JobOutcome {
    tracing::warn!(job = %job.id, "turn failed: {why}");
    // The stream tells it; where even that cannot be written, the job's own result does.
    let _ = control.say(voice(job).fault(why)).await;
    JobOutcome::failed(json!({"error": why}))
}

/// Whether a turn of a session waits or runs.
pub async fn is_at_work(workshop: &Workshop, session: &str) -> Result<bool, StoreError> {
    let active = workshop.store.jobs().active(session).await?;
    Ok(active.iter().any(|job| job.kind == Turn::NAME))
}

impl Turns {
    /// Turns over a workshop.
    pub fn new(workshop: Arc<Workshop>) -> Self {
        Self { workshop, sessions: Mutex::default() }
    }

    fn place_in_line(&self, session: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut sessions = self.sessions.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        sessions.entry(session.to_owned()).or_default().clone()
    }

    /// Forgets a line in which nobody stands any more.
    fn leave_line(&self, session: &str) {
        let mut sessions = self.sessions.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // Two holders are the table and the turn that leaves.
        if sessions.get(session).is_some_and(|line| Arc::strong_count(line) <= 2) {
            sessions.remove(session);
        }
    }

    /// Does what the message asks for; tells whether anything changed, which is what is paid for.
    async fn attempt(&self, turn: &Turn, job: &Job, control: &JobControl) -> Result<bool, TurnError> {
        // The first event carries the turn's id, by which it can be cancelled.
        control.say(voice(job).call("read_request")).await?;
        let mut pieces = Vec::new();
        loop {
            let now = self.workshop.state(&job.session).await?;
            if let Some(before) = last_turn(&now.state).filter(|last| last.job == job.id) {
                control.say(voice(job).text(&before.reply)).await?;
                return Ok(true);
            }
            let seed = seed(&job.id);
            let timeline = Timeline::of(now.state);
            let context = context::context(&timeline, &turn.language, seed);
            let reading = read::read(&turn.message, &context);
            let about = About { reading: &reading, context: &context, rev: now.rev };
            let (timeline, done) = self.carry_out(job, control, timeline, about, &mut pieces).await?;
            let changed = done.iter().any(|done| done.deed.changes());
            let reply = reply(&Report::of(&reading, done));
            if !changed {
                control.say(voice(job).text(&reply)).await?;
                return Ok(false);
            }
            let last = LastTurn { job: job.id.clone(), reply: reply.clone() };
            let mut state = timeline.into_state();
            state.rest.insert(LAST_TURN.to_owned(), json!(last));
            let sessions = self.workshop.store.studio_sessions();
            match sessions.put_state_for(job, &job.session, now.rev, &json!(state)).await {
                Ok(_) => {
                    let delta = json!({"draft": state.draft});
                    control.say(voice(job).response("edit_draft", delta)).await?;
                    control.say(voice(job).text(&reply)).await?;
                    return Ok(true);
                }
                // Something else was put on the draft meanwhile: the message is read against that; pieces are kept.
                Err(StoreError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Does what was read, in order. `pieces` are those made by an earlier round of the same attempt.
    async fn carry_out(
        &self,
        job: &Job,
        control: &JobControl,
        mut timeline: Timeline,
        about: About<'_>,
        pieces: &mut Vec<(MakeMusic, Recording)>,
    ) -> Result<(Timeline, Vec<Done>), TurnError> {
        let before = timeline.clone();
        let mut at = timeline.history.went_back_to.unwrap_or(about.rev);
        let mut all = Vec::new();
        for action in &about.reading.actions {
            let done = match action {
                Action::MakeMusic(wish) => self.compose(job, control, &mut timeline, wish, about, pieces).await?,
                Action::Undo { steps } => match self.earlier(&job.session, &timeline, at, *steps).await? {
                    Some(earlier) => {
                        let now = timeline.clone();
                        timeline.go_back(earlier.state, earlier.rev, at);
                        at = earlier.rev;
                        Done::between(&now, &timeline, Deed::Undone(*steps))
                    }
                    None => Deed::Undone(0).into(),
                },
                Action::Redo => match self.later(&job.session, &mut timeline).await? {
                    Some(later) => {
                        let now = timeline.clone();
                        at = later.rev;
                        timeline.go_to(later.state, later.rev);
                        Done::between(&now, &timeline, Deed::Redone(true))
                    }
                    None => Deed::Redone(false).into(),
                },
                Action::Arrange(wish) => {
                    let watch = Watch::new(control.cancelled().clone());
                    arrange::carry_out(&self.workshop, &job.session, &mut timeline, wish, &watch).await?
                }
                edit => apply::apply(&mut timeline, edit, about.context),
            };
            all.push(done);
        }
        // Photos without a time of their own follow pieces in turn once all of them lie there.
        let in_turn = |done: &Done| matches!(&done.deed, Deed::Made(made) if made.way == Way::InTurn);
        if all.iter().any(in_turn) && edit::follows_music(&timeline) {
            let watch = Watch::new(control.cancelled().clone());
            let show = Arrange::ToBeats { songs: None, length_ms: None, style: Wish::Mixed, still: false };
            all.push(arrange::carry_out(&self.workshop, &job.session, &mut timeline, &show, &watch).await?);
        }
        if all.iter().any(|done| done.deed.cuts_picture()) {
            all.extend(self.follow(job, control, &before, &mut timeline, pieces).await?);
        }
        Ok((timeline, all))
    }

    /// Makes music and lays it on the timeline.
    async fn compose(
        &self,
        job: &Job,
        control: &JobControl,
        timeline: &mut Timeline,
        wish: &MakeMusic,
        about: About<'_>,
        pieces: &mut Vec<(MakeMusic, Recording)>,
    ) -> Result<Done, TurnError> {
        let before = timeline.clone();
        let mut picture = self.picture(job, control, timeline).await?;
        let to_beats = |action: &Action| matches!(action, Action::Arrange(Arrange::ToBeats { songs: None, .. }));
        let laid_later = about.reading.actions.iter().any(to_beats);
        if laid_later || edit::follows_music(timeline) {
            // Where the pictures will lie on the beats, there is nothing yet for the music to meet.
            picture.cuts.clear();
        }
        if let Some(place) = wish.place {
            picture.keep(place.start_ms, place.end_ms());
        }
        let piece = self.piece(job, control, wish, &picture, pieces).await?;
        let leads = !laid_later && wish.place.is_none();
        if leads && edit::follow_score(timeline, &piece.composition.score).is_some() {
            picture = self.picture(job, control, timeline).await?;
        }
        let volume = apply::place(timeline, &piece.medium, wish);
        let on_beats = fit::has_beats(&wish.brief).then(|| fit::count(&picture.cuts, &piece.composition.score));
        let made = Made {
            cuts: on_beats.map(|on| (on, picture.cuts.len())).filter(|(_, of)| *of > 0),
            makes_way: picture.speech,
            ..Made::of(wish, &piece.composition, volume, about.context)
        };
        Ok(Done::between(&before, timeline, Deed::Made(made)))
    }

    /// The state that was left last by going back; that it was left is forgotten.
    async fn later(&self, session: &str, timeline: &mut Timeline) -> Result<Option<KeptState>, StoreError> {
        let Some(left) = timeline.history.undone.pop() else { return Ok(None) };
        let found = self.workshop.store.studio_sessions().newest_revision_before(session, left + 1).await?;
        Ok(found.map(|kept| KeptState { rev: kept.rev, state: State::read(&kept.body) }))
    }

    /// Lets the music follow a picture that is longer or shorter than before: a piece of ours that was made for the old
    /// length is made for the new one, any other music was cut or goes on as the edit left it.
    async fn follow(
        &self,
        job: &Job,
        control: &JobControl,
        before: &Timeline,
        timeline: &mut Timeline,
        pieces: &mut Vec<(MakeMusic, Recording)>,
    ) -> Result<Option<Done>, TurnError> {
        let length = timeline.picture_end();
        let Some(bed) = edit::bed(before, timeline) else { return Ok(None) };
        let followed = |bed: Bed| Some(Done::from(Deed::Followed(bed)));
        let (seconds, made) = (length.seconds(), edit::made_for_picture(before));
        let Some((medium, sound)) =
            made.filter(|(medium, _)| LENGTH_SECONDS.contains(&seconds) && timeline.plays(medium))
        else {
            return Ok(followed(bed));
        };
        let Some(mut brief) = medium.brief::<Brief>() else { return Ok(followed(bed)) };
        brief.revise(Revision::Length { seconds });
        let wish = MakeMusic { brief, way: Way::Refine, volume: None, changed: Vec::new(), place: None };
        let piece = self.piece(job, control, &wish, &OnTimeline::default(), pieces).await?;
        let now = timeline.clone();
        edit::refit(timeline, &piece.medium, &sound);
        let bed = Bed::Refitted(Ms(medium.duration_ms().unwrap_or(0)), length);
        Ok(Some(Done::between(&now, timeline, Deed::Followed(bed))))
    }

    /// What the picture asks of music; nothing where there is none.
    async fn picture(&self, job: &Job, control: &JobControl, timeline: &Timeline) -> Result<OnTimeline, TurnError> {
        let watch = Watch::new(control.cancelled().clone());
        let known = analysis::of_timeline(&self.workshop, &job.session, timeline, &watch).await;
        known.map_err(|_| TurnError::Music(MusicError::Cancelled))
    }

    async fn piece(
        &self,
        job: &Job,
        control: &JobControl,
        wish: &MakeMusic,
        picture: &OnTimeline,
        pieces: &mut Vec<(MakeMusic, Recording)>,
    ) -> Result<Recording, TurnError> {
        if let Some((_, piece)) = pieces.iter().find(|(made, _)| made == wish) {
            return Ok(piece.clone());
        }
        control.say(voice(job).call("compose_music")).await?;
        let meter = control.clone();
        // Any other seed was asked for, or is that of music being refined, whose other parts must stay.
        let free = wish.brief.seed == seed(&job.id);
        // A loop has to begin at its first beat, so that only its tempo could follow the cuts; it keeps its own.
        let fits = fit::has_beats(&wish.brief) && !wish.brief.seamless_loop;
        let length = (wish.brief.duration_seconds * 1000.0) as u64;
        let fit = fits.then(|| fit::tempo(&picture.cuts, fit::TempoRange::of(&wish.brief), length)).flatten();
        let made =
            music::make(&self.workshop, &job.session, &wish.brief, free, fit, control.cancelled(), move |done| {
                meter.progress(done);
            });
        let piece = made.await?;
        pieces.push((wish.clone(), piece.clone()));
        Ok(piece)
    }

    /// The state so many visible changes before a revision; fewer where no more are kept, none where there is none.
    async fn earlier(
        &self,
        session: &str,
        now: &Timeline,
        rev: i64,
        steps: u32,
    ) -> Result<Option<KeptState>, StoreError> {
        let looks = |state: &State| (state.draft.clone(), state.canvas_config.clone());
        let (mut found, mut at, mut shown, mut left) = (None, rev, looks(&now.clone().into_state()), steps.max(1));
        while left > 0 {
            let Some(before) = self.workshop.store.studio_sessions().newest_revision_before(session, at).await? else {
                break;
            };
            at = before.rev;
            let state = State::read(&before.body);
            // Revisions that only brought media in look the same on the timeline.
            if looks(&state) != shown {
                shown = looks(&state);
                left -= 1;
                found = Some(KeptState { rev: before.rev, state });
            }
        }
        Ok(found)
    }
}

fn last_turn(state: &State) -> Option<LastTurn> {
    serde_json::from_value(state.rest.get(LAST_TURN)?.clone()).ok()
}

/// A seed of its own for every turn, and the same one when the turn is run again.
fn seed(job: &str) -> u64 {
    use sha2::Digest as _;
    let digest = sha2::Sha256::digest(job.as_bytes());
    // Six digits are easy to say and to type.
    digest.iter().take(8).fold(0_u64, |seed, byte| (seed << 8) | u64::from(*byte)) % 1_000_000
}

/// The voice in which a turn speaks on its stream.
fn voice(job: &Job) -> Outgoing {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Outgoing { id: Uuid::new_v4().to_string(), invocation_id: job.id.clone(), timestamp: now.as_secs_f64() }
}
