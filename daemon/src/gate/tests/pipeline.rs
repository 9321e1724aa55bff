//! What a call costs beside its work: the whole pipeline without a provider, measured by `tests/bench/pipeline/run`.

use super::{World, read};
use crate::app::App;
use crate::call::{Context, Ending};
use crate::gate::admit::{Credentials, admit};
use crate::gate::{directory, keys};
use crate::providers::{Quote, Spending};
use crate::trace::Recorder;
use contract::admin::{CreateBudget, CreateKey, PutUsers};
use contract::catalogue::ChatCompletions;
use contract::endpoint::Endpoint;
use contract::money::Usd;
use contract::time::Clock;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Instant;

/// Calls that are measured, and how many are under way at once.
const CALLS: usize = 48_000;
const AT_ONCE: usize = 16;

/// Clock ticks of a second, as Linux reports CPU times.
const TICKS: f64 = 100.0;

/// CPU time of all threads of this process, in seconds.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / TICKS
}

/// A key with every kind of limit, a user whom it acts for, and a budget for each subject.
async fn prepared() -> (World, String) {
    let world = World::open().await;
    let now = world.clock.now();
    let limits = json!({
        "per_minute": 10_000_000, "per_day": 100_000_000, "tokens_per_minute": 1_000_000_000, "concurrent": 1000,
    });
    let key =
        json!({"name": "app", "scopes": ["completions"], "act_as": ["*@example.org"], "limits": limits});
    let (_, key) = world
        .act::<CreateKey, _>(async |app, context| {
            keys::create(&app.db, &app.pepper, &context.caller, "default", read(key.clone()), now)
                .await
                .unwrap()
        })
        .await;
    let users = json!({"groups": ["staff"], "users": [{"email": "ana@example.org", "groups": ["staff"]}]});
    world
        .act::<PutUsers, _>(async |app, context| {
            directory::put(&app.db, &context.caller, "default", read(users.clone())).await.unwrap()
        })
        .await;
    for (subject, id) in [("team", None), ("key", Some("app")), ("user", Some("ana@example.org"))] {
        let budget = json!({"name": subject, "subject": subject, "subject_id": id, "period": "day", "limit_usd": 1_000_000});
        world
            .act::<CreateBudget, _>(async |app, _| {
                app.books.budgets.create("default", read(budget.clone()), now.0).await.unwrap()
            })
            .await;
    }
    (world, key.secret.unwrap())
}

/// A call from its key to its audit row; its body is read, and its work is not done.
async fn call(app: &App, clock: &Clock, secret: &str, body: &[u8]) {
    let recorder = Recorder::open(ChatCompletions::DECLARATION.name, clock.now());
    let credentials = Credentials {
        authorization: Some(format!("Bearer {secret}")),
        users: vec!["ana@example.org".into()],
        assertion: None,
        hub: None,
        address: None,
    };
    let admitted = admit(app, &recorder, &credentials, ChatCompletions::DECLARATION).await.unwrap();
    let mut context = Context::new(admitted.caller, recorder, app.books.clone(), Vec::new());
    context.slot = admitted.slot.map(Arc::new);
    let request: Map<String, Value> = serde_json::from_slice(body).unwrap();
    context.recorder.request("model", request["model"].clone());
    let quote = Quote::costing(Usd::from_nanos(1_000_000));
    context.account.reserve(&quote, Instant::now()).unwrap();
    context.recorder.with(|record| record.usage.cost_usd = Usd::from_nanos(1000));
    context.settle(Ending { status: 200, label: "completed" }).await.unwrap();
}

async fn calls(world: &World, secret: &str, body: &Arc<[u8]>, count: usize) {
    let task = |_| {
        let (app, clock) = (world.app(), world.clock.clone());
        let (secret, body) = (secret.to_owned(), Arc::clone(body));
        tokio::spawn(async move {
            for _ in 0..count / AT_ONCE {
                call(&app, &clock, &secret, &body).await;
            }
        })
    };
    futures::future::try_join_all((0..AT_ONCE).map(task)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn a_call_without_its_work() {
    let (world, secret) = prepared().await;
    let question = "Say hello to the bench. ".repeat(38);
    let body =
        json!({"model": "mock/mock", "temperature": 0, "messages": [{"role": "user", "content": question}]});
    let body: Arc<[u8]> = body.to_string().into_bytes().into();
    calls(&world, &secret, &body, CALLS / 8).await;
    let (before, began) = (cpu(), Instant::now());
    calls(&world, &secret, &body, CALLS).await;
    let each = |seconds: f64| seconds * 1e6 / CALLS as f64;
    let (cpu, passed) = (each(cpu() - before), each(began.elapsed().as_secs_f64()));
    println!("a call with a body of {} bytes: {cpu:.1} us of CPU, one each {passed:.1} us", body.len());
    println!("calls in all: {}", CALLS + CALLS / 8);
}
