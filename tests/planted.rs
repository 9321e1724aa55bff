//! A model whose quality depends on its prompt in a known way: an optimum is planted among thousands of prompts.

use crate::scripted::event;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// Cases of the suite.
const CASES: u64 = 120;

/// What cases are about, in turn.
const TOPICS: [&str; 5] = ["amber", "basalt", "cedar", "dune", "ember"];

/// How the model's quality comes about.
#[derive(Clone, Copy, Debug)]
pub enum World {
    /// A fifth of the cases, and a share more for each part of the prompt that is as planted.
    Planted,
    /// Half of the cases, by a coin that falls anew for each prompt: nothing is better than anything else.
    Coins,
}

/// The model's server.
pub struct Planted {
    url: String,
    /// Calls that reached it.
    pub calls: Arc<AtomicUsize>,
    /// What it was asked: all the text before the question, and the question.
    pub asked: Arc<Mutex<Vec<(String, String)>>>,
}

#[derive(Clone)]
struct Shared {
    world: World,
    calls: Arc<AtomicUsize>,
    asked: Arc<Mutex<Vec<(String, String)>>>,
}

impl Planted {
    pub async fn start(world: World) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let shared = Shared { world, calls: Arc::default(), asked: Arc::default() };
        let router = Router::new().fallback(answer).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, calls: shared.calls, asked: shared.asked }
    }

    /// The settings of a daemon whose three tiers are models of it, without a price.
    pub fn settings(&self) -> String {
        let mut settings = "[tiers]\n".to_owned();
        for tier in ["fast", "balanced", "powerful"] {
            settings += &format!("{tier} = \"planted/{tier}\"\n");
        }
        settings + &format!("[providers.planted]\nbase_url = \"{}\"\n", self.url)
    }

    pub fn agent() -> String {
        "apiVersion: katonic/v1\nkind: Agent\nmetadata: {id: planted-agent, owner: a@example.org}\nspec:\n  \
         model: balanced\n  instructions: Answer.\n  evaluation: {suite: planted, gate: {test: {pass_rate: 0.5}}}\n"
            .to_owned()
    }

    pub fn suite() -> String {
        let case = |n: u64| {
            let topic = TOPICS[(n % 5) as usize];
            json!({
                "id": format!("case-{n}"), "input": format!("What does the entry about {topic} say of {n}?"),
                "expect": {"facts": [format!("yes-{n}")], "answer": format!("The answer is yes-{n}.")},
            })
        };
        let cases: Vec<Value> = (0..CASES).map(case).collect();
        let pass = json!({"correctness": 1.0});
        json!({
            "apiVersion": "katonic/v1", "kind": "EvalSuite", "metadata": {"id": "planted"},
            "spec": {"defaults": {"pass": pass}, "cases": cases},
        })
        .to_string()
    }
}

async fn answer(State(shared): State<Shared>, request: Request) -> Response {
    shared.calls.fetch_add(1, Ordering::Relaxed);
    let bytes = axum::body::to_bytes(request.into_body(), 1 << 22).await.unwrap();
    let body: Value = serde_json::from_slice(&bytes).unwrap();
    let (text, asked) = say(shared.world, &body);
    shared.asked.lock().unwrap().push(asked);
    let chunk = |delta: Value, reason: Value| {
        event(&json!({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "planted",
            "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}))
    };
    let usage = json!({"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110});
    let last = event(&json!({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "planted",
        "choices": [], "usage": usage}));
    let stream = chunk(json!({"role": "assistant", "content": text}), Value::Null)
        + &chunk(json!({}), json!("stop"))
        + &last
        + "data: [DONE]\n\n";
    ([(CONTENT_TYPE, "text/event-stream")], stream).into_response()
}

/// What it says, and what it was asked.
fn say(world: World, body: &Value) -> (String, (String, String)) {
    let messages = body["messages"].as_array().unwrap();
    let content = |message: &Value| message["content"].as_str().unwrap_or_default().to_owned();
    let question = content(messages.last().unwrap());
    let prompt: String = messages.iter().map(content).collect();
    let asked = (messages[..messages.len() - 1].iter().map(content).collect(), question.clone());
    if prompt.contains("You improve the instructions") {
        // What it writes depends on the tip alone, which is the last line.
        let tip = question.lines().last().unwrap();
        return (format!("```\nAnswer in style {}.\n```", fold(&tip) % 1000), asked);
    }
    let n: u64 = question.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap();
    let is_right = match world {
        World::Coins => fold(&body.to_string()).is_multiple_of(2),
        World::Planted => (fold(&n) % 100) as f64 / 100.0 < quality(body, &prompt, messages),
    };
    let text =
        if is_right { format!("The answer is yes-{n}.") } else { "The answer is not known here.".into() };
    (text, asked)
}

/// The share of the cases that a prompt gets right.
fn quality(body: &Value, prompt: &str, messages: &[Value]) -> f64 {
    let tip = "Say step by step how to get from a question to an answer.";
    let shown: String = messages[..messages.len() - 1].iter().map(|message| message.to_string()).collect();
    let parts = [
        (prompt.contains(&format!("style {}.", fold(&tip) % 1000)), 0.25),
        (shown.contains("about amber"), 0.15),
        (shown.contains("about basalt"), 0.15),
        (body["model"] == "powerful", 0.2),
    ];
    0.2 + parts.iter().filter(|(holds, _)| *holds).map(|(_, worth)| worth).sum::<f64>()
}

fn fold(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
