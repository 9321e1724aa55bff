//! The cases of a suite by their use. What stands together, by group or by likeness, stays together, so that nothing leaks
//! from what is learnt from into what decides.

use crate::evaluations::Random;
use crate::flywheel::{Seen, Shingles};
use contract::suite::Case;
use std::collections::{BTreeMap, HashMap};

/// From which likeness on two inputs are one.
const NEAR: f64 = 0.85;

/// The share of what is not held out that is learnt from.
const LEARNT_FROM: f64 = 1.0 / 3.0;

/// Places of cases, by their use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    /// To make examples of, and to learn from what went wrong.
    pub(super) train: Vec<usize>,
    /// To score candidates by.
    pub(super) dev: Vec<usize>,
    /// To judge the best by, once.
    pub(super) holdout: Vec<usize>,
}

/// Splits cases: the same seed, the same parts.
pub(super) fn split(cases: &[Case], holdout: f64, learns: bool, random: &mut Random) -> Parts {
    let mut clusters = clusters(cases);
    random.shuffle(&mut clusters);
    let most_held = (cases.len() as f64 * holdout).round() as usize;
    let left = (cases.len() - most_held) as f64;
    let most_learnt = if learns { (left * LEARNT_FROM).round() as usize } else { 0 };
    let mut parts = Parts { train: Vec::new(), dev: Vec::new(), holdout: Vec::new() };
    for cluster in clusters {
        let part = if parts.holdout.len() < most_held {
            &mut parts.holdout
        } else if parts.train.len() < most_learnt {
            &mut parts.train
        } else {
            &mut parts.dev
        };
        part.extend(cluster);
    }
    for part in [&mut parts.train, &mut parts.dev, &mut parts.holdout] {
        part.sort_unstable();
    }
    parts
}

/// Cases that stand together, by group or because they ask the same.
fn clusters(cases: &[Case]) -> Vec<Vec<usize>> {
    let mut seen = Seen::default();
    let mut of_group: HashMap<&str, usize> = HashMap::new();
    let mut merged: Vec<usize> = (0..cases.len()).collect();
    for (n, case) in cases.iter().enumerate() {
        let text = Shingles::of(&case.input);
        let mut together = seen.alike(&text, NEAR);
        // Its place is its number: every case is added.
        seen.add(text);
        together.extend(case.group.as_deref().map(|group| *of_group.entry(group).or_insert(n)));
        for other in together {
            let (from, into) = (root(&merged, n), root(&merged, other));
            merged[from.max(into)] = from.min(into);
        }
    }
    let mut clusters: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for n in 0..cases.len() {
        clusters.entry(root(&merged, n)).or_default().push(n);
    }
    clusters.into_values().collect()
}

fn root(merged: &[usize], mut n: usize) -> usize {
    while merged[n] != n {
        n = merged[n];
    }
    n
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(id: usize, input: &str, group: Option<&str>) -> Case {
        let json = serde_json::json!({"id": format!("case-{id}"), "input": input, "group": group});
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn what_is_alike_by_way_of_another_stays_together() {
        let words = |from: usize| (from..from + 40).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
        let inputs = [words(0), words(4), words(2)];
        let cases: Vec<Case> = inputs.iter().enumerate().map(|(n, input)| case(n, input, None)).collect();
        let alike = |a: usize, b: usize| Shingles::of(&inputs[a]).likeness(&Shingles::of(&inputs[b]));
        assert!(alike(0, 1) < NEAR && alike(0, 2) >= NEAR && alike(1, 2) >= NEAR);
        assert_eq!(clusters(&cases), [[0, 1, 2]]);
    }

    #[test]
    fn what_stands_together_stays_in_one_part_and_the_seed_decides() {
        let mut cases: Vec<Case> =
            (0..60).map(|n| case(n, &format!("What is the rule number {n} about?"), None)).collect();
        for n in 0..10 {
            // The same question twice, and one of a group with it.
            cases.push(case(100 + n, &format!("what IS the rule number {n} about"), Some("linked")));
        }
        let parts = split(&cases, 0.3, true, &mut Random::new(7));
        assert_eq!(parts, split(&cases, 0.3, true, &mut Random::new(7)));
        assert_ne!(parts, split(&cases, 0.3, true, &mut Random::new(8)));
        let of = |n: usize| [&parts.train, &parts.dev, &parts.holdout].iter().position(|p| p.contains(&n));
        let linked: Vec<_> = (0..10).chain(60..70).map(of).collect();
        assert!(linked.iter().all(|part| part.is_some() && *part == linked[0]), "{linked:?}");
        assert_eq!(parts.train.len() + parts.dev.len() + parts.holdout.len(), 70);
        assert!(parts.holdout.len() >= 21 && parts.dev.len() >= 10);
        assert!(split(&cases, 0.3, false, &mut Random::new(7)).train.is_empty());
    }
}
