//! Counters of the front door in the Prometheus text format (version 0.0.4): calls by tool and outcome, the time they
//! took, and how many run.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// With an answer.
    Answered,
    /// With an answer that names an error.
    Refused,
    /// With a protocol error.
    Broken,
}

impl Outcome {
    /// As labels and logs name it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Answered => "ok",
            Self::Refused => "error",
            Self::Broken => "defect",
        }
    }
}

/// The counters.
#[derive(Debug)]
pub struct Metrics {
    started: Instant,
    running: AtomicI64,
    /// Tool names come from our own table, so this cannot grow.
    calls: Mutex<BTreeMap<(&'static str, Outcome), Ended>>,
}

/// How many calls ended, and how long they took together.
type Ended = (u64, Duration);

impl Default for Metrics {
    fn default() -> Self {
        Self { started: Instant::now(), running: AtomicI64::new(0), calls: Mutex::default() }
    }
}

/// A call that runs; it counts until it is dropped, however it ends.
pub struct Running<'a>(&'a AtomicI64);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    /// Counts a call as running.
    pub fn start(&self) -> Running<'_> {
        self.running.fetch_add(1, Ordering::Relaxed);
        Running(&self.running)
    }

    /// Counts a call that ended.
    pub fn finish(&self, tool: &'static str, outcome: Outcome, took: Duration) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, total) = calls.entry((tool, outcome)).or_default();
        *count += 1;
        *total += took;
    }

    /// All of them as text.
    #[must_use]
    pub fn text(&self) -> String {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut text = String::new();
        let mut family = |name: &str, kind: &str, help: &str, samples: &[(String, String)]| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
            for (labels, value) in samples {
                let _ = writeln!(text, "{name}{labels} {value}");
            }
        };
        let labels = |tool: &str, outcome: Outcome| format!("{{tool=\"{tool}\",outcome=\"{}\"}}", outcome.word());
        let of = |value: fn(&Ended) -> String| -> Vec<(String, String)> {
            calls.iter().map(|((tool, outcome), counted)| (labels(tool, *outcome), value(counted))).collect()
        };
        let version = format!("{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"));
        family("bedtrack_build_info", "gauge", "The running version.", &[(version, "1".to_owned())]);
        let up = self.started.elapsed().as_secs().to_string();
        family("bedtrack_uptime_seconds", "gauge", "Seconds since the start.", &[(String::new(), up)]);
        let running = self.running.load(Ordering::Relaxed).to_string();
        family("bedtrack_tool_calls_running", "gauge", "Tool calls in progress.", &[(String::new(), running)]);
        family("bedtrack_tool_calls_total", "counter", "Tool calls that ended.", &of(|(count, _)| count.to_string()));
        let seconds = of(|(_, total)| format!("{:.3}", total.as_secs_f64()));
        family("bedtrack_tool_call_seconds_total", "counter", "Time spent in tool calls.", &seconds);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_what_prometheus_reads() {
        let metrics = Metrics::default();
        let running = metrics.start();
        metrics.finish("state", Outcome::Answered, Duration::from_millis(1500));
        metrics.finish("state", Outcome::Answered, Duration::from_millis(250));
        metrics.finish("export", Outcome::Refused, Duration::ZERO);
        let text = metrics.text();
        assert!(text.contains("# TYPE bedtrack_tool_calls_total counter\n"));
        assert!(text.contains("bedtrack_tool_calls_total{tool=\"state\",outcome=\"ok\"} 2\n"));
        assert!(text.contains("bedtrack_tool_calls_total{tool=\"export\",outcome=\"error\"} 1\n"));
        assert!(text.contains("bedtrack_tool_call_seconds_total{tool=\"state\",outcome=\"ok\"} 1.750\n"));
        assert!(text.contains("bedtrack_tool_calls_running 1\n"));
        drop(running);
        assert!(metrics.text().contains("bedtrack_tool_calls_running 0\n"));
    }
}
