//! Spinners and bars while work goes on: on a terminal only.

use super::Output;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};
use std::time::Duration;

/// How often a spinner turns.
const TURN: Duration = Duration::from_millis(100);

/// Steps of some work, the present one with a spinner; without a terminal a line each.
pub(crate) struct Steps<'a> {
    output: &'a Output,
    bar: ProgressBar,
}

impl<'a> Steps<'a> {
    /// No step as yet.
    pub(crate) fn new(output: &'a Output) -> Self {
        let bar = shown(output, None);
        if output.live {
            bar.enable_steady_tick(TURN);
        }
        Self { output, bar }
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

impl Steps<'_> {
    /// Shows how far the present step is: on a terminal only.
    pub(crate) fn show(&self, text: impl Into<String>) {
        if self.output.live {
            self.bar.set_message(text.into());
        }
    }
}

/// A bar over a known number of things, with its rate and its end.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// A bar that nothing has moved as yet.
    pub(crate) fn new(output: &Output) -> Self {
        let bar = shown(output, Some(0));
        if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len}  {per_sec}  {eta} left  {msg}")
        {
            bar.set_style(style);
        }
        Self(bar)
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
