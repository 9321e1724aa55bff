//! Errors: each status that the document lists is provoked, at each endpoint that lists it, and has the documented form.

use crate::scripted::{Reply, Scripted, Step};
use crate::support::{Answer, Answered, Daemon, read};
use contract::catalogue::CATALOGUE;
use contract::endpoint::{Declaration, Media};
use contract::openapi::{document, resolved};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

/// Holds the answers of calls that go wrong to the document.
struct Document(Value);

impl Document {
    fn new() -> Self {
        Self(document("Katonic", CATALOGUE, "0"))
    }

    /// The answer that an endpoint's operation lists under a status.
    fn listed(&self, endpoint: &Declaration, status: u16) -> Option<&Value> {
        let operation = &self.0["paths"][format!("/public/v1{}", endpoint.path)];
        let responses = &operation[endpoint.method.as_str().to_lowercase()]["responses"];
        responses.get(status.to_string()).map(|response| resolved(&self.0, response))
    }

    /// The endpoints that list a status.
    fn listing(&self, status: u16) -> impl Iterator<Item = &'static Declaration> {
        CATALOGUE.iter().copied().filter(move |endpoint| self.listed(endpoint, status).is_some())
    }

    /// Demands that an error has the documented body and headers.
    fn holds(&self, endpoint: &Declaration, status: u16, answer: &Answer) {
        let what = format!("{}: {} {}", endpoint.name, answer.status, answer.body);
        assert_eq!(answer.status, status, "{what}");
        let listed = self.listed(endpoint, status).unwrap_or_else(|| panic!("not listed: {what}"));
        let schema = json!({
            "allOf": [listed["content"]["application/json"]["schema"]],
            "components": self.0["components"],
        });
        let held = jsonschema::validate(&schema, &answer.body);
        assert!(held.is_ok(), "{what}: {}", held.unwrap_err());
        let trace = answer.headers["x-trace-id"].to_str().unwrap();
        assert_eq!(answer.body["trace_id"], trace, "{what}");
        for (name, header) in listed["headers"].as_object().unwrap() {
            let schema = &resolved(&self.0, header)["schema"];
            if let Some(value) = answer.headers.get(name) {
                let value = value.to_str().unwrap();
                let value = value.parse::<i64>().map_or_else(|_| json!(value), Value::from);
                assert!(jsonschema::is_valid(schema, &value), "{what}: {name}");
            }
        }
    }
}

/// A call of an endpoint whose path leads to nothing.
fn call(daemon: &Daemon, endpoint: &Declaration) -> RequestBuilder {
    call_at(daemon, endpoint, "some-thing")
}

fn call_at(daemon: &Daemon, endpoint: &Declaration, id: &str) -> RequestBuilder {
    let path = endpoint
        .path_parameters()
        .fold(endpoint.path.to_owned(), |path, name| path.replace(&format!("{{{name}}}"), id));
    // The log alone is asked of a team, and here of one that isn't there.
    let query = if endpoint.name == "ListAudit" { "?team=nobody" } else { "" };
    daemon.call(endpoint.method.as_str().parse().unwrap(), &format!("{path}{query}"))
}

#[tokio::test]
async fn what_the_gate_and_the_body_are_refused_for_is_documented_everywhere() {
    let bounds = "max_body_bytes = 1000\nmax_model_body_bytes = 1000\nmax_upload_bytes = 1000";
    let (daemon, document) = (Daemon::start_with(bounds).await, Document::new());
    let anything = daemon.key(json!({"name": "any", "scopes": ["*"], "act_as": ["*@example.org"]})).await;
    let spent = daemon.key(json!({"name": "spent", "scopes": ["*"], "limits": {"per_minute": 0}})).await;
    for endpoint in CATALOGUE {
        let call = || call(&daemon, endpoint).json(&json!({}));
        let two = call().header("X-User-Email", "a@example.org").header("X-User-Email", "b@example.org");
        for (status, call) in [
            (401, call()),
            (403, call().bearer_auth(&anything).header("X-User-Email", "a@example.com")),
            (429, call().bearer_auth(&spent)),
            (400, two.bearer_auth(&anything)),
        ] {
            document.holds(endpoint, status, &call.answer().await);
        }
        if endpoint.method.is_bodiless() {
            assert!(document.listed(endpoint, 413).is_none() && document.listed(endpoint, 415).is_none());
            continue;
        }
        let form =
            if endpoint.media == Media::Definition { "multipart/form-data" } else { "application/xml" };
        let foreign =
            self::call(&daemon, endpoint).bearer_auth(&anything).header("Content-Type", form).body("<body/>");
        document.holds(endpoint, 415, &foreign.answer().await);
        let large = call().bearer_auth(&anything).body("x".repeat(2000));
        document.holds(endpoint, 413, &large.answer().await);
    }
}

#[tokio::test]
async fn a_store_that_takes_no_rows_is_documented_everywhere() {
    let (daemon, document) = (Daemon::start().await, Document::new());
    daemon.refuse_rows("1 = 1").await;
    drop(daemon.operator(Method::GET, "/tools").answer().await);
    for endpoint in CATALOGUE {
        let call = call(&daemon, endpoint).bearer_auth(daemon.operator.expose()).json(&json!({}));
        let answer = call.answer().await;
        document.holds(endpoint, 503, &answer);
        assert!(answer.headers.contains_key("retry-after"), "{}", endpoint.name);
    }
}

/// What names something that is not there, in the body.
fn absent(endpoint: &Declaration) -> Value {
    let messages = json!([{"role": "user", "content": "Hi"}]);
    match endpoint.name {
        "Chat" => json!({"agent_id": "nobody", "messages": messages}),
        "ChatCompletions" => json!({"model": "agent/nobody", "messages": messages}),
        "Responses" => json!({"model": "agent/nobody", "input": "Hi"}),
        "Embeddings" => json!({"model": "nobody/nothing", "input": "Hi"}),
        "PromoteAgent" => json!({"environment": "test"}),
        "CreateSession" => json!({"agent_id": "nobody"}),
        "StartRun" => json!({"agent": "nobody", "suite": "nothing"}),
        "AddDocument" => json!({"doc_id": "d", "collection": "salaries", "public": true, "text": "A text."}),
        "CompareRuns" => json!({"run_id": "nothing", "baseline": "nothing"}),
        "OptimisePrompt" => json!({"agent": "nobody", "suite": "nothing", "budget": {"calls": 1}}),
        "GiveFeedback" => json!({"trace_id": "0123456789abcdef0123456789abcdef", "rating": "up"}),
        "InvokeTool" => json!({"arguments": {}}),
        "GenerateDocument" => {
            json!({"format": "html", "agent": "nobody", "prompt": "Hi"})
        }
        _ => json!({}),
    }
}

#[tokio::test]
async fn what_is_not_there_is_documented_where_something_is_named() {
    let provider = Scripted::start(vec![Reply::says("Hello.")]).await;
    let (daemon, document) = (Daemon::start_with(&provider.provider("local")).await, Document::new());
    let bound = json!({"name": "bound", "scopes": ["*"], "collections": ["handbook"]});
    let bound = daemon.key(bound).await;
    for endpoint in document.listing(404) {
        let call = call(&daemon, endpoint).bearer_auth(&bound);
        document.holds(endpoint, 404, &call.json(&absent(endpoint)).answer().await);
    }
}

#[tokio::test]
async fn what_stands_against_what_is_there_is_documented_where_something_changes() {
    let (daemon, document) = (Daemon::start().await.with_hr_unevaluated().await, Document::new());
    daemon.claim_key("order-1").await;
    for endpoint in document.listing(409).filter(|endpoint| endpoint.creates()) {
        let call = call(&daemon, endpoint).bearer_auth(daemon.operator.expose());
        let answer = call.header("Idempotency-Key", "order-1").json(&absent(endpoint)).answer().await;
        document.holds(endpoint, 409, &answer);
    }
    let session = daemon.operator(Method::POST, "/sessions").json(&json!({"agent_id": "hr-assistant"}));
    let session = session.answer().await.expect(201);
    let documents = daemon.operator(Method::GET, "/knowledge/documents").answer().await.expect(200);
    daemon.overtake(&["agents", "documents", "sessions"]).await;
    let mut suite: Value = serde_yaml::from_str(&read("agents-examples/hr/suites/hr-eval-v3.yml")).unwrap();
    suite["spec"]["cases"].as_array_mut().unwrap().truncate(5);
    for (name, id, body) in [
        ("PromoteAgent", "hr-assistant", json!({"environment": "prod"})),
        ("ArchiveAgent", "hr-assistant", json!({})),
        ("DeleteSession", session["id"].as_str().unwrap(), json!({})),
        ("DeleteDocument", documents["data"][0]["doc_id"].as_str().unwrap(), json!({})),
        ("PutSuite", "hr-eval-v3", suite),
    ] {
        let endpoint = CATALOGUE.iter().find(|endpoint| endpoint.name == name).unwrap();
        let call = call_at(&daemon, endpoint, id).bearer_auth(daemon.operator.expose());
        document.holds(endpoint, 409, &call.json(&body).answer().await);
    }
}

/// What reads from memory, or from the tables that its own row is written to; and a tool, whose failure is an answer.
const SOUND: [&str; 7] =
    ["Embeddings", "ListTools", "InvokeTool", "ListModels", "GetModel", "GetTrace", "ListAudit"];

#[tokio::test]
async fn a_store_that_fails_is_documented_and_tells_nothing_of_itself() {
    let (daemon, document) = (Daemon::start().await.with_hr_unevaluated().await, Document::new());
    let call = daemon.operator(Method::GET, "/agents/hr-assistant").answer().await;
    let trace = call.headers["x-trace-id"].to_str().unwrap().to_owned();
    daemon.lose_tables().await;
    for endpoint in CATALOGUE.iter().filter(|endpoint| !SOUND.contains(&endpoint.name)) {
        let body = match endpoint.name {
            "ApplyAgent" => serde_yaml::from_str(&read("agents-examples/hr/hr.yml")).unwrap(),
            "PutSuite" => serde_yaml::from_str(&read("agents-examples/hr/suites/hr-eval-v3.yml")).unwrap(),
            "Search" => json!({"query": "leave"}),
            "CurateDataset" => json!({"name": "good"}),
            "GiveFeedback" => json!({"trace_id": trace, "rating": "up"}),
            _ => absent(endpoint),
        };
        let call = call_at(&daemon, endpoint, "hr-eval-v3").bearer_auth(daemon.operator.expose());
        let answer = call.json(&body).answer().await;
        document.holds(endpoint, 500, &answer);
        assert!(!answer.body.to_string().contains("table"), "{}", answer.body);
    }
}

/// Calls that reach a provider.
fn asking(endpoint: &Declaration) -> Value {
    let messages = json!([{"role": "user", "content": "How many sick days do I have each year?"}]);
    match endpoint.name {
        "Chat" => json!({"agent_id": "hr-assistant", "messages": messages, "stream": false}),
        "ChatCompletions" => json!({"model": "local/m", "messages": messages}),
        "Responses" | "Embeddings" => json!({"model": "local/m", "input": "Hi"}),
        "GenerateDocument" => {
            json!({"format": "html", "agent": "hr-assistant", "prompt": "How many sick days do I have each year?"})
        }
        other => panic!("{other} asks no model"),
    }
}

#[tokio::test]
async fn providers_that_fail_or_are_late_are_documented_where_models_are_asked() {
    let failing = Reply::json(500, &json!({"error": {"message": "no"}}));
    let late = Reply::stream("").then(Step::Wait);
    for (status, reply) in [(502, failing), (504, late)] {
        let provider = Scripted::start(vec![reply]).await;
        let tiers = "[tiers]\nfast = \"local/m\"\nbalanced = \"local/m\"\npowerful = \"local/m\"\n";
        let routing = "[routing]\nretries = 0\nbackoff_ms = 1\nfailures = 1000\n[timeouts]\nfirst_byte_seconds = 1\nidle_seconds = 1\ntotal_seconds = 1\n";
        let daemon = Daemon::start_with(&format!("{tiers}{}{routing}", provider.provider("local"))).await;
        let (daemon, document) = (daemon.with_hr_unevaluated().await, Document::new());
        let key = daemon.key(json!({"name": "any", "scopes": ["*"], "act_as": ["*@example.org"]})).await;
        for endpoint in document.listing(status) {
            let call = call(&daemon, endpoint).bearer_auth(&key).header("X-User-Email", "sarah@example.org");
            document.holds(endpoint, status, &call.json(&asking(endpoint)).answer().await);
        }
    }
}
