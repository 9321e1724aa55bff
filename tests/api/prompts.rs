//! Prompt optimisation: a model whose quality depends on its prompt in a known way, and what is found of it.

use crate::planted::{Planted, World};
use crate::support::{Answered, Daemon, events};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::atomic::Ordering;

/// A daemon with an agent, a suite and some facts, on a planted model.
struct Shop {
    daemon: Daemon,
    planted: Planted,
}

impl Shop {
    async fn start(world: World) -> Self {
        let planted = Planted::start(world).await;
        let daemon = Daemon::start_with(&planted.settings()).await;
        daemon.apply(&Planted::agent()).await.expect(201);
        let suite = Planted::suite();
        daemon.operator(Method::PUT, "/evaluations/suites/planted").body(suite).answer().await.expect(201);
        Self { daemon, planted }
    }

    async fn begin(&self, request: Value) -> String {
        let mut body = json!({"agent": "planted-agent", "suite": "planted"});
        body.as_object_mut().unwrap().extend(request.as_object().unwrap().clone());
        let call = self.daemon.operator(Method::POST, "/prompts/optimise").json(&body);
        let begun = call.answer().await.expect(202);
        begun["optimisation_id"].as_str().unwrap().to_owned()
    }

    /// An optimisation at its end.
    async fn end(&self, id: &str) -> Value {
        let path = format!("/prompts/optimisations/{id}");
        let call = self.daemon.operator(Method::GET, &path).header("Accept", "text/event-stream");
        let events = events(&call.send().await.unwrap().text().await.unwrap());
        assert_eq!(events.first().unwrap().name, "optimisation.progress");
        assert_eq!(events.last().unwrap().name, "optimisation.finished");
        self.daemon.operator(Method::GET, &path).answer().await.expect(200)
    }

    async fn optimise(&self, request: Value) -> Value {
        let id = self.begin(request).await;
        self.end(&id).await
    }
}

/// The candidate that is best.
fn best(found: &Value) -> &Value {
    let all = found["candidates"].as_array().unwrap();
    all.iter().find(|candidate| candidate["candidate_id"] == found["best"]).unwrap()
}

#[tokio::test]
async fn a_planted_optimum_is_found_confirmed_and_applied() {
    let shop = Shop::start(World::Planted).await;
    let found = shop.optimise(json!({"algorithm": "mipro", "budget": {"calls": 1500}, "seed": 3})).await;
    assert_eq!((&found["status"], &found["algorithm"]), (&json!("finished"), &json!("mipro")), "{found}");
    let (before, after) = (found["baseline"].as_f64().unwrap(), best(&found)["score"].as_f64().unwrap());
    assert!(after > before + 0.2, "{before} to {after}: {}", best(&found));
    assert_eq!(found["holdout"]["verdict"], "improved", "{}", found["holdout"]);
    assert!(found["holdout"]["ci95"][0].as_f64().unwrap() > 0.0);
    assert!(found["spent"]["calls"].as_u64().unwrap() <= 1500);
    let id = found["optimisation_id"].as_str().unwrap();
    let kept = shop.daemon.governed().await;
    let rows = |name: &str| &kept.iter().find(|(table, _)| table == name).unwrap().1;
    assert!(!rows("optimisation_candidates").is_empty());
    assert!(rows("optimisation_calls").is_empty(), "only a search that goes on keeps its answers");
    let path = format!("/prompts/optimisations/{id}/apply");
    let applied = shop.daemon.operator(Method::POST, &path).json(&json!({})).answer().await.expect(201);
    assert_eq!(applied["candidate_id"], found["best"]);
    let diff = applied["diff"].as_str().unwrap();
    assert!(diff.contains("\n+") && diff.contains("\n-") && diff.starts_with("--- as it was"), "{diff}");
    let agent = shop.daemon.operator(Method::GET, "/agents/planted-agent").answer().await.expect(200);
    let newest = agent["versions"].as_array().unwrap().iter().find(|v| v["version"] == applied["version"]);
    let origin = newest.unwrap()["origin"].as_str().unwrap();
    assert_eq!(
        origin,
        format!("{} {}", found["optimisation_id"].as_str().unwrap(), found["best"].as_str().unwrap())
    );
    // It is applied as any version is: the gate has it run first.
    let promote = shop.daemon.operator(Method::POST, "/agents/planted-agent/promote");
    let refused = promote.json(&json!({"environment": "test"})).answer().await;
    assert_eq!((refused.status, refused.code()), (409, "eval_gate_failed"));
}

/// Without what differs from one search to the next though nothing else does.
fn outcome(found: &Value) -> Value {
    let mut found = found.clone();
    for field in ["optimisation_id", "created_at", "finished_at"] {
        found.as_object_mut().unwrap().remove(field);
    }
    found
}

#[tokio::test]
async fn the_same_seed_finds_the_same_by_the_same_calls_and_another_goes_another_way() {
    let shop = Shop::start(World::Planted).await;
    let request = |seed: u64| json!({"algorithm": "mipro", "budget": {"calls": 700}, "seed": seed});
    let (one, again) = (shop.optimise(request(5)).await, shop.optimise(request(5)).await);
    assert_eq!(outcome(&one), outcome(&again));
    let other = shop.optimise(request(6)).await;
    assert_ne!(one["candidates"], other["candidates"]);
}

#[tokio::test]
async fn a_budget_is_never_overdrawn_and_is_kept_for_the_cases_that_decide() {
    let shop = Shop::start(World::Planted).await;
    for algorithm in ["random", "mipro", "gepa"] {
        let before = shop.planted.calls.load(Ordering::Relaxed);
        let found = shop.optimise(json!({"algorithm": algorithm, "budget": {"calls": 400}})).await;
        let calls = (shop.planted.calls.load(Ordering::Relaxed) - before) as u64;
        assert_eq!(
            (&found["status"], &found["spent"]["calls"]),
            (&json!("finished"), &json!(calls)),
            "{found}"
        );
        assert!(calls <= 400, "{algorithm}: {calls}");
        let decided = if found["best"] == "c0" { 0 } else { 36 };
        assert_eq!(found["holdout"]["cases"].as_u64().unwrap_or(0), decided, "{algorithm}: {found}");
    }
    // 110 tokens a call, and what one could use at worst set aside before it: 8,192 for its answer.
    let found = shop.optimise(json!({"algorithm": "random", "budget": {"tokens": 100_000}})).await;
    let spent = &found["spent"]["tokens"].as_u64().unwrap();
    assert!((10_000..=100_000).contains(spent), "{found}");
    for (wrong, param) in [
        (json!({"budget": {}}), "budget"),
        (json!({"budget": {"usd": -1}}), "budget.usd"),
        // Its models have no price, so that dollars can't bound them.
        (json!({"budget": {"usd": 2}}), "budget.usd"),
        (json!({"budget": {"calls": 100}}), "budget.calls"),
        (json!({"budget": {"calls": 900}, "holdout": 0.9}), "holdout"),
        (json!({"budget": {"calls": 900}, "search": ["retrieval"]}), "search"),
        (json!({"budget": {"calls": 900}, "search": ["examples"], "algorithm": "gepa"}), "algorithm"),
    ] {
        let mut body = json!({"agent": "planted-agent", "suite": "planted"});
        body.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        let refused = shop.daemon.operator(Method::POST, "/prompts/optimise").json(&body).answer().await;
        assert_eq!(
            (refused.status, refused.body["error"]["param"].as_str()),
            (400, Some(param)),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn a_search_goes_on_after_a_restart_to_the_same_end_and_asks_nothing_twice() {
    let mut shop = Shop::start(World::Planted).await;
    let request = json!({"algorithm": "mipro", "budget": {"calls": 5000}, "seed": 5});
    let whole = shop.optimise(request.clone()).await;
    let calls = shop.planted.calls.swap(0, Ordering::Relaxed);
    assert!(calls < 4000, "its end is not the budget's: {calls}");
    let id = shop.begin(request).await;
    // Once among the cases that decide, once in the midst of the search.
    for stop_at in [20, 300] {
        while shop.planted.calls.load(Ordering::Relaxed) < stop_at {
            tokio::task::yield_now().await;
        }
        shop.daemon.restart().await;
    }
    let found = shop.end(&id).await;
    let lost = shop.planted.calls.load(Ordering::Relaxed) - calls;
    assert!(lost <= 2 * 4, "{lost} calls were under way when it stopped");
    assert_eq!((&found["status"], &found["best"]), (&json!("finished"), &whole["best"]), "{found}");
    assert_eq!(found["holdout"], whole["holdout"]);
}

#[tokio::test]
async fn the_best_of_many_that_are_alike_is_no_gain() {
    let shop = Shop::start(World::Coins).await;
    let mut ahead = Vec::new();
    for seed in 0..6 {
        let request =
            json!({"algorithm": "random", "search": ["examples"], "budget": {"calls": 800}, "seed": seed});
        let found = shop.optimise(request).await;
        assert!(found["candidates"].as_array().unwrap().len() > 16);
        ahead.push(best(&found)["score"].as_f64().unwrap() - found["baseline"].as_f64().unwrap());
        assert_ne!(found["holdout"]["verdict"], "improved", "seed {seed}: {}", found["holdout"]);
        let path = format!("/prompts/optimisations/{}/apply", found["optimisation_id"].as_str().unwrap());
        let refused = shop.daemon.operator(Method::POST, &path).json(&json!({})).answer().await;
        assert_eq!((refused.status, refused.code()), (409, "no_improvement"));
    }
    // By the cases that it was chosen by, it looks better, which is why others decide.
    let mean = ahead.iter().sum::<f64>() / ahead.len() as f64;
    assert!(mean > 0.03, "{ahead:?}");
}

#[tokio::test]
async fn what_decides_is_never_shown_and_never_told() {
    let shop = Shop::start(World::Planted).await;
    let found = shop.optimise(json!({"algorithm": "gepa", "budget": {"calls": 800}, "seed": 2})).await;
    let asked = shop.planted.asked.lock().unwrap().clone();
    // They are asked first, so that what they cost is kept for the best candidate.
    let held: HashSet<&str> = asked.iter().take(36).map(|(_, question)| question.as_str()).collect();
    assert_eq!(held.len(), 36, "{}", found["cases"]);
    for question in held {
        let times = asked.iter().filter(|(_, asked)| asked == question).count();
        assert_eq!(times, 2, "{question}: of the agent as it was, and of the best");
        let shown = |(before, asked): &&(String, String)| {
            before.contains(question) || (asked.contains(question) && asked != question)
        };
        assert_eq!(asked.iter().find(shown), None, "{question}");
    }
    let told = asked.iter().filter(|(_, asked)| asked.contains("Present instructions")).count();
    assert!(told > 0, "the writer was told of others");
}

#[tokio::test]
async fn without_a_model_retrieval_is_searched_and_the_answer_says_so() {
    let daemon = Daemon::start().await.with_hr_unevaluated().await;
    let body = json!({"agent": "hr-assistant", "suite": "hr-eval-v3", "budget": {"calls": 500}});
    let begun = daemon.operator(Method::POST, "/prompts/optimise").json(&body).answer().await.expect(202);
    assert_eq!((&begun["search"], &begun["algorithm"]), (&json!(["retrieval"]), &json!("random")));
    assert!(begun["notes"].to_string().contains("no model is configured"), "{}", begun["notes"]);
    let path = format!("/prompts/optimisations/{}", begun["optimisation_id"].as_str().unwrap());
    let watch =
        daemon.operator(Method::GET, &path).header("Accept", "text/event-stream").send().await.unwrap();
    let last = events(&watch.text().await.unwrap()).pop().unwrap().data;
    assert_eq!(last["status"], "finished", "{last}");
    assert!(last["candidates"].as_array().unwrap().len() > 2);
    let rows = daemon.rows("Chat").await;
    let trace = format!("/analytics/traces/{}", rows[0]["trace_id"].as_str().unwrap());
    let trace = daemon.operator(Method::GET, &trace).answer().await.expect(200);
    assert_eq!(trace["request"]["optimisation"], begun["optimisation_id"], "each is a call like any");
    let candidates = daemon.operator(Method::GET, "/flywheel/candidates").answer().await.expect(200);
    assert_eq!(candidates["data"], json!([]), "what a search asks is no production");
}

/// A candidate's examples are what the suite's users were answered.
#[tokio::test]
async fn who_may_not_act_for_the_users_of_a_suite_applies_nothing_of_it() {
    let daemon = Daemon::start().await.with_hr_unevaluated().await;
    let body = json!({"agent": "hr-assistant", "suite": "hr-eval-v3", "budget": {"calls": 200}});
    let begun = daemon.operator(Method::POST, "/prompts/optimise").json(&body).answer().await.expect(202);
    let path = format!("/prompts/optimisations/{}", begun["optimisation_id"].as_str().unwrap());
    let scopes = ["prompts", "agents/write"];
    let apply = async |key: Value| {
        let key = daemon.key(key).await;
        let apply = daemon.call(Method::POST, &format!("{path}/apply")).bearer_auth(&key);
        let applied = apply.json(&json!({"candidate_id": "c0"})).answer().await;
        let seen = daemon.call(Method::GET, &path).bearer_auth(&key).answer().await;
        (applied.status, applied.code().to_owned(), seen.status)
    };
    let nobody = json!({"name": "nobody", "scopes": scopes});
    assert_eq!(apply(nobody).await, (403, "act_as_denied".into(), 200));
    let elsewhere = json!({
        "name": "elsewhere", "scopes": scopes, "agents": ["other"], "act_as": ["*@example.org"],
    });
    assert_eq!(apply(elsewhere).await, (404, "optimisation_not_found".into(), 404));
    let all = json!({"name": "all", "scopes": scopes, "role": "builder", "act_as": ["*@example.org"]});
    assert_eq!(apply(all).await.0, 201);
}

#[tokio::test]
async fn examples_of_a_dataset_are_applied_by_who_sees_it_alone() {
    let daemon = Daemon::start().await.with_hr_unevaluated().await;
    let call = daemon.operator(Method::POST, "/flywheel/datasets").header("Prefer", "wait=60");
    call.json(&json!({"name": "good"})).answer().await.expect(202);
    let key = json!({"name": "app", "scopes": ["prompts", "agents/write"], "act_as": ["*@example.org"]});
    let key = daemon.key(key).await;
    for (dataset, status) in [(Value::Null, 201), (json!("good"), 404)] {
        let body = json!({
            "agent": "hr-assistant", "suite": "hr-eval-v3", "budget": {"calls": 200}, "dataset": dataset,
        });
        let begun = daemon.operator(Method::POST, "/prompts/optimise").json(&body).answer().await.expect(202);
        let path = format!("/prompts/optimisations/{}/apply", begun["optimisation_id"].as_str().unwrap());
        for (token, status) in [(key.as_str(), status), (daemon.operator.expose(), 201)] {
            let apply =
                daemon.call(Method::POST, &path).bearer_auth(token).json(&json!({"candidate_id": "c0"}));
            assert_eq!(apply.answer().await.status, status, "{dataset}");
        }
    }
}

#[tokio::test]
async fn another_teams_search_is_not_there() {
    let shop = Shop::start(World::Planted).await;
    let id = shop.begin(json!({"budget": {"calls": 300}})).await;
    shop.daemon.admin(Method::PUT, "/teams/others", json!({})).await.expect(200);
    let scopes = ["prompts", "agents/write"];
    let key = shop.daemon.key(json!({"name": "theirs", "scopes": scopes, "team": "others"})).await;
    let path = format!("/prompts/optimisations/{id}");
    let seen = shop.daemon.call(Method::GET, &path).bearer_auth(&key).answer().await;
    assert_eq!((seen.status, seen.code()), (404, "optimisation_not_found"));
    let path = format!("{path}/apply");
    let applied = shop.daemon.call(Method::POST, &path).bearer_auth(&key).json(&json!({})).answer().await;
    assert_eq!((applied.status, applied.code()), (404, "optimisation_not_found"));
    shop.end(&id).await;
}
