//! The daemon killed under load, again and again: every answered call is in the log, the chain verifies, and no budget
//! is off by a cent.

use crate::cli::binary;
use crate::database;
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

/// Asks until the daemon is gone, and kills it after so many answers; the traces of all that was answered.
async fn ask_and_kill(running: &Killed, client: &Client, secret: &str, after: usize) -> Vec<String> {
    let count = Arc::new(AtomicUsize::new(0));
    let ask = async || {
        let mut traces = Vec::new();
        loop {
            let call = client.post(format!("{}/public/v1/chat/completions", running.url)).bearer_auth(secret);
            let body = json!({"model": "local/m", "messages": [{"role": "user", "content": "Hi"}]});
            let Ok(response) = call.json(&body).send().await else { return traces };
            let trace = response.headers()["x-trace-id"].to_str().unwrap().to_owned();
            if response.status() != 200 || response.bytes().await.is_err() {
                return traces;
            }
            traces.push(trace);
            if count.fetch_add(1, Ordering::Relaxed) == after {
                Command::new("kill").args(["-9", &running.daemon.id().to_string()]).status().unwrap();
            }
        }
    };
    join_all((0..CLIENTS).map(|_| ask())).await.into_iter().flatten().collect()
}

/// A home with a priced provider; what opens its admin API.
async fn home(provider: &Scripted) -> (tempfile::TempDir, String) {
    let home = tempfile::tempdir().unwrap();
    let prices = "[models.\"local/m\"]\ninput_usd_per_mtok = 1000\noutput_usd_per_mtok = 1000\n";
    let (_, settings) = database::settings(&format!("{}{prices}", provider.provider("local"))).await;
    std::fs::write(home.path().join("katonic.toml"), settings).unwrap();
    let at = home.path().to_owned();
    let issue = move || {
        let config = daemon::Config::load_with(&at, |_| None).unwrap();
        daemon::issue_operator_token(&config, "tests").unwrap()
    };
    let token = tokio::task::spawn_blocking(issue).await.unwrap().expose().to_owned();
    (home, token)
}

/// The traces of all rows, and what they cost, in nano-dollars; the chain holds.
async fn logged(client: &Client, url: &str, token: &str) -> (HashSet<String>, i64) {
    let (mut traces, mut cost) = (HashSet::new(), 0);
    let mut path = "/public/v1/analytics/audit?limit=200&verify=true".to_owned();
    loop {
        let page = admin(client, url, token, Method::GET, &path, json!({})).await;
        if let Some(chain) = page.get("chain") {
            assert_eq!(chain["ok"], true, "{chain}");
        }
        for row in page["data"].as_array().unwrap() {
            traces.insert(row["trace_id"].as_str().unwrap().to_owned());
            cost += (row["cost_usd"].as_f64().unwrap() * 1e9).round() as i64;
        }
        let Some(next) = page["next"].as_str() else { return (traces, cost) };
        path = format!("/public/v1/analytics/audit?limit=200&after={next}");
    }
}

/// Creates keys until the daemon is gone, and kills it after so many; the names of those that were wanted.
async fn create_and_kill(running: &Killed, client: &Client, token: &str, round: usize) -> Vec<String> {
    let count = Arc::new(AtomicUsize::new(0));
    let create = async |worker: usize| {
        let mut names = Vec::new();
        loop {
            let name = format!("key-{round}-{worker}-{}", names.len());
            names.push(name.clone());
            let created = create_key(client, &running.url, token, &name).await;
            if created.is_none() {
                return names;
            }
            if count.fetch_add(1, Ordering::Relaxed) == 3 + round * 7 % 20 {
                Command::new("kill").args(["-9", &running.daemon.id().to_string()]).status().unwrap();
            }
        }
    };
    join_all((0..CLIENTS).map(create)).await.into_iter().flatten().collect()
}

/// Creates a key, under a name that makes trying again safe; its secret, if there was an answer.
async fn create_key(client: &Client, url: &str, token: &str, name: &str) -> Option<String> {
    let call = client.post(format!("{url}/admin/v1/keys")).bearer_auth(token).header("Idempotency-Key", name);
    let answer = call.json(&json!({"name": name, "scopes": ["search"]})).send().await.ok()?;
    let status = answer.status();
    let body: Value = answer.json().await.ok()?;
    assert_eq!(status, 201, "{body}");
    Some(body["secret"].as_str().unwrap().to_owned())
}

/// All pages of a list.
async fn all(client: &Client, url: &str, token: &str, path: &str) -> Vec<Value> {
    let (mut rows, mut after) = (Vec::new(), String::new());
    loop {
        let path = format!("{path}limit=200{after}");
        let page = admin(client, url, token, Method::GET, &path, json!({})).await;
        rows.extend(page["data"].as_array().unwrap().iter().cloned());
        let Some(next) = page["next"].as_str() else { return rows };
        after = format!("&after={next}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_kills_leave_no_key_without_its_row_and_no_row_without_its_key() {
    const ROUNDS: usize = 20;
    let provider = Scripted::start(vec![Reply::says("Hello.")]).await;
    let (home, token) = home(&provider).await;
    let client = Client::builder().no_proxy().build().unwrap();
    let mut wanted = Vec::new();
    for round in 0..ROUNDS {
        let running = start(home.path(), &client).await;
        wanted.extend(create_and_kill(&running, &client, &token, round).await);
    }
    let running = start(home.path(), &client).await;
    let ids = |rows: &[Value], pointer: &str| -> HashSet<String> {
        rows.iter().filter_map(|row| Some(row.pointer(pointer)?.as_str()?.to_owned())).collect()
    };
    let keys = all(&client, &running.url, &token, "/admin/v1/keys?").await;
    let path = "/public/v1/analytics/audit?endpoint=CreateKey&";
    let rows = all(&client, &running.url, &token, path).await;
    assert_eq!(ids(&keys, "/id"), ids(&rows, "/change/after/id"));
    assert!(keys.len() >= ROUNDS * 3, "{}", keys.len());
    for name in &wanted {
        create_key(&client, &running.url, &token, name).await.unwrap();
    }
    let keys = all(&client, &running.url, &token, "/admin/v1/keys?").await;
    assert_eq!(keys.len(), wanted.len(), "trying again makes what is missing, and nothing twice");
    logged(&client, &running.url, &token).await;
}

/// litellm PR#34887, #18708; bifrost#3357: spending was lost with the process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_kills_under_load_lose_no_answered_call() {
    const ROUNDS: usize = 50;
    let provider = Scripted::start(vec![Reply::says("Hello.")]).await;
    let (home, token) = home(&provider).await;
    let client = Client::builder().no_proxy().build().unwrap();
    let running = start(home.path(), &client).await;
    let key = json!({"name": "app", "scopes": ["completions"], "limits": {"per_day": 1_000_000}});
    let key = admin(&client, &running.url, &token, Method::POST, "/admin/v1/keys", key).await;
    let secret = key["secret"].as_str().unwrap().to_owned();
    let budget = json!({"name": "all", "subject": "team", "period": "prepaid", "limit_usd": 1_000_000});
    admin(&client, &running.url, &token, Method::POST, "/admin/v1/budgets", budget).await;
    drop(running);
    let mut answered: HashSet<String> = HashSet::new();
    for round in 0..ROUNDS {
        let running = start(home.path(), &client).await;
        answered.extend(ask_and_kill(&running, &client, &secret, 5 + round * 7 % 40).await);
    }
    let running = start(home.path(), &client).await;
    let (logged, cost) = logged(&client, &running.url, &token).await;
    let lost = answered.difference(&logged).count();
    assert_eq!(lost, 0, "of {} answered calls", answered.len());
    assert!(answered.len() >= ROUNDS * 5, "{}", answered.len());
    let budget = admin(&client, &running.url, &token, Method::GET, "/admin/v1/budgets/all", json!({})).await;
    let spent = (budget["spent_usd"].as_f64().unwrap() * 1e9).round() as i64;
    assert_eq!((spent, &budget["held_usd"]), (cost, &json!(0.0)), "to the nano-dollar");
}
