//! Cases that broke, asked again on both sides: a broken one fails each time, a flaky one does not.

use super::case::{self, Bench};
use super::statistics::stays_broken;
use super::{Asker, Sides, sql};
use crate::agents::Deployed;
use crate::app::App;
use crate::error::Error;
use contract::catalogue::StartRun;
use contract::endpoint::Endpoint;
use contract::suite::Case;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};

/// The sides of a promotion, and what they are asked.
pub(crate) struct Retrial<'a> {
    pub(crate) team: &'a str,
    /// The run that is judged: its key asks again, as long as it may still make runs.
    pub(crate) run_id: &'a str,
    pub(crate) baseline: &'a Deployed,
    pub(crate) candidate: &'a Deployed,
    pub(crate) cases: &'a [String],
}

/// The cases that passed in the baseline and fail in the candidate.
pub(crate) fn broken(sides: &Sides) -> Vec<String> {
    let both = sides.both();
    let broken = both.cases.iter().filter(|(before, after)| before.passed && !after.passed);
    broken.map(|(_, after)| after.case_id.clone()).collect()
}

/// Asks the cases again, and says which are broken: those that the baseline passes each time, and the candidate never. A
/// case is asked until it shows that it is not.
///
/// # Errors
/// If the run's key may no longer make runs, or its budget is spent.
pub(crate) async fn confirm(app: &App, retrial: &Retrial<'_>) -> Result<Vec<String>, Error> {
    let gone = || Error::not_found("run", retrial.run_id);
    let run = sql::run_by_id(&app.db, retrial.run_id).await?.filter(|run| run.caller.team == retrial.team);
    let run = run.ok_or_else(gone)?;
    let suite = sql::suite_version(&app.db, retrial.team, &run.suite, &run.suite_version).await?;
    let suite = suite.ok_or_else(|| Error::not_found("suite", &run.suite))?;
    let asker = Asker::new(run.caller, StartRun::DECLARATION, ("run", run.id), None);
    let bench = Bench::new(asker, suite);
    let cases = bench.suite.spec.cases.iter().filter(|case| retrial.cases.contains(&case.id));
    let asked: Vec<_> = cases.map(|case| is_broken(app, &bench, retrial, case).boxed()).collect();
    let asked = stream::iter(asked).buffered(run.plan.concurrency.max(1) as usize);
    asked.try_filter_map(|broken| async move { Ok(broken) }).try_collect().await
}

async fn is_broken(
    app: &App,
    bench: &Bench,
    retrial: &Retrial<'_>,
    case: &Case,
) -> Result<Option<String>, Error> {
    let passes = |agent| async move { Ok::<bool, Error>(case::ask(app, bench, agent, case).await?.passed) };
    let broken = stays_broken(|| passes(retrial.candidate), || passes(retrial.baseline)).await?;
    Ok(broken.then(|| case.id.clone()))
}
