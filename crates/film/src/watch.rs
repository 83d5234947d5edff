//! How a caller follows work and stops it.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::FilmError;

type Report = Arc<dyn Fn(f32) + Send + Sync>;

/// A progress callback (0 to 1) and a token that ends the work at once.
#[derive(Clone, Default)]
pub struct Watch {
    report: Option<Report>,
    cancel: CancellationToken,
    span: Option<Range<f32>>,
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("cancelled", &self.cancel.is_cancelled()).finish_non_exhaustive()
    }
}

impl Watch {
    /// Follows nothing, and ends with `cancel`.
    pub fn new(cancel: CancellationToken) -> Self {
        Self { cancel, ..Self::default() }
    }

    /// Also reports progress, 0 to 1, a few times a second.
    #[must_use]
    pub fn reporting(mut self, report: impl Fn(f32) + Send + Sync + 'static) -> Self {
        self.report = Some(Arc::new(report));
        self
    }

    /// A watch for a part of the work: its 0 to 1 is `span` of this one's.
    #[must_use]
    pub fn part(&self, span: Range<f32>) -> Self {
        let outer = self.span.clone().unwrap_or(0.0..1.0);
        let width = outer.end - outer.start;
        Self { span: Some(outer.start + width * span.start..outer.start + width * span.end), ..self.clone() }
    }

    /// Says how far this part is.
    pub fn at(&self, done: f32) {
        if let Some(report) = &self.report {
            let span = self.span.clone().unwrap_or(0.0..1.0);
            report(span.start + (span.end - span.start) * done.clamp(0.0, 1.0));
        }
    }

    /// The token.
    pub fn token(&self) -> &CancellationToken {
        &self.cancel
    }

    /// An error once cancelled.
    pub fn check(&self) -> Result<(), FilmError> {
        if self.cancel.is_cancelled() { Err(FilmError::Cancelled) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn a_part_reports_within_its_span() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&seen);
        let watch = Watch::default().reporting(move |at| kept.lock().unwrap().push(at));
        watch.part(0.5..1.0).part(0.0..0.5).at(0.5);
        watch.at(7.0);
        assert_eq!(*seen.lock().unwrap(), [0.625, 1.0]);
    }
}
