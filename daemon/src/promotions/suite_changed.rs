//! Rule 6: a suite that lost or weakened cases since what is live was judged by it.

use contract::suite::{Case, SuiteDefinition};
use contract::wire::agents::GateRule;
use std::collections::HashMap;

/// Most cases that the rule names.
const MOST_NAMED: usize = 10;

/// The rule, where something is live: `before` is the suite that it was judged by.
pub(super) fn rule(before: &SuiteDefinition, now: &SuiteDefinition) -> GateRule {
    let kept: HashMap<&str, &Case> = now.spec.cases.iter().map(|case| (case.id.as_str(), case)).collect();
    let worse =
        |case: &&Case| kept.get(case.id.as_str()).is_none_or(|after| is_weaker(before, case, now, after));
    let cases: Vec<&str> = before.spec.cases.iter().filter(worse).map(|case| case.id.as_str()).collect();
    let detail = match cases.as_slice() {
        [] => "no case was lost or weakened since what is live was judged".to_owned(),
        cases => {
            let named = cases.iter().take(MOST_NAMED).copied().collect::<Vec<_>>().join(", ");
            let more = cases.len().saturating_sub(MOST_NAMED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("lost or weakened since what is live was judged: {named}{more}")
        }
    };
    let value = Some(cases.len() as f64);
    GateRule { rule: "suite_changed".into(), value, bound: Some(0.0), ok: cases.is_empty(), detail }
}

/// Whether a case asks less than it did: something else, as somebody else, or with fewer or lower demands.
fn is_weaker(suite: &SuiteDefinition, before: &Case, now: &SuiteDefinition, after: &Case) -> bool {
    let (old, new) = (&before.expect, &after.expect);
    let thresholds = now.thresholds_of(after);
    let lowered = |(name, floor): (&String, &f64)| thresholds.get(name).is_none_or(|after| after < floor);
    before.input != after.input
        || suite.user_of(before) != now.user_of(after)
        || (before.must_pass && !after.must_pass)
        || old.refusal.is_some() && old.refusal != new.refusal
        || old.answer.is_some() && old.answer != new.answer
        || old.tools.is_some() && old.tools != new.tools
        || old.facts.iter().any(|fact| !new.facts.contains(fact))
        || old.never.iter().any(|never| !new.never.contains(never))
        || old.never_sources.iter().any(|source| !new.never_sources.contains(source))
        || old.citations.iter().any(|citation| !new.citations.contains(citation))
        || suite.thresholds_of(before).iter().any(lowered)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUITE: &str = "apiVersion: katonic/v1\nkind: EvalSuite\nmetadata: {id: s-1}\nspec:\n  cases:\n  \
        - {id: one, input: A?, expect: {facts: [a, b]}, pass: {correctness: 0.6}, must_pass: true}\n  \
        - {id: two, input: B?, expect: {refusal: true}}\n";

    fn changed(from: &str, to: &str) -> bool {
        let suite = |text: &str| serde_yaml::from_str(text).unwrap();
        assert!(SUITE.contains(from));
        !rule(&suite(SUITE), &suite(&SUITE.replace(from, to))).ok
    }

    #[test]
    fn what_asks_less_is_found_and_what_asks_more_is_not() {
        for (from, to) in [
            ("facts: [a, b]", "facts: [a]"),
            ("correctness: 0.6", "correctness: 0.5"),
            (", must_pass: true", ""),
            ("refusal: true", "refusal: false"),
            ("id: two", "id: three"),
            ("input: A?", "input: An easier one?"),
        ] {
            assert!(changed(from, to), "{to}");
        }
        assert!(!changed("facts: [a, b]", "facts: [a, b, c]"));
        assert!(!changed("correctness: 0.6", "correctness: 0.7"));
        assert!(!changed("- {id: two", "- {id: four, input: D?}\n  - {id: two"));
    }
}
