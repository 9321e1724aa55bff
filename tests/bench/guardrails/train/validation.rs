//! How good a recipe is on texts that it has not seen: cross-validation, within the train part.

use crate::shuffle::Shuffle;
use crate::texts::Text;
use std::collections::{BTreeMap, HashMap};

/// Words in a row that two texts must share to be taken for copies of each other.
const RUN: usize = 5;

/// A number of a fold for each text. Texts that share three in ten of their runs of words are in one fold, as most
/// attacks are somebody else's with a change.
pub(crate) fn folds(texts: &[Text], count: usize) -> Vec<usize> {
    let mut parents: Vec<usize> = (0..texts.len()).collect();
    let mut holders: HashMap<u64, Vec<usize>> = HashMap::new();
    for (at, text) in texts.iter().enumerate() {
        let runs = runs(&text.text);
        let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
        for run in &runs {
            let known = holders.entry(*run).or_default();
            known.iter().for_each(|other| *shared.entry(*other).or_default() += 1);
            known.push(at);
        }
        for (other, _) in shared.into_iter().filter(|(_, count)| 10 * count >= 3 * runs.len()) {
            let (one, two) = (root(&parents, at), root(&parents, other));
            parents[one] = two;
        }
    }
    let mut chance = Shuffle::new(3);
    let drawn: Vec<usize> = texts.iter().map(|_| chance.below(count)).collect();
    (0..texts.len()).map(|at| drawn[root(&parents, at)]).collect()
}

fn root(parents: &[usize], mut at: usize) -> usize {
    while parents[at] != at {
        at = parents[at];
    }
    at
}

fn runs(text: &str) -> Vec<u64> {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let hash = |run: &[&str]| {
        let mut hasher = DefaultHasher::new();
        run.hash(&mut hasher);
        hasher.finish()
    };
    let mut runs: Vec<u64> = words.windows(RUN.min(words.len().max(1))).map(hash).collect();
    runs.sort_unstable();
    runs.dedup();
    runs
}

/// Prints, for each set, how many texts lie at or beyond some margins, and how well the margin tells bad texts apart.
pub(crate) fn print(texts: &[Text], margins: &[f64], thresholds: &[f64], labelled: &[&str]) {
    let mut sets: BTreeMap<(bool, &str), Vec<f64>> = BTreeMap::new();
    for (text, margin) in texts.iter().zip(margins) {
        sets.entry((text.is_bad, &text.set)).or_default().push(*margin);
    }
    let heads: Vec<String> = thresholds.iter().map(|threshold| format!("{threshold:>8.2}")).collect();
    println!("  {:<24}{:>6}{}", "set, by its own kind", "texts", heads.concat());
    for ((is_bad, set), margins) in &sets {
        let shares = thresholds.iter().map(|threshold| {
            let beyond = margins.iter().filter(|margin| *margin >= threshold).count();
            format!("{:>8.3}", beyond as f64 / margins.len() as f64)
        });
        let kind = if *is_bad { "bad " } else { "good" };
        println!("  {kind} {set:<19}{:>6}{}", margins.len(), shares.collect::<String>());
    }
    let of = |bad: bool| -> Vec<f64> {
        let sets = sets.iter().filter(|((is_bad, set), _)| *is_bad == bad && labelled.contains(set));
        sets.flat_map(|(_, margins)| margins.iter().copied()).collect()
    };
    println!("  AUC within {}: {:.4}", labelled.join(", "), area(&of(true), &of(false)));
}

/// How often a bad text lies beyond a good one; ties count half (Mann and Whitney, 1947).
fn area(bad: &[f64], good: &[f64]) -> f64 {
    let win = |one: &f64, two: &f64| f64::from(u8::from(one > two)) + 0.5 * f64::from(u8::from(one == two));
    let wins: f64 = bad.iter().map(|one| good.iter().map(|two| win(one, two)).sum::<f64>()).sum();
    wins / (bad.len() * good.len()).max(1) as f64
}
