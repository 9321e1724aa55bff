//! After GEPA (Agrawal et al., 2025): a candidate that is best at some case is tried on a few, a model reads how it went and
//! writes better instructions; if these do better there, they are tried on all. Examples and settings change in their turn.

use super::lab::{Lab, Stop};
use super::racing::race;
use super::space::Point;
use super::write;

/// Cases that a model reads at once.
const MINIBATCH: usize = 3;

/// Changes that may be tried without a candidate that comes through.
const PATIENCE: usize = 200;

/// Minibatches in a row in which nothing goes wrong.
const ENOUGH: usize = 200;

/// Searches until many steps have brought nothing better.
///
/// # Errors
/// If the search can't go on.
pub(super) async fn search(lab: &mut Lab) -> Result<(), Stop> {
    let (mut vain, mut flawless, mut turn) = (0, 0, 0);
    while vain < PATIENCE && flawless < ENOUGH {
        let parent = parent(lab);
        let mut cases = lab.parts.train.clone();
        lab.random.shuffle(&mut cases);
        cases.truncate(MINIBATCH);
        lab.evaluate(&[parent], &cases).await?;
        let before = sum(lab, parent, &cases);
        // Nothing is to be learnt where nothing went wrong.
        if before >= cases.len() as f64 - 1e-9 {
            flawless += 1;
            continue;
        }
        (vain, flawless) = (vain + 1, 0);
        let Some(point) = change(lab, parent, turn, &cases).await? else { continue };
        turn += 1;
        let known = lab.candidates.len();
        let child = lab.candidate(point, Some(parent)).await?;
        if child < known {
            continue;
        }
        lab.evaluate(&[child], &cases).await?;
        if sum(lab, child, &cases) > before {
            race(lab, vec![child]).await?;
            if lab.best() == child {
                vain = 0;
            }
        }
    }
    Ok(())
}

/// A candidate of the front, the likelier the more cases it is best at.
fn parent(lab: &mut Lab) -> usize {
    let front = lab.front();
    let all: usize = front.iter().map(|(_, wins)| wins).sum();
    let mut at = lab.random.below(all);
    for (candidate, wins) in &front {
        match at.checked_sub(*wins) {
            Some(left) => at = left,
            None => return *candidate,
        }
    }
    0
}

/// A candidate's point with one dimension changed, each in its turn; none, if nobody writes better instructions.
async fn change(lab: &mut Lab, parent: usize, turn: usize, cases: &[usize]) -> Result<Option<Point>, Stop> {
    let mut point = lab.candidates[parent].point;
    let sizes = lab.space.sizes();
    let others: Vec<usize> = (1..sizes.len()).filter(|dimension| sizes[*dimension] > 1).collect();
    match turn.checked_rem(others.len() + 1).and_then(|at| at.checked_sub(1)).and_then(|at| others.get(at)) {
        Some(dimension) => {
            let step = 1 + lab.random.below(sizes[*dimension] - 1);
            point[*dimension] = (point[*dimension] + step) % sizes[*dimension];
        }
        None => match write::reflection(lab, parent, cases).await? {
            Some(instructions) => point[0] = instructions,
            None => return Ok(None),
        },
    }
    Ok(Some(point))
}

fn sum(lab: &Lab, candidate: usize, cases: &[usize]) -> f64 {
    cases.iter().filter_map(|case| lab.score(candidate, *case)).sum()
}
