//! Models called as OpenAI's clients call them.

mod cache;
mod chaos;
mod chat;
mod content;
mod embeddings;
mod flavours;
mod keys;
mod passed;
mod responses;
mod routing;
mod streams;

use crate::database::Database;
use crate::scripted::{Reply, Scripted};
use crate::support::{Answer, Answered, Daemon};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

/// A daemon with one provider, called `local`, and a key for models.
pub struct Gateway {
    pub provider: Scripted,
    pub daemon: Daemon,
    pub key: String,
}

impl Gateway {
    /// With the provider's answers.
    pub async fn start(replies: Vec<Reply>) -> Self {
        Self::start_with(replies, "").await
    }

    /// With more lines for `katonic.toml`.
    pub async fn start_with(replies: Vec<Reply>, settings: &str) -> Self {
        let provider = Scripted::start(replies).await;
        let quick = "[routing]\nbackoff_ms = 1\n";
        let routing = if settings.contains("[routing]") { "" } else { quick };
        let daemon = Daemon::start_with(&format!("{}{routing}{settings}", provider.provider("local"))).await;
        Self::with(provider, daemon).await
    }

    /// The same on a database of a test's own, with a provider that says hello.
    pub async fn start_on(database: Database, settings: &str) -> Self {
        let provider = Scripted::start(vec![Reply::says("Hello.")]).await;
        let settings = format!("{}{}{settings}", database.setting(), provider.provider("local"));
        let daemon = Daemon::start_on(Some(database), &settings).await;
        Self::with(provider, daemon).await
    }

    async fn with(provider: Scripted, daemon: Daemon) -> Self {
        let key = daemon.key(json!({"name": "app", "scopes": ["completions", "models", "analytics"]})).await;
        Self { provider, daemon, key }
    }

    /// A call with the key.
    pub fn call(&self, path: &str, body: &Value) -> RequestBuilder {
        self.daemon.call(Method::POST, path).bearer_auth(&self.key).json(body)
    }

    /// A chat completion that is not streamed.
    pub async fn chat(&self, body: &Value) -> Answer {
        self.call("/chat/completions", body).answer().await
    }

    /// The text of a streamed answer.
    pub async fn stream(&self, body: &Value) -> String {
        let response = self.call("/chat/completions", body).send().await.unwrap();
        let kind = response.headers()["content-type"].clone();
        let text = response.text().await.unwrap();
        assert_eq!(kind, "text/event-stream", "{text}");
        text
    }

    /// The trace of an answer.
    pub async fn trace(&self, answer: &Answer) -> Value {
        self.trace_of(answer.headers["x-trace-id"].to_str().unwrap()).await
    }

    /// A trace, as soon as it is written.
    pub async fn trace_of(&self, id: &str) -> Value {
        loop {
            let path = format!("/analytics/traces/{id}");
            let answer = self.daemon.operator(Method::GET, &path).answer().await;
            if answer.status != 404 {
                return answer.expect(200);
            }
            tokio::task::yield_now().await;
        }
    }
}

/// A question to the provider's model.
pub fn question() -> Value {
    json!({"model": "local/m", "messages": [{"role": "user", "content": "Say something."}]})
}

/// The same, streamed.
pub fn streamed() -> Value {
    let mut body = question();
    body["stream"] = true.into();
    body
}

/// The data of a stream's events.
pub fn data(text: &str) -> Vec<Value> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("data: ")).filter(|data| *data != "[DONE]");
    lines.map(|data| serde_json::from_str(data).unwrap()).collect()
}

/// The text that a stream's chunks put together.
pub fn content(text: &str) -> String {
    let deltas = data(text);
    deltas.iter().filter_map(|chunk| chunk.pointer("/choices/0/delta/content")?.as_str()).collect()
}

/// Asks so many questions, one after the other.
pub async fn ask_questions(gateway: &Gateway, number: usize) {
    for _ in 0..number {
        gateway.chat(&question()).await.expect(200);
    }
}
