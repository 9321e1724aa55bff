//! Sets of examples: bootstrapped from cases that the agent passes, from references where it doesn't, and from what people
//! accepted of a dataset (Khattab et al., DSPy, 2023).

use super::space::Shot;
use crate::evaluations::Random;
use crate::flywheel::{Seen, Shingles};
use crate::guardrails::has_placeholder;
use contract::agent::Example;
use contract::suite::Case;
use contract::wire::evaluations::CaseResult;
use std::collections::BTreeSet;

/// Examples of a set at most.
const MOST_SHOTS: usize = 6;

/// Sets that are made.
const SETS: usize = 16;

/// From which likeness on an example asks what a case asks: it would give the answer away.
const GIVES_AWAY: f64 = 0.5;

/// Longest text of an example, in bytes.
const LONGEST: usize = 4 * 1024;

/// What may be shown: of accepted examples only those that are like no case that candidates are scored or judged by.
pub(super) fn pool<'a>(
    learnt_from: impl Iterator<Item = (&'a Case, &'a CaseResult)>,
    accepted: &[Example],
    scored_by: impl Iterator<Item = &'a Case>,
) -> Vec<Shot> {
    let mut kept_apart = Seen::default();
    for case in scored_by {
        kept_apart.place(Shingles::of(&case.input), 1.0);
    }
    let own = learnt_from.filter_map(|(case, result)| {
        let assistant = answer(case, result)?;
        Some(Shot { example: Example { user: case.input.clone(), assistant }, from: case.id.clone() })
    });
    let accepted = accepted
        .iter()
        .enumerate()
        .filter(|(_, example)| !kept_apart.knows_like(&Shingles::of(&example.user), GIVES_AWAY));
    let accepted =
        accepted.map(|(n, example)| Shot { example: example.clone(), from: format!("item-{}", n + 1) });
    let fits = |shot: &Shot| {
        let texts = [&shot.example.user, &shot.example.assistant];
        texts.iter().all(|text| text.len() <= LONGEST && !text.trim().is_empty() && !has_placeholder(text))
    };
    own.chain(accepted).filter(fits).collect()
}

/// What to answer: what the agent said if it passed, else the reference.
fn answer(case: &Case, result: &CaseResult) -> Option<String> {
    match (result.passed && !result.refused, &case.expect.answer) {
        (true, _) => Some(result.answer.clone()),
        (false, Some(references)) if case.expect.refusal != Some(true) => {
            references.as_slice().first().cloned()
        }
        _ => None,
    }
}

/// Sets of what may be shown, each in an order of its own: the agent's own first, then none, then random ones.
pub(super) fn sets(own: Vec<Shot>, pool: &[Shot], random: &mut Random) -> Vec<Vec<Shot>> {
    let mut sets = vec![own];
    if sets.iter().all(|set| !set.is_empty()) {
        sets.push(Vec::new());
    }
    let mut known: BTreeSet<Vec<usize>> = BTreeSet::new();
    // Where there is little to choose from, the same are drawn again.
    for _ in 0..SETS * 4 {
        if known.len() >= SETS || pool.is_empty() {
            break;
        }
        let mut places: Vec<usize> = (0..pool.len()).collect();
        random.shuffle(&mut places);
        places.truncate(1 + random.below(MOST_SHOTS.min(pool.len())));
        let mut sorted = places.clone();
        sorted.sort_unstable();
        if known.insert(sorted) {
            sets.push(places.iter().filter_map(|place| pool.get(*place).cloned()).collect());
        }
    }
    sets
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn case(id: &str, input: &str, expect: serde_json::Value) -> Case {
        serde_json::from_value(json!({"id": id, "input": input, "expect": expect})).unwrap()
    }

    fn result(id: &str, passed: bool, answer: &str) -> CaseResult {
        let result = json!({"case_id": id, "passed": passed, "scores": {}, "answer": answer, "refused": false,
            "citations": [], "tool_calls": [], "latency_ms": 1.0, "tokens": 1, "cost_usd": 0.0});
        serde_json::from_value(result).unwrap()
    }

    #[test]
    fn what_would_give_a_case_away_or_holds_personal_data_is_not_shown() {
        let learnt = [
            (case("one", "How many days?", json!({})), result("one", true, "Ten [1].")),
            (case("two", "Who pays?", json!({"answer": "The company."})), result("two", false, "Nobody.")),
            (case("three", "Who asks?", json!({})), result("three", false, "Nobody.")),
            (case("four", "Whom to write?", json!({})), result("four", true, "[EMAIL_1] [1].")),
        ];
        let scored = [case("five", "What is the policy for remote work from abroad?", json!({}))];
        let accept = |user: &str| Example { user: user.into(), assistant: "Yes.".into() };
        let accepted = [
            accept("what is the policy for remote work from abroad"),
            accept("May I bring my dog to the office?"),
        ];
        let pool = pool(learnt.iter().map(|(case, result)| (case, result)), &accepted, scored.iter());
        let shown: Vec<(&str, &str)> =
            pool.iter().map(|shot| (shot.from.as_str(), shot.example.assistant.as_str())).collect();
        assert_eq!(shown, [("one", "Ten [1]."), ("two", "The company."), ("item-2", "Yes.")]);
        let sets = sets(Vec::new(), &pool, &mut Random::new(1));
        assert_eq!(sets.len(), 8, "all subsets of three");
    }
}
