//! The whole gate, its budgets and the audit log against a simple model: any order of calls, of their ends, of steps of the
//! clock, of rotations and of restarts.

mod pipeline;

use super::admit::{Credentials, admit};
use super::budget::period;
use super::{keys, operators};
use crate::act::Act;
use crate::app::App;
use crate::audit::{self, Filter};
use crate::audit::{Entry, ISSUE_TOKEN};
use crate::call::{Context, Ending};
use crate::config::Config;
use crate::home::{self, Home};
use crate::providers::{Quote, Spending};
use crate::trace::Recorder;
use contract::admin::{CreateBudget, CreateKey, ListKeys, RotateKey};
use contract::catalogue::ChatCompletions;
use contract::endpoint::{Declaration, Endpoint};
use contract::money::Usd;
use contract::time::Clock;
use contract::wire::admin::Period;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Instant;
use tempfile::TempDir;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// What may happen.
#[derive(Clone, Debug)]
enum Step {
    /// A call that may cost so much begins, with one of the secrets that there were.
    Begin { worst: i64, secret: usize },
    /// It turns out that a call under way can cost only a part, in percent, of what is held for it.
    Narrow { call: usize, percent: i64 },
    /// A call under way ends, having cost a part of that.
    End { call: usize, percent: i64 },
    /// The clock steps.
    Clock(i64),
    /// The key gets a new secret; the old one works on for so long.
    Rotate { overlap_hours: u32 },
    /// The daemon is killed, and started again.
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (1..60_i64, 0..4_usize).prop_map(|(worst, secret)| Step::Begin { worst, secret }),
        2 => (0..8_usize, 0..=100_i64).prop_map(|(call, percent)| Step::Narrow { call, percent }),
        6 => (0..8_usize, 0..=100_i64).prop_map(|(call, percent)| Step::End { call, percent }),
        3 => (-DAY..DAY).prop_map(Step::Clock),
        1 => (0..30_u32).prop_map(|overlap_hours| Step::Rotate { overlap_hours }),
        1 => Just(Step::Restart),
    ]
}

/// The budgets of the team: over which time, and how many nano-dollars.
const BUDGETS: [(&str, Period, i64); 3] =
    [("day", Period::Day, 100), ("month", Period::Month, 400), ("prepaid", Period::Prepaid, 900)];

/// A secret of the key: until when it works, if not for good.
struct Secret {
    text: String,
    ends_at: i64,
}

/// A call under way.
struct Open {
    context: Context,
    at: i64,
    worst: i64,
}

/// What should be.
#[derive(Default)]
struct Model {
    secrets: Vec<Secret>,
    open: Vec<Open>,
    /// By budget and period.
    spent: HashMap<(usize, i64), i64>,
    /// What each row of the log says that its call cost, by its trace.
    rows: HashMap<String, i64>,
}

impl Model {
    /// What is spent and held of a budget in the period of a time.
    fn standing(&self, budget: usize, at: i64) -> (i64, i64) {
        let began = |at| period::began(BUDGETS[budget].1, at);
        let held = self.open.iter().filter(|open| began(open.at) == began(at)).map(|open| open.worst);
        (self.spent.get(&(budget, began(at))).copied().unwrap_or(0), held.sum())
    }

    fn has_room(&self, worst: i64, at: i64) -> bool {
        BUDGETS.iter().enumerate().all(|(n, (_, _, limit))| {
            let (spent, held) = self.standing(n, at);
            spent + held + worst <= *limit
        })
    }
}

/// A daemon without its door.
struct World {
    folder: TempDir,
    clock: Clock,
    running: Option<(App, Home)>,
    operator: String,
}

impl World {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut world = Self { folder, clock: Clock::default(), running: None, operator: String::new() };
        world.start().await;
        let app = world.app();
        let issued = operators::issue(&app.pepper, "tests").unwrap();
        let (row, operator) = Entry::at_the_machine(ISSUE_TOKEN, operators::DEFAULT_TEAM, issued);
        app.books.ledger.act(row, Vec::new()).await.unwrap();
        world.operator = operator.expose().to_owned();
        world
    }

    /// Starts it, anew where it runs: all that it holds in memory is gone.
    async fn start(&mut self) {
        self.running = None;
        let mut config = Config::load_with(self.folder.path(), |_| None).unwrap();
        config.clock = self.clock.clone();
        let home = home::read(&config).unwrap().open(&config).await.unwrap();
        let app = App::new(config, &home).await.unwrap();
        self.running = Some((app, home));
    }

    fn app(&self) -> App {
        self.running.as_ref().unwrap().0.clone()
    }

    /// A call that the gate lets in; else the row of its refusal is written, and its trace given.
    async fn call(&self, secret: &str, to: &'static Declaration) -> Result<Context, String> {
        let app = self.app();
        let recorder = Recorder::open(to.name, self.clock.now());
        let authorization = Some(format!("Bearer {secret}"));
        let credentials =
            Credentials { authorization, users: Vec::new(), assertion: None, hub: None, address: None };
        match admit(&app, &recorder, &credentials, to).await {
            Ok(admitted) => {
                Ok(Context::new(admitted.caller, recorder, app.books.clone(), vec!["tag".into()]))
            }
            Err(refusal) => {
                let record = recorder.close().unwrap();
                let (trace, ending) = (record.trace_id.clone(), Ending { status: 401, label: "denied" });
                app.books.write(record, refusal.caller.as_ref(), ending, Vec::new()).await.unwrap();
                Err(trace)
            }
        }
    }

    /// Does what an operator decides on; its trace, and what is answered.
    async fn act<E: Endpoint, T>(&self, decide: impl AsyncFnOnce(App, Context) -> Act<T>) -> (String, T) {
        let context = self.call(&self.operator, E::DECLARATION).await.unwrap();
        let (app, gate) = (self.app(), self.app());
        let act = decide(app, context.clone()).await.then(move || gate.known_keys.forget());
        let answer = context.act(act, Ending { status: 201, label: "completed" }).await.unwrap();
        (context.trace_id(), answer)
    }

    /// The traces of all rows of the log, each with what its call cost.
    async fn rows(&self) -> HashMap<String, i64> {
        let app = self.app();
        let chain = audit::verify(&app.db, &app.books.ledger).await.unwrap();
        assert!(chain.ok, "{:?}", chain.reason);
        let caller = self.call(&self.operator, ListKeys::DECLARATION).await.unwrap().caller.clone();
        let (mut rows, mut seq, head) = (HashMap::new(), 0, app.books.ledger.head());
        while seq < head {
            let page = audit::newer(&app.db, &caller, &Filter::default(), seq, head).await.unwrap();
            seq = page.1;
            for row in page.0 {
                let before = rows.insert(row.trace_id, row.cost_usd.nanos());
                assert!(before.is_none(), "one row a call");
            }
        }
        rows
    }
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

/// A world with a key and budgets, and what should be of it.
async fn begin() -> (World, Model) {
    let world = World::open().await;
    let mut model = Model { rows: world.rows().await, ..Model::default() };
    let now = world.clock.now();
    let (trace, key) = world
        .act::<CreateKey, _>(async |app, context| {
            let request = read(json!({"name": "app", "scopes": ["completions"]}));
            keys::create(&app.db, &app.pepper, &context.caller, "default", request, now).await.unwrap()
        })
        .await;
    model.rows.insert(trace, 0);
    model.secrets.push(Secret { text: key.secret.unwrap(), ends_at: i64::MAX });
    for (n, (name, period, limit)) in BUDGETS.iter().enumerate() {
        let mut request = json!({"name": name, "period": period, "subject": "team", "limit_usd": 0});
        // Whose it is makes no difference to one who comes under all of them.
        match n {
            1 => (request["subject"], request["subject_id"]) = ("key".into(), "app".into()),
            2 => (request["subject"], request["subject_id"]) = ("tag".into(), "tag".into()),
            _ => {}
        }
        request["limit_usd"] = json!(Usd::from_nanos(*limit));
        let (trace, _) = world
            .act::<CreateBudget, _>(async |app, _| {
                app.books.budgets.create("default", read(request), now.0).await.unwrap()
            })
            .await;
        model.rows.insert(trace, 0);
    }
    (world, model)
}

async fn begin_call(world: &World, model: &mut Model, worst: i64, secret: usize) {
    let secret = &model.secrets[model.secrets.len() - 1 - secret % model.secrets.len()];
    let before = world.clock.now().0;
    let called = world.call(&secret.text, ChatCompletions::DECLARATION).await;
    // It may end in the very millisecond.
    if secret.ends_at <= before || secret.ends_at > world.clock.now().0 {
        assert_eq!(called.is_ok(), secret.ends_at > before);
    }
    let context = match called {
        Ok(context) => context,
        Err(trace) => {
            model.rows.insert(trace, 0);
            return;
        }
    };
    let at = context.recorder.with(|record| record.created_at.0);
    let reserved = context.account.reserve(&Quote::costing(Usd::from_nanos(worst)), Instant::now());
    assert_eq!(reserved.is_ok(), model.has_room(worst, at), "{worst} at {at}");
    if reserved.is_ok() {
        model.open.push(Open { context, at, worst });
    } else {
        context.settle(Ending { status: 429, label: "denied" }).await.unwrap();
        model.rows.insert(context.trace_id(), 0);
    }
}

async fn end_call(model: &mut Model, call: usize, percent: i64) {
    let Open { context, at, worst } = model.open.swap_remove(call);
    let cost = worst * percent / 100;
    context.recorder.with(|record| record.usage.cost_usd = Usd::from_nanos(cost));
    context.settle(Ending { status: 200, label: "completed" }).await.unwrap();
    for (n, (_, period, _)) in BUDGETS.iter().enumerate() {
        *model.spent.entry((n, period::began(*period, at))).or_default() += cost;
    }
    model.rows.insert(context.trace_id(), cost);
}

async fn rotate(world: &World, model: &mut Model, overlap_hours: u32) {
    let now = world.clock.now();
    let request = json!({"key_id": "app", "overlap": format!("{overlap_hours}h"), "end_older": true});
    let decide = async |app: App, context: Context| {
        keys::rotate(&app.db, &app.pepper, &context.caller, read(request), now).await.unwrap()
    };
    let (trace, key) = world.act::<RotateKey, _>(decide).await;
    model.rows.insert(trace, 0);
    let mut live = model.secrets.iter_mut().rev().filter(|secret| secret.ends_at > now.0);
    live.next().unwrap().ends_at = now.0 + i64::from(overlap_hours) * DAY / 24;
    // Ended for good, also where the clock steps back.
    live.for_each(|older| older.ends_at = i64::MIN);
    model.secrets.push(Secret { text: key.secret.unwrap(), ends_at: i64::MAX });
}

async fn take(world: &mut World, model: &mut Model, step: Step) {
    let chosen = |call: usize| call % model.open.len().max(1);
    match step {
        Step::Begin { worst, secret } => begin_call(world, model, worst, secret).await,
        Step::Narrow { call, percent } => {
            let call = chosen(call);
            if let Some(open) = model.open.get_mut(call) {
                open.worst = open.worst * percent / 100;
                open.context.account.narrow(Usd::from_nanos(open.worst));
            }
        }
        Step::End { call, percent } if !model.open.is_empty() => end_call(model, chosen(call), percent).await,
        Step::End { .. } => {}
        Step::Clock(milliseconds) => world.clock.advance(milliseconds),
        Step::Rotate { overlap_hours } => rotate(world, model, overlap_hours).await,
        Step::Restart => {
            // What is under way dies with the daemon: it was not answered.
            model.open.clear();
            world.start().await;
        }
    }
}

async fn check(world: &World, model: &Model) {
    let now = world.clock.now().0;
    for (n, (name, _, limit)) in BUDGETS.iter().enumerate() {
        let budget = world.app().books.budgets.find(Some("default"), name, now).unwrap();
        let (spent, held) = model.standing(n, now);
        assert_eq!((budget.spent_usd.nanos(), budget.held_usd.nanos()), (spent, held), "{name}");
        assert!(spent + held <= *limit);
    }
    assert!(model.spent.iter().all(|((n, _), spent)| *spent <= BUDGETS[*n].2), "never overspent");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_things_overspends_a_budget_or_leaves_a_call_unlogged(
        steps in prop::collection::vec(step(), 1..80),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (mut world, mut model) = begin().await;
            for step in steps {
                take(&mut world, &mut model, step).await;
                check(&world, &model).await;
            }
            model.open.clear();
            world.start().await;
            check(&world, &model).await;
            assert_eq!(world.rows().await, model.rows, "each call that was answered, each act, and nothing else");
        });
    }
}
