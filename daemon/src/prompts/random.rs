//! Bootstrapped few-shot with random search (`BootstrapFewShotWithRandomSearch`: Khattab et al., DSPy, 2023): candidates
//! drawn at random, in races.

use super::lab::{Lab, Stop};
use super::racing::race;
use super::write;

/// Candidates of a race.
const FIELD: usize = 16;

/// Races.
const RACES: usize = 16;

/// Draws for a candidate that is new.
const DRAWS: usize = 64;

/// Searches until all races are over, or nothing new is drawn.
///
/// # Errors
/// If the search can't go on.
pub(super) async fn search(lab: &mut Lab) -> Result<(), Stop> {
    write::proposals(lab).await?;
    for _ in 0..RACES {
        let known = lab.candidates.len();
        for _ in 0..FIELD * DRAWS {
            if lab.candidates.len() == known + FIELD {
                break;
            }
            let point = lab.space.sizes().map(|size| lab.random.below(size));
            lab.candidate(point, None).await?;
        }
        let field: Vec<usize> = (known..lab.candidates.len()).collect();
        if field.is_empty() {
            break;
        }
        race(lab, field).await?;
    }
    Ok(())
}
