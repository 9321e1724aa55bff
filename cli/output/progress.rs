//! Spinners and bars while work goes on: on a terminal only.

use super::Output;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::timeout;

/// How long a person waits without being told for what.
const PATIENCE: Duration = Duration::from_millis(500);

/// How many spinners and bars there are: a call under one is told of by it.
static SHOWN: AtomicUsize = AtomicUsize::new(0);

/// Counts a spinner or bar for as long as it is there.
struct Shown;

impl Shown {
    fn new() -> Self {
        SHOWN.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        SHOWN.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Does some work, and says on a terminal what it waits for where that takes long.
pub(crate) async fn patiently<T>(output: &Output, what: &str, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    if !output.live {
        return work.await;
    }
    if let Ok(done) = timeout(PATIENCE, &mut work).await {
        return done;
    }
    if SHOWN.load(Ordering::Relaxed) > 0 {
        return work.await;
    }
    let steps = Steps::new(output);
    steps.show(what);
    work.await
}

/// How often a spinner turns.
const TURN: Duration = Duration::from_millis(100);

/// Steps of some work, the present one with a spinner; without a terminal a line each.
pub(crate) struct Steps<'a> {
    output: &'a Output,
    bar: ProgressBar,
    _shown: Shown,
}

impl<'a> Steps<'a> {
    /// No step as yet.
    pub(crate) fn new(output: &'a Output) -> Self {
        let bar = shown(output, None);
        // Of a bar over nothing, the default style has no message.
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        if output.live {
            bar.enable_steady_tick(TURN);
        }
        Self { output, bar, _shown: Shown::new() }
    }

    /// Goes on to the next step.
    pub(crate) fn next(&self, text: impl Into<String>) {
        let text = text.into();
        if self.output.live {
            self.bar.set_message(text);
        } else {
            self.output.note(&text);
        }
    }
}

impl Drop for Steps<'_> {
    fn drop(&mut self) {
        // Also where a person interrupts.
        self.bar.finish_and_clear();
    }
}

impl Steps<'_> {
    /// Shows how far the present step is: on a terminal only.
    pub(crate) fn show(&self, text: impl Into<String>) {
        if self.output.live {
            self.bar.set_message(text.into());
        }
    }
}

/// A bar over a known number of things, with its rate and its end.
pub(crate) struct Bar(ProgressBar, Shown);

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

impl Bar {
    /// A bar that nothing has moved as yet.
    pub(crate) fn new(output: &Output) -> Self {
        let bar = shown(output, Some(0));
        if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len}  {per_sec}  {eta} left  {msg}")
        {
            bar.set_style(style);
        }
        Self(bar, Shown::new())
    }

    /// How far it is.
    pub(crate) fn set(&self, done: u64, of: u64, message: String) {
        self.0.set_length(of);
        self.0.set_position(done);
        self.0.set_message(message);
    }
}

fn shown(output: &Output, length: Option<u64>) -> ProgressBar {
    let target = if output.live { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    ProgressBar::with_draw_target(length, target).with_finish(ProgressFinish::AndClear)
}
