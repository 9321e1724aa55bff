//! Providers of other flavours over real HTTP: where they are asked, with which key, and what becomes of their answers.

use super::{content, data};
use crate::scripted::{Reply, Scripted};
use crate::support::{Answered, Daemon};
use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use reqwest::Method;
use serde_json::{Value, json};

/// One provider: what it is sent and what it answers.
struct Case {
    provider: &'static str,
    /// What is appended to the scripted provider's address.
    base: &'static str,
    model: &'static str,
    path: &'static str,
    /// The header that shows the key, and what it holds.
    shown: (&'static str, &'static str),
    whole: Value,
    stream: Vec<u8>,
}

const KEY: &str = "a-key";

fn events(events: &[Value]) -> Vec<u8> {
    let event =
        |event: &Value| format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap_or("message"));
    events.iter().map(event).collect::<String>().into_bytes()
}

fn lines(lines: &[Value]) -> Vec<u8> {
    lines.iter().map(|line| format!("{line}\n")).collect::<String>().into_bytes()
}

fn aws(events: &[(&str, Value)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, event) in events {
        let header = Header::new(":event-type", HeaderValue::String((*name).to_owned().into()));
        write_message_to(&Message::new(event.to_string().into_bytes()).add_header(header), &mut bytes)
            .unwrap();
    }
    bytes
}

fn anthropic() -> Case {
    let usage = json!({"input_tokens": 3, "output_tokens": 4});
    Case {
        provider: "anthropic",
        base: "/v1",
        model: "claude-x",
        path: "/v1/messages",
        shown: ("x-api-key", KEY),
        whole: json!({"id": "m", "content": [{"type": "text", "text": "Hello."}], "stop_reason": "end_turn", "usage": usage}),
        stream: events(&[
            json!({"type": "message_start", "message": {"id": "m", "model": "claude-x", "usage": usage}}),
            json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hello."}}),
            json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 4}}),
            json!({"type": "message_stop"}),
        ]),
    }
}

fn gemini(
    provider: &'static str,
    base: &'static str,
    path: &'static str,
    shown: (&'static str, &'static str),
) -> Case {
    let candidate = json!({"content": {"parts": [{"text": "Hello."}]}, "finishReason": "STOP", "index": 0});
    let usage = json!({"promptTokenCount": 3, "candidatesTokenCount": 4});
    let answer = json!({"candidates": [candidate], "usageMetadata": usage});
    Case {
        provider,
        base,
        model: "gemini-x",
        path,
        shown,
        stream: events(std::slice::from_ref(&answer)),
        whole: answer,
    }
}

fn cohere() -> Case {
    let usage = json!({"tokens": {"input_tokens": 3, "output_tokens": 4}});
    Case {
        provider: "cohere",
        base: "/v2",
        model: "command-x",
        path: "/v2/chat",
        shown: ("authorization", "Bearer a-key"),
        whole: json!({"id": "c", "message": {"content": [{"type": "text", "text": "Hello."}]}, "finish_reason": "COMPLETE", "usage": usage}),
        stream: events(&[
            json!({"type": "message-start", "id": "c"}),
            json!({"type": "content-delta", "delta": {"message": {"content": {"text": "Hello."}}}}),
            json!({"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": usage}}),
        ]),
    }
}

fn ollama() -> Case {
    let end = json!({"message": {"content": ""}, "done": true, "done_reason": "stop", "prompt_eval_count": 3, "eval_count": 4});
    let mut whole = end.clone();
    whole["message"]["content"] = "Hello.".into();
    Case {
        provider: "ollama",
        base: "",
        model: "llama-x",
        path: "/api/chat",
        shown: ("content-type", "application/json"),
        whole,
        stream: lines(&[json!({"message": {"content": "Hello."}, "done": false}), end]),
    }
}

fn bedrock() -> Case {
    let usage = json!({"inputTokens": 3, "outputTokens": 4});
    Case {
        provider: "amazon-bedrock",
        base: "",
        model: "claude:0",
        path: "/model/claude%3A0/converse",
        shown: ("authorization", "Bearer a-key"),
        whole: json!({"output": {"message": {"content": [{"text": "Hello."}]}}, "stopReason": "end_turn", "usage": usage}),
        stream: aws(&[
            ("messageStart", json!({"role": "assistant"})),
            ("contentBlockDelta", json!({"delta": {"text": "Hello."}})),
            ("messageStop", json!({"stopReason": "end_turn"})),
            ("metadata", json!({"usage": usage})),
        ]),
    }
}

fn azure() -> Case {
    let usage = json!({"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7});
    let message = json!({"role": "assistant", "content": "Hello."});
    let delta = json!({"index": 0, "delta": message, "finish_reason": "stop"});
    Case {
        provider: "azure",
        base: "/openai",
        model: "deployed",
        path: "/openai/deployments/deployed/chat/completions?api-version=2024-10-21",
        shown: ("api-key", KEY),
        whole: json!({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "usage": usage}),
        stream: events(&[json!({"choices": [delta]}), json!({"choices": [], "usage": usage})]),
    }
}

async fn check(case: Case) {
    let name = case.provider;
    let provider = Scripted::start(vec![Reply::json(200, &case.whole), Reply::stream(case.stream)]).await;
    let settings = format!("[providers.{name}]\nbase_url = \"{}{}\"\n", provider.url, case.base);
    let daemon = Daemon::start_with(&settings).await;
    let params = json!({"region": "eu-west-1", "resource": "r", "project": "p", "location": "l"});
    let stored = json!({"provider": name, "key": KEY, "params": params});
    daemon.admin(Method::POST, "/providers", stored).await.expect(201);
    let key = daemon.key(json!({"name": "app", "scopes": ["completions"]})).await;
    let ask = |stream: bool| {
        let body = json!({
            "model": format!("{name}/{}", case.model), "stream": stream, "stream_options": {"include_usage": true},
            "messages": [{"role": "user", "content": "Say hello."}],
        });
        daemon.call(Method::POST, "/chat/completions").bearer_auth(&key).json(&body)
    };
    let answer = ask(false).answer().await.expect(200);
    assert_eq!(answer["choices"][0]["message"]["content"], "Hello.", "{name}: {answer}");
    assert_eq!(answer["usage"]["total_tokens"], 7, "{name}");
    let received = provider.last();
    assert_eq!(received.path, case.path, "{name}");
    assert_eq!(received.headers[case.shown.0], case.shown.1, "{name}");
    let text = ask(true).send().await.unwrap().text().await.unwrap();
    assert_eq!(content(&text), "Hello.", "{name}: {text}");
    assert_eq!(data(&text).pop().unwrap()["usage"]["total_tokens"], 7, "{name}: {text}");
    assert!(text.ends_with("data: [DONE]\n\n"), "{name}: {text}");
    provider.next(vec![Reply::json(
        400,
        &json!({"error": {"message": "too long by half"}, "message": "too long by half"}),
    )]);
    let refused = ask(false).answer().await;
    assert_eq!(refused.status, 400, "{name}: {}", refused.body);
    assert!(
        refused.body["error"]["message"].as_str().unwrap().contains("too long by half"),
        "{name}: {}",
        refused.body
    );
}

#[tokio::test]
async fn anthropic_answers_an_openai_client() {
    check(anthropic()).await;
}

#[tokio::test]
async fn gemini_and_vertex_answer_an_openai_client() {
    check(gemini("google", "/v1beta", "/v1beta/models/gemini-x:generateContent", ("x-goog-api-key", KEY)))
        .await;
    let path = "/v1/projects/p/publishers/google/models/gemini-x:generateContent";
    check(gemini("google-vertex", "/v1/projects/p", path, ("authorization", "Bearer a-key"))).await;
}

#[tokio::test]
async fn bedrock_answers_an_openai_client() {
    check(bedrock()).await;
}

#[tokio::test]
async fn bedrock_embeds_by_titan_and_by_cohere_with_signed_requests() {
    let provider = Scripted::start(vec![]).await;
    let settings = format!("[providers.amazon-bedrock]\nbase_url = \"{}\"\n", provider.url);
    let daemon = Daemon::start_with(&settings).await;
    let params = json!({"region": "eu-west-1"});
    let stored = json!({"provider": "amazon-bedrock", "key": "AKIDEXAMPLE:a-secret", "params": params});
    daemon.admin(Method::POST, "/providers", stored).await.expect(201);
    let key = daemon.key(json!({"name": "app", "scopes": ["completions"]})).await;
    let titan = json!({"embedding": [0.5, 1.0], "inputTextTokenCount": 3});
    let cohere = json!({"embeddings": {"float": [[0.5], [1.0]]}, "response_type": "embeddings_by_type"});
    for (model, input, path, answer, vectors) in [
        (
            "amazon.titan-embed-text-v2:0",
            json!("Hi"),
            "amazon.titan-embed-text-v2%3A0",
            titan,
            json!([[0.5, 1.0]]),
        ),
        (
            "cohere.embed-multilingual-v3",
            json!(["a", "b"]),
            "cohere.embed-multilingual-v3",
            cohere,
            json!([[0.5], [1.0]]),
        ),
    ] {
        provider.next(vec![Reply::json(200, &answer)]);
        let body = json!({"model": format!("amazon-bedrock/{model}"), "input": input});
        let list =
            daemon.call(Method::POST, "/embeddings").bearer_auth(&key).json(&body).answer().await.expect(200);
        let data = list["data"].as_array().unwrap().iter().map(|row| row["embedding"].clone());
        assert_eq!(data.collect::<Value>(), vectors, "{model}");
        assert!(list["usage"]["prompt_tokens"].as_u64().unwrap() > 0, "{list}");
        let received = provider.last();
        assert_eq!(received.path, format!("/model/{path}/invoke"));
        let signed = received.headers["authorization"].to_str().unwrap();
        assert!(signed.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"), "{signed}");
        assert!(!format!("{received:?}").contains("a-secret"));
    }
}

#[tokio::test]
async fn cohere_answers_an_openai_client() {
    check(cohere()).await;
}

#[tokio::test]
async fn ollama_answers_an_openai_client() {
    check(ollama()).await;
}

#[tokio::test]
async fn azure_answers_an_openai_client() {
    check(azure()).await;
}
