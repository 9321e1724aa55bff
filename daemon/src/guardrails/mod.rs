//! Eight rails that look at text before it reaches a model and before it leaves the platform.

mod boundary;
mod classifier;
mod decode;
mod engine;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod normalise;
mod pattern;
mod placeholder;
pub(crate) mod policy;
mod rails;
mod redact;
mod required;
mod session;
mod stream;
pub mod training;
mod trial;

pub(crate) use engine::Engine;
pub(crate) use redact::{Redactor, has_placeholder};
pub(crate) use stream::OutputStream;
pub use trial::check_text;

use crate::trace::Recorder;
use contract::agent::{Guardrails, RailAction};
use contract::wire::chat::{GuardrailsCheck, RailCheck};
use serde::Serialize;

/// The version of the rails' rules; part of what makes a run stale.
pub(crate) const VERSION: &str = "3";

/// Which way the text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// From the user to the model.
    Input,
    /// From the model to the user.
    Output,
}

impl Phase {
    /// As it stands in a `guardrails.check` event.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
        }
    }
}

/// What a rail did, from mildest to gravest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    /// Nothing found.
    Pass,
    /// Found, and a placeholder put in its place.
    Redact,
    /// Found, said, and let through.
    Warn,
    /// The rail could not look. Never a pass: where it would block, the text stops.
    Error,
    /// Found, and the text stopped.
    Block,
}

impl Outcome {
    /// As it stands in a `guardrails.check` event.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Redact => "redact",
            Self::Warn => "warn",
            Self::Error => "error",
            Self::Block => "block",
        }
    }
}

/// Where a rail found something, in bytes of the text, and the name of its placeholder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Span(usize, usize, &'static str);

/// What one rail did with a text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct RailResult {
    /// The rail.
    pub(crate) name: &'static str,
    /// What it did.
    pub(crate) result: Outcome,
    /// What kind of thing it found; never the thing itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// How sure it is of what it found, from 0 to 1.
    #[serde(skip_serializing_if = "is_nothing")]
    score: f32,
    /// Where it found the first things.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    spans: Vec<Span>,
    /// The action in force, which says whether an error stops the text.
    #[serde(skip)]
    action: RailAction,
}

/// Whether there is no score.
fn is_nothing(score: &f32) -> bool {
    *score == 0.0
}

impl RailResult {
    /// Whether the text must stop: a block, or an error of a rail that blocks.
    fn stops(&self) -> bool {
        self.result == Outcome::Block || (self.result == Outcome::Error && self.action == RailAction::Block)
    }
}

/// What the eight rails did with the texts of one direction, as a trace keeps it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Checked {
    phase: &'static str,
    passed: usize,
    total: usize,
    rails: Vec<RailResult>,
    latency_us: u64,
}

/// What the eight rails did with a text.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    /// The text that may go on: redacted, and cut where a rail stopped it.
    pub(crate) text: String,
    /// All eight, in registry order.
    pub(crate) rails: Vec<RailResult>,
    /// Time spent looking, in microseconds.
    pub(crate) latency_us: u64,
}

/// What a model says of a text beside a rail.
#[derive(Debug)]
pub(crate) enum Second {
    /// It found something, for this reason.
    Found(String),
    /// It could not look; what then happens, where settings say.
    Failed(Option<RailAction>),
}

impl Report {
    /// This report and the next text's together: of each rail the graver result, and the next's text.
    pub(crate) fn and(self, next: Self) -> Self {
        let pairs = self.rails.into_iter().zip(next.rails);
        let rails = pairs.map(|(one, two)| if two.result > one.result { two } else { one }).collect();
        let latency_us = self.latency_us.saturating_add(next.latency_us);
        Self { text: next.text, rails, latency_us }
    }

    /// How many rails let the text through: pass, redact and warn.
    pub(crate) fn passed(&self) -> usize {
        self.rails.iter().filter(|rail| rail.result <= Outcome::Warn).count()
    }

    /// Notes in the trace what the rails did.
    pub(crate) fn record(&self, recorder: &Recorder, phase: Phase) {
        let checked = Checked {
            phase: phase.as_str(),
            passed: self.passed(),
            total: self.rails.len(),
            rails: self.rails.clone(),
            latency_us: self.latency_us,
        };
        let summary = summary(self);
        recorder.with(|record| {
            record.guardrails.push(checked);
            record.guardrails_summary = Some(summary);
        });
        if let Some(rail) = self.blocked() {
            recorder.stage("rails", format!("blocked by rail:{}", rail.name));
        }
    }

    /// What the rails did, as the client is told.
    pub(crate) fn check(&self, trace_id: String, phase: Phase) -> GuardrailsCheck {
        let rails = self.rails.iter().map(|rail| RailCheck {
            name: rail.name.into(),
            result: rail.result.as_str().into(),
            reason: rail.reason.clone(),
        });
        GuardrailsCheck {
            trace_id,
            phase: phase.as_str().into(),
            passed: self.passed(),
            total: self.rails.len(),
            rails: rails.collect(),
            latency_us: self.latency_us,
        }
    }

    /// Adds what a model found, or that it failed, to a rail's result.
    pub(crate) fn second(&mut self, rail: &str, second: Second) {
        let Some(result) = self.rails.iter_mut().find(|one| one.name == rail) else { return };
        let is_closed = match &second {
            Second::Failed(wanted) => wanted.unwrap_or(result.action) == RailAction::Block,
            // What a message means can't be redacted.
            Second::Found(_) => result.action != RailAction::Warn,
        };
        let (outcome, reason) = match second {
            Second::Found(reason) if is_closed => (Outcome::Block, format!("the model's look: {reason}")),
            Second::Found(reason) => (Outcome::Warn, format!("the model's look: {reason}")),
            Second::Failed(_) if is_closed => (Outcome::Error, "its model could not look".to_owned()),
            Second::Failed(_) => (Outcome::Warn, "its model could not look".to_owned()),
        };
        if outcome > result.result {
            result.result = outcome;
            result.reason = Some(reason);
        }
        if outcome == Outcome::Error {
            result.action = RailAction::Block;
        }
    }

    /// The first rail that stopped the text.
    pub(crate) fn blocked(&self) -> Option<&RailResult> {
        self.rails.iter().find(|rail| rail.stops())
    }
}

/// Such as `8/8 pass`, or `7/8 · pii: error`.
pub(crate) fn summary(report: &Report) -> String {
    let (passed, total) = (report.passed(), report.rails.len());
    let failed = report.rails.iter().filter(|rail| rail.result > Outcome::Warn);
    let failed: Vec<String> = failed.map(|rail| format!("{}: {}", rail.name, rail.result.as_str())).collect();
    if failed.is_empty() {
        format!("{passed}/{total} pass")
    } else {
        format!("{passed}/{total} · {}", failed.join(", "))
    }
}

/// What the rails know beside the text.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    /// The agent's settings; the policy's floor holds below them.
    pub(crate) settings: &'a Guardrails,
    /// The agent's instructions, which must not come out.
    pub(crate) instructions: &'a str,
    /// The user's question, whose own numbers, names and links may come back.
    pub(crate) question: &'a str,
    /// The texts that were retrieved.
    pub(crate) passages: &'a [&'a str],
    /// Whether grounding applies: passages were retrieved.
    pub(crate) grounded: bool,
    /// Whether the text is the application's own: what it tells a model to do is no attack on it.
    pub(crate) trusted: bool,
}
