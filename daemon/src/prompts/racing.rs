//! Races: candidates are tried on ever more cases, the same for all, and those that are left behind are tried on no more of
//! them (successive halving: Karnin et al., ICML 2013; Jamieson and Talwalkar, AISTATS 2016).

use super::lab::{Lab, Stop, mean};

/// The cases of a race's first round: an eighth of all, but no fewer.
const FEWEST: usize = 8;

/// Standard errors below zero from which on a mean difference is no chance: of one side, 5 %.
const SURELY: f64 = 1.645;

/// Has candidates race. Who comes through is tried on all of `dev`.
///
/// # Errors
/// If the search can't go on.
pub(super) async fn race(lab: &mut Lab, mut field: Vec<usize>) -> Result<(), Stop> {
    let order = lab.order.clone();
    let mut upto = (order.len() / 8).max(FEWEST).min(order.len());
    while !field.is_empty() {
        lab.evaluate(&field, order.get(..upto).unwrap_or(&order)).await?;
        if upto == order.len() {
            break;
        }
        field = ahead(lab, field);
        upto = (upto * 2).min(order.len());
    }
    Ok(())
}

/// The better half of those that aren't surely worse than the best so far.
fn ahead(lab: &Lab, field: Vec<usize>) -> Vec<usize> {
    let best = lab.scores(lab.best());
    let mut field: Vec<(usize, Vec<f64>)> =
        field.into_iter().map(|candidate| (candidate, lab.scores(candidate))).collect();
    field.retain(|(_, scores)| !is_surely_worse(scores, &best));
    field.sort_by(|(_, a), (_, b)| mean(b).total_cmp(&mean(a)));
    field.truncate(field.len().div_ceil(2));
    field.into_iter().map(|(candidate, _)| candidate).collect()
}

/// Whether scores are lower than others on the same cases, beyond chance.
fn is_surely_worse(scores: &[f64], others: &[f64]) -> bool {
    let differences: Vec<f64> = scores.iter().zip(others).map(|(one, other)| one - other).collect();
    let n = differences.len() as f64;
    let difference = mean(&differences);
    let squares: f64 = differences.iter().map(|one| (one - difference).powi(2)).sum();
    n > 1.0 && difference + SURELY * (squares / (n - 1.0) / n).sqrt() < 0.0
}

#[cfg(test)]
mod tests {
    use super::is_surely_worse;

    #[test]
    fn a_bad_start_is_not_yet_the_end() {
        let best = vec![1.0; 16];
        let mut scores = best.clone();
        scores[0] = 0.0;
        assert!(!is_surely_worse(&scores, &best), "one of 16");
        scores[1..8].fill(0.0);
        assert!(is_surely_worse(&scores, &best), "half of 16");
        assert!(!is_surely_worse(&best, &scores));
    }
}
