//! A search for people: its best candidates, and what decides.

use crate::failure::Failure;
use crate::output::clean;
use crate::output::table::{or_dash, table};
use crate::session::Session;
use contract::wire::prompts::{Optimisation, OptimisationSpent, OptimisedCandidate};

/// Candidates that are shown.
const SHOWN: usize = 20;

/// Characters of a change that are shown.
const CHANGE: usize = 80;

/// Prints a search.
///
/// # Errors
/// If nobody reads it.
pub(super) fn print(session: &Session, found: &Optimisation) -> Result<(), Failure> {
    session.output.either(found, || describe(found))
}

fn describe(found: &Optimisation) -> String {
    let mut candidates: Vec<&OptimisedCandidate> = found.candidates.iter().collect();
    // Who was tried on more cases is known better.
    candidates.sort_by(|a, b| {
        let score = |candidate: &OptimisedCandidate| candidate.score.unwrap_or(-1.0);
        b.evaluated_on.cmp(&a.evaluated_on).then(score(b).total_cmp(&score(a)))
    });
    let row = |candidate: &&OptimisedCandidate| {
        let score = candidate.score.map(|score| format!("{score:.3}"));
        let change: String = candidate.change.chars().take(CHANGE).collect();
        [
            candidate.candidate_id.clone(),
            or_dash(candidate.parent.as_ref()),
            or_dash(score.as_ref()),
            format!("{}/{}", candidate.evaluated_on, found.cases.dev),
            if candidate.on_front { "yes" } else { "" }.to_owned(),
            clean(&change),
        ]
    };
    let shown = candidates.iter().take(SHOWN).map(row);
    let mut parts = vec![table(["candidate", "of", "score", "cases", "front", "change"], shown)];
    if candidates.len() > SHOWN {
        parts.push(format!("{} more; `--json` has them all.", candidates.len() - SHOWN));
    }
    parts.push(conclusion(found));
    parts.join("\n\n")
}

fn conclusion(found: &Optimisation) -> String {
    let head = format!(
        "{}: {} on {}, {} ({}); {}",
        found.optimisation_id,
        found.agent,
        found.suite,
        found.status.as_str(),
        found.algorithm.as_str(),
        spent(&found.spent)
    );
    let mut lines = vec![head];
    if let (Some(holdout), Some(best)) = (&found.holdout, &found.best) {
        lines.push(format!(
            "{}: {best} passes {:.1} % of {} cases that the search never saw, {:.1} % before ({:+.3}, 95 % interval {:+.3} \
             to {:+.3})",
            holdout.verdict,
            holdout.candidate * 100.0,
            holdout.cases,
            holdout.baseline * 100.0,
            holdout.delta,
            holdout.ci95.0,
            holdout.ci95.1
        ));
        if holdout.verdict == "improved" {
            lines.push(format!("`katonic prompts apply {}` makes it a version.", found.optimisation_id));
        }
    }
    lines.extend(found.notes.iter().cloned());
    lines.join("\n")
}

/// What was used.
pub(super) fn spent(spent: &OptimisationSpent) -> String {
    format!("{} calls, {} tokens, ${:.4}", spent.calls, spent.tokens, spent.usd.dollars())
}
