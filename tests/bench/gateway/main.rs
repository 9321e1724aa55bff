//! The gateway's figures against nginx's, in front of the same mock provider on this machine: throughput, added latency,
//! CPU a call, memory under many streams. Quote the ratios of one run, never figures of two.
//!
//! Usage: `cargo build --release && cargo run --release --example gateway -- [ROUNDS]`. nginx is installed by
//! `tests/bench/gateway/run`; without it, its rows are left out.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, unreachable_pub)]

mod load;
mod mock;
mod stages;

use load::{Load, Target};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Bytes of the answer's text: with its frame, about 600 bytes go out for 100 that come in.
const ANSWER: usize = 300;

/// Calls of one measurement, and connections.
const CALLS: usize = 20_000;
const CONNECTIONS: usize = 16;

/// Calls a second where latency is measured, far from any queue.
const RATE: f64 = 30.0;
const RATED_CALLS: usize = 150;

/// Streams whose first delta is waited for.
const FIRST_DELTAS: usize = 50;

/// Streams at the same time where memory is measured.
const STREAMS: usize = 512;

/// A contestant that runs as a process of its own, stopped when dropped.
struct Running {
    child: Child,
    target: Target,
    /// The key that its calls show.
    secret: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        // Told, not killed: nginx's workers end with their master only so.
        drop(Command::new("kill").arg(self.child.id().to_string()).status());
        drop(self.child.wait());
    }
}

impl Running {
    /// Clock ticks of CPU that the process and its children used: hundredths of a second.
    fn ticks(&self) -> u64 {
        let of = |pid: u32| {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
            let number = |n: usize| fields.get(n).and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
            number(11) + number(12)
        };
        let id = self.child.id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        of(id) + children.split_whitespace().filter_map(|pid| pid.parse().ok()).map(of).sum::<u64>()
    }

    fn kib(&self, field: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
        line.trim_start_matches(':').trim().trim_end_matches(" kB").parse().unwrap()
    }
}

#[tokio::main]
async fn main() {
    let rounds: usize = std::env::args().nth(1).map_or(3, |text| text.parse().unwrap());
    let scratch = tempfile::tempdir().unwrap();
    let upstream = mock::start(ANSWER);
    let direct = Target::new(upstream, "/v1/chat/completions", "none", "mock");
    let nginx = nginx(scratch.path(), upstream).await;
    let with_rails = katonic(scratch.path(), upstream, "on").await;
    let without = katonic(scratch.path(), upstream, "off").await;
    let pipeline = katonic(scratch.path(), upstream, "off, cached").await;

    let contestants: Vec<(&str, Option<&Running>)> = vec![
        ("katonic", Some(&with_rails)),
        ("katonic, rails off", Some(&without)),
        ("katonic, no upstream", Some(&pipeline)),
        ("nginx", nginx.as_ref()),
    ];
    let mut table: Vec<(String, Vec<f64>, Vec<f64>)> = Vec::new();
    for round in 0..rounds {
        let base = Load::new(&direct).run(CALLS, CONNECTIONS).await;
        println!("round {}: direct {:.0} calls/s", round + 1, base.per_second);
        for (name, running) in &contestants {
            let Some(running) = running else { continue };
            Load::new(&running.target).run(500, CONNECTIONS).await;
            let before = running.ticks();
            let result = Load::new(&running.target).run(CALLS, CONNECTIONS).await;
            let cpu = (running.ticks() - before) as f64 * 10_000.0 / CALLS as f64;
            println!("  {name:<20} {:>7.0} calls/s   {cpu:>5.0} us of CPU a call", result.per_second);
            match table.iter_mut().find(|row| row.0 == *name) {
                Some(row) => row.1.push(result.per_second),
                None => table.push(((*name).to_owned(), vec![result.per_second], Vec::new())),
            }
        }
    }
    if let Some(nginx) = table.iter().find(|row| row.0 == "nginx").map(|row| row.1.clone()) {
        for (name, speeds, _) in &table {
            let ratios = speeds.iter().zip(&nginx).map(|(ours, theirs)| ours / theirs).collect();
            println!("{name:<22} {:.2} of nginx's throughput at {CONNECTIONS} connections", median(ratios));
        }
    }
    let quiet = Load::new(&direct).at_rate(RATED_CALLS, RATE).await;
    for (name, running) in &contestants {
        let Some(running) = running else { continue };
        let latency = Load::new(&running.target).at_rate(RATED_CALLS, RATE).await;
        println!("{name:<22} +{:.2} ms p50 over direct at {RATE} calls/s", latency - quiet);
    }
    first_deltas(&direct, &contestants).await;
    for (name, running) in [("katonic", &with_rails), ("katonic, rails off", &without)] {
        let stages = stages::of(&running.target, &running.secret).await;
        let stages: Vec<String> = stages.iter().map(|(stage, time)| format!("{stage} {time}")).collect();
        println!("{name:<22} microseconds a stage: {}", stages.join(", "));
    }
    Load::new(&with_rails.target).streams(STREAMS).await;
    println!(
        "katonic                {} MB at its peak, with {STREAMS} streams at once",
        with_rails.kib("VmHWM") / 1024
    );
    println!("without rails          {} MB at its peak", without.kib("VmHWM") / 1024);
}

/// Where rails look, the first sentence leaves when its end is known.
async fn first_deltas(direct: &Target, contestants: &[(&str, Option<&Running>)]) {
    let quiet = Load::new(direct).first_delta(FIRST_DELTAS).await;
    for (name, running) in contestants {
        let Some(running) = running.filter(|_| !name.contains("no upstream")) else { continue };
        let time = Load::new(&running.target).first_delta(FIRST_DELTAS).await;
        println!("{name:<22} +{:.2} ms to the first delta of a stream", time - quiet);
    }
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// nginx as a proxy that checks a key and does nothing else.
async fn nginx(scratch: &Path, upstream: u16) -> Option<Running> {
    let port = free_port();
    let home = scratch.join("nginx");
    fs::create_dir(&home).unwrap();
    let at = home.display();
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {at}/{kind};"));
    let config = format!(
        "daemon off; worker_processes 2; pid {at}/pid; error_log {at}/error.log;
         events {{ worker_connections 2048; }}
         http {{ access_log off; keepalive_requests 1000000; {}
           upstream mock {{ server 127.0.0.1:{upstream}; keepalive 128; keepalive_requests 1000000; }}
           server {{ listen 127.0.0.1:{port};
             location / {{ if ($http_authorization != \"Bearer key\") {{ return 401; }}
               proxy_pass http://mock; proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_buffering off; }} }} }}",
        temporary.concat()
    );
    fs::write(home.join("nginx.conf"), config).unwrap();
    let mut command = Command::new("nginx");
    command
        .arg("-p")
        .arg(&home)
        .arg("-c")
        .arg(home.join("nginx.conf"))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let child = command.spawn().ok()?;
    let target = Target::new(port, "/v1/chat/completions", "key", "mock");
    load::until_open(port).await;
    Some(Running { child, target, secret: "key".into() })
}

/// The release binary with all that it does by default: keys, limits, audit, trace; and the rails, or not. With its cache,
/// it asks nobody: what is left is the pipeline itself.
async fn katonic(scratch: &Path, upstream: u16, rails: &str) -> Running {
    let home = scratch.join(format!("katonic-{rails}"));
    fs::create_dir(&home).unwrap();
    let is_cached = rails.contains("cached");
    let settings = format!(
        "log = \"warn\"\n[providers.mock]\nbase_url = \"http://127.0.0.1:{upstream}/v1\"\n[completions]\nrails = {}\n\
         [cache]\nenabled = {is_cached}\n",
        rails == "on"
    );
    fs::write(home.join("katonic.toml"), settings).unwrap();
    let at = home.clone();
    let issue = move || {
        let config = daemon::Config::load_with(&at, |_| None).unwrap();
        daemon::issue_operator_token(&config, "bench").unwrap()
    };
    let operator = tokio::task::spawn_blocking(issue).await.unwrap();
    let port = free_port();
    let binary = PathBuf::from(std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".into()));
    let mut command = Command::new(binary.join("release/katonic"));
    command.args(["daemon", "start", "--listen", &format!("127.0.0.1:{port}")]).env("KATONIC_HOME", &home);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    load::until_open(port).await;
    let limits = json!({"per_minute": 10_000_000, "per_day": 100_000_000});
    let key = json!({"name": "bench", "scopes": ["completions", "analytics"], "limits": limits});
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().unwrap();
    let call = client.post(format!("http://127.0.0.1:{port}/admin/v1/keys")).bearer_auth(operator.expose());
    let created: Value = call.json(&key).send().await.unwrap().json().await.unwrap();
    let secret = created["secret"].as_str().unwrap_or_else(|| panic!("{created}"));
    let question =
        if is_cached { "Say hello to the bench. ".repeat(40) } else { "Say hello to the bench.".into() };
    let target = Target::asking(port, "/public/v1/chat/completions", secret, "mock/mock", &question);
    Running { child, target, secret: secret.to_owned() }
}
