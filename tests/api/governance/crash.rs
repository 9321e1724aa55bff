//! The daemon killed under load, again and again: every answered call is in the log, the chain verifies, and no budget
//! is off by a cent.

use crate::cli::binary;
use crate::scripted::{Reply, Scripted};
use futures::future::join_all;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Clients at the same time.
const CLIENTS: usize = 8;

struct Killed {
    daemon: Child,
    url: String,
}

impl Drop for Killed {
    fn drop(&mut self) {
        // SIGKILL: nothing of it gets a chance to end well.
        drop(self.daemon.kill());
        drop(self.daemon.wait());
    }
}

async fn start(home: &Path, client: &Client) -> Killed {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = Command::new(binary());
    command.env_clear().env("KATONIC_HOME", home).env("KATONIC_LISTEN", format!("127.0.0.1:{port}"));
    let daemon =
        command.args(["daemon", "start"]).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let killed = Killed { daemon, url: format!("http://127.0.0.1:{port}") };
    while client.get(format!("{}/readyz", killed.url)).send().await.is_err() {
        tokio::task::yield_now().await;
    }
    killed
}

async fn admin(client: &Client, url: &str, token: &str, method: Method, path: &str, body: Value) -> Value {
    let call = client.request(method, format!("{url}{path}")).bearer_auth(token).json(&body);
    call.send().await.unwrap().json().await.unwrap()
}

async fn killed_under_load(rounds: usize) {
    let provider = Scripted::start(vec![Reply::says("Hello.")]).await;
    let home = tempfile::tempdir().unwrap();
    let prices = "[models.\"local/m\"]\ninput_usd_per_mtok = 1000\noutput_usd_per_mtok = 1000\n";
    std::fs::write(home.path().join("katonic.toml"), format!("{}{prices}", provider.provider("local")))
        .unwrap();
    let at = home.path().to_owned();
    let issue = move || {
        let config = daemon::Config::load_with(&at, |_| None).unwrap();
        daemon::issue_operator_token(&config, "tests").unwrap()
    };
    let token = tokio::task::spawn_blocking(issue).await.unwrap().expose().to_owned();
    let client = Client::builder().no_proxy().build().unwrap();
    let running = start(home.path(), &client).await;
    let key = json!({"name": "app", "scopes": ["completions"], "limits": {"per_day": 1_000_000}});
    let key = admin(&client, &running.url, &token, Method::POST, "/admin/v1/keys", key).await;
    let secret = key["secret"].as_str().unwrap().to_owned();
    let budget = json!({"name": "all", "subject": "team", "period": "prepaid", "limit_usd": 1_000_000});
    admin(&client, &running.url, &token, Method::POST, "/admin/v1/budgets", budget).await;
    drop(running);
    let mut answered: HashSet<String> = HashSet::new();
    for round in 0..rounds {
        let running = start(home.path(), &client).await;
        let (count, enough) = (Arc::new(AtomicUsize::new(0)), 5 + round * 7 % 40);
        let ask = async || {
            let mut traces = Vec::new();
            loop {
                let call =
                    client.post(format!("{}/public/v1/chat/completions", running.url)).bearer_auth(&secret);
                let body = json!({"model": "local/m", "messages": [{"role": "user", "content": "Hi"}]});
                let Ok(response) = call.json(&body).send().await else { return traces };
                let trace = response.headers()["x-trace-id"].to_str().unwrap().to_owned();
                if response.status() != 200 || response.bytes().await.is_err() {
                    return traces;
                }
                traces.push(trace);
                if count.fetch_add(1, Ordering::Relaxed) == enough {
                    let pid = running.daemon.id().to_string();
                    Command::new("kill").args(["-9", &pid]).status().unwrap();
                }
            }
        };
        let traces = join_all((0..CLIENTS).map(|_| ask())).await;
        answered.extend(traces.into_iter().flatten());
    }
    let running = start(home.path(), &client).await;
    let get = async |path: &str| admin(&client, &running.url, &token, Method::GET, path, json!({})).await;
    let (mut path, mut logged, mut cost) =
        ("/public/v1/analytics/audit?limit=200&verify=true".to_owned(), HashSet::new(), 0);
    loop {
        let page = get(&path).await;
        if let Some(chain) = page.get("chain") {
            assert_eq!(chain["ok"], true, "{chain}");
        }
        for row in page["data"].as_array().unwrap() {
            logged.insert(row["trace_id"].as_str().unwrap().to_owned());
            cost += (row["cost_usd"].as_f64().unwrap() * 1e9).round() as i64;
        }
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/public/v1/analytics/audit?limit=200&after={next}");
    }
    let lost: Vec<_> = answered.difference(&logged).collect();
    assert!(lost.is_empty(), "{} of {} answered calls are lost", lost.len(), answered.len());
    assert!(answered.len() >= rounds * 5, "{}", answered.len());
    let budget = get("/admin/v1/budgets/all").await;
    let spent = (budget["spent_usd"].as_f64().unwrap() * 1e9).round() as i64;
    assert_eq!((spent, &budget["held_usd"]), (cost, &json!(0.0)), "to the nano-dollar");
    let key = get("/admin/v1/keys/app").await;
    assert_eq!(key["status"], "active");
}

/// litellm PR#34887, #18708; bifrost#3357: spending was lost with the process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_kills_under_load_lose_no_answered_call() {
    killed_under_load(50).await;
}
