//! Waiting for a run, with a bar.

use crate::client::Client;
use crate::failure::Failure;
use crate::output::progress::Bar;
use crate::session::Session;
use contract::catalogue::GetRun;
use contract::wire::evaluations::{RunDetail, RunPath};
use futures::StreamExt;
use serde_json::Value;
use std::time::Duration;
use tokio::time::interval;

/// How long between two looks at a run whose events broke off.
const LOOK: Duration = Duration::from_secs(1);

/// Follows a run to its end.
///
/// # Errors
/// If the daemon can't be reached, or there is no such run.
pub(in crate::commands) async fn follow(
    session: &Session,
    client: &Client,
    run_id: &str,
) -> Result<RunDetail, Failure> {
    session.if_interrupted(format!("The run goes on in the daemon: `katonic eval show {run_id}` shows it."));
    let path = RunPath { run_id: run_id.to_owned() };
    let bar = Bar::new(&session.output);
    let mut events = client.stream::<GetRun>(&path).await?;
    while let Some(event) = events.next().await {
        // A stream that breaks off is no reason to give up: the run itself is asked below.
        let Ok((name, data)) = event else { break };
        match name.as_str() {
            "run.progress" => advance(&bar, &data),
            "run.finished" => return Ok(serde_json::from_value(data)?),
            _ => {}
        }
    }
    let mut looks = interval(LOOK);
    loop {
        looks.tick().await;
        let run = client.call::<GetRun>(&path).await?;
        bar.set(run.run.done as u64, run.run.cases as u64, passed(run.run.passed as u64));
        if run.run.status.is_over() {
            return Ok(run);
        }
    }
}

fn advance(bar: &Bar, data: &Value) {
    let figure = |name: &str| data.get(name).and_then(Value::as_u64).unwrap_or_default();
    bar.set(figure("done"), figure("cases"), passed(figure("passed")));
}

fn passed(cases: u64) -> String {
    format!("{cases} passed")
}
