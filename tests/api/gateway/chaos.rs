//! Providers at their worst, and clients that leave: nothing leaks, and every call has its row.

use crate::scripted::{chunk, event};
use crate::support::{Answered, Daemon};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Request, Response};
use futures::{StreamExt, stream};
use reqwest::Method;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::io;
use tokio::net::TcpListener;
use tokio::runtime::Handle;

/// What the provider does, by the model that it is asked for.
const MOODS: [&str; 9] =
    ["well", "hangs", "resets", "storms", "drips", "garbage", "huge", "error-in-stream", "empties"];

/// Calls under way at the same time.
const AT_ONCE: usize = 32;

type Parts = Vec<Result<Bytes, io::Error>>;

async fn answer(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    let bytes = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
    let body: Value = serde_json::from_slice(&bytes).unwrap();
    let says = |text: &str| Bytes::from(event(&chunk(json!({"content": text}), None)));
    let end = || Bytes::from(event(&chunk(json!({}), Some("stop"))) + "data: [DONE]\n\n");
    let parts: Parts = match body["model"].as_str().unwrap() {
        "well" => vec![Ok(says("All is well. ")), Ok(end())],
        "resets" => vec![Ok(says("One. Two. ")), Err(io::Error::other("reset"))],
        "garbage" => vec![Ok(Bytes::from_static(b"\x00\xff\xfenot an event\n\ndata: {{{\n\n"))],
        "huge" => vec![Ok(Bytes::from("data: ".to_owned() + &"x".repeat(1 << 18)))],
        "error-in-stream" => {
            vec![Ok(says("One. Two. ")), Ok(Bytes::from_static(b"data: {\"error\":{\"code\":500}}\n\n"))]
        }
        "empties" => vec![Ok(Bytes::from_static(b"\n\n: \n\ndata\n\n\r\n"))],
        "storms" => {
            let refused = Response::builder().status(429).header("retry-after", "0").body(Body::from("{}"));
            return Ok(refused.unwrap());
        }
        // Nothing ever comes, or nothing after the first words.
        mood => {
            let first: Parts = if mood == "drips" { vec![Ok(says("One. Two. "))] } else { Vec::new() };
            let forever = stream::iter(first).chain(stream::pending());
            let reply = Response::builder().header("content-type", "text/event-stream");
            return Ok(reply.body(Body::from_stream(forever)).unwrap());
        }
    };
    let reply = Response::builder().header("content-type", "text/event-stream");
    Ok(reply.body(Body::from_stream(stream::iter(parts))).unwrap())
}

fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// One call; every third client leaves after the first bytes.
async fn call(daemon: &Daemon, key: &str, n: usize) {
    let body = json!({
        "model": format!("local/{}", MOODS[n % MOODS.len()]), "stream": !n.is_multiple_of(5),
        "messages": [{"role": "user", "content": "Say something."}],
    });
    let sent = daemon.call(Method::POST, "/chat/completions").bearer_auth(key).json(&body).send().await;
    let mut body = sent.unwrap().bytes_stream();
    while let Some(bytes) = body.next().await {
        if bytes.is_err() || n.is_multiple_of(3) {
            break;
        }
    }
}

async fn chaos(calls: usize) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let router = Router::new().fallback(|request: Request<Body>| async { answer(request).await });
    tokio::spawn(async move { axum::serve(listener, router).await });
    let settings = format!(
        "[providers.local]\nbase_url = \"{url}\"\n[routing]\nretries = 1\nbackoff_ms = 1\ncool_down_seconds = 0\n\
         [timeouts]\nconnect_seconds = 1\nfirst_byte_seconds = 0.1\nidle_seconds = 0.02\ntotal_seconds = 5\n"
    );
    let mut daemon = Daemon::start_with(&settings).await;
    let key = daemon.key(json!({"name": "app", "scopes": ["completions"]})).await;
    let run = async |daemon: &Daemon, range: std::ops::Range<usize>| {
        stream::iter(range).for_each_concurrent(AT_ONCE, |n| call(daemon, &key, n)).await;
    };
    let rows = async |daemon: &Daemon| {
        let answer =
            daemon.operator(Method::GET, "/analytics/audit?verify=true&limit=1").answer().await.expect(200);
        assert_eq!(answer["chain"]["ok"], true, "{}", answer["chain"]);
        answer["chain"]["checked"].as_u64().unwrap()
    };
    run(&daemon, 0..AT_ONCE * 4).await;
    let (files, tasks) = (open_files(), Handle::current().metrics().num_alive_tasks());
    let (memory, before) = (resident_kib(), rows(&daemon).await);
    run(&daemon, 0..calls).await;
    // A call that its client left writes its row when it has wound up; each look at the log is a row too.
    let mut looks = 1;
    while rows(&daemon).await < before + looks + calls as u64 {
        looks += 1;
        tokio::task::yield_now().await;
    }
    let grown = resident_kib().saturating_sub(memory);
    assert!(grown < 64 * 1024, "{grown} KiB more after {calls} calls");
    assert!(open_files() <= files + 2 * AT_ONCE, "{} open files, {files} before", open_files());
    let alive = Handle::current().metrics().num_alive_tasks();
    assert!(alive <= tasks + 4 * AT_ONCE, "{alive} tasks, {tasks} before");
    daemon.begin_to_stop();
    daemon.stopped().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_bad_calls_leak_nothing_and_each_has_its_row() {
    chaos(1_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: ./tests/run --all"]
async fn ten_thousand_bad_calls_leak_nothing_and_each_has_its_row() {
    chaos(10_000).await;
}
