//! Answers of prod that are drawn to be evaluated, where their agent says so.

use super::Asked;
use super::run::Answered;
use crate::agents::Deployed;
use crate::call::Context;
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::{Mutex, PoisonError};
use tokio::sync::mpsc;

/// Answers that wait to be evaluated; past that, those drawn are left out.
const MOST_WAITING: usize = 256;

/// An answer that was drawn.
pub(crate) struct Sample {
    pub(crate) team: String,
    pub(crate) agent: Deployed,
    pub(crate) trace_id: String,
    pub(crate) question: String,
    pub(crate) answered: Answered,
}

/// Where drawn answers wait.
pub(crate) struct Samples {
    sender: mpsc::Sender<Sample>,
    receiver: Mutex<Option<mpsc::Receiver<Sample>>>,
}

impl fmt::Debug for Samples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Samples")
    }
}

impl Default for Samples {
    fn default() -> Self {
        let (sender, receiver) = mpsc::channel(MOST_WAITING);
        Self { sender, receiver: Mutex::new(Some(receiver)) }
    }
}

impl Samples {
    /// Who evaluates them takes them, once.
    pub(crate) fn take(&self) -> Option<mpsc::Receiver<Sample>> {
        self.receiver.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Draws an answer of prod by its trace's lot. No call waits for it.
    pub(super) fn draw(&self, context: &Context, asked: &Asked, question: &str, answered: &Answered) {
        let online = asked.agent.definition.spec.evaluation.as_ref().and_then(|one| one.online.as_ref());
        let Some(online) = online.filter(|_| !asked.is_trial && asked.environment == "prod") else { return };
        let trace_id = context.trace_id();
        if lot(&trace_id) >= online.percent {
            return;
        }
        let sample = Sample {
            team: context.caller.team.clone(),
            agent: asked.agent.clone(),
            trace_id,
            question: question.to_owned(),
            answered: answered.clone(),
        };
        if self.sender.try_send(sample).is_err() {
            tracing::debug!("an answer drawn to be evaluated is left out: too many wait");
        }
    }
}

/// A number below 100 that a trace's id decides.
fn lot(trace_id: &str) -> f64 {
    let hash = Sha256::digest(trace_id);
    let bits = hash.iter().take(4).fold(0, |bits: u32, byte| (bits << 8) | u32::from(*byte));
    f64::from(bits) / (f64::from(u32::MAX) + 1.0) * 100.0
}

#[cfg(test)]
mod tests {
    use super::lot;

    #[test]
    fn lots_are_even() {
        let below = (0..10_000).filter(|n: &u32| lot(&n.to_string()) < 5.0).count();
        assert!((400..600).contains(&below), "{below}");
    }
}
