//! Evaluations: each case is a call of the key that the run began with.

use crate::support::{Answered, Daemon, Line, Upstream};
use reqwest::Method;
use serde_json::{Value, json};

/// A daemon with an agent whose model answers at each word of the test, and a suite of six cases.
struct Bench {
    upstream: Upstream,
    daemon: Daemon,
    key: String,
}

impl Bench {
    async fn start(limits: Value) -> Self {
        Self::start_with(limits, "").await
    }

    /// With lines for its `katonic.toml`.
    async fn start_with(limits: Value, settings: &str) -> Self {
        let upstream = Upstream::start(vec![Line::Text("Hello [1]."), Line::Wait, Line::End]).await;
        let daemon = Daemon::start_with(&format!("{}{settings}", upstream.settings())).await;
        let agent = "apiVersion: katonic/v1\nkind: Agent\nmetadata: {id: plain-agent}\nspec: {model: balanced, instructions: Hi}\n";
        daemon.apply(agent).await.expect(201);
        let cases: String = (0..6)
            .map(|n| format!("  - {{id: case-{n}, input: Hello {n}, expect: {{facts: [hello]}}}}\n"))
            .collect();
        let suite = format!(
            "apiVersion: katonic/v1\nkind: EvalSuite\nmetadata: {{id: tiny-suite}}\nspec:\n  cases:\n{cases}"
        );
        daemon.operator(Method::PUT, "/evaluations/suites/tiny-suite").body(suite).answer().await.expect(201);
        let key =
            json!({"name": "ci", "scopes": ["evaluations"], "act_as": ["*@example.org"], "limits": limits});
        let key = daemon.key(key).await;
        Self { upstream, daemon, key }
    }

    /// Starts a run; its path.
    async fn run(&self, user: Option<&str>, concurrency: u32) -> String {
        let mut call = self.daemon.call(Method::POST, "/evaluations/run").bearer_auth(&self.key);
        if let Some(user) = user {
            call = call.header("X-User-Email", user);
        }
        let body = json!({"agent": "plain-agent", "suite": "tiny-suite", "concurrency": concurrency});
        let run = call.json(&body).answer().await.expect(202);
        format!("/evaluations/runs/{}", run["run_id"].as_str().unwrap())
    }

    async fn shown(&self, run: &str) -> Value {
        self.daemon.operator(Method::GET, run).answer().await.expect(200)
    }

    /// Lets the model answer until so many cases are done, or the run is over.
    async fn answer_until(&self, run: &str, done: u64) -> Value {
        loop {
            self.upstream.go_on.notify_one();
            let shown = self.shown(run).await;
            if is_over(&shown) || shown["done"].as_u64().unwrap() >= done {
                return shown;
            }
        }
    }

    /// Lets the model answer until the run is over: its last case is done before the run itself is.
    async fn answer_to_end(&self, run: &str) -> Value {
        loop {
            self.upstream.go_on.notify_one();
            let shown = self.shown(run).await;
            if is_over(&shown) {
                return shown;
            }
        }
    }

    /// The audit rows of its cases, the oldest first.
    async fn rows(&self) -> Vec<Value> {
        let path = "/analytics/audit?endpoint=Chat&limit=200";
        let rows = self.daemon.operator(Method::GET, path).answer().await.expect(200);
        let mut rows = rows["data"].as_array().unwrap().clone();
        rows.reverse();
        rows
    }
}

fn is_over(run: &Value) -> bool {
    run["status"] != "running" && run["status"] != "queued"
}

#[tokio::test]
async fn a_run_ends_as_soon_as_its_key_or_its_user_does() {
    for (path, body, reason) in [
        ("/keys/ci/revoke", json!({}), "revoked"),
        ("/keys/ci", json!({"expires_at": "2020-01-01T00:00:00Z"}), "expired"),
        ("/keys/ci", json!({"scopes": ["chat"]}), "scope"),
        ("/users/sarah@example.org", json!({"active": false}), "deactivated"),
    ] {
        let bench = Bench::start(json!({})).await;
        let people = json!({"users": [{"email": "sarah@example.org"}]});
        bench.daemon.admin(Method::PUT, "/users", people).await.expect(200);
        let run = bench.run(Some("sarah@example.org"), 1).await;
        bench.answer_until(&run, 2).await;
        let method = if path.ends_with("/revoke") { Method::POST } else { Method::PATCH };
        bench.daemon.admin(method, path, body).await.expect(200);
        let ended = bench.answer_to_end(&run).await;
        assert_eq!(ended["status"], "failed", "{path}: {ended}");
        assert!(ended["reason"].as_str().unwrap().contains(reason), "{ended}");
        // One may have been let in before the change, and is answered.
        assert!(ended["done"].as_u64().unwrap() < 6 && ended["errors"] == 0, "{ended}");
    }
}

#[tokio::test]
async fn a_run_ends_as_soon_as_its_budget_is_spent() {
    let prices = "[models.\"local/scripted\"]\ninput_usd_per_mtok = 1\noutput_usd_per_mtok = 1\n";
    let bench = Bench::start_with(json!({}), prices).await;
    let budget = json!({"name": "all", "subject": "team", "period": "day", "limit_usd": 100});
    bench.daemon.admin(Method::POST, "/budgets", budget).await.expect(201);
    let run = bench.run(None, 1).await;
    bench.answer_until(&run, 2).await;
    bench.daemon.admin(Method::PATCH, "/budgets/all", json!({"limit_usd": 0.000001})).await.expect(200);
    let ended = bench.answer_to_end(&run).await;
    assert_eq!(ended["status"], "failed", "{ended}");
    assert!(ended["reason"].as_str().unwrap().contains("budget `all`"), "{ended}");
    // One may have been under way, and is answered.
    assert!(ended["done"].as_u64().unwrap() < 6 && ended["errors"] == 0, "{ended}");
    let refused = bench.rows().await.iter().filter(|row| row["status"] == 429).count();
    assert_eq!(refused, 1, "no case is tried after the first that could not be paid");
}

#[tokio::test]
async fn a_run_waits_where_its_keys_minute_is_full_and_fails_no_case() {
    let bench = Bench::start(json!({"per_minute": 3})).await;
    let run = bench.run(None, 4).await;
    bench.answer_until(&run, 2).await;
    bench.daemon.advance(60_000);
    bench.answer_until(&run, 5).await;
    bench.daemon.advance(60_000);
    let ended = bench.answer_to_end(&run).await;
    assert_eq!(
        (&ended["status"], &ended["done"], &ended["errors"]),
        (&json!("finished"), &json!(6), &json!(0))
    );
    let rows = bench.rows().await;
    let at = |n: usize| rows[n]["at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_millisecond();
    assert_eq!(rows.len(), 6, "what waits is no call");
    assert!(at(2) - at(0) >= 30_000, "starting the run was the first of three calls");
    assert!(at(5) - at(2) >= 60_000, "three in the next minute");
}

#[tokio::test]
async fn a_run_takes_no_more_of_its_keys_places_than_there_are() {
    let bench = Bench::start(json!({"concurrent": 1})).await;
    let call = bench.daemon.call(Method::POST, "/evaluations/run").bearer_auth(&bench.key);
    let body = json!({"agent": "plain-agent", "suite": "tiny-suite", "concurrency": 4});
    let run = call.header("Prefer", "wait=120").json(&body).answer();
    let answer = async {
        loop {
            let asked = bench.upstream.requests.lock().unwrap().len();
            let rows = bench.rows().await.len();
            assert!(asked <= rows + 1, "{asked} were asked, {rows} have ended");
            bench.upstream.go_on.notify_one();
        }
    };
    tokio::select! {
        ended = run => {
            let ended = ended.expect(200);
            assert_eq!((&ended["status"], &ended["done"]), (&json!("finished"), &json!(6)), "{ended}");
        }
        () = answer => {}
    }
}

#[tokio::test]
async fn a_case_waits_for_the_tokens_that_others_may_use() {
    let bench = Bench::start(json!({"tokens_per_minute": 10_000})).await;
    let run = bench.run(None, 2).await;
    while !bench.rows().await.iter().any(|row| row["status"] == 429) {
        tokio::task::yield_now().await;
    }
    let mut ended = bench.shown(&run).await;
    while !is_over(&ended) {
        bench.daemon.advance(60_000);
        bench.upstream.go_on.notify_one();
        ended = bench.shown(&run).await;
    }
    assert_eq!(
        (&ended["status"], &ended["done"], &ended["errors"]),
        (&json!("finished"), &json!(6), &json!(0))
    );
}

#[tokio::test]
async fn a_cancelled_run_answers_what_is_under_way_and_asks_no_more() {
    let bench = Bench::start(json!({})).await;
    let run = bench.run(None, 1).await;
    bench.answer_until(&run, 2).await;
    let path = format!("{}/cancel", run.replace("/evaluations", ""));
    let cancelled = bench.daemon.admin(Method::POST, &path, json!({})).await.expect(200);
    assert_eq!(cancelled["status"], "cancelled");
    let shown = loop {
        bench.upstream.go_on.notify_one();
        let shown = bench.shown(&run).await;
        if bench.daemon.figure("katonic_calls_in_flight").await == 0.0 {
            break shown;
        }
    };
    assert_eq!((&shown["status"], &shown["errors"]), (&json!("cancelled"), &json!(0)));
    assert!(shown["done"].as_u64().unwrap() < 6, "{shown}");
    assert!(shown["finished_at"].is_string(), "{shown}");
    assert_eq!(bench.daemon.admin(Method::POST, &path, json!({})).await.code(), "already_over");
    assert_eq!(bench.daemon.rows("CancelRun").await[1]["change"]["after"]["status"], "cancelled");
}
