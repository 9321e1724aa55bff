//! When a case that broke is broken, and not flaky.

/// How often a case that broke is asked again of either side, at most.
pub const TIMES: usize = 3;

/// Whether a case that broke is broken: asked again [`TIMES`] times, the candidate never passes it, and the baseline always
/// does. Each side says whether it passes this time; neither is asked any more once it shows that the case is not.
///
/// # Errors
/// If a side can't be asked.
pub async fn stays_broken<C, B, E>(
    mut candidate: impl FnMut() -> C,
    mut baseline: impl FnMut() -> B,
) -> Result<bool, E>
where
    C: Future<Output = Result<bool, E>>,
    B: Future<Output = Result<bool, E>>,
{
    for _ in 0..TIMES {
        if candidate().await? || !baseline().await? {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::stays_broken;
    use futures::executor::block_on;
    use std::future::ready;

    /// Whether a case stays broken of which each side passes as said, and how often each is asked.
    fn asked(candidate: [bool; 3], baseline: [bool; 3]) -> (bool, usize, usize) {
        let (mut of_candidate, mut of_baseline) = (candidate.iter(), baseline.iter());
        let say =
            |side: &mut std::slice::Iter<'_, bool>| ready(side.next().copied().ok_or("asked too often"));
        let broken = block_on(stays_broken(|| say(&mut of_candidate), || say(&mut of_baseline)));
        (broken.unwrap(), 3 - of_candidate.len(), 3 - of_baseline.len())
    }

    #[test]
    fn one_pass_of_the_candidate_or_one_failure_of_the_baseline_clears_it() {
        assert_eq!(asked([false; 3], [true; 3]), (true, 3, 3));
        assert_eq!(asked([false, true, false], [true; 3]), (false, 2, 1));
        assert_eq!(asked([false; 3], [true, true, false]), (false, 3, 3));
        assert_eq!(asked([false; 3], [false, true, true]), (false, 1, 1));
    }
}
