//! Evaluations: suites, runs, comparisons. Seven formulas, no model needed.

mod admission;
mod answers;
pub(crate) mod api;
mod asker;
mod basis;
mod cancel;
mod case;
mod compare;
mod confirm;
mod engine;
mod evaluators;
mod judge;
mod online;
mod pace;
mod preference;
mod progress;
mod record;
mod score;
mod sql;
mod start;
pub mod statistics;
mod suites;
mod summary;
mod visible;

pub(crate) use asker::{Asker, Question};
pub(crate) use cancel::cancel;
pub(crate) use case::{Bench, ask, told};
pub(crate) use compare::{Both, EvaluatorDifference, Sides, evaluators, sides};
pub(crate) use confirm::{Retrial, broken, confirm};
pub(crate) use engine::spawn;
pub(crate) use online::{follow as follow_online, quality};
pub(crate) use progress::Note;
pub(crate) use record::run_for_gate;
pub use score::score_answers;
pub(crate) use sql::{current_suite, inputs, suite_is_still, suite_version, unfinished};
pub(crate) use start::check_users;
pub(crate) use statistics::{Random, fisher_greater};

use basis::basis;
use evaluators::EVALUATOR_VERSION;

/// How often the bootstrap resamples.
const RESAMPLES: usize = 10_000;

/// The seed where the caller gives none.
pub(crate) const SEED: u64 = 1;
