//! PostgreSQL under the daemon, with a server that comes and goes. `tests/postgres/run` runs these.

use super::gateway::Gateway;
use crate::database::{Cluster, Database};
use crate::support::{Answered, Daemon};
use futures::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;

const PRICES: &str = "[models.\"local/m\"]\ninput_usd_per_mtok = 1000\noutput_usd_per_mtok = 1000\n";

async fn cluster() -> Arc<Cluster> {
    Arc::new(spawn_blocking(Cluster::create).await.unwrap())
}

async fn stop(cluster: &Arc<Cluster>) {
    let cluster = Arc::clone(cluster);
    spawn_blocking(move || cluster.stop()).await.unwrap();
}

async fn start(cluster: &Arc<Cluster>) {
    let cluster = Arc::clone(cluster);
    spawn_blocking(move || cluster.start()).await.unwrap();
}

async fn ask(gateway: &Gateway) -> reqwest::Response {
    let body = json!({"model": "local/m", "messages": [{"role": "user", "content": "Hi"}]});
    let call = gateway.daemon.call(Method::POST, "/chat/completions").bearer_auth(&gateway.key);
    call.json(&body).send().await.unwrap()
}

/// Asks until the server is gone; the traces of all that was answered.
async fn ask_until_gone(gateway: &Gateway, count: &AtomicUsize) -> Vec<String> {
    let mut traces = Vec::new();
    loop {
        let response = ask(gateway).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let body: Value = response.json().await.unwrap();
        if status != StatusCode::OK {
            assert_eq!(
                (status.as_u16(), &body["error"]["code"]),
                (503, &json!("store_unavailable")),
                "{body}"
            );
            assert_eq!(headers["retry-after"], "5");
            return traces;
        }
        traces.push(headers["x-trace-id"].to_str().unwrap().to_owned());
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// The traces of all rows, and what they cost, in nano-dollars; the chain holds.
async fn logged(gateway: &Gateway) -> (HashSet<String>, i64) {
    let (mut traces, mut cost, mut after) = (HashSet::new(), 0, String::new());
    loop {
        let path = format!("/analytics/audit?limit=200&verify=true{after}");
        let page = gateway.daemon.operator(Method::GET, &path).answer().await.expect(200);
        assert_eq!(page["chain"]["ok"], true, "{}", page["chain"]);
        for row in page["data"].as_array().unwrap() {
            traces.insert(row["trace_id"].as_str().unwrap().to_owned());
            cost += (row["cost_usd"].as_f64().unwrap() * 1e9).round() as i64;
        }
        let Some(next) = page["next"].as_str() else { return (traces, cost) };
        after = format!("&after={next}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "starts a PostgreSQL server of its own: tests/postgres/run"]
async fn a_server_that_crashes_under_load_loses_no_answered_call_and_is_taken_up_again() {
    let cluster = cluster().await;
    let gateway = Gateway::start_on(Database::create_on(&cluster.url).await, PRICES).await;
    let budget = json!({"name": "all", "subject": "team", "period": "prepaid", "limit_usd": 1_000_000});
    gateway.daemon.admin(Method::POST, "/budgets", budget).await.expect(201);
    let mut answered = HashSet::new();
    for round in 1..=5 {
        let count = AtomicUsize::new(0);
        let crash = async {
            while count.load(Ordering::Relaxed) < round * 20 {
                tokio::task::yield_now().await;
            }
            stop(&cluster).await;
        };
        let (traces, ()) = tokio::join!(join_all((0..8).map(|_| ask_until_gone(&gateway, &count))), crash);
        answered.extend(traces.into_iter().flatten());
        assert!(!gateway.daemon.is_ready().await);
        assert_eq!(
            ask(&gateway).await.status(),
            StatusCode::SERVICE_UNAVAILABLE,
            "what isn't logged isn't answered"
        );
        start(&cluster).await;
        gateway.daemon.ready().await;
        assert_eq!(ask(&gateway).await.status(), StatusCode::OK, "without a restart");
    }
    let (logged, cost) = logged(&gateway).await;
    assert_eq!(answered.difference(&logged).count(), 0, "of {} answered calls", answered.len());
    assert!(answered.len() >= 300, "{}", answered.len());
    let mut gateway = gateway;
    gateway.daemon.restart().await;
    let budget = gateway.daemon.admin(Method::GET, "/budgets/all", json!({})).await.expect(200);
    let spent = (budget["spent_usd"].as_f64().unwrap() * 1e9).round() as i64;
    assert_eq!(spent, cost, "to the nano-dollar");
}

fn open(database: &str) -> (TempDir, daemon::Config) {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("katonic.toml"), format!("database = \"{database}\"\n")).unwrap();
    let config = daemon::Config::load_with(home.path(), |_| None).unwrap();
    (home, config)
}

/// Why a database can't be used; none if it can. A home of its own gets in where another's log stands, and no further: the
/// key that signs it is elsewhere.
async fn refusal(database: &str) -> Option<daemon::ServeError> {
    let (_home, config) = open(database);
    let refused = spawn_blocking(move || daemon::issue_operator_token(&config, "tests").err()).await.unwrap();
    refused.filter(|refused| !refused.to_string().contains("the audit-key that signs them is missing"))
}

#[tokio::test]
#[ignore = "starts a PostgreSQL server of its own: tests/postgres/run"]
async fn two_daemons_never_write_one_database() {
    let cluster = cluster().await;
    let database = Database::create_on(&cluster.url).await;
    let settings = database.setting();
    let mut daemon = Daemon::start_on(Some(database.clone()), &settings).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (_home, config) = open(&database.url());
    let refused = daemon::serve(listener, config, std::future::pending()).await.unwrap_err();
    assert!(matches!(refused, daemon::ServeError::Locked(_)), "{refused}");
    assert!(refused.to_string().contains("stop it first"), "{refused}");
    let other = Database::create_on(&cluster.url).await;
    assert!(refusal(&other.url()).await.is_none(), "another schema is another database");
    daemon.begin_to_stop();
    daemon.stopped().await;
    assert!(refusal(&database.url()).await.is_none());
}

#[tokio::test]
#[ignore = "starts a PostgreSQL server of its own: tests/postgres/run"]
async fn a_daemon_that_lost_the_database_to_another_writes_nothing() {
    let cluster = cluster().await;
    let database = Database::create_on(&cluster.url).await;
    let daemon = Daemon::start_on(Some(database.clone()), &database.setting()).await;
    let create = async |name: &str| {
        daemon.admin(Method::POST, "/keys", json!({"name": name, "scopes": ["chat"]})).await
    };
    let usurper = database.connect().await;
    let taken = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory';
                 SELECT pg_advisory_lock(hashtextextended('katonic ' || current_schema(), 0))";
    usurper.batch_execute(taken).await.unwrap();
    let refused = create("lost").await;
    assert_eq!((refused.status, refused.code()), (503, "store_unavailable"));
    drop(usurper);
    daemon.ready().await;
    create("kept").await.expect(201);
    let keys = daemon.admin(Method::GET, "/keys", json!({})).await.expect(200)["data"].to_string();
    assert!(keys.contains("kept") && !keys.contains("lost"), "{keys}");
}

#[tokio::test]
#[ignore = "starts a PostgreSQL server of its own: tests/postgres/run"]
async fn power_needs_a_server_that_waits_for_its_disk_and_then_waits_for_it() {
    let cluster = cluster().await;
    let database = Database::create_on(&cluster.url).await;
    let hasty = format!("database = \"{}%20-csynchronous_commit%3Doff\"\n", database.url());
    let with = |durability: &str| format!("{hasty}[audit]\ndurability = \"{durability}\"\n");
    let first_words = async |settings: String| {
        spawn_blocking(move || super::governance::durability::first_words(&settings)).await.unwrap()
    };
    let refused = first_words(with("power")).await;
    assert!(refused.contains("fsync = off"), "{refused}");
    let client = database.connect().await;
    client.batch_execute("ALTER SYSTEM SET fsync = on").await.unwrap();
    client.batch_execute("SELECT pg_reload_conf()").await.unwrap();
    while client.query_one("SHOW fsync", &[]).await.unwrap().get::<_, &str>(0) == "off" {
        tokio::task::yield_now().await;
    }
    for (durability, synchronous) in [("process", "off"), ("power", "on")] {
        let said: Value = serde_json::from_str(&first_words(with(durability)).await).unwrap();
        assert_eq!((&said["store"], &said["synchronous"]), (&json!("Postgres"), &json!(synchronous)));
    }
}

#[tokio::test]
#[ignore = "starts a PostgreSQL server of its own: tests/postgres/run"]
async fn tls_is_as_strict_as_sslmode_asks() {
    let cluster = cluster().await;
    let authority = form(&cluster.authority().display().to_string());
    let by_address = cluster.url.replace("localhost", "127.0.0.1");
    for (url, options, works) in [
        (&cluster.url, "sslmode=disable".to_owned(), true),
        (&cluster.url, "sslmode=require".to_owned(), true),
        (&cluster.url, format!("sslmode=verify-full&sslrootcert={authority}"), true),
        (&by_address, format!("sslmode=verify-full&sslrootcert={authority}"), false),
        (&by_address, format!("sslmode=verify-ca&sslrootcert={authority}"), true),
        (&by_address, "sslmode=verify-ca".to_owned(), false),
    ] {
        let refused = refusal(&format!("{url}?{options}")).await;
        assert_eq!(refused.is_none(), works, "{options}: {refused:?}");
    }
    for (mode, encrypted) in [("disable", false), ("require", true)] {
        let database = Database::create_on(&cluster.url).await;
        let settings = format!("database = \"{}&sslmode={mode}\"\n", database.url());
        let _daemon = Daemon::start_on(Some(database.clone()), &settings).await;
        let sql =
            "SELECT bool_and(s.ssl), bool_or(s.ssl) FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid)
                   WHERE a.application_name = 'katonic'";
        let row = database.connect().await.query_one(sql, &[]).await.unwrap();
        assert_eq!((row.get::<_, bool>(0), row.get::<_, bool>(1)), (encrypted, encrypted), "{mode}");
    }
}

fn form(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

#[tokio::test]
#[ignore = "starts a PostgreSQL server of its own: tests/postgres/run"]
async fn what_can_t_be_used_is_told_without_the_password() {
    let cluster = cluster().await;
    let wrong = cluster.url.replacen("katonic:", "katonic:s3cret", 1);
    let nowhere = format!("{}-nowhere", cluster.url);
    let ascii = "CREATE DATABASE ascii ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0";
    Database::create_on(&cluster.url).await.connect().await.batch_execute(ascii).await.unwrap();
    for (url, reason) in [
        (wrong, "password"),
        (nowhere, "does not exist"),
        (format!("{}/ascii", cluster.url.strip_suffix("/postgres").unwrap()), "UTF8"),
    ] {
        let refused = refusal(&url).await.unwrap().to_string();
        let secret = url.split([':', '@']).nth(2).unwrap();
        assert!(refused.contains(reason) && !refused.contains(secret), "{refused}");
    }
    stop(&cluster).await;
    let refused = refusal(&cluster.url).await.unwrap().to_string();
    assert!(refused.contains("localhost") && refused.contains("refused"), "{refused}");
    start(&cluster).await;
}

/// What `katonic daemon migrate` says of a home, and how it ends.
async fn moved(daemon: &Daemon, database: &Database) -> (Option<i32>, String, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_katonic"));
    command
        .args(["daemon", "migrate", "--json", "--to", &database.url()])
        .env("KATONIC_HOME", daemon.home.path());
    let output = spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), said, serde_json::from_slice(&output.stdout).unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "starts a PostgreSQL server of its own: tests/postgres/run"]
async fn a_home_moves_into_a_database_whole_or_is_told_what_differs() {
    let cluster = cluster().await;
    let database = Database::create_on(&cluster.url).await;
    let mut daemon = Daemon::start_on(None, "").await.with_hr().await;
    let key = daemon.chat_key().await;
    let question = "How many sick days do I have each year?";
    let before = daemon.ask(&key, "sarah@example.org", question).await.expect(200);
    let (code, said, _) = moved(&daemon, &database).await;
    assert!(code != Some(0) && said.contains("another katonic daemon uses"), "{said}");
    daemon.begin_to_stop();
    daemon.stopped().await;
    let (code, said, all) = moved(&daemon, &database).await;
    assert_eq!((code, &all["audit"]["ok"]), (Some(0), &json!(true)), "{said}");
    assert_eq!(all["tables"]["run_cases"], 127);

    // As an interruption would leave it, and as nobody should.
    let client = database.connect().await;
    client.batch_execute("DELETE FROM traces WHERE audit_seq > 100; DELETE FROM users").await.unwrap();
    assert_eq!(moved(&daemon, &database).await.2["rows"], all["rows"]);
    client
        .batch_execute("UPDATE users SET role = 'operator' WHERE email = 'omar@example.org'")
        .await
        .unwrap();
    let (code, said, _) = moved(&daemon, &database).await;
    assert!(code != Some(0) && said.contains("rows of users differ"), "{said}");
    client.batch_execute("DELETE FROM users").await.unwrap();
    assert_eq!(moved(&daemon, &database).await.0, Some(0));
    let mut other = Daemon::start_on(None, "").await;
    other.begin_to_stop();
    other.stopped().await;
    let (code, said, _) = moved(&other, &database).await;
    assert!(code != Some(0) && said.contains("another home's store"), "{said}");

    daemon.database = Some(database);
    daemon.restart_with("").await;
    let after = daemon.ask(&key, "sarah@example.org", question).await.expect(200);
    assert_eq!((&after["answer"], &after["citations"]), (&before["answer"], &before["citations"]));
    let log = daemon.operator(Method::GET, "/analytics/audit?verify=true").answer().await.expect(200);
    assert_eq!(log["chain"]["ok"], true, "{}", log["chain"]);
    assert!(daemon.rows("Chat").await.len() > 1, "what came before and after");
}
