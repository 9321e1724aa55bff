//! What the daemon says of itself.

use crate::support::{Answered, Daemon};
use contract::catalogue::CATALOGUE;
use contract::openapi::document;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[tokio::test]
async fn the_published_document_holds_exactly_the_catalogue() {
    let daemon = Daemon::start().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let document = client.get(format!("{}/public/v1/openapi.json", daemon.url)).answer().await.expect(200);
    assert_eq!(document["openapi"], "3.1.0");
    for endpoint in CATALOGUE {
        let path = format!("/public/v1{}", endpoint.path);
        let operation = &document["paths"][path.as_str()][endpoint.method.as_str().to_lowercase()];
        assert_eq!(operation["operationId"], endpoint.name);
        assert_eq!(operation["x-katonic-scope"], endpoint.scope.0);
    }
    let yaml = client.get(format!("{}/public/v1/openapi.yaml", daemon.url)).send().await.unwrap();
    let yaml: serde_json::Value = serde_yaml::from_str(&yaml.text().await.unwrap()).unwrap();
    assert_eq!(yaml["paths"], document["paths"]);
}

/// Holds each event of a call's stream to its schema in the document, and gives the names of those that came.
async fn told(document: &Value, path: &str, method: &str, call: RequestBuilder) -> BTreeSet<String> {
    let operation = &document["paths"][format!("/public/v1{path}")][method];
    let listed = &operation["responses"]["200"]["content"]["text/event-stream"]["x-katonic-events"];
    let text = call.send().await.unwrap().text().await.unwrap();
    let mut names = BTreeSet::new();
    for block in text.split("\n\n").filter(|block| block.contains("data: {")) {
        let field = |name| block.lines().find_map(|line| line.strip_prefix(name));
        let (name, data) = (field("event: ").unwrap_or("message"), field("data: ").unwrap());
        assert!(listed[name].is_object(), "{path} does not list {name}");
        let schema = json!({"allOf": [listed[name]], "components": document["components"]});
        let data: Value = serde_json::from_str(data).unwrap();
        let held = jsonschema::validate(&schema, &data);
        assert!(held.is_ok(), "{path}, {name}: {}\n{data}", held.unwrap_err());
        names.insert(name.to_owned());
    }
    names
}

#[tokio::test]
async fn streams_say_what_the_document_says() {
    let daemon = Daemon::start().await.with_hr().await;
    let (document, key) = (document("Katonic", CATALOGUE, "0"), daemon.chat_key().await);
    let question = "How many sick days do I have each year?";
    let chat = daemon.question(&key, "sarah@example.org", question, true);
    let names = told(&document, "/chat", "post", chat).await;
    for name in
        ["agent.start", "guardrails.check", "tool.call", "tool.result", "completion.delta", "citation"]
    {
        assert!(names.contains(name), "{names:?}");
    }
    let as_openai = |path: &str, body: Value| {
        let call =
            daemon.call(Method::POST, path).bearer_auth(&key).header("X-User-Email", "sarah@example.org");
        call.json(&body)
    };
    let model = "agent/hr-assistant";
    let body = json!({"model": model, "stream": true, "messages": [{"role": "user", "content": question}]});
    let names = told(&document, "/chat/completions", "post", as_openai("/chat/completions", body)).await;
    assert_eq!(names, BTreeSet::from(["message".to_owned()]));
    let body = json!({"model": model, "stream": true, "input": question});
    let names = told(&document, "/responses", "post", as_openai("/responses", body)).await;
    for name in ["response.created", "response.output_text.delta", "response.completed"] {
        assert!(names.contains(name), "{names:?}");
    }
    let run = json!({"agent": "hr-assistant", "suite": "hr-eval-v3"});
    let run = daemon.operator(Method::POST, "/evaluations/run").json(&run).answer().await.expect(202);
    let path = format!("/evaluations/runs/{}", run["run_id"].as_str().unwrap());
    let watch = daemon.operator(Method::GET, &path).header("Accept", "text/event-stream");
    let names = told(&document, "/evaluations/runs/{run_id}", "get", watch).await;
    assert!(names.contains("run.progress") && names.contains("run.finished"), "{names:?}");
}

#[tokio::test]
async fn an_unknown_address_answers_with_the_one_envelope() {
    let daemon = Daemon::start().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.get(format!("{}/nothing", daemon.url)).answer().await;
    assert_eq!((answer.status, answer.code()), (404, "not_found"));
    let answer = client.delete(format!("{}/public/v1/chat", daemon.url)).answer().await;
    assert_eq!((answer.status, answer.code()), (405, "method_not_allowed"));
    assert_eq!(client.get(format!("{}/healthz", daemon.url)).answer().await.status, 200);
}
