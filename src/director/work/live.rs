//! Work that this process is doing: what it last said, its end, and the wish to end it.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::director::answer::Answer;
use crate::director::progress::Step;

/// Steps that a listener who was busy still hears of.
const REMEMBERED: usize = 16;

/// Where a piece of work is.
#[derive(Debug, Clone, Default)]
pub struct Moment {
    /// What is being done.
    pub step: Step,
    /// The last steps with other words than the one before, each with its number.
    recent: VecDeque<(u64, Step)>,
    /// Its end.
    pub answer: Option<Answer>,
}

impl Moment {
    /// The steps after the one of that number, and the number of the last.
    pub fn since(&self, heard: u64) -> (Vec<Step>, u64) {
        let fresh = self.recent.iter().filter(|(number, _)| *number > heard).map(|(_, step)| step.clone());
        (fresh.collect(), self.recent.back().map_or(heard, |(number, _)| *number))
    }

    fn take(&mut self, step: Step) {
        let number = self.recent.back().map_or(0, |(number, _)| *number) + 1;
        // How far the same step is replaces what was said of it.
        if self.recent.back().is_some_and(|(_, last)| last.words == step.words) {
            self.recent.pop_back();
        }
        if self.recent.len() >= REMEMBERED {
            self.recent.pop_front();
        }
        self.recent.push_back((number, step.clone()));
        self.step = step;
    }
}

/// Work in progress.
pub struct Live {
    moment: watch::Sender<Moment>,
    /// Fired to end it.
    pub cancel: CancellationToken,
    /// When it began, in ms since the epoch.
    pub began_at: i64,
    /// Tag of the user's language.
    pub language: String,
    waiting: AtomicUsize,
}

impl Live {
    /// Says what is being done.
    pub fn say(&self, step: Step) {
        self.moment.send_if_modified(|moment| {
            let news = moment.step != step;
            if news {
                moment.take(step);
            }
            news
        });
    }

    /// Tells its end.
    pub fn finish(&self, answer: Answer) {
        self.moment.send_modify(|moment| moment.answer = Some(answer));
    }

    /// Hears what happens.
    pub fn listen(&self) -> watch::Receiver<Moment> {
        self.moment.subscribe()
    }

    /// Counts a caller who waits, for as long as the guard lives.
    pub fn wait(self: &Arc<Self>) -> Waiting {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        Waiting { live: self.clone() }
    }

    /// How many callers wait.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::SeqCst)
    }
}

/// A caller who waits.
pub struct Waiting {
    live: Arc<Live>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.live.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

/// All work in progress, by handle.
#[derive(Default)]
pub struct Registry {
    live: Mutex<HashMap<String, Arc<Live>>>,
}

impl Registry {
    /// Enters work.
    pub fn enter(&self, handle: &str, began_at: i64, language: &str) -> Arc<Live> {
        let (moment, _) = watch::channel(Moment::default());
        let live = Arc::new(Live {
            moment,
            cancel: CancellationToken::new(),
            began_at,
            language: language.to_owned(),
            waiting: AtomicUsize::new(0),
        });
        self.lock().insert(handle.to_owned(), live.clone());
        live
    }

    /// Work that is in progress.
    pub fn get(&self, handle: &str) -> Option<Arc<Live>> {
        self.lock().get(handle).cloned()
    }

    /// Strikes work that is over.
    pub fn strike(&self, handle: &str) {
        self.lock().remove(handle);
    }

    /// Whether nothing is in progress.
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    // A panic elsewhere leaves the map whole: every change is one call.
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Live>>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
