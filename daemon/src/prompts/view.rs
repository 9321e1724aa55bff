//! A search as it is shown.

use super::lab::{Lab, mean};
use super::start::Plan;
use crate::gate::purse::Amount;
use contract::time::Time;
use contract::wire::evaluations::RunStatus;
use contract::wire::prompts::{
    Optimisation, OptimisationCases, OptimisationProgress, OptimisationSpent, OptimisedCandidate,
};
use std::collections::HashSet;

/// The name of a candidate by its number.
pub(super) fn candidate_id(number: usize) -> String {
    format!("c{number}")
}

/// The number of a candidate by its name.
pub(super) fn number(candidate_id: &str) -> Option<usize> {
    candidate_id.strip_prefix('c')?.parse().ok()
}

/// A search that has not begun.
pub(super) fn new(id: &str, plan: &Plan, created_at: Time) -> Optimisation {
    Optimisation {
        object: "prompt.optimisation".into(),
        optimisation_id: id.to_owned(),
        agent: plan.agent.clone(),
        agent_version: plan.agent_version.clone(),
        suite: plan.suite.clone(),
        suite_version: plan.suite_version.clone(),
        algorithm: plan.algorithm,
        status: RunStatus::Queued,
        search: plan.search.clone(),
        seed: plan.seed,
        budget: plan.budget,
        spent: OptimisationSpent::default(),
        cases: OptimisationCases::default(),
        generation: 0,
        baseline: None,
        best: None,
        holdout: None,
        candidates: Vec::new(),
        notes: plan.notes.clone(),
        created_at,
        finished_at: None,
        reason: None,
    }
}

/// A search as far as it is.
pub(super) fn of(lab: &Lab) -> Optimisation {
    let front: HashSet<usize> = lab.front().into_iter().map(|(candidate, _)| candidate).collect();
    let whole = lab.whole();
    let (search, parts) = (&lab.search, &lab.parts);
    let candidate = |number: usize| {
        let candidate = &lab.candidates[number];
        let scores: Vec<f64> = lab.order.iter().filter_map(|case| lab.score(number, *case)).collect();
        OptimisedCandidate {
            candidate_id: candidate_id(number),
            parent: candidate.parent.map(candidate_id),
            change: lab.space.change(candidate.point),
            score: (!scores.is_empty()).then(|| mean(&scores)),
            evaluated_on: scores.len(),
            on_front: front.contains(&number),
        }
    };
    Optimisation {
        spent: spent(lab.purse.used()),
        cases: OptimisationCases {
            train: parts.train.len(),
            dev: parts.dev.len(),
            holdout: parts.holdout.len(),
        },
        generation: lab.generation,
        baseline: whole.contains(&0).then(|| mean(&lab.scores(0))),
        best: (!whole.is_empty()).then(|| candidate_id(lab.best())),
        candidates: (0..lab.candidates.len()).map(candidate).collect(),
        ..new(&search.id, &search.plan, search.created_at)
    }
}

pub(super) fn spent(used: Amount) -> OptimisationSpent {
    OptimisationSpent { calls: used.calls, tokens: used.tokens, usd: used.usd }
}

/// How far a search is.
pub(super) fn progress(shown: &Optimisation) -> OptimisationProgress {
    let best = shown.candidates.iter().find(|candidate| Some(&candidate.candidate_id) == shown.best.as_ref());
    OptimisationProgress {
        optimisation_id: shown.optimisation_id.clone(),
        status: shown.status,
        generation: shown.generation,
        candidates: shown.candidates.len(),
        on_front: shown.candidates.iter().filter(|candidate| candidate.on_front).count(),
        baseline: shown.baseline,
        best: best.and_then(|candidate| candidate.score),
        spent: shown.spent,
    }
}
