//! A provider of embeddings whose vectors say which topics a text has.

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// Topics, each with the words that tell of it.
const TOPICS: [&[&str]; 3] =
    [&["salary", "wage", "earnings"], &["leave", "holiday", "vacation"], &["travel", "journey"]];

/// How it fares.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Mood {
    #[default]
    Well,
    /// It fails each call.
    Down,
    /// It never answers.
    Silent,
}

/// A call's model, and its texts.
pub type Asked = (String, Vec<String>);

/// An OpenAI-compatible provider that refuses texts with the word `unspeakable`.
#[derive(Clone, Default)]
pub struct Embedder {
    url: String,
    mood: Arc<Mutex<Mood>>,
    pub asked: Arc<Mutex<Vec<Asked>>>,
}

impl Embedder {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let embedder = Self { url, ..Self::default() };
        let router = Router::new().fallback(embed).with_state(embedder.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        embedder
    }

    pub fn turn(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// The settings of a daemon that embeds by a model of it.
    pub fn settings(&self, model: &str, query_timeout_ms: u64) -> String {
        format!(
            "[knowledge]\nembedding_model = \"local/{model}\"\nquery_timeout_ms = {query_timeout_ms}\n\
             [routing]\nretries = 0\n[models.\"local/{model}\"]\ninput_usd_per_mtok = 2.0\n\
             [providers.local]\nbase_url = \"{}\"\n",
            self.url
        )
    }
}

async fn embed(State(embedder): State<Embedder>, request: Request) -> Response {
    let bytes = axum::body::to_bytes(request.into_body(), 1 << 22).await.unwrap();
    let body: Value = serde_json::from_slice(&bytes).unwrap();
    let texts: Vec<String> = serde_json::from_value(body["input"].clone()).unwrap();
    embedder.asked.lock().unwrap().push((body["model"].as_str().unwrap().to_owned(), texts.clone()));
    let refused = |status: StatusCode| (status, r#"{"error": {"message": "no"}}"#).into_response();
    let mood = *embedder.mood.lock().unwrap();
    match mood {
        Mood::Well => {}
        Mood::Down => return refused(StatusCode::SERVICE_UNAVAILABLE),
        Mood::Silent => std::future::pending().await,
    }
    if texts.iter().any(|text| text.contains("unspeakable")) {
        return refused(StatusCode::BAD_REQUEST);
    }
    let rows =
        texts.iter().enumerate().map(|(index, text)| json!({"index": index, "embedding": vector(text)}));
    let usage = json!({"prompt_tokens": 10 * texts.len(), "total_tokens": 10 * texts.len()});
    json!({"data": rows.collect::<Vec<_>>(), "usage": usage}).to_string().into_response()
}

fn vector(text: &str) -> Vec<f32> {
    let text = text.to_lowercase();
    let count = |words: &[&str]| words.iter().map(|word| text.matches(word).count()).sum::<usize>() as f32;
    TOPICS.iter().map(|words| count(words)).chain([0.1]).collect()
}
