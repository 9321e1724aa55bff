//! A daemon on a free port with a home of its own, and a provider that does as it is told.

use crate::database::{self, Database};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use contract::key::Secret;
use contract::time::Clock;
use contract::{document, suite};
use futures::stream;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot, watch};
use tokio::task::JoinHandle;

/// The folder of the first example.
pub fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("agents-examples/hr")
}

/// A file of the repository, read.
pub fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// A daemon under test, stopped when dropped.
pub struct Daemon {
    pub url: String,
    pub operator: Secret,
    pub home: TempDir,
    pub database: Option<Database>,
    client: Client,
    clock: Clock,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<()>>,
}

/// An answer with its status.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Daemon {
    pub async fn start() -> Self {
        Self::start_with("").await
    }

    /// With lines for its `katonic.toml`.
    pub async fn start_with(settings: &str) -> Self {
        let (database, settings) = database::settings(settings).await;
        Self::start_on(database, &settings).await
    }

    /// On a database of a test's own.
    pub async fn start_on(database: Option<Database>, settings: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("katonic.toml"), settings).unwrap();
        let at = home.path().to_owned();
        let issue = move || {
            let config = daemon::Config::load_with(&at, |_| None).unwrap();
            daemon::issue_operator_token(&config, "tests").unwrap()
        };
        let operator = tokio::task::spawn_blocking(issue).await.unwrap();
        let client = Client::builder().no_proxy().build().unwrap();
        let mut daemon = Self {
            url: String::new(),
            operator,
            home,
            database,
            client,
            clock: Clock::default(),
            stop: None,
            task: None,
        };
        daemon.serve().await;
        daemon
    }

    async fn serve(&mut self) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        self.url = format!("http://{}", listener.local_addr().unwrap());
        let mut config = daemon::Config::load_with(self.home.path(), |_| None).unwrap();
        config.clock = self.clock.clone();
        config.program = env!("CARGO_BIN_EXE_katonic").into();
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async move { drop(stopped.await) };
        self.task =
            Some(tokio::spawn(async move { daemon::serve(listener, config, shutdown).await.unwrap() }));
        self.stop = Some(stop);
        let ready = self.client.get(format!("{}/readyz", self.url)).send().await.unwrap();
        assert!(ready.status().is_success());
    }

    /// Lets time pass for the calls that come in.
    pub fn advance(&self, milliseconds: i64) {
        self.clock.advance(milliseconds);
    }

    /// What SIGTERM does.
    pub fn begin_to_stop(&mut self) {
        drop(self.stop.take());
    }

    /// Waits until it has stopped.
    pub async fn stopped(&mut self) {
        if let Some(task) = self.task.take() {
            task.await.unwrap();
        }
    }

    /// Stops it, and starts another on the same home.
    pub async fn restart(&mut self) {
        self.begin_to_stop();
        self.stopped().await;
        self.serve().await;
    }

    /// The same with other lines in its `katonic.toml`.
    pub async fn restart_with(&mut self, settings: &str) {
        let first = self.database.as_ref().map(Database::setting).unwrap_or_default();
        std::fs::write(self.home.path().join("katonic.toml"), format!("{first}{settings}")).unwrap();
        self.restart().await;
    }

    /// The users, documents, suite and agent of the HR example; evaluated and live in prod.
    pub async fn with_hr(self) -> Self {
        let daemon = self.with_hr_applied().await;
        let run = daemon.run(json!({"agent": "hr-assistant", "suite": "hr-eval-v3"})).await;
        assert_eq!(run["status"], "finished", "{run}");
        for environment in ["test", "prod"] {
            daemon.promote(environment).await.expect(200);
        }
        daemon
    }

    /// The same, live in prod on an operator's word.
    pub async fn with_hr_unevaluated(self) -> Self {
        let daemon = self.with_hr_applied().await;
        for environment in ["test", "prod"] {
            let call = daemon.operator(Method::POST, "/agents/hr-assistant/promote");
            let body = json!({"environment": environment, "override": {"reason": "a test"}});
            call.json(&body).answer().await.expect(200);
        }
        daemon
    }

    async fn with_hr_applied(self) -> Self {
        let users: Value = serde_yaml::from_str(&read("agents-examples/hr/users.yml")).unwrap();
        self.admin(Method::PUT, "/users", users).await.expect(200);
        let mut files: Vec<_> =
            std::fs::read_dir(example().join("documents")).unwrap().map(|f| f.unwrap().path()).collect();
        files.sort();
        for file in files.iter().filter(|file| file.extension().is_some_and(|end| end == "md")) {
            let text = std::fs::read_to_string(file).unwrap();
            let request = document::from_markdown(&text, "hr-policies").unwrap();
            let body = serde_json::to_value(request).unwrap();
            self.operator(Method::POST, "/knowledge/documents").json(&body).answer().await.expect(201);
        }
        let suite = read("agents-examples/hr/suites/hr-eval-v3.yml");
        self.operator(Method::PUT, "/evaluations/suites/hr-eval-v3").body(suite).answer().await.expect(201);
        self.apply(&read("agents-examples/hr/hr.yml")).await.expect(201);
        self
    }

    pub async fn apply(&self, definition: &str) -> Answer {
        self.operator(Method::POST, "/agents").body(definition.to_owned()).answer().await
    }

    /// A run, waited for.
    pub async fn run(&self, request: Value) -> Value {
        let call = self.operator(Method::POST, "/evaluations/run").header("Prefer", "wait=120");
        call.json(&request).answer().await.expect(200)
    }

    pub async fn promote(&self, environment: &str) -> Answer {
        let call = self.operator(Method::POST, "/agents/hr-assistant/promote");
        call.json(&json!({"environment": environment})).answer().await
    }

    /// A key with the scopes of a chat key, for everybody at example.org.
    pub async fn chat_key(&self) -> String {
        self.key(json!({
            "name": "chat", "scopes": ["chat", "search", "completions", "models"], "act_as": ["*@example.org"],
        }))
        .await
    }

    pub async fn key(&self, request: Value) -> String {
        let key = self.admin(Method::POST, "/keys", request).await.expect(201);
        key["secret"].as_str().unwrap().to_owned()
    }

    pub async fn admin(&self, method: Method, path: &str, body: Value) -> Answer {
        let call = self.client.request(method, format!("{}/admin/v1{path}", self.url));
        call.bearer_auth(self.operator.expose()).json(&body).answer().await
    }

    pub fn operator(&self, method: Method, path: &str) -> RequestBuilder {
        self.call(method, path).bearer_auth(self.operator.expose())
    }

    /// A form with a file and other fields, as an operator; what `Prefer: wait` says of the time to wait.
    pub async fn send_file(&self, name: &str, bytes: Vec<u8>, fields: &[(&str, &str)], wait: u32) -> Answer {
        let file = reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned());
        let mut form = reqwest::multipart::Form::new().part("file", file);
        for (name, value) in fields {
            form = form.text((*name).to_owned(), (*value).to_owned());
        }
        let call =
            self.operator(Method::POST, "/knowledge/documents").header("Prefer", format!("wait={wait}"));
        call.multipart(form).answer().await
    }

    /// A call of the public API without a key.
    pub fn call(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}/public/v1{path}", self.url))
    }

    /// One of the figures for Prometheus; none yet is nothing.
    pub async fn figure(&self, name: &str) -> f64 {
        let text =
            self.client.get(format!("{}/metrics", self.url)).send().await.unwrap().text().await.unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.map_or(0.0, |figure| figure.trim().parse().unwrap())
    }

    /// A question to the HR assistant as somebody, not streamed.
    pub async fn ask(&self, key: &str, user: &str, question: &str) -> Answer {
        self.question(key, user, question, false).answer().await
    }

    /// A question to the HR assistant as somebody, streamed: the events in order.
    pub async fn stream(&self, key: &str, user: &str, question: &str) -> Vec<Event> {
        let response = self.question(key, user, question, true).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        events(&response.text().await.unwrap())
    }

    pub fn question(&self, key: &str, user: &str, question: &str, stream: bool) -> RequestBuilder {
        let body = json!({
            "agent_id": "hr-assistant", "stream": stream, "messages": [{"role": "user", "content": question}],
        });
        self.call(Method::POST, "/chat").bearer_auth(key).header("X-User-Email", user).json(&body)
    }

    /// Whether it can be used.
    pub async fn is_ready(&self) -> bool {
        self.client.get(format!("{}/readyz", self.url)).send().await.unwrap().status().is_success()
    }

    /// Waits until it can be.
    pub async fn ready(&self) {
        while !self.is_ready().await {
            tokio::task::yield_now().await;
        }
    }

    /// The audit rows of an endpoint, the newest first.
    pub async fn rows(&self, endpoint: &str) -> Vec<Value> {
        let path = format!("/analytics/audit?limit=200&endpoint={endpoint}");
        let page = self.operator(Method::GET, &path).answer().await.expect(200);
        page["data"].as_array().unwrap().clone()
    }
}

/// Sends and reads the JSON.
pub trait Answered {
    async fn answer(self) -> Answer;
}

impl Answered for RequestBuilder {
    async fn answer(self) -> Answer {
        let response = self.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        };
        Answer { status, headers, body }
    }
}

impl Answer {
    /// The body, if the status is the one expected.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// The error's code.
    pub fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }
}

/// One event of a stream.
#[derive(Debug)]
pub struct Event {
    pub name: String,
    pub id: u64,
    pub data: Value,
}

/// The events of a whole stream.
pub fn events(text: &str) -> Vec<Event> {
    let blocks = text.split("\n\n").filter(|block| block.starts_with("event:"));
    blocks
        .map(|block| {
            let field = |name| block.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim();
            Event {
                name: field("event:").to_owned(),
                id: field("id:").parse().unwrap(),
                data: serde_json::from_str(field("data:")).unwrap(),
            }
        })
        .collect()
}

/// The cases of the HR suite.
pub fn hr_suite() -> suite::SuiteDefinition {
    serde_yaml::from_str(&read("agents-examples/hr/suites/hr-eval-v3.yml")).unwrap()
}

/// What a scripted provider sends, piece by piece.
#[derive(Clone, Debug)]
pub enum Line {
    /// A delta of text.
    Text(&'static str),
    /// The end, with usage.
    End,
    /// Raw bytes.
    Raw(&'static str),
    /// Nothing until the test says so.
    Wait,
}

/// An OpenAI-compatible provider that does as it is told.
pub struct Upstream {
    pub url: String,
    pub requests: Arc<Mutex<Vec<Value>>>,
    pub go_on: Arc<Notify>,
    /// How many answers were dropped before their end.
    pub dropped: watch::Receiver<usize>,
}

#[derive(Clone)]
struct Script {
    lines: Vec<Line>,
    requests: Arc<Mutex<Vec<Value>>>,
    go_on: Arc<Notify>,
    dropped: Arc<watch::Sender<usize>>,
}

struct Guard {
    ended: bool,
    dropped: Arc<watch::Sender<usize>>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if !self.ended {
            self.dropped.send_modify(|count| *count += 1);
        }
    }
}

impl Upstream {
    pub async fn start(lines: Vec<Line>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let (requests, go_on) = (Arc::default(), Arc::new(Notify::new()));
        let (sender, dropped) = watch::channel(0);
        let script = Script {
            lines,
            requests: Arc::clone(&requests),
            go_on: Arc::clone(&go_on),
            dropped: Arc::new(sender),
        };
        let router = Router::new().fallback(reply).with_state(script);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, requests, go_on, dropped }
    }

    /// The settings of a daemon that uses it for every tier.
    pub fn settings(&self) -> String {
        let tiers = "[tiers]\nfast = \"local/scripted\"\nbalanced = \"local/scripted\"\npowerful = \"local/scripted\"";
        format!("{tiers}\n[providers.local]\nbase_url = \"{}\"\n", self.url)
    }
}

async fn reply(State(script): State<Script>, request: Request) -> Response {
    let bytes = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
    script.requests.lock().unwrap().push(serde_json::from_slice(&bytes).unwrap());
    let guard = Guard { ended: false, dropped: Arc::clone(&script.dropped) };
    let body = stream::unfold((script, guard, 0), async |(script, mut guard, at)| {
        let Some(line) = script.lines.get(at) else {
            guard.ended = true;
            return None;
        };
        let text = match line {
            Line::Text(text) => chunk(json!({"choices": [{"index": 0, "delta": {"content": text}}]})),
            Line::End => {
                let stop = chunk(json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}));
                let usage =
                    chunk(json!({"choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 7}}));
                format!("{stop}{usage}data: [DONE]\n\n")
            }
            Line::Raw(text) => (*text).to_owned(),
            Line::Wait => {
                script.go_on.notified().await;
                String::new()
            }
        };
        Some((Ok::<_, Infallible>(Bytes::from(text)), (script, guard, at + 1)))
    });
    ([("content-type", "text/event-stream")], Body::from_stream(body)).into_response()
}

fn chunk(value: Value) -> String {
    format!("data: {value}\n\n")
}
