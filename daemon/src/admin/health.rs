//! `/admin/v1/health`: whether all that the daemon rests on works, part by part.

use crate::app::App;
use crate::error::Error;
use crate::gate::Caller;
use crate::http::mount::{Api, Call, Out};
use contract::admin::GetHealth;
use contract::wire::admin::{Health, HealthCheck};
use std::time::Instant;

pub(super) fn routes(api: Api) -> Api {
    api.mount::<GetHealth, _, _>(health)
}

async fn health(app: App, call: Call<GetHealth>) -> Result<Out<Health>, Error> {
    let caller = &call.context.caller;
    let checks = vec![store(&app).await, audit(&app), providers(&app, caller), sources(&app, caller)];
    let status = if checks.iter().all(|check| check.ok) { "ok" } else { "degraded" };
    Ok(Out::Body(Health {
        object: "health".into(),
        status: status.into(),
        version: env!("CARGO_PKG_VERSION").into(),
        checks,
    }))
}

fn check(name: &str, ok: bool, detail: String) -> HealthCheck {
    HealthCheck { name: name.into(), ok, detail }
}

async fn store(app: &App) -> HealthCheck {
    let began = Instant::now();
    let answers = app.db.answers().await;
    let detail = match answers {
        true => format!("{:?} answered in {:.1} ms", app.db.engine(), began.elapsed().as_secs_f64() * 1000.0),
        false => format!("{:?} does not answer: the daemon's log says why", app.db.engine()),
    };
    check("store", answers, detail)
}

fn audit(app: &App) -> HealthCheck {
    let waiting = app.books.ledger.kept();
    let detail = match waiting {
        0 => "every row is written".to_owned(),
        rows => format!("{rows} rows wait for the store, and calls are refused until they are written"),
    };
    check("audit", waiting == 0, detail)
}

/// The models of the caller's team that rest after failures.
fn providers(app: &App, caller: &Caller) -> HealthCheck {
    let all = app.providers.statuses(&caller.team, false);
    let targets: Vec<_> = all.iter().flat_map(|provider| &provider.targets).collect();
    let resting: Vec<&str> = targets
        .iter()
        .filter(|target| target.state == "resting")
        .map(|target| target.target.as_str())
        .collect();
    let detail = match resting.as_slice() {
        [] => format!("{} models were called, and none rests after failures", targets.len()),
        resting => format!("resting after failures: {}", resting.join(", ")),
    };
    check("providers", resting.is_empty(), detail)
}

/// The sources of the caller's team that can't be read.
fn sources(app: &App, caller: &Caller) -> HealthCheck {
    let all = app.sources.list(&caller.team);
    let troubled: Vec<&str> =
        all.iter().filter(|source| source.trouble.is_some()).map(|source| source.name.as_str()).collect();
    let detail = match troubled.as_slice() {
        [] => format!("{} sources of documents, all read", all.len()),
        troubled => format!("can't be read: {}", troubled.join(", ")),
    };
    check("sources", troubled.is_empty(), detail)
}
