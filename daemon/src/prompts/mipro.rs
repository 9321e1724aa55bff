//! After MIPROv2 (Opsahl-Ong et al., EMNLP 2024): instructions and sets of examples are proposed first; a tree-structured
//! Parzen estimator then chooses among them and the settings, on parts of the cases, and the best so far are tried on all.

use super::lab::{Lab, Stop, mean};
use super::racing::race;
use super::space::{ORIGIN, Point};
use super::{tpe, write};

/// Cases of a trial.
const MINIBATCH: usize = 35;

/// Trials between two candidates that are tried on all cases.
const TRIALS: usize = 5;

/// Rounds of trials that may pass without a better candidate, for each dimension that has options.
const PATIENCE: usize = 3;

/// Searches until many rounds have brought nothing better, or all was tried.
///
/// # Errors
/// If the search can't go on.
pub(super) async fn search(lab: &mut Lab) -> Result<(), Stop> {
    write::proposals(lab).await?;
    let dimensions = lab.space.sizes().iter().filter(|size| **size > 1).count();
    let mut tried: Vec<usize> = vec![0];
    let mut vain = 0;
    while vain < PATIENCE * dimensions {
        let best = lab.best();
        for _ in 0..TRIALS {
            let history: Vec<(Point, f64)> = tried
                .iter()
                .map(|candidate| (lab.candidates[*candidate].point, gain(lab, *candidate)))
                .collect();
            let Some(point) = tpe::suggest(lab.space.sizes(), &history, &mut lab.random) else {
                vain = PATIENCE * dimensions;
                break;
            };
            let candidate = lab.candidate(point, None).await?;
            let cases = minibatch(lab);
            lab.evaluate(&[candidate], &cases).await?;
            tried.push(candidate);
        }
        if let Some(promising) = promising(lab, &tried) {
            race(lab, vec![promising]).await?;
        }
        vain = if lab.best() == best { vain + 1 } else { 0 };
    }
    Ok(())
}

/// Some cases of `dev`, others each time.
fn minibatch(lab: &mut Lab) -> Vec<usize> {
    let mut cases = lab.order.clone();
    lab.random.shuffle(&mut cases);
    // Of few cases a quarter is enough to tell good trials from bad ones.
    cases.truncate(MINIBATCH.min(lab.order.len().div_ceil(4)));
    cases
}

/// By how much a candidate is better than the agent as it was, on the cases that it was tried on.
fn gain(lab: &Lab, candidate: usize) -> f64 {
    let difference = |case: &usize| Some(lab.score(candidate, *case)? - lab.score(0, *case)?);
    let differences: Vec<f64> = lab.order.iter().filter_map(difference).collect();
    mean(&differences)
}

/// The best that was not yet tried on all cases, or left behind on the way.
fn promising(lab: &Lab, tried: &[usize]) -> Option<usize> {
    let order = lab.order.len();
    // A race begins with the first cases, which a minibatch hardly ever is.
    let has_raced = |candidate: usize| lab.scores(candidate).len() >= order.min(8);
    let left = tried.iter().copied().filter(|candidate| !has_raced(*candidate));
    left.filter(|candidate| lab.candidates[*candidate].point != ORIGIN)
        .max_by(|a, b| gain(lab, *a).total_cmp(&gain(lab, *b)))
}
